//! Cases, their notes, their handles, and what a plain-form search found.

use super::db::{Conn, Db};
use super::row::Row;
use super::staff::{bad, decode, id};
use super::statement::sql;
use domain::clock::Timestamp;
use domain::id::{CaseId, CustomerId, Handle, Lineage, NoteId, PersonNo, PurposeName, ResultId, StaffId};

/// A case as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRow {
    pub id: CaseId,
    pub staff: StaffId,
    pub purpose: PurposeName,
    pub ticket: String,
    pub identified: String,
    pub opened: Timestamp,
    pub closed: bool,
    pub customer: Option<CustomerId>,
    pub handle: Option<Handle>,
    pub version: i64,
}

/// Of the first ten columns.
pub(super) fn case_of(row: &Row) -> sqlx::Result<CaseRow> {
    let customer: Option<&[u8]> = row.try_get(7)?;
    let handle: Option<&[u8]> = row.try_get(8)?;
    Ok(CaseRow {
        id: CaseId::from_bytes(id(row.try_get(0)?)?),
        staff: StaffId::from_bytes(id(row.try_get(1)?)?),
        purpose: PurposeName::parse(row.try_get(2)?).map_err(decode)?,
        ticket: row.try_get(3)?,
        identified: row.try_get(4)?,
        opened: Timestamp::from_millis(row.try_get(5)?),
        closed: row.try_get::<Option<i64>>(6)?.is_some(),
        customer: customer.map(|bytes| id(bytes).map(CustomerId::from_bytes)).transpose()?,
        handle: handle.map(|bytes| id(bytes).map(Handle::from_bytes)).transpose()?,
        version: row.try_get(9)?,
    })
}

/// A case of this person, open or closed. Another's is not there (Q6).
pub async fn of_staff(db: &Db, case: CaseId, staff: StaffId) -> sqlx::Result<Option<CaseRow>> {
    const SQL: &str = "SELECT id, staff, purpose, ticket, identified, opened_at, closed_at, customer, handle, version \
        FROM work_case WHERE id = $1 AND staff = $2";
    let row = sql(SQL).bind(&case.as_bytes()[..]).bind(&staff.as_bytes()[..]).fetch_optional(db).await?;
    row.as_ref().map(case_of).transpose()
}

/// The same inside an act.
pub async fn of_staff_in(conn: &mut Conn, case: CaseId, staff: StaffId) -> sqlx::Result<Option<CaseRow>> {
    const SQL: &str = "SELECT id, staff, purpose, ticket, identified, opened_at, closed_at, customer, handle, version \
        FROM work_case WHERE id = $1 AND staff = $2";
    let row = sql(SQL).bind(&case.as_bytes()[..]).bind(&staff.as_bytes()[..]).fetch_optional(conn).await?;
    row.as_ref().map(case_of).transpose()
}

/// This person's open cases, newest first; there are five at most (Q1).
pub async fn open_of(db: &Db, staff: StaffId) -> sqlx::Result<Vec<CaseRow>> {
    const SQL: &str = "SELECT id, staff, purpose, ticket, identified, opened_at, closed_at, customer, handle, version \
        FROM work_case WHERE staff = $1 AND closed_at IS NULL ORDER BY opened_at DESC, id DESC";
    let rows = sql(SQL).bind(&staff.as_bytes()[..]).fetch_all(db).await?;
    rows.iter().map(case_of).collect()
}

/// How many cases of this person are open.
pub async fn count_open(conn: &mut Conn, staff: StaffId) -> sqlx::Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM work_case WHERE staff = $1 AND closed_at IS NULL";
    sql(SQL).bind(&staff.as_bytes()[..]).fetch_one(conn).await?.try_get(0)
}

/// A case to be opened.
pub struct NewCase<'a> {
    pub id: CaseId,
    pub staff: StaffId,
    pub purpose: &'a PurposeName,
    pub ticket: &'a str,
    pub identified: &'a str,
    pub note: NoteId,
    pub opened: Timestamp,
}

