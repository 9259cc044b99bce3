//! What a database that came out of a backup must forget, once.

use super::db::{Conn, Db};
use super::statement::{On, sql};
use domain::audit::event::{AuditEvent, Kind};
use domain::clock::Timestamp;
use domain::code::Code;

/// The backup that a database came out of.
pub struct Restored {
    /// SHA-256 of the file.
    pub digest: Vec<u8>,
    /// Entries of the log that came with it.
    pub size: u64,
    /// Known ones that did not; nothing if none were known to compare with.
    pub lost: Option<u64>,
    /// Who restored it.
    pub os_user: Option<String>,
}

impl Restored {
    /// How many entries the newest known checkpoint had, as far as the backup lacks some of them.
    pub(super) fn known(&self) -> Option<i64> {
        self.lost.map(|lost| (self.size + lost) as i64)
    }
}

/// That it came out of one, and nobody has opened it since: how many entries came, and how many the newest checkpoint
/// had that was known; as many, if none was.
pub async fn unnoted(db: &Db) -> sqlx::Result<Option<(u64, u64)>> {
    let row = sql("SELECT size, known FROM restored_backup WHERE id = 1").fetch_optional(db).await?;
    row.map(|row| {
        let (size, known): (i64, Option<i64>) = (row.try_get(0)?, row.try_get(1)?);
        Ok((size as u64, known.unwrap_or(size) as u64))
    })
    .transpose()
}

/// What was recorded when the log was found to lack signed entries, if nobody has agreed to that since: how many it
/// had, and how many it lacked, if that could be told.
pub async fn found_lacking<'c>(on: impl Into<On<'c>>) -> sqlx::Result<Option<(u64, Option<u64>)>> {
    const SQL: &str = "SELECT seq, bytes FROM log_entry AS found WHERE code = $1 AND kind = $2 AND NOT EXISTS \
        (SELECT 1 FROM log_entry AS agreed WHERE agreed.kind = $2 AND agreed.code IS NULL AND agreed.seq > found.seq) \
        ORDER BY seq DESC LIMIT 1";
    let kind = Kind::BackupRestored.as_str();
    let found = sql(SQL).bind(Code::LogIncomplete.as_str()).bind(kind).fetch_optional(on).await?;
    let Some(found) = found else { return Ok(None) };
    let (seq, bytes): (i64, Vec<u8>) = (found.try_get(0)?, found.try_get(1)?);
    let event = AuditEvent::decode(&bytes).map_err(|_| super::staff::bad("bytes"))?;
    Ok(Some((event.details.size.unwrap_or(seq as u64), event.details.lost)))
}

/// Takes the note of it away: it is told once.
pub async fn take(conn: &mut Conn) -> sqlx::Result<Option<Restored>> {
    const SQL: &str = "DELETE FROM restored_backup WHERE id = 1 RETURNING digest, size, known, os_user";
    let row = sql(SQL).fetch_optional(conn).await?;
    row.map(|row| {
        let (size, known): (i64, Option<i64>) = (row.try_get(1)?, row.try_get(2)?);
        let lost = known.map(|known| known.saturating_sub(size) as u64);
        Ok(Restored { digest: row.try_get(0)?, size: size as u64, lost, os_user: row.try_get(3)? })
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
