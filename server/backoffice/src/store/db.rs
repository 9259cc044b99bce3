//! The database, whichever it is. [`on!`] runs one body on it; a second database adds a variant here
//! and an arm there, and no caller changes.

use crate::system::Entropy;
use domain::clock::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Row};
use std::path::Path;
use std::time::Duration;

pub(super) static SQLITE_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations/sqlite");

/// Where reads go.
#[derive(Clone, Debug)]
pub enum Db {
    /// One file.
    Sqlite(sqlx::SqlitePool),
}

/// One connection, held for a transaction.
#[derive(Debug)]
pub enum Conn {
    /// To one file.
    Sqlite(sqlx::SqliteConnection),
}

/// Runs one body for whichever database: the name is bound to what sqlx calls an executor.
macro_rules! on {
    ($db:expr, |$executor:ident| $body:expr) => {
        match $db {
            $crate::store::Db::Sqlite($executor) => $body,
        }
    };
}
/// The same on a connection that is held.
macro_rules! on_conn {
    ($conn:expr, |$executor:ident| $body:expr) => {
        match $conn {
            $crate::store::Conn::Sqlite($executor) => $body,
        }
    };
}
pub(crate) use {on, on_conn};

/// How much memory the writer's pages may take. An import touches a leaf of the index for every key of
/// every row, all over it: with too little, each page is written many times in one transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteCache {
    /// 16 MB.
    Serving,
    /// 256 MB, for a command that ends.
    Importing,
}

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It would not open or answer.
    #[error("the database does not open: {0}")]
    Sqlx(#[from] sqlx::Error),
    /// A migration failed, or the file is newer than this program.
    #[error("the database cannot be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The file system or a setting weakens durability: a commit would not be one (V3).
    #[error("the database does not keep `{0}`, so a commit would not be durable")]
    NotDurable(&'static str),
}

impl Db {
    /// Opens (or creates) the SQLite file and brings its schema up to date.
    pub async fn open_sqlite(path: &Path) -> Result<Self, OpenError> {
        let mut writer = sqlite_options(path).create_if_missing(true).connect().await?;
        SQLITE_MIGRATIONS.run(&mut writer).await?;
        check_durable(&mut writer).await?;
        writer.close().await?;
        let pool = SqlitePoolOptions::new()
            .max_connections(8)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(sqlite_options(path).pragma("query_only", "ON"))
            .await?;
        Ok(Self::Sqlite(pool))
    }

    /// Opens an existing SQLite file for reading alone: nothing is brought up to date, nothing written.
    pub async fn open_sqlite_read_only(path: &Path) -> Result<Self, OpenError> {
        let options = sqlite_options(path).create_if_missing(false).pragma("query_only", "ON");
        Ok(Self::Sqlite(SqlitePoolOptions::new().max_connections(4).connect_with(options).await?))
    }

    /// The connection that the writer keeps.
    pub async fn write_connection(&self, cache: WriteCache) -> Result<Conn, OpenError> {
        match self {
            Db::Sqlite(pool) => {
                let size = match cache {
                    WriteCache::Serving => "-16000",
                    WriteCache::Importing => "-256000",
                };
                let options = (*pool.connect_options()).clone().pragma("query_only", "OFF").pragma("cache_size", size);
                let mut conn = options.connect().await?;
                check_durable(&mut conn).await?;
                Ok(Conn::Sqlite(conn))
            }
        }
    }
}

fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: COMMIT returns after the fsync of the WAL. NORMAL would let a receipt outlive its event.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("cache_size", "-16000")
        // What a sort spills would lie in the system's temporary folder, beside no database that anyone guards.
        .pragma("temp_store", "MEMORY")
        .pragma("trusted_schema", "OFF")
        .disable_statement_logging()
}

/// Reads the pragmas back: what was asked for is not always what is.
async fn check_durable(conn: &mut sqlx::SqliteConnection) -> Result<(), OpenError> {
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

impl Conn {
    /// Begins a write transaction at once, so that nothing read in it can be stale at its end.
    pub(crate) async fn begin(&mut self) -> sqlx::Result<()> {
        self.run("BEGIN IMMEDIATE").await
    }
    /// Makes the transaction durable.
    pub(crate) async fn commit(&mut self) -> sqlx::Result<()> {
        self.run("COMMIT").await
    }
    /// Forgets the transaction.
    pub(crate) async fn rollback(&mut self) -> sqlx::Result<()> {
        self.run("ROLLBACK").await
    }
    /// Opens a savepoint for one act.
    pub(crate) async fn savepoint(&mut self) -> sqlx::Result<()> {
        self.run("SAVEPOINT act").await
    }
    /// Undoes the act, if `undo`, and closes its savepoint.
    pub(crate) async fn release(&mut self, undo: bool) -> sqlx::Result<()> {
        if undo {
            self.run("ROLLBACK TO act").await?;
        }
        self.run("RELEASE act").await
    }
    async fn run(&mut self, sql: &'static str) -> sqlx::Result<()> {
        match self {
            Conn::Sqlite(conn) => sqlx::query(sql).execute(conn).await.map(drop),
        }
    }
}

/// The inside of the writer's transaction, as an act sees it.
pub struct WriteTx<'a> {
    conn: &'a mut Conn,
    now: Timestamp,
    entropy: &'a dyn Entropy,
}

impl<'a> WriteTx<'a> {
    pub(crate) fn new(conn: &'a mut Conn, now: Timestamp, entropy: &'a dyn Entropy) -> Self {
        Self { conn, now, entropy }
    }
    pub(crate) fn conn(&mut self) -> &mut Conn {
        self.conn
    }
    /// The time of this batch: never before any event in the log (A6).
    pub fn now(&self) -> Timestamp {
        self.now
    }
    /// Where random bytes come from.
    pub fn entropy(&self) -> &dyn Entropy {
        self.entropy
    }
}
