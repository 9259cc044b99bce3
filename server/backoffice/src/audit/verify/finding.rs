//! What may be wrong with a log: a closed list, each with its sentence.

use super::Column;
use domain::audit::checkpoint::BadNote;
use serde::Serialize;
use std::fmt;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The entry it is about, or the first that it is about; `None` if no entry can be named.
    pub leaf: Option<u64>,
    /// What.
    #[serde(flatten)]
    pub what: Wrong,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "wrong", rename_all = "snake_case")]
pub enum Wrong {
    /// Entries are gone, from this one up to that.
    Missing {
        /// The next that is there, or the log's size.
        until: u64,
    },
    /// An entry that the head does not count.
    Extra,
    /// Two entries under one number, or a number below zero.
    Misnumbered,
    /// The stored leaf hash is not that of the bytes.
    LeafHash,
    /// The bytes are not those of an event.
    NotAnEvent,
    /// A column says something else than the bytes.
    ColumnDiffers {
        /// Which.
        column: Column,
    },
    /// It bears an earlier time than the entry before it.
    TimeGoesBack,
    /// A full tile is not there.
    TileMissing {
        /// Its level.
        level: i64,
        /// Its index.
        index: i64,
    },
    /// A tile that is not full, or of no level.
    TileExtra {
        /// Its level.
        level: i64,
        /// Its index.
        index: i64,
    },
    /// A tile's hashes are not those of the entries.
    TileHashes {
        /// Its level.
        level: i64,
        /// Its index.
        index: i64,
    },
    /// A tile's own hash is not that of its hashes.
    TileRoot {
        /// Its level.
        level: i64,
        /// Its index.
        index: i64,
    },
    /// There are entries and no head.
    HeadMissing,
    /// The head's size is none.
    HeadSize,
    /// The head's root is not that of the entries.
    HeadRoot,
    /// The head's latest time is not that of the last entry.
    HeadLatest,
    /// The head's note is not a checkpoint signed by the log's key.
    HeadNote {
        /// Why not.
        fault: NoteFault,
    },
    /// The head's note is of more entries than there are.
    NoteAhead {
        /// How many it was signed for.
        size: u64,
    },
    /// The entries are not those that the head's note was signed for.
    NoteRoot {
        /// How many it was signed for.
        size: u64,
    },
    /// No signature covers this entry and those after it.
    Unsigned,
    /// The checkpoint kept outside is not one signed by the log's key.
    OutsideNote {
        /// Why not.
        fault: NoteFault,
    },
    /// The log ends before the checkpoint kept outside: it was truncated or rolled back.
    OutsideAhead {
        /// How many entries it was signed for.
        size: u64,
    },
    /// The entries are not those of the checkpoint kept outside: the log was rewritten or forked.
    OutsideRoot {
        /// How many it was signed for.
        size: u64,
    },
}

/// Why a note is no checkpoint of this log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteFault {
    /// Not letter for letter a signed checkpoint.
    Malformed,
    /// Not signed by this key.
    Unsigned,
    /// Its signature is wrong.
    WrongSignature,
    /// Of another log.
    OtherLog,
}

impl From<BadNote> for NoteFault {
    fn from(bad: BadNote) -> Self {
        match bad {
            BadNote::Malformed => NoteFault::Malformed,
            BadNote::Unsigned => NoteFault::Unsigned,
            BadNote::WrongSignature => NoteFault::WrongSignature,
            BadNote::OtherLog => NoteFault::OtherLog,
        }
    }
}

impl fmt::Display for NoteFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NoteFault::Malformed => "is no signed checkpoint",
            NoteFault::Unsigned => "is not signed by this key",
            NoteFault::WrongSignature => "bears a wrong signature",
            NoteFault::OtherLog => "is another log's",
        })
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wrong::Missing { until } => write!(f, "missing, as are all before {until}"),
            Wrong::Extra => f.write_str("not counted by the head"),
            Wrong::Misnumbered => f.write_str("its number is another's or none"),
            Wrong::LeafHash => f.write_str("leaf_hash is not the hash of its bytes"),
            Wrong::NotAnEvent => f.write_str("its bytes are no event"),
            Wrong::ColumnDiffers { column } => write!(f, "column {} differs from its bytes", column.as_str()),
            Wrong::TimeGoesBack => f.write_str("earlier than the entry before it"),
            Wrong::TileMissing { level, index } => write!(f, "tile {level}/{index} is missing"),
            Wrong::TileExtra { level, index } => write!(f, "tile {level}/{index} should not be there"),
            Wrong::TileHashes { level, index } => write!(f, "tile {level}/{index} has other hashes than the entries"),
            Wrong::TileRoot { level, index } => write!(f, "tile {level}/{index} has a root that is not its own"),
            Wrong::HeadMissing => f.write_str("the head is missing"),
            Wrong::HeadSize => f.write_str("the head's size is none"),
            Wrong::HeadRoot => f.write_str("the head's root is not that of the entries"),
            Wrong::HeadLatest => f.write_str("the head's latest time is not that of the last entry"),
            Wrong::HeadNote { fault } => write!(f, "the head's note {fault}"),
            Wrong::NoteAhead { size } => {
                write!(f, "the head's note was signed for {size} entries, more than there are")
            }
            Wrong::NoteRoot { size } => {
                write!(f, "the first {size} entries are not those that the head's note was signed for")
            }
            Wrong::Unsigned => f.write_str("not covered by the head's signature, nor is any after it"),
            Wrong::OutsideNote { fault } => write!(f, "the checkpoint kept outside {fault}"),
            Wrong::OutsideAhead { size } => {
                write!(f, "truncated or rolled back: the checkpoint kept outside has {size} entries")
            }
            Wrong::OutsideRoot { size } => {
                write!(f, "rewritten or forked: the first {size} entries are not those of the checkpoint kept outside")
            }
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.leaf {
            Some(leaf) => write!(f, "entry {leaf}: {}", self.what),
            None => write!(f, "{}", self.what),
        }
    }
}

/// Findings as they come. Many are counted; a hundred are kept.
#[derive(Default)]
pub(super) struct Report {
    kept: Vec<Finding>,
    found: u64,
}

const KEPT: usize = 100;

impl Report {
    /// Something is wrong with this entry, or from it on.
    pub(super) fn at(&mut self, leaf: u64, what: Wrong) {
        self.add(Finding { leaf: Some(leaf), what });
    }

    /// Something is wrong, and no entry can be named.
    pub(super) fn of_the_log(&mut self, what: Wrong) {
        self.add(Finding { leaf: None, what });
    }

    pub(super) fn add(&mut self, finding: Finding) {
        self.found += 1;
        if self.kept.len() < KEPT {
            self.kept.push(finding);
        }
    }

    /// Whether one of these entries was found wrong already, so that what follows from it need not be said.
    pub(super) fn names(&self, leaves: std::ops::Range<u64>) -> bool {
        self.kept.iter().any(|finding| finding.leaf.is_some_and(|leaf| leaves.contains(&leaf)))
    }

    /// The kept ones, by entry, those of none last; and how many there were.
    pub(super) fn into_findings(mut self) -> (Vec<Finding>, u64) {
        self.kept.sort_by_key(|finding| finding.leaf.unwrap_or(u64::MAX));
        (self.kept, self.found)
    }
}
