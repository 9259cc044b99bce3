//! Revealing one field of one customer (V1–V3). It reads as the rule does: permitted, sealed, recorded,
//! opened. If the process dies between the last two, the log says that more was seen than was; that is
//! the right way to be wrong.

mod after;
mod keep_using;
mod tell;

use crate::audit::{Act, Verdict};
use crate::auth::{Actor, code_of, methods};
use crate::budgets::{self, Purse};
use crate::desk::StaffDesk;
use crate::grounds::Grounds;
use crate::hooks::Place;
use crate::notes;
use crate::people;
use crate::policy::{self, Allowed, RevealQuestion};
use crate::store::cases::CaseRow;
use crate::store::{WriteTx, customers, step_ups};
use crate::system::random;
use crate::vault::{FieldRevealed, KeyKind, Sealed};
use domain::audit::event::{AuditEvent, Details, FactorName, Kind, TicketText};
use domain::audit::fingerprint::Fingerprint;
use domain::budget::Counter;
use domain::catalogue::{Field, StepUpTier};
use domain::clock::{Span, Timestamp};
use domain::code::{Code, Fault};
use domain::desk::{DeskError, RevealForm, Shown};
use domain::id::{Challenge, CustomerId};
use domain::note::Note;
use domain::step_up::{self, ActDigest};

const KIND: Kind = Kind::FieldRevealed;

impl StaffDesk {
    pub(crate) async fn show(&self, form: RevealForm) -> Result<Shown, DeskError> {
        let mut details = Details {
            case: Some(form.case),
            field: Some(form.field.clone()),
            item: Some(form.item),
            reason: Some(form.reason.clone()),
            ..Details::default()
        };
        let asked = match self.ask(&form, &mut details).await {
            Ok(asked) => asked,
            Err(error) => return Err(self.refused_as(KIND, details, error).await),
        };
        let (sealed, act) = asked;
        self.permitted().await;
        let receipt = self.office.ledger.act(act).await?;
        self.office.hooks.at(Place::RecordedNotOpened).await;
        let event = receipt.seq();
        let revealed = self.office.vault.open(sealed, receipt).map_err(|error| error.code())?;
        Ok(Shown { value: revealed.disclose(), seconds: self.office.settings.reveal_seconds, event })
    }

    /// Everything that can be known before the act: who, what, why, and that the value can be opened at
    /// all. Ciphertext only.
    async fn ask(&self, form: &RevealForm, details: &mut Details) -> Result<(Sealed, SpendReveal), DeskError> {
        let office = &self.office;
        let (row, customer, bank_wide) = self.customer_in(form.case, form.customer).await?;
        details.customer = Some(customer);
        details.purpose = Some(row.purpose.clone());
        details.ticket = TicketText::parse(&row.ticket);
        match row.customer {
            None => return Err(Code::CaseNotBound.into()),
            Some(bound) if bound != customer => return Err(Code::CaseBoundElsewhere.into()),
            Some(_) => (),
        }
        let unknown = || DeskError::Invalid(vec![Fault::new("field", "unknown")]);
        let field = office.catalogue.field(&form.field).ok_or_else(unknown)?.clone();
        let branch = self.branch_for_policy(customer, bank_wide).await?;
        let question =
            RevealQuestion { branch: &branch, purpose: &row.purpose, reason: &form.reason, field: &field, bank_wide };
        let allowed = office.policy().decide::<policy::RevealField>(&self.actor, &question)?;
        let reason = office
            .purposes
            .permits(&row.purpose, &form.reason, &field)
            .map_err(|_| DeskError::Invalid(vec![Fault::new("reason", "not_of_this_purpose_and_field")]))?;
        let note = self.note_of(form, &row, customer).await?;
        let tier = field.step_up.unwrap_or(StepUpTier::ActAndPerson);
        if note.is_none() && (reason.note_required || tier == StepUpTier::ActAndPerson) {
            return Err(DeskError::Invalid(vec![Fault::new("note", "required")]));
        }
        office.keys.key(KeyKind::Vault).map_err(|_| Code::VaultKeyMissing)?;
        let stored = customers::sealed(&office.db, customer).await.map_err(|_| Code::LogUnavailable)?;
        let stored = stored.ok_or(Code::NotFound)?;
        let sealed = stored.item(&form.field, form.item).map_err(|_| Code::ValueUnreadable)?.ok_or(Code::NotFound)?;
        let act = SpendReveal {
            digest: self.digest(form, customer, note.as_ref(), &allowed),
            actor: self.actor.clone(),
            allowed,
            purse: Purse::of(&self.actor, &row.purpose, office.settings.budgets),
            row,
            customer,
            bank_wide,
            field,
            tier,
            form: form.clone(),
            note,
            details: details.clone(),
            challenge_life: office.settings.challenge_life,
            window: office.settings.step_up_window,
        };
        Ok((sealed, act))
    }

