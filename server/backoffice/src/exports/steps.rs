//! The requester's own steps: submitting a request, having its file made, taking it back. The factor of each is bound
//! to the step and to every bit of the request (E2).

use super::recipients::serves;
use super::state::{self, approved, frozen, recipient_serves};
use crate::audit::{Act, Verdict};
use crate::auth::{Actor, own_factor};
use crate::desk::StaffDesk;
use crate::people::frozen as frozen_person;
use crate::policy::{Allowed, RequestExport};
use crate::store::exports::{self, ExportRow, SubmissionRow};
use crate::store::{WriteTx, export_runs, recipients};
use crate::vault::{KeyKind, VaultError};
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::audit::fingerprint::Fingerprint;
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{DeskError, ExportState, ExportStep};
use domain::export::{Caps, ExportAct, PERIOD};
use domain::id::{Challenge, ExportId};

impl StaffDesk {
    /// One's own request as it is now, and the policy's word that this person may go on with it.
    pub(super) async fn own_step(&self, kind: Kind, export: ExportId) -> Result<OwnStep, DeskError> {
        self.may_ask_ever(kind).await?;
        let found = exports::read(&self.office.db, export).await.map_err(|_| Code::LogUnavailable)?;
        // Another's is not there, whatever its state.
        let Some(row) = found.filter(|row| is_of(row, &self.actor)) else {
            return Err(self.refused_as(kind, Details::default(), Code::NotFound.into()).await);
        };
        let allowed = match frozen(&row) {
            Ok(known) => self.may_ask(kind, &known.purpose, known.fields.weight(&self.office.catalogue)).await?,
            // What is not what it was is taken back all the same, and nothing else.
            Err(_) if kind == Kind::ExportWithdrawn => self.may_ask_for_any(kind).await?,
            Err(code) => return Err(self.refused_as(kind, about(&row), code.into()).await),
        };
        let life = self.office.settings.challenge_life;
        Ok(OwnStep { actor: self.actor.clone(), allowed, row, challenge: None, life })
    }

    pub(super) async fn submit(&self, form: ExportStep) -> Result<(), DeskError> {
        let mut step = self.own_step(Kind::ExportSubmitted, form.export).await?;
        step.challenge = form.challenge;
        self.permitted().await;
        let settings = &self.office.settings.exports;
        let weight = frozen(&step.row)?.fields.weight(&self.office.catalogue);
        let caps = Limits { caps: settings.caps, life: settings.request_life, rest: settings.recipient_rest, weight };
        self.office.ledger.act(Submit { step, caps }).await?.into_fact();
        Ok(())
    }

    pub(super) async fn generate(&self, form: ExportStep) -> Result<(), DeskError> {
        let mut step = self.own_step(Kind::ExportQueued, form.export).await?;
        step.challenge = form.challenge;
        // Without its keys a file would fail, and its approvals with it (L0).
        let opens = frozen(&step.row)?.fields.opened(&self.office.catalogue).next().is_some();
        let keys = [Some(KeyKind::Index), opens.then_some(KeyKind::Vault)];
        for kind in keys.into_iter().flatten() {
            if let Err(error) = self.office.keys.key(kind) {
                let code = VaultError::from(error).code();
                return Err(self.refused_as(Kind::ExportQueued, step.details(), code.into()).await);
            }
        }
        self.permitted().await;
        self.office.ledger.act(Generate { step }).await?.into_fact();
        self.office.export_runs.notify_one();
        Ok(())
    }

    pub(super) async fn withdraw(&self, export: ExportId) -> Result<(), DeskError> {
        let step = self.own_step(Kind::ExportWithdrawn, export).await?;
        self.permitted().await;
        self.office.ledger.act(Withdraw { step }).await?.into_fact();
        // a file that waits is destroyed now, not when somebody passes by
        self.office.export_ends.notify_one();
        Ok(())
    }
}

/// Whether a request is this login's and this person's.
pub(super) fn is_of(row: &ExportRow, actor: &Actor) -> bool {
    row.requester == actor.staff() && row.by_person == actor.stamp().person
}

