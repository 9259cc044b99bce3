//! Reveals that were made, and what was done with them since.

use super::customers::Among;
use super::db::{Conn, Db};
use super::statement::sql;
use domain::clock::Timestamp;
use domain::id::CustomerId;

/// The bytes of a reveal's event; `None` for the number of anything else.
pub async fn event(db: &Db, seq: u64) -> sqlx::Result<Option<Vec<u8>>> {
    const SQL: &str = "SELECT bytes FROM log_entry WHERE seq = $1 AND kind = 'field_revealed' AND decision = 'allowed'";
    let row = sql(SQL).bind(seq as i64).fetch_optional(db).await?;
    row.map(|row| row.try_get(0)).transpose()
}

/// Counts one more use of a reveal and says how many there are.
pub async fn count(conn: &mut Conn, seq: u64, used: &str, now: Timestamp) -> sqlx::Result<i64> {
    const SQL: &str = "INSERT INTO reveal_use (seq, used, count, at) VALUES ($1, $2, 1, $3) \
        ON CONFLICT (seq, used) DO UPDATE SET count = reveal_use.count + 1 RETURNING count";
    sql(SQL).bind(seq as i64).bind(used).bind(now.millis()).fetch_one(conn).await?.try_get(0)
}

/// Whether a reveal was used so.
pub async fn was(conn: &mut Conn, seq: u64, used: &str) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT 1 FROM reveal_use WHERE seq = $1 AND used = $2";
    let row = sql(SQL).bind(seq as i64).bind(used).fetch_optional(conn).await?;
    Ok(row.is_some())
}

/// How many values of a customer among these were revealed since, and when last. Someone hidden was
/// never seen (Q6).
pub async fn since(
    db: &Db,
    customer: CustomerId,
    among: Among<'_>,
    since: Timestamp,
) -> sqlx::Result<(i64, Option<Timestamp>)> {
    const SQL: &str = "SELECT COUNT(*), MAX(time) FROM log_entry WHERE customer = $1 AND kind = 'field_revealed' \
        AND decision = 'allowed' AND time >= $2 \
        AND EXISTS (SELECT 1 FROM customer WHERE id = $1 AND (branch = $3 OR $4 = 1) AND hidden = 0)";
    let (branch, bank_wide) = among.bound();
    let row = sql(SQL)
        .bind(&customer.as_bytes()[..])
        .bind(since.millis())
        .bind(branch)
        .bind(bank_wide)
        .long()
        .fetch_one(db)
        .await?;
    Ok((row.try_get(0)?, row.try_get::<Option<i64>>(1)?.map(Timestamp::from_millis)))
}
