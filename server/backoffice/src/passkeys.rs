//! One's own passkeys: listing, enrolling, revoking, and answering a challenge by one (U2, V2).
//!
//! Enrolling is an act like a reveal: asked for, refused with a challenge that commits to it, answered by a
//! second factor that the person has already, then sent again. The credential itself signs the same digest.

mod acts;

use crate::auth::{Given, OwnPasskey, Owner, code_of, code_of_unproven};
use crate::desk::StaffDesk;
use crate::store::passkeys;
use crate::store::step_ups::{self, ChallengeRow};
use acts::{AskEnrolment, Enrol, Revoke};
use domain::audit::event::{Details, Kind};
use domain::code::{Code, Fault};
use domain::desk::{CeremonyOptions, DeskError, EnrolPasskey, PasskeyView, Passkeys, SessionToken};
use domain::id::{Challenge, PasskeyId};
use domain::passkey::{Ceremony, Commitment, Enrolment};
use domain::step_up::ActDigest;

/// Longer answers than any authenticator's are not read.
const LONGEST_ANSWER: usize = 12 * 1024;

#[async_trait::async_trait]
impl Passkeys for StaffDesk {
    async fn passkeys(&self) -> Result<Vec<PasskeyView>, DeskError> {
        let rows = passkeys::of_person(&self.office.db, self.actor.stamp().person.as_str()).await;
        let view = |row: passkeys::PasskeyRow| PasskeyView {
            passkey_id: row.id,
            name: row.name,
            enrolled: row.enrolled,
            used: row.used,
            suspended: row.suspended,
        };
        Ok(rows.map_err(|_| Code::LogUnavailable)?.into_iter().map(view).collect())
    }

    async fn begin_passkey(&self, form: EnrolPasskey) -> Result<CeremonyOptions, DeskError> {
        match self.enrolment_options(&form).await {
            Err(error @ DeskError::StepUpRequired { .. }) => Err(error),
            Err(error) => Err(self.refused_as(Kind::PasskeyEnrolled, Details::default(), error).await),
            options => options,
        }
    }

    async fn finish_passkey(&self, form: EnrolPasskey, credential: &str) -> Result<PasskeyId, DeskError> {
        let act = match self.enrolment(&form, credential).await {
            Ok(act) => act,
            Err(error) => return Err(self.refused_as(Kind::PasskeyEnrolled, Details::default(), error).await),
        };
        self.permitted().await;
        Ok(self.office.ledger.act(act).await?.into_fact())
    }

    async fn revoke_passkey(&self, passkey: PasskeyId) -> Result<(), DeskError> {
        self.office.ledger.act(Revoke { actor: self.actor.clone(), passkey }).await?.into_fact();
        Ok(())
    }

    async fn begin_step_up_passkey(&self, challenge: Challenge) -> Result<CeremonyOptions, DeskError> {
        match self.step_up_options(challenge).await {
            Err(error) => Err(self.refused_as(Kind::StepUp, Details::default(), error).await),
            options => options,
        }
    }

    async fn step_up_passkey(&self, challenge: Challenge, assertion: &str) -> Result<SessionToken, DeskError> {
        match self.assertion_for(challenge, assertion).await {
            Ok(given) => self.answer_by(challenge, given).await,
            Err(error) => Err(self.refused_as(Kind::StepUp, Details::default(), error).await),
        }
    }
}

impl StaffDesk {
    fn enrolment_digest(&self, form: &EnrolPasskey) -> ActDigest {
        let stamp = self.actor.stamp();
        Enrolment { person: &stamp.person, lineage: stamp.lineage, name: &form.name }.digest()
    }

    /// Asks for a second factor, or, once one has answered for this name, gives what a credential is made from.
    async fn enrolment_options(&self, form: &EnrolPasskey) -> Result<CeremonyOptions, DeskError> {
        let party = self.office.relying_party.as_ref().ok_or(Code::PasskeysUnavailable)?;
        let Some(challenge) = form.challenge else {
            let life = self.office.settings.challenge_life;
            let act = AskEnrolment { actor: self.actor.clone(), digest: self.enrolment_digest(form), life };
            return match self.office.ledger.act(act).await {
                Err(error) => Err(error.into()),
                Ok(_) => Err(Code::ChallengeUnanswered.into()),
            };
        };
        let row = self.challenge(challenge).await?;
        row.waiting
            .spendable(self.enrolment_digest(form), self.now)
            .map_err(|unfit| DeskError::from(code_of(unfit)))?;
        let own = self.own().await?;
        let options = self.with_owner(|owner| party.creation(owner, &own, Ceremony::Enrol(commitment(&row))))?;
        options.map_err(|_| Code::PasskeysUnavailable.into())
    }

