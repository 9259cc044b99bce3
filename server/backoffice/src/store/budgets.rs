//! Budgets: meters, and when each customer was last seen (Q4). Each query serves all three scopes at once.

use super::db::{Conn, Db};
use super::row::Row;
use super::staff::bad;
use super::statement::sql;
use domain::budget::{Counter, Meter, Scope};
use domain::clock::Timestamp;
use domain::id::{BranchNo, CustomerId, PersonNo, PurposeName};

/// Whose budgets.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    pub person: &'a PersonNo,
    pub branch: &'a BranchNo,
    /// No purpose's, if none is given.
    pub purpose: Option<&'a PurposeName>,
}

impl Names<'_> {
    /// No purpose is called by the empty name.
    fn purpose(&self) -> &str {
        self.purpose.map_or("", PurposeName::as_str)
    }
}

/// The meters of these counters, three at most, in one statement; one that was never written is not there.
pub async fn meters(
    conn: &mut Conn,
    names: Names<'_>,
    counters: &[Counter],
) -> sqlx::Result<Vec<(Scope, Counter, Meter)>> {
    const SQL: &str = "SELECT scope, counter, meter FROM budget_meter \
        WHERE scope = 'person' AND name = $1 AND counter IN ($4, $5, $6) UNION ALL \
        SELECT scope, counter, meter FROM budget_meter \
        WHERE scope = 'branch' AND name = $2 AND counter IN ($4, $5, $6) UNION ALL \
        SELECT scope, counter, meter FROM budget_meter \
        WHERE scope = 'purpose' AND name = $3 AND counter IN ($4, $5, $6)";
    // A place that is not needed asks for a counter that is asked for already.
    let counter = |place| counters.get(place).or(counters.first()).map_or("", |counter: &Counter| counter.as_str());
    let rows = sql(SQL)
        .bind(names.person.as_str())
        .bind(names.branch.as_str())
        .bind(names.purpose())
        .bind(counter(0))
        .bind(counter(1))
        .bind(counter(2))
        .fetch_all(conn)
        .await?;
    rows.iter().map(counted).collect()
}

fn counted(row: &Row) -> sqlx::Result<(Scope, Counter, Meter)> {
    let counter = Counter::parse(row.try_get(1)?).ok_or_else(|| bad("counter"))?;
    Ok((scope(row.try_get(0)?)?, counter, meter(row.try_get(2)?)?))
}

/// The meters of every counter.
pub async fn all_meters(db: &Db, names: Names<'_>) -> sqlx::Result<Vec<(Scope, Counter, Meter)>> {
    const SQL: &str = "\
        SELECT scope, counter, meter FROM budget_meter WHERE scope = 'person' AND name = $1 UNION ALL \
        SELECT scope, counter, meter FROM budget_meter WHERE scope = 'branch' AND name = $2 UNION ALL \
        SELECT scope, counter, meter FROM budget_meter WHERE scope = 'purpose' AND name = $3";
    let rows =
        sql(SQL).bind(names.person.as_str()).bind(names.branch.as_str()).bind(names.purpose()).fetch_all(db).await?;
    rows.iter().map(counted).collect()
}

/// Writes a counter's meters: the person's, the branch's, the purpose's.
pub async fn put(
    conn: &mut Conn,
    names: Names<'_>,
    counter: Counter,
    meters: [&Meter; 3],
    now: Timestamp,
) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO budget_meter (scope, name, counter, meter, counted_at) VALUES \
        ('person', $1, $4, $5, $8), ('branch', $2, $4, $6, $8), ('purpose', $3, $4, $7, $8) \
        ON CONFLICT (scope, name, counter) DO UPDATE SET meter = excluded.meter, counted_at = excluded.counted_at";
    let [person, branch, purpose] = meters.map(Meter::to_bytes);
    sql(SQL)
        .bind(names.person.as_str())
        .bind(names.branch.as_str())
        .bind(names.purpose())
        .bind(counter.as_str())
        .bind(person)
        .bind(branch)
        .bind(purpose)
        .bind(now.millis())
        .execute(conn)
        .await
        .map(drop)
}

/// When the customer was last counted, by scope.
pub async fn seen(conn: &mut Conn, names: Names<'_>, customer: CustomerId) -> sqlx::Result<Vec<(Scope, Timestamp)>> {
    const SQL: &str = "\
        SELECT scope, seen_at FROM budget_customer WHERE scope = 'person' AND name = $1 AND customer = $4 UNION ALL \
        SELECT scope, seen_at FROM budget_customer WHERE scope = 'branch' AND name = $2 AND customer = $4 UNION ALL \
        SELECT scope, seen_at FROM budget_customer WHERE scope = 'purpose' AND name = $3 AND customer = $4";
    let rows = sql(SQL)
        .bind(names.person.as_str())
        .bind(names.branch.as_str())
        .bind(names.purpose())
        .bind(&customer.as_bytes()[..])
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| Ok((scope(row.try_get(0)?)?, Timestamp::from_millis(row.try_get(1)?)))).collect()
}

/// The customer is counted now, in all three scopes.
pub async fn see(conn: &mut Conn, names: Names<'_>, customer: CustomerId, now: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO budget_customer (scope, name, customer, seen_at) VALUES \
        ('person', $1, $4, $5), ('branch', $2, $4, $5), ('purpose', $3, $4, $5) \
        ON CONFLICT (scope, name, customer) DO UPDATE SET seen_at = excluded.seen_at";
    sql(SQL)
        .bind(names.person.as_str())
        .bind(names.branch.as_str())
        .bind(names.purpose())
        .bind(&customer.as_bytes()[..])
        .bind(now.millis())
        .execute(conn)
        .await
        .map(drop)
}

/// Forgets what was last counted before `before`: no window reaches so far.
pub async fn forget(conn: &mut Conn, before: Timestamp) -> sqlx::Result<()> {
    const METERS: &str = "DELETE FROM budget_meter WHERE counted_at < $1";
    const CUSTOMERS: &str = "DELETE FROM budget_customer WHERE seen_at < $1";
    {
        sql(METERS).bind(before.millis()).execute(&mut *conn).await?;
        sql(CUSTOMERS).bind(before.millis()).execute(&mut *conn).await.map(drop)
    }
}

fn scope(text: &str) -> sqlx::Result<Scope> {
    Scope::parse(text).ok_or_else(|| bad("scope"))
}

fn meter(bytes: &[u8]) -> sqlx::Result<Meter> {
    Meter::from_bytes(bytes).map_err(|_| bad("meter"))
}
