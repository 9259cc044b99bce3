//! To whom files go: entered by one person, confirmed by a second of another unit who compared the key's fingerprint
//! by a way of their own (E1).

use super::SealingKey;
use crate::audit::{Act, Verdict};
use crate::auth::{Actor, own_factor};
use crate::desk::StaffDesk;
use crate::people::frozen as frozen_person;
use crate::policy::{Allowed, DecideRecipient, EndRecipient, ProposeRecipient};
use crate::store::recipients::{self, Known, NewRecipient, NewRecipientDecision, RecipientRow};
use crate::store::{WriteTx, staff_admin};
use crate::system::{new_id, random};
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::audit::fingerprint::Fingerprint;
use domain::clock::{Span, Timestamp};
use domain::code::{Code, Fault};
use domain::desk::{self, DeskError, RecipientDecision, RecipientState, RecipientView};
use domain::export::{Day, RECIPIENT_LIFE, RecipientAct, RecipientKind};
use domain::id::{PersonNo, RecipientId};
use domain::note::Note;

/// How many recipients of one person may wait for a second one.
const WAITING: i64 = 10;
/// Longest name, contact or number, in characters.
const LONGEST: usize = 120;

/// How far a recipient is.
pub(super) fn state(row: &RecipientRow, now: Timestamp) -> RecipientState {
    match &row.decision {
        _ if row.ended.is_some() => RecipientState::Ended,
        Some(made) if !made.confirmed => RecipientState::Rejected,
        Some(_) if row.known.assessed_until <= now => RecipientState::AssessmentOver,
        Some(_) => RecipientState::Confirmed,
        None if row.expires <= now => RecipientState::Expired,
        None => RecipientState::Waiting,
    }
}

/// Until when this person neither asks for nor approves an export to it, having entered or confirmed it (E1).
pub(super) fn rests_until(row: &RecipientRow, person: &PersonNo, rest: Span) -> Option<Timestamp> {
    let made = row.decision.as_ref().filter(|made| made.confirmed)?;
    (row.by_person == *person || made.by_person == *person).then(|| made.at.plus(rest))
}

/// Whether files may go there now, by this person's asking or approval.
pub(super) fn serves(row: &RecipientRow, person: &PersonNo, rest: Span, now: Timestamp) -> Result<(), Code> {
    if state(row, now) != RecipientState::Confirmed {
        return Err(Code::RecipientUnfit);
    }
    match rests_until(row, person, rest) {
        Some(until) if until > now => Err(Code::RecipientResting),
        _ => Ok(()),
    }
}

impl StaffDesk {
    pub(super) fn recipient_view(&self, row: RecipientRow) -> RecipientView {
        let person = &self.actor.stamp().person;
        let rest = self.office.settings.exports.recipient_rest;
        let rests_until = rests_until(&row, person, rest).filter(|until| *until > self.now);
        RecipientView {
            recipient_id: row.id,
            state: state(&row, self.now),
            own: row.by_person == *person,
            rests_until,
            fingerprint: SealingKey::parse(&row.known.key).map(|key| key.short()).unwrap_or_default(),
            name: row.known.name,
            kind: row.known.kind,
            contact: row.known.contact,
            key: row.known.key,
            assessment: row.known.assessment,
            assessed_until: row.known.assessed_until,
            commitment: row.known.commitment,
            proposed_by: row.proposed_by,
            proposed: row.proposed,
            decision: row.decision.map(|made| RecipientDecision {
                by: made.by,
                at: made.at,
                channel: made.channel,
                note: made.note,
            }),
        }
    }

    pub(super) async fn enter_recipient(&self, form: desk::ProposeRecipient) -> Result<RecipientId, DeskError> {
        let kind = Kind::RecipientProposed;
        let allowed = self.may_export::<ProposeRecipient>(kind).await?;
        let known = match known(&form, self.now) {
            Ok(known) => known,
            Err(faults) => {
                return Err(self.refused_as(kind, Details::default(), DeskError::Invalid(faults)).await);
            }
        };
        self.permitted().await;
        let act = Propose { actor: self.actor.clone(), allowed, known };
        Ok(self.office.ledger.act(act).await?.into_fact())
    }

