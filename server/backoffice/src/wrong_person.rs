//! *Wrong person* (Q1): the case is closed and goes on under its ticket as another, bound to nobody. It is
//! no way around anything: whom the next view shows is counted as any other, and the note is held against
//! their name again.

use crate::audit::{Act, Verdict};
use crate::auth::Actor;
use crate::desk::StaffDesk;
use crate::policy::{self, Allowed};
use crate::store::{WriteTx, cases};
use crate::system::new_id;
use domain::audit::event::{AuditEvent, Details, Kind, TicketText};
use domain::code::Code;
use domain::desk::{DeskError, WrongPerson};
use domain::id::CaseId;
use domain::purpose::Identified;

const KIND: Kind = Kind::CaseReopened;

#[async_trait::async_trait]
impl WrongPerson for StaffDesk {
    async fn wrong_person(&self, case: CaseId) -> Result<CaseId, DeskError> {
        let details = Details { case: Some(case), ..Details::default() };
        let allowed = match self.office.policy().decide::<policy::ReopenCase>(&self.actor, &()) {
            Ok(allowed) => allowed,
            Err(code) => return Err(self.refused_as(KIND, details, code.into()).await),
        };
        self.permitted().await;
        let act = Reopen { actor: self.actor.clone(), allowed, case };
        Ok(self.office.ledger.act(act).await?.into_fact())
    }
}

struct Reopen {
    actor: Actor,
    allowed: Allowed<policy::ReopenCase>,
    case: CaseId,
}

#[async_trait::async_trait]
impl Act for Reopen {
    type Fact = CaseId;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<CaseId>> {
        let mut details = self.details();
        if let Err(code) = self.actor.still(&self.allowed, tx).await? {
            return self.actor.refuse(tx, KIND, code.into(), details).await;
        }
        let row = match cases::of_staff_in(tx.conn(), self.case, self.actor.staff()).await? {
            None => return self.actor.refuse(tx, KIND, Code::NotFound.into(), details).await,
            Some(row) if row.closed => return self.actor.refuse(tx, KIND, Code::CaseClosed.into(), details).await,
            Some(row) => row,
        };
        let Some(customer) = row.customer else {
            return self.actor.refuse(tx, KIND, Code::CaseNotBound.into(), details).await;
        };
        let (now, id) = (tx.now(), CaseId::from_bytes(new_id(tx.now(), tx.entropy())));
        // One closes before the other opens: five at a time stay five.
        cases::close(tx.conn(), row.id, now).await?;
        cases::open_again(tx.conn(), row.id, id, now).await?;
        details.new_case = Some(id);
        details.customer = Some(customer);
        details.purpose = Some(row.purpose);
        details.ticket = TicketText::parse(&row.ticket);
        details.identified = Identified::parse(&row.identified);
        Ok(Verdict::Done { event: self.actor.event(tx, KIND, None, details), fact: id })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, KIND, Some(error.code()), self.details())
    }
}

impl Reopen {
    fn details(&self) -> Details {
        Details { case: Some(self.case), policy: Some(self.allowed.policy()), ..Details::default() }
    }
}
