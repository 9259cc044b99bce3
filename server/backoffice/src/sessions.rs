//! Sessions (U5): one a person, a list of one's own, and ending them, one's own or, for an administrator,
//! anyone's. Whatever the ended one still does is refused with its next request; its tails end within a second.

use crate::audit::{Act, Verdict};
use crate::auth::Actor;
use crate::backoffice::{BackOffice, Settings};
use crate::desk::StaffDesk;
use crate::policy::{Allowed, EndSessions};
use crate::store::session_ends::{self, PastRow};
use crate::store::sessions::SessionRow;
use crate::store::{WriteTx, staff};
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::clock::{Span, Timestamp};
use domain::code::Code;
use domain::desk::{DeskError, EndedBy, LiveSession, OwnSession, SessionEnd, SessionLeft, Sessions};
use domain::id::{Lineage, PersonNo, StaffNo};

const KIND: Kind = Kind::SessionEnded;
/// How far back a person sees their own.
const LISTED: Span = Span::minutes(30 * 24 * 60);

#[async_trait::async_trait]
impl Sessions for StaffDesk {
    fn session(&self) -> SessionLeft {
        self.left
    }

    async fn own_sessions(&self) -> Result<Vec<OwnSession>, DeskError> {
        let since = self.now.minus(LISTED);
        let rows = session_ends::of_person(&self.office.db, &self.actor.stamp().person, since).await;
        Ok(rows.map_err(|_| Code::LogUnavailable)?.into_iter().map(|row| self.own_session(row)).collect())
    }

    async fn end_own_session(&self, session: Lineage) -> Result<(), DeskError> {
        self.end(EndSession { actor: self.actor.clone(), whose: Whose::Own(session), settings: self.office.settings })
            .await
    }

    async fn live_sessions(&self) -> Result<Vec<LiveSession>, DeskError> {
        self.may_end_sessions(Kind::RequestRefused, Details::default()).await?;
        let rows = session_ends::not_ended(&self.office.db).await.map_err(|_| Code::LogUnavailable)?;
        let live = rows
            .into_iter()
            .filter(|row| row.staff.serves(self.now) && over(row, self.now, &self.office.settings).is_none());
        Ok(live.map(|row| self.live_session(row)).collect())
    }

    async fn end_sessions_of(&self, staff_no: StaffNo) -> Result<(), DeskError> {
        let allowed = self.may_end_sessions(KIND, Details::default()).await?;
        self.permitted().await;
        let whose = Whose::Anyones(staff_no, allowed);
        self.end(EndSession { actor: self.actor.clone(), whose, settings: self.office.settings }).await
    }
}

impl StaffDesk {
    async fn may_end_sessions(&self, kind: Kind, details: Details) -> Result<Allowed<EndSessions>, DeskError> {
        match self.office.policy().decide::<EndSessions>(&self.actor, &()) {
            Ok(allowed) => Ok(allowed),
            Err(code) => Err(self.refused_as(kind, details, code.into()).await),
        }
    }

    async fn end(&self, act: EndSession) -> Result<(), DeskError> {
        let ended = self.office.ledger.act(act).await?.into_fact();
        self.close_readings_of(ended).await;
        Ok(())
    }

    fn own_session(&self, row: PastRow) -> OwnSession {
        let device = self.actor.request().device.as_ref();
        OwnSession {
            session_id: row.lineage,
            started: row.started,
            seen: row.seen,
            end: row.end.or_else(|| lapse(row.started, row.seen, self.now, &self.office.settings)),
            address: row.address,
            current: row.lineage == self.actor.lineage(),
            same_browser: device.is_some() && row.device.as_ref() == device,
        }
    }

    fn live_session(&self, row: SessionRow) -> LiveSession {
        LiveSession {
            staff_no: row.staff.staff_no,
            name: row.staff.name.as_str().into(),
            role: row.staff.role,
            unit: row.staff.unit,
            started: row.started,
            seen: row.seen,
            current: row.lineage == self.actor.lineage(),
        }
    }
}

