//! A few connections that take turns. They are asked nothing before or after their statement, as a pool would.

use std::sync::{Mutex, PoisonError};
use tokio::sync::{Semaphore, SemaphorePermit};

/// The connections.
pub struct Few<C> {
    turns: Semaphore,
    idle: Mutex<Vec<C>>,
}

/// One of them, until it is given back.
pub struct Taken<'a, C> {
    /// The connection.
    pub conn: C,
    few: &'a Few<C>,
    _turn: SemaphorePermit<'a>,
}

impl<C> Few<C> {
    /// These.
    pub fn of(connections: Vec<C>) -> Self {
        Self { turns: Semaphore::new(connections.len()), idle: Mutex::new(connections) }
    }

    /// One that is free, or the next that will be.
    pub async fn take(&self) -> anyhow::Result<Taken<'_, C>> {
        let turn = self.turns.acquire().await?;
        let conn = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = conn.ok_or_else(|| anyhow::anyhow!("a connection was not given back"))?;
        Ok(Taken { conn, few: self, _turn: turn })
    }
}

impl<C> Taken<'_, C> {
    /// Gives it back.
    pub fn give_back(self) {
        self.few.idle.lock().unwrap_or_else(PoisonError::into_inner).push(self.conn);
    }
}
