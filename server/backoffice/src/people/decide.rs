//! Deciding a proposal: by another person than its proposer and than whom it is about; to confirm it, with a
//! second factor that is bound to every part of it.

use super::{about, eyes_are_open, fits};
use crate::audit::{Act, Verdict};
use crate::auth::{Actor, own_factor};
use crate::policy::{Allowed, DecideStaffChange};
use crate::store::certifications::NewCertification;
use crate::store::staff_changes::{self, ChangeRow, NewDecision};
use crate::store::{WriteTx, certifications, enrol_links, session_ends, staff_admin};
use crate::system::random;
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::audit::fingerprint::Fingerprint;
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{Decide, DeskError, EndedBy, SessionEnd};
use domain::staff_change::{ChangeKind, Confirmation, FREEZE, LINK_LIFE, StaffChange};
use domain::step_up::ActDigest;

const KIND: Kind = Kind::StaffChangeDecided;

pub(super) struct DecideChange {
    pub actor: Actor,
    pub allowed: Allowed<DecideStaffChange>,
    pub form: Decide,
    /// As it was read, for the event; a proposal is never changed.
    pub change: StaffChange,
    /// How long a challenge lives.
    pub life: Span,
    /// How long rights are certified by whoever confirms them.
    pub period: Span,
}

#[async_trait::async_trait]
impl Act for DecideChange {
    type Fact = ();
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let mut details = self.details();
        if let Err(code) = self.actor.still(&self.allowed, tx).await? {
            return self.actor.refuse(tx, KIND, code.into(), details).await;
        }
        let Some(row) = staff_changes::find(tx.conn(), self.form.proposal).await? else {
            return self.actor.refuse(tx, KIND, Code::NotFound.into(), details).await;
        };
        if let Some(code) = self.undecidable(tx, &row) {
            return self.actor.refuse(tx, KIND, code.into(), details).await;
        }
        if self.form.confirm {
            let digest = self.digest(&row);
            let refusal = match self.outdated(tx, &row).await? {
                Some(code) => Some(code.into()),
                None => own_factor(tx, &self.actor, digest, self.form.challenge, self.life, &mut details).await?,
            };
            if let Some(error) = refusal {
                return self.actor.refuse(tx, KIND, error, details).await;
            }
        }
        let salt: [u8; 32] = random(tx.entropy());
        let new = NewDecision {
            change: row.id,
            confirmed: self.form.confirm,
            note: self.form.note.as_str(),
            salt: &salt,
            staff: self.actor.staff(),
            person: &self.actor.stamp().person,
            at: tx.now(),
        };
        // The conditional write decides, not what was read.
        if !staff_changes::decide(tx.conn(), &new).await? {
            return self.actor.refuse(tx, KIND, Code::AlreadyDecided.into(), details).await;
        }
        details.note = Some(Fingerprint::of_note(&salt, self.form.note.as_str()));
        if self.form.confirm
            && let Err(code) = self.carry_out(tx, &row).await?
        {
            let event = self.actor.event(tx, KIND, Some(code), self.details());
            return Ok(Verdict::Refused { event, error: code.into() });
        }
        Ok(Verdict::Done { event: self.actor.event(tx, KIND, None, details), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, KIND, Some(error.code()), self.details())
    }
}

impl DecideChange {
    fn details(&self) -> Details {
        let policy = Some(self.allowed.policy());
        Details { policy, confirmed: Some(self.form.confirm), ..about(self.form.proposal, &self.change) }
    }

    /// Four eyes are two people's, whatever their logins.
    fn undecidable(&self, tx: &WriteTx<'_>, row: &ChangeRow) -> Option<Code> {
        let person = &self.actor.stamp().person;
        if row.by_person == *person {
            return Some(Code::OwnProposal);
        }
        if row.change.person == *person {
            return Some(Code::OwnChange);
        }
        if row.decision.is_some() {
            return Some(Code::AlreadyDecided);
        }
        (row.expires <= tx.now()).then_some(Code::ProposalExpired)
    }

    /// Whether the record is another than the proposer saw, or the proposer has no rights any more: then one of
    /// the two pairs of eyes is shut.
    async fn outdated(&self, tx: &mut WriteTx<'_>, row: &ChangeRow) -> sqlx::Result<Option<Code>> {
        if !eyes_are_open(tx, row).await? {
            return Ok(Some(Code::ProposerGone));
        }
        let found = staff_admin::find(tx.conn(), &row.change.staff_no).await?;
        if found.as_ref().map_or(0, |found| found.version) != row.version {
            return Ok(Some(Code::Changed));
        }
        Ok(fits(tx, &row.change, found.as_ref()).await?.err())
    }

    fn digest(&self, row: &ChangeRow) -> ActDigest {
        let stamp = self.actor.stamp();
        Confirmation {
            person: &stamp.person,
            lineage: stamp.lineage,
            proposal: row.id,
            change: &row.change,
            version: row.version,
            note: &self.form.note,
            policy: *self.allowed.policy().as_bytes(),
        }
        .digest()
    }

    /// Does what was proposed, in the transaction of its confirmation.
    async fn carry_out(&self, tx: &mut WriteTx<'_>, row: &ChangeRow) -> sqlx::Result<Result<(), Code>> {
        let (now, change) = (tx.now(), &row.change);
        match change.kind {
            ChangeKind::Invite => {
                enrol_links::insert(tx.conn(), row.id, &change.staff_no, now, now.plus(LINK_LIFE)).await?;
            }
            ChangeKind::ResetFactor | ChangeKind::ResetPassword => {
                enrol_links::insert(tx.conn(), row.id, &change.staff_no, now, now.plus(LINK_LIFE)).await?;
                staff_admin::freeze(tx.conn(), &change.person, now.plus(FREEZE)).await?;
            }
            ChangeKind::Reinstate | ChangeKind::Move => {
                let Some(found) = staff_admin::find(tx.conn(), &change.staff_no).await? else {
                    return Ok(Err(Code::Changed));
                };
                // A session from before the suspension does not live again.
                let open = session_ends::open_of(tx.conn(), &change.person).await?;
                if let Some(open) = open.filter(|open| !found.active && open.staff.id == found.id) {
                    let end = SessionEnd { ended: now, ended_by: EndedBy::Admin };
                    session_ends::end(tx.conn(), open.lineage, end).await?;
                }
                if !staff_admin::place(tx.conn(), found.id, row.version, change.role, &change.unit).await? {
                    return Ok(Err(Code::Changed));
                }
                // Two have just looked, so the date begins anew.
                let new = NewCertification {
                    staff: found.id,
                    role: change.role,
                    unit: &change.unit,
                    version: row.version + 1,
                    by: Some((self.actor.staff(), &self.actor.stamp().person)),
                    at: now,
                    until: now.plus(self.period),
                };
                certifications::certify(tx.conn(), &new).await?;
            }
        }
        Ok(Ok(()))
    }
}
