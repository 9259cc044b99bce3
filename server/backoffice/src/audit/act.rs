//! What changes something.

use crate::store::WriteTx;
use domain::audit::event::AuditEvent;
use domain::desk::DeskError;

/// A change and the event that records it, decided inside one savepoint (A2).
#[async_trait::async_trait]
pub trait Act: Send + 'static {
    /// What the receipt will say.
    type Fact: Send + 'static;

    /// Whether it needs what a sensitive act needs: a signed log and a clock that is not behind it
    /// (L0, A6). Looking at masks does not; opening, importing, exporting do.
    const SENSITIVE: bool = false;

    /// Whether it reads the log itself ([`WriteTx::log`]). Events of one batch are written together at its
    /// end, but before such an act.
    const READS_LOG: bool = false;

    /// Reads again what the permission was based on, changes what is to change, and says how it ended.
    /// A database error undoes the act and leaves no event: nothing was done, and nothing is shown.
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<Self::Fact>>;

    /// The event to write instead, when the act may not run at all because of `error`.
    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent;
}

/// How an act ended.
#[derive(Debug)]
pub enum Verdict<F> {
    /// Done: the event and the change commit together.
    Done {
        /// What happened.
        event: AuditEvent,
        /// What the receipt will say.
        fact: F,
    },
    /// Refused: the change is undone, the refusal is recorded.
    Refused {
        /// What was refused, and why.
        event: AuditEvent,
        /// What the caller is told.
        error: DeskError,
    },
    /// Refused, and what the act wrote stays: a consumed factor, a counted failure, a new challenge.
    Kept {
        /// What was refused, and why.
        event: AuditEvent,
        /// What the caller is told.
        error: DeskError,
    },
    /// Not done, and no event of its own: it is one of many alike, counted in a row that a later event
    /// tells (A10), or there was nothing to do.
    Unrecorded {
        /// What the caller is told.
        error: DeskError,
    },
}
