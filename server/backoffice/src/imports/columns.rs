//! From header to plan: which cell is which field's which item. Everything that can be wrong with a header is
//! found here, before a row is read or anything is written (M4).

use super::csv::Record;
use super::mapping::Mapping;
use domain::catalogue::{Catalogue, forbidden_column};

/// The field whose value identifies a customer within its source.
pub const CUSTOMER_NO: &str = "customer_no";
/// The field that limits who finds the customer.
pub const BRANCH: &str = "branch";
/// A column of import alone: 1 for a customer whose reveals take a second person (V5). Never shown.
pub const FLAGGED: &str = "flagged";

/// What a header means.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many cells a row has.
    pub width: usize,
    /// Those that are read, in the file's order.
    pub columns: Vec<Column>,
    /// Their headers, for the reject file; safe to print, since each is a known name or stands in the mapping file.
    pub headers: Vec<String>,
}

/// One cell of each row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Which cell, from 0.
    pub cell: usize,
    /// What it is.
    pub target: Target,
}

/// What a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// An item of the catalogue's field of that index; places count from 1.
    Item {
        /// Index into `Catalogue::fields`.
        field: usize,
        /// Its place among the field's columns.
        place: u8,
    },
    /// See [`FLAGGED`].
    Flagged,
}

/// Why a header is refused. A header that nobody knows is told by its number only: in a file without a header
/// line it would be a customer's value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ColumnError {
    /// M4, by name.
    #[error("column {column} ({name}): C3 data has nowhere to be stored; nothing was imported (M4)")]
    NeverStored {
        /// From 1.
        column: usize,
        /// The name, or as much of it as is surely one.
        name: String,
    },
    /// M4, in the mapping file.
    #[error("mapping file: {0}: C3 data has nowhere to be stored; nothing was imported (M4)")]
    NeverMapped(String),
    /// No field of that name.
    #[error("column {0}: no field of the catalogue has this name")]
    Unknown(usize),
    /// The same header twice.
    #[error("column {0}: a column of this name stands further left")]
    Duplicate(usize),
    /// No name at all.
    #[error("column {0}: no name")]
    Unnamed(usize),
    /// The mapping file maps a field that does not exist.
    #[error("mapping file: {0} is no field of the catalogue")]
    UnknownField(String),
    /// Several columns for a field with one item, or more than 99.
    #[error("{0} does not hold that many items")]
    TooManyItems(String),
    /// A column that the mapping file names is not there.
    #[error("mapping file: the CSV has none of the columns named for {0}, or not all")]
    NotThere(String),
    /// `customer_no` or `branch`.
    #[error("{0} must be among the columns")]
    Required(&'static str),
    /// No line at all.
    #[error("the file is empty: a header line is needed")]
    Empty,
}

impl Plan {
    /// Reads the header line, by the mapping file if there is one.
    pub fn read(header: &Record, mapping: Option<&Mapping>, catalogue: &Catalogue) -> Result<Self, ColumnError> {
        let names: Vec<&str> = (0..header.len()).map(|at| header.cell(at).unwrap_or_default().trim()).collect();
        for (at, name) in names.iter().enumerate() {
            // Mapped or not: a file that holds such a column should not be here at all.
            if forbidden_column(name) {
                return Err(ColumnError::NeverStored { column: at + 1, name: printable(name) });
            }
        }
        for (at, name) in names.iter().enumerate() {
            if name.is_empty() {
                return Err(ColumnError::Unnamed(at + 1));
            }
            if names.iter().take(at).any(|left| left == name) {
                return Err(ColumnError::Duplicate(at + 1));
            }
        }
        let columns = match mapping {
            Some(mapping) => mapped(&names, mapping, catalogue)?,
            None => named(&names, catalogue)?,
        };
        let has = |name: &str| {
            columns.iter().any(|column| match column.target {
                Target::Item { field, .. } => {
                    catalogue.fields().get(field).is_some_and(|field| field.name.as_str() == name)
                }
                Target::Flagged => false,
            })
        };
        if let Some(missing) = [CUSTOMER_NO, BRANCH].into_iter().find(|name| !has(name)) {
            return Err(ColumnError::Required(missing));
        }
        let headers =
            columns.iter().map(|column| names.get(column.cell).copied().unwrap_or_default().to_owned()).collect();
        Ok(Self { width: names.len(), columns, headers })
    }
}

/// Headers are catalogue names; further items are `card_no_2`, `card_no_3`, ….
fn named(names: &[&str], catalogue: &Catalogue) -> Result<Vec<Column>, ColumnError> {
    let field_at = |name: &str| catalogue.fields().iter().position(|field| field.name.as_str() == name);
    let further = |name: &str| {
        let (stem, place) = name.rsplit_once('_')?;
        let place: u8 = place.parse().ok().filter(|n: &u8| (2..=99).contains(n) && n.to_string() == place)?;
        let field = field_at(stem)?;
        catalogue.fields().get(field)?.many.then_some(Target::Item { field, place })
    };
    let target = |name: &str| match field_at(name) {
        Some(field) => Some(Target::Item { field, place: 1 }),
        None if name == FLAGGED => Some(Target::Flagged),
        None => further(name),
    };
    let column = |(cell, name): (usize, &&str)| {
        target(name).map(|target| Column { cell, target }).ok_or(ColumnError::Unknown(cell + 1))
    };
    names.iter().enumerate().map(column).collect()
}

