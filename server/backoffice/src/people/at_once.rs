//! What one administrator does alone: suspending, since it takes rights away, and unlocking.

use crate::audit::{Act, Verdict};
use crate::auth::Actor;
use crate::policy::{Allowed, SuspendStaff, UnlockStaff};
use crate::store::staff::StaffRow;
use crate::store::{WriteTx, certifications, staff, staff_admin};
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::audit::fingerprint::Fingerprint;
use domain::code::Code;
use domain::desk::DeskError;
use domain::id::StaffNo;

/// Takes every right away, from the next request and the next act on (U5).
pub(super) struct Suspend {
    pub actor: Actor,
    pub allowed: Allowed<SuspendStaff>,
    pub staff_no: StaffNo,
}

/// Forgets the failures that lock somebody out (U3).
pub(super) struct Unlock {
    pub actor: Actor,
    pub allowed: Allowed<UnlockStaff>,
    pub staff_no: StaffNo,
}

/// The record, told in the event if there is one.
async fn found(tx: &mut WriteTx<'_>, staff_no: &StaffNo, details: &mut Details) -> sqlx::Result<Option<StaffRow>> {
    let found = staff_admin::find(tx.conn(), staff_no).await?;
    details.subject_staff = found.as_ref().map(|row| row.staff_no.clone());
    Ok(found)
}

fn under(policy: Fingerprint) -> Details {
    Details { policy: Some(policy), ..Details::default() }
}

#[async_trait::async_trait]
impl Act for Suspend {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let mut details = under(self.allowed.policy());
        if let Err(code) = self.actor.still(&self.allowed, tx).await? {
            return self.actor.refuse(tx, Kind::StaffSuspended, code.into(), details).await;
        }
        let Some(row) = found(tx, &self.staff_no, &mut details).await? else {
            return self.actor.refuse(tx, Kind::StaffSuspended, Code::NotFound.into(), details).await;
        };
        details.subject_person = Some(row.person.clone());
        let now = tx.now();
        // Of the person, as the suspension is: the login that is named may be another than the administrator's.
        if certifications::is_admin(tx.conn(), &row.person, now).await?
            && certifications::other_admins(tx.conn(), &row.person, now).await? < 2
        {
            return self.actor.refuse(tx, Kind::StaffSuspended, Code::LastAdministrators.into(), details).await;
        }
        if !staff::suspend(tx.conn(), row.id).await? {
            return self.actor.refuse(tx, Kind::StaffSuspended, Code::ChangeUnfit.into(), details).await;
        }
        Ok(Verdict::Done { event: self.actor.event(tx, Kind::StaffSuspended, None, details), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, Kind::StaffSuspended, Some(error.code()), under(self.allowed.policy()))
    }
}

#[async_trait::async_trait]
impl Act for Unlock {
    type Fact = ();
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let mut details = under(self.allowed.policy());
        if let Err(code) = self.actor.still(&self.allowed, tx).await? {
            return self.actor.refuse(tx, Kind::StaffUnlocked, code.into(), details).await;
        }
        let Some(row) = found(tx, &self.staff_no, &mut details).await? else {
            return self.actor.refuse(tx, Kind::StaffUnlocked, Code::NotFound.into(), details).await;
        };
        // Nobody gives themselves more tries at a factor.
        if row.person == self.actor.stamp().person {
            return self.actor.refuse(tx, Kind::StaffUnlocked, Code::OwnChange.into(), details).await;
        }
        if !staff_admin::unlock(tx.conn(), row.id).await? {
            return self.actor.refuse(tx, Kind::StaffUnlocked, Code::ChangeUnfit.into(), details).await;
        }
        Ok(Verdict::Done { event: self.actor.event(tx, Kind::StaffUnlocked, None, details), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, Kind::StaffUnlocked, Some(error.code()), under(self.allowed.policy()))
    }
}
