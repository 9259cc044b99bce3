//! Proposing a change: nothing has changed yet, and what the record said is kept with the proposal.

use super::{about, fits};
use crate::audit::{Act, Verdict};
use crate::auth::Actor;
use crate::policy::{Allowed, ProposeStaffChange};
use crate::store::staff::StaffRow;
use crate::store::staff_changes::{self, NewChange};
use crate::store::{WriteTx, staff_admin};
use crate::system::new_id;
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::code::Code;
use domain::desk::{DeskError, Propose};
use domain::id::ProposalId;
use domain::staff_change::{ChangeKind, PROPOSAL_LIFE, StaffChange};

const KIND: Kind = Kind::StaffChangeProposed;

pub(super) struct ProposeChange {
    pub actor: Actor,
    pub allowed: Allowed<ProposeStaffChange>,
    pub form: Propose,
}

#[async_trait::async_trait]
impl Act for ProposeChange {
    type Fact = ProposalId;
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<ProposalId>> {
        let mut details = self.details();
        if let Err(code) = self.actor.still(&self.allowed, tx).await? {
            return self.actor.refuse(tx, KIND, code.into(), details).await;
        }
        let found = staff_admin::find(tx.conn(), self.form.staff_no()).await?;
        // A number that nobody has may be anything that was typed: it stands in no event.
        let Some(change) = self.change(found.as_ref()) else {
            return self.actor.refuse(tx, KIND, Code::NotFound.into(), details).await;
        };
        let id = ProposalId::from_bytes(new_id(tx.now(), tx.entropy()));
        details = Details { policy: details.policy, proposal: None, ..about(id, &change) };
        if let Err(code) = fits(tx, &change, found.as_ref()).await? {
            return self.actor.refuse(tx, KIND, code.into(), details).await;
        }
        let now = tx.now();
        if staff_changes::one_waits(tx.conn(), &change.staff_no, now).await? {
            return self.actor.refuse(tx, KIND, Code::ProposalWaiting.into(), details).await;
        }
        let before = found.as_ref().map(|row| (row.role, row.unit.clone()));
        let new = NewChange {
            id,
            change: &change,
            version: found.as_ref().map_or(0, |row| row.version),
            before: before.as_ref(),
            staff: self.actor.staff(),
            person: &self.actor.stamp().person,
            by_version: self.actor.stamp().version,
            proposed: now,
            expires: now.plus(PROPOSAL_LIFE),
        };
        staff_changes::insert(tx.conn(), &new).await?;
        details.proposal = Some(id);
        Ok(Verdict::Done { event: self.actor.event(tx, KIND, None, details), fact: id })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, KIND, Some(error.code()), self.details())
    }
}

impl ProposeChange {
    fn details(&self) -> Details {
        Details { policy: Some(self.allowed.policy()), change: Some(self.form.kind()), ..Details::default() }
    }

    /// The record as it would be; none where there is no record to change.
    fn change(&self, found: Option<&StaffRow>) -> Option<StaffChange> {
        let of = |kind: ChangeKind, row: &StaffRow| StaffChange {
            kind,
            staff_no: row.staff_no.clone(),
            person: row.person.clone(),
            name: row.name.clone(),
            role: row.role,
            unit: row.unit.clone(),
        };
        match &self.form {
            Propose::Invite { staff_no, person, name, role, unit } => Some(StaffChange {
                kind: ChangeKind::Invite,
                staff_no: staff_no.clone(),
                person: person.clone(),
                name: name.clone(),
                role: *role,
                unit: unit.clone(),
            }),
            Propose::Reinstate(_) => found.map(|row| of(ChangeKind::Reinstate, row)),
            Propose::ResetFactor(_) | Propose::ResetPassword(_) => found.map(|row| of(self.form.kind(), row)),
            Propose::Move { role, unit, .. } => {
                found.map(|row| StaffChange { role: *role, unit: unit.clone(), ..of(ChangeKind::Move, row) })
            }
        }
    }
}