/// Opens a case; its note must stand already.
pub async fn insert(conn: &mut Conn, case: &NewCase<'_>) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO work_case (id, staff, purpose, ticket, identified, note, opened_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    sql(SQL)
        .bind(&case.id.as_bytes()[..])
        .bind(&case.staff.as_bytes()[..])
        .bind(case.purpose.as_str())
        .bind(case.ticket)
        .bind(case.identified)
        .bind(&case.note.as_bytes()[..])
        .bind(case.opened.millis())
        .execute(conn)
        .await
        .map(drop)
}

/// Closes a case.
pub async fn close(conn: &mut Conn, case: CaseId, now: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE work_case SET closed_at = $1, version = version + 1 WHERE id = $2 AND closed_at IS NULL";
    sql(SQL).bind(now.millis()).bind(&case.as_bytes()[..]).execute(conn).await.map(drop)
}

/// Opens a case as that one was opened: same person, purpose, ticket, identification and note.
pub async fn open_again(conn: &mut Conn, closed: CaseId, case: CaseId, now: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO work_case (id, staff, purpose, ticket, identified, note, opened_at) \
        SELECT $1, staff, purpose, ticket, identified, note, $2 FROM work_case WHERE id = $3";
    sql(SQL).bind(&case.as_bytes()[..]).bind(now.millis()).bind(&closed.as_bytes()[..]).execute(conn).await.map(drop)
}

/// Binds a case to its customer, once.
pub async fn bind(conn: &mut Conn, case: CaseId, customer: CustomerId, handle: Handle) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE work_case SET customer = $1, handle = $2, version = version + 1 \
        WHERE id = $3 AND customer IS NULL AND closed_at IS NULL";
    let bound = sql(SQL)
        .bind(&customer.as_bytes()[..])
        .bind(&handle.as_bytes()[..])
        .bind(&case.as_bytes()[..])
        .execute(conn)
        .await?;
    Ok(bound == 1)
}

/// A note's body, kept beside the log; the leaf holds a commitment (V2n).
pub struct NewNote<'a> {
    pub id: NoteId,
    pub person: &'a PersonNo,
    pub case: CaseId,
    pub salt: &'a [u8; 32],
    pub body: &'a str,
    pub written: Timestamp,
}

/// Keeps a note.
pub async fn insert_note(conn: &mut Conn, note: &NewNote<'_>) -> sqlx::Result<()> {
    const SQL: &str =
        "INSERT INTO note (id, person, work_case, salt, body, written_at) VALUES ($1, $2, $3, $4, $5, $6)";
    sql(SQL)
        .bind(&note.id.as_bytes()[..])
        .bind(note.person.as_str())
        .bind(&note.case.as_bytes()[..])
        .bind(&note.salt[..])
        .bind(note.body)
        .bind(note.written.millis())
        .execute(conn)
        .await
        .map(drop)
}

