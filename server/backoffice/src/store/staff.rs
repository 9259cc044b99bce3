//! Staff records and their counters of failure.

use super::db::{Conn, Db};
use super::row::Row;
use super::statement::sql;
use domain::audit::event::PersonName;
use domain::clock::Timestamp;
use domain::id::{BranchNo, PersonNo, StaffId, StaffNo};
use domain::role::Role;

/// A staff record, but for its secrets.
#[derive(Clone, Debug)]
pub struct StaffRow {
    pub id: StaffId,
    pub staff_no: StaffNo,
    pub person: PersonNo,
    pub name: PersonName,
    pub role: Role,
    pub unit: BranchNo,
    /// Nobody suspended them, and that they lapsed was not noticed yet: see [`Self::serves`].
    pub active: bool,
    pub version: i64,
    /// From then on there are no rights, noticed or not.
    pub certified_until: Timestamp,
    /// Suspended since it was noticed that nobody certified them in time.
    pub lapsed: bool,
}

impl StaffRow {
    /// Whether this person has any rights: not suspended, and certified still.
    pub fn serves(&self, now: Timestamp) -> bool {
        self.active && now < self.certified_until
    }
    /// Whether they have none because nobody certified them in time.
    pub fn has_lapsed(&self, now: Timestamp) -> bool {
        self.lapsed || (self.active && now >= self.certified_until)
    }
}

/// What sign-in and step-up need besides.
pub struct Secrets {
    pub password_hash: String,
    pub totp_sealed: Vec<u8>,
    pub totp_step: i64,
    pub failures: i64,
    pub failures_since: Timestamp,
    pub locked_until: Timestamp,
}

pub(super) fn staff_of(row: &Row) -> sqlx::Result<StaffRow> {
    Ok(StaffRow {
        id: StaffId::from_bytes(id(row.try_get(0)?)?),
        staff_no: StaffNo::parse(row.try_get(1)?).map_err(decode)?,
        person: PersonNo::parse(row.try_get(2)?).map_err(decode)?,
        name: PersonName::parse(row.try_get(3)?).ok_or_else(|| bad("name"))?,
        role: Role::parse(row.try_get(4)?).ok_or_else(|| bad("role"))?,
        unit: BranchNo::parse(row.try_get(5)?).map_err(decode)?,
        active: row.try_get::<&str>(6)? == "active",
        version: row.try_get(7)?,
        certified_until: Timestamp::from_millis(row.try_get("certified_until")?),
        lapsed: row.try_get::<Option<i64>>("lapsed_at")?.is_some(),
    })
}

/// Sixteen bytes of an id.
pub(super) fn id(bytes: &[u8]) -> sqlx::Result<[u8; 16]> {
    bytes.try_into().map_err(|_| bad("id"))
}

/// A stored value that storage would not have written.
pub(super) fn bad(column: &'static str) -> sqlx::Error {
    sqlx::Error::Decode(format!("the column {column} does not hold one").into())
}

pub(super) fn decode(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}

/// The record of that number, with its secrets.
pub async fn by_number(db: &Db, staff_no: &StaffNo) -> sqlx::Result<Option<(StaffRow, Secrets)>> {
    const SQL: &str = "SELECT id, staff_no, person, name, role, unit, state, version, password_hash, totp_sealed, \
        totp_step, failures, failures_since, locked_until, certified_until, lapsed_at FROM staff WHERE staff_no = $1";
    with_secrets(sql(SQL).bind(staff_no.as_str()).fetch_optional(db).await?)
}

/// The record of that id, with its secrets.
pub async fn by_id(db: &Db, staff: StaffId) -> sqlx::Result<Option<(StaffRow, Secrets)>> {
    const SQL: &str = "SELECT id, staff_no, person, name, role, unit, state, version, password_hash, totp_sealed, \
        totp_step, failures, failures_since, locked_until, certified_until, lapsed_at FROM staff WHERE id = $1";
    with_secrets(sql(SQL).bind(&staff.as_bytes()[..]).fetch_optional(db).await?)
}

/// The same inside a write transaction.
pub async fn by_id_in(conn: &mut Conn, staff: StaffId) -> sqlx::Result<Option<(StaffRow, Secrets)>> {
    const SQL: &str = "SELECT id, staff_no, person, name, role, unit, state, version, password_hash, totp_sealed, \
        totp_step, failures, failures_since, locked_until, certified_until, lapsed_at FROM staff WHERE id = $1";
    with_secrets(sql(SQL).bind(&staff.as_bytes()[..]).fetch_optional(conn).await?)
}

