//! A PostgreSQL database as bytes, table by table, and back (O3).

use super::db::{Db, OpenError};
use super::postgres::{Address, MIGRATIONS, Postgres, ROLES};
use super::restores::Restored;
use futures_core::Stream;
use serde::{Deserialize, Serialize};
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use std::borrow::Cow;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;

/// A table, as a manifest has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// `public` or `vault`.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Its columns, in the order of the bytes.
    pub columns: Vec<String>,
    /// How many rows it has.
    pub rows: u64,
}

impl Table {
    /// Names of our own, or of the catalogue: never a file's.
    fn named(&self) -> String {
        format!("{}.{} ({})", self.schema, self.name, self.columns.join(", "))
    }
}

/// Why a database is not copied, or not filled.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The server.
    #[error("the database: {0}")]
    Sqlx(#[from] sqlx::Error),
    /// It does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The file.
    #[error("the backup's file: {0}")]
    Io(#[from] io::Error),
    /// There is something in it already.
    #[error("the database is not empty: {0} has rows; name one that is")]
    NotEmpty(String),
    /// A table of the backup is not one of this schema, or other rows came than were counted.
    #[error("the backup's {0} does not fit the schema that it names")]
    DoesNotFit(String),
    /// A later program made it.
    #[error("the backup was made by a newer program: use that one")]
    Newer,
}

/// The names of our tables in the order in which they are made: each refers to earlier ones alone.
fn in_order() -> impl Iterator<Item = &'static str> {
    let lines = MIGRATIONS.iter().flat_map(|migration| migration.sql.as_str().lines());
    let tables = lines.filter_map(|line| line.strip_prefix("CREATE TABLE ")?.split(' ').next());
    // That a database came out of a backup is no part of the next.
    tables.filter(|name| *name != "restored_backup").map(|name| name.trim_start_matches("vault."))
}

/// Our tables that are there, without their rows' counts.
async fn tables(conn: &mut PgConnection) -> sqlx::Result<Vec<Table>> {
    const SQL: &str = "SELECT nspname::text, string_agg(attname::text, ',' ORDER BY attnum) FROM pg_class \
        JOIN pg_namespace ON pg_namespace.oid = relnamespace JOIN pg_attribute ON attrelid = pg_class.oid \
        WHERE nspname IN ('public', 'vault') AND relkind = 'r' AND relname = $1 AND attnum > 0 AND NOT attisdropped \
        GROUP BY nspname";
    let mut tables = Vec::new();
    for name in in_order() {
        if let Some(row) = sqlx::query(SQL).bind(name).fetch_optional(&mut *conn).await? {
            let columns = row.try_get::<&str, _>(1)?.split(',').map(str::to_owned).collect();
            tables.push(Table { schema: row.try_get(0)?, name: name.into(), columns, rows: 0 });
        }
    }
    Ok(tables)
}

async fn run(conn: &mut PgConnection, text: String) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(text)).execute(conn).await.map(drop)
}

/// Everything as it was at one instant; who writes meanwhile neither waits nor is seen.
pub struct Snapshot(PgConnection);

impl Snapshot {
    /// Begins it.
    pub async fn of(postgres: &Postgres) -> Result<Self, CopyError> {
        let mut conn = postgres.snapshot_connection().await?;
        sqlx::raw_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").execute(&mut conn).await?;
        Ok(Self(conn))
    }

