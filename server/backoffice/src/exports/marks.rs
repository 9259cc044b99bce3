//! What tells one copy from another (E4): a reference in every line, and which lines are canaries. All of it comes from
//! the index key, the request's id and a number, so that nothing has to be kept to find it again, and nobody without
//! the key finds it at all.

use crate::vault::{BlindIndex, ExportMarks, VaultError};
use domain::id::{ExportId, FieldName};
use std::collections::BTreeSet;

/// Characters of a reference: 60 bits.
pub(super) const REF_LENGTH: usize = 12;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Digits that a canary's cell may take from chance.
const DIGITS: usize = 36;

/// How many canaries there are among so many customers: one in twenty, 3 at least and 150 at most.
pub(super) const fn canaries(rows: u64) -> u64 {
    let share = rows / 20;
    if share < 3 {
        3
    } else if share > 150 {
        150
    } else {
        share
    }
}

/// Lines of a copy of so many customers, its header not counted.
pub(super) const fn lines(rows: u64) -> u64 {
    rows.saturating_add(canaries(rows))
}

/// The marks of one copy.
pub(super) struct Marks(ExportMarks);

impl Marks {
    pub(super) fn of(index: &BlindIndex, export: ExportId) -> Result<Self, VaultError> {
        Ok(Self(index.marks(export)?))
    }

    /// The reference of a line, as a number of 60 bits.
    pub(super) fn reference(&self, line: u64) -> u64 {
        (self.0.number(&[b"ref", &line.to_be_bytes()]) >> 68) as u64
    }

    /// By this the lines of a page are put in order: a file in the order of an import would show what came between.
    pub(super) fn order(&self, line: u64) -> u128 {
        self.0.number(&[b"order", &line.to_be_bytes()])
    }

    /// In which lines the canaries stood, ascending, before the lines of each page were put in order: so, on which page.
    pub(super) fn canary_lines(&self, rows: u64) -> Vec<u64> {
        let (count, lines) = (canaries(rows), u128::from(lines(rows)));
        let mut chosen = BTreeSet::new();
        let mut tried: u64 = 0;
        while (chosen.len() as u64) < count {
            chosen.insert((self.0.number(&[b"line", &tried.to_be_bytes()]) % lines) as u64);
            tried += 1;
        }
        chosen.into_iter().collect()
    }

    /// 128 bits for one item of one field of one canary.
    pub(super) fn seed(&self, canary: u64, field: &FieldName, place: usize) -> u128 {
        self.0.number(&[b"canary", &canary.to_be_bytes(), field.as_str().as_bytes(), &(place as u64).to_be_bytes()])
    }

    /// From whom of so many a canary has its items, and what is visible of them.
    pub(super) fn lender(&self, canary: u64, among: usize) -> usize {
        (self.0.number(&[b"lender", &canary.to_be_bytes()]) % among.max(1) as u128) as usize
    }

    /// From whom of so many with the same items it has one field's masks.
    pub(super) fn peer(&self, canary: u64, field: &FieldName, among: usize) -> usize {
        let number = self.0.number(&[b"peer", &canary.to_be_bytes(), field.as_str().as_bytes()]);
        (number % among.max(1) as u128) as usize
    }
}

/// A seed as decimal digits: 36 of them, each as likely as the next.
pub(super) fn digits(seed: u128) -> String {
    const BELOW: u128 = 10_u128.pow(DIGITS as u32);
    format!("{:0DIGITS$}", seed % BELOW)
}

/// A reference as it is written.
pub(super) fn ref_text(reference: u64) -> String {
    (0..REF_LENGTH).rev().map(|at| char::from(BASE32[((reference >> (5 * at)) & 31) as usize])).collect()
}

/// The reference that a text is, if it is one, in whatever case.
pub(super) fn parse_ref(text: &str) -> Option<u64> {
    if text.len() != REF_LENGTH {
        return None;
    }
    text.bytes().try_fold(0, |sum, byte| {
        let five = BASE32.iter().position(|one| *one == byte.to_ascii_uppercase())?;
        Some(sum << 5 | five as u64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::TestEntropy;
    use crate::vault::KeyRing;
    use std::collections::HashSet;
    use std::sync::Arc;

    fn index(seed: u64) -> (tempfile::TempDir, BlindIndex) {
        let dir = tempfile::tempdir().unwrap();
        let ring = KeyRing::create_all(&dir.path().join("keys"), &TestEntropy::seeded(seed)).unwrap();
        (dir, BlindIndex::new(Arc::new(ring)))
    }

    fn export(byte: u8) -> ExportId {
        ExportId::from_bytes([byte; 16])
    }

    #[test]
    fn e4_references_are_the_same_again_and_others_for_another_copy_or_key() {
        let (_one, here) = index(1);
        let (_two, elsewhere) = index(2);
        let of = |index: &BlindIndex, byte| {
            let marks = Marks::of(index, export(byte)).unwrap();
            (0..1000).map(|line| marks.reference(line)).collect::<Vec<u64>>()
        };
        assert_eq!(of(&here, 1), of(&here, 1));
        let all: HashSet<u64> = [of(&here, 1), of(&here, 2), of(&elsewhere, 1)].concat().into_iter().collect();
        assert_eq!(all.len(), 3000);
        for reference in all {
            assert_eq!(parse_ref(&ref_text(reference)), Some(reference));
            assert_eq!(parse_ref(&ref_text(reference).to_lowercase()), Some(reference));
        }
        for text in ["", "ABCDEFGHIJK", "ABCDEFGHIJKLM", "ABCDEFGHIJK1", "ABCDEFGHIJ客"] {
            assert_eq!(parse_ref(text), None, "{text}");
        }
    }

    #[test]
    fn e4_one_line_in_twenty_is_a_canary_three_at_least_and_a_hundred_and_fifty_at_most() {
        let (_dir, index) = index(1);
        for (rows, count) in [(1, 3), (59, 3), (60, 3), (100, 5), (2_000, 100), (3_000, 150), (1_000_000, 150)] {
            let lines = Marks::of(&index, export(1)).unwrap().canary_lines(rows);
            assert_eq!(lines.len() as u64, count);
            assert!(lines.windows(2).all(|two| two[0] < two[1]));
            assert!(lines.iter().all(|line| *line < rows + count));
            assert_ne!(lines, Marks::of(&index, export(2)).unwrap().canary_lines(rows + 1));
        }
    }

    #[test]
    fn e4_digits_are_always_thirty_six() {
        for seed in [0, 1, u128::MAX, 10_u128.pow(36)] {
            assert_eq!(digits(seed).len(), 36);
        }
    }
}
