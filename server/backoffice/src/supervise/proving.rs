//! The whole log verified in the background: at start, daily, and when a supervisor asks (A4, S7). It reads
//! a page at a time beside everyone else's reads; the writer never waits for it.

use super::entry::alarm;
use super::unavailable;
use crate::audit::{Act, Finding, Verdict, Verified, verify};
use crate::auth::{Actor, event};
use crate::backoffice::BackOffice;
use crate::desk::StaffDesk;
use crate::spans;
use crate::store::{WriteTx, verifications};
use domain::audit::checkpoint::VerifierKey;
use domain::audit::event::{AuditEvent, Details, Kind, VerdictName};
use domain::audit::fingerprint::Fingerprint;
use domain::clock::Timestamp;
use domain::code::Code;
use domain::desk::{DeskError, Verification};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tracing::Instrument;

/// Whether a verification is running: one at a time.
#[derive(Clone, Default)]
pub(crate) struct Proving(Arc<AtomicBool>);

impl Proving {
    /// The turn, if nobody has it; it is given back when dropped.
    fn begin(&self) -> Option<Turn> {
        let free = self.0.compare_exchange(false, true, Ordering::SeqCst, Ordering::SeqCst).is_ok();
        free.then(|| Turn(self.clone()))
    }
    pub(super) fn running(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

struct Turn(Proving);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.0.store(false, Ordering::SeqCst);
    }
}

/// Who asked, and the policy that let them.
struct Asker {
    actor: Actor,
    policy: Fingerprint,
}

impl BackOffice {
    /// Verifies the whole log and records what came of it. `Err` with `verification_running` if another is
    /// at it.
    pub async fn prove_log(&self) -> Result<Verified, DeskError> {
        let turn = self.proving.begin().ok_or(Code::VerificationRunning)?;
        self.prove(None, turn).await
    }

    async fn prove(&self, asker: Option<Asker>, turn: Turn) -> Result<Verified, DeskError> {
        let began = self.clock.now();
        let key = self.log_identity().1.and_then(|key| VerifierKey::parse(&key).ok());
        let span = spans::verification();
        let verified = match verify(&self.db, key.as_ref(), None).instrument(span.clone()).await {
            Ok(verified) => verified,
            Err(error) => {
                tracing::error!(%error, "the log could not be verified");
                return Err(Code::LogUnavailable.into());
            }
        };
        spans::verified(&span, verified.size, verified.ok());
        match verified.ok() {
            true => tracing::info!(size = verified.size, "the log verifies"),
            false => tracing::error!(size = verified.size, findings = verified.found, "THE LOG DOES NOT VERIFY"),
        }
        let first = verified.findings.first().and_then(|Finding { leaf, .. }| *leaf);
        let act = Record { asker, began, whole: verified.ok(), size: verified.size, findings: verified.found, first };
        self.ledger.act(act).await?.into_fact();
        drop(turn);
        Ok(verified)
    }

    /// What the last one came to.
    pub(super) async fn last_verification(&self) -> Result<Option<Verification>, DeskError> {
        verifications::last(&self.db).await.map_err(unavailable)
    }
}

impl StaffDesk {
    /// Begins, and does not wait for the end.
    pub(super) async fn begin_proving(&self) -> Result<(), DeskError> {
        let allowed = self.may_verify(Details::default()).await?;
        let Some(turn) = self.office.proving.begin() else {
            let running = Code::VerificationRunning.into();
            return Err(self.refused_as(Kind::LogVerified, Details::default(), running).await);
        };
        let asker = Asker { actor: self.actor.clone(), policy: allowed.policy() };
        let office = self.office.clone();
        tokio::spawn(async move { office.prove(Some(asker), turn).await });
        Ok(())
    }
}

struct Record {
    asker: Option<Asker>,
    began: Timestamp,
    whole: bool,
    size: u64,
    findings: u64,
    first: Option<u64>,
}

impl Record {
    fn event(&self, tx: &WriteTx<'_>, code: Option<Code>) -> AuditEvent {
        let details = Details {
            entry: self.first,
            verdict: Some(if self.whole { VerdictName::Whole } else { VerdictName::NotWhole }),
            size: Some(self.size),
            findings: Some(self.findings),
            took_ms: Some(tx.now().since(self.began).millis()),
            alert: alarm(self.whole),
            policy: self.asker.as_ref().map(|asker| asker.policy),
            ..Details::default()
        };
        match &self.asker {
            Some(asker) => asker.actor.event(tx, Kind::LogVerified, code, details),
            None => event(tx, Kind::LogVerified, code, None, None, details),
        }
    }
}

#[async_trait::async_trait]
impl Act for Record {
    type Fact = ();

    /// Whoever asked may be gone by now: what was found is found.
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let event = self.event(tx, None);
        let verification = Verification {
            at: tx.now(),
            size: self.size,
            verdict: if self.whole { VerdictName::Whole } else { VerdictName::NotWhole },
            findings: self.findings,
            first: self.first,
            took_ms: tx.now().since(self.began).millis(),
        };
        verifications::insert(tx.conn(), event.id, &verification).await?;
        Ok(Verdict::Done { event, fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.event(tx, Some(error.code()))
    }
}
