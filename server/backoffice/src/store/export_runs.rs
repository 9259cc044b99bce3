//! The making of files: the one row of an export that moves, and it moves forward only.

use super::db::Conn;
use super::exports::factor_text;
use super::row::Row;
use super::staff::bad;
use super::statement::sql;
use domain::audit::event::FactorName;
use domain::audit::fingerprint::Fingerprint;
use domain::clock::Timestamp;
use domain::code::Code;
use domain::id::ExportId;

/// How far a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// Waits for its turn.
    Queued,
    /// Is being made.
    Running,
    /// Could not be made.
    Failed,
    /// Waits to be fetched.
    Generated,
    /// Was fetched.
    Downloaded,
    /// Is no more.
    Destroyed,
}

impl RunState {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Queued, "queued"),
        (Self::Running, "running"),
        (Self::Failed, "failed"),
        (Self::Generated, "generated"),
        (Self::Downloaded, "downloaded"),
        (Self::Destroyed, "destroyed"),
    ];
    fn parse(text: &str) -> sqlx::Result<Self> {
        Self::ALL.into_iter().find(|(_, name)| *name == text).map(|(state, _)| state).ok_or_else(|| bad("state"))
    }
}

/// A run.
#[derive(Clone, Debug)]
pub struct RunRow {
    pub state: RunState,
    pub attempts: u32,
    pub heartbeat: Timestamp,
    pub rows_done: u64,
    pub code: Option<Code>,
    pub bytes: Option<u64>,
    pub sha256: Option<Fingerprint>,
    pub generated: Option<Timestamp>,
    pub expires: Option<Timestamp>,
    pub downloaded: Option<Timestamp>,
    pub destroyed: Option<Timestamp>,
}

impl RunRow {
    /// From columns of `export_run`, `expires_at` as `run_expires`; none where they are NULL.
    pub(super) fn of(row: &Row) -> sqlx::Result<Option<Self>> {
        let Some(state) = row.try_get::<Option<&str>>("state")? else { return Ok(None) };
        let time = |column| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>>(column)?.map(Timestamp::from_millis));
        let number = |column| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>>(column)?.map(i64::unsigned_abs));
        let code = row.try_get::<Option<&str>>("code")?;
        let sha256 = row.try_get::<Option<&[u8]>>("sha256")?;
        Ok(Some(Self {
            state: RunState::parse(state)?,
            attempts: u32::try_from(number("attempts")?.unwrap_or(0)).map_err(|_| bad("attempts"))?,
            heartbeat: Timestamp::from_millis(row.try_get("heartbeat")?),
            rows_done: number("rows_done")?.unwrap_or(0),
            code: code.and_then(|code| Code::ALL.iter().copied().find(|one| one.as_str() == code)),
            bytes: number("bytes")?,
            sha256: sha256
                .map(|bytes| bytes.try_into().map(Fingerprint::from_bytes).map_err(|_| bad("sha256")))
                .transpose()?,
            generated: time("generated_at")?,
            expires: time("run_expires")?,
            downloaded: time("downloaded_at")?,
            destroyed: time("destroyed_at")?,
        }))
    }
}

/// Queues a file; `false` if it was.
pub async fn queue(conn: &mut Conn, export: ExportId, now: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO export_run (export, state, asked_at, heartbeat) VALUES ($1, 'queued', $2, $2) \
        ON CONFLICT (export) DO NOTHING";
    let done = sql(SQL).bind(&export.as_bytes()[..]).bind(now.millis()).execute(conn).await?;
    Ok(done == 1)
}

/// Takes a file's making upon oneself: it waits, or whoever made it has not been heard of since `silent`.
pub async fn claim(conn: &mut Conn, export: ExportId, now: Timestamp, silent: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE export_run SET state = 'running', attempts = attempts + 1, heartbeat = $2, rows_done = 0 \
        WHERE export = $1 AND (state = 'queued' OR (state = 'running' AND heartbeat < $3))";
    let done = sql(SQL).bind(&export.as_bytes()[..]).bind(now.millis()).bind(silent.millis()).execute(conn).await?;
    Ok(done == 1)
}

/// Says how far it is; `false` if it is no longer this attempt's to make.
pub async fn beat(
    conn: &mut Conn,
    export: ExportId,
    attempt: u32,
    rows_done: u64,
    now: Timestamp,
) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE export_run SET heartbeat = $4, rows_done = $3 \
        WHERE export = $1 AND attempts = $2 AND state = 'running' \
        AND NOT EXISTS (SELECT 1 FROM export_withdrawal WHERE export_withdrawal.export = $1)";
    let done = sql(SQL)
        .bind(&export.as_bytes()[..])
        .bind(i64::from(attempt))
        .bind(rows_done as i64)
        .bind(now.millis())
        .execute(conn)
        .await?;
    Ok(done == 1)
}

/// Gives a file's making up for good; `false` if it is no longer this attempt's to give up.
pub async fn fail(conn: &mut Conn, export: ExportId, attempt: u32, code: Code) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE export_run SET state = 'failed', code = $2 \
        WHERE export = $1 AND attempts = $3 AND state IN ('queued', 'running')";
    let done = sql(SQL).bind(&export.as_bytes()[..]).bind(code.as_str()).bind(i64::from(attempt)).execute(conn).await?;
    Ok(done == 1)
}

/// A file that is there.
pub struct Made {
    pub rows: u64,
    pub bytes: u64,
    pub sha256: Fingerprint,
    pub at: Timestamp,
    pub expires: Timestamp,
}

/// Says that it is there; `false` if it is no longer this attempt's to say.
pub async fn made(conn: &mut Conn, export: ExportId, attempt: u32, made: &Made) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE export_run SET state = 'generated', rows_done = $3, bytes = $4, sha256 = $5, \
        generated_at = $6, expires_at = $7 WHERE export = $1 AND attempts = $2 AND state = 'running'";
    let done = sql(SQL)
        .bind(&export.as_bytes()[..])
        .bind(i64::from(attempt))
        .bind(made.rows as i64)
        .bind(made.bytes as i64)
        .bind(&made.sha256.as_bytes()[..])
        .bind(made.at.millis())
        .bind(made.expires.millis())
        .execute(conn)
        .await?;
    Ok(done == 1)
}

/// Hands it out; `false` if it was, or is no more. That it is by another kind of factor the database sees to as well.
pub async fn download(conn: &mut Conn, export: ExportId, factor: FactorName, now: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE export_run SET state = 'downloaded', download_factor = $2, downloaded_at = $3 \
        WHERE export = $1 AND state = 'generated' AND expires_at > $3";
    let done = sql(SQL).bind(&export.as_bytes()[..]).bind(factor_text(factor)).bind(now.millis()).execute(conn).await?;
    Ok(done == 1)
}

/// Says that the file is no more; `false` if it was said.
pub async fn destroyed(conn: &mut Conn, export: ExportId, now: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE export_run SET state = 'destroyed', destroyed_at = $2 \
        WHERE export = $1 AND state IN ('generated', 'downloaded')";
    let done = sql(SQL).bind(&export.as_bytes()[..]).bind(now.millis()).execute(conn).await?;
    Ok(done == 1)
}
