//! Sessions, by the hash of their cookie's secret, and sign-ins that wait for their second factor.

use super::db::{Conn, Db};
use super::row::Row;
use super::session_ends::end_of;
use super::staff::{StaffRow, bad, id, staff_of};
use super::statement::sql;
use domain::audit::event::DeviceTag;
use domain::clock::Timestamp;
use domain::desk::SessionEnd;
use domain::id::{Lineage, StaffId};
use std::net::IpAddr;

/// A live session and whose it is, as they are now (U5: rights are read per request).
#[derive(Clone, Debug)]
pub struct SessionRow {
    pub lineage: Lineage,
    pub staff: StaffRow,
    pub started: Timestamp,
    pub seen: Timestamp,
    /// Digest of the words of secrecy that were acknowledged in it.
    pub notice: Option<[u8; 32]>,
}

/// The session of that cookie, unless it was ended; and the newest time in the log, behind which no expiry
/// moves (A6).
pub async fn by_token(db: &Db, token_hash: &[u8; 32]) -> sqlx::Result<Option<(SessionRow, Timestamp)>> {
    const SQL: &str = "SELECT staff.id, staff_no, staff.person, name, role, unit, state, version, lineage, started_at, \
        seen_at, notice, (SELECT latest FROM log_head WHERE id = 1), certified_until, lapsed_at \
        FROM session JOIN staff ON staff.id = session.staff WHERE token_hash = $1 AND ended_at IS NULL";
    session_and_latest(sql(SQL).bind(&token_hash[..]).fetch_optional(db).await?)
}

/// The same by lineage, for what goes on without a cookie: a live tail.
pub async fn by_lineage(db: &Db, lineage: Lineage) -> sqlx::Result<Option<(SessionRow, Timestamp)>> {
    const SQL: &str = "SELECT staff.id, staff_no, staff.person, name, role, unit, state, version, lineage, started_at, \
        seen_at, notice, (SELECT latest FROM log_head WHERE id = 1), certified_until, lapsed_at \
        FROM session JOIN staff ON staff.id = session.staff \
        WHERE lineage = $1 AND ended_at IS NULL";
    session_and_latest(sql(SQL).bind(&lineage.as_bytes()[..]).fetch_optional(db).await?)
}

fn session_and_latest(row: Option<Row>) -> sqlx::Result<Option<(SessionRow, Timestamp)>> {
    row.map(|row| Ok((session_of(&row)?, Timestamp::from_millis(row.try_get::<Option<i64>>(12)?.unwrap_or_default()))))
        .transpose()
}

/// Of the first twelve columns: a staff record's, lineage, `started_at`, `seen_at`, `notice`.
pub(super) fn session_of(row: &Row) -> sqlx::Result<SessionRow> {
    Ok(SessionRow {
        staff: staff_of(row)?,
        lineage: Lineage::from_bytes(id(row.try_get(8)?)?),
        started: Timestamp::from_millis(row.try_get(9)?),
        seen: Timestamp::from_millis(row.try_get(10)?),
        notice: row.try_get::<Option<&[u8]>>(11)?.map(|b| b.try_into().map_err(|_| bad("notice"))).transpose()?,
    })
}

/// A session, how it was ended if it was, and the newest time in the log.
pub type EverRow = (SessionRow, Option<SessionEnd>, Timestamp);

/// The session of that cookie even if it was ended, and how: to tell why it is no more, never to act.
pub async fn ever_by_token(db: &Db, token_hash: &[u8; 32]) -> sqlx::Result<Option<EverRow>> {
    const SQL: &str = "SELECT staff.id, staff_no, staff.person, name, role, unit, state, version, lineage, started_at, \
        seen_at, notice, (SELECT latest FROM log_head WHERE id = 1), ended_at, ended_by, certified_until, lapsed_at \
        FROM session JOIN staff ON staff.id = session.staff WHERE token_hash = $1";
    let row = sql(SQL).bind(&token_hash[..]).fetch_optional(db).await?;
    let Some(row) = row else { return Ok(None) };
    let end = end_of(row.try_get(13)?, row.try_get(14)?)?;
    Ok(session_and_latest(Some(row))?.map(|(session, latest)| (session, end, latest)))
}

