//! What changes a person's passkeys.

use crate::audit::{Act, Verdict};
use crate::auth::{Actor, code_of, methods};
use crate::store::passkeys::{self, NewPasskey};
use crate::store::{WriteTx, step_ups};
use crate::system::random;
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::audit::fingerprint::Fingerprint;
use domain::clock::Span;
use domain::code::Code;
use domain::desk::DeskError;
use domain::id::{Challenge, PasskeyId};
use domain::passkey::{MOST, PasskeyName};
use domain::step_up::ActDigest;

const KIND: Kind = Kind::PasskeyEnrolled;

/// Asks for a second factor for one enrolment: always refused, with the challenge.
pub(super) struct AskEnrolment {
    pub actor: Actor,
    pub digest: ActDigest,
    pub life: Span,
}

#[async_trait::async_trait]
impl Act for AskEnrolment {
    type Fact = ();
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let details = Details { act: Some(Fingerprint::from_bytes(*self.digest.as_bytes())), ..Details::default() };
        if let Some(code) = room(&self.actor, tx).await? {
            return self.actor.refuse(tx, KIND, code.into(), details).await;
        }
        let challenge = Challenge::from_bytes(random(tx.entropy()));
        let new = step_ups::NewChallenge {
            challenge,
            digest: self.digest.as_bytes(),
            staff: self.actor.staff(),
            lineage: self.actor.lineage(),
            case: None,
            customer: None,
            expires: tx.now().plus(self.life),
            nonce: random(tx.entropy()),
        };
        step_ups::insert(tx.conn(), &new).await?;
        let methods = methods(tx.conn(), &self.actor.stamp().person).await?;
        self.actor.refuse(tx, KIND, DeskError::StepUpRequired { challenge, methods }, details).await
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, KIND, Some(error.code()), Details::default())
    }
}

/// Whether this session lives and its person may have one more; the code if not.
async fn room(actor: &Actor, tx: &mut WriteTx<'_>) -> sqlx::Result<Option<Code>> {
    if let Err(code) = actor.still_here(tx).await? {
        return Ok(Some(code));
    }
    let (_, there) = passkeys::count(tx.conn(), &actor.stamp().person).await?;
    Ok((there >= MOST as i64).then_some(Code::PasskeyLimit))
}

/// Keeps a credential that was made for this enrolment, and spends the second factor that was given for it.
pub(super) struct Enrol {
    pub actor: Actor,
    pub challenge: Challenge,
    pub digest: ActDigest,
    pub id: PasskeyId,
    pub name: PasskeyName,
    pub sealed: Vec<u8>,
    pub credential_tag: [u8; 32],
    pub sign_count: u32,
}

#[async_trait::async_trait]
impl Act for Enrol {
    type Fact = PasskeyId;
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<PasskeyId>> {
        let now = tx.now();
        let act = Some(Fingerprint::from_bytes(*self.digest.as_bytes()));
        let mut details = Details { act, ..Details::default() };
        let refusal = match room(&self.actor, tx).await? {
            Some(code) => Some(code),
            None => self.spend(tx, &mut details).await?,
        };
        if let Some(code) = refusal {
            return self.actor.refuse(tx, KIND, code.into(), details).await;
        }
        let person = self.actor.stamp().person.clone();
        let new = NewPasskey {
            id: self.id,
            person: &person,
            name: self.name.as_str(),
            sealed: &self.sealed,
            credential_tag: &self.credential_tag,
            sign_count: self.sign_count,
            enrolled: now,
        };
        if !passkeys::insert(tx.conn(), &new).await? {
            return self.actor.refuse(tx, KIND, Code::PasskeyKnown.into(), details).await;
        }
        details.passkey = Some(self.id);
        Ok(Verdict::Done { event: self.actor.event(tx, KIND, None, details), fact: self.id })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, KIND, Some(error.code()), Details::default())
    }
}

impl Enrol {
    /// Spends the challenge, if it was answered for this enrolment; the code if not.
    async fn spend(&self, tx: &mut WriteTx<'_>, details: &mut Details) -> sqlx::Result<Option<Code>> {
        let now = tx.now();
        let Some(row) = step_ups::find(tx.conn(), self.challenge, self.actor.lineage()).await? else {
            return Ok(Some(Code::ChallengeUnknown));
        };
        if let Err(unfit) = row.waiting.spendable(self.digest, now) {
            return Ok(Some(code_of(unfit)));
        }
        // The conditional write decides, not what was read.
        if !step_ups::spend(tx.conn(), self.challenge, now).await? {
            return Ok(Some(Code::ChallengeSpent));
        }
        details.factor = row.factor;
        details.factor_age_ms = row.waiting.answered.map(|answered| now.since(answered).millis());
        Ok(None)
    }
}

/// Revokes one of the person's own, for good. It takes a right away, so no second factor is asked for.
pub(super) struct Revoke {
    pub actor: Actor,
    pub passkey: PasskeyId,
}

#[async_trait::async_trait]
impl Act for Revoke {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let mut details = Details::default();
        if let Err(code) = self.actor.still_here(tx).await? {
            return self.actor.refuse(tx, Kind::PasskeyRevoked, code.into(), details).await;
        }
        let person = self.actor.stamp().person.clone();
        if !passkeys::revoke(tx.conn(), self.passkey, &person).await? {
            return self.actor.refuse(tx, Kind::PasskeyRevoked, Code::NotFound.into(), details).await;
        }
        details.passkey = Some(self.passkey);
        Ok(Verdict::Done { event: self.actor.event(tx, Kind::PasskeyRevoked, None, details), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, Kind::PasskeyRevoked, Some(error.code()), Details::default())
    }
}
