//! Who reads a file: a few connections, each for one statement at a time. A connection to a file does not go away
//! by itself, so none is asked whether it lives, before a statement or after it: to ask costs as much as most reads.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// How long a statement waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// The connections that read one file. Clones share them.
#[derive(Clone, Debug)]
pub struct Readers(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    options: SqliteConnectOptions,
    turns: Semaphore,
    /// The one used last is used next: its pages are warm.
    idle: Mutex<Vec<SqliteConnection>>,
}

/// One of them, for one statement.
pub struct Reader<'a> {
    pub(super) conn: SqliteConnection,
    readers: &'a Readers,
    _turn: SemaphorePermit<'a>,
}

impl Readers {
    /// At most so many, opened when they are needed; the first now, to see that one can be.
    pub(super) async fn open(options: SqliteConnectOptions, most: usize) -> sqlx::Result<Self> {
        let first = options.connect().await?;
        Ok(Self(Arc::new(Shared { options, turns: Semaphore::new(most), idle: Mutex::new(vec![first]) })))
    }

    /// How they connect.
    pub fn options(&self) -> &SqliteConnectOptions {
        &self.0.options
    }

    /// Ends them: after that the file is nobody's, if no statement is under way.
    pub async fn close(&self) {
        self.0.turns.close();
        let idle = std::mem::take(&mut *self.0.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for conn in idle {
            // One that does not close has nothing to write.
            drop(conn.close().await);
        }
    }

    /// One that is free, or the next that will be.
    pub async fn take(&self) -> sqlx::Result<Reader<'_>> {
        let turn = tokio::time::timeout(PATIENCE, self.0.turns.acquire()).await;
        let _turn = turn.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = match idle {
            Some(conn) => conn,
            None => self.0.options.connect().await?,
        };
        Ok(Reader { conn, readers: self, _turn })
    }
}

impl Reader<'_> {
    /// Gives it back after a statement that went well. One that failed, or that nobody waited for, is closed.
    pub(super) fn give_back(self) {
        self.readers.0.idle.lock().unwrap_or_else(PoisonError::into_inner).push(self.conn);
    }
}
