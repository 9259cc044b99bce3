//! SQLite: one file, and what makes a commit to it durable.

use super::db::{OpenError, WriteCache};
use super::readers::Readers;
use super::sqlite_conn::{SqliteConn, SqliteFile};
use super::sqlite_row::Held;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};
use std::path::Path;
use std::time::Duration;

pub(super) static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations/sqlite");

pub(super) async fn open(path: &Path) -> Result<Readers, OpenError> {
    migrate(path).await?;
    let file = file(path);
    check_durable(&mut file.connect()?)?;
    Ok(Readers::open(file.pragma("query_only", "ON"), 8)?)
}

pub(super) fn open_read_only(path: &Path) -> Result<Readers, OpenError> {
    Ok(Readers::open(file(path).pragma("query_only", "ON").leaving_the_wal(), 4)?)
}

pub(super) fn write_connection(readers: &Readers, cache: WriteCache) -> Result<SqliteConn, OpenError> {
    let size = match cache {
        WriteCache::Serving => "-8000",
        WriteCache::Importing => "-256000",
    };
    let mut conn = readers.file().clone().pragma("query_only", "OFF").pragma("cache_size", size).connect()?;
    check_durable(&mut conn)?;
    Ok(conn)
}

/// Makes the file if there is none, and brings its schema up to date.
async fn migrate(path: &Path) -> Result<(), OpenError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("temp_store", "MEMORY")
        .pragma("trusted_schema", "OFF")
        .disable_statement_logging();
    let mut conn = options.connect().await?;
    MIGRATIONS.run(&mut conn).await?;
    Ok(conn.close().await?)
}

fn file(path: &Path) -> SqliteFile {
    SqliteFile::at(path)
        .pragma("journal_mode", "WAL")
        // FULL: COMMIT returns after the fsync of the WAL. NORMAL would let a receipt outlive its event.
        .pragma("synchronous", "FULL")
        // eight that read, at most: 8 MB. What others commit empties them, and the kernel has the pages too.
        .pragma("cache_size", "-1000")
        // Pages that every batch writes go into the file once in so many, not in a thousand; as many as one table of
        // the WAL's index tells (https://www.sqlite.org/walformat.html#the_wal_index_file_format).
        .pragma("wal_autocheckpoint", "4000")
        // What a sort spills would lie in the system's temporary folder, beside no database that anyone guards.
        .pragma("temp_store", "MEMORY")
}

/// Reads the pragmas back: what was asked for is not always what is.
fn check_durable(conn: &mut SqliteConn) -> Result<(), OpenError> {
    let journal_mode = conn.rows("PRAGMA journal_mode", &[], 1)?;
    if journal_mode.first().and_then(|row| row.held(0)) != Some(Held::Text(b"wal")) {
        return Err(OpenError::NotDurable("journal_mode=wal"));
    }
    let synchronous = conn.rows("PRAGMA synchronous", &[], 1)?;
    if synchronous.first().and_then(|row| row.held(0)) != Some(Held::Number(2)) {
        return Err(OpenError::NotDurable("synchronous=full"));
    }
    Ok(())
}
