//! How far a request is, read from what was written of it, and whether those who answer for it still do.

use crate::store::export_runs::RunState;
use crate::store::export_votes;
use crate::store::exports::{ExportRow, VoteRow};
use crate::store::staff::StaffRow;
use crate::store::{WriteTx, recipients, staff, staff_admin};
use domain::clock::Timestamp;
use domain::code::Code;
use domain::desk::{ExportState, RecipientState};
use domain::export::{Approved, ExportDigest, Frozen, Party, Standing, Submitted};
use domain::role::Role;

/// How far it is.
pub(super) fn state(row: &ExportRow, now: Timestamp) -> ExportState {
    if let Some(run) = &row.run {
        return match run.state {
            RunState::Queued | RunState::Running if row.withdrawn.is_some() => ExportState::Withdrawn,
            RunState::Queued => ExportState::Queued,
            RunState::Running => ExportState::Running,
            RunState::Failed if row.withdrawn.is_some() => ExportState::Withdrawn,
            RunState::Failed => ExportState::Failed,
            RunState::Generated if row.withdrawn.is_some() => ExportState::Withdrawn,
            RunState::Generated if run.expires.is_none_or(|until| until <= now) => ExportState::Expired,
            RunState::Generated => ExportState::Generated,
            RunState::Downloaded => ExportState::Downloaded,
            RunState::Destroyed => ExportState::Destroyed,
        };
    }
    let Some(submission) = &row.submission else {
        return match row.withdrawn {
            Some(_) => ExportState::Withdrawn,
            None if row.expires <= now => ExportState::Expired,
            None => ExportState::Draft,
        };
    };
    match row.withdrawn {
        Some(_) => ExportState::Withdrawn,
        None if row.rejections > 0 => ExportState::Rejected,
        None if submission.expires <= now => ExportState::Expired,
        None if row.approvals >= row.votes_needed => ExportState::Approved,
        None => ExportState::Submitted,
    }
}

/// The frozen request, if its bytes are those that were hashed and the row beside them says the same.
pub(super) fn frozen(row: &ExportRow) -> Result<Frozen, Code> {
    let frozen = Frozen::decode(&row.frozen).filter(|frozen| {
        ExportDigest::of(&row.frozen) == row.digest
            && frozen.id == row.id
            && frozen.person == row.by_person
            && frozen.unit == row.by_unit
            && frozen.recipient == row.recipient
            && frozen.rows.count == row.rows
            && frozen.created == row.created
            && frozen.votes == row.votes_needed
    });
    frozen.ok_or(Code::ExportChanged)
}

/// A submitted request with its votes, as the rules take it.
pub(super) fn submitted(row: &ExportRow, votes: &[VoteRow]) -> Result<Submitted, Code> {
    let submission = row.submission.filter(|_| row.withdrawn.is_none()).ok_or(Code::ExportState)?;
    Ok(Submitted {
        requester: Party { person: row.by_person.clone(), unit: row.by_unit.clone() },
        digest: row.digest,
        needed: row.votes_needed,
        factor: submission.factor,
        expires: submission.expires,
        votes: votes.iter().map(|row| row.vote.clone()).collect(),
    })
}

/// The same as approved, read inside an act; and whether those who answer for it still do.
pub(super) async fn approved(
    tx: &mut WriteTx<'_>,
    row: &ExportRow,
    at: Timestamp,
) -> sqlx::Result<Result<(Approved, Standing), Code>> {
    let votes = export_votes::of(tx.conn(), row.id).await?;
    // What nobody recorded nobody voted: a vote is believed for its event alone.
    if !export_votes::all_recorded(tx.log()?, row, &votes).await? {
        return Ok(Err(Code::ExportChanged));
    }
    let approved = match submitted(row, &votes).and_then(|submitted| submitted.approved(at)) {
        Ok(approved) => approved,
        Err(code) => return Ok(Err(code)),
    };
    Ok(Ok((approved, standing(tx, row, &votes).await?)))
}

/// Whether those who answer for it still do (E6): each has the record that they had.
pub(super) async fn standing(tx: &mut WriteTx<'_>, row: &ExportRow, votes: &[VoteRow]) -> sqlx::Result<Standing> {
    let now = tx.now();
    let stands = |found: Option<StaffRow>, by: &Party, version: i64, role: Role| {
        found.is_some_and(|found| {
            let same = found.person == by.person && found.unit == by.unit && found.version == version;
            same && found.role == role && found.serves(now)
        })
    };
    let asks = Party { person: row.by_person.clone(), unit: row.by_unit.clone() };
    let requester = staff::by_id_in(tx.conn(), row.requester).await?.map(|(found, _)| found);
    let requester = stands(requester, &asks, row.by_version, Role::Operator);
    let mut approvers = true;
    for vote in votes.iter().filter(|vote| vote.vote.approved) {
        let found = staff_admin::find(tx.conn(), &vote.staff_no).await?;
        approvers &= stands(found, &vote.vote.by, vote.by_version, Role::Approver);
    }
    Ok(Standing { requester, approvers })
}

/// Whether the file may still go to whom it is for.
pub(super) async fn recipient_serves(tx: &mut WriteTx<'_>, row: &ExportRow) -> sqlx::Result<Result<(), Code>> {
    let now = tx.now();
    let found = recipients::find(tx.conn(), row.recipient).await?;
    let serves = found.is_some_and(|found| super::recipients::state(&found, now) == RecipientState::Confirmed);
    Ok(if serves { Ok(()) } else { Err(Code::RecipientUnfit) })
}
