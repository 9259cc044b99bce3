//! Staff administration: who there is, proposals, and the two acts that take one administrator.

use crate::answer;
use crate::asked::Asked;
use crate::form::Form;
use axum::response::Response;
use domain::audit::event::PersonName;
use domain::clock::Timestamp;
use domain::code::Fault;
use domain::desk::{Decide, DeskError, EnrolLink, Power, ProposalView, Propose, Seen, StaffEntry};
use domain::id::{BadId, BranchNo, Challenge, PersonNo, ProposalId, StaffNo};
use domain::role::Role;
use domain::staff_change::{ChangeKind, DecisionNote};
use serde::Serialize;

#[derive(Serialize)]
struct Staff {
    staff: Vec<StaffEntry>,
}

#[derive(Serialize)]
struct Proposed {
    proposal_id: ProposalId,
}

#[derive(Serialize)]
struct Proposals {
    proposals: Vec<ProposalView>,
}

#[derive(Serialize)]
struct OneProposal {
    proposal: ProposalView,
    powers: Vec<Power>,
}

#[derive(Serialize)]
struct Link {
    path: String,
    expires: Timestamp,
}

/// A proposal, as a form gives it. What is wrong is noted there.
pub(crate) fn propose_form(form: &mut Form) -> Option<Propose> {
    let kind = form.parsed("change", |text| ChangeKind::parse(text).ok_or(BadId))?;
    let staff_no = form.parsed("staff_no", |text| StaffNo::parse(text.trim()));
    match kind {
        ChangeKind::Reinstate => staff_no.map(Propose::Reinstate),
        ChangeKind::ResetFactor => staff_no.map(Propose::ResetFactor),
        ChangeKind::Move => {
            let (role, unit) = place(form);
            Some(Propose::Move { staff_no: staff_no?, role: role?, unit: unit? })
        }
        ChangeKind::Invite => {
            let (role, unit) = place(form);
            let person = form.parsed("person", |text| PersonNo::parse(text.trim()));
            let name = form.parsed("name", |text| PersonName::parse(text.trim()).ok_or(BadId));
            Some(Propose::Invite { staff_no: staff_no?, person: person?, name: name?, role: role?, unit: unit? })
        }
    }
}

fn place(form: &mut Form) -> (Option<Role>, Option<BranchNo>) {
    let role = form.parsed("role", |text| Role::parse(text).ok_or(BadId));
    (role, form.parsed("unit", |text| BranchNo::parse(text.trim())))
}

/// A decision, as a form gives it, and what is wrong with it.
pub(crate) fn decide_form(form: &mut Form) -> Result<Decide, Vec<Fault>> {
    let proposal = form.parsed("proposal_id", ProposalId::parse);
    let confirm = form.parsed("decision", |text| match text {
        "confirm" => Ok(true),
        "reject" => Ok(false),
        _ => Err(BadId),
    });
    let note = DecisionNote::parse(&form.text("note"));
    let challenge = form.optional("challenge", Challenge::parse);
    let mut faults = form.faults();
    if note.is_err() && faults.iter().all(|fault| fault.field != "note") {
        faults.push(Fault::new("note", "note_of_decision"));
    }
    match (proposal, confirm, note) {
        (Some(proposal), Some(confirm), Ok(note)) if faults.is_empty() => {
            Ok(Decide { proposal, confirm, note, challenge })
        }
        _ => Err(faults),
    }
}

/// Where a link leads, at this site.
pub(crate) fn path_of(link: &EnrolLink) -> String {
    format!("/enrol/{}", link.token.cookie_text())
}

/// `/api/admin/staff/list`
pub async fn list(Asked { desk, caller, mut form }: Asked) -> Response {
    let faults = form.faults();
    if !faults.is_empty() {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    }
    match desk.staff_list().await {
        Ok(staff) => answer::json(&Staff { staff }),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/admin/staff/propose`
pub async fn propose(Asked { desk, caller, mut form }: Asked) -> Response {
    let asked = propose_form(&mut form);
    let faults = form.faults();
    let Some(asked) = asked.filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    };
    match desk.propose_change(asked).await {
        Ok(proposal_id) => answer::json(&Proposed { proposal_id }),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/admin/staff/suspend`
pub async fn suspend(Asked { desk, caller, mut form }: Asked) -> Response {
    let staff_no = form.parsed("staff_no", StaffNo::parse);
    let faults = form.faults();
    let Some(staff_no) = staff_no.filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    };
    match desk.suspend_staff(staff_no).await {
        Ok(()) => answer::json(&serde_json::json!({})),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/admin/staff/unlock`
pub async fn unlock(Asked { desk, caller, mut form }: Asked) -> Response {
    let staff_no = form.parsed("staff_no", StaffNo::parse);
    let faults = form.faults();
    let Some(staff_no) = staff_no.filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    };
    match desk.unlock_staff(staff_no).await {
        Ok(()) => answer::json(&serde_json::json!({})),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/admin/proposals/list`
pub async fn proposals(Asked { desk, caller, mut form }: Asked) -> Response {
    let faults = form.faults();
    if !faults.is_empty() {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    }
    match desk.proposals().await {
        Ok(proposals) => answer::json(&Proposals { proposals }),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/admin/proposals/view`
pub async fn proposal(Asked { desk, caller, mut form }: Asked) -> Response {
    let proposal = form.parsed("proposal_id", ProposalId::parse);
    let faults = form.faults();
    let Some(proposal) = proposal.filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    };
    match desk.proposal(proposal).await {
        Ok((proposal, powers)) => answer::json(&OneProposal { proposal, powers }),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/admin/proposals/decide`
pub async fn decide(Asked { desk, caller, mut form }: Asked) -> Response {
    let decision = match decide_form(&mut form) {
        Ok(decision) => decision,
        Err(faults) => return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await,
    };
    match desk.decide_change(decision).await {
        Ok(()) => answer::json(&serde_json::json!({})),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/admin/proposals/link`
pub async fn link(Asked { desk, caller, mut form }: Asked) -> Response {
    let proposal = form.parsed("proposal_id", ProposalId::parse);
    let faults = form.faults();
    let Some(proposal) = proposal.filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    };
    match desk.take_link(proposal).await {
        Ok(link) => answer::json(&Link { path: path_of(&link), expires: link.expires }),
        Err(error) => caller.refused(&error),
    }
}
