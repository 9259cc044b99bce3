//! Refusals alike, counted by the minute (A10).

use super::db::{Conn, Db};
use super::statement::sql;

/// What is counted together.
pub struct Flood<'a> {
    /// Who and what: a session with endpoint and code, a sign-in number, or where sign-ins came from.
    pub source: &'a str,
    pub minute: i64,
    /// How many of them are events of their own.
    pub free: i64,
    /// The counting event, but for its count.
    pub template: &'a [u8],
}

/// Counts one more and says how many there are in this minute.
pub async fn count(conn: &mut Conn, flood: &Flood<'_>) -> sqlx::Result<i64> {
    const SQL: &str = "INSERT INTO refusal_count (source, minute, count, free, template) VALUES ($1, $2, 1, $3, $4) \
        ON CONFLICT (source, minute) DO UPDATE SET count = refusal_count.count + 1 RETURNING count";
    sql(SQL)
        .bind(flood.source)
        .bind(flood.minute)
        .bind(flood.free)
        .bind(flood.template)
        .fetch_one(conn)
        .await?
        .try_get(0)
}

/// How many there are in this minute so far.
pub async fn counted(conn: &mut Conn, source: &str, minute: i64) -> sqlx::Result<i64> {
    const SQL: &str = "SELECT count FROM refusal_count WHERE source = $1 AND minute = $2";
    let row = sql(SQL).bind(source).bind(minute).fetch_optional(conn).await?;
    row.map_or(Ok(0), |row| row.try_get(0))
}

/// Forgets minutes before `minute` of which every refusal was told by itself: a flood from everywhere leaves
/// thousands of them.
pub async fn forget_told(conn: &mut Conn, minute: i64) -> sqlx::Result<()> {
    const SQL: &str = "DELETE FROM refusal_count WHERE minute < $1 AND count <= free";
    sql(SQL).bind(minute).execute(conn).await.map(drop)
}

/// A minute that is over.
pub struct Over {
    pub source: String,
    pub minute: i64,
}

/// Minutes before `minute` that are not told yet, a hundred at a time.
pub async fn over(db: &Db, minute: i64) -> sqlx::Result<Vec<Over>> {
    const SQL: &str = "SELECT source, minute FROM refusal_count WHERE minute < $1 LIMIT 100";
    let rows = sql(SQL).bind(minute).fetch_all(db).await?;
    rows.iter().map(|row| Ok(Over { source: row.try_get(0)?, minute: row.try_get(1)? })).collect()
}

/// Takes a minute out: how many no event has told, and the event's template. `None` if another process
/// took it.
pub async fn take(conn: &mut Conn, over: &Over) -> sqlx::Result<Option<(i64, Vec<u8>)>> {
    const SQL: &str = "DELETE FROM refusal_count WHERE source = $1 AND minute = $2 RETURNING count - free, template";
    let row = sql(SQL).bind(&over.source).bind(over.minute).fetch_optional(conn).await?;
    row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
}
