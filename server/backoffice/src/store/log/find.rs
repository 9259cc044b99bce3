//! Entries by filter, a page at a time. The text is put together from the fixed parts below alone; what a
//! reader asked for is bound. Each filter has an index of its own that ends with the number.

use super::raw::{RawEntry, SELECTED};
use crate::store::db::Db;
use crate::store::statement::{Value, sql, sql_of_parts};
use domain::clock::Timestamp;
use domain::desk::{Filters, READINGS};
use domain::id::{CaseId, CustomerId, StaffNo};

/// Which entries.
pub struct Wanted<'a> {
    pub filters: &'a Filters,
    /// Whose readings are left out (A7).
    pub not_by: Option<&'a StaffNo>,
    /// Numbers from this one …
    pub from: u64,
    /// … up to this one, which is not wanted.
    pub until: u64,
    pub order: Order,
    pub limit: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    NewestFirst,
    OldestFirst,
}

/// A text that grows by fixed parts, and the values of its placeholders.
struct Query {
    text: String,
    bound: Vec<Value<'static>>,
}

impl Query {
    /// Adds a part that ends where its placeholder stands.
    fn and(&mut self, part: &'static str, value: impl Into<Value<'static>>) {
        self.bound.push(value.into());
        self.text += &format!(" AND {part} ${}", self.bound.len());
    }
    fn and_fixed(&mut self, part: &'static str) {
        self.text += " AND ";
        self.text += part;
    }
}

fn text_of(db: &Db, wanted: &Wanted<'_>) -> Query {
    let filters = wanted.filters;
    let bound = vec![number(wanted.from).into(), number(wanted.until).into()];
    let mut query = Query { text: format!("{SELECTED} WHERE seq >= $1 AND seq < $2"), bound };

    if let Some(staff_no) = &filters.staff_no {
        query.and("staff_no =", String::from(staff_no.as_str()));
    }
    if let Some(customer) = &filters.customer {
        query.and("customer =", customer.as_bytes().to_vec());
    }
    if let Some(purpose) = &filters.purpose {
        query.and("purpose =", String::from(purpose.as_str()));
    }
    if let Some(field) = &filters.field {
        query.and("field =", String::from(field.as_str()));
    }
    if let Some(kind) = filters.kind {
        query.and("kind =", String::from(kind.as_str()));
    }
    match filters.decision {
        Some(domain::audit::event::Decision::Refused) => query.and_fixed("decision = 'refused'"),
        Some(domain::audit::event::Decision::Allowed) => query.and_fixed("decision = 'allowed'"),
        None => (),
    }
    if filters.alert {
        // The index is over this expression, so that it stands in the order of numbers.
        query.and_fixed(match db {
            Db::Sqlite(_) => "(alert IS NOT NULL) = 1 AND alert IS NOT NULL",
            Db::Postgres(_) => "alert IS NOT NULL",
        });
    }
    if filters.miss {
        // JSON has one spelling here (A1), and no text of a user's stands in it.
        query.and_fixed(match db {
            Db::Sqlite(_) => "kind = 'customer_searched' AND instr(bytes, CAST('\"outcome\":\"none\"' AS BLOB)) > 0",
            Db::Postgres(_) => "kind = 'customer_searched' AND position('\"outcome\":\"none\"'::bytea IN bytes) > 0",
        });
    }
    if let Some(own) = wanted.not_by {
        let kinds = READINGS.map(|kind| format!("'{}'", kind.as_str())).join(", ");
        query.bound.push(String::from(own.as_str()).into());
        query.text += &format!(" AND NOT (staff_no IS NOT DISTINCT FROM ${} AND kind IN ({kinds}))", query.bound.len());
    }
    query.text += match wanted.order {
        Order::NewestFirst => " ORDER BY seq DESC LIMIT ",
        Order::OldestFirst => " ORDER BY seq LIMIT ",
    };
    query.text += &wanted.limit.to_string();
    query
}

/// Numbers are the database's signed ones; no log is longer.
fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// The entries, in the order that was asked for.
pub async fn find(db: &Db, wanted: &Wanted<'_>) -> sqlx::Result<Vec<RawEntry>> {
    run(db, text_of(db, wanted)).await
}

