//! Voting on another's request (E2): by a person of another unit, with a factor that is bound to every bit of it.

use super::recipients::rests_until;
use super::state::{frozen, standing, submitted};
use super::steps::about;
use crate::audit::{Act, Verdict};
use crate::auth::{Actor, own_factor};
use crate::desk::StaffDesk;
use crate::people::frozen as frozen_person;
use crate::policy::{Allowed, DecideExport};
use crate::store::export_votes::{self, NewVote};
use crate::store::exports::{self, ExportRow};
use crate::store::{WriteTx, recipients};
use crate::system::random;
use domain::audit::event::{AlertName, AuditEvent, Details, Kind};
use domain::audit::fingerprint::Fingerprint;
use domain::clock::Span;
use domain::code::{Code, Fault};
use domain::desk::{self, DeskError};
use domain::export::{Cast, DeciderAct, PERIOD, Party, Vote};
use domain::note::Note;

const KIND: Kind = Kind::ExportDecided;
/// An approval that came faster than this after its first reading is told to supervisors (abuse case 5).
const FAST: i64 = 10_000;

impl StaffDesk {
    pub(super) async fn vote(&self, form: desk::DecideExport) -> Result<(), DeskError> {
        let details = Details { confirmed: Some(form.approve), ..Details::default() };
        let allowed = self.may_export::<DecideExport>(KIND).await?;
        let said = !form.note.trim().is_empty();
        let fault = match Note::parse(&form.note, "", &[]) {
            Err(bad) if said || !form.approve => Some(Fault::new("note", bad.code())),
            Ok(_) | Err(_) => None,
        };
        if let Some(fault) = fault {
            return Err(self.refused_as(KIND, details, DeskError::Invalid(vec![fault])).await);
        }
        let found = exports::read(&self.office.db, form.export).await.map_err(|_| Code::LogUnavailable)?;
        // What was never submitted is not there for anyone else.
        let Some(seen) = found.filter(|row| row.submission.is_some()) else {
            return Err(self.refused_as(KIND, details, Code::NotFound.into()).await);
        };
        self.permitted().await;
        let settings = &self.office.settings;
        let act = CastVote {
            actor: self.actor.clone(),
            allowed,
            form,
            seen,
            life: settings.challenge_life,
            rest: settings.exports.recipient_rest,
            pair_votes: settings.exports.caps.pair_votes,
        };
        self.office.ledger.act(act).await?.into_fact();
        Ok(())
    }
}

struct CastVote {
    actor: Actor,
    allowed: Allowed<DecideExport>,
    form: desk::DecideExport,
    /// As it was read, for the event.
    seen: ExportRow,
    /// How long a challenge lives.
    life: Span,
    /// How long those who entered a recipient stay away from it.
    rest: Span,
    pair_votes: u64,
}

#[async_trait::async_trait]
impl Act for CastVote {
    type Fact = ();
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let mut details = self.details();
        if let Err(code) = self.actor.still(&self.allowed, tx).await? {
            return self.actor.refuse(tx, KIND, code.into(), details).await;
        }
        let Some(row) = exports::find(tx.conn(), self.seen.id).await? else {
            return self.actor.refuse(tx, KIND, Code::NotFound.into(), details).await;
        };
        details = Details { recipient: Some(row.recipient), rows: Some(row.rows), ..details };
        let cast = match self.castable(tx, &row, &mut details).await? {
            Ok(cast) => cast,
            Err(code) => return self.actor.refuse(tx, KIND, code.into(), details).await,
        };
        let (now, stamp, note) = (tx.now(), self.actor.stamp(), self.form.note.trim());
        let act = DeciderAct {
            person: &stamp.person,
            lineage: self.actor.lineage(),
            export: row.id,
            digest: row.digest,
            approve: self.form.approve,
            note,
        };
        // After a reset a person answers for nothing that leaves (U4).
        let refusal = match frozen_person(tx, &self.actor).await? {
            Some(error) => Some(error),
            None => own_factor(tx, &self.actor, act.digest(), self.form.challenge, self.life, &mut details).await?,
        };
        if let Some(error) = refusal {
            return self.actor.refuse(tx, KIND, error, details).await;
        }
        let read = export_votes::read_since(tx.conn(), row.id, &stamp.person).await?;
        details.think_ms = read.map(|at| now.since(at).millis());
        let hasty = self.form.approve && details.think_ms.is_none_or(|think| think < FAST);
        details.alert = hasty.then(|| AlertName::parse("export.fast_approval")).flatten();
        let salt: [u8; 32] = random(tx.entropy());
        details.note = (!note.is_empty()).then(|| Fingerprint::of_note(&salt, note));
        let Some(factor) = details.factor else {
            return self.actor.refuse(tx, KIND, Code::ChallengeUnanswered.into(), details).await;
        };
        let new = NewVote {
            export: row.id,
            cast: &cast,
            staff: stamp.staff,
            by_version: stamp.version,
            note,
            salt: &salt,
            factor,
            think_ms: details.think_ms,
            at: now,
        };
        if !export_votes::insert(tx.conn(), &new).await? {
            return self.actor.refuse(tx, KIND, Code::AlreadyVoted.into(), details).await;
        }
        Ok(Verdict::Done { event: self.actor.event(tx, KIND, None, details), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, KIND, Some(error.code()), self.details())
    }
}

impl CastVote {
    fn details(&self) -> Details {
        Details { policy: Some(self.allowed.policy()), confirmed: Some(self.form.approve), ..about(&self.seen) }
    }

    /// The vote, if this person may cast it on the request as it is now.
    async fn castable(
        &self,
        tx: &mut WriteTx<'_>,
        row: &ExportRow,
        details: &mut Details,
    ) -> sqlx::Result<Result<Cast, Code>> {
        let (now, stamp) = (tx.now(), self.actor.stamp());
        let votes = export_votes::of(tx.conn(), row.id).await?;
        let of_pair = export_votes::of_pair(tx.conn(), &stamp.person, &row.by_person, now.minus(PERIOD)).await?;
        let vote = Vote {
            by: Party { person: stamp.person.clone(), unit: stamp.unit.clone() },
            approved: self.form.approve,
            digest: self.form.digest,
        };
        let cast = match submitted(row, &votes).and_then(|asked| asked.cast(vote, now, of_pair, self.pair_votes)) {
            Ok(cast) => cast,
            Err(code) => return Ok(Err(code)),
        };
        let known = match frozen(row) {
            Ok(known) if known.policy == self.allowed.policy() => known,
            Ok(_) | Err(_) => return Ok(Err(Code::ExportChanged)),
        };
        details.purpose = Some(known.purpose);
        if !self.form.approve {
            return Ok(Ok(cast));
        }
        if !standing(tx, row, &votes).await?.requester {
            return Ok(Err(Code::RequesterGone));
        }
        let Some(recipient) = recipients::find(tx.conn(), row.recipient).await? else {
            return Ok(Err(Code::RecipientUnfit));
        };
        if rests_until(&recipient, &stamp.person, self.rest).is_some_and(|until| until > now) {
            return Ok(Err(Code::RecipientResting));
        }
        Ok(super::state::recipient_serves(tx, row).await?.map(|()| cast))
    }
}
