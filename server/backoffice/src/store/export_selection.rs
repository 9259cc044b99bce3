//! Which customers a request selects: of named cases, or of a bounded window (E1). No function here goes beyond a
//! [`Window`] of one branch or cases of one person.

use super::db::{Conn, Db};
use super::row::Row;
use super::staff::{decode, id};
use super::statement::{sql, sql_of_parts};
use domain::clock::Timestamp;
use domain::export::{FrozenRows, RowsHasher, Selection, Window};
use domain::id::{BranchNo, CaseId, CustomerId, ExportId, PurposeName, StaffId};

/// Ids that are read, or written, at once.
const PAGE: usize = 2_000;

/// A case whose customer may be exported.
#[derive(Clone, Debug)]
pub struct BoundCase {
    pub id: CaseId,
    pub purpose: PurposeName,
    pub ticket: String,
    pub opened: Timestamp,
}

/// This login's cases that count and are bound to a customer who is there, the newest first; 200 at most.
pub async fn bound_cases(db: &Db, staff: StaffId, bounds: CaseBounds<'_>) -> sqlx::Result<Vec<BoundCase>> {
    const SQL: &str = "SELECT work_case.id, purpose, ticket, opened_at FROM work_case \
        JOIN customer ON customer.id = work_case.customer AND hidden = 0 \
        WHERE staff = $1 AND opened_at >= $2 AND (branch = $3 OR EXISTS (SELECT 1 FROM handle \
            WHERE handle.work_case = work_case.id AND handle.customer = work_case.customer AND bank_wide = 1)) \
        ORDER BY opened_at DESC, work_case.id DESC LIMIT 200";
    let rows = sql(SQL)
        .bind(&staff.as_bytes()[..])
        .bind(bounds.since.millis())
        .bind(bounds.branch.as_str())
        .long()
        .fetch_all(db)
        .await?;
    let case = |row: &Row| {
        Ok(BoundCase {
            id: CaseId::from_bytes(id(row.try_get(0)?)?),
            purpose: PurposeName::parse(row.try_get(1)?).map_err(decode)?,
            ticket: row.try_get(2)?,
            opened: Timestamp::from_millis(row.try_get(3)?),
        })
    };
    rows.iter().map(case).collect()
}

/// Which cases count: opened since then, and about customers of this branch or found by a search of the whole bank.
#[derive(Clone, Copy, Debug)]
pub struct CaseBounds<'a> {
    pub since: Timestamp,
    pub branch: &'a BranchNo,
}

/// The customer that one of this login's cases is bound to, if they are there.
async fn of_case(
    db: &Db,
    staff: StaffId,
    case: CaseId,
    bounds: CaseBounds<'_>,
) -> sqlx::Result<Option<(CustomerId, String)>> {
    const SQL: &str = "SELECT work_case.customer, ticket FROM work_case \
        JOIN customer ON customer.id = work_case.customer AND hidden = 0 \
        WHERE work_case.id = $1 AND staff = $2 AND opened_at >= $3 AND (branch = $4 OR EXISTS (SELECT 1 FROM handle \
            WHERE handle.work_case = work_case.id AND handle.customer = work_case.customer AND bank_wide = 1))";
    let row = sql(SQL)
        .bind(&case.as_bytes()[..])
        .bind(&staff.as_bytes()[..])
        .bind(bounds.since.millis())
        .bind(bounds.branch.as_str())
        .fetch_optional(db)
        .await?;
    row.map(|row| Ok((CustomerId::from_bytes(id(row.try_get(0)?)?), row.try_get(1)?))).transpose()
}

/// The work orders of these cases, those that are this login's.
pub async fn tickets(db: &Db, staff: StaffId, cases: &[CaseId], bounds: CaseBounds<'_>) -> sqlx::Result<Vec<String>> {
    let mut tickets = Vec::with_capacity(cases.len());
    for case in cases {
        tickets.extend(of_case(db, staff, *case, bounds).await?.map(|(_, ticket)| ticket));
    }
    Ok(tickets)
}

