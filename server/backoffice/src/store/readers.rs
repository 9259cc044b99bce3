//! Who reads a file: a few connections, each for one statement at a time. A connection to a file does not go away
//! by itself, so none is asked whether it lives.

use super::sqlite_conn::{SqliteConn, SqliteFile};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Half of them at most read long: a session is looked up even while the log is searched by many who went away.
const LONG: usize = 2;
/// How long a statement waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// The connections that read one file. Clones share them.
#[derive(Clone, Debug)]
pub struct Readers(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    file: SqliteFile,
    turns: Arc<Semaphore>,
    long_turns: Arc<Semaphore>,
    /// The one used last is used next: its pages are warm.
    idle: Mutex<Vec<SqliteConn>>,
}

/// One of them, for one statement.
pub struct Reader {
    pub(super) conn: SqliteConn,
    readers: Readers,
    _turn: OwnedSemaphorePermit,
    _long_turn: Option<OwnedSemaphorePermit>,
}

impl Readers {
    /// At most so many, opened when they are needed; the first now, to see that one can be.
    pub(super) fn open(file: SqliteFile, most: usize) -> sqlx::Result<Self> {
        let idle = Mutex::new(vec![file.connect()?]);
        let (turns, long_turns) = (Semaphore::new(most), Semaphore::new(most.div_ceil(LONG)));
        Ok(Self(Arc::new(Shared { file, turns: turns.into(), long_turns: long_turns.into(), idle })))
    }

    /// What they read.
    pub fn file(&self) -> &SqliteFile {
        &self.0.file
    }

    /// Ends them: after that the file is nobody's, if no statement is under way.
    pub fn close(&self) {
        self.0.turns.close();
        self.0.long_turns.close();
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// One that is free, or the next that will be.
    pub async fn take(&self) -> sqlx::Result<Reader> {
        self.taken(None).await
    }

    /// One for a statement that reads much.
    pub async fn take_long(&self) -> sqlx::Result<Reader> {
        let long_turn = turn(&self.0.long_turns).await?;
        self.taken(Some(long_turn)).await
    }

    async fn taken(&self, long_turn: Option<OwnedSemaphorePermit>) -> sqlx::Result<Reader> {
        let turn = turn(&self.0.turns).await?;
        let idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = match idle {
            Some(conn) => conn,
            None => self.0.file.connect()?,
        };
        Ok(Reader { conn, readers: self.clone(), _turn: turn, _long_turn: long_turn })
    }
}

async fn turn(turns: &Arc<Semaphore>) -> sqlx::Result<OwnedSemaphorePermit> {
    if let Ok(turn) = turns.clone().try_acquire_owned() {
        return Ok(turn);
    }
    let turn = tokio::time::timeout(PATIENCE, turns.clone().acquire_owned()).await;
    turn.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)
}

impl Reader {
    /// Gives it back after a statement that went well. One that failed is closed.
    pub(super) fn give_back(self) {
        self.readers.0.idle.lock().unwrap_or_else(PoisonError::into_inner).push(self.conn);
    }
}
