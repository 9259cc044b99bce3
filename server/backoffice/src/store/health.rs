//! What a database says about itself, for `doctor` and for whoever asks whether it answers.

use super::db::Db;
use super::statement::sql;
use super::{postgres, sqlite};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::collections::BTreeMap;
use std::path::Path;

/// A setting, as it should be and as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pragma {
    /// Its name.
    pub name: &'static str,
    /// As it must be for a commit to last (V3).
    pub wanted: &'static str,
    /// As the database has it.
    pub is: String,
}

/// How far the schema is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// As this program has it.
    Current,
    /// So many migrations are yet to run; the next command that writes runs them.
    Behind(usize),
    /// A newer program has been here.
    Ahead,
    /// A migration that ran is not the one that this program knows, or broke off.
    Other,
}

/// Whether the database answers at all.
pub async fn answers(db: &Db) -> sqlx::Result<()> {
    sql("SELECT 1").execute(db).await.map(drop)
}

/// The settings on which durability rests, read back. The journal's mode is read from the file, as it lies there.
pub async fn pragmas(db: &Db, path: &Path) -> sqlx::Result<Vec<Pragma>> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).disable_statement_logging();
    let mut file = options.connect().await?;
    let journal: String = sqlx::Row::try_get(&sqlx::query("PRAGMA journal_mode").fetch_one(&mut file).await?, 0)?;
    file.close().await?;
    let synchronous: i64 = sql("PRAGMA synchronous").fetch_one(db).await?.try_get(0)?;
    let keys: i64 = sql("PRAGMA foreign_keys").fetch_one(db).await?.try_get(0)?;
    Ok(vec![
        Pragma { name: "journal_mode", wanted: "wal", is: journal },
        Pragma { name: "synchronous", wanted: "2", is: synchronous.to_string() },
        Pragma { name: "foreign_keys", wanted: "1", is: keys.to_string() },
    ])
}

/// Compares the migrations that ran with those that this program has.
pub async fn schema(db: &Db) -> sqlx::Result<Schema> {
    const SQL: &str = "SELECT version, success, checksum FROM _sqlx_migrations";
    let rows = sql(SQL).fetch_all(db).await?;
    let mut ran: BTreeMap<i64, (bool, Vec<u8>)> = BTreeMap::new();
    for row in rows {
        ran.insert(row.try_get(0)?, (row.try_get(1)?, row.try_get(2)?));
    }
    let mut missing = 0;
    let migrations = match db {
        Db::Sqlite(_) => &sqlite::MIGRATIONS,
        Db::Postgres(_) => &postgres::MIGRATIONS,
    };
    for known in migrations.iter() {
        match ran.remove(&known.version) {
            None => missing += 1,
            Some((true, checksum)) if checksum == *known.checksum => {}
            Some(_) => return Ok(Schema::Other),
        }
    }
    Ok(match (ran.is_empty(), missing) {
        (false, _) => Schema::Ahead,
        (true, 0) => Schema::Current,
        (true, missing) => Schema::Behind(missing),
    })
}
