//! Answering a challenge by a code (V2), and rotating the session with it (U5).

use super::actor::Actor;
use super::delay;
use super::sign_in::count_failure;
use super::totp;
use crate::audit::{Act, Verdict};
use crate::store::{WriteTx, sessions, staff, step_ups};
use domain::audit::event::{AuditEvent, Details, FactorName, Kind};
use domain::audit::fingerprint::Fingerprint;
use domain::code::Code;
use domain::desk::DeskError;
use domain::id::Challenge;
use domain::step_up::Unfit;

/// A code for a challenge. The step it fits was found beforehand; whether it is accepted is decided here.
pub(crate) struct AnswerChallenge {
    pub actor: Actor,
    pub challenge: Challenge,
    pub step: Option<i64>,
    /// The rotated session's secret, hashed.
    pub session_hash: [u8; 32],
}

#[async_trait::async_trait]
impl Act for AnswerChallenge {
    type Fact = ();
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let now = tx.now();
        let mut details = Details { factor: Some(FactorName::Totp), ..Details::default() };
        if let Err(code) = self.actor.still_here(tx).await? {
            return self.actor.refuse(tx, Kind::StepUp, code.into(), details).await;
        }
        let Some(row) = step_ups::find(tx.conn(), self.challenge, self.actor.lineage()).await? else {
            return self.actor.refuse(tx, Kind::StepUp, Code::ChallengeUnknown.into(), details).await;
        };
        details.case = Some(row.case);
        details.customer = Some(row.customer);
        details.act = Some(Fingerprint::from_bytes(row.waiting.digest));
        details.tries = Some(row.waiting.wrong);
        if let Err(unfit) = row.waiting.answerable(now) {
            return self.actor.refuse(tx, Kind::StepUp, code_of(unfit).into(), details).await;
        }
        let Some((_, secrets)) = staff::by_id_in(tx.conn(), self.actor.staff()).await? else {
            return self.actor.refuse(tx, Kind::StepUp, Code::SignedOut.into(), details).await;
        };
        if delay::locked(&secrets, now) {
            let retry_after = (secrets.locked_until.since(now).whole_seconds() + 1) as u32;
            let error = DeskError::Wait { code: Code::FactorLocked, retry_after };
            return self.actor.refuse(tx, Kind::StepUp, error, details).await;
        }
        let Some(step) = self.step else {
            step_ups::count_wrong(tx.conn(), self.challenge).await?;
            count_failure(tx, self.actor.staff(), &secrets).await?;
            details.tries = Some(row.waiting.wrong + 1);
            return self.actor.refuse(tx, Kind::StepUp, Code::CodeWrong.into(), details).await;
        };
        if !staff::accept_totp_step(tx.conn(), self.actor.staff(), step).await? {
            let (_, wait) = totp::next_step(secrets.totp_step, now);
            let error = DeskError::Wait { code: Code::CodeUsed, retry_after: wait.max(1) as u32 };
            return self.actor.refuse(tx, Kind::StepUp, error, details).await;
        }
        if !step_ups::answer(tx.conn(), self.challenge, now).await? {
            return self.actor.refuse(tx, Kind::StepUp, Code::ChallengeSpent.into(), details).await;
        }
        if !sessions::rotate(tx.conn(), self.actor.lineage(), &self.session_hash, now).await? {
            return self.actor.refuse(tx, Kind::StepUp, Code::SignedOut.into(), details).await;
        }
        Ok(Verdict::Done { event: self.actor.event(tx, Kind::StepUp, None, details), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, Kind::StepUp, Some(error.code()), Details::default())
    }
}

/// How an unfit challenge is told.
pub(crate) const fn code_of(unfit: Unfit) -> Code {
    match unfit {
        Unfit::Dead => Code::ChallengeDead,
        Unfit::Spent => Code::ChallengeSpent,
        Unfit::Expired => Code::ChallengeExpired,
        Unfit::OtherAct => Code::ChallengeOtherAct,
        Unfit::Unanswered => Code::ChallengeUnanswered,
    }
}