    async fn note_of(&self, form: &RevealForm, row: &CaseRow, customer: CustomerId) -> Result<Option<Note>, DeskError> {
        let Some(raw) = form.note.as_deref().filter(|raw| !raw.trim().is_empty()) else { return Ok(None) };
        let parsed = self.office.parse_note(&self.actor, raw, &row.ticket, Some(row.id)).await?;
        let note = parsed.map_err(|fault| DeskError::Invalid(vec![fault]))?;
        if self.office.names_customer(&note, customer).await? {
            return Err(DeskError::Invalid(vec![Fault::new("note", "note_names_customer")]));
        }
        Ok(Some(note))
    }

    fn digest(
        &self,
        form: &RevealForm,
        customer: CustomerId,
        note: Option<&Note>,
        allowed: &Allowed<policy::RevealField>,
    ) -> ActDigest {
        step_up::Act {
            person: &self.actor.stamp().person,
            lineage: self.actor.lineage(),
            case: form.case,
            operation: "reveal",
            customer,
            field: &form.field,
            item: form.item,
            reason: &form.reason,
            note: note.map(Note::as_str),
            policy: *allowed.policy().as_bytes(),
        }
        .digest()
    }
}

/// Spends a step-up on one value: checks again all that the permission was based on, and records.
struct SpendReveal {
    actor: Actor,
    allowed: Allowed<policy::RevealField>,
    purse: Purse,
    row: CaseRow,
    customer: CustomerId,
    bank_wide: bool,
    field: Field,
    tier: StepUpTier,
    form: RevealForm,
    note: Option<Note>,
    digest: ActDigest,
    details: Details,
    challenge_life: Span,
    window: Span,
}

/// What a second factor says about this act.
enum Proof {
    /// Given at that time.
    Fresh(Timestamp, FactorName),
    /// Not yet: ask for one.
    Wanting,
    /// Not for this act, or not any more.
    Unfit(Code),
}

