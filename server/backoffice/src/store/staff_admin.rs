//! Staff records as administrators see and change them.

use super::db::{Conn, Db};
use super::row::Row;
use super::staff::{StaffRow, staff_of};
use super::statement::sql;
use domain::clock::Timestamp;
use domain::id::{BranchNo, PersonNo, StaffId, StaffNo};
use domain::role::Role;

/// A record and what stands beside it.
#[derive(Clone, Debug)]
pub struct EntryRow {
    pub staff: StaffRow,
    pub failures: i64,
    pub locked_until: Timestamp,
    pub frozen_until: Timestamp,
    pub seen: Option<Timestamp>,
}

/// Every record, by number; or that of one number.
pub async fn entries(db: &Db, one: Option<&StaffNo>) -> sqlx::Result<Vec<EntryRow>> {
    const SQL: &str = "SELECT id, staff_no, person, name, role, unit, state, version, failures, locked_until, \
        reveal_frozen_until, (SELECT MAX(seen_at) FROM session WHERE session.staff = staff.id), certified_until, lapsed_at FROM staff \
        WHERE $1 IS NULL OR staff_no = $1 ORDER BY length(staff_no), staff_no";
    let rows = sql(SQL).bind(one.map(StaffNo::as_str)).fetch_all(db).await?;
    let entry = |row: &Row| {
        Ok(EntryRow {
            staff: staff_of(row)?,
            failures: row.try_get(8)?,
            locked_until: Timestamp::from_millis(row.try_get(9)?),
            frozen_until: Timestamp::from_millis(row.try_get(10)?),
            seen: row.try_get::<Option<i64>>(11)?.map(Timestamp::from_millis),
        })
    };
    rows.iter().map(entry).collect()
}

/// The record of that number, read inside an act.
pub async fn find(conn: &mut Conn, staff_no: &StaffNo) -> sqlx::Result<Option<StaffRow>> {
    const SQL: &str = "SELECT id, staff_no, person, name, role, unit, state, version, certified_until, lapsed_at \
        FROM staff WHERE staff_no = $1";
    let row = sql(SQL).bind(staff_no.as_str()).fetch_optional(conn).await?;
    row.as_ref().map(staff_of).transpose()
}

/// Whether this person has another role by another login that serves.
pub async fn has_another_role(
    conn: &mut Conn,
    person: &PersonNo,
    staff_no: &StaffNo,
    role: Role,
) -> sqlx::Result<bool> {
    const SQL: &str =
        "SELECT 1 FROM staff WHERE person = $1 AND staff_no <> $2 AND role <> $3 AND state = 'active' LIMIT 1";
    let row = sql(SQL).bind(person.as_str()).bind(staff_no.as_str()).bind(role.as_str()).fetch_optional(conn).await?;
    Ok(row.is_some())
}

/// Whether somebody's HR number is this one in other letters: `p-1001` beside `P-1001` would be a second person.
pub async fn is_spelled_otherwise(conn: &mut Conn, person: &PersonNo) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT 1 FROM staff WHERE lower(person) = lower($1) AND person <> $1 LIMIT 1";
    let row = sql(SQL).bind(person.as_str()).fetch_optional(conn).await?;
    Ok(row.is_some())
}

/// Gives a record another role and branch and lets it serve; `false` if it is not of that version. Until when it
/// serves is its newest certification's to say.
pub async fn place(conn: &mut Conn, staff: StaffId, version: i64, role: Role, unit: &BranchNo) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE staff SET role = $1, unit = $2, state = 'active', lapsed_at = NULL, \
        version = version + 1 WHERE id = $3 AND version = $4";
    let done = sql(SQL)
        .bind(role.as_str())
        .bind(unit.as_str())
        .bind(&staff.as_bytes()[..])
        .bind(version)
        .execute(conn)
        .await?;
    Ok(done == 1)
}

/// Forgets failures and lock; `false` if there is no such active record with a failure.
pub async fn unlock(conn: &mut Conn, staff: StaffId) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE staff SET failures = 0, failures_since = 0, locked_until = 0 \
        WHERE id = $1 AND state = 'active' AND failures > 0";
    let done = sql(SQL).bind(&staff.as_bytes()[..]).execute(conn).await?;
    Ok(done == 1)
}

/// Lets a person reveal nothing until then, whichever their login; an earlier freeze that lasts longer stays.
pub async fn freeze(conn: &mut Conn, person: &PersonNo, until: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE staff SET reveal_frozen_until = $1 WHERE person = $2 AND reveal_frozen_until < $1";
    sql(SQL).bind(until.millis()).bind(person.as_str()).execute(conn).await.map(drop)
}

/// Until when this person reveals nothing, by whichever login the freeze came.
pub async fn frozen_until(conn: &mut Conn, person: &PersonNo) -> sqlx::Result<Timestamp> {
    const SQL: &str = "SELECT COALESCE(MAX(reveal_frozen_until), 0) FROM staff WHERE person = $1";
    let row = sql(SQL).bind(person.as_str()).fetch_one(conn).await?;
    Ok(Timestamp::from_millis(row.try_get(0)?))
}

/// The same, outside a write transaction.
pub async fn read_frozen_until(db: &Db, person: &PersonNo) -> sqlx::Result<Timestamp> {
    const SQL: &str = "SELECT COALESCE(MAX(reveal_frozen_until), 0) FROM staff WHERE person = $1";
    let row = sql(SQL).bind(person.as_str()).fetch_one(db).await?;
    Ok(Timestamp::from_millis(row.try_get(0)?))
}

/// Whether there is any record of this person.
pub async fn is_known(conn: &mut Conn, person: &PersonNo) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT 1 FROM staff WHERE person = $1 LIMIT 1";
    Ok(sql(SQL).bind(person.as_str()).fetch_optional(conn).await?.is_some())
}

/// Replaces a record's TOTP seed; its version grows, so nothing that was permitted before is done after.
pub async fn reseed(conn: &mut Conn, staff: StaffId, version: i64, totp_sealed: &[u8]) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE staff SET totp_sealed = $1, totp_step = 0, version = version + 1 \
        WHERE id = $2 AND version = $3 AND state = 'active'";
    let done = sql(SQL).bind(totp_sealed).bind(&staff.as_bytes()[..]).bind(version).execute(conn).await?;
    Ok(done == 1)
}

/// Revokes every passkey of a person: a factor that was lost or copied is not told from the others.
pub async fn revoke_passkeys(conn: &mut Conn, person: &PersonNo) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE passkey SET state = 'revoked' WHERE person = $1 AND state <> 'revoked'";
    sql(SQL).bind(person.as_str()).execute(conn).await.map(drop)
}