fn with_secrets(row: Option<Row>) -> sqlx::Result<Option<(StaffRow, Secrets)>> {
    row.map(|row| {
        let secrets = Secrets {
            password_hash: row.try_get(8)?,
            totp_sealed: row.try_get(9)?,
            totp_step: row.try_get(10)?,
            failures: row.try_get(11)?,
            failures_since: Timestamp::from_millis(row.try_get(12)?),
            locked_until: Timestamp::from_millis(row.try_get(13)?),
        };
        Ok((staff_of(&row)?, secrets))
    })
    .transpose()
}

/// The person of that number, read inside an act.
pub async fn person_of(conn: &mut Conn, staff_no: &StaffNo) -> sqlx::Result<Option<PersonNo>> {
    const SQL: &str = "SELECT person FROM staff WHERE staff_no = $1";
    let row = sql(SQL).bind(staff_no.as_str()).fetch_optional(conn).await?;
    row.map(|row| PersonNo::parse(row.try_get(0)?).map_err(decode)).transpose()
}

/// Every staff record, by number. Staff are not customers: listing them is an admin's and the demo's need.
pub async fn all(db: &Db) -> sqlx::Result<Vec<StaffRow>> {
    const SQL: &str = "SELECT id, staff_no, person, name, role, unit, state, version, certified_until, lapsed_at \
        FROM staff ORDER BY length(staff_no), staff_no";
    let rows = sql(SQL).fetch_all(db).await?;
    rows.iter().map(staff_of).collect()
}

/// Sets the password of a record.
pub async fn set_password(conn: &mut Conn, staff: StaffId, hash: &str, now: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE staff SET password_hash = $1, password_set_at = $2 WHERE id = $3";
    sql(SQL).bind(hash).bind(now.millis()).bind(&staff.as_bytes()[..]).execute(conn).await.map(drop)
}

/// When its owner set the password of a record last.
pub async fn password_set(db: &Db, staff: StaffId) -> sqlx::Result<Option<Timestamp>> {
    const SQL: &str = "SELECT password_set_at FROM staff WHERE id = $1 AND password_set_at > 0";
    let row = sql(SQL).bind(&staff.as_bytes()[..]).fetch_optional(db).await?;
    row.map(|row| Ok(Timestamp::from_millis(row.try_get(0)?))).transpose()
}

/// A record to be entered.
pub struct NewStaff<'a> {
    pub id: StaffId,
    pub staff_no: &'a StaffNo,
    pub person: &'a PersonNo,
    pub name: &'a PersonName,
    pub role: Role,
    pub unit: &'a BranchNo,
    pub password_hash: &'a str,
    pub totp_sealed: &'a [u8],
    pub created: Timestamp,
    pub certified_until: Timestamp,
}

/// Enters a record; `false` if the number is taken.
pub async fn insert(conn: &mut Conn, staff: &NewStaff<'_>) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO staff \
        (id, staff_no, person, name, role, unit, password_hash, totp_sealed, created_at, certified_until) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (staff_no) DO NOTHING";
    let inserted = sql(SQL)
        .bind(&staff.id.as_bytes()[..])
        .bind(staff.staff_no.as_str())
        .bind(staff.person.as_str())
        .bind(staff.name.as_str())
        .bind(staff.role.as_str())
        .bind(staff.unit.as_str())
        .bind(staff.password_hash)
        .bind(staff.totp_sealed)
        .bind(staff.created.millis())
        .bind(staff.certified_until.millis())
        .execute(conn)
        .await?;
    Ok(inserted == 1)
}

/// Accepts a TOTP step if it is above the last one accepted: the atomic heart of "a code works once".
pub async fn accept_totp_step(conn: &mut Conn, staff: StaffId, step: i64) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE staff SET totp_step = $1 WHERE id = $2 AND totp_step < $1";
    let accepted = sql(SQL).bind(step).bind(&staff.as_bytes()[..]).execute(conn).await?;
    Ok(accepted == 1)
}

/// Sets the counter of failures and the lock.
pub async fn set_failures(
    conn: &mut Conn,
    staff: StaffId,
    failures: i64,
    since: Timestamp,
    locked_until: Timestamp,
) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE staff SET failures = $1, failures_since = $2, locked_until = $3 WHERE id = $4";
    sql(SQL)
        .bind(failures)
        .bind(since.millis())
        .bind(locked_until.millis())
        .bind(&staff.as_bytes()[..])
        .execute(conn)
        .await
        .map(drop)
}

/// Suspends the person of that record, by whichever login; `false` if none of theirs served or had lapsed.
pub async fn suspend(conn: &mut Conn, staff: StaffId) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE staff SET state = 'suspended', lapsed_at = NULL, version = version + 1 \
        WHERE person = (SELECT person FROM staff WHERE id = $1) AND (state = 'active' OR lapsed_at IS NOT NULL)";
    let done = sql(SQL).bind(&staff.as_bytes()[..]).execute(conn).await?;
    Ok(done > 0)
}
