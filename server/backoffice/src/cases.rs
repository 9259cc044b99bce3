//! Cases: opened for a purpose and a ticket, bound by the first view, closed (Q1).

use crate::audit::{Act, Verdict};
use crate::auth::Actor;
use crate::desk::StaffDesk;
use crate::notes;
use crate::policy::{self, Allowed};
use crate::store::cases::{self, CaseRow, NewCase};
use crate::store::{WriteTx, drafts};
use crate::system::new_id;
use domain::audit::event::{AuditEvent, Details, Kind, TicketText};
use domain::code::{Code, Fault};
use domain::desk::{CaseView, DeskError, DraftPlace, OpenCase};
use domain::id::{CaseId, PurposeName};
use domain::note::Note;
use domain::purpose::{Identified, TicketRef};

/// How many cases a person may have open (Q1).
const OPEN_CASES: i64 = 5;

impl StaffDesk {
    pub(crate) async fn open_cases(&self) -> Result<Vec<CaseView>, DeskError> {
        let rows = cases::open_of(&self.office.db, self.actor.staff()).await.map_err(|_| Code::LogUnavailable)?;
        rows.into_iter().map(view_of).collect()
    }

    pub(crate) async fn one_case(&self, case: CaseId) -> Result<CaseView, DeskError> {
        view_of(self.open_case_row(case).await?)
    }

    /// One of this person's cases, if it is open. Another's is not there.
    pub(crate) async fn open_case_row(&self, case: CaseId) -> Result<CaseRow, DeskError> {
        let row = cases::of_staff(&self.office.db, case, self.actor.staff()).await.map_err(|_| Code::LogUnavailable)?;
        let row = row.ok_or(Code::NotFound)?;
        if row.closed { Err(Code::CaseClosed.into()) } else { Ok(row) }
    }

    pub(crate) async fn begin_case(&self, form: OpenCase) -> Result<CaseId, DeskError> {
        let kind = Kind::CaseOpened;
        let allowed = match self.office.policy().decide::<policy::OpenCase>(&self.actor, &()) {
            Ok(allowed) => allowed,
            Err(code) => return Err(self.refused_as(kind, Details::default(), code.into()).await),
        };
        let parsed = match self.parse_case(&form).await? {
            Ok(parsed) => parsed,
            Err(faults) => return Err(self.refused_as(kind, Details::default(), DeskError::Invalid(faults)).await),
        };
        self.permitted().await;
        let act = Open { actor: self.actor.clone(), allowed, parsed };
        Ok(self.office.ledger.act(act).await?.into_fact())
    }

    /// Every fault at once.
    async fn parse_case(&self, form: &OpenCase) -> Result<Result<Parsed, Vec<Fault>>, DeskError> {
        let mut faults = form.faults(&self.office.purposes);
        let purpose = PurposeName::parse(&form.purpose).ok().and_then(|name| self.office.purposes.get(&name));
        let ticket = purpose.and_then(|purpose| TicketRef::parse(purpose, &form.ticket).ok());
        let identified = Identified::parse(&form.identified);
        let words = ticket.as_ref().map_or("", TicketRef::as_str);
        let note = match self.office.parse_note(&self.actor, &form.note, words, None).await? {
            Ok(note) => Some(note),
            Err(fault) => {
                faults.push(fault);
                None
            }
        };
        Ok(match (purpose, ticket, identified, note) {
            (Some(purpose), Some(ticket), Some(identified), Some(note)) => {
                Ok(Parsed { purpose: purpose.name.clone(), ticket, identified, note })
            }
            _ => Err(faults),
        })
    }

    pub(crate) async fn end_case(&self, case: CaseId) -> Result<(), DeskError> {
        let details = Details { case: Some(case), ..Details::default() };
        let allowed = match self.office.policy().decide::<policy::CloseCase>(&self.actor, &()) {
            Ok(allowed) => allowed,
            Err(code) => return Err(self.refused_as(Kind::CaseClosed, details, code.into()).await),
        };
        self.permitted().await;
        let act = Close { actor: self.actor.clone(), allowed, case };
        self.office.ledger.act(act).await?.into_fact();
        Ok(())
    }
}

fn view_of(row: CaseRow) -> Result<CaseView, DeskError> {
    Ok(CaseView {
        id: row.id,
        purpose: row.purpose,
        ticket: row.ticket,
        identified: Identified::parse(&row.identified).ok_or(Code::LogUnavailable)?,
        opened: row.opened,
        customer: row.handle,
    })
}

struct Parsed {
    purpose: PurposeName,
    ticket: TicketRef,
    identified: Identified,
    note: Note,
}

struct Open {
    actor: Actor,
    allowed: Allowed<policy::OpenCase>,
    parsed: Parsed,
}

#[async_trait::async_trait]
impl Act for Open {
    type Fact = CaseId;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<CaseId>> {
        let kind = Kind::CaseOpened;
        if let Err(code) = self.actor.still(&self.allowed, tx).await? {
            return self.actor.refuse(tx, kind, code.into(), Details::default()).await;
        }
        if cases::count_open(tx.conn(), self.actor.staff()).await? >= OPEN_CASES {
            return self.actor.refuse(tx, kind, Code::CaseLimit.into(), Details::default()).await;
        }
        let id = CaseId::from_bytes(new_id(tx.now(), tx.entropy()));
        let (note, commitment) = notes::keep(tx, &self.actor, id, &self.parsed.note).await?;
        let Parsed { purpose, ticket, identified, .. } = &self.parsed;
        let new = NewCase {
            id,
            staff: self.actor.staff(),
            purpose,
            ticket: ticket.as_str(),
            identified: identified.name(),
            note,
            opened: tx.now(),
        };
        cases::insert(tx.conn(), &new).await?;
        // what was typed is said now
        drafts::forget(tx.conn(), &self.actor.stamp().person, DraftPlace::CaseNote.name()).await?;
        let details = Details {
            case: Some(id),
            purpose: Some(purpose.clone()),
            ticket: TicketText::parse(ticket.as_str()),
            identified: Some(*identified),
            note: Some(commitment),
            ..Details::default()
        };
        Ok(Verdict::Done { event: self.actor.event(tx, kind, None, details), fact: id })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, Kind::CaseOpened, Some(error.code()), Details::default())
    }
}

struct Close {
    actor: Actor,
    allowed: Allowed<policy::CloseCase>,
    case: CaseId,
}

#[async_trait::async_trait]
impl Act for Close {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let details = Details { case: Some(self.case), ..Details::default() };
        if let Err(code) = self.actor.still(&self.allowed, tx).await? {
            return self.actor.refuse(tx, Kind::CaseClosed, code.into(), details).await;
        }
        match cases::of_staff_in(tx.conn(), self.case, self.actor.staff()).await? {
            None => return self.actor.refuse(tx, Kind::CaseClosed, Code::NotFound.into(), details).await,
            Some(row) if row.closed => {
                return self.actor.refuse(tx, Kind::CaseClosed, Code::CaseClosed.into(), details).await;
            }
            Some(_) => (),
        }
        let now = tx.now();
        cases::close(tx.conn(), self.case, now).await?;
        Ok(Verdict::Done { event: self.actor.event(tx, Kind::CaseClosed, None, details), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        let details = Details { case: Some(self.case), ..Details::default() };
        self.actor.event(tx, Kind::CaseClosed, Some(error.code()), details)
    }
}
