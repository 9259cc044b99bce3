//! The mapping file: which CSV column is which field, and how its dates and amounts are written.
//!
//! ```toml
//! [source]
//! name = "core"
//! batch = "2026-11-22"
//! [columns]
//! customer_no = "CUST_ID"
//! card_no = ["CARD1", "CARD2"]
//! [formats]
//! date = "DD/MM/YYYY"
//! amount = "1.234,56"
//! ```

use super::formats::Formats;
use domain::audit::event::SourceName;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A mapping file, read.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// The system that the file comes from: its customer numbers are its own.
    pub source: SourceName,
    /// The delivery, as the source names it.
    pub batch: Option<SourceName>,
    /// Field to CSV headers, item by item.
    pub columns: BTreeMap<String, Vec<String>>,
    /// How cells are written.
    pub formats: Formats,
}

/// Why a mapping file is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// Not TOML, an unknown or repeated key, or a value of the wrong type.
    #[error("mapping file, line {0}: not TOML, or a key or value that does not belong there")]
    Syntax(usize),
    /// Not a short name.
    #[error("mapping file: source.name and source.batch are letters, digits, '-', '_' and '.', at most 64 bytes")]
    BadSource,
    /// A format that is not understood.
    #[error("mapping file: formats.{0} is not understood")]
    BadFormat(&'static str),
    /// A field without a header.
    #[error("mapping file: a column list is empty")]
    NoHeader,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: Source,
    columns: BTreeMap<String, Headers>,
    #[serde(default)]
    formats: FormatTexts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    name: String,
    batch: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Headers {
    One(String),
    Many(Vec<String>),
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FormatTexts {
    date: Option<String>,
    card_expiry: Option<String>,
    amount: Option<String>,
}

impl Mapping {
    /// Reads a mapping file.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let file: File = toml::from_str(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            MappingError::Syntax(1 + text.bytes().take(offset).filter(|b| *b == b'\n').count())
        })?;
        let word = |text: &str| SourceName::parse(text).ok_or(MappingError::BadSource);
        let columns: BTreeMap<String, Vec<String>> = file
            .columns
            .into_iter()
            .map(|(field, headers)| match headers {
                Headers::One(header) => (field, vec![header]),
                Headers::Many(headers) => (field, headers),
            })
            .collect();
        if columns.values().any(|headers| headers.is_empty() || headers.iter().any(|header| header.trim().is_empty())) {
            return Err(MappingError::NoHeader);
        }
        let FormatTexts { date, card_expiry, amount } = file.formats;
        Ok(Self {
            source: word(&file.source.name)?,
            batch: file.source.batch.as_deref().map(word).transpose()?,
            columns,
            formats: Formats::parse(date.as_deref(), card_expiry.as_deref(), amount.as_deref())
                .map_err(MappingError::BadFormat)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[source]\nname = \"core\"\nbatch = \"2026-11-22\"\n[columns]\ncustomer_no = \"CUST\"\ncard_no = [\"C1\", \"C2\"]\n[formats]\ndate = \"DD/MM/YYYY\"\n";

    #[test]
    fn l1_a_mapping_file_names_source_batch_columns_and_formats() {
        let mapping = Mapping::parse(GOOD).unwrap();
        assert_eq!(mapping.source.as_str(), "core");
        assert_eq!(mapping.batch.unwrap().as_str(), "2026-11-22");
        assert_eq!(mapping.columns["card_no"], ["C1", "C2"]);
    }

    #[test]
    fn l1_what_a_mapping_file_does_not_mean_is_refused_with_its_line() {
        for (from, to, error) in [
            ("name = \"core\"", "nam = \"core\"", MappingError::Syntax(2)),
            ("[formats]", "[format]", MappingError::Syntax(7)),
            ("date = \"DD", "dates = \"DD", MappingError::Syntax(8)),
            ("card_no = [\"C1\", \"C2\"]", "card_no = 7", MappingError::Syntax(6)),
            ("card_no = [\"C1\", \"C2\"]", "card_no = []", MappingError::NoHeader),
            ("card_no = [\"C1\", \"C2\"]", "customer_no = \"X\"", MappingError::Syntax(6)),
            ("\"core\"", "\"a b\"", MappingError::BadSource),
            ("\"2026-11-22\"", "\"\"", MappingError::BadSource),
            ("DD/MM/YYYY", "DD/MM/YY", MappingError::BadFormat("date")),
        ] {
            assert!(GOOD.contains(from));
            assert_eq!(Mapping::parse(&GOOD.replace(from, to)).err(), Some(error), "{to}");
        }
    }
}