    pub(super) async fn say_of_recipient(&self, form: desk::DecideRecipient) -> Result<(), DeskError> {
        let kind = Kind::RecipientDecided;
        let allowed = self.may_export::<DecideRecipient>(kind).await?;
        let faults: Vec<Fault> = [
            Note::parse(&form.note, "", &[]).err().map(|bad| Fault::new("note", bad.code())),
            (form.confirm && line(&form.channel, LONGEST).is_none()).then(|| Fault::new("channel", "missing")),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !faults.is_empty() {
            return Err(self.refused_as(kind, Details::default(), DeskError::Invalid(faults)).await);
        }
        self.permitted().await;
        let life = self.office.settings.challenge_life;
        self.office.ledger.act(Decide { actor: self.actor.clone(), allowed, form, life }).await?.into_fact();
        Ok(())
    }

    pub(super) async fn end_one(&self, recipient: RecipientId) -> Result<(), DeskError> {
        let allowed = self.may_export::<EndRecipient>(Kind::RecipientEnded).await?;
        self.permitted().await;
        self.office.ledger.act(End { actor: self.actor.clone(), allowed, recipient }).await?.into_fact();
        Ok(())
    }
}

/// A line of text that says something, trimmed.
pub(super) fn line(text: &str, longest: usize) -> Option<String> {
    let text = text.trim();
    let fits = (2..=longest).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

/// Every fault at once.
fn known(form: &desk::ProposeRecipient, now: Timestamp) -> Result<Known, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut text = |name: &str, text: &str| {
        line(text, LONGEST).unwrap_or_else(|| {
            faults.push(Fault::new(name, if text.trim().is_empty() { "missing" } else { "malformed" }));
            String::new()
        })
    };
    let (name, contact) = (text("name", &form.name), text("contact", &form.contact));
    let (assessment, commitment) = (text("assessment", &form.assessment), text("commitment", &form.commitment));
    let kind = RecipientKind::parse(&form.kind);
    if kind.is_none() {
        faults.push(Fault::new("kind", "unknown"));
    }
    let key = SealingKey::parse(&form.key);
    if let Err(bad) = &key {
        faults.push(Fault::new("key", &bad.to_string()));
    }
    let until = Day::parse(form.assessed_until.trim()).map(|day| day.end());
    match until {
        None => faults.push(Fault::new("assessed_until", "malformed")),
        Some(until) if until <= now => faults.push(Fault::new("assessed_until", "past")),
        Some(_) => (),
    }
    match (kind, key, until) {
        (Some(kind), Ok(key), Some(assessed_until)) if faults.is_empty() => {
            Ok(Known { name, kind, contact, key: key.as_str().to_owned(), assessment, assessed_until, commitment })
        }
        _ => Err(faults),
    }
}

/// Of the key that files are sealed to. Only keys that parsed are stored.
pub(super) fn fingerprint(known: &Known) -> Result<Fingerprint, Code> {
    SealingKey::parse(&known.key).map(|key| key.fingerprint()).map_err(|_| Code::RecipientUnfit)
}

fn about(recipient: RecipientId, known: &Known) -> Details {
    Details {
        recipient: Some(recipient),
        recipient_kind: Some(known.kind),
        recipient_key: fingerprint(known).ok(),
        ..Details::default()
    }
}

struct Propose {
    actor: Actor,
    allowed: Allowed<ProposeRecipient>,
    known: Known,
}

#[async_trait::async_trait]
impl Act for Propose {
    type Fact = RecipientId;
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<RecipientId>> {
        let kind = Kind::RecipientProposed;
        if let Err(code) = self.actor.still(&self.allowed, tx).await? {
            return self.actor.refuse(tx, kind, code.into(), self.details()).await;
        }
        let (now, stamp) = (tx.now(), self.actor.stamp());
        if recipients::count_waiting(tx.conn(), &stamp.person, now).await? >= WAITING {
            return self.actor.refuse(tx, kind, Code::ExportLimit.into(), self.details()).await;
        }
        let id = RecipientId::from_bytes(new_id(now, tx.entropy()));
        let new = NewRecipient {
            id,
            known: &self.known,
            staff: stamp.staff,
            person: &stamp.person,
            unit: &stamp.unit,
            by_version: stamp.version,
            proposed: now,
            expires: now.plus(RECIPIENT_LIFE),
        };
        recipients::insert(tx.conn(), &new).await?;
        let due = Some(self.known.assessed_until);
        let details = Details { policy: Some(self.allowed.policy()), due, ..about(id, &self.known) };
        Ok(Verdict::Done { event: self.actor.event(tx, kind, None, details), fact: id })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, Kind::RecipientProposed, Some(error.code()), self.details())
    }
}

impl Propose {
    fn details(&self) -> Details {
        Details { policy: Some(self.allowed.policy()), ..Details::default() }
    }
}

struct Decide {
    actor: Actor,
    allowed: Allowed<DecideRecipient>,
    form: desk::DecideRecipient,
    /// How long a challenge lives.
    life: Span,
}

