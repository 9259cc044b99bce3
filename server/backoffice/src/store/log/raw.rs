//! The log's rows as they lie there, for whoever doubts them. Nothing is refused for being of the wrong
//! type or length: what storage would never have written is a finding, not a failure to read.

use super::Columns;
use crate::store::db::Db;
use crate::store::row::Row;
use crate::store::statement::sql;

/// What a query of entries selects, in this order.
pub(super) const SELECTED: &str = "SELECT seq, leaf_hash, bytes, time, kind, decision, code, staff_no, customer, \
    work_case, purpose, field, alert FROM log_entry";

/// One entry's row.
pub struct RawEntry(Row);

const COLUMNS: [(Column, usize); 10] = [
    (Column::Time, 3),
    (Column::Kind, 4),
    (Column::Decision, 5),
    (Column::Code, 6),
    (Column::StaffNo, 7),
    (Column::Customer, 8),
    (Column::WorkCase, 9),
    (Column::Purpose, 10),
    (Column::Field, 11),
    (Column::Alert, 12),
];

/// A column beside an entry's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    Time,
    Kind,
    Decision,
    Code,
    StaffNo,
    Customer,
    WorkCase,
    Purpose,
    Field,
    Alert,
}

impl Column {
    /// Its name in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Column::Time => "time",
            Column::Kind => "kind",
            Column::Decision => "decision",
            Column::Code => "code",
            Column::StaffNo => "staff_no",
            Column::Customer => "customer",
            Column::WorkCase => "work_case",
            Column::Purpose => "purpose",
            Column::Field => "field",
            Column::Alert => "alert",
        }
    }
}

impl RawEntry {
    /// From a row of [`SELECTED`].
    pub(super) fn of(row: Row) -> Self {
        Self(row)
    }
    /// The sequence number; `None` if it is no number.
    pub fn seq(&self) -> Option<i64> {
        self.0.try_get(0).ok()
    }
    /// The stored leaf hash.
    pub fn leaf_hash(&self) -> Option<&[u8]> {
        self.0.try_get(1).ok()
    }
    /// What was hashed.
    pub fn bytes(&self) -> Option<&[u8]> {
        self.0.try_get(2).ok()
    }
    /// The columns that are not what they should be.
    pub fn differing(&self, should: &Columns) -> impl Iterator<Item = Column> {
        COLUMNS.into_iter().filter(|(column, at)| !self.holds(*column, *at, should)).map(|(column, _)| column)
    }

    fn holds(&self, column: Column, at: usize, should: &Columns) -> bool {
        match column {
            Column::Time => self.0.try_get::<Option<i64>>(at).is_ok_and(|time| time == Some(should.time)),
            Column::Kind => self.is_text(at, Some(&should.kind)),
            Column::Decision => self.is_text(at, Some(&should.decision)),
            Column::Code => self.is_text(at, should.code.as_deref()),
            Column::StaffNo => self.is_text(at, should.staff_no.as_deref()),
            Column::Customer => self.is_blob(at, should.customer.as_deref()),
            Column::WorkCase => self.is_blob(at, should.work_case.as_deref()),
            Column::Purpose => self.is_text(at, should.purpose.as_deref()),
            Column::Field => self.is_text(at, should.field.as_deref()),
            Column::Alert => self.is_text(at, should.alert.as_deref()),
        }
    }

    fn is_text(&self, at: usize, should: Option<&str>) -> bool {
        self.0.try_get::<Option<&str>>(at).is_ok_and(|text| text == should)
    }

    fn is_blob(&self, at: usize, should: Option<&[u8]>) -> bool {
        self.0.try_get::<Option<&[u8]>>(at).is_ok_and(|bytes| bytes == should)
    }
}

/// Entries after `after`, at most `limit`, in the order of their numbers.
pub async fn entries_after(db: &Db, after: i64, limit: u32) -> sqlx::Result<Vec<RawEntry>> {
    const SQL: &str = "SELECT seq, leaf_hash, bytes, time, kind, decision, code, staff_no, customer, work_case, \
        purpose, field, alert FROM log_entry WHERE seq > $1 ORDER BY seq LIMIT $2";
    let rows = sql(SQL).bind(after).bind(i64::from(limit)).long().fetch_all(db).await?;
    Ok(rows.into_iter().map(RawEntry).collect())
}

/// The lowest number there is, if it is below zero.
pub async fn entry_below_zero(db: &Db) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT 1 FROM log_entry WHERE seq < 0 LIMIT 1";
    Ok(sql(SQL).fetch_optional(db).await?.is_some())
}

/// The first entry that the head does not count. One statement, so that a log that grows meanwhile is
/// seen at one moment.
pub async fn entry_beyond_head(db: &Db) -> sqlx::Result<Option<i64>> {
    const SQL: &str = "SELECT MIN(seq) FROM log_entry \
        WHERE seq >= COALESCE((SELECT size FROM log_head WHERE id = 1), 0)";
    sql(SQL).long().fetch_one(db).await?.try_get(0)
}

/// The head as it lies there.
pub struct RawHead {
    pub size: Option<u64>,
    pub root: Option<[u8; 32]>,
    pub latest: Option<i64>,
    pub note: Option<String>,
}

/// The head, if there is a row.
pub async fn head(db: &Db) -> sqlx::Result<Option<RawHead>> {
    const SQL: &str = "SELECT size, root, latest, note FROM log_head WHERE id = 1";
    let row = sql(SQL).fetch_optional(db).await?;
    Ok(row.map(|row| RawHead {
        size: row.try_get::<i64>(0).ok().and_then(|size| u64::try_from(size).ok()),
        root: row.try_get::<&[u8]>(1).ok().and_then(|root| root.try_into().ok()),
        latest: row.try_get(2).ok(),
        note: row.try_get(3).ok(),
    }))
}

/// A tile's hashes and root.
pub struct RawTile(Row);

impl RawTile {
    /// Its hashes, one behind the other.
    pub fn hashes(&self) -> Option<&[u8]> {
        self.0.try_get(0).ok()
    }
    /// Its own hash.
    pub fn root(&self) -> Option<&[u8]> {
        self.0.try_get(1).ok()
    }
}

/// One tile.
pub async fn tile(db: &Db, level: u8, index: u64) -> sqlx::Result<Option<RawTile>> {
    const SQL: &str = "SELECT hashes, root FROM log_tile WHERE level = $1 AND idx = $2";
    let row = sql(SQL).bind(i64::from(level)).bind(index as i64).fetch_optional(db).await?;
    Ok(row.map(RawTile))
}

/// The tiles of one level: from which index to which, and the log's size at that moment.
pub struct TileSpan {
    pub level: i64,
    pub first: i64,
    pub last: i64,
    pub size: i64,
}

/// Every level's tiles. One statement, as above.
pub async fn tile_spans(db: &Db) -> sqlx::Result<Vec<TileSpan>> {
    const SQL: &str = "SELECT level, MIN(idx), MAX(idx), COALESCE((SELECT size FROM log_head WHERE id = 1), 0) \
        FROM log_tile GROUP BY level ORDER BY level";
    let rows = sql(SQL).long().fetch_all(db).await?;
    rows.iter()
        .map(|row| {
            let (level, first) = (row.try_get(0)?, row.try_get(1)?);
            Ok(TileSpan { level, first, last: row.try_get(2)?, size: row.try_get(3)? })
        })
        .collect()
}
