//! Which sessions there are, and how each of them ended.

use super::db::{Conn, Db};
use super::row::Row;
use super::sessions::{SessionRow, session_of};
use super::staff::{bad, id};
use super::statement::sql;
use domain::audit::event::DeviceTag;
use domain::clock::Timestamp;
use domain::desk::{EndedBy, SessionEnd};
use domain::id::{Lineage, PersonNo};
use std::net::IpAddr;

/// A session of somebody's, live or not.
#[derive(Clone, Debug)]
pub struct PastRow {
    pub lineage: Lineage,
    pub started: Timestamp,
    pub seen: Timestamp,
    pub end: Option<SessionEnd>,
    pub address: Option<IpAddr>,
    pub device: Option<DeviceTag>,
}

/// A person's sessions begun since then, the live one first, then the newest; 50 at most.
pub async fn of_person(db: &Db, person: &PersonNo, since: Timestamp) -> sqlx::Result<Vec<PastRow>> {
    const SQL: &str = "SELECT lineage, started_at, seen_at, ended_at, ended_by, address, device FROM session \
        WHERE person = $1 AND started_at >= $2 ORDER BY ended_at IS NOT NULL, started_at DESC, lineage DESC LIMIT 50";
    let rows = sql(SQL).bind(person.as_str()).bind(since.millis()).fetch_all(db).await?;
    rows.iter().map(past_of).collect()
}

fn past_of(row: &Row) -> sqlx::Result<PastRow> {
    let device: Option<&str> = row.try_get(6)?;
    Ok(PastRow {
        lineage: Lineage::from_bytes(id(row.try_get(0)?)?),
        started: Timestamp::from_millis(row.try_get(1)?),
        seen: Timestamp::from_millis(row.try_get(2)?),
        end: end_of(row.try_get(3)?, row.try_get(4)?)?,
        address: address_of(row.try_get(5)?)?,
        device: device.and_then(DeviceTag::parse),
    })
}

/// When a session ended and why, of its two columns.
pub(super) fn end_of(at: Option<i64>, by: Option<&str>) -> sqlx::Result<Option<SessionEnd>> {
    let Some((at, by)) = at.zip(by) else { return Ok(None) };
    let ended_by = EndedBy::parse(by).ok_or_else(|| bad("ended_by"))?;
    Ok(Some(SessionEnd { ended: Timestamp::from_millis(at), ended_by }))
}

fn address_of(text: Option<&str>) -> sqlx::Result<Option<IpAddr>> {
    text.map(|text| text.parse().map_err(|_| bad("address"))).transpose()
}

/// Every session that nobody ended; some may be over by time.
pub async fn not_ended(db: &Db) -> sqlx::Result<Vec<SessionRow>> {
    const SQL: &str = "SELECT staff.id, staff_no, staff.person, name, role, unit, state, version, lineage, \
        started_at, seen_at, notice, certified_until, lapsed_at FROM session JOIN staff ON staff.id = session.staff WHERE ended_at IS NULL ORDER BY staff_no";
    let rows = sql(SQL).long().fetch_all(db).await?;
    rows.iter().map(session_of).collect()
}

/// The one of this person that nobody ended, read inside an act.
pub async fn open_of(conn: &mut Conn, person: &PersonNo) -> sqlx::Result<Option<SessionRow>> {
    const SQL: &str = "SELECT staff.id, staff_no, staff.person, name, role, unit, state, version, lineage, \
        started_at, seen_at, notice, certified_until, lapsed_at FROM session JOIN staff ON staff.id = session.staff \
        WHERE session.person = $1 AND ended_at IS NULL";
    let row = sql(SQL).bind(person.as_str()).fetch_optional(conn).await?;
    row.as_ref().map(session_of).transpose()
}

/// Ends a session; `false` if it is not there or was ended before.
pub async fn end(conn: &mut Conn, lineage: Lineage, end: SessionEnd) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE session SET ended_at = $1, ended_by = $2 WHERE lineage = $3 AND ended_at IS NULL";
    let ended =
        sql(SQL).bind(end.ended.millis()).bind(end.ended_by.name()).bind(&lineage.as_bytes()[..]).execute(conn).await?;
    Ok(ended == 1)
}
