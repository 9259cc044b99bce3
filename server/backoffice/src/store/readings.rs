//! Readings of the log that are not closed yet (A7).

use super::db::{Conn, Db};
use super::row::Row;
use super::staff::id;
use super::statement::sql;
use domain::clock::Timestamp;
use domain::id::{Lineage, ReadingId};

/// A part of the log that was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Lowest and highest number, if anything was seen.
    pub range: Option<(u64, u64)>,
    pub entries: u64,
}

impl Extent {
    /// Of these numbers.
    pub fn of(numbers: impl Iterator<Item = u64> + Clone) -> Self {
        Self { range: numbers.clone().min().zip(numbers.clone().max()), entries: numbers.count() as u64 }
    }
}

/// A reading that begins.
pub struct NewReading<'a> {
    pub id: ReadingId,
    pub lineage: Lineage,
    pub filters: &'a [u8; 32],
    pub live: bool,
    pub seen: Extent,
    /// The closing event, but for its numbers.
    pub template: &'a [u8],
}

/// Keeps it.
pub async fn insert(conn: &mut Conn, reading: &NewReading<'_>, now: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO log_reading \
        (id, lineage, filters, live, lowest, highest, pages, entries, seen_at, template) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let (lowest, highest) = reading.seen.range.unzip();
    sql(SQL)
        .bind(&reading.id.as_bytes()[..])
        .bind(&reading.lineage.as_bytes()[..])
        .bind(&reading.filters[..])
        .bind(i64::from(reading.live))
        .bind(lowest.map(|seq| seq as i64))
        .bind(highest.map(|seq| seq as i64))
        .bind(i64::from(!reading.live))
        .bind(reading.seen.entries as i64)
        .bind(now.millis())
        .bind(reading.template)
        .execute(conn)
        .await
        .map(drop)
}

/// Which reading goes on.
pub struct Going {
    pub id: ReadingId,
    pub lineage: Lineage,
    pub filters: [u8; 32],
    /// If it was last used after this.
    pub since: Timestamp,
}

/// Adds what was seen to a reading; `false` if there is none such, or no longer.
pub async fn extend(conn: &mut Conn, going: &Going, seen: &Extent, now: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE log_reading SET \
        lowest = CASE WHEN lowest IS NULL OR $1 < lowest THEN $1 ELSE lowest END, \
        highest = CASE WHEN highest IS NULL OR $2 > highest THEN $2 ELSE highest END, \
        pages = pages + $3, entries = entries + $4, seen_at = $5 WHERE id = $6 AND lineage = $7 AND filters = $8 AND seen_at > $9";
    let (lowest, highest) = seen.range.unzip();
    let extended = sql(SQL)
        .bind(lowest.map(|seq| seq as i64))
        .bind(highest.map(|seq| seq as i64))
        .bind(i64::from(seen.entries > 0))
        .bind(seen.entries as i64)
        .bind(now.millis())
        .bind(&going.id.as_bytes()[..])
        .bind(&going.lineage.as_bytes()[..])
        .bind(&going.filters[..])
        .bind(going.since.millis())
        .execute(conn)
        .await?;
    Ok(extended == 1)
}

/// What a closed reading leaves.
pub struct Closed {
    pub range: Option<(u64, u64)>,
    pub pages: u64,
    pub entries: u64,
    pub template: Vec<u8>,
}

/// Takes a reading out; `None` if it was closed before, or was used after `unless_after`.
pub async fn take(conn: &mut Conn, id: ReadingId, unless_after: Timestamp) -> sqlx::Result<Option<Closed>> {
    const SQL: &str = "DELETE FROM log_reading WHERE id = $1 AND seen_at <= $2 \
        RETURNING lowest, highest, pages, entries, template";
    let row = sql(SQL).bind(&id.as_bytes()[..]).bind(unless_after.millis()).fetch_optional(conn).await?;
    row.map(|row| {
        let lowest: Option<i64> = row.try_get(0)?;
        let highest: Option<i64> = row.try_get(1)?;
        Ok(Closed {
            range: lowest.zip(highest).map(|(lowest, highest)| (lowest as u64, highest as u64)),
            pages: row.try_get::<i64>(2)? as u64,
            entries: row.try_get::<i64>(3)? as u64,
            template: row.try_get(4)?,
        })
    })
    .transpose()
}

/// A session's open readings: their ids, whether live, and their filters.
pub async fn of_lineage(db: &Db, lineage: Lineage) -> sqlx::Result<Vec<(ReadingId, bool, Vec<u8>)>> {
    const SQL: &str = "SELECT id, live, filters FROM log_reading WHERE lineage = $1";
    let rows = sql(SQL).bind(&lineage.as_bytes()[..]).fetch_all(db).await?;
    rows.iter().map(|row| Ok((reading_id(row)?, row.try_get::<i64>(1)? == 1, row.try_get(2)?))).collect()
}

/// Readings that were not used since `before`, a hundred at a time.
pub async fn idle(db: &Db, before: Timestamp) -> sqlx::Result<Vec<ReadingId>> {
    const SQL: &str = "SELECT id FROM log_reading WHERE seen_at <= $1 LIMIT 100";
    let rows = sql(SQL).bind(before.millis()).fetch_all(db).await?;
    rows.iter().map(reading_id).collect()
}

fn reading_id(row: &Row) -> sqlx::Result<ReadingId> {
    Ok(ReadingId::from_bytes(id(row.try_get(0)?)?))
}