/// What every event about a request says of it.
pub(super) fn about(row: &ExportRow) -> Details {
    Details {
        export: Some(row.id),
        export_digest: Some(Fingerprint::from_bytes(*row.digest.as_bytes())),
        ..Details::default()
    }
}

/// A step of one's own request.
pub(super) struct OwnStep {
    pub actor: Actor,
    pub allowed: Allowed<RequestExport>,
    /// As it was read; what may have moved is read again.
    pub row: ExportRow,
    pub challenge: Option<Challenge>,
    /// How long a challenge lives.
    pub life: Span,
}

impl OwnStep {
    pub(super) fn details(&self) -> Details {
        Details { policy: Some(self.allowed.policy()), ..about(&self.row) }
    }

    /// The request as it is now, if this person, session and policy are what they were, its bytes those that were
    /// hashed, and the policy the one that it was drawn up under.
    pub(super) async fn now(&self, tx: &mut WriteTx<'_>) -> sqlx::Result<Result<ExportRow, Code>> {
        if let Err(code) = self.actor.still(&self.allowed, tx).await? {
            return Ok(Err(code));
        }
        let found = exports::find(tx.conn(), self.row.id).await?;
        let Some(row) = found.filter(|row| is_of(row, &self.actor)) else {
            return Ok(Err(Code::NotFound));
        };
        Ok(match frozen(&row) {
            Ok(known) if known.policy == self.allowed.policy() => Ok(row),
            Ok(_) | Err(_) => Err(Code::ExportChanged),
        })
    }

    /// Spends the factor for this step, or asks for one.
    pub(super) async fn factor(
        &self,
        tx: &mut WriteTx<'_>,
        operation: &'static str,
        details: &mut Details,
    ) -> sqlx::Result<Option<DeskError>> {
        // After a reset a person lets nothing out either (U4).
        if let Some(error) = frozen_person(tx, &self.actor).await? {
            return Ok(Some(error));
        }
        let act = ExportAct {
            operation,
            person: &self.actor.stamp().person,
            lineage: self.actor.lineage(),
            export: self.row.id,
            digest: self.row.digest,
        };
        own_factor(tx, &self.actor, act.digest(), self.challenge, self.life, details).await
    }
}

/// What a submission is held against.
struct Limits {
    caps: Caps,
    life: Span,
    rest: Span,
    weight: domain::export::Weight,
}

struct Submit {
    step: OwnStep,
    caps: Limits,
}

