//! A floor on a server: one round trip a batch, and one a SELECT.

use super::few::Few;
use super::{BATCH, Done, key};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use std::str::FromStr;
use tokio::sync::mpsc;

/// As many as our own that read.
const READERS: usize = 16;

/// Makes the tables and starts the writer on a thread of its own; gives back who reads.
pub async fn open(url: &str, keys: u64, jobs: mpsc::Receiver<Done>, row: Vec<u8>) -> anyhow::Result<Few<PgConnection>> {
    let options = PgConnectOptions::from_str(url)?.disable_statement_logging();
    let mut conn = options.connect().await?;
    const TABLES: &str = "CREATE TABLE event (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, \
        bytes bytea NOT NULL); CREATE TABLE found (key bytea PRIMARY KEY, value bytea NOT NULL)";
    sqlx::raw_sql(TABLES).execute(&mut conn).await?;
    let all: Vec<[u8; 32]> = (0..keys).map(key).collect();
    for some in all.chunks(10_000) {
        const FILL: &str = "INSERT INTO found (key, value) SELECT key, substr(key, 1, 16) FROM unnest($1::bytea[]) key";
        let some: Vec<&[u8]> = some.iter().map(|key| &key[..]).collect();
        sqlx::query(FILL).bind(some).execute(&mut conn).await?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let writer = options.clone().options([("synchronous_commit", "on")]);
    let write = async move {
        // It ends with the floor: what it could not write, its callers see.
        let conn = writer.connect().await?;
        write(conn, jobs, &row).await
    };
    std::thread::Builder::new().name("floor".into()).spawn(move || runtime.block_on(write))?;
    let mut readers = Vec::with_capacity(READERS);
    for _ in 0..READERS {
        readers.push(options.connect().await?);
    }
    Ok(Few::of(readers))
}

/// One statement for all that wait: it is a transaction by itself, so nothing is asked before or after it.
async fn write(mut conn: PgConnection, mut jobs: mpsc::Receiver<Done>, row: &[u8]) -> sqlx::Result<()> {
    const APPEND: &str = "INSERT INTO event (bytes) SELECT unnest($1::bytea[])";
    let mut batch = Vec::with_capacity(BATCH);
    while jobs.recv_many(&mut batch, BATCH).await > 0 {
        sqlx::query(APPEND).bind(vec![row; batch.len()]).execute(&mut conn).await?;
        for done in batch.drain(..) {
            // A caller that went away needs no answer.
            done.send(()).unwrap_or_default();
        }
    }
    Ok(())
}

/// Whether there is such a key.
pub async fn select(readers: &Few<PgConnection>, number: u64) -> anyhow::Result<bool> {
    let mut reader = readers.take().await?;
    let select = sqlx::query("SELECT value FROM found WHERE key = $1").bind(&key(number)[..]);
    // The key must live as long as the statement.
    let found = select.fetch_optional(&mut reader.conn).await?;
    reader.give_back();
    Ok(found.is_some())
}
