//! Answers of the identity provider that have served: each serves once (U9).

use super::db::Conn;
use super::statement::sql;
use domain::clock::Timestamp;

/// Takes an answer, and forgets those that no cookie is old enough for; `false` if it has served.
pub async fn take(conn: &mut Conn, answer: &[u8; 32], expires: Timestamp, now: Timestamp) -> sqlx::Result<bool> {
    const FORGET: &str = "DELETE FROM sso_answer WHERE expires_at <= $1";
    const SQL: &str = "INSERT INTO sso_answer (answer, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let taken = {
        sql(FORGET).bind(now.millis()).execute(&mut *conn).await?;
        sql(SQL).bind(&answer[..]).bind(expires.millis()).execute(&mut *conn).await?
    };
    Ok(taken == 1)
}
