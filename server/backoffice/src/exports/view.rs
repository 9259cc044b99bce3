//! What a requester, and whoever decides, sees of a request: all of it but a value (E3).

use super::run::bounds;
use super::state::{self, frozen, submitted};
use super::steps::{about, is_of};
use crate::audit::{Act, Verdict};
use crate::auth::Actor;
use crate::desk::StaffDesk;
use crate::policy::{Allowed, DecideExport};
use crate::store::customers::{self, Among};
use crate::store::export_selection::CaseBounds;
use crate::store::exports::{self, ExportRow, VoteRow};
use crate::store::{WriteTx, export_selection, export_votes, recipients};
use domain::audit::event::{AuditEvent, Details, FactorName, Kind};
use domain::code::Code;
use domain::desk::{
    DeskError, ExportCase, ExportEntry, ExportOptions, ExportState, ExportView, RecipientState, RunView, Usual,
    VoteView,
};
use domain::export::{AskedField, Frozen, PERIOD, Party, Selection, Vote};
use domain::id::ExportId;
use domain::mask::Masked;

const KIND: Kind = Kind::ExportRead;
/// Rows of a sample, at most.
const SAMPLE: u64 = 5;

fn unavailable(_: sqlx::Error) -> DeskError {
    Code::LogUnavailable.into()
}

impl StaffDesk {
    pub(super) async fn options(&self) -> Result<ExportOptions, DeskError> {
        self.may_ask_ever(Kind::RequestRefused).await?;
        let (db, stamp, since) = (&self.office.db, self.actor.stamp(), self.now.minus(PERIOD));
        let cases = export_selection::bound_cases(db, stamp.staff, CaseBounds { since, branch: &stamp.unit })
            .await
            .map_err(unavailable)?;
        let load = exports::read_load(db, &stamp.person, self.now, since).await.map_err(unavailable)?;
        let rows = recipients::all(db).await.map_err(unavailable)?;
        let views = rows.into_iter().map(|row| self.recipient_view(row));
        let case = |case: export_selection::BoundCase| ExportCase {
            case_id: case.id,
            purpose: case.purpose,
            ticket: case.ticket,
            opened: case.opened,
        };
        Ok(ExportOptions {
            cases: cases.into_iter().map(case).collect(),
            recipients: views.filter(|view| view.state == RecipientState::Confirmed).collect(),
            caps: self.office.settings.exports.caps,
            rows_in_period: load.rows,
        })
    }

    /// One's own requests of the last period.
    pub(super) async fn own_exports(&self) -> Result<Vec<ExportEntry>, DeskError> {
        self.may_ask_ever(Kind::RequestRefused).await?;
        let since = self.now.minus(PERIOD);
        let rows = exports::of_staff(&self.office.db, self.actor.staff(), since).await.map_err(unavailable)?;
        Ok(rows.iter().filter_map(|row| Some(self.export_entry(row, &frozen(row).ok()?))).collect())
    }

    /// What waits for votes.
    pub(super) async fn waiting_exports(&self) -> Result<Vec<ExportEntry>, DeskError> {
        self.may_export::<DecideExport>(Kind::RequestRefused).await?;
        let rows = exports::waiting(&self.office.db, self.now).await.map_err(unavailable)?;
        Ok(rows.iter().filter_map(|row| Some(self.export_entry(row, &frozen(row).ok()?))).collect())
    }

    pub(super) fn export_entry(&self, row: &ExportRow, known: &Frozen) -> ExportEntry {
        let state = state::state(row, self.now);
        let expires = match state {
            ExportState::Draft => Some(row.expires),
            ExportState::Submitted | ExportState::Approved => row.submission.map(|submission| submission.expires),
            ExportState::Generated => row.run.as_ref().and_then(|run| run.expires),
            ExportState::Rejected
            | ExportState::Expired
            | ExportState::Withdrawn
            | ExportState::Queued
            | ExportState::Running
            | ExportState::Failed
            | ExportState::Downloaded
            | ExportState::Destroyed => None,
        };
        ExportEntry {
            export_id: row.id,
            state,
            requester: row.requester_no.clone(),
            unit: row.by_unit.clone(),
            created: row.created,
            expires,
            rows: row.rows,
            purpose: known.purpose.clone(),
            recipient: row.recipient_name.clone(),
            votes: row.approvals,
            votes_needed: row.votes_needed,
            own: row.by_person == self.actor.stamp().person,
        }
    }

