//! Requests for exports and the votes on them. All of it is written once.

use super::db::{Conn, Db};
use super::export_runs::RunRow;
use super::row::Row;
use super::staff::{bad, decode, id};
use super::statement::sql;
use domain::audit::event::FactorName;
use domain::clock::Timestamp;
use domain::export::{ExportDigest, Vote};
use domain::id::{BranchNo, ExportId, PersonNo, RecipientId, StaffId, StaffNo};

/// A request, with how far it is.
#[derive(Clone, Debug)]
pub struct ExportRow {
    pub id: ExportId,
    pub requester: StaffId,
    pub requester_no: StaffNo,
    pub by_person: PersonNo,
    pub by_unit: BranchNo,
    pub by_version: i64,
    pub recipient: RecipientId,
    pub recipient_name: String,
    pub frozen: Vec<u8>,
    pub digest: ExportDigest,
    pub rows: u64,
    pub votes_needed: u8,
    pub created: Timestamp,
    /// Of the draft.
    pub expires: Timestamp,
    pub submission: Option<SubmissionRow>,
    pub approvals: u8,
    pub rejections: u8,
    pub withdrawn: Option<Timestamp>,
    pub run: Option<RunRow>,
}

impl ExportRow {
    /// Which attempt at its file is the last.
    pub fn attempts(&self) -> u32 {
        self.run.as_ref().map_or(0, |run| run.attempts)
    }
}

/// When it was submitted.
#[derive(Clone, Copy, Debug)]
pub struct SubmissionRow {
    pub factor: FactorName,
    pub at: Timestamp,
    pub expires: Timestamp,
}

/// A vote.
#[derive(Clone, Debug)]
pub struct VoteRow {
    pub vote: Vote,
    pub staff_no: StaffNo,
    pub name: String,
    pub by_version: i64,
    pub note: String,
    pub think_ms: Option<i64>,
    pub at: Timestamp,
}

macro_rules! select {
    ($where:literal) => {
        concat!(
            "SELECT export.id, requester, staff.staff_no, export.by_person, export.by_unit, export.by_version, \
             recipient, recipient.name AS recipient_name, frozen, digest, row_count, votes_needed, created, \
             draft_expires, factor, submitted_at, submission_expires, withdrawn_at, \
             (SELECT COUNT(*) FROM export_vote WHERE export_vote.export = export.id AND approved = 1) AS approvals, \
             (SELECT COUNT(*) FROM export_vote WHERE export_vote.export = export.id AND approved = 0) AS rejections, \
             run.* FROM (SELECT *, created_at AS created, expires_at AS draft_expires FROM export) AS export \
             JOIN staff ON staff.id = requester JOIN recipient ON recipient.id = export.recipient \
             LEFT JOIN (SELECT export AS of_submission, factor, submitted_at, expires_at AS submission_expires \
                 FROM export_submission) AS submission ON of_submission = export.id \
             LEFT JOIN (SELECT export AS of_withdrawal, withdrawn_at FROM export_withdrawal) AS withdrawal \
                 ON of_withdrawal = export.id \
             LEFT JOIN (SELECT export AS of_run, state, asked_at, attempts, heartbeat, rows_done, code, bytes, sha256, \
                 generated_at, expires_at AS run_expires, downloaded_at, destroyed_at FROM export_run) AS run \
                 ON of_run = export.id ",
            $where
        )
    };
}

pub(super) fn factor_of(text: &str) -> sqlx::Result<FactorName> {
    match text {
        "totp" => Ok(FactorName::Totp),
        "passkey" => Ok(FactorName::Passkey),
        _ => Err(bad("factor")),
    }
}

pub(super) const fn factor_text(factor: FactorName) -> &'static str {
    match factor {
        FactorName::Totp => "totp",
        FactorName::Passkey => "passkey",
    }
}

pub(super) fn digest_of(bytes: &[u8]) -> sqlx::Result<ExportDigest> {
    bytes.try_into().map(ExportDigest::from_bytes).map_err(|_| bad("digest"))
}