/// The policy in force, as all instances see it; and, if the lineage lives, the version of its staff record and
/// whether that serves: read again inside an act.
pub async fn standing(conn: &mut Conn, lineage: Lineage, now: Timestamp) -> sqlx::Result<StandingRow> {
    const SQL: &str = "SELECT (SELECT hash FROM policy_state WHERE id = 1), staff.version, \
        staff.state = 'active' AND staff.certified_until > $2 FROM (SELECT 1 AS row) AS one \
        LEFT JOIN session ON session.lineage = $1 AND session.ended_at IS NULL \
        LEFT JOIN staff ON staff.id = session.staff";
    let row = sql(SQL).bind(&lineage.as_bytes()[..]).bind(now.millis()).fetch_one(conn).await?;
    let policy: Option<&[u8]> = row.try_get(0)?;
    let (version, serves): (Option<i64>, Option<bool>) = (row.try_get(1)?, row.try_get(2)?);
    let policy = policy.map(|hash| hash.try_into().map_err(|_| bad("hash"))).transpose()?;
    Ok((policy, version.zip(serves)))
}

/// A policy's hash; the version of a staff record and whether it serves.
pub type StandingRow = (Option<[u8; 32]>, Option<(i64, bool)>);

/// Tries that failed in a row before a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed {
    pub count: i64,
    pub since: Timestamp,
}

/// Those before this session's.
pub async fn failed_before(db: &Db, lineage: Lineage) -> sqlx::Result<Option<Failed>> {
    const SQL: &str = "SELECT failures_before, failing_since FROM session WHERE lineage = $1 AND failures_before > 0";
    let row = sql(SQL).bind(&lineage.as_bytes()[..]).fetch_optional(db).await?;
    row.map(|row| Ok(Failed { count: row.try_get(0)?, since: Timestamp::from_millis(row.try_get(1)?) })).transpose()
}

/// A session to be begun.
pub struct NewSession<'a> {
    pub token_hash: &'a [u8; 32],
    pub lineage: Lineage,
    pub staff: &'a StaffRow,
    pub address: Option<IpAddr>,
    pub device: Option<&'a DeviceTag>,
    /// Tries that failed in a row before it, and since when.
    pub failed: Failed,
    pub now: Timestamp,
}

/// Begins a session. A person who has one already cannot: the index `session_is_one_a_person` sees to it.
pub async fn insert(conn: &mut Conn, new: &NewSession<'_>) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO session (token_hash, lineage, staff, person, started_at, seen_at, address, device, \
        failures_before, failing_since) VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9)";
    sql(SQL)
        .bind(&new.token_hash[..])
        .bind(&new.lineage.as_bytes()[..])
        .bind(&new.staff.id.as_bytes()[..])
        .bind(new.staff.person.as_str())
        .bind(new.now.millis())
        .bind(new.address.map(|address| address.to_string()))
        .bind(new.device.map(DeviceTag::as_str))
        .bind(new.failed.count)
        .bind(new.failed.since.millis())
        .execute(conn)
        .await
        .map(drop)
}

/// Gives the session a new secret; the old cookie is dead with it.
pub async fn rotate(conn: &mut Conn, lineage: Lineage, token_hash: &[u8; 32], now: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE session SET token_hash = $1, seen_at = $2 WHERE lineage = $3 AND ended_at IS NULL";
    let rotated = sql(SQL).bind(&token_hash[..]).bind(now.millis()).bind(&lineage.as_bytes()[..]).execute(conn).await?;
    Ok(rotated == 1)
}

/// Notes which words of secrecy were acknowledged in the session.
pub async fn acknowledge(conn: &mut Conn, lineage: Lineage, words: &[u8; 32]) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE session SET notice = $1 WHERE lineage = $2 AND ended_at IS NULL";
    sql(SQL).bind(&words[..]).bind(&lineage.as_bytes()[..]).execute(conn).await.map(drop)
}

/// Notes that the session was used.
pub async fn touch(conn: &mut Conn, lineage: Lineage, now: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE session SET seen_at = $1 WHERE lineage = $2 AND seen_at < $1";
    sql(SQL).bind(now.millis()).bind(&lineage.as_bytes()[..]).execute(conn).await.map(drop)
}