/// Columns that the mapping file does not name are not read.
fn mapped(names: &[&str], mapping: &Mapping, catalogue: &Catalogue) -> Result<Vec<Column>, ColumnError> {
    let mut columns = Vec::new();
    for (name, headers) in &mapping.columns {
        if forbidden_column(name) || headers.iter().any(|header| forbidden_column(header)) {
            return Err(ColumnError::NeverMapped(printable(name)));
        }
        let field = catalogue.fields().iter().position(|field| field.name.as_str() == name);
        let many = match field.and_then(|at| catalogue.fields().get(at)) {
            Some(field) => field.many,
            None if name == FLAGGED => false,
            None => return Err(ColumnError::UnknownField(printable(name))),
        };
        if headers.len() > if many { 99 } else { 1 } {
            return Err(ColumnError::TooManyItems(name.clone()));
        }
        for (place, header) in (1..).zip(headers) {
            let cell = names.iter().position(|there| *there == header.trim());
            let cell = cell.ok_or_else(|| ColumnError::NotThere(name.clone()))?;
            let target = field.map_or(Target::Flagged, |field| Target::Item { field, place });
            columns.push(Column { cell, target });
        }
    }
    columns.sort_by_key(|column| column.cell);
    Ok(columns)
}

/// A name as far as it is surely one: no long run of digits, no control character, not long.
fn printable(name: &str) -> String {
    let mut digits = 0;
    let sure = name.chars().take(40).take_while(|c| {
        digits = if c.is_numeric() { digits + 1 } else { 0 };
        digits < 4 && !c.is_control()
    });
    sure.collect()
}

#[cfg(test)]
mod tests {
    use super::super::csv::Reader;
    use super::*;

    fn plan(header: &str, mapping: Option<&str>) -> Result<Plan, ColumnError> {
        let mut record = Record::default();
        Reader::new(header.as_bytes()).read(&mut record).unwrap();
        let mapping =
            mapping.map(|text| Mapping::parse(&format!("[source]\nname = \"t\"\n[columns]\n{text}")).unwrap());
        Plan::read(&record, mapping.as_ref(), &Catalogue::shipped().unwrap())
    }

    #[test]
    fn m4_a_c3_column_is_refused_by_name_mapped_or_not() {
        for name in ["cvv", "CVV2", "pin", "card_pin", "track2", "密码", "fingerprint", "cvv_2"] {
            let header = format!("customer_no,branch,{name}");
            let refused = ColumnError::NeverStored { column: 3, name: name.into() };
            assert_eq!(plan(&header, None).err(), Some(refused.clone()));
            let mapping = "customer_no = \"customer_no\"\nbranch = \"branch\"";
            assert_eq!(plan(&header, Some(mapping)).err(), Some(refused));
        }
        let mapping = "customer_no = \"A\"\nbranch = \"B\"\ncvv = \"C\"";
        assert_eq!(plan("A,B,C", Some(mapping)).err(), Some(ColumnError::NeverMapped("cvv".into())));
        assert!(plan("customer_no,branch,card_no,card_expiry", None).is_ok());
    }

    #[test]
    fn l1_without_a_mapping_file_headers_are_catalogue_names_and_their_further_items() {
        let plan = plan("branch,customer_no,card_no,card_no_2,mobile_3,flagged", None).unwrap();
        let catalogue = Catalogue::shipped().unwrap();
        let told: Vec<String> = plan
            .columns
            .iter()
            .map(|column| match column.target {
                Target::Item { field, place } => format!("{}/{place}", catalogue.fields()[field].name),
                Target::Flagged => "flagged".into(),
            })
            .collect();
        assert_eq!(told, ["branch/1", "customer_no/1", "card_no/1", "card_no/2", "mobile/3", "flagged"]);
    }

    #[test]
    fn l1_a_header_that_means_nothing_or_two_things_is_refused_without_being_repeated() {
        for (header, error) in [
            ("customer_no,branch,nmae", ColumnError::Unknown(3)),
            ("customer_no,branch,name_2", ColumnError::Unknown(3)),
            ("customer_no,branch,card_no_1", ColumnError::Unknown(3)),
            ("customer_no,branch,card_no_02", ColumnError::Unknown(3)),
            ("customer_no,branch,card_no_100", ColumnError::Unknown(3)),
            ("customer_no,branch,name,name", ColumnError::Duplicate(4)),
            ("customer_no,branch,", ColumnError::Unnamed(3)),
            ("branch,name", ColumnError::Required("customer_no")),
            ("customer_no,name", ColumnError::Required("branch")),
        ] {
            assert_eq!(plan(header, None).err(), Some(error), "{header}");
        }
        let told = plan("C001,王芳,990101199001011237", None).err().unwrap().to_string();
        assert_eq!(told, "column 1: no field of the catalogue has this name");
    }

    #[test]
    fn l1_a_mapping_file_that_does_not_fit_catalogue_or_csv_is_refused() {
        let base = "customer_no = \"A\"\nbranch = \"B\"\n";
        for (more, error) in [
            ("nmae = \"C\"", ColumnError::UnknownField("nmae".into())),
            ("name = [\"C\", \"D\"]", ColumnError::TooManyItems("name".into())),
            ("name = \"E\"", ColumnError::NotThere("name".into())),
            ("card_no = [\"C\", \"E\"]", ColumnError::NotThere("card_no".into())),
        ] {
            assert_eq!(plan("A,B,C,D", Some(&format!("{base}{more}"))).err(), Some(error));
        }
        assert_eq!(plan("A,B", Some("customer_no = \"A\"")).err(), Some(ColumnError::Required("branch")));
        let fits = plan("D,C,B,A", Some(&format!("{base}card_no = [\"C\", \"D\"]"))).unwrap();
        assert_eq!((fits.width, fits.headers), (4, ["D", "C", "B", "A"].map(String::from).to_vec()));
    }
}
