//! Staff administration: seeing who there is, proposing a change, deciding another person's proposal, and the
//! two acts that take one administrator (issue 4). Customers are nowhere in it.

mod at_once;
mod certify;
mod decide;
mod link;
mod propose;

use crate::auth::Actor;
use crate::desk::StaffDesk;
use crate::policy::{
    Allowed, DecideStaffChange, ListStaff, Permission, ProposeStaffChange, Standing, SuspendStaff, UnlockStaff,
};
use crate::store::sessions::Failed;
use crate::store::staff::StaffRow;
use crate::store::staff_admin::EntryRow;
use crate::store::staff_changes::{ChangeRow, LinkRow};
use crate::store::{WriteTx, sessions, staff_admin, staff_changes};
use at_once::{Suspend, Unlock};
use decide::DecideChange;
use domain::audit::event::{Details, Kind};
use domain::clock::{Span, Timestamp};
use domain::code::Code;
use domain::desk::{
    Decide, DecisionView, DeskError, EnrolLink, EnrolToken, LinkState, OwnPassword, People, Power, ProposalState,
    ProposalView, Propose, StaffEntry, StaffState, Told,
};
use domain::id::{ProposalId, StaffNo};
use domain::staff_change::{ChangeKind, LINK_TRIES, StaffChange};
pub(crate) use link::{answerable, eyes_are_open, record_of, still_good};
use propose::ProposeChange;

/// How far back proposals are listed.
const LISTED: Span = Span::days(31);
/// How long one is told about one's own.
const TOLD: Span = Span::days(7);

#[async_trait::async_trait]
impl People for StaffDesk {
    async fn staff_list(&self) -> Result<Vec<StaffEntry>, DeskError> {
        self.may::<ListStaff>(Kind::RequestRefused, Details::default()).await?;
        let rows = staff_admin::entries(&self.office.db, None).await.map_err(|_| Code::LogUnavailable)?;
        Ok(rows.into_iter().map(|row| entry(row, self.now)).collect())
    }

    async fn staff_entry(&self, staff_no: StaffNo) -> Result<StaffEntry, DeskError> {
        self.may::<ListStaff>(Kind::RequestRefused, Details::default()).await?;
        let rows = staff_admin::entries(&self.office.db, Some(&staff_no)).await.map_err(|_| Code::LogUnavailable)?;
        match rows.into_iter().next() {
            Some(row) => Ok(entry(row, self.now)),
            None => Err(self.refused_as(Kind::RequestRefused, Details::default(), Code::NotFound.into()).await),
        }
    }

    async fn propose_change(&self, form: Propose) -> Result<ProposalId, DeskError> {
        let details = Details { change: Some(form.kind()), ..Details::default() };
        let allowed = self.may::<ProposeStaffChange>(Kind::StaffChangeProposed, details).await?;
        // A lapse that nobody noticed yet is told before anything is made of it.
        self.office.sweep_lapses().await?;
        self.permitted().await;
        let act = ProposeChange { actor: self.actor.clone(), allowed, form };
        Ok(self.office.ledger.act(act).await?.into_fact())
    }

    async fn proposals(&self) -> Result<Vec<ProposalView>, DeskError> {
        self.may::<ListStaff>(Kind::RequestRefused, Details::default()).await?;
        let since = self.now.minus(LISTED);
        let rows = staff_changes::since(&self.office.db, since).await.map_err(|_| Code::LogUnavailable)?;
        Ok(rows.into_iter().map(|row| self.proposal_view(row)).collect())
    }

    async fn proposal(&self, proposal: ProposalId) -> Result<(ProposalView, Vec<Power>), DeskError> {
        self.may::<ListStaff>(Kind::RequestRefused, Details::default()).await?;
        let row = staff_changes::read(&self.office.db, proposal).await.map_err(|_| Code::LogUnavailable)?;
        let Some(row) = row else {
            return Err(self.refused_as(Kind::RequestRefused, Details::default(), Code::NotFound.into()).await);
        };
        let powers = self.powers(&row);
        Ok((self.proposal_view(row), powers))
    }