/// The customers of a selection in ascending order, each once: `most` and one more at most, so that too many show.
/// None if one of its cases is not this login's, or has no customer who is there.
pub async fn select(
    db: &Db,
    staff: StaffId,
    selection: &Selection,
    bounds: CaseBounds<'_>,
    most: u64,
) -> sqlx::Result<Option<Vec<CustomerId>>> {
    let mut customers = match selection {
        Selection::Cases { cases } => {
            let mut customers = Vec::with_capacity(cases.len());
            for case in cases {
                let Some((customer, _)) = of_case(db, staff, *case, bounds).await? else { return Ok(None) };
                customers.push(customer);
            }
            customers
        }
        Selection::Opened { branch, window, product } => opened(db, branch, window, product.as_deref(), most).await?,
    };
    customers.sort_unstable();
    customers.dedup();
    Ok(Some(customers))
}

/// Page by page along the index of branch and day.
async fn opened(
    db: &Db,
    branch: &BranchNo,
    window: &Window,
    product: Option<&str>,
    most: u64,
) -> sqlx::Result<Vec<CustomerId>> {
    const SQL: &str = "SELECT id, opened_on FROM customer WHERE branch = $1 AND opened_on >= $2 AND opened_on <= $3 \
        AND (opened_on > $2 OR id > $4) AND ($5 IS NULL OR product = $5) AND hidden = 0 \
        ORDER BY opened_on, id LIMIT $6";
    let (mut from, mut after) = (window.from().as_str().to_owned(), Vec::new());
    let mut customers = Vec::new();
    loop {
        let rows = sql(SQL)
            .bind(branch.as_str())
            .bind(&from)
            .bind(window.to().as_str())
            .bind(&after)
            .bind(product)
            .bind(PAGE as i64)
            .long()
            .fetch_all(db)
            .await?;
        for row in &rows {
            customers.push(CustomerId::from_bytes(id(row.try_get(0)?)?));
        }
        let Some(last) = rows.last().filter(|_| rows.len() == PAGE && customers.len() as u64 <= most) else {
            return Ok(customers);
        };
        (after, from) = (last.try_get(0)?, last.try_get(1)?);
    }
}

/// Whether the selection, made anew, is these rows and no others.
pub async fn still_selects(
    db: &Db,
    staff: StaffId,
    selection: &Selection,
    bounds: CaseBounds<'_>,
    export: ExportId,
) -> sqlx::Result<bool> {
    match selection {
        Selection::Cases { .. } => {
            let Some(customers) = select(db, staff, selection, bounds, u64::MAX).await? else { return Ok(false) };
            let mut hasher = RowsHasher::default();
            customers.into_iter().for_each(|customer| hasher.push(customer));
            Ok(hasher.finish() == rows_of(db, export).await?)
        }
        Selection::Opened { branch, window, product } => {
            const SELECTED: &str = "SELECT COUNT(*) FROM customer WHERE branch = $1 AND opened_on >= $2 \
                AND opened_on <= $3 AND ($4 IS NULL OR product = $4) AND hidden = 0";
            const FROZEN: &str = "SELECT COUNT(*), COUNT(CASE WHEN branch = $1 AND opened_on >= $2 AND opened_on <= $3 \
                AND ($4 IS NULL OR product = $4) AND hidden = 0 THEN 1 END) \
                FROM export_row LEFT JOIN customer ON customer.id = export_row.customer WHERE export = $5";
            let (from, to) = (window.from().as_str(), window.to().as_str());
            let selected: i64 = sql(SELECTED)
                .bind(branch.as_str())
                .bind(from)
                .bind(to)
                .bind(product.as_deref())
                .long()
                .fetch_one(db)
                .await?
                .try_get(0)?;
            let row = sql(FROZEN)
                .bind(branch.as_str())
                .bind(from)
                .bind(to)
                .bind(product.as_deref())
                .bind(&export.as_bytes()[..])
                .long()
                .fetch_one(db)
                .await?;
            // All frozen rows are selected, and as many are selected as were frozen: the same rows.
            let (frozen, both): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
            Ok(frozen == both && frozen == selected)
        }
    }
}

