//! Answering a challenge by a second factor (V2), and rotating the session with it (U5).

use super::actor::Actor;
use super::delay;
use super::factor::{Given, NotAccepted, alert_of};
use super::sign_in::count_failure;
use crate::audit::{Act, Verdict};
use crate::store::{WriteTx, sessions, staff, step_ups};
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::audit::fingerprint::Fingerprint;
use domain::code::Code;
use domain::desk::DeskError;
use domain::id::Challenge;
use domain::step_up::Unfit;

/// A factor for a challenge. What it proves was found beforehand; whether it is accepted is decided here.
pub(crate) struct AnswerChallenge {
    pub actor: Actor,
    pub challenge: Challenge,
    pub given: Given,
    /// The rotated session's secret, hashed.
    pub session_hash: [u8; 32],
}

#[async_trait::async_trait]
impl Act for AnswerChallenge {
    type Fact = ();
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let now = tx.now();
        let mut details = Details::default();
        self.given.tell(&mut details);
        if let Err(code) = self.actor.still_here(tx).await? {
            return self.actor.refuse(tx, Kind::StepUp, code.into(), details).await;
        }
        let Some(row) = step_ups::find(tx.conn(), self.challenge, self.actor.lineage()).await? else {
            return self.actor.refuse(tx, Kind::StepUp, Code::ChallengeUnknown.into(), details).await;
        };
        details.case = row.case;
        details.customer = row.customer;
        details.act = Some(Fingerprint::from_bytes(row.waiting.digest));
        details.tries = Some(row.waiting.wrong);
        if let Err(unfit) = row.waiting.answerable(now) {
            return self.actor.refuse(tx, Kind::StepUp, code_of(unfit).into(), details).await;
        }
        let Some((person, secrets)) = staff::by_id_in(tx.conn(), self.actor.staff()).await? else {
            return self.actor.refuse(tx, Kind::StepUp, Code::SignedOut.into(), details).await;
        };
        if delay::locked(&secrets, now) {
            let retry_after = (secrets.locked_until.since(now).whole_seconds() + 1) as u32;
            let error = DeskError::Wait { code: Code::FactorLocked, retry_after };
            return self.actor.refuse(tx, Kind::StepUp, error, details).await;
        }
        if let Err(refused) = self.given.accept(tx, &person, &secrets).await? {
            if let NotAccepted::Wrong(code) = refused {
                step_ups::count_wrong(tx.conn(), self.challenge).await?;
                count_failure(tx, self.actor.staff(), &secrets).await?;
                details.tries = Some(row.waiting.wrong + 1);
                details.alert = alert_of(code);
            }
            return self.actor.refuse(tx, Kind::StepUp, refused.into(), details).await;
        }
        if !step_ups::answer(tx.conn(), self.challenge, self.given.name(), now).await? {
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
