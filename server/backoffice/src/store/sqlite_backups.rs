//! A SQLite database as one file, and back (O3).

use super::db::{Conn, Db, OpenError};
use super::readers::Readers;
use super::restores::Restored;
use super::sqlite;
use super::statement::{Value, sql, sql_of_parts};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// Writes a copy, as everything is at this instant, into an empty file; who writes meanwhile is not waited for.
pub async fn copy_into(readers: &Readers, to: &Path) -> sqlx::Result<()> {
    let mut conn = readers.options().clone().pragma("query_only", "OFF").connect().await?;
    sqlx::query("VACUUM INTO $1").bind(to.to_string_lossy()).execute(&mut conn).await?;
    conn.close().await
}

/// Opens a file that nobody else has open, and changes nothing about it.
pub async fn open_as_it_lies(path: &Path) -> sqlx::Result<Db> {
    let options =
        SqliteConnectOptions::new().filename(path).immutable(true).read_only(true).disable_statement_logging();
    Readers::open(options, 1).await.map(Db::Sqlite)
}

/// The newest migration that ran.
pub async fn schema(db: &Db) -> sqlx::Result<i64> {
    sql("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(db).await?.try_get(0)
}

/// How many rows each table has.
pub async fn rows(db: &Db) -> sqlx::Result<BTreeMap<String, u64>> {
    const SQL: &str = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let mut rows = BTreeMap::new();
    for row in sql(SQL).fetch_all(db).await? {
        let name: String = row.try_get(0)?;
        let counted = sql_of_parts(format!("SELECT COUNT(*) FROM \"{name}\"")).fetch_one(db).await?;
        rows.insert(name, counted.try_get::<i64>(0)? as u64);
    }
    Ok(rows)
}

/// Whether somebody else has the file open. What lies beside it is taken into it first: then it is one file again.
pub async fn is_in_use(path: &Path) -> sqlx::Result<bool> {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(false).disable_statement_logging();
    let mut conn = options.busy_timeout(Duration::from_millis(200)).connect().await?;
    let alone = sqlx::query("PRAGMA journal_mode = DELETE").execute(&mut conn).await.is_ok();
    conn.close().await?;
    Ok(!alone)
}

/// Brings a copy up to date and notes in it where it came from.
pub async fn finish(path: &Path, restored: &Restored) -> Result<(), OpenError> {
    const NOTE: &str =
        "INSERT OR REPLACE INTO restored_backup (id, digest, size, lost, os_user) VALUES (1, $1, $2, $3, $4)";
    sqlite::open(path).await?.close().await;
    // A WAL beside it would not be renamed with it.
    let options = SqliteConnectOptions::new().filename(path).journal_mode(SqliteJournalMode::Delete);
    let mut conn = options.disable_statement_logging().connect().await?;
    sqlx::query(NOTE)
        .bind(&restored.digest)
        .bind(restored.size as i64)
        .bind(restored.lost as i64)
        .bind(&restored.os_user)
        .execute(&mut conn)
        .await?;
    Ok(conn.close().await?)
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
        sqlite::open(path).await?.close().await;
        let options = SqliteConnectOptions::new().filename(path).journal_mode(SqliteJournalMode::Delete);
        // Nobody misses it.
        let options = options.synchronous(SqliteSynchronous::Off).disable_statement_logging();
        let mut conn = Conn::Sqlite(options.connect().await?);
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
        sql("COMMIT").execute(&mut self.0).await?;
        match self.0 {
            Conn::Sqlite(conn) => conn.close().await,
            Conn::Postgres(conn) => conn.close().await,
        }
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
