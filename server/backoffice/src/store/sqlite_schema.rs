//! What a file's schema is, beside what it should be (O3). A trigger, a view or another text of a table is code that
//! would run in our name, and rows that a check would have refused.

use super::db::{Db, OpenError};
use super::sqlite::MIGRATIONS;
use super::statement::sql;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Every object that somebody made, by kind and name. What SQLite counts for itself (ANALYZE) is nobody's.
const OBJECTS: &str = "SELECT type, name, COALESCE(sql, tbl_name) FROM sqlite_master \
                       WHERE NOT (type = 'table' AND name IN ('sqlite_stat1', 'sqlite_stat4'))";

type Objects = BTreeMap<(String, String), String>;

/// The newest migration of this program.
pub fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// What a file has more, less or otherwise than one in which the same migrations have just run: the first such thing.
/// Nothing if they are alike.
pub async fn other_than_ours(db: &Db) -> Result<Option<String>, OpenError> {
    let version: i64 = sql("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(db).await?.try_get(0)?;
    let mut there = Objects::new();
    for row in sql(OBJECTS).fetch_all(db).await? {
        there.insert((row.try_get(0)?, row.try_get(1)?), row.try_get(2)?);
    }
    let ours = fresh(version).await?;
    let differs = |one: &Objects, other: &Objects| {
        let first = one.iter().find(|(key, text)| other.get(*key) != Some(*text));
        first.map(|((kind, name), _)| format!("{kind} {name}"))
    };
    Ok(differs(&there, &ours).or_else(|| differs(&ours, &there)))
}

/// In memory, up to that version.
async fn fresh(version: i64) -> Result<Objects, OpenError> {
    let until: Vec<_> = MIGRATIONS.iter().filter(|migration| migration.version <= version).cloned().collect();
    let migrator = Migrator { migrations: Cow::Owned(until), ..Migrator::DEFAULT };
    let options = SqliteConnectOptions::new().in_memory(true).foreign_keys(true).disable_statement_logging();
    let mut conn = options.connect().await?;
    migrator.run(&mut conn).await?;
    let mut objects = Objects::new();
    for row in sqlx::query(OBJECTS).fetch_all(&mut conn).await? {
        objects.insert((row.try_get(0)?, row.try_get(1)?), row.try_get(2)?);
    }
    conn.close().await?;
    Ok(objects)
}
