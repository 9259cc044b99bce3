//! Until when rights are certified, by whom, and what lapsed.

use super::db::{Conn, Db};
use super::staff::id;
use super::statement::sql;
use domain::clock::Timestamp;
use domain::id::{BranchNo, PersonNo, StaffId};
use domain::role::Role;

/// A certification to be kept.
#[derive(Clone, Copy)]
pub struct NewCertification<'a> {
    pub staff: StaffId,
    pub role: Role,
    pub unit: &'a BranchNo,
    pub version: i64,
    /// Login and person; none for the command line of the machine.
    pub by: Option<(StaffId, &'a PersonNo)>,
    pub at: Timestamp,
    pub until: Timestamp,
}

/// Keeps a certification and moves the record's date. That nobody certifies themselves the database sees to as
/// well.
pub async fn certify(conn: &mut Conn, new: &NewCertification<'_>) -> sqlx::Result<()> {
    const KEEP: &str = "INSERT INTO staff_certification \
        (staff, role, unit, version, certified_by, by_person, certified_at, certified_until) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    const MOVE: &str = "UPDATE staff SET certified_until = $1 WHERE id = $2";
    {
        sql(KEEP)
            .bind(&new.staff.as_bytes()[..])
            .bind(new.role.as_str())
            .bind(new.unit.as_str())
            .bind(new.version)
            .bind(new.by.map(|(staff, _)| staff.as_bytes().to_vec()))
            .bind(new.by.map(|(_, person)| person.as_str()))
            .bind(new.at.millis())
            .bind(new.until.millis())
            .execute(&mut *conn)
            .await?;
        sql(MOVE).bind(new.until.millis()).bind(&new.staff.as_bytes()[..]).execute(&mut *conn).await.map(drop)
    }
}

/// Records whose date has come and of which that was not noticed yet.
pub async fn unnoticed(db: &Db, now: Timestamp) -> sqlx::Result<Vec<StaffId>> {
    const SQL: &str = "SELECT id FROM staff WHERE certified_until <= $1 AND state = 'active' ORDER BY staff_no";
    let rows = sql(SQL).bind(now.millis()).fetch_all(db).await?;
    rows.iter().map(|row| id(row.try_get(0)?).map(StaffId::from_bytes)).collect()
}

/// Suspends a record whose date has come; `false` if it has not, or somebody did before: one of several wins.
pub async fn lapse(conn: &mut Conn, staff: StaffId, now: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE staff SET state = 'suspended', lapsed_at = $1, version = version + 1 \
        WHERE id = $2 AND state = 'active' AND certified_until <= $1";
    let done = sql(SQL).bind(now.millis()).bind(&staff.as_bytes()[..]).execute(conn).await?;
    Ok(done == 1)
}

/// Until when this record is certified.
pub async fn until(db: &Db, staff: StaffId) -> sqlx::Result<Option<Timestamp>> {
    const SQL: &str = "SELECT certified_until FROM staff WHERE id = $1";
    let row = sql(SQL).bind(&staff.as_bytes()[..]).fetch_optional(db).await?;
    row.map(|row| Ok(Timestamp::from_millis(row.try_get(0)?))).transpose()
}

/// How many records of others than this person are certified now and no more at that time.
pub async fn count_due(db: &Db, person: &PersonNo, now: Timestamp, by: Timestamp) -> sqlx::Result<usize> {
    const SQL: &str = "SELECT COUNT(*) FROM staff \
        WHERE state = 'active' AND certified_until > $1 AND certified_until <= $2 AND person <> $3";
    let row = sql(SQL).bind(now.millis()).bind(by.millis()).bind(person.as_str()).fetch_one(db).await?;
    Ok(usize::try_from(row.try_get::<i64>(0)?).unwrap_or_default())
}

const ADMINS: &str = "SELECT COUNT(DISTINCT person) FROM staff \
    WHERE role = 'admin' AND state = 'active' AND certified_until > $1 AND person <> $2";

/// How many people but this one are administrators whose rights are certified beyond then.
pub async fn other_admins(conn: &mut Conn, person: &PersonNo, then: Timestamp) -> sqlx::Result<i64> {
    let row = sql(ADMINS).bind(then.millis()).bind(person.as_str()).fetch_one(conn).await?;
    row.try_get(0)
}

/// Whether this person is an administrator whose rights are certified beyond then, by whichever login.
pub async fn is_admin(conn: &mut Conn, person: &PersonNo, then: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT 1 FROM staff \
        WHERE role = 'admin' AND state = 'active' AND certified_until > $1 AND person = $2 LIMIT 1";
    let row = sql(SQL).bind(then.millis()).bind(person.as_str()).fetch_optional(conn).await?;
    Ok(row.is_some())
}

/// How many people are administrators whose rights are certified beyond then.
pub async fn admins(db: &Db, then: Timestamp) -> sqlx::Result<i64> {
    let row = sql(ADMINS).bind(then.millis()).bind("").fetch_one(db).await?;
    row.try_get(0)
}
