//! Changing one's own password (U1; ASVS 6.2.2, 6.2.3, 7.5.1): the present one, a second factor for just this, and
//! a new one that is strong enough.

use crate::audit::{Act, Verdict};
use crate::auth::{Actor, count_failure, hash_aside, is_locked, own_factor, password_fault, verify_password};
use crate::desk::StaffDesk;
use crate::store::{WriteTx, sessions, staff};
use crate::system::random;
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::clock::{Span, Timestamp};
use domain::code::{Code, Fault};
use domain::desk::{ChangePassword, DeskError, OwnPassword};
use domain::id::Challenge;
use domain::password::PasswordChange;
use domain::step_up::ActDigest;

const KIND: Kind = Kind::PasswordChanged;

#[async_trait::async_trait]
impl OwnPassword for StaffDesk {
    async fn password_set(&self) -> Result<Option<Timestamp>, DeskError> {
        Ok(staff::password_set(&self.office.db, self.actor.staff()).await.map_err(|_| Code::LogUnavailable)?)
    }

    async fn change_password(&self, form: ChangePassword) -> Result<(), DeskError> {
        let act = match self.change(form).await {
            Ok(act) => act,
            Err(error) => return Err(self.refused_as(KIND, Details::default(), error).await),
        };
        self.permitted().await;
        self.office.ledger.act(act).await?.into_fact();
        Ok(())
    }
}

impl StaffDesk {
    /// What is slow, before the act: both passwords, in one turn at the turnstile.
    async fn change(&self, form: ChangePassword) -> Result<Change, DeskError> {
        let stamp = self.actor.stamp();
        let (staff_no, name, person) = (stamp.staff_no.as_str(), stamp.name.as_str(), stamp.person.as_str());
        let same = (form.current == form.new).then_some("password_same");
        if let Some(why) = same.or_else(|| password_fault(&form.new, &[staff_no, name, person, "grille"])) {
            return Err(DeskError::Invalid(vec![Fault::new("new_password", why)]));
        }
        let tag = self.office.staff_vault.tag(&[b"new password", form.new.as_bytes()]);
        let tag = tag.map_err(|error| error.code())?;
        let digest = PasswordChange { person: &stamp.person, lineage: stamp.lineage, tag: &tag }.digest();
        let record = staff::by_id(&self.office.db, self.actor.staff()).await.map_err(|_| Code::LogUnavailable)?;
        let stored = record.map(|(_, secrets)| secrets.password_hash);
        let turn = self.office.turnstile.enter(self.actor.request().address).await?;
        let known = verify_password(form.current, stored).await.map_err(|_| Code::Busy)?;
        // Nothing is set by the first try, which asks for the factor.
        let hash = match form.challenge.filter(|_| known) {
            Some(_) => Some(hash_aside(form.new, random(&*self.office.entropy)).await.map_err(|_| Code::Busy)?),
            None => None,
        };
        drop(turn);
        let life = self.office.settings.challenge_life;
        Ok(Change { actor: self.actor.clone(), known, hash, digest, challenge: form.challenge, life })
    }
}

struct Change {
    actor: Actor,
    /// Whether the present password was right.
    known: bool,
    /// The new one's; none while the factor is still to be asked for.
    hash: Option<String>,
    digest: ActDigest,
    challenge: Option<Challenge>,
    life: Span,
}

#[async_trait::async_trait]
impl Act for Change {
    type Fact = ();
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let mut details = Details::default();
        if let Err(code) = self.actor.still_here(tx).await? {
            return self.actor.refuse(tx, KIND, code.into(), details).await;
        }
        let (now, id) = (tx.now(), self.actor.staff());
        let Some((_, secrets)) = staff::by_id_in(tx.conn(), id).await? else {
            return self.actor.refuse(tx, KIND, Code::SignedOut.into(), details).await;
        };
        if is_locked(secrets.failures, secrets.locked_until, now) {
            let retry_after = u32::try_from(secrets.locked_until.since(now).whole_seconds() + 1).unwrap_or(u32::MAX);
            let error = DeskError::Wait { code: Code::FactorLocked, retry_after };
            return self.actor.refuse(tx, KIND, error, details).await;
        }
        // Somebody else at an open desk may not guess longer than somebody at the door.
        if !self.known {
            count_failure(tx, id, &secrets).await?;
            return self.actor.refuse(tx, KIND, Code::PasswordWrong.into(), details).await;
        }
        let refused = own_factor(tx, &self.actor, self.digest, self.challenge, self.life, &mut details).await?;
        if let Some(error) = refused {
            return self.actor.refuse(tx, KIND, error, details).await;
        }
        let Some(hash) = &self.hash else {
            return self.actor.refuse(tx, KIND, Code::ChallengeUnanswered.into(), details).await;
        };
        staff::set_password(tx.conn(), id, hash, now).await?;
        // A sign-in that got past the old password goes no further.
        sessions::forget_tries(tx.conn(), id).await?;
        Ok(Verdict::Done { event: self.actor.event(tx, KIND, None, details), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, KIND, Some(error.code()), Details::default())
    }
}
