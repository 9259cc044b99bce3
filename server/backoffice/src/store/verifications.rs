//! What verifications of the whole log came to (A4, S7).

use super::db::{Conn, Db};
use super::staff::bad;
use super::statement::sql;
use domain::audit::event::VerdictName;
use domain::clock::Timestamp;
use domain::desk::Verification;
use domain::id::EventId;

/// Keeps one, under the id of its event.
pub async fn insert(conn: &mut Conn, event: EventId, verification: &Verification) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO log_verification (id, at, size, verdict, findings, first, took_ms) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    sql(SQL)
        .bind(&event.as_bytes()[..])
        .bind(verification.at.millis())
        .bind(verification.size as i64)
        .bind(verification.verdict.as_str())
        .bind(verification.findings as i64)
        .bind(verification.first.map(|seq| seq as i64))
        .bind(verification.took_ms)
        .execute(conn)
        .await
        .map(drop)
}

/// The last one.
pub async fn last(db: &Db) -> sqlx::Result<Option<Verification>> {
    const SQL: &str =
        "SELECT at, size, verdict, findings, first, took_ms FROM log_verification ORDER BY at DESC, size DESC LIMIT 1";
    let row = sql(SQL).fetch_optional(db).await?;
    row.map(|row| {
        let verdict: String = row.try_get(2)?;
        Ok(Verification {
            at: Timestamp::from_millis(row.try_get(0)?),
            size: row.try_get::<i64>(1)? as u64,
            verdict: [VerdictName::Whole, VerdictName::NotWhole]
                .into_iter()
                .find(|known| known.as_str() == verdict)
                .ok_or_else(|| bad("verdict"))?,
            findings: row.try_get::<i64>(3)? as u64,
            first: row.try_get::<Option<i64>>(4)?.map(|seq| seq as u64),
            took_ms: row.try_get(5)?,
        })
    })
    .transpose()
}
