//! Backups: everything that the database holds, in one file, made while others work; and the way back (O3).
//!
//! ```text
//! grille.db            SQLite's own copy of the file; or, from PostgreSQL,
//! <table>.copy         each table as COPY writes it (binary), the log's entries in their order
//! manifest.json        what each part holds, with its SHA-256, and the log's signed head
//! manifest.note        the log key's word for the manifest, as a signed note; written last
//! ```
//!
//! It is a zip. Whatever the database keeps sealed is sealed in it, and none of the four keys is in it: who has the file
//! alone has masks, ciphertext, keyed digests and the log. A file that was cut has no end, and is none.
//!
//! What comes back is verified before anything takes effect: the manifest by its signature, each part by its sum, the log
//! by its own signature and its tree, and against every checkpoint that is known; a file's schema against this program's.

mod agree;
mod archive;
mod log_parts;
mod loss;
mod make;
mod noted;
mod restore;

pub use agree::Lacking;
pub use archive::{Backup, BackupError};
pub use loss::{BadLoss, Loss};
pub use make::{MadeBackup, MakeError};
pub(crate) use noted::{come_back, found_later};
pub use restore::{Known, Proven, RestoreError, Target};

use crate::store::backups::Table;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The layout that this program writes, and the only one that it reads. The one before was not signed.
const FORMAT: u32 = 2;
const UNSIGNED_FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
const SIGNATURE: &str = "manifest.note";
const SQLITE_PART: &str = "grille.db";

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The layout.
    pub format: u32,
    /// Version of the program.
    pub grille: String,
    /// The newest migration that had run.
    pub schema: i64,
    /// When it was begun, UTC milliseconds.
    pub begun_at: i64,
    /// How many entries the log has.
    pub size: u64,
    /// The log's head, signed.
    pub note: String,
    /// What is in it.
    pub holds: Holds,
    /// Its files.
    pub parts: Vec<Part>,
}

/// Of which database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Holds {
    /// SQLite: rows by table.
    Sqlite { rows: BTreeMap<String, u64> },
    /// PostgreSQL: tables in the order in which they are filled.
    Postgres { tables: Vec<Table> },
}

/// One file in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its size, unpacked.
    pub bytes: u64,
    /// Its SHA-256, unpacked, in hexadecimal.
    pub sha256: String,
}

/// The part that a table is in.
fn part_of(table: &Table) -> String {
    format!("{}.copy", table.name)
}