fn row_of(row: &Row) -> sqlx::Result<ExportRow> {
    let time = |column| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>>(column)?.map(Timestamp::from_millis));
    let number = |column| u8::try_from(row.try_get::<i64>(column)?).map_err(|_| bad("count"));
    let submission = match (row.try_get::<Option<&str>>("factor")?, time("submitted_at")?) {
        (Some(factor), Some(at)) => Some(SubmissionRow {
            factor: factor_of(factor)?,
            at,
            expires: Timestamp::from_millis(row.try_get("submission_expires")?),
        }),
        _ => None,
    };
    Ok(ExportRow {
        id: ExportId::from_bytes(id(row.try_get("id")?)?),
        requester: StaffId::from_bytes(id(row.try_get("requester")?)?),
        requester_no: StaffNo::parse(row.try_get("staff_no")?).map_err(decode)?,
        by_person: PersonNo::parse(row.try_get("by_person")?).map_err(decode)?,
        by_unit: BranchNo::parse(row.try_get("by_unit")?).map_err(decode)?,
        by_version: row.try_get("by_version")?,
        recipient: RecipientId::from_bytes(id(row.try_get("recipient")?)?),
        recipient_name: row.try_get("recipient_name")?,
        frozen: row.try_get("frozen")?,
        digest: digest_of(row.try_get("digest")?)?,
        rows: u64::try_from(row.try_get::<i64>("row_count")?).map_err(|_| bad("row_count"))?,
        votes_needed: number("votes_needed")?,
        created: Timestamp::from_millis(row.try_get("created")?),
        expires: Timestamp::from_millis(row.try_get("draft_expires")?),
        submission,
        approvals: number("approvals")?,
        rejections: number("rejections")?,
        withdrawn: time("withdrawn_at")?,
        run: RunRow::of(row)?,
    })
}

/// The request of that name.
pub async fn find(conn: &mut Conn, export: ExportId) -> sqlx::Result<Option<ExportRow>> {
    const SQL: &str = select!("WHERE export.id = $1");
    let row = sql(SQL).bind(&export.as_bytes()[..]).fetch_optional(conn).await?;
    row.as_ref().map(row_of).transpose()
}

/// The same, outside a write transaction.
pub async fn read(db: &Db, export: ExportId) -> sqlx::Result<Option<ExportRow>> {
    const SQL: &str = select!("WHERE export.id = $1");
    let row = sql(SQL).bind(&export.as_bytes()[..]).fetch_optional(db).await?;
    row.as_ref().map(row_of).transpose()
}

/// This login's requests since then, the newest first; 200 at most.
pub async fn of_staff(db: &Db, staff: StaffId, since: Timestamp) -> sqlx::Result<Vec<ExportRow>> {
    const SQL: &str = select!("WHERE requester = $1 AND created >= $2 ORDER BY created DESC, export.id DESC LIMIT 200");
    let rows = sql(SQL).bind(&staff.as_bytes()[..]).bind(since.millis()).long().fetch_all(db).await?;
    rows.iter().map(row_of).collect()
}

/// Requests of this person that were submitted since then.
pub async fn submitted_by(db: &Db, person: &PersonNo, since: Timestamp) -> sqlx::Result<Vec<ExportRow>> {
    const SQL: &str = select!("WHERE export.by_person = $1 AND submitted_at >= $2 ORDER BY submitted_at LIMIT 500");
    let rows = sql(SQL).bind(person.as_str()).bind(since.millis()).long().fetch_all(db).await?;
    rows.iter().map(row_of).collect()
}

/// Requests that may wait for votes, the oldest first; 200 at most.
pub async fn waiting(db: &Db, now: Timestamp) -> sqlx::Result<Vec<ExportRow>> {
    const SQL: &str = select!(
        "WHERE submission_expires > $1 AND withdrawn_at IS NULL AND of_run IS NULL \
         AND (SELECT COUNT(*) FROM export_vote WHERE export_vote.export = export.id AND approved = 1) < votes_needed \
         AND NOT EXISTS (SELECT 1 FROM export_vote WHERE export_vote.export = export.id AND approved = 0) \
         ORDER BY submitted_at, export.id LIMIT 200"
    );
    let rows = sql(SQL).bind(now.millis()).long().fetch_all(db).await?;
    rows.iter().map(row_of).collect()
}

/// What was ever submitted, the newest first; 200 at most.
pub async fn submitted(db: &Db) -> sqlx::Result<Vec<ExportRow>> {
    const SQL: &str = select!("WHERE submitted_at IS NOT NULL ORDER BY submitted_at DESC, export.id DESC LIMIT 200");
    let rows = sql(SQL).long().fetch_all(db).await?;
    rows.iter().map(row_of).collect()
}

/// What the runner looks at: files to be made, to be fetched or to be destroyed, the oldest first.
pub async fn with_run(db: &Db) -> sqlx::Result<Vec<ExportRow>> {
    const SQL: &str = select!("WHERE run.state IN ('queued', 'running', 'generated', 'downloaded') ORDER BY asked_at");
    let rows = sql(SQL).long().fetch_all(db).await?;
    // One that cannot be read keeps no other from being made or destroyed.
    Ok(rows
        .iter()
        .filter_map(|row| {
            row_of(row).inspect_err(|error| tracing::error!(%error, "ALERT: an export cannot be read")).ok()
        })
        .collect())
}