    async fn decide_change(&self, form: Decide) -> Result<(), DeskError> {
        let details = Details { confirmed: Some(form.confirm), ..Details::default() };
        let allowed = self.may::<DecideStaffChange>(Kind::StaffChangeDecided, details.clone()).await?;
        let row = staff_changes::read(&self.office.db, form.proposal).await.map_err(|_| Code::LogUnavailable)?;
        let Some(seen) = row else {
            return Err(self.refused_as(Kind::StaffChangeDecided, details, Code::NotFound.into()).await);
        };
        self.office.sweep_lapses().await?;
        self.permitted().await;
        let (life, period) = (self.office.settings.challenge_life, self.office.settings.recertify);
        let act = DecideChange { actor: self.actor.clone(), allowed, form, change: seen.change, life, period };
        self.office.ledger.act(act).await?.into_fact();
        Ok(())
    }

    async fn take_link(&self, proposal: ProposalId) -> Result<EnrolLink, DeskError> {
        let allowed = self.may::<ProposeStaffChange>(Kind::EnrolLinkTaken, Details::default()).await?;
        let row = staff_changes::read(&self.office.db, proposal).await.map_err(|_| Code::LogUnavailable)?;
        let Some(seen) = row else {
            return Err(self.refused_as(Kind::EnrolLinkTaken, Details::default(), Code::NotFound.into()).await);
        };
        let token = EnrolToken::from_bytes(crate::system::random(&*self.office.entropy));
        self.permitted().await;
        let act = link::TakeLink {
            actor: self.actor.clone(),
            allowed,
            proposal,
            change: seen.change,
            token_hash: token.hash(),
        };
        let expires = self.office.ledger.act(act).await?.into_fact();
        Ok(EnrolLink { token, expires })
    }

    async fn suspend_staff(&self, staff_no: StaffNo) -> Result<(), DeskError> {
        let allowed = self.may::<SuspendStaff>(Kind::StaffSuspended, Details::default()).await?;
        self.permitted().await;
        self.office.ledger.act(Suspend { actor: self.actor.clone(), allowed, staff_no }).await?.into_fact();
        Ok(())
    }

    async fn unlock_staff(&self, staff_no: StaffNo) -> Result<(), DeskError> {
        let allowed = self.may::<UnlockStaff>(Kind::StaffUnlocked, Details::default()).await?;
        self.permitted().await;
        self.office.ledger.act(Unlock { actor: self.actor.clone(), allowed, staff_no }).await?.into_fact();
        Ok(())
    }

    async fn told(&self) -> Result<Vec<Told>, DeskError> {
        let person = &self.actor.stamp().person;
        let unavailable = |_| Code::LogUnavailable;
        let frozen = staff_admin::read_frozen_until(&self.office.db, person).await.map_err(unavailable)?;
        let rows = staff_changes::concerning(&self.office.db, person, self.now.minus(LISTED)).await;
        let rows = rows.map_err(unavailable)?;
        let mut told = self.told_of_sign_in().await?;
        told.extend(rows.into_iter().flat_map(|row| self.told_of(row, frozen)));
        if self.office.policy().decide::<DecideStaffChange>(&self.actor, &()).is_ok() {
            let all = staff_changes::since(&self.office.db, self.now.minus(LISTED)).await.map_err(unavailable)?;
            let waits = |row: &&ChangeRow| {
                state(row, self.now) == ProposalState::Waiting
                    && row.by_person != *person
                    && row.change.person != *person
            };
            let count = all.iter().filter(waits).count();
            told.extend((count > 0).then_some(Told::Waiting { count }));
        }
        told.extend(self.told_of_dates().await?);
        told.extend(self.told_of_exports().await?);
        Ok(told)
    }
}