impl BackOffice {
    /// How long a session that lives goes on.
    pub(crate) fn left(&self, session: &SessionRow, now: Timestamp) -> SessionLeft {
        let Settings { session_idle, session_absolute, .. } = self.settings;
        let until = |since: Timestamp, span: Span| since.plus(span).since(now).whole_seconds().max(0);
        let idle = until(session.seen, session_idle);
        SessionLeft::new(idle, until(session.started, session_absolute), session_idle.whole_seconds())
    }
}

/// How a session that nobody ended is over by time, if it is.
pub(crate) fn over(session: &SessionRow, now: Timestamp, settings: &Settings) -> Option<SessionEnd> {
    lapse(session.started, session.seen, now, settings)
}

fn lapse(started: Timestamp, seen: Timestamp, now: Timestamp, settings: &Settings) -> Option<SessionEnd> {
    let idle = SessionEnd { ended: seen.plus(settings.session_idle), ended_by: EndedBy::Idle };
    let age = SessionEnd { ended: started.plus(settings.session_absolute), ended_by: EndedBy::Age };
    let first = if age.ended <= idle.ended { age } else { idle };
    (first.ended <= now).then_some(first)
}

/// Ends the session that this person has, whichever their login, so that another may begin; its name, if it
/// lived until now.
pub(crate) async fn make_room(
    tx: &mut WriteTx<'_>,
    person: &PersonNo,
    settings: &Settings,
) -> sqlx::Result<Option<Lineage>> {
    let Some(open) = session_ends::open_of(tx.conn(), person).await? else { return Ok(None) };
    let now = tx.now();
    let end = over(&open, now, settings).unwrap_or(SessionEnd { ended: now, ended_by: EndedBy::SignIn });
    session_ends::end(tx.conn(), open.lineage, end).await?;
    Ok((end.ended_by == EndedBy::SignIn).then_some(open.lineage))
}

enum Whose {
    /// One of the person's own.
    Own(Lineage),
    /// The session of whoever has this number.
    Anyones(StaffNo, Allowed<EndSessions>),
}

struct EndSession {
    actor: Actor,
    whose: Whose,
    settings: Settings,
}

#[async_trait::async_trait]
impl Act for EndSession {
    type Fact = Lineage;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<Lineage>> {
        let still = match &self.whose {
            Whose::Own(_) => self.actor.still_here(tx).await?,
            Whose::Anyones(_, allowed) => self.actor.still(allowed, tx).await?,
        };
        let mut details = self.details();
        if let Err(code) = still {
            return self.actor.refuse(tx, KIND, code.into(), details).await;
        }
        let now = tx.now();
        let Some(open) = self.found(tx, &mut details).await?.filter(|row| over(row, now, &self.settings).is_none())
        else {
            return self.actor.refuse(tx, KIND, Code::NotFound.into(), details).await;
        };
        let ended_by = match &self.whose {
            Whose::Own(_) => EndedBy::SignOut,
            Whose::Anyones(..) => EndedBy::Admin,
        };
        session_ends::end(tx.conn(), open.lineage, SessionEnd { ended: now, ended_by }).await?;
        details.session = Some(open.lineage);
        Ok(Verdict::Done { event: self.actor.event(tx, KIND, None, details), fact: open.lineage })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, KIND, Some(error.code()), self.details())
    }
}

impl EndSession {
    fn details(&self) -> Details {
        let policy = match &self.whose {
            Whose::Own(_) => None,
            Whose::Anyones(_, allowed) => Some(allowed.policy()),
        };
        Details { policy, ..Details::default() }
    }

    /// The session that is meant. Of anyone's its person's number is told, if there is such a person.
    async fn found(&self, tx: &mut WriteTx<'_>, details: &mut Details) -> sqlx::Result<Option<SessionRow>> {
        match &self.whose {
            Whose::Own(session) => {
                let open = session_ends::open_of(tx.conn(), &self.actor.stamp().person).await?;
                Ok(open.filter(|row| row.lineage == *session))
            }
            Whose::Anyones(staff_no, _) => {
                let Some(person) = staff::person_of(tx.conn(), staff_no).await? else { return Ok(None) };
                details.subject_staff = Some(staff_no.clone());
                session_ends::open_of(tx.conn(), &person).await
            }
        }
    }
}
