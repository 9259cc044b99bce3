//! Entries as a page: one row for many, since to fetch a row from a server costs several times what it costs to look at
//! it. The database puts each column of the page behind the next; whether they are what the bytes say is seen without
//! taking them apart. Where they are not, [`super::raw`] reads the page entry by entry and says which; so it does on a
//! file, where a row costs less than to put it behind another.

use crate::store::db::Db;
use crate::store::row::Row;
use crate::store::statement::sql;

/// What stands where a column is NULL; what [`super::Columns`] hold is never that.
pub const ABSENT: &str = "-";
/// What stands between two entries' values.
pub const BETWEEN: u8 = b'\n';

/// The text columns that may be anything, in the order of [`PackedPage::texts`].
pub const TEXTS: usize = 7;
/// The same of the ids, in the order of [`PackedPage::ids`].
pub const IDS: usize = 2;

/// One page.
pub struct PackedPage(Row);

/// A column of a page: its values behind one another, and how many of them are there and of its type.
pub struct PackedColumn<'r> {
    pub values: &'r [u8],
    pub there: u64,
}

/// The page of entries from `start` up to `end`, however many there are, of a server.
pub async fn page(db: &Db, start: u64, end: u64) -> sqlx::Result<PackedPage> {
    const SQL: &str = "SELECT count(*), count(bytes), count(*) FILTER (WHERE octet_length(leaf_hash) = 32), \
        convert_to(string_agg(octet_length(bytes)::text, E'\\n' ORDER BY seq), 'UTF8'), \
        string_agg(bytes, '' ORDER BY seq), string_agg(leaf_hash, '' ORDER BY seq), \
        convert_to(string_agg(time::text, E'\\n' ORDER BY seq), 'UTF8'), count(time), \
        convert_to(string_agg(kind, E'\\n' ORDER BY seq), 'UTF8'), count(kind), \
        convert_to(string_agg(decision, E'\\n' ORDER BY seq), 'UTF8'), count(decision), \
        convert_to(string_agg(coalesce(code, '-'), E'\\n' ORDER BY seq), 'UTF8'), count(code), \
        convert_to(string_agg(coalesce(staff_no, '-'), E'\\n' ORDER BY seq), 'UTF8'), count(staff_no), \
        convert_to(string_agg(coalesce(purpose, '-'), E'\\n' ORDER BY seq), 'UTF8'), count(purpose), \
        convert_to(string_agg(coalesce(field, '-'), E'\\n' ORDER BY seq), 'UTF8'), count(field), \
        convert_to(string_agg(coalesce(alert, '-'), E'\\n' ORDER BY seq), 'UTF8'), count(alert), \
        convert_to(string_agg(coalesce(upper(encode(customer, 'hex')), '-'), E'\\n' ORDER BY seq), 'UTF8'), \
        count(customer), \
        convert_to(string_agg(coalesce(upper(encode(work_case, 'hex')), '-'), E'\\n' ORDER BY seq), 'UTF8'), \
        count(work_case) \
        FROM log_entry WHERE seq >= $1 AND seq < $2";
    sql(SQL).bind(start as i64).bind(end as i64).long().fetch_one(db).await.map(PackedPage)
}

impl PackedPage {
    /// How many entries.
    pub fn entries(&self) -> u64 {
        self.number(0).unwrap_or_default()
    }

    /// The entries' bytes, one by one, if all are bytes.
    pub fn bytes(&self) -> Option<Vec<&[u8]>> {
        (self.number(1)? == self.entries()).then_some(())?;
        let mut rest: &[u8] = self.0.try_get(4).ok()?;
        let lengths = std::str::from_utf8(self.0.try_get(3).ok()?).ok()?;
        let mut entries = Vec::with_capacity(self.entries() as usize);
        for length in lengths.split(char::from(BETWEEN)) {
            let (entry, others) = rest.split_at_checked(length.parse().ok()?)?;
            entries.push(entry);
            rest = others;
        }
        (rest.is_empty() && entries.len() as u64 == self.entries()).then_some(entries)
    }

    /// The stored leaf hashes, behind one another, if all are 32 bytes.
    pub fn leaf_hashes(&self) -> Option<&[u8]> {
        (self.number(2)? == self.entries()).then_some(())?;
        self.0.try_get(5).ok()
    }

    /// The times, as decimal numbers.
    pub fn times(&self) -> Option<PackedColumn<'_>> {
        self.column(6)
    }

    /// Kind, decision, code, staff number, purpose, field, alert.
    pub fn texts(&self) -> Option<[PackedColumn<'_>; TEXTS]> {
        Some([
            self.column(8)?,
            self.column(10)?,
            self.column(12)?,
            self.column(14)?,
            self.column(16)?,
            self.column(18)?,
            self.column(20)?,
        ])
    }

    /// Customer and case, as hexadecimal digits in capitals.
    pub fn ids(&self) -> Option<[PackedColumn<'_>; IDS]> {
        Some([self.column(22)?, self.column(24)?])
    }

    fn column(&self, at: usize) -> Option<PackedColumn<'_>> {
        Some(PackedColumn { values: self.0.try_get(at).ok()?, there: self.number(at + 1)? })
    }

    fn number(&self, at: usize) -> Option<u64> {
        self.0.try_get::<i64>(at).ok().and_then(|number| u64::try_from(number).ok())
    }
}
