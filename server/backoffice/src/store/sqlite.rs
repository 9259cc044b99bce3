//! SQLite: one file, and what makes a commit to it durable.

use super::db::{OpenError, WriteCache};
use super::readers::Readers;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};
use std::path::Path;
use std::time::Duration;

pub(super) static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations/sqlite");

pub(super) async fn open(path: &Path) -> Result<Readers, OpenError> {
    let mut writer = options(path).create_if_missing(true).connect().await?;
    MIGRATIONS.run(&mut writer).await?;
    check_durable(&mut writer).await?;
    writer.close().await?;
    Ok(Readers::open(options(path).pragma("query_only", "ON"), 8).await?)
}

pub(super) async fn open_read_only(path: &Path) -> Result<Readers, OpenError> {
    let options = options(path).create_if_missing(false).pragma("query_only", "ON");
    Ok(Readers::open(options, 4).await?)
}

pub(super) async fn write_connection(readers: &Readers, cache: WriteCache) -> Result<SqliteConnection, OpenError> {
    let size = match cache {
        WriteCache::Serving => "-16000",
        WriteCache::Importing => "-256000",
    };
    let options = readers.options().clone().pragma("query_only", "OFF").pragma("cache_size", size);
    let mut conn = options.connect().await?;
    check_durable(&mut conn).await?;
    Ok(conn)
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: COMMIT returns after the fsync of the WAL. NORMAL would let a receipt outlive its event.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        // eight that read, at most: 64 MB
        .pragma("cache_size", "-8000")
        // What a sort spills would lie in the system's temporary folder, beside no database that anyone guards.
        .pragma("temp_store", "MEMORY")
        .pragma("trusted_schema", "OFF")
        .disable_statement_logging()
}

/// Reads the pragmas back: what was asked for is not always what is.
async fn check_durable(conn: &mut SqliteConnection) -> Result<(), OpenError> {
    let mode: String = sqlx::query("PRAGMA journal_mode").fetch_one(&mut *conn).await?.try_get(0)?;
    if mode != "wal" {
        return Err(OpenError::NotDurable("journal_mode=wal"));
    }
    let synchronous: i64 = sqlx::query("PRAGMA synchronous").fetch_one(&mut *conn).await?.try_get(0)?;
    if synchronous != 2 {
        return Err(OpenError::NotDurable("synchronous=full"));
    }
    Ok(())
}