#[async_trait::async_trait]
impl Act for Decide {
    type Fact = ();
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let kind = Kind::RecipientDecided;
        let mut details = self.details();
        if let Err(code) = self.actor.still(&self.allowed, tx).await? {
            return self.actor.refuse(tx, kind, code.into(), details).await;
        }
        let Some(row) = recipients::find(tx.conn(), self.form.recipient).await? else {
            return self.actor.refuse(tx, kind, Code::NotFound.into(), details).await;
        };
        details = Details { policy: details.policy, confirmed: details.confirmed, ..about(row.id, &row.known) };
        if let Some(code) = self.undecidable(tx, &row).await? {
            return self.actor.refuse(tx, kind, code.into(), details).await;
        }
        let (channel, note) = (self.form.channel.trim(), self.form.note.trim());
        if self.form.confirm {
            let known = &row.known;
            let act = RecipientAct {
                person: &self.actor.stamp().person,
                lineage: self.actor.lineage(),
                recipient: row.id,
                kind: known.kind,
                name: &known.name,
                contact: &known.contact,
                key: &known.key,
                assessment: (&known.assessment, known.assessed_until.millis(), &known.commitment),
                channel,
                note,
            };
            // After a reset a person answers for nobody (U4).
            let refusal = match frozen_person(tx, &self.actor).await? {
                Some(error) => Some(error),
                None => own_factor(tx, &self.actor, act.digest(), self.form.challenge, self.life, &mut details).await?,
            };
            if let Some(error) = refusal {
                return self.actor.refuse(tx, kind, error, details).await;
            }
        }
        let (salt, stamp) = (random::<32>(tx.entropy()), self.actor.stamp());
        let new = NewRecipientDecision {
            recipient: row.id,
            confirmed: self.form.confirm,
            channel,
            note,
            salt: &salt,
            staff: stamp.staff,
            person: &stamp.person,
            unit: &stamp.unit,
            at: tx.now(),
        };
        // The conditional write decides, not what was read.
        if !recipients::decide(tx.conn(), &new).await? {
            return self.actor.refuse(tx, kind, Code::AlreadyDecided.into(), details).await;
        }
        details.note = Some(Fingerprint::of_note(&salt, note));
        Ok(Verdict::Done { event: self.actor.event(tx, kind, None, details), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, Kind::RecipientDecided, Some(error.code()), self.details())
    }
}

impl Decide {
    fn details(&self) -> Details {
        Details { policy: Some(self.allowed.policy()), confirmed: Some(self.form.confirm), ..Details::default() }
    }

    /// Two people of two units, both with the rights that they had.
    async fn undecidable(&self, tx: &mut WriteTx<'_>, row: &RecipientRow) -> sqlx::Result<Option<Code>> {
        let (now, stamp) = (tx.now(), self.actor.stamp());
        if row.by_person == stamp.person {
            return Ok(Some(Code::OwnProposal));
        }
        if row.by_unit == stamp.unit {
            return Ok(Some(Code::SameUnit));
        }
        if row.decision.is_some() {
            return Ok(Some(Code::AlreadyDecided));
        }
        if row.expires <= now {
            return Ok(Some(Code::ProposalExpired));
        }
        let proposer = staff_admin::find(tx.conn(), &row.proposed_by).await?;
        let stands = proposer.is_some_and(|proposer| proposer.serves(now) && proposer.version == row.by_version);
        Ok((self.form.confirm && !stands).then_some(Code::ProposerGone))
    }
}

struct End {
    actor: Actor,
    allowed: Allowed<EndRecipient>,
    recipient: RecipientId,
}

#[async_trait::async_trait]
impl Act for End {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let kind = Kind::RecipientEnded;
        let mut details = self.details();
        if let Err(code) = self.actor.still(&self.allowed, tx).await? {
            return self.actor.refuse(tx, kind, code.into(), details).await;
        }
        let row = recipients::find(tx.conn(), self.recipient).await?;
        let Some(row) = row.filter(|row| row.decision.as_ref().is_some_and(|made| made.confirmed)) else {
            return self.actor.refuse(tx, kind, Code::NotFound.into(), details).await;
        };
        details.recipient = Some(row.id);
        let now = tx.now();
        if !recipients::end(tx.conn(), row.id, self.actor.staff(), now).await? {
            return self.actor.refuse(tx, kind, Code::AlreadyDecided.into(), details).await;
        }
        Ok(Verdict::Done { event: self.actor.event(tx, kind, None, details), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, Kind::RecipientEnded, Some(error.code()), self.details())
    }
}

impl End {
    fn details(&self) -> Details {
        Details { policy: Some(self.allowed.policy()), ..Details::default() }
    }
}
