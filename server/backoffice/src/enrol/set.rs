//! What a link sets for somebody who is there: a new second factor, or a new password. Either way reveals freeze
//! again, and whatever session there is ends.

use crate::store::staff_changes::ChangeRow;
use crate::store::{WriteTx, session_ends, sessions, staff, staff_admin};
use domain::clock::Timestamp;
use domain::desk::{EndedBy, SessionEnd};
use domain::id::StaffId;
use domain::staff_change::FREEZE;

/// Replaces the second factor: the old one is dead, and passkeys are. `false` if the record or the code is not
/// what it was.
pub(super) async fn factor(
    tx: &mut WriteTx<'_>,
    row: &ChangeRow,
    staff: StaffId,
    totp_sealed: &[u8],
    step: i64,
) -> sqlx::Result<bool> {
    if !staff_admin::reseed(tx.conn(), staff, row.version, totp_sealed).await?
        || !staff::accept_totp_step(tx.conn(), staff, step).await?
    {
        return Ok(false);
    }
    begin_anew(tx, row).await?;
    forget_failures(tx, staff).await?;
    Ok(true)
}

/// Sets a new password; the second factor that they have answered for it, and its code works once. `false` if it
/// did before.
pub(super) async fn password(
    tx: &mut WriteTx<'_>,
    row: &ChangeRow,
    staff: StaffId,
    hash: &str,
    step: i64,
) -> sqlx::Result<bool> {
    if !staff::accept_totp_step(tx.conn(), staff, step).await? {
        return Ok(false);
    }
    let now = tx.now();
    staff::set_password(tx.conn(), staff, hash, now).await?;
    pause(tx, row).await?;
    forget_failures(tx, staff).await?;
    Ok(true)
}

/// A person whose second factor is new: passkeys are revoked, since a lost device is not told from the others.
pub(super) async fn begin_anew(tx: &mut WriteTx<'_>, row: &ChangeRow) -> sqlx::Result<()> {
    staff_admin::revoke_passkeys(tx.conn(), &row.change.person).await?;
    pause(tx, row).await
}

/// No reveals for a day, and whatever session there is ends.
async fn pause(tx: &mut WriteTx<'_>, row: &ChangeRow) -> sqlx::Result<()> {
    let (now, person) = (tx.now(), &row.change.person);
    staff_admin::freeze(tx.conn(), person, now.plus(FREEZE)).await?;
    if let Some(open) = session_ends::open_of(tx.conn(), person).await? {
        let end = SessionEnd { ended: now, ended_by: EndedBy::Admin };
        session_ends::end(tx.conn(), open.lineage, end).await?;
    }
    Ok(())
}

async fn forget_failures(tx: &mut WriteTx<'_>, staff: StaffId) -> sqlx::Result<()> {
    let now = tx.now();
    staff::set_failures(tx.conn(), staff, 0, now, Timestamp::from_millis(0)).await?;
    // A sign-in that got past an old factor goes no further.
    sessions::forget_tries(tx.conn(), staff).await
}