/// Bodies of this person's notes since then, but for those of `except` (V2n), its own note among them
/// wherever it was first given. Newest 500.
pub async fn notes_of(
    db: &Db,
    person: &PersonNo,
    since: Timestamp,
    except: Option<CaseId>,
) -> sqlx::Result<Vec<String>> {
    const SQL: &str = "SELECT body FROM note WHERE person = $1 AND written_at >= $2 AND work_case <> $3 \
        AND id NOT IN (SELECT note FROM work_case WHERE id = $3) ORDER BY written_at DESC LIMIT 500";
    let except = except.map_or_else(Vec::new, |case| case.as_bytes().to_vec());
    let rows = sql(SQL).bind(person.as_str()).bind(since.millis()).bind(except).long().fetch_all(db).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

/// The body of a case's own note.
pub async fn note_of_case(db: &Db, case: CaseId) -> sqlx::Result<Option<String>> {
    const SQL: &str = "SELECT body FROM note JOIN work_case ON work_case.note = note.id WHERE work_case.id = $1";
    let row = sql(SQL).bind(&case.as_bytes()[..]).fetch_optional(db).await?;
    row.map(|row| row.try_get(0)).transpose()
}

/// Mints a handle for a customer in a case, or gives back the one there is (Q8).
pub async fn mint_handle(
    conn: &mut Conn,
    case: CaseId,
    customer: CustomerId,
    fresh: Handle,
    bank_wide: bool,
    now: Timestamp,
) -> sqlx::Result<Handle> {
    const SQL: &str = "INSERT INTO handle (handle, work_case, customer, minted_at, bank_wide) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (work_case, customer) DO UPDATE SET bank_wide = handle.bank_wide | excluded.bank_wide RETURNING handle";
    let row = sql(SQL)
        .bind(&fresh.as_bytes()[..])
        .bind(&case.as_bytes()[..])
        .bind(&customer.as_bytes()[..])
        .bind(now.millis())
        .bind(i64::from(bank_wide))
        .fetch_one(conn)
        .await?;
    Ok(Handle::from_bytes(id(row.try_get(0)?)?))
}

/// The customer that a handle means in this case, and whether a search of every branch found them.
pub async fn customer_of(db: &Db, case: CaseId, handle: Handle) -> sqlx::Result<Option<(CustomerId, bool)>> {
    const SQL: &str = "SELECT customer, bank_wide FROM handle WHERE handle = $1 AND work_case = $2";
    let row = sql(SQL).bind(&handle.as_bytes()[..]).bind(&case.as_bytes()[..]).fetch_optional(db).await?;
    row.map(|row| Ok((CustomerId::from_bytes(id(row.try_get(0)?)?), row.try_get::<i64>(1)? == 1))).transpose()
}

/// Whether a search of every branch found this customer in this case.
pub async fn found_bank_wide(conn: &mut Conn, case: CaseId, customer: CustomerId) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT bank_wide FROM handle WHERE work_case = $1 AND customer = $2";
    let row = sql(SQL).bind(&case.as_bytes()[..]).bind(&customer.as_bytes()[..]).fetch_optional(conn).await?;
    row.map_or(Ok(false), |row| Ok(row.try_get::<i64>(0)? == 1))
}

/// What a plain-form search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultRow {
    pub case: CaseId,
    pub outcome: String,
    pub handles: Vec<Handle>,
}

/// Keeps a search's outcome, handles only, and forgets those that are over.
pub async fn keep_result(
    conn: &mut Conn,
    result: ResultId,
    row: &ResultRow,
    lineage: Lineage,
    expires: Timestamp,
    now: Timestamp,
) -> sqlx::Result<()> {
    const FORGET: &str = "DELETE FROM search_result WHERE expires_at <= $1";
    const SQL: &str = "INSERT INTO search_result (id, work_case, lineage, outcome, handles, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    let handles: Vec<u8> = row.handles.iter().flat_map(|handle| *handle.as_bytes()).collect();
    {
        sql(FORGET).bind(now.millis()).execute(&mut *conn).await?;
        sql(SQL)
            .bind(&result.as_bytes()[..])
            .bind(&row.case.as_bytes()[..])
            .bind(&lineage.as_bytes()[..])
            .bind(&row.outcome)
            .bind(handles)
            .bind(expires.millis())
            .execute(&mut *conn)
            .await
            .map(drop)
    }
}

/// A kept outcome of this session, if it is not over.
pub async fn kept_result(
    db: &Db,
    result: ResultId,
    lineage: Lineage,
    now: Timestamp,
) -> sqlx::Result<Option<ResultRow>> {
    const SQL: &str =
        "SELECT work_case, outcome, handles FROM search_result WHERE id = $1 AND lineage = $2 AND expires_at > $3";
    let row = sql(SQL)
        .bind(&result.as_bytes()[..])
        .bind(&lineage.as_bytes()[..])
        .bind(now.millis())
        .fetch_optional(db)
        .await?;
    row.map(|row| {
        let (handles, rest) = row.try_get::<&[u8]>(2)?.as_chunks::<16>();
        if !rest.is_empty() {
            return Err(bad("handles"));
        }
        Ok(ResultRow {
            case: CaseId::from_bytes(id(row.try_get(0)?)?),
            outcome: row.try_get(1)?,
            handles: handles.iter().map(|bytes| Handle::from_bytes(*bytes)).collect(),
        })
    })
    .transpose()
}