/// What one person has under way and asked for.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Requests that are not ended.
    pub requests: u64,
    /// Rows of those that were submitted in the period.
    pub rows: u64,
    /// Requests that were drawn up within a day, whatever became of them.
    pub drawn: u64,
    /// Their rows.
    pub drawn_rows: u64,
}

const LOAD: &str = "SELECT \
    COUNT(CASE WHEN COALESCE(submission.expires_at, export.expires_at) > $2 \
        AND NOT EXISTS (SELECT 1 FROM export_withdrawal WHERE export_withdrawal.export = export.id) \
        AND NOT EXISTS (SELECT 1 FROM export_vote WHERE export_vote.export = export.id AND approved = 0) \
        AND NOT EXISTS (SELECT 1 FROM export_run WHERE export_run.export = export.id \
            AND state IN ('failed', 'downloaded', 'destroyed')) THEN 1 END), \
    CAST(COALESCE(SUM(CASE WHEN submission.submitted_at >= $3 THEN row_count END), 0) AS BIGINT), \
    COUNT(CASE WHEN created_at >= $2 - 86400000 THEN 1 END), \
    CAST(COALESCE(SUM(CASE WHEN created_at >= $2 - 86400000 THEN row_count END), 0) AS BIGINT) \
    FROM export LEFT JOIN export_submission AS submission ON submission.export = export.id \
    WHERE by_person = $1 AND created_at >= $3";

fn load(row: &Row) -> sqlx::Result<Load> {
    let count = |column| Ok::<_, sqlx::Error>(row.try_get::<i64>(column)?.unsigned_abs());
    Ok(Load { requests: count(0)?, rows: count(1)?, drawn: count(2)?, drawn_rows: count(3)? })
}

/// The load of one person since then.
pub async fn load_of(conn: &mut Conn, person: &PersonNo, now: Timestamp, since: Timestamp) -> sqlx::Result<Load> {
    load(&sql(LOAD).bind(person.as_str()).bind(now.millis()).bind(since.millis()).fetch_one(conn).await?)
}

/// The same, outside a write transaction.
pub async fn read_load(db: &Db, person: &PersonNo, now: Timestamp, since: Timestamp) -> sqlx::Result<Load> {
    load(&sql(LOAD).bind(person.as_str()).bind(now.millis()).bind(since.millis()).long().fetch_one(db).await?)
}

/// A request to be kept.
pub struct NewExport<'a> {
    pub id: ExportId,
    pub staff: StaffId,
    pub person: &'a PersonNo,
    pub unit: &'a BranchNo,
    pub by_version: i64,
    pub recipient: RecipientId,
    pub frozen: &'a [u8],
    pub digest: ExportDigest,
    pub rows: u64,
    pub votes_needed: u8,
    pub created: Timestamp,
    pub expires: Timestamp,
}

/// Keeps a request; from now on its rows are what they are.
pub async fn insert(conn: &mut Conn, new: &NewExport<'_>) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO export (id, requester, by_person, by_unit, by_version, recipient, frozen, digest, \
        row_count, votes_needed, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    sql(SQL)
        .bind(&new.id.as_bytes()[..])
        .bind(&new.staff.as_bytes()[..])
        .bind(new.person.as_str())
        .bind(new.unit.as_str())
        .bind(new.by_version)
        .bind(&new.recipient.as_bytes()[..])
        .bind(new.frozen)
        .bind(&new.digest.as_bytes()[..])
        .bind(new.rows as i64)
        .bind(i64::from(new.votes_needed))
        .bind(new.created.millis())
        .bind(new.expires.millis())
        .execute(conn)
        .await
        .map(drop)
}

/// Submits it; `false` if it was.
pub async fn submit(conn: &mut Conn, export: ExportId, submission: &SubmissionRow) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO export_submission (export, factor, submitted_at, expires_at) \
        VALUES ($1, $2, $3, $4) ON CONFLICT (export) DO NOTHING";
    let done = sql(SQL)
        .bind(&export.as_bytes()[..])
        .bind(factor_text(submission.factor))
        .bind(submission.at.millis())
        .bind(submission.expires.millis())
        .execute(conn)
        .await?;
    Ok(done == 1)
}

/// Takes it back; `false` if it was.
pub async fn withdraw(conn: &mut Conn, export: ExportId, at: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str =
        "INSERT INTO export_withdrawal (export, withdrawn_at) VALUES ($1, $2) ON CONFLICT (export) DO NOTHING";
    let done = sql(SQL).bind(&export.as_bytes()[..]).bind(at.millis()).execute(conn).await?;
    Ok(done == 1)
}
