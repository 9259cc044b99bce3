//! A page of entries that is whole, seen to be so at once. What each column of it should hold is worked out from
//! the entries' bytes, value by value, and held against what the column holds, as one text: no value of ours has a
//! line break or is the sign of absence, so that two columns with one text, and as many values, are one column.
//!
//! It says nothing about a page that is not whole: that one is looked at entry by entry ([`super::entries`]).

use super::entries::Leaf;
use crate::store::log::Columns;
use crate::store::log::packed::{ABSENT, BETWEEN, IDS, PackedColumn, PackedPage, TEXTS};
use data_encoding::HEXUPPER;
use domain::audit::event::AuditEvent;
use domain::audit::merkle::leaf_hash;
use std::io::Write;

/// The page's leaves from `start` on, if nothing is wrong with any of them.
pub(super) fn whole(page: &PackedPage, start: u64) -> Option<Vec<Leaf>> {
    let entries = page.bytes()?;
    let mut hashes = page.leaf_hashes()?.chunks_exact(32);
    let mut times = Held::against(page.times()?);
    let mut texts: [Held<'_>; TEXTS] = page.texts()?.map(Held::against);
    let mut ids: [Held<'_>; IDS] = page.ids()?.map(Held::against);
    let mut leaves = Vec::with_capacity(entries.len());
    for (seq, bytes) in (start..).zip(entries) {
        let hash = leaf_hash(bytes);
        (hashes.next()? == hash.as_bytes()).then_some(())?;
        let event = AuditEvent::decode(bytes).ok()?;
        let should = Columns::of(&event);
        times.number(should.time)?;
        let Columns { kind, decision, code, staff_no, purpose, field, alert, .. } = &should;
        let optional = [code, staff_no, purpose, field, alert].map(Option::as_deref);
        let [code, staff_no, purpose, field, alert] = optional;
        let values = [Some(&**kind), Some(&**decision), code, staff_no, purpose, field, alert];
        for (column, value) in texts.iter_mut().zip(values) {
            column.value(value.map(str::as_bytes))?;
        }
        for (column, id) in ids.iter_mut().zip([&should.customer, &should.work_case]) {
            column.id(id.as_deref())?;
        }
        leaves.push(Leaf { seq: Some(seq), hash, time: Some(event.time.millis()), wrong: Vec::new() });
    }
    let ended = hashes.next().is_none() && times.ended() && texts.iter().chain(&ids).all(Held::ended);
    ended.then_some(leaves)
}

/// What is left of a column to be held against what it should hold.
struct Held<'r> {
    rest: &'r [u8],
    /// Values that must still come; NULL is none.
    there: u64,
    first: bool,
}

impl<'r> Held<'r> {
    fn against(column: PackedColumn<'r>) -> Self {
        Self { rest: column.values, there: column.there, first: true }
    }

    /// The next value is this.
    fn value(&mut self, value: Option<&[u8]>) -> Option<()> {
        if !std::mem::take(&mut self.first) {
            self.rest = self.rest.strip_prefix(&[BETWEEN])?;
        }
        if value.is_some() {
            self.there = self.there.checked_sub(1)?;
        }
        self.rest = self.rest.strip_prefix(value.unwrap_or(ABSENT.as_bytes()))?;
        Some(())
    }

    /// It is this number.
    fn number(&mut self, number: i64) -> Option<()> {
        let mut digits = [0; 20];
        let mut room = &mut digits[..];
        write!(room, "{number}").ok()?;
        let left = room.len();
        self.value(digits.get(..digits.len() - left))
    }

    /// It is this id.
    fn id(&mut self, id: Option<&[u8]>) -> Option<()> {
        let mut digits = [0; 32];
        let Some(id) = id else { return self.value(None) };
        (id.len() == 16).then_some(())?;
        HEXUPPER.encode_mut(id, &mut digits);
        self.value(Some(&digits))
    }

    fn ended(&self) -> bool {
        self.rest.is_empty() && self.there == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a column that holds these values is seen as one that should hold those.
    fn same(holds: &[u8], there: u64, should: &[Option<&str>]) -> bool {
        let mut held = Held::against(PackedColumn { values: holds, there });
        should.iter().all(|value| held.value(value.map(str::as_bytes)).is_some()) && held.ended()
    }

    #[test]
    fn a4_a_column_is_what_it_should_be_to_the_last_value_or_is_not() {
        let should = [Some("mobile"), None, Some("name")];
        assert!(same(b"mobile\n-\nname", 2, &should));
        for (holds, there) in [
            (&b"mobile\n-\nname"[..], 3),
            (b"mobile\n-\nname", 1),
            (b"mobile\n\nname", 2),
            (b"mobile\n-\nname\n", 2),
            (b"mobile\n-\nname\n-", 2),
            (b"mobile\n-\nnam", 2),
            (b"mobile\n-", 1),
            (b"name\n-\nmobile", 2),
            (b"\nmobile\n-\nname", 2),
            (b"", 0),
        ] {
            assert!(!same(holds, there, &should), "{}", String::from_utf8_lossy(holds));
        }
        // A text that looks like none is a value more than there should be.
        assert!(!same(b"mobile\n-\n-", 3, &[Some("mobile"), None, None]));
    }

    #[test]
    fn a4_a_number_is_held_against_its_digits() {
        for (number, digits) in [(0, "0"), (1_795_313_700_000, "1795313700000"), (i64::MIN, "-9223372036854775808")] {
            let mut held = Held::against(PackedColumn { values: digits.as_bytes(), there: 1 });
            assert!(held.number(number).is_some() && held.ended(), "{digits}");
        }
        let mut held = Held::against(PackedColumn { values: b"12", there: 1 });
        assert!(held.number(1).is_none() || !held.ended());
    }
}
