//! Answers of the identity provider that have served: each serves once (U9).

use super::db::{Conn, on_conn};
use domain::clock::Timestamp;

/// Takes an answer, and forgets those that no cookie is old enough for; `false` if it has served.
pub async fn take(conn: &mut Conn, answer: &[u8; 32], expires: Timestamp, now: Timestamp) -> sqlx::Result<bool> {
    const FORGET: &str = "DELETE FROM sso_answer WHERE expires_at <= $1";
    const SQL: &str = "INSERT INTO sso_answer (answer, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let taken = on_conn!(conn, |c| {
        sqlx::query(FORGET).bind(now.millis()).execute(&mut *c).await?;
        sqlx::query(SQL).bind(&answer[..]).bind(expires.millis()).execute(&mut *c).await?.rows_affected()
    });
    Ok(taken == 1)
}