    /// The credential, if it was made for this enrolment. Whether the challenge may be spent on it is decided
    /// in the act.
    async fn enrolment(&self, form: &EnrolPasskey, credential: &str) -> Result<Enrol, DeskError> {
        let party = self.office.relying_party.as_ref().ok_or(Code::PasskeysUnavailable)?;
        let challenge = form.challenge.ok_or(Code::ChallengeUnknown)?;
        let row = self.challenge(challenge).await?;
        let digest = self.enrolment_digest(form);
        row.waiting.spendable(digest, self.now).map_err(|unfit| DeskError::from(code_of(unfit)))?;
        well_sized("credential", credential)?;
        let own = self.own().await?;
        let made =
            self.with_owner(|owner| party.created(owner, &own, Ceremony::Enrol(commitment(&row)), credential))?;
        let made = made.map_err(code_of_unproven)?;
        let vault = &self.office.staff_vault;
        let id = PasskeyId::from_bytes(crate::system::new_id(self.now, &*self.office.entropy));
        let person = &self.actor.stamp().person;
        let sealed = vault.seal_passkey(person, id, &made.credential).map_err(|error| error.code())?;
        let credential_tag = vault.tag(&[b"credential", &made.credential_id]).map_err(|error| error.code())?;
        Ok(Enrol {
            actor: self.actor.clone(),
            challenge,
            digest,
            id,
            name: form.name.clone(),
            sealed,
            credential_tag,
            sign_count: made.sign_count,
        })
    }

    async fn step_up_options(&self, challenge: Challenge) -> Result<CeremonyOptions, DeskError> {
        let party = self.office.relying_party.as_ref().ok_or(Code::PasskeysUnavailable)?;
        let row = self.challenge(challenge).await?;
        row.waiting.answerable(self.now).map_err(|unfit| DeskError::from(code_of(unfit)))?;
        let own = self.own().await?;
        if own.is_empty() {
            return Err(Code::PasskeyNone.into());
        }
        let ids: Vec<Vec<u8>> = own.iter().map(|own| own.credential_id().to_vec()).collect();
        Ok(party.request(&ids, Ceremony::StepUp(commitment(&row))))
    }

    /// What an assertion proves about this challenge; for one that is not there, nothing is asked of it.
    async fn assertion_for(&self, challenge: Challenge, assertion: &str) -> Result<Given, DeskError> {
        let party = self.office.relying_party.as_ref().ok_or(Code::PasskeysUnavailable)?;
        well_sized("assertion", assertion)?;
        let row = self.challenge(challenge).await?;
        let own = self.own().await?;
        Ok(Given::Passkey(party.asserted(&own, Ceremony::StepUp(commitment(&row)), assertion)))
    }

    async fn challenge(&self, challenge: Challenge) -> Result<ChallengeRow, DeskError> {
        let row =
            step_ups::read(&self.office.db, challenge, self.actor.lineage()).await.map_err(|_| Code::LogUnavailable)?;
        Ok(row.ok_or(Code::ChallengeUnknown)?)
    }

    async fn own(&self) -> Result<Vec<OwnPasskey>, DeskError> {
        self.office.serving_passkeys(Some(&self.actor.stamp().person)).await
    }

    fn with_owner<T>(&self, then: impl FnOnce(&Owner<'_>) -> T) -> Result<T, DeskError> {
        let stamp = self.actor.stamp();
        let tag = self.office.staff_vault.tag(&[b"user handle", stamp.person.as_str().as_bytes()]);
        let mut handle = [0; 16];
        handle.copy_from_slice(&tag.map_err(|error| error.code())?[..16]);
        let name = stamp.name.as_str();
        Ok(then(&Owner { staff_no: &stamp.staff_no, name, handle }))
    }
}

/// What a passkey signs for this challenge.
fn commitment(row: &ChallengeRow) -> Commitment<'_> {
    Commitment { act: &row.waiting.digest, challenge: row.waiting.challenge, nonce: &row.nonce }
}

fn well_sized(name: &str, answer: &str) -> Result<(), DeskError> {
    let is_object = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(answer).is_ok();
    if answer.len() <= LONGEST_ANSWER && is_object {
        return Ok(());
    }
    Err(DeskError::Invalid(vec![Fault::new(name, "malformed")]))
}