/// How the database would go about it, for the test that sees to the indexes.
pub async fn plan(db: &Db, wanted: &Wanted<'_>) -> sqlx::Result<Vec<String>> {
    let Query { text, bound } = text_of(db, wanted);
    let (explain, column) = match db {
        Db::Sqlite(_) => ("EXPLAIN QUERY PLAN", 3),
        Db::Postgres(_) => ("EXPLAIN", 0),
    };
    let rows = sql_of_parts(format!("{explain} {text}")).bind_all(bound).fetch_all(db).await?;
    rows.iter().map(|row| row.try_get(column)).collect()
}

async fn run(db: &Db, Query { text, bound }: Query) -> sqlx::Result<Vec<RawEntry>> {
    let rows = sql_of_parts(text).bind_all(bound).long().fetch_all(db).await?;
    Ok(rows.into_iter().map(RawEntry::of).collect())
}

/// One entry.
pub async fn one(db: &Db, seq: u64) -> sqlx::Result<Option<RawEntry>> {
    let query = Query { text: format!("{SELECTED} WHERE seq = $1"), bound: vec![number(seq).into()] };
    Ok(run(db, query).await?.pop())
}

/// What an entry's neighbours have in common with it.
pub enum Common {
    Case(CaseId),
    Customer(CustomerId),
    Staff(StaffNo),
}

/// The nearest entries on both sides that have this in common, `each` on either side, newest first.
pub async fn around(db: &Db, seq: u64, common: &Common, each: u32) -> sqlx::Result<Vec<RawEntry>> {
    let side = |newer: bool| {
        let beside = if newer { "seq >" } else { "seq <" };
        let mut query = Query { text: format!("{SELECTED} WHERE 1 = 1"), bound: Vec::new() };
        match common {
            Common::Case(case) => query.and("work_case =", case.as_bytes().to_vec()),
            Common::Customer(customer) => query.and("customer =", customer.as_bytes().to_vec()),
            Common::Staff(staff_no) => query.and("staff_no =", String::from(staff_no.as_str())),
        }
        query.and(beside, number(seq));
        query.text += if newer { " ORDER BY seq LIMIT " } else { " ORDER BY seq DESC LIMIT " };
        query.text += &each.to_string();
        query
    };
    let mut rows = run(db, side(true)).await?;
    rows.reverse();
    rows.extend(run(db, side(false)).await?);
    Ok(rows)
}

/// The number of the first entry that is not before `time`, among the first `size`; found by halving,
/// since time never goes back.
pub async fn first_not_before(db: &Db, time: Timestamp, size: u64) -> sqlx::Result<u64> {
    const SQL: &str = "SELECT time FROM log_entry WHERE seq = $1";
    let (mut low, mut high) = (0, size);
    while low < high {
        let middle = low + (high - low) / 2;
        let row = sql(SQL).bind(number(middle)).fetch_optional(db).await?;
        // Where a row is gone the log is not whole anyway, and verifying says so.
        let before = row.map(|row| row.try_get::<i64>(0)).transpose()?.is_none_or(|at| at < time.millis());
        (low, high) = if before { (middle + 1, high) } else { (low, middle) };
    }
    Ok(low)
}

/// The time of an entry.
pub async fn time_of(db: &Db, seq: u64) -> sqlx::Result<Option<Timestamp>> {
    const SQL: &str = "SELECT time FROM log_entry WHERE seq = $1";
    let row = sql(SQL).bind(number(seq)).fetch_optional(db).await?;
    row.map(|row| Ok(Timestamp::from_millis(row.try_get(0)?))).transpose()
}

/// When somebody who is an auditor now last read the log.
pub async fn last_read_by_an_auditor(db: &Db) -> sqlx::Result<Option<Timestamp>> {
    const AUDITORS: &str = "SELECT staff_no FROM staff WHERE role = 'auditor'";
    const SQL: &str = "SELECT time FROM log_entry WHERE staff_no = $1 AND decision = 'allowed' \
        AND kind IN ('log_read', 'log_event_read', 'log_overview_read') ORDER BY seq DESC LIMIT 1";
    let mut latest = None;
    for auditor in sql(AUDITORS).fetch_all(db).await? {
        let staff_no: String = auditor.try_get(0)?;
        let row = sql(SQL).bind(&staff_no).fetch_optional(db).await?;
        let at = row.map(|row| row.try_get::<i64>(0)).transpose()?;
        latest = latest.max(at);
    }
    Ok(latest.map(Timestamp::from_millis))
}
