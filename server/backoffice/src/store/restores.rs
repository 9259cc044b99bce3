//! What a database that came out of a backup must forget, once.

use super::db::{Conn, Db};
use super::statement::sql;
use domain::clock::Timestamp;

/// The backup that a database came out of.
pub struct Restored {
    /// SHA-256 of the file.
    pub digest: Vec<u8>,
    /// Entries of the log that came with it.
    pub size: u64,
    /// Known ones that did not.
    pub lost: u64,
    /// Who restored it.
    pub os_user: Option<String>,
}

/// Whether it came out of one, and nobody has opened it since.
pub async fn unnoted(db: &Db) -> sqlx::Result<bool> {
    sql("SELECT EXISTS (SELECT 1 FROM restored_backup)").fetch_one(db).await?.try_get(0)
}

/// Takes the note of it away: it is told once.
pub async fn take(conn: &mut Conn) -> sqlx::Result<Option<Restored>> {
    const SQL: &str = "DELETE FROM restored_backup WHERE id = 1 RETURNING digest, size, lost, os_user";
    let row = sql(SQL).fetch_optional(conn).await?;
    row.map(|row| {
        let (size, lost): (i64, i64) = (row.try_get(1)?, row.try_get(2)?);
        Ok(Restored { digest: row.try_get(0)?, size: size as u64, lost: lost as u64, os_user: row.try_get(3)? })
    })
    .transpose()
}

/// Ends what lived when the backup was made: sessions, challenges, links, half-done sign-ins and exports. Of codes, none
/// of a step up to `used_step` serves again. Gives back how many sessions were ended.
pub async fn end_what_lived(conn: &mut Conn, now: Timestamp, used_step: i64) -> sqlx::Result<u64> {
    const SESSIONS: &str = "UPDATE session SET ended_by = 'admin', \
        ended_at = CASE WHEN seen_at > $1 THEN seen_at ELSE $1 END WHERE ended_at IS NULL";
    const CHALLENGES: &str = "UPDATE step_up SET expires_at = 0 WHERE spent_at IS NULL";
    const LINKS: &str = "UPDATE enrol_link SET expires_at = $1 WHERE used_at IS NULL AND expires_at > $1";
    const TRIES: &str = "DELETE FROM sign_in_try";
    // It may have been made and fetched since the backup.
    const RUNS: &str = "UPDATE export_run SET state = 'failed', code = 'export_changed' \
        WHERE state IN ('queued', 'running')";
    const CODES: &str = "UPDATE staff SET totp_step = $1 WHERE totp_step < $1";
    let ended = sql(SESSIONS).bind(now.millis()).execute(&mut *conn).await?;
    sql(CHALLENGES).execute(&mut *conn).await?;
    sql(LINKS).bind(now.millis()).execute(&mut *conn).await?;
    sql(TRIES).execute(&mut *conn).await?;
    sql(RUNS).execute(&mut *conn).await?;
    sql(CODES).bind(used_step).execute(conn).await?;
    Ok(ended)
}