#[async_trait::async_trait]
impl Act for Submit {
    type Fact = ();
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let (kind, actor) = (Kind::ExportSubmitted, &self.step.actor);
        let mut details = self.step.details();
        let row = match self.step.now(tx).await? {
            Ok(row) => row,
            Err(code) => return actor.refuse(tx, kind, code.into(), details).await,
        };
        let known = frozen(&row).ok();
        details.recipient = Some(row.recipient);
        details.rows = Some(row.rows);
        details.purpose = known.map(|known| known.purpose);
        if let Err(code) = self.fits(tx, &row).await? {
            return actor.refuse(tx, kind, code.into(), details).await;
        }
        if let Some(error) = self.step.factor(tx, "submit", &mut details).await? {
            return actor.refuse(tx, kind, error, details).await;
        }
        let now = tx.now();
        let submission =
            details.factor.map(|factor| SubmissionRow { factor, at: now, expires: now.plus(self.caps.life) });
        // The conditional write decides, not what was read.
        let done = match &submission {
            Some(submission) => exports::submit(tx.conn(), row.id, submission).await?,
            None => false,
        };
        if !done {
            return actor.refuse(tx, kind, Code::ExportState.into(), details).await;
        }
        Ok(Verdict::Done { event: actor.event(tx, kind, None, details), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.step.actor.event(tx, Kind::ExportSubmitted, Some(error.code()), self.step.details())
    }
}

impl Submit {
    async fn fits(&self, tx: &mut WriteTx<'_>, row: &ExportRow) -> sqlx::Result<Result<(), Code>> {
        let now = tx.now();
        match state::state(row, now) {
            ExportState::Draft => (),
            ExportState::Expired => return Ok(Err(Code::ExportExpired)),
            _ => return Ok(Err(Code::ExportState)),
        }
        let person = &self.step.actor.stamp().person;
        let recipient = recipients::find(tx.conn(), row.recipient).await?;
        let fit = recipient.map_or(Err(Code::RecipientUnfit), |found| serves(&found, person, self.caps.rest, now));
        if fit.is_err() {
            return Ok(fit);
        }
        // What others of this person's were submitted since it was drawn up counts too.
        let load = exports::load_of(tx.conn(), person, now, now.minus(PERIOD)).await?;
        Ok(self.caps.caps.permits(self.caps.weight, row.rows, load.rows))
    }
}

struct Generate {
    step: OwnStep,
}

#[async_trait::async_trait]
impl Act for Generate {
    type Fact = ();
    const SENSITIVE: bool = true;
    const READS_LOG: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let (kind, actor) = (Kind::ExportQueued, &self.step.actor);
        let mut details = self.step.details();
        let row = match self.step.now(tx).await? {
            Ok(row) => row,
            Err(code) => return actor.refuse(tx, kind, code.into(), details).await,
        };
        if let Err(code) = ready(tx, &row).await? {
            return actor.refuse(tx, kind, code.into(), details).await;
        }
        if let Some(error) = self.step.factor(tx, "generate", &mut details).await? {
            return actor.refuse(tx, kind, error, details).await;
        }
        let now = tx.now();
        if !export_runs::queue(tx.conn(), row.id, now).await? {
            return actor.refuse(tx, kind, Code::ExportState.into(), details).await;
        }
        Ok(Verdict::Done { event: actor.event(tx, kind, None, details), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.step.actor.event(tx, Kind::ExportQueued, Some(error.code()), self.step.details())
    }
}

/// Whether a request has its votes, and those who answer for it and whom it goes to are what they were.
async fn ready(tx: &mut WriteTx<'_>, row: &ExportRow) -> sqlx::Result<Result<(), Code>> {
    let now = tx.now();
    match state::state(row, now) {
        ExportState::Approved => (),
        ExportState::Expired => return Ok(Err(Code::ExportExpired)),
        _ => return Ok(Err(Code::ExportState)),
    }
    let standing = match approved(tx, row, now).await? {
        Ok((_, standing)) => standing,
        Err(code) => return Ok(Err(code)),
    };
    if !standing.requester {
        return Ok(Err(Code::RequesterGone));
    }
    if !standing.approvers {
        return Ok(Err(Code::ApproverGone));
    }
    recipient_serves(tx, row).await
}

struct Withdraw {
    step: OwnStep,
}

#[async_trait::async_trait]
impl Act for Withdraw {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let (kind, actor) = (Kind::ExportWithdrawn, &self.step.actor);
        let details = self.step.details();
        // A request that is no longer what was hashed may be taken back all the same.
        if let Err(code) = actor.still(&self.step.allowed, tx).await? {
            return actor.refuse(tx, kind, code.into(), details).await;
        }
        let (now, found) = (tx.now(), exports::find(tx.conn(), self.step.row.id).await?);
        let ended = found.is_none_or(|row| {
            matches!(
                state::state(&row, now),
                ExportState::Withdrawn
                    | ExportState::Rejected
                    | ExportState::Failed
                    | ExportState::Downloaded
                    | ExportState::Destroyed
            )
        });
        if ended || !exports::withdraw(tx.conn(), self.step.row.id, now).await? {
            return actor.refuse(tx, kind, Code::ExportState.into(), details).await;
        }
        Ok(Verdict::Done { event: actor.event(tx, kind, None, details), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.step.actor.event(tx, Kind::ExportWithdrawn, Some(error.code()), self.step.details())
    }
}
