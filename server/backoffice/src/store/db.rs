//! The database, whichever it is, and the inside of the writer's transaction.

use super::postgres::{Address, Postgres};
use super::readers::Readers;
use super::sqlite;
use super::sqlite_conn::SqliteConn;
use super::statement::sql;
use crate::system::Entropy;
use domain::clock::Timestamp;
use std::path::Path;

/// Where reads go.
#[derive(Clone, Debug)]
pub enum Db {
    /// One file.
    Sqlite(Readers),
    /// A server, for any number of instances.
    Postgres(Postgres),
}

/// Where reads of the vault go: ciphertext, wrapped keys, the search index. On PostgreSQL they are another role's.
#[derive(Clone, Copy, Debug)]
pub struct VaultDb<'a>(pub(super) &'a Db);

/// One connection, held for a transaction.
#[derive(Debug)]
pub enum Conn {
    /// To one file.
    Sqlite(SqliteConn),
    /// To a server.
    Postgres(sqlx::PgConnection),
}

/// How much memory the writer's pages may take, where they are this process's: SQLite. An import touches a leaf of
/// the index for every key of every row, all over it: with too little, each page is written many times in one
/// transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteCache {
    /// 8 MB.
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
    /// A migration failed, or the database is newer than this program.
    #[error("the database cannot be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The file system or a setting weakens durability: a commit would not be one (V3).
    #[error("the database does not keep `{0}`, so a commit would not be durable")]
    NotDurable(&'static str),
    /// The file beside it, which says what it must hold, cannot be read or moved.
    #[error("the checkpoint file cannot be read: {0}")]
    Checkpoint(std::io::Error),
    /// What an administrator of the database has to do first.
    #[error("{0}")]
    NotPrepared(&'static str),
}

impl Db {
    /// Opens (or creates) the SQLite file and brings its schema up to date.
    pub async fn open_sqlite(path: &Path) -> Result<Self, OpenError> {
        sqlite::open(path).await.map(Self::Sqlite)
    }

    /// Opens an existing SQLite file for reading alone: nothing is brought up to date, no row is written.
    pub async fn open_sqlite_read_only(path: &Path) -> Result<Self, OpenError> {
        sqlite::open_read_only(path).map(Self::Sqlite)
    }

    /// Opens a database of a PostgreSQL server and brings its schema up to date.
    pub async fn open_postgres(address: &Address) -> Result<Self, OpenError> {
        Postgres::open(address).await.map(Self::Postgres)
    }

    /// The same for reading alone.
    pub async fn open_postgres_read_only(address: &Address) -> Result<Self, OpenError> {
        Postgres::open_read_only(address).await.map(Self::Postgres)
    }

    /// The connection that the writer keeps.
    pub async fn write_connection(&self, cache: WriteCache) -> Result<Conn, OpenError> {
        match self {
            Db::Sqlite(readers) => sqlite::write_connection(readers, cache).map(Conn::Sqlite),
            Db::Postgres(postgres) => postgres.write_connection(cache).await.map(Conn::Postgres),
        }
    }

    /// The same database, for reads of the vault.
    pub fn vault(&self) -> VaultDb<'_> {
        VaultDb(self)
    }
}

impl Conn {
    /// Begins a write transaction. On SQLite at once, so that nothing read in it can be stale at its end; on
    /// PostgreSQL each statement sees what was committed before it, and the lock on the log's head, which is what
    /// every batch begins with, keeps others from committing meanwhile.
    pub(crate) async fn begin(&mut self) -> sqlx::Result<()> {
        match self {
            Conn::Sqlite(_) => self.run("BEGIN IMMEDIATE").await,
            Conn::Postgres(_) => self.run("BEGIN ISOLATION LEVEL READ COMMITTED").await,
        }
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
    /// Keeps what was done in it, and opens the next: to a server, in one round trip.
    pub(crate) async fn next_savepoint(&mut self) -> sqlx::Result<()> {
        if let Conn::Postgres(conn) = self {
            const SQL: &str = "RELEASE SAVEPOINT act; SAVEPOINT act";
            // Not prepared: what is prepared is one statement.
            return sqlx::raw_sql(SQL).execute(conn).await.map(drop);
        }
        self.leave_savepoint().await?;
        self.savepoint().await
    }
    /// Undoes the act. Its savepoint is as if newly opened.
    pub(crate) async fn undo(&mut self) -> sqlx::Result<()> {
        self.run("ROLLBACK TO SAVEPOINT act").await
    }
    /// Keeps what was done in it.
    pub(crate) async fn leave_savepoint(&mut self) -> sqlx::Result<()> {
        self.run("RELEASE SAVEPOINT act").await
    }
    async fn run(&mut self, text: &'static str) -> sqlx::Result<()> {
        sql(text).execute(self).await.map(drop)
    }
}

/// The inside of the writer's transaction, as an act sees it.
pub struct WriteTx<'a> {
    conn: &'a mut Conn,
    now: Timestamp,
    entropy: &'a dyn Entropy,
    reads_log: bool,
}

impl<'a> WriteTx<'a> {
    pub(crate) fn new(conn: &'a mut Conn, now: Timestamp, entropy: &'a dyn Entropy, reads_log: bool) -> Self {
        Self { conn, now, entropy, reads_log }
    }
    pub(crate) fn conn(&mut self) -> &mut Conn {
        self.conn
    }
    /// The same for reading the log. Whoever did not say that they would ([`crate::audit::Act::READS_LOG`]) gets
    /// an error: for them it may lack events of this batch.
    pub(crate) fn log(&mut self) -> sqlx::Result<&mut Conn> {
        match self.reads_log {
            true => Ok(self.conn),
            false => Err(sqlx::Error::Protocol("this act did not say that it reads the log".into())),
        }
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
