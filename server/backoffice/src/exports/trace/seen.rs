//! What of a leaked file is compared with the copies: references, tokens, and of each row the few digits by which a
//! canary is known. Nothing else of it is kept.

use super::TraceError;
use crate::exports::canaries::MIDDLE;
use crate::exports::copy::undone;
use crate::exports::marks::parse_ref;
use crate::exports::tokens::{OPAQUE, OPAQUE_LENGTH};
use domain::catalogue::{Field, Kind};
use domain::mask::MaskRule;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::HashSet;

/// More are not taken in.
pub(super) const MOST_CELLS: u64 = 2_000_000;

/// In what sort of cell digits of the key stand. Sorts are kept apart, since every further pair of cells that could be
/// alike makes a match by chance more likely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Sort {
    /// `+86 138****5678`
    Mobile,
    /// `622202******1234`
    Issuer,
    /// `************1234`
    Tail,
    /// A number without stars: its last four digits.
    Bare,
    /// The same, its middle.
    Middle,
    /// A whole cell.
    Whole,
}

impl Sort {
    pub(super) const ALL: [Sort; 6] = [Sort::Mobile, Sort::Issuer, Sort::Tail, Sort::Bare, Sort::Middle, Sort::Whole];

    /// By how much chance one cell is like one canary's.
    pub(super) const fn chance(self) -> f64 {
        match self {
            Sort::Mobile | Sort::Issuer | Sort::Tail | Sort::Bare => 1e-4,
            Sort::Middle => 1e-5,
            // Of a name; a number or an address is rarer by far.
            Sort::Whole => 1e-4,
        }
    }

    /// Where a mask shows the last four digits of a field's values.
    pub(super) const fn of_mask(field: &Field) -> &'static [Sort] {
        match field.mask {
            MaskRule::Visible => match field.kind {
                Kind::Code => &[Sort::Bare],
                _ => &[],
            },
            MaskRule::Mobile => &[Sort::Mobile],
            // A short number shows no issuer.
            MaskRule::Pan => &[Sort::Issuer, Sort::Tail],
            MaskRule::AccountNo | MaskRule::Last4 => &[Sort::Tail],
            MaskRule::Hidden
            | MaskRule::PersonName
            | MaskRule::NameStrict
            | MaskRule::IdCard
            | MaskRule::Passport
            | MaskRule::Permit
            | MaskRule::OtherId
            | MaskRule::Landline
            | MaskRule::Email
            | MaskRule::Address
            | MaskRule::Last2
            | MaskRule::CardExpiry => &[],
        }
    }
}

/// What a cell and a canary are compared by: a sort and a number.
pub(super) type Sign = (Sort, u32);

/// What was found in the file.
#[derive(Default)]
pub(super) struct Seen {
    pub rows: u64,
    pub cells: u64,
    pub refs: HashSet<u64>,
    pub tokens: HashSet<String>,
    /// Of each row that has two signs at least, each set once.
    pub signs: HashSet<Box<[Sign]>>,
}

impl Seen {
    /// Takes a row in.
    pub(super) fn row(&mut self, cells: &[Cow<'_, str>]) -> Result<(), TraceError> {
        self.rows += u64::from(!cells.is_empty());
        self.cells += cells.len() as u64;
        if self.cells > MOST_CELLS {
            return Err(TraceError::TooManyCells);
        }
        let mut signs = Vec::new();
        for cell in cells {
            for item in unmangled(cell).split([';', '；', ',', '，', '、', '|', '\n']) {
                let item = unmangled(item);
                if !item.is_empty() {
                    self.refs.extend(parse_ref(item));
                    self.take_token(item);
                    signs_of(item, &mut signs);
                }
            }
        }
        signs.sort_unstable();
        signs.dedup();
        if signs.len() > 1 {
            self.signs.insert(signs.into());
        }
        Ok(())
    }

    fn take_token(&mut self, item: &str) {
        let lower = item.to_ascii_lowercase();
        let digits = item.bytes().all(|b| b.is_ascii_digit());
        if lower.strip_prefix(OPAQUE).is_some_and(|rest| rest.len() == OPAQUE_LENGTH) {
            self.tokens.insert(lower);
        } else if digits && item.starts_with('9') && (12..=34).contains(&item.len()) {
            // A spreadsheet keeps fifteen digits of a number, and writes a nought for the sixteenth.
            if let (16, Some(fifteen)) = (item.len(), item.strip_suffix('0')) {
                self.tokens.extend((1..10).map(|last| format!("{fifteen}{last}")));
            }
            self.tokens.insert(lower);
        }
    }
}

/// The cell without what it went through: `="…"`, an apostrophe in front, white space, the point of a number.
fn unmangled(cell: &str) -> &str {
    let trimmed = |text: &'_ str| -> std::ops::Range<usize> {
        let unseen = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}');
        let start = text.len() - text.trim_start_matches(unseen).len();
        start..start.max(text.trim_end_matches(unseen).len())
    };
    let cell = cell.get(trimmed(cell)).unwrap_or_default();
    let cell = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(cell);
    let cell = undone(cell);
    let cell = cell.get(trimmed(cell)).unwrap_or_default();
    match cell.strip_suffix(".0") {
        Some(whole) if whole.bytes().all(|b| b.is_ascii_digit()) => whole,
        _ => cell,
    }
}

/// The signs of one item.
fn signs_of(item: &str, signs: &mut Vec<Sign>) {
    signs.push((Sort::Whole, whole(item)));
    // A day, a sum, a landline: no number that ends in digits of the key.
    if item.contains(['-', '.', '/', ':']) {
        return;
    }
    let shown = item.rsplit(['*', '•']).next().unwrap_or_default();
    let mut digits = shown.bytes().filter(u8::is_ascii_digit).rev();
    let four = [digits.next(), digits.next(), digits.next(), digits.next()];
    let [Some(a), Some(b), Some(c), Some(d)] = four else { return };
    let number = [d, c, b, a].iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    let sort = match item.bytes().next() {
        _ if shown.len() == item.len() => Sort::Bare,
        Some(b'+') => Sort::Mobile,
        Some(b'0'..=b'9') => Sort::Issuer,
        _ => Sort::Tail,
    };
    signs.push((sort, number));
    if item.len() > MIDDLE.end && item.bytes().all(|b| b.is_ascii_digit()) {
        signs.extend(item.get(MIDDLE).and_then(|middle| middle.parse().ok()).map(|middle| (Sort::Middle, middle)));
    }
}

/// A whole cell as a number.
pub(super) fn whole(item: &str) -> u32 {
    let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(item.as_bytes()));
    u32::from_be_bytes([a, b, c, d])
}