/// What the frozen rows come to now.
pub async fn rows_of(db: &Db, export: ExportId) -> sqlx::Result<FrozenRows> {
    const SQL: &str = "SELECT customer FROM export_row WHERE export = $1 AND customer > $2 ORDER BY customer LIMIT $3";
    let mut hasher = RowsHasher::default();
    let mut after = Vec::new();
    loop {
        let rows = sql(SQL).bind(&export.as_bytes()[..]).bind(&after).bind(PAGE as i64).long().fetch_all(db).await?;
        for row in &rows {
            hasher.push(CustomerId::from_bytes(id(row.try_get(0)?)?));
        }
        let Some(last) = rows.last() else { return Ok(hasher.finish()) };
        after = last.try_get(0)?;
    }
}

/// The customers at these places of a request, from 0.
pub async fn at(db: &Db, export: ExportId, places: &[u64]) -> sqlx::Result<Vec<CustomerId>> {
    const SQL: &str = "SELECT customer FROM export_row WHERE export = $1 ORDER BY customer LIMIT 1 OFFSET $2";
    let mut customers = Vec::with_capacity(places.len());
    for place in places {
        let row = sql(SQL).bind(&export.as_bytes()[..]).bind(*place as i64).fetch_optional(db).await?;
        if let Some(row) = row {
            customers.push(CustomerId::from_bytes(id(row.try_get(0)?)?));
        }
    }
    Ok(customers)
}

/// Says that a request is being drawn up: if it never comes to be, its rows are swept away.
pub async fn begin(conn: &mut Conn, export: ExportId, at: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO export_staging (export, begun_at) VALUES ($1, $2) ON CONFLICT (export) DO NOTHING";
    sql(SQL).bind(&export.as_bytes()[..]).bind(at.millis()).execute(conn).await.map(drop)
}

/// Writes rows of a request that is being drawn up.
pub async fn stage(conn: &mut Conn, export: ExportId, customers: &[CustomerId]) -> sqlx::Result<()> {
    for some in customers.chunks(PAGE) {
        let tuples: Vec<String> = (0..some.len()).map(|n| format!("($1, ${})", n + 2)).collect();
        let sql = format!("INSERT INTO export_row (export, customer) VALUES {}", tuples.join(","));
        {
            let query = sql_of_parts(sql).bind(&export.as_bytes()[..]);
            some.iter().fold(query, |query, one| query.bind(&one.as_bytes()[..])).execute(&mut *conn).await?
        };
    }
    Ok(())
}

/// Requests that were begun before then and never came to be, and drafts that nobody submitted in their time; 20 at
/// most.
pub async fn unfinished(db: &Db, before: Timestamp) -> sqlx::Result<Vec<ExportId>> {
    const SQL: &str = "SELECT export FROM export_staging WHERE begun_at < $1 \
        AND NOT EXISTS (SELECT 1 FROM export_submission WHERE export_submission.export = export_staging.export) \
        AND NOT EXISTS (SELECT 1 FROM export WHERE export.id = export_staging.export AND expires_at >= $1) LIMIT 20";
    let rows = sql(SQL).bind(before.millis()).long().fetch_all(db).await?;
    rows.iter().map(|row| Ok(ExportId::from_bytes(id(row.try_get(0)?)?))).collect()
}

/// Forgets the rows of a request that was never submitted, and that it has any.
pub async fn forget(conn: &mut Conn, export: ExportId) -> sqlx::Result<()> {
    const ROWS: &str = "DELETE FROM export_row WHERE export = $1 \
        AND NOT EXISTS (SELECT 1 FROM export_submission WHERE export = $1)";
    const STAGED: &str = "DELETE FROM export_staging WHERE export = $1";
    sql(ROWS).bind(&export.as_bytes()[..]).execute(&mut *conn).await?;
    sql(STAGED).bind(&export.as_bytes()[..]).execute(conn).await.map(drop)
}