/// A sign-in between password and second factor.
#[derive(Clone, Copy, Debug)]
pub struct TryRow {
    /// Nobody, for a number that nobody has.
    pub staff: Option<StaffId>,
    /// Whether the first factor was right: the password, or an identity provider's word.
    pub password_ok: bool,
    /// Whether it was the provider's (U9).
    pub sso: bool,
    pub expires: Timestamp,
    /// Keyed digest of the number that was typed; none while the staff key was missing.
    pub decoy: Option<[u8; 32]>,
}

/// Keeps a try, and forgets those that are over.
pub async fn insert_try(conn: &mut Conn, token_hash: &[u8; 32], row: &TryRow, now: Timestamp) -> sqlx::Result<()> {
    const FORGET: &str = "DELETE FROM sign_in_try WHERE expires_at <= $1";
    const SQL: &str = "INSERT INTO sign_in_try (token_hash, staff, password_ok, expires_at, decoy, sso) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    {
        sql(FORGET).bind(now.millis()).execute(&mut *conn).await?;
        sql(SQL)
            .bind(&token_hash[..])
            .bind(row.staff.map(|staff| staff.as_bytes().to_vec()))
            .bind(i64::from(row.password_ok))
            .bind(row.expires.millis())
            .bind(row.decoy.as_ref().map(|decoy| &decoy[..]))
            .bind(i64::from(row.sso))
            .execute(&mut *conn)
            .await
            .map(drop)
    }
}

/// The try of that cookie.
pub async fn read_try(db: &Db, token_hash: &[u8; 32]) -> sqlx::Result<Option<TryRow>> {
    const SQL: &str = "SELECT staff, password_ok, expires_at, decoy, sso FROM sign_in_try WHERE token_hash = $1";
    let row = sql(SQL).bind(&token_hash[..]).fetch_optional(db).await?;
    row.map(|row| {
        let staff: Option<Vec<u8>> = row.try_get(0)?;
        Ok(TryRow {
            staff: staff.map(|bytes| id(&bytes).map(StaffId::from_bytes)).transpose()?,
            password_ok: row.try_get::<i64>(1)? == 1,
            sso: row.try_get::<i64>(4)? == 1,
            expires: Timestamp::from_millis(row.try_get(2)?),
            decoy: row.try_get::<Option<&[u8]>>(3)?.map(|b| b.try_into().map_err(|_| bad("decoy"))).transpose()?,
        })
    })
    .transpose()
}

/// Whether the try still waits for its second factor.
pub async fn has_try(conn: &mut Conn, token_hash: &[u8; 32]) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT 1 FROM sign_in_try WHERE token_hash = $1";
    Ok(sql(SQL).bind(&token_hash[..]).fetch_optional(conn).await?.is_some())
}

/// Uses the try up; `false` if another request did, or it never was.
pub async fn take_try(conn: &mut Conn, token_hash: &[u8; 32]) -> sqlx::Result<bool> {
    const SQL: &str = "DELETE FROM sign_in_try WHERE token_hash = $1";
    let taken = sql(SQL).bind(&token_hash[..]).execute(conn).await?;
    Ok(taken == 1)
}

/// Forgets every try of this person's login.
pub async fn forget_tries(conn: &mut Conn, staff: StaffId) -> sqlx::Result<()> {
    const SQL: &str = "DELETE FROM sign_in_try WHERE staff = $1";
    sql(SQL).bind(&staff.as_bytes()[..]).execute(conn).await.map(drop)
}

/// The policy in force, as all instances see it.
pub async fn policy_hash(conn: &mut Conn) -> sqlx::Result<Option<[u8; 32]>> {
    const SQL: &str = "SELECT hash FROM policy_state WHERE id = 1";
    let row = sql(SQL).fetch_optional(conn).await?;
    row.map(|row| row.try_get::<&[u8]>(0)?.try_into().map_err(|_| bad("hash"))).transpose()
}

/// Puts a policy in force.
pub async fn set_policy_hash(conn: &mut Conn, hash: &[u8; 32]) -> sqlx::Result<()> {
    const SQL: &str =
        "INSERT INTO policy_state (id, hash) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET hash = excluded.hash";
    sql(SQL).bind(&hash[..]).execute(conn).await.map(drop)
}
