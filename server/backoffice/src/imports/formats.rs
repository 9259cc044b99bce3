//! How a source writes dates and amounts, where it is not one of the ways that are understood anyway.

use domain::catalogue::Kind;
use std::borrow::Cow;
use zeroize::Zeroizing;

/// The formats of one mapping file.
#[derive(Clone, Debug, Default)]
pub struct Formats {
    date: Option<Pattern>,
    card_expiry: Option<Pattern>,
    amount: Option<Amount>,
}

/// A pattern of YYYY (or YY), MM, DD and what stands between them.
#[derive(Clone, Debug)]
struct Pattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Year(usize),
    Month,
    Day,
    Text(char),
}

#[derive(Clone, Copy, Debug)]
enum Amount {
    /// `1,234.56`
    Point,
    /// `1.234,56`
    Comma,
}

/// A cell that is not written as the mapping file says. The cell itself is not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unlike;

impl Formats {
    /// Reads the three formats, or names the one that is not understood.
    pub fn parse(date: Option<&str>, card_expiry: Option<&str>, amount: Option<&str>) -> Result<Self, &'static str> {
        let date = date.map(|text| Pattern::parse(text, true).ok_or("date")).transpose()?;
        let card_expiry = card_expiry.map(|text| Pattern::parse(text, false).ok_or("card_expiry")).transpose()?;
        let amount = match amount {
            None => None,
            Some("1,234.56" | "1234.56") => Some(Amount::Point),
            Some("1.234,56" | "1234,56") => Some(Amount::Comma),
            Some(_) => return Err("amount"),
        };
        Ok(Self { date, card_expiry, amount })
    }

    /// The cell as `domain::normalise` reads it.
    pub fn apply<'a>(&self, kind: Kind, cell: &'a str) -> Result<Cell<'a>, Unlike> {
        let pattern = match kind {
            Kind::Date => &self.date,
            Kind::CardExpiry => &self.card_expiry,
            _ => &None,
        };
        Ok(match (pattern, self.amount) {
            (Some(pattern), _) => Cell(Cow::Owned(pattern.iso(cell.trim())?)),
            (None, Some(Amount::Comma)) if kind == Kind::Amount => {
                let swapped = |c| match c {
                    '.' => ',',
                    ',' => '.',
                    other => other,
                };
                Cell(Cow::Owned(cell.chars().map(swapped).collect()))
            }
            (None, _) => Cell(Cow::Borrowed(cell)),
        })
    }
}

/// A cell's text; wiped if it is a copy.
pub struct Cell<'a>(Cow<'a, str>);

impl Cell<'_> {
    /// The text.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl Drop for Cell<'_> {
    fn drop(&mut self) {
        if let Cow::Owned(text) = &mut self.0 {
            drop(Zeroizing::new(std::mem::take(text)));
        }
    }
}

impl Pattern {
    fn parse(text: &str, with_day: bool) -> Option<Self> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let (part, len) = match () {
                () if rest.starts_with("YYYY") => (Part::Year(4), 4),
                () if rest.starts_with("YY") => (Part::Year(2), 2),
                () if rest.starts_with("MM") => (Part::Month, 2),
                () if rest.starts_with("DD") => (Part::Day, 2),
                () if c.is_ascii_alphanumeric() => return None,
                () => (Part::Text(c), c.len_utf8()),
            };
            parts.push(part);
            rest = rest.get(len..)?;
        }
        let count = |wanted: fn(&Part) -> bool| parts.iter().filter(|part| wanted(part)).count();
        let years = count(|part| matches!(part, Part::Year(_)));
        // A birthday's century cannot be guessed; a card's can.
        let short = count(|part| *part == Part::Year(2));
        let fits = years == 1
            && count(|part| *part == Part::Month) == 1
            && count(|part| *part == Part::Day) == usize::from(with_day)
            && (!with_day || short == 0);
        fits.then_some(Self(parts))
    }

    /// `YYYY-MM-DD`, or `YYYY-MM` where there is no day.
    fn iso(&self, cell: &str) -> Result<String, Unlike> {
        let (mut year, mut month, mut day) = ("", "", "");
        let mut rest = cell;
        for part in &self.0 {
            let len = match part {
                Part::Year(len) => *len,
                Part::Month | Part::Day => 2,
                Part::Text(c) => c.len_utf8(),
            };
            let (head, tail) = rest.split_at_checked(len).ok_or(Unlike)?;
            match part {
                Part::Year(_) => year = head,
                Part::Month => month = head,
                Part::Day => day = head,
                Part::Text(c) if head.starts_with(*c) => {}
                Part::Text(_) => return Err(Unlike),
            }
            rest = tail;
        }
        let digits = [year, month, day].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
        if !rest.is_empty() || !digits {
            return Err(Unlike);
        }
        let century = if year.len() == 2 { "20" } else { "" };
        let dash = if day.is_empty() { "" } else { "-" };
        Ok(format!("{century}{year}-{month}{dash}{day}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(formats: &Formats, kind: Kind, cell: &str) -> Result<String, Unlike> {
        formats.apply(kind, cell).map(|cell| cell.text().to_owned())
    }

    #[test]
    fn l1_a_date_is_read_as_the_mapping_file_writes_it_and_no_other_way() {
        for (pattern, cell, iso) in [
            ("DD/MM/YYYY", "04/07/1990", "1990-07-04"),
            ("YYYYMMDD", "19900704", "1990-07-04"),
            ("YYYY年MM月DD日", "1990年07月04日", "1990-07-04"),
        ] {
            let formats = Formats::parse(Some(pattern), None, None).unwrap();
            assert_eq!(read(&formats, Kind::Date, cell).as_deref(), Ok(iso));
            for wrong in ["", "1990-07-04", "4/7/1990", "04/07/19901", "ab/cd/efgh", "０4/07/1990"] {
                assert_eq!(read(&formats, Kind::Date, wrong), Err(Unlike), "{pattern} {wrong}");
            }
            assert_eq!(read(&formats, Kind::Text, "04/07").as_deref(), Ok("04/07"));
        }
    }

    #[test]
    fn l1_a_format_that_leaves_something_open_is_refused() {
        for pattern in ["", "DD/MM/YY", "MM/YYYY", "DD/MM/YYYY/DD", "D/M/YYYY", "YYYY-MM-DD HH"] {
            assert_eq!(Formats::parse(Some(pattern), None, None).err(), Some("date"), "{pattern}");
        }
        assert_eq!(Formats::parse(None, Some("DDMMYY"), None).err(), Some("card_expiry"));
        assert_eq!(Formats::parse(None, None, Some("1 234,56")).err(), Some("amount"));
    }

    #[test]
    fn l1_an_expiry_and_an_amount_are_read_as_the_mapping_file_writes_them() {
        let formats = Formats::parse(None, Some("YYMM"), Some("1.234,56")).unwrap();
        assert_eq!(read(&formats, Kind::CardExpiry, "3112").as_deref(), Ok("2031-12"));
        assert_eq!(read(&formats, Kind::Amount, "-1.234,56").as_deref(), Ok("-1,234.56"));
        assert_eq!(read(&formats, Kind::Email, "a.b@example.com").as_deref(), Ok("a.b@example.com"));
    }
}
