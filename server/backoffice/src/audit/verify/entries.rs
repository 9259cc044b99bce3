//! One page of entries, each by itself: its hash, its event, its columns. No database, no waiting.

use super::finding::{Finding, Wrong};
use crate::store::log::Columns;
use crate::store::log::raw::RawEntry;
use domain::audit::event::AuditEvent;
use domain::audit::merkle::{Hash, leaf_hash};

/// What the walk needs of an entry.
pub(super) struct Leaf {
    /// As stored; `None` if it is no number.
    pub seq: Option<u64>,
    /// Worked out from the bytes.
    pub hash: Hash,
    /// Of the event.
    pub time: Option<i64>,
    /// What is wrong with it.
    pub wrong: Vec<Wrong>,
}

/// Looks at every entry of a page.
pub(super) fn check(page: &[RawEntry]) -> Vec<Leaf> {
    page.iter().map(check_one).collect()
}

fn check_one(entry: &RawEntry) -> Leaf {
    let seq = entry.seq().and_then(|seq| u64::try_from(seq).ok());
    let bytes = entry.bytes().unwrap_or_default();
    let hash = leaf_hash(bytes);
    let mut leaf = Leaf { seq, hash, time: None, wrong: Vec::new() };
    if entry.leaf_hash() != Some(hash.as_bytes()) {
        leaf.wrong.push(Wrong::LeafHash);
    }
    let Ok(event) = AuditEvent::decode(bytes) else {
        leaf.wrong.push(Wrong::NotAnEvent);
        return leaf;
    };
    leaf.time = Some(event.time.millis());
    leaf.wrong.extend(entry.differing(&Columns::of(&event)).map(|column| Wrong::ColumnDiffers { column }));
    leaf
}

impl Leaf {
    /// What is wrong with it, under the number it should have.
    pub(super) fn findings(&self, leaf: u64) -> impl Iterator<Item = Finding> + '_ {
        self.wrong.iter().map(move |what| Finding { leaf: Some(leaf), what: *what })
    }
}