impl StaffDesk {
    async fn may<P>(&self, kind: Kind, details: Details) -> Result<Allowed<P>, DeskError>
    where
        P: for<'a> Permission<On<'a> = ()>,
    {
        match self.office.policy().decide::<P>(&self.actor, &()) {
            Ok(allowed) => Ok(allowed),
            Err(code) => Err(self.refused_as(kind, details, code.into()).await),
        }
    }

    /// Who would gain what, of the policies in force. Nobody who may not sign in may anything.
    fn powers(&self, row: &ChangeRow) -> Vec<Power> {
        let change = &row.change;
        let after = Standing { staff_no: &change.staff_no, role: change.role, unit: &change.unit };
        let before = match (change.kind, &row.before) {
            (ChangeKind::Move | ChangeKind::ResetFactor | ChangeKind::ResetPassword, Some((role, unit))) => {
                Some(Standing { staff_no: &change.staff_no, role: *role, unit })
            }
            (ChangeKind::Invite | ChangeKind::Reinstate, _) | (_, None) => None,
        };
        self.office.policy().powers(before, Some(after), &self.office.catalogue, &self.office.purposes)
    }

    fn proposal_view(&self, row: ChangeRow) -> ProposalView {
        let person = &self.actor.stamp().person;
        let state = state(&row, self.now);
        let (role_before, unit_before) = row.before.unzip();
        let decision = row.decision.map(|made| DecisionView { by: made.by, at: made.at, note: made.note });
        ProposalView {
            proposal_id: row.id,
            change: row.change.kind,
            own: row.by_person == *person,
            about_me: row.change.person == *person,
            staff_no: row.change.staff_no,
            person: row.change.person,
            name: row.change.name.as_str().into(),
            role: row.change.role,
            unit: row.change.unit,
            role_before,
            unit_before,
            proposed_by: row.proposed_by,
            proposed: row.proposed,
            expires: row.expires,
            state,
            decision,
            link: row.link.map(|link| link_state(&link, self.now)),
        }
    }

    /// What this person is told of how they sign in.
    async fn told_of_sign_in(&self) -> Result<Vec<Told>, DeskError> {
        let unavailable = |_| Code::LogUnavailable;
        let failed = sessions::failed_before(&self.office.db, self.actor.lineage()).await.map_err(unavailable)?;
        let failed = failed.map(|Failed { count, since }| Told::FailedBefore { count, since });
        let set = self.password_set().await?.filter(|at| self.now.since(*at) < TOLD);
        Ok(failed.into_iter().chain(set.map(|at| Told::PasswordChanged { at })).collect())
    }

    /// What this person is told of a decision: as its proposer, and as whose factor was reset.
    fn told_of(&self, row: ChangeRow, frozen: Timestamp) -> Vec<Told> {
        let person = &self.actor.stamp().person;
        let Some(made) = row.decision.filter(|made| self.now.since(made.at) < TOLD) else { return Vec::new() };
        let link = row.link.map(|link| link_state(&link, self.now));
        let mut told = Vec::new();
        let reset = matches!(row.change.kind, ChangeKind::ResetFactor | ChangeKind::ResetPassword);
        if row.change.person == *person && reset && made.confirmed {
            told.push(Told::FactorReset {
                change: row.change.kind,
                staff_no: row.change.staff_no.clone(),
                proposed_by: row.proposed_by.clone(),
                confirmed_by: made.by.clone(),
                at: made.at,
                frozen_until: (frozen > self.now).then_some(frozen),
            });
        }
        let newly = row.change.kind == ChangeKind::Invite && row.change.staff_no != self.actor.stamp().staff_no;
        if row.change.person == *person && newly && made.confirmed {
            told.push(Told::SecondLogin {
                staff_no: row.change.staff_no.clone(),
                proposed_by: row.proposed_by.clone(),
                confirmed_by: made.by.clone(),
                at: made.at,
            });
        }
        if row.by_person == *person {
            told.push(Told::Decided {
                proposal: row.id,
                change: row.change.kind,
                staff_no: row.change.staff_no,
                confirmed: made.confirmed,
                by: made.by,
                at: made.at,
                link,
            });
        }
        told
    }
}

