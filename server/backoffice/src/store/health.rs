//! What a database says about itself, for `doctor` and for whoever asks whether it answers.

use super::db::{Conn, Db};
use super::sqlite_conn::SqliteFile;
use super::statement::sql;
use super::{postgres, sqlite};
use std::collections::{BTreeMap, BTreeSet};

/// A setting, as it should be and as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
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

/// The settings on which durability rests, read back. SQLite's journal mode is read from the file, as it lies there.
pub async fn settings(db: &Db) -> sqlx::Result<Vec<Setting>> {
    match db {
        Db::Sqlite(readers) => {
            let mut file = Conn::Sqlite(SqliteFile::at(readers.file().path()).connect()?);
            let journal = sql("PRAGMA journal_mode").fetch_one(&mut file).await?.try_get(0)?;
            let synchronous: i64 = sql("PRAGMA synchronous").fetch_one(db).await?.try_get(0)?;
            let keys: i64 = sql("PRAGMA foreign_keys").fetch_one(db).await?.try_get(0)?;
            Ok(vec![
                Setting { name: "journal_mode", wanted: "wal", is: journal },
                Setting { name: "synchronous", wanted: "2", is: synchronous.to_string() },
                Setting { name: "foreign_keys", wanted: "1", is: keys.to_string() },
            ])
        }
        Db::Postgres(_) => {
            let wanted = [
                ("synchronous_commit", "on"),
                ("fsync", "on"),
                ("full_page_writes", "on"),
                ("server_encoding", "UTF8"),
            ];
            let mut settings = Vec::new();
            for (name, wanted) in wanted {
                let row = sql("SELECT current_setting($1)").bind(name).fetch_one(db).await?;
                settings.push(Setting { name, wanted, is: row.try_get(0)? });
            }
            Ok(settings)
        }
    }
}

/// Which version a server is, as `150018`; none where there is no server.
pub async fn server_version(db: &Db) -> sqlx::Result<Option<u32>> {
    match db {
        Db::Sqlite(_) => Ok(None),
        Db::Postgres(_) => {
            let row = sql("SELECT current_setting('server_version_num')::bigint").fetch_one(db).await?;
            Ok(u32::try_from(row.try_get::<i64>(0)?).ok())
        }
    }
}

/// The triggers that should refuse and do not: they are gone, or turned off.
pub async fn triggers_missing(db: &Db) -> sqlx::Result<Vec<String>> {
    const SQLITE: &str = "SELECT name FROM sqlite_master WHERE type = 'trigger'";
    const POSTGRES: &str = "SELECT tgname::text FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid \
        JOIN pg_namespace ON pg_namespace.oid = relnamespace \
        WHERE nspname IN ('public', 'vault') AND tgenabled IN ('O', 'A') AND NOT tgisinternal";
    let (migrations, rows) = match db {
        Db::Sqlite(_) => (&sqlite::MIGRATIONS, sql(SQLITE)),
        Db::Postgres(_) => (&postgres::MIGRATIONS, sql(POSTGRES)),
    };
    let rows = rows.fetch_all(db).await?;
    let there = rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<BTreeSet<&str>>>()?;
    let lines = migrations.iter().flat_map(|migration| migration.sql.as_str().lines());
    let made = lines.filter_map(|line| line.strip_prefix("CREATE TRIGGER ")?.split(' ').next());
    let missing: BTreeSet<&str> = made.filter(|name| !there.contains(name)).collect();
    Ok(missing.into_iter().map(str::to_owned).collect())
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
