//! What changes a person's passkeys.

use crate::audit::{Act, Verdict};
use crate::auth::{Actor, own_factor};
use crate::store::WriteTx;
use crate::store::passkeys::{self, NewPasskey};
use domain::audit::event::{AuditEvent, Details, Kind};
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
        let mut details = Details::default();
        let refusal = match room(&self.actor, tx).await? {
            Some(code) => Some(code.into()),
            None => own_factor(tx, &self.actor, self.digest, None, self.life, &mut details).await?,
        };
        let error = refusal.unwrap_or_else(|| Code::ChallengeUnanswered.into());
        self.actor.refuse(tx, KIND, error, details).await
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
        let mut details = Details::default();
        let refusal = match room(&self.actor, tx).await? {
            Some(code) => Some(code.into()),
            None => {
                let challenge = Some(self.challenge);
                own_factor(tx, &self.actor, self.digest, challenge, Span::seconds(0), &mut details).await?
            }
        };
        if let Some(error) = refusal {
            return self.actor.refuse(tx, KIND, error, details).await;
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