fn entry(row: EntryRow, now: Timestamp) -> StaffEntry {
    let locked = crate::auth::is_locked(row.failures, row.locked_until, now);
    let state = match (row.staff.active, locked) {
        _ if row.staff.has_lapsed(now) => StaffState::Lapsed,
        (false, _) => StaffState::Suspended,
        (true, true) => StaffState::Locked,
        (true, false) => StaffState::Active,
    };
    StaffEntry {
        staff_no: row.staff.staff_no,
        person: row.staff.person,
        name: row.staff.name.as_str().into(),
        role: row.staff.role,
        unit: row.staff.unit,
        state,
        seen: row.seen,
        certified_until: row.staff.certified_until,
        reveals_frozen_until: (row.frozen_until > now).then_some(row.frozen_until),
    }
}

fn state(row: &ChangeRow, now: Timestamp) -> ProposalState {
    match &row.decision {
        Some(made) if made.confirmed => ProposalState::Confirmed,
        Some(_) => ProposalState::Rejected,
        None if row.expires <= now => ProposalState::Expired,
        None => ProposalState::Waiting,
    }
}

fn link_state(link: &LinkRow, now: Timestamp) -> LinkState {
    match link {
        LinkRow { used: Some(_), .. } => LinkState::Used,
        _ if link.expires <= now || link.tries >= LINK_TRIES => LinkState::Expired,
        LinkRow { taken: true, .. } => LinkState::Taken,
        LinkRow { taken: false, .. } => LinkState::Waiting,
    }
}

/// What every event about a change says of it: nothing of a name.
pub(crate) fn about(proposal: ProposalId, change: &StaffChange) -> Details {
    Details {
        proposal: Some(proposal),
        change: Some(change.kind),
        subject_staff: Some(change.staff_no.clone()),
        subject_person: Some(change.person.clone()),
        subject_role: Some(change.role),
        subject_unit: Some(change.unit.clone()),
        ..Details::default()
    }
}

/// Whether a change fits the record as it is now; asked when it is proposed, and again when it is done.
async fn fits(tx: &mut WriteTx<'_>, change: &StaffChange, found: Option<&StaffRow>) -> sqlx::Result<Result<(), Code>> {
    let now = tx.now();
    let fits = match (change.kind, found) {
        (ChangeKind::Invite, found) => found.is_none(),
        (ChangeKind::Reinstate, Some(row)) => !row.active,
        (ChangeKind::Move, Some(row)) => row.serves(now) && (row.role, &row.unit) != (change.role, &change.unit),
        (ChangeKind::ResetFactor | ChangeKind::ResetPassword, Some(row)) => row.serves(now),
        (ChangeKind::Reinstate | ChangeKind::Move | ChangeKind::ResetFactor | ChangeKind::ResetPassword, None) => false,
    };
    // Four eyes are told apart by this number, so nobody has two of it.
    if !fits || staff_admin::is_spelled_otherwise(tx.conn(), &change.person).await? {
        return Ok(Err(Code::ChangeUnfit));
    }
    let conflict = staff_admin::has_another_role(tx.conn(), &change.person, &change.staff_no, change.role).await?;
    Ok(if conflict { Err(Code::RoleConflict) } else { Ok(()) })
}

/// Whether this person reveals nothing for now, since a factor of theirs was reset (U4): what to answer.
pub(crate) async fn frozen(tx: &mut WriteTx<'_>, actor: &Actor) -> sqlx::Result<Option<DeskError>> {
    let until = staff_admin::frozen_until(tx.conn(), &actor.stamp().person).await?;
    Ok(frozen_until(until, tx.now()))
}

/// The same, when it is known until when.
pub(crate) fn frozen_until(until: Timestamp, now: Timestamp) -> Option<DeskError> {
    let retry_after = until.since(now).whole_seconds();
    (until > now).then_some(DeskError::Wait {
        code: Code::RevealFrozen,
        retry_after: u32::try_from(retry_after).unwrap_or(0) + 1,
    })
}
