//! Numbers about the whole, for whoever watches the process: counts and times, nobody's.

use super::db::Db;
use super::staff::bad;
use super::statement::sql;
use domain::clock::Timestamp;

/// The policy that an instance put in force last.
pub async fn policy_in_force(db: &Db) -> sqlx::Result<Option<[u8; 32]>> {
    const SQL: &str = "SELECT hash FROM policy_state WHERE id = 1";
    let row = sql(SQL).fetch_optional(db).await?;
    row.map(|row| row.try_get::<Vec<u8>>(0)?.try_into().map_err(|_| bad("hash"))).transpose()
}

/// Sessions that were neither ended, nor idle since then, nor begun before then.
pub async fn live_sessions(db: &Db, seen: Timestamp, started: Timestamp) -> sqlx::Result<u64> {
    const SQL: &str = "SELECT COUNT(*) FROM session WHERE ended_at IS NULL AND seen_at > $1 AND started_at > $2";
    let row = sql(SQL).bind(seen.millis()).bind(started.millis()).long().fetch_one(db).await?;
    Ok(row.try_get::<i64>(0)? as u64)
}

/// Files of exports that are to be made or are being made, and files that wait to be fetched.
pub async fn export_files(db: &Db) -> sqlx::Result<(u64, u64)> {
    const MAKE: &str = "SELECT COUNT(*) FROM export_run WHERE state IN ('queued', 'running')";
    const FETCH: &str = "SELECT COUNT(*) FROM export_run WHERE state = 'generated'";
    let make = sql(MAKE).long().fetch_one(db).await?;
    let fetch = sql(FETCH).long().fetch_one(db).await?;
    Ok((make.try_get::<i64>(0)? as u64, fetch.try_get::<i64>(0)? as u64))
}