    /// A request: one's own, or, for whoever may decide, one that was submitted; that reading is recorded first.
    pub(super) async fn read_export(&self, export: ExportId) -> Result<ExportView, DeskError> {
        let found = exports::read(&self.office.db, export).await.map_err(unavailable)?;
        let actor = self.actor.clone();
        let row = match found {
            // Masks of customers are seen here, so that one's own reading is recorded too.
            Some(row) if is_of(&row, &self.actor) => {
                let allowed = self.may_ask_for_any(KIND).await?;
                self.office.ledger.act(Read { actor, allowed, row: row.clone(), decides: false }).await?.into_fact();
                row
            }
            found => {
                let allowed = self.may_export::<DecideExport>(KIND).await?;
                let Some(row) = self.decidable(found).await? else {
                    return Err(self.refused_as(KIND, Details::default(), Code::NotFound.into()).await);
                };
                self.office.ledger.act(Read { actor, allowed, row: row.clone(), decides: true }).await?.into_fact();
                row
            }
        };
        match frozen(&row) {
            Ok(known) => self.whole(row, known).await,
            Err(code) => Err(self.refused_as(KIND, about(&row), code.into()).await),
        }
    }

    /// A request that is whoever decides' to see: it waits for votes, or one of them is theirs.
    async fn decidable(&self, found: Option<ExportRow>) -> Result<Option<ExportRow>, DeskError> {
        let Some(row) = found.filter(|row| row.submission.is_some()) else { return Ok(None) };
        if state::state(&row, self.now) == ExportState::Submitted {
            return Ok(Some(row));
        }
        let votes = export_votes::read(&self.office.db, row.id).await.map_err(unavailable)?;
        let theirs = votes.iter().any(|vote| vote.vote.by.person == self.actor.stamp().person);
        Ok(theirs.then_some(row))
    }

    pub(super) async fn progress(&self, export: ExportId) -> Result<RunView, DeskError> {
        let found = exports::read(&self.office.db, export).await.map_err(unavailable)?;
        let row = found.filter(|row| is_of(row, &self.actor));
        match row.as_ref().and_then(|row| self.run_view(row)) {
            Some(run) => Ok(run),
            None => Err(self.refused_as(Kind::RequestRefused, Details::default(), Code::NotFound.into()).await),
        }
    }

    fn run_view(&self, row: &ExportRow) -> Option<RunView> {
        let run = row.run.as_ref()?;
        let state = state::state(row, self.now);
        Some(RunView {
            state,
            rows_done: run.rows_done,
            rows: row.rows,
            bytes: run.bytes,
            sha256: run.sha256,
            expires: run.expires.filter(|_| state == ExportState::Generated),
            code: run.code,
        })
    }

    async fn whole(&self, row: ExportRow, known: Frozen) -> Result<ExportView, DeskError> {
        let db = &self.office.db;
        let votes = export_votes::read(db, row.id).await.map_err(unavailable)?;
        let recipient = recipients::read(db, row.recipient).await.map_err(unavailable)?.ok_or(Code::NotFound)?;
        let tickets = match &known.selection {
            Selection::Cases { cases } => export_selection::tickets(db, row.requester, cases, bounds(&known)).await,
            Selection::Opened { .. } => Ok(Vec::new()),
        };
        Ok(ExportView {
            entry: self.export_entry(&row, &known),
            tickets: tickets.map_err(unavailable)?,
            histogram: known.fields.histogram(&self.office.catalogue),
            sample: self.sample(row.id, row.rows, known.fields.fields()).await?,
            usual: self.usual(&row, &known).await?,
            may_not_decide: self.why_not(&row, &votes),
            submitted_by_passkey: row.submission.map(|submission| submission.factor == FactorName::Passkey),
            run: self.run_view(&row),
            decisions: votes.into_iter().map(vote_view).collect(),
            to: self.recipient_view(recipient),
            selection: known.selection,
            fields: known.fields.fields().to_vec(),
            intended_use: known.intended_use,
            basis: known.basis,
            impact_assessment: known.impact_assessment,
            retention_days: known.retention_days,
            format: known.format,
            short: row.digest.short(),
            digest: row.digest,
        })
    }

