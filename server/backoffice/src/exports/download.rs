//! Fetching a file: once, in time, by whoever asked for it, with another kind of factor than it was submitted by (E5,
//! JR/T 0171 6.1.4.2 f). The file is gone from the disk before its first byte leaves.

use super::state::{self, approved, recipient_serves};
use super::steps::OwnStep;
use crate::audit::{Act, Verdict};
use crate::desk::StaffDesk;
use crate::store::exports::ExportRow;
use crate::store::{WriteTx, export_runs};
use domain::audit::event::{AuditEvent, Details, EndingName, FactorName, Kind};
use domain::code::Code;
use domain::desk::{DeskError, ExportState, ExportStep, Method, SealedFile};
use std::fs::File;

const KIND: Kind = Kind::ExportDownloaded;

impl StaffDesk {
    pub(super) async fn fetch(&self, form: ExportStep) -> Result<SealedFile, DeskError> {
        let mut step = self.own_step(KIND, form.export).await?;
        step.challenge = form.challenge;
        let path = self.office.export_file(form.export, step.row.attempts());
        // Held open from here on: whoever sweeps meanwhile takes its name, not its bytes.
        let file = tokio::task::spawn_blocking(move || File::open(path)).await.ok().and_then(Result::ok);
        self.permitted().await;
        let row = step.row.clone();
        let bytes = self.office.ledger.act(Download { step, there: file.is_some() }).await?.into_fact();
        let content = file.ok_or(Code::FileGone)?;
        self.office.destroy_file(&row, EndingName::Downloaded).await;
        Ok(SealedFile { name: format!("{}.age", form.export), bytes, content: Box::new(content) })
    }
}

struct Download {
    step: OwnStep,
    /// Whether the file is there to be handed out.
    there: bool,
}

#[async_trait::async_trait]
impl Act for Download {
    /// How long it is, in bytes.
    type Fact = u64;
    const SENSITIVE: bool = true;
    const READS_LOG: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<u64>> {
        let actor = &self.step.actor;
        let mut details = self.step.details();
        let row = match self.step.now(tx).await? {
            Ok(row) => row,
            Err(code) => return actor.refuse(tx, KIND, code.into(), details).await,
        };
        let run = row.run.as_ref();
        details.recipient = Some(row.recipient);
        details.rows = Some(row.rows);
        details.bytes = run.and_then(|run| run.bytes);
        details.file_hash = run.and_then(|run| run.sha256);
        let submitted_by = match self.fetchable(tx, &row).await? {
            Ok(factor) => factor,
            Err(code) => return actor.refuse(tx, KIND, code.into(), details).await,
        };
        if let Some(error) = self.step.factor(tx, "download", &mut details).await? {
            return actor.refuse(tx, KIND, of_another_kind(error, submitted_by), details).await;
        }
        let Some(factor) = details.factor.filter(|factor| *factor != submitted_by) else {
            return actor.refuse(tx, KIND, Code::SameFactor.into(), details).await;
        };
        let now = tx.now();
        // The conditional write decides, not what was read.
        if !export_runs::download(tx.conn(), row.id, factor, now).await? {
            return actor.refuse(tx, KIND, Code::FileGone.into(), details).await;
        }
        let bytes = details.bytes.unwrap_or(0);
        Ok(Verdict::Done { event: actor.event(tx, KIND, None, details), fact: bytes })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.step.actor.event(tx, KIND, Some(error.code()), self.step.details())
    }
}

impl Download {
    /// By which factor it was submitted, if it may be fetched now: rights are read again (E6).
    async fn fetchable(&self, tx: &mut WriteTx<'_>, row: &ExportRow) -> sqlx::Result<Result<FactorName, Code>> {
        let now = tx.now();
        match state::state(row, now) {
            ExportState::Generated if self.there => (),
            ExportState::Draft
            | ExportState::Submitted
            | ExportState::Approved
            | ExportState::Rejected
            | ExportState::Queued
            | ExportState::Running => return Ok(Err(Code::ExportState)),
            _ => return Ok(Err(Code::FileGone)),
        }
        // It was approved in time when it was made; what counts now is who still answers for it.
        let made = row.run.as_ref().and_then(|run| run.generated).unwrap_or(now);
        let (approved, standing) = match approved(tx, row, made).await? {
            Ok(found) => found,
            Err(code) => return Ok(Err(code)),
        };
        if !standing.requester {
            return Ok(Err(Code::RequesterGone));
        }
        if !standing.approvers {
            return Ok(Err(Code::ApproverGone));
        }
        Ok(recipient_serves(tx, row).await?.map(|()| approved.submitted_by()))
    }
}

/// A challenge that asks for the other kind of factor alone.
fn of_another_kind(error: DeskError, submitted_by: FactorName) -> DeskError {
    let used = match submitted_by {
        FactorName::Totp => Method::Totp,
        FactorName::Passkey => Method::Passkey,
    };
    match error {
        DeskError::StepUpRequired { challenge, mut methods } => {
            methods.retain(|method| *method != used);
            DeskError::StepUpRequired { challenge, methods }
        }
        DeskError::Invalid(_) | DeskError::Wait { .. } | DeskError::Refused(_) => error,
    }
}

/// Says that a file is no more. Written after it is.
pub(super) struct Destroyed {
    pub row: ExportRow,
    pub ending: EndingName,
}

#[async_trait::async_trait]
impl Act for Destroyed {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let now = tx.now();
        if !export_runs::destroyed(tx.conn(), self.row.id, now).await? {
            return Ok(Verdict::Unrecorded { error: Code::FileGone.into() });
        }
        Ok(Verdict::Done { event: self.event(tx, None), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.event(tx, Some(error.code()))
    }
}

impl Destroyed {
    fn event(&self, tx: &WriteTx<'_>, code: Option<Code>) -> AuditEvent {
        let run = self.row.run.as_ref();
        let details = Details {
            bytes: run.and_then(|run| run.bytes),
            file_hash: run.and_then(|run| run.sha256),
            ending: Some(self.ending),
            subject_staff: Some(self.row.requester_no.clone()),
            ..super::steps::about(&self.row)
        };
        crate::auth::event(tx, Kind::ExportDestroyed, code, None, None, details)
    }
}
