//! A SQLite database as one file, and back (O3).

use super::db::{Conn, Db, OpenError};
use super::readers::Readers;
use super::restores::Restored;
use super::sqlite;
use super::sqlite_conn::SqliteFile;
use super::statement::{Value, sql, sql_of_parts};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// Writes a copy, as everything is at this instant, into an empty file; who writes meanwhile is not waited for.
pub async fn copy_into(readers: &Readers, to: &Path) -> sqlx::Result<()> {
    let mut conn = readers.file().clone().pragma("query_only", "OFF").connect()?;
    let to = to.to_string_lossy().into_owned();
    let copying = tokio::task::spawn_blocking(move || conn.execute("VACUUM INTO $1", &[Value::OwnText(to)]));
    copying.await.map_err(|_| sqlx::Error::WorkerCrashed)?.map(drop)
}

/// Opens a file that nobody else has open, and changes nothing about it.
pub fn open_as_it_lies(path: &Path) -> sqlx::Result<Db> {
    Readers::open(SqliteFile::at(path).immutable(), 1).map(Db::Sqlite)
}

/// The newest migration that ran.
pub async fn schema(db: &Db) -> sqlx::Result<i64> {
    sql("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(db).await?.try_get(0)
}

/// How many rows each table has.
pub async fn rows(db: &Db) -> sqlx::Result<BTreeMap<String, u64>> {
    const SQL: &str = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
                       ORDER BY name";
    let mut rows = BTreeMap::new();
    for row in sql(SQL).fetch_all(db).await? {
        let name: String = row.try_get(0)?;
        let counted = sql_of_parts(format!("SELECT COUNT(*) FROM \"{name}\"")).long().fetch_one(db).await?;
        rows.insert(name, counted.try_get::<i64>(0)? as u64);
    }
    Ok(rows)
}

/// Whether somebody else has the file open. What lies beside it is taken into it first: then it is one file again. What
/// is no database any more is nobody's: whoever had it open would have noticed.
pub fn is_in_use(path: &Path) -> sqlx::Result<bool> {
    // SQLITE_NOTADB, which SQLite says of the first page.
    const NO_DATABASE: &str = "26";
    let mut conn = SqliteFile::at(path).patience(Duration::from_millis(200)).connect()?;
    let alone = conn.run("PRAGMA journal_mode = DELETE");
    Ok(alone
        .is_err_and(|error| error.as_database_error().and_then(|error| error.code()).as_deref() != Some(NO_DATABASE)))
}

/// Brings a copy up to date and notes in it where it came from.
pub async fn finish(path: &Path, restored: &Restored) -> Result<(), OpenError> {
    const NOTE: &str = "INSERT OR REPLACE INTO restored_backup (id, digest, size, lost, os_user, known) VALUES (1, $1, $2, $3, $4, $5)";
    sqlite::open(path).await?.close();
    // A WAL beside it would not be renamed with it.
    let mut conn = Conn::Sqlite(SqliteFile::at(path).pragma("journal_mode", "DELETE").connect()?);
    sql(NOTE)
        .bind(&restored.digest)
        .bind(restored.size as i64)
        .bind(restored.lost.unwrap_or(0) as i64)
        .bind(&restored.os_user)
        .bind(restored.known())
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// What a column of the log holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    Number,
    Bytes,
    Text,
}

/// A table of the log.
#[derive(Debug)]
pub struct LogTable {
    pub table: &'static str,
    pub columns: &'static [(&'static str, Holds)],
    insert: &'static str,
}

/// The tables that `verify` reads, each in the order of its columns.
pub static LOG: [LogTable; 3] = [
    LogTable {
        table: "log_entry",
        columns: &[
            ("seq", Holds::Number),
            ("leaf_hash", Holds::Bytes),
            ("bytes", Holds::Bytes),
            ("time", Holds::Number),
            ("kind", Holds::Text),
            ("decision", Holds::Text),
            ("code", Holds::Text),
            ("staff_no", Holds::Text),
            ("customer", Holds::Bytes),
            ("work_case", Holds::Bytes),
            ("purpose", Holds::Text),
            ("field", Holds::Text),
            ("alert", Holds::Text),
        ],
        insert: "INSERT INTO log_entry (seq, leaf_hash, bytes, time, kind, decision, code, staff_no, customer, \
            work_case, purpose, field, alert) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    },
    LogTable {
        table: "log_tile",
        columns: &[("level", Holds::Number), ("idx", Holds::Number), ("hashes", Holds::Bytes), ("root", Holds::Bytes)],
        insert: "INSERT INTO log_tile (level, idx, hashes, root) VALUES ($1, $2, $3, $4)",
    },
    LogTable {
        table: "log_head",
        columns: &[
            ("id", Holds::Number),
            ("size", Holds::Number),
            ("root", Holds::Bytes),
            ("latest", Holds::Number),
            ("note", Holds::Text),
        ],
        insert: "INSERT INTO log_head (id, size, root, latest, note) VALUES ($1, $2, $3, $4, $5)",
    },
];

/// A file that holds a log for as long as it takes to verify it.
pub struct Scratch(Conn);

impl Scratch {
    /// In a file that is there and empty.
    pub async fn create(path: &Path) -> Result<Self, OpenError> {
        sqlite::open(path).await?.close();
        // Nobody misses it.
        let file = SqliteFile::at(path).pragma("journal_mode", "DELETE").pragma("synchronous", "OFF");
        let mut conn = Conn::Sqlite(file.connect()?);
        // What is wrong with a log is for `verify` to say.
        sql("DROP TRIGGER log_entry_has_no_gap").execute(&mut conn).await?;
        sql("BEGIN").execute(&mut conn).await?;
        Ok(Self(conn))
    }

    /// Adds a row as PostgreSQL writes it.
    pub async fn insert(&mut self, log: &LogTable, row: Vec<Option<Vec<u8>>>) -> sqlx::Result<()> {
        let values = log.columns.iter().zip(row).map(|((name, holds), value)| value_of(name, *holds, value));
        let values = values.collect::<sqlx::Result<Vec<_>>>()?;
        sql(log.insert).bind_all(values).execute(&mut self.0).await.map(drop)
    }

    /// All rows are there.
    pub async fn finish(mut self) -> sqlx::Result<()> {
        sql("COMMIT").execute(&mut self.0).await.map(drop)
    }
}

fn value_of(name: &'static str, holds: Holds, value: Option<Vec<u8>>) -> sqlx::Result<Value<'static>> {
    Ok(match (holds, value) {
        (Holds::Number, None) => Value::Number(None),
        (Holds::Number, Some(bytes)) => {
            let bytes = bytes.try_into().map_err(|_| super::staff::bad(name))?;
            Value::Number(Some(i64::from_be_bytes(bytes)))
        }
        (Holds::Bytes, None) => Value::Bytes(None),
        (Holds::Bytes, Some(bytes)) => Value::OwnBytes(bytes),
        (Holds::Text, None) => Value::Text(None),
        (Holds::Text, Some(bytes)) => Value::OwnText(String::from_utf8(bytes).map_err(|_| super::staff::bad(name))?),
    })
}
