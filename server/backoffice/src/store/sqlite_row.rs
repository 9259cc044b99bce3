//! One row of a SQLite file's answer: its numbers, and its texts and bytes one after the other.

use rusqlite::types::ValueRef;
use std::ops::Range;
use std::sync::Arc;

/// A row.
#[derive(Debug)]
pub struct SqliteRow {
    names: Arc<[Box<str>]>,
    cells: Vec<Kept>,
    /// What the texts and bytes of all cells are.
    content: Vec<u8>,
}

#[derive(Clone, Debug)]
enum Kept {
    Null,
    Number(i64),
    Text(Range<usize>),
    Bytes(Range<usize>),
    /// A number with a fraction: no table of ours holds one.
    Other,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Held<'r> {
    Null,
    Number(i64),
    Text(&'r [u8]),
    Bytes(&'r [u8]),
    Other,
}

impl SqliteRow {
    /// Room is made as the row `before` took it: rows of one answer are about as long.
    pub(super) fn of(
        names: &Arc<[Box<str>]>,
        row: &rusqlite::Row<'_>,
        before: Option<&Self>,
    ) -> rusqlite::Result<Self> {
        let mut content = Vec::with_capacity(before.map_or(64, |before| before.content.len() + 16));
        let mut cells = Vec::with_capacity(names.len());
        let mut keep = |bytes: &[u8]| {
            let from = content.len();
            content.extend_from_slice(bytes);
            from..content.len()
        };
        for at in 0..names.len() {
            cells.push(match row.get_ref(at)? {
                ValueRef::Null => Kept::Null,
                ValueRef::Integer(number) => Kept::Number(number),
                ValueRef::Text(text) => Kept::Text(keep(text)),
                ValueRef::Blob(bytes) => Kept::Bytes(keep(bytes)),
                ValueRef::Real(_) => Kept::Other,
            });
        }
        Ok(Self { names: names.clone(), cells, content })
    }

    /// The column at this place, from 0; none if there are not so many.
    pub(super) fn held(&self, at: usize) -> Option<Held<'_>> {
        let content = |range: &Range<usize>| self.content.get(range.clone());
        Some(match self.cells.get(at)? {
            Kept::Null => Held::Null,
            Kept::Number(number) => Held::Number(*number),
            Kept::Text(range) => Held::Text(content(range)?),
            Kept::Bytes(range) => Held::Bytes(content(range)?),
            Kept::Other => Held::Other,
        })
    }

    pub(super) fn place_of(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| **known == *name)
    }
}
