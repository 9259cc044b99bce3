//! A floor on a file: the driver is called in place, its statements stay prepared.

use super::few::Few;
use super::{BATCH, Done, key};
use rusqlite::{Connection, OptionalExtension};
use std::path::Path;
use std::time::Duration;
use tokio::sync::mpsc;

/// As many as our own that read.
const READERS: usize = 8;

/// Makes the tables and starts the writer on a thread of its own; gives back who reads.
pub fn open(file: &Path, keys: u64, jobs: mpsc::Receiver<Done>, row: Vec<u8>) -> anyhow::Result<Few<Connection>> {
    let mut conn = connect(file, "-16000")?;
    conn.execute_batch(
        "CREATE TABLE event (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
        CREATE TABLE found (key BLOB PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;",
    )?;
    let filling = conn.transaction()?;
    for n in 0..keys {
        let mut insert = filling.prepare_cached("INSERT INTO found (key, value) VALUES (?1, ?2)")?;
        insert.execute((key(n), [7_u8; 16]))?;
    }
    filling.commit()?;
    std::thread::Builder::new().name("floor".into()).spawn(move || write(&conn, jobs, &row))?;
    let readers: Result<_, _> = (0..READERS).map(|_| connect(file, "-8000")).collect();
    Ok(Few::of(readers?))
}

/// As durable as our own, with as much memory, and no more often at work on the file itself.
fn connect(file: &Path, cache: &str) -> anyhow::Result<Connection> {
    let conn = Connection::open(file)?;
    conn.busy_timeout(Duration::from_secs(10))?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "wal_autocheckpoint", 4000)?;
    conn.pragma_update(None, "cache_size", cache)?;
    let journal_mode: String = conn.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    anyhow::ensure!(journal_mode == "wal", "the floor's file keeps no WAL: {journal_mode}");
    Ok(conn)
}

/// One transaction for all that wait, one row each.
fn write(conn: &Connection, mut jobs: mpsc::Receiver<Done>, row: &[u8]) -> rusqlite::Result<()> {
    let mut begin = conn.prepare("BEGIN IMMEDIATE")?;
    let mut insert = conn.prepare("INSERT INTO event (bytes) VALUES (?1)")?;
    let mut commit = conn.prepare("COMMIT")?;
    let mut batch = Vec::with_capacity(BATCH);
    while jobs.blocking_recv_many(&mut batch, BATCH) > 0 {
        begin.execute([])?;
        for _ in &batch {
            insert.execute([row])?;
        }
        commit.execute([])?;
        for done in batch.drain(..) {
            // A caller that went away needs no answer.
            done.send(()).unwrap_or_default();
        }
    }
    Ok(())
}

/// Whether there is such a key.
pub async fn select(readers: &Few<Connection>, number: u64) -> anyhow::Result<bool> {
    let reader = readers.take().await?;
    let found = {
        let mut select = reader.conn.prepare_cached("SELECT value FROM found WHERE key = ?1")?;
        select.query_row([key(number)], |row| row.get::<_, Vec<u8>>(0)).optional()?
    };
    reader.give_back();
    Ok(found.is_some())
}
