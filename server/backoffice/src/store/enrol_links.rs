//! One-time links, by which people set factors of their own.

use super::db::{Conn, Db};
use super::staff::id;
use super::statement::sql;
use domain::clock::Timestamp;
use domain::id::{ProposalId, StaffNo};

/// Makes the link of a confirmed change; it has no secret yet. Unused ones for the same number die.
pub async fn insert(
    conn: &mut Conn,
    change: ProposalId,
    staff_no: &StaffNo,
    now: Timestamp,
    expires: Timestamp,
) -> sqlx::Result<()> {
    const OLDER: &str = "UPDATE enrol_link SET expires_at = $2 WHERE used_at IS NULL AND expires_at > $2 \
        AND change IN (SELECT id FROM staff_change WHERE staff_no = $1)";
    sql(OLDER).bind(staff_no.as_str()).bind(now.millis()).execute(&mut *conn).await?;
    const SQL: &str = "INSERT INTO enrol_link (change, expires_at) VALUES ($1, $2)";
    sql(SQL).bind(&change.as_bytes()[..]).bind(expires.millis()).execute(conn).await.map(drop)
}

/// Gives a link its secret; `false` if it has one.
pub async fn take(conn: &mut Conn, change: ProposalId, token: &[u8; 32]) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE enrol_link SET token_hash = $1 WHERE change = $2 AND token_hash IS NULL";
    let taken = sql(SQL).bind(&token[..]).bind(&change.as_bytes()[..]).execute(conn).await?;
    Ok(taken == 1)
}

/// Which change the link of that secret is of.
pub async fn by_token(db: &Db, token: &[u8; 32]) -> sqlx::Result<Option<ProposalId>> {
    const SQL: &str = "SELECT change FROM enrol_link WHERE token_hash = $1";
    let row = sql(SQL).bind(&token[..]).fetch_optional(db).await?;
    row.map(|row| Ok(ProposalId::from_bytes(id(row.try_get(0)?)?))).transpose()
}

/// Counts an answer that is not theirs.
pub async fn count_try(conn: &mut Conn, change: ProposalId) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE enrol_link SET tries = tries + 1 WHERE change = $1";
    sql(SQL).bind(&change.as_bytes()[..]).execute(conn).await.map(drop)
}

/// Uses a link up; `false` if it was used.
pub async fn spend(conn: &mut Conn, change: ProposalId, now: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE enrol_link SET used_at = $1 WHERE change = $2 AND used_at IS NULL";
    let spent = sql(SQL).bind(now.millis()).bind(&change.as_bytes()[..]).execute(conn).await?;
    Ok(spent == 1)
}
