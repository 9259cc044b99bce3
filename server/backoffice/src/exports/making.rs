//! What the making of a file does to the log and to its one row: it begins, with everything read again, and it ends
//! (E3, E6). Between the two stands the receipt.

use super::copy::Written;
use super::run::SILENT;
use super::state::{approved, frozen, recipient_serves};
use super::steps::about;
use crate::audit::{Act, Verdict};
use crate::auth::event;
use crate::store::export_runs::{self, Made};
use crate::store::exports::{self, ExportRow};
use crate::store::{WriteTx, export_votes, sessions};
use crate::vault::ExportOpened;
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::audit::fingerprint::Fingerprint;
use domain::clock::Span;
use domain::code::Code;
use domain::desk::DeskError;
use domain::export::{ExportDigest, Frozen, FrozenRows};
use domain::id::FieldName;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A file whose making was broken off so often takes the process with it, perhaps: it is given up.
const BROKEN_OFF: u32 = 20;

/// Records that values are about to be opened for a file, if all is still as it was approved.
pub(super) struct Begin {
    pub row: ExportRow,
    /// What the frozen rows come to.
    pub found: FrozenRows,
    /// Whether the selection, made anew, is those rows.
    pub selected: bool,
    /// The fields that are opened.
    pub opened: Vec<FieldName>,
    /// The policy in force here.
    pub policy: [u8; 32],
    /// Which attempt it is: known when the act has claimed it.
    pub attempt: Arc<AtomicU32>,
}

#[async_trait::async_trait]
impl Act for Begin {
    type Fact = ExportOpened;
    const SENSITIVE: bool = true;
    const READS_LOG: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<ExportOpened>> {
        let now = tx.now();
        let export = self.row.id;
        // Somebody else makes it, or made it.
        if !export_runs::claim(tx.conn(), export, now, now.minus(SILENT)).await? {
            return Ok(Verdict::Unrecorded { error: Code::ExportState.into() });
        }
        // What was read before the act is what is written after it: it must be what is released here.
        let seen = (self.row.digest, self.row.recipient, std::mem::take(&mut self.row.frozen));
        if let Some(row) = exports::find(tx.conn(), export).await? {
            self.row = row;
        }
        let attempt = self.row.run.as_ref().map_or(0, |run| run.attempts);
        self.attempt.store(attempt, Ordering::Relaxed);
        let same = seen == (self.row.digest, self.row.recipient, self.row.frozen.clone());
        let released = if same { self.released(tx).await? } else { Err(Code::ExportChanged) };
        if let Err(code) = released {
            export_runs::fail(tx.conn(), export, attempt, code).await?;
            return Ok(Verdict::Kept { event: self.event(tx, Some(code)), error: code.into() });
        }
        let opened = std::mem::take(&mut self.opened);
        Ok(Verdict::Done { event: self.event(tx, None), fact: ExportOpened { export, opened } })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.event(tx, Some(error.code()))
    }
}

impl Begin {
    async fn released(&self, tx: &mut WriteTx<'_>) -> sqlx::Result<Result<(), Code>> {
        let now = tx.now();
        if self.row.withdrawn.is_some() {
            return Ok(Err(Code::ExportState));
        }
        if self.row.run.as_ref().is_some_and(|run| run.attempts > BROKEN_OFF) {
            return Ok(Err(Code::Busy));
        }
        let known = match frozen(&self.row) {
            Ok(known) => known,
            Err(code) => return Ok(Err(code)),
        };
        let in_force = sessions::policy_hash(tx.conn()).await? == Some(self.policy);
        if !in_force || known.policy != Fingerprint::from_bytes(self.policy) || !self.selected {
            return Ok(Err(Code::ExportChanged));
        }
        let (approved, standing) = match approved(tx, &self.row, now).await? {
            Ok(found) => found,
            Err(code) => return Ok(Err(code)),
        };
        let digest = ExportDigest::of(&self.row.frozen);
        if let Err(code) = approved.release(digest, known.rows, self.found, standing) {
            return Ok(Err(code));
        }
        recipient_serves(tx, &self.row).await
    }

    fn event(&self, tx: &WriteTx<'_>, code: Option<Code>) -> AuditEvent {
        let known = frozen(&self.row).ok();
        let scope = |known: &Frozen| {
            known.fields.fields().iter().map(|asked| (asked.field.clone(), asked.form)).collect::<Vec<_>>()
        };
        let details = Details {
            recipient: Some(self.row.recipient),
            rows: Some(self.row.rows),
            scope: known.as_ref().map(scope),
            purpose: known.map(|known| known.purpose),
            attempts: self.row.run.as_ref().map(|run| run.attempts),
            subject_staff: Some(self.row.requester_no.clone()),
            policy: Some(Fingerprint::from_bytes(self.policy)),
            ..about(&self.row)
        };
        event(tx, Kind::ExportBegun, code, None, None, details)
    }
}

/// How the making of a file ended.
pub(super) enum End {
    /// It is there; and how many milliseconds it took.
    Made(Written, i64),
    /// It is not.
    Failed(Code),
}

pub(super) struct Ended {
    pub row: ExportRow,
    pub attempt: u32,
    pub end: End,
    /// How long the file waits to be fetched.
    pub life: Span,
}

#[async_trait::async_trait]
impl Act for Ended {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let code = match &self.end {
            End::Failed(code) => Some(*code),
            End::Made(written, _) => self.wanted(tx, written).await?,
        };
        match code {
            None => Ok(Verdict::Done { event: self.event(tx, None), fact: () }),
            Some(code) if export_runs::fail(tx.conn(), self.row.id, self.attempt, code).await? => {
                Ok(Verdict::Kept { event: self.event(tx, Some(code)), error: code.into() })
            }
            // Somebody else has it now.
            Some(code) => Ok(Verdict::Unrecorded { error: code.into() }),
        }
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.event(tx, Some(error.code()))
    }
}

impl Ended {
    /// Why a file that is there is not wanted any more; nothing if it is, and then it waits to be fetched.
    async fn wanted(&self, tx: &mut WriteTx<'_>, written: &Written) -> sqlx::Result<Option<Code>> {
        let (now, export) = (tx.now(), self.row.id);
        if exports::find(tx.conn(), export).await?.is_none_or(|row| row.withdrawn.is_some()) {
            return Ok(Some(Code::ExportState));
        }
        let votes = export_votes::of(tx.conn(), export).await?;
        let standing = super::state::standing(tx, &self.row, &votes).await?;
        if !standing.requester {
            return Ok(Some(Code::RequesterGone));
        }
        if !standing.approvers {
            return Ok(Some(Code::ApproverGone));
        }
        let made = Made {
            rows: written.rows.count,
            bytes: written.bytes,
            sha256: written.sha256,
            at: now,
            expires: now.plus(self.life),
        };
        let done = export_runs::made(tx.conn(), export, self.attempt, &made).await?;
        Ok((!done).then_some(Code::ExportState))
    }

    fn event(&self, tx: &WriteTx<'_>, code: Option<Code>) -> AuditEvent {
        let mut details = Details {
            recipient: Some(self.row.recipient),
            rows: Some(self.row.rows),
            subject_staff: Some(self.row.requester_no.clone()),
            ..about(&self.row)
        };
        if let End::Made(written, took) = &self.end {
            details.bytes = Some(written.bytes);
            details.file_hash = Some(written.sha256);
            details.took_ms = Some(*took);
            details.due = code.is_none().then(|| tx.now().plus(self.life));
        }
        event(tx, Kind::ExportGenerated, code, None, None, details)
    }
}
