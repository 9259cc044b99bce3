//! What an act in a case rests on, read again inside it by one statement: while it is asked, everybody waits.

use super::cases::{CaseRow, case_of};
use super::customers::Among;
use super::db::Conn;
use super::staff::bad;
use super::statement::sql;
use domain::clock::Timestamp;
use domain::id::{CaseId, CustomerId, Lineage, PersonNo, StaffId};

/// Whose act it is, in which case, and about whom.
pub struct GroundsOf<'a> {
    pub lineage: Lineage,
    pub staff: StaffId,
    pub person: &'a PersonNo,
    pub case: CaseId,
    pub customer: Option<CustomerId>,
    pub among: Among<'a>,
}

/// As they are now.
pub struct GroundsRow {
    /// The policy in force, as all instances see it.
    pub policy: Option<[u8; 32]>,
    /// If the session lives: the version of its staff record, and whether that serves.
    pub standing: Option<(i64, bool)>,
    /// The case, if it is this person's (Q6).
    pub case: Option<CaseRow>,
    /// Whether the customer is among these.
    pub visible: bool,
    /// Until when this person reveals nothing, by whichever login the freeze came.
    pub frozen_until: Timestamp,
}

/// Reads them.
pub async fn read(conn: &mut Conn, of: &GroundsOf<'_>, now: Timestamp) -> sqlx::Result<GroundsRow> {
    const SQL: &str = "SELECT work_case.id, work_case.staff, purpose, ticket, identified, opened_at, closed_at, \
        work_case.customer, handle, work_case.version, \
        (SELECT hash FROM policy_state WHERE id = 1), \
        staff.version, staff.state = 'active' AND staff.certified_until > $2, \
        EXISTS (SELECT 1 FROM customer WHERE customer.id = $5 AND (branch = $6 OR $7 = 1) AND hidden = 0), \
        (SELECT COALESCE(MAX(reveal_frozen_until), 0) FROM staff AS login WHERE login.person = $8) \
        FROM (SELECT 1 AS row) AS one \
        LEFT JOIN session ON session.lineage = $1 AND session.ended_at IS NULL \
        LEFT JOIN staff ON staff.id = session.staff \
        LEFT JOIN work_case ON work_case.id = $3 AND work_case.staff = $4";
    let (branch, bank_wide) = of.among.bound();
    let row = sql(SQL)
        .bind(&of.lineage.as_bytes()[..])
        .bind(now.millis())
        .bind(&of.case.as_bytes()[..])
        .bind(&of.staff.as_bytes()[..])
        .bind(of.customer.as_ref().map(|customer| &customer.as_bytes()[..]))
        .bind(branch)
        .bind(bank_wide)
        .bind(of.person.as_str())
        .fetch_one(conn)
        .await?;
    let case = row.try_get::<Option<&[u8]>>(0)?.is_some();
    let policy: Option<&[u8]> = row.try_get(10)?;
    let version: Option<i64> = row.try_get(11)?;
    let serves: Option<bool> = row.try_get(12)?;
    Ok(GroundsRow {
        policy: policy.map(|hash| hash.try_into().map_err(|_| bad("hash"))).transpose()?,
        standing: version.zip(serves),
        case: case.then(|| case_of(&row)).transpose()?,
        visible: row.try_get(13)?,
        frozen_until: Timestamp::from_millis(row.try_get(14)?),
    })
}
