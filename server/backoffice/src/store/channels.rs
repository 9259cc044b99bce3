//! Checks of the ways by which data may leave: written once.

use super::db::{Conn, Db};
use super::row::Row;
use super::staff::{bad, decode};
use super::statement::sql;
use domain::clock::Timestamp;
use domain::export::Channel;
use domain::id::{CheckId, StaffId, StaffNo};

/// A check.
#[derive(Clone, Debug)]
pub struct CheckRow {
    pub channel: Channel,
    pub sound: bool,
    pub note: String,
    pub by: StaffNo,
    pub at: Timestamp,
    pub due: Timestamp,
}

/// The last check of each channel that had one.
pub async fn last(db: &Db) -> sqlx::Result<Vec<CheckRow>> {
    const SQL: &str = "SELECT channel, sound, note, staff.staff_no, checked_at, due_at FROM channel_check \
        JOIN staff ON staff.id = checked_by WHERE NOT EXISTS (SELECT 1 FROM channel_check AS later \
        WHERE later.channel = channel_check.channel AND later.id > channel_check.id)";
    let rows = sql(SQL).fetch_all(db).await?;
    let check = |row: &Row| {
        Ok(CheckRow {
            channel: Channel::parse(row.try_get(0)?).ok_or_else(|| bad("channel"))?,
            sound: row.try_get(1)?,
            note: row.try_get(2)?,
            by: StaffNo::parse(row.try_get(3)?).map_err(decode)?,
            at: Timestamp::from_millis(row.try_get(4)?),
            due: Timestamp::from_millis(row.try_get(5)?),
        })
    };
    rows.iter().map(check).collect()
}

/// A check to be kept.
pub struct NewCheck<'a> {
    pub id: CheckId,
    pub channel: Channel,
    pub sound: bool,
    pub note: &'a str,
    pub salt: &'a [u8; 32],
    pub staff: StaffId,
    pub at: Timestamp,
    pub due: Timestamp,
}

/// Keeps a check.
pub async fn insert(conn: &mut Conn, new: &NewCheck<'_>) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO channel_check (id, channel, sound, note, salt, checked_by, checked_at, due_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    sql(SQL)
        .bind(&new.id.as_bytes()[..])
        .bind(new.channel.as_str())
        .bind(new.sound)
        .bind(new.note)
        .bind(&new.salt[..])
        .bind(&new.staff.as_bytes()[..])
        .bind(new.at.millis())
        .bind(new.due.millis())
        .execute(conn)
        .await
        .map(drop)
}
