//! Taking a one-time link: its secret is made for its proposer, shown once, and kept as a hash.

use super::about;
use crate::audit::{Act, Verdict};
use crate::auth::Actor;
use crate::policy::{Allowed, ProposeStaffChange};
use crate::store::staff::StaffRow;
use crate::store::staff_changes::{self, ChangeRow};
use crate::store::{WriteTx, enrol_links, staff_admin};
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::clock::Timestamp;
use domain::code::Code;
use domain::desk::DeskError;
use domain::id::ProposalId;
use domain::staff_change::{ChangeKind, LINK_TRIES, StaffChange};

const KIND: Kind = Kind::EnrolLinkTaken;

pub(super) struct TakeLink {
    pub actor: Actor,
    pub allowed: Allowed<ProposeStaffChange>,
    pub proposal: ProposalId,
    /// As it was read, for the event; a proposal is never changed.
    pub change: StaffChange,
    pub token_hash: [u8; 32],
}

#[async_trait::async_trait]
impl Act for TakeLink {
    type Fact = Timestamp;
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<Timestamp>> {
        let details = self.details();
        if let Err(code) = self.actor.still(&self.allowed, tx).await? {
            return self.actor.refuse(tx, KIND, code.into(), details).await;
        }
        let row = staff_changes::find(tx.conn(), self.proposal).await?;
        let person = &self.actor.stamp().person;
        // Another's proposal has no link for this person, whatever its state.
        let Some(row) = row.filter(|row| row.by_person == *person) else {
            return self.actor.refuse(tx, KIND, Code::NotFound.into(), details).await;
        };
        let Some(link) = row.link.filter(|link| !link.taken) else {
            return self.actor.refuse(tx, KIND, Code::LinkTaken.into(), details).await;
        };
        if link.expires <= tx.now() {
            return self.actor.refuse(tx, KIND, Code::LinkInvalid.into(), details).await;
        }
        if !enrol_links::take(tx.conn(), row.id, &self.token_hash).await? {
            return self.actor.refuse(tx, KIND, Code::LinkTaken.into(), details).await;
        }
        Ok(Verdict::Done { event: self.actor.event(tx, KIND, None, details), fact: link.expires })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, KIND, Some(error.code()), self.details())
    }
}

impl TakeLink {
    fn details(&self) -> Details {
        let Details { proposal, change, subject_staff, .. } = about(self.proposal, &self.change);
        Details { proposal, change, subject_staff, policy: Some(self.allowed.policy()), ..Details::default() }
    }
}

/// The record that a link's change is about, as it is now.
pub(crate) async fn record_of(tx: &mut WriteTx<'_>, row: &ChangeRow) -> sqlx::Result<Option<StaffRow>> {
    staff_admin::find(tx.conn(), &row.change.staff_no).await
}

/// Whether both pairs of eyes are still open: whoever proposed a change has rights, and the record that they had
/// then, and so has whoever confirmed it. If not, it is not done, and a link of it is worth nothing in anyone's hands.
pub(crate) async fn eyes_are_open(tx: &mut WriteTx<'_>, row: &ChangeRow) -> sqlx::Result<bool> {
    let now = tx.now();
    let proposer = staff_admin::find(tx.conn(), &row.proposed_by).await?;
    if !proposer.is_some_and(|proposer| proposer.serves(now) && proposer.version == row.by_version) {
        return Ok(false);
    }
    let Some(made) = &row.decision else { return Ok(true) };
    let decider = staff_admin::find(tx.conn(), &made.by).await?;
    Ok(decider.is_some_and(|decider| decider.serves(now)))
}

/// Whether a link may still be answered: not used, not too old, not tried too often.
pub(crate) fn answerable(row: &ChangeRow, now: Timestamp) -> bool {
    row.link.is_some_and(|link| link.used.is_none() && link.expires > now && link.tries < LINK_TRIES)
}

/// Whether a link still serves: its change must still fit the record too. A suspension, or any other change,
/// ends it.
pub(crate) fn still_good(row: &ChangeRow, found: Option<&StaffRow>, now: Timestamp) -> bool {
    let fits = match (row.change.kind, found) {
        (ChangeKind::Invite, found) => found.is_none(),
        (ChangeKind::ResetFactor | ChangeKind::ResetPassword, Some(found)) => {
            found.serves(now) && found.version == row.version
        }
        (ChangeKind::ResetFactor | ChangeKind::ResetPassword, None) | (ChangeKind::Reinstate | ChangeKind::Move, _) => {
            false
        }
    };
    fits && answerable(row, now)
}