    /// Masks of a few rows from the first to the last: no key is touched (M2).
    async fn sample(
        &self,
        export: ExportId,
        rows: u64,
        fields: &[AskedField],
    ) -> Result<Vec<Vec<Vec<Masked>>>, DeskError> {
        let db = &self.office.db;
        let mut places: Vec<u64> = (0..SAMPLE).map(|step| rows.saturating_sub(1) * step / (SAMPLE - 1)).collect();
        places.dedup();
        let customers = export_selection::at(db, export, &places).await.map_err(unavailable)?;
        let mut sample = Vec::with_capacity(customers.len());
        for customer in customers {
            let masks = customers::masks(db, customer, Among::Bank).await.map_err(unavailable)?;
            let masks = masks.unwrap_or_default();
            let of = |asked: &AskedField| {
                masks.iter().filter(|one| one.field == asked.field).map(|one| one.mask.clone()).collect()
            };
            sample.push(fields.iter().map(of).collect());
        }
        Ok(sample)
    }

    /// What this requester asked for in the period before.
    async fn usual(&self, row: &ExportRow, known: &Frozen) -> Result<Usual, DeskError> {
        let since = row.created.minus(PERIOD);
        let mut others = exports::submitted_by(&self.office.db, &row.by_person, since).await.map_err(unavailable)?;
        others.retain(|other| other.id != row.id && other.created < row.created);
        let mut rows: Vec<u64> = others.iter().map(|other| other.rows).collect();
        rows.sort_unstable();
        let seen: Vec<Frozen> = others.iter().filter_map(|other| frozen(other).ok()).collect();
        let is_new = |asked: &&AskedField| {
            !seen.iter().any(|other| other.fields.fields().iter().any(|one| one.field == asked.field))
        };
        Ok(Usual {
            requests: others.len() as u64,
            median_rows: rows.get(rows.len() / 2).copied().unwrap_or(0),
            most_rows: rows.last().copied().unwrap_or(0),
            to_recipient: others.iter().filter(|other| other.recipient == row.recipient).count() as u64,
            rejected: others.iter().filter(|other| other.rejections > 0).count() as u64,
            new_fields: known.fields.fields().iter().filter(is_new).count() as u64,
        })
    }

    /// Why this person may not vote on it now, as far as a page can know.
    fn why_not(&self, row: &ExportRow, votes: &[VoteRow]) -> Option<Code> {
        let stamp = self.actor.stamp();
        if self.office.policy().decide::<DecideExport>(&self.actor, &()).is_err() {
            return Some(Code::NotPermitted);
        }
        let by = Party { person: stamp.person.clone(), unit: stamp.unit.clone() };
        let vote = Vote { by, approved: false, digest: row.digest };
        submitted(row, votes).and_then(|asked| asked.cast(vote, self.now, 0, u64::MAX)).err()
    }
}

fn vote_view(row: VoteRow) -> VoteView {
    VoteView {
        by: row.staff_no,
        name: row.name,
        unit: row.vote.by.unit,
        approved: row.vote.approved,
        note: row.note,
        at: row.at,
        think_ms: row.think_ms,
    }
}

struct Read<P> {
    actor: Actor,
    allowed: Allowed<P>,
    row: ExportRow,
    /// Whether think-time counts from here.
    decides: bool,
}

#[async_trait::async_trait]
impl<P: 'static> Act for Read<P> {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        if let Err(code) = self.actor.still(&self.allowed, tx).await? {
            return self.actor.refuse(tx, KIND, code.into(), self.details()).await;
        }
        let (now, person) = (tx.now(), &self.actor.stamp().person);
        if self.decides {
            export_votes::note_reading(tx.conn(), self.row.id, person, now).await?;
        }
        Ok(Verdict::Done { event: self.actor.event(tx, KIND, None, self.details()), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, KIND, Some(error.code()), self.details())
    }
}

impl<P> Read<P> {
    fn details(&self) -> Details {
        Details { rows: Some(self.row.rows), policy: Some(self.allowed.policy()), ..about(&self.row) }
    }
}