#[async_trait::async_trait]
impl Act for SpendReveal {
    type Fact = FieldRevealed;
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<FieldRevealed>> {
        let mut details = self.details.clone();
        details.policy = Some(self.allowed.policy());
        details.act = Some(Fingerprint::from_bytes(*self.digest.as_bytes()));
        let customer = Some((self.customer, self.bank_wide));
        let grounds = Grounds::read(tx, &self.actor, self.row.id, customer).await?;
        if let Err(code) = self.still(&grounds) {
            return self.actor.refuse(tx, KIND, code.into(), details).await;
        }
        if let Some(error) = people::frozen_until(grounds.frozen_until(), tx.now()) {
            return self.actor.refuse(tx, KIND, error, details).await;
        }
        if self.tier == StepUpTier::ActAndPerson {
            return self.actor.refuse(tx, KIND, Code::SecondPersonRequired.into(), details).await;
        }
        // Before the factor: nobody is asked for a code that could not help (Q4).
        let room = match self.purse.room(tx, &[Counter::Reveals]).await? {
            Ok(room) => room,
            Err(spent) => return budgets::refuse(&self.actor, tx, KIND, spent, details).await,
        };
        let (given, factor) = match self.proof(tx).await? {
            Proof::Fresh(given, factor) => (given, factor),
            Proof::Unfit(code) => return self.actor.refuse(tx, KIND, code.into(), details).await,
            Proof::Wanting => {
                let challenge = self.challenge(tx).await?;
                let methods = methods(tx.conn(), &self.actor.stamp().person).await?;
                let error = DeskError::StepUpRequired { challenge, methods };
                return self.actor.refuse(tx, KIND, error, details).await;
            }
        };
        details.alert = self.purse.spend(tx, room, &[Counter::Reveals]).await?;
        details.factor = Some(factor);
        details.factor_age_ms = Some(tx.now().since(given).millis());
        if let Some(note) = &self.note {
            let (_, commitment) = notes::keep(tx, &self.actor, self.row.id, note).await?;
            details.note = Some(commitment);
        }
        let fact = FieldRevealed { customer: self.customer, field: self.field.name.clone(), item: self.form.item };
        Ok(Verdict::Done { event: self.actor.event(tx, KIND, None, details), fact })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, KIND, Some(error.code()), self.details.clone())
    }
}

impl SpendReveal {
    /// Whether nothing changed since the permission was given.
    fn still(&self, grounds: &Grounds) -> Result<(), Code> {
        grounds.still(&self.actor, &self.allowed)?;
        let row = grounds.open_case()?;
        if row.version != self.row.version || row.customer != Some(self.customer) {
            return Err(Code::Changed);
        }
        if grounds.visible() { Ok(()) } else { Err(Code::NotFound) }
    }

    /// A challenge that was answered and is bound to this act, spent here and now; or, for the `window`
    /// tier, a step-up for this case and customer that is fresh.
    async fn proof(&self, tx: &mut WriteTx<'_>) -> sqlx::Result<Proof> {
        let now = tx.now();
        if let Some(challenge) = self.form.challenge {
            let found = step_ups::find(tx.conn(), challenge, self.actor.lineage()).await?;
            let Some(row) = found else { return Ok(Proof::Unfit(Code::ChallengeUnknown)) };
            let waiting = row.waiting;
            if let Err(unfit) = waiting.spendable(self.digest, now) {
                return Ok(Proof::Unfit(code_of(unfit)));
            }
            // The conditional write decides, not what was read.
            if !step_ups::spend(tx.conn(), challenge, now).await? {
                return Ok(Proof::Unfit(Code::ChallengeSpent));
            }
            let factor = row.factor.unwrap_or(FactorName::Totp);
            return Ok(Proof::Fresh(waiting.answered.unwrap_or(now), factor));
        }
        if self.tier == StepUpTier::Window {
            let last = step_ups::last_answered(tx.conn(), self.actor.lineage(), self.row.id, self.customer).await?;
            if let Some((given, factor)) = last.filter(|(given, _)| now.since(*given) < self.window) {
                return Ok(Proof::Fresh(given, factor));
            }
        }
        Ok(Proof::Wanting)
    }

    async fn challenge(&self, tx: &mut WriteTx<'_>) -> sqlx::Result<Challenge> {
        let challenge = Challenge::from_bytes(random(tx.entropy()));
        let expires = tx.now().plus(self.challenge_life);
        let new = step_ups::NewChallenge {
            challenge,
            digest: self.digest.as_bytes(),
            staff: self.actor.staff(),
            lineage: self.actor.lineage(),
            case: Some(self.row.id),
            customer: Some(self.customer),
            expires,
            nonce: random(tx.entropy()),
        };
        step_ups::insert(tx.conn(), &new).await?;
        Ok(challenge)
    }
}