    /// The newest migration that ran.
    pub async fn schema(&mut self) -> sqlx::Result<i64> {
        sqlx::query("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(&mut self.0).await?.try_get(0)
    }

    /// How many entries the log has, and their signed note.
    pub async fn head(&mut self) -> sqlx::Result<(u64, String)> {
        let row = sqlx::query("SELECT size, note FROM log_head WHERE id = 1").fetch_one(&mut self.0).await?;
        Ok((row.try_get::<i64, _>(0)? as u64, row.try_get(1)?))
    }

    /// Our tables, with their rows' counts.
    pub async fn tables(&mut self) -> sqlx::Result<Vec<Table>> {
        let mut tables = tables(&mut self.0).await?;
        for table in &mut tables {
            let count = format!("SELECT COUNT(*) FROM {}.{}", table.schema, table.name);
            let row = sqlx::query(AssertSqlSafe(count)).fetch_one(&mut self.0).await?;
            table.rows = row.try_get::<i64, _>(0)? as u64;
        }
        Ok(tables)
    }

    /// A table's bytes, one piece after the other. The log's come in its own order.
    pub async fn copy(
        &mut self,
        table: &Table,
        mut each: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), CopyError> {
        let from = match table.name.as_str() {
            "log_entry" => format!("(SELECT {} FROM log_entry ORDER BY seq)", table.columns.join(", ")),
            _ => table.named(),
        };
        let mut bytes = self.0.copy_out_raw(&format!("COPY {from} TO STDOUT (FORMAT binary)")).await?;
        while let Some(piece) = poll_fn(|context| Pin::new(&mut bytes).poll_next(context)).await {
            each(&piece?)?;
        }
        Ok(())
    }
}

/// An empty database that is being filled, all at once or not at all.
pub struct Filling(PgConnection);

impl Filling {
    /// Brings the schema to where the backup's was, as its owner, and begins.
    pub async fn begin(address: &Address, schema: i64) -> Result<Self, CopyError> {
        if !MIGRATIONS.iter().any(|migration| migration.version == schema) {
            return Err(CopyError::Newer);
        }
        let mut conn = address.owner_connection().await?;
        for table in tables(&mut conn).await? {
            let any = format!("SELECT EXISTS (SELECT 1 FROM {}.{})", table.schema, table.name);
            if sqlx::query(AssertSqlSafe(any)).fetch_one(&mut conn).await?.try_get(0)? {
                return Err(CopyError::NotEmpty(table.name));
            }
        }
        sqlx::raw_sql(ROLES).execute(&mut conn).await?;
        let until: Vec<_> = MIGRATIONS.iter().filter(|migration| migration.version <= schema).cloned().collect();
        let migrator = Migrator { migrations: Cow::Owned(until), ..Migrator::DEFAULT };
        migrator.run(&mut conn).await.map_err(OpenError::from)?;
        sqlx::raw_sql("BEGIN").execute(&mut conn).await?;
        Ok(Self(conn))
    }

    /// Whether these are the tables that are to be filled.
    pub async fn fits(&mut self, wanted: &[Table]) -> Result<(), CopyError> {
        let there = tables(&mut self.0).await?;
        let wanted = wanted.iter().map(|table| Table { rows: 0, ..table.clone() });
        match wanted.zip(&there).find(|(wanted, there)| wanted != *there) {
            Some((wanted, _)) => Err(CopyError::DoesNotFit(wanted.name)),
            None => Ok(()),
        }
    }

    /// Fills a table that [`Self::fits`]. Its triggers judge what staff do, not what they did: they are off meanwhile.
    pub async fn fill(
        &mut self,
        table: &Table,
        mut next: impl FnMut() -> io::Result<Option<Vec<u8>>>,
    ) -> Result<(), CopyError> {
        let (schema, name) = (&table.schema, &table.name);
        run(&mut self.0, format!("ALTER TABLE {schema}.{name} DISABLE TRIGGER USER")).await?;
        let mut copy = self.0.copy_in_raw(&format!("COPY {} FROM STDIN (FORMAT binary)", table.named())).await?;
        let sent = loop {
            match next() {
                Ok(Some(bytes)) => match copy.send(bytes).await {
                    Ok(_) => (),
                    Err(error) => break Err(error.into()),
                },
                Ok(None) => break Ok(()),
                Err(error) => break Err(CopyError::Io(error)),
            }
        };
        if let Err(error) = sent {
            copy.abort("the backup could not be read").await?;
            return Err(error);
        }
        let rows = copy.finish().await?;
        if rows != table.rows {
            return Err(CopyError::DoesNotFit(name.clone()));
        }
        run(&mut self.0, format!("ALTER TABLE {schema}.{name} ENABLE TRIGGER USER")).await?;
        Ok(())
    }

    /// Ends it, with the note of where all came from.
    pub async fn finish(mut self, restored: &Restored) -> Result<(), CopyError> {
        insert_note(&mut self.0, restored).await?;
        sqlx::raw_sql("COMMIT").execute(&mut self.0).await?;
        sqlx::raw_sql("ANALYZE").execute(&mut self.0).await?;
        Ok(self.0.close().await?)
    }
}

/// Notes in a database that is there that it was put back by other means.
pub async fn note(address: &Address, restored: &Restored) -> Result<(), CopyError> {
    // Brought up to date first: the note has the columns of today.
    if let Db::Postgres(postgres) = Db::open_postgres(address).await? {
        postgres.close().await;
    }
    let mut conn = address.owner_connection().await?;
    insert_note(&mut conn, restored).await?;
    Ok(conn.close().await?)
}

async fn insert_note(conn: &mut PgConnection, restored: &Restored) -> sqlx::Result<()> {
    const NOTE: &str = "INSERT INTO restored_backup (id, digest, size, lost, os_user, known) \
        VALUES (1, $1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE \
        SET digest = $1, size = $2, lost = $3, os_user = $4, known = $5";
    let note = sqlx::query(NOTE)
        .bind(&restored.digest)
        .bind(restored.size as i64)
        .bind(restored.lost.unwrap_or(0) as i64)
        .bind(&restored.os_user)
        .bind(restored.known());
    note.execute(conn).await.map(drop)
}
