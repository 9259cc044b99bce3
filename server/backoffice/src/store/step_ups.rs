//! Challenges, and step-ups that are still fresh.

use super::db::{Conn, on_conn};
use super::staff::bad;
use domain::clock::Timestamp;
use domain::id::{CaseId, Challenge, CustomerId, Lineage, StaffId};
use domain::step_up::Waiting;
use sqlx::Row;

/// A challenge to be kept.
pub struct NewChallenge<'a> {
    pub challenge: Challenge,
    pub digest: &'a [u8; 32],
    pub staff: StaffId,
    pub lineage: Lineage,
    pub case: CaseId,
    pub customer: CustomerId,
    pub expires: Timestamp,
}

/// Keeps a challenge.
pub async fn insert(conn: &mut Conn, new: &NewChallenge<'_>) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO step_up (challenge, digest, staff, lineage, work_case, customer, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    on_conn!(conn, |c| sqlx::query(SQL)
        .bind(&new.challenge.as_bytes()[..])
        .bind(&new.digest[..])
        .bind(&new.staff.as_bytes()[..])
        .bind(&new.lineage.as_bytes()[..])
        .bind(&new.case.as_bytes()[..])
        .bind(&new.customer.as_bytes()[..])
        .bind(new.expires.millis())
        .execute(c)
        .await
        .map(drop))
}

/// What an event about a challenge names.
#[derive(Clone, Copy, Debug)]
pub struct ChallengeRow {
    pub waiting: Waiting,
    pub case: CaseId,
    pub customer: CustomerId,
}

/// A challenge of this session lineage; another's is not there.
pub async fn find(conn: &mut Conn, challenge: Challenge, lineage: Lineage) -> sqlx::Result<Option<ChallengeRow>> {
    const SQL: &str = "SELECT digest, expires_at, wrong, answered_at, spent_at, work_case, customer FROM step_up \
        WHERE challenge = $1 AND lineage = $2";
    let row = on_conn!(conn, |c| sqlx::query(SQL)
        .bind(&challenge.as_bytes()[..])
        .bind(&lineage.as_bytes()[..])
        .fetch_optional(c)
        .await?);
    row.map(|row| {
        let time = |column| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>, _>(column)?.map(Timestamp::from_millis));
        Ok(ChallengeRow {
            waiting: Waiting {
                challenge,
                digest: row.try_get::<&[u8], _>(0)?.try_into().map_err(|_| bad("digest"))?,
                expires: Timestamp::from_millis(row.try_get(1)?),
                wrong: row.try_get::<i64, _>(2)? as u8,
                answered: time(3)?,
                spent: time(4)?,
            },
            case: CaseId::from_bytes(super::staff::id(row.try_get(5)?)?),
            customer: CustomerId::from_bytes(super::staff::id(row.try_get(6)?)?),
        })
    })
    .transpose()
}

/// Counts a wrong code.
pub async fn count_wrong(conn: &mut Conn, challenge: Challenge) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE step_up SET wrong = wrong + 1 WHERE challenge = $1";
    on_conn!(conn, |c| sqlx::query(SQL).bind(&challenge.as_bytes()[..]).execute(c).await.map(drop))
}

/// Marks a challenge answered; `false` if it was.
pub async fn answer(conn: &mut Conn, challenge: Challenge, now: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE step_up SET answered_at = $1 \
        WHERE challenge = $2 AND answered_at IS NULL AND spent_at IS NULL";
    let done = on_conn!(conn, |c| sqlx::query(SQL)
        .bind(now.millis())
        .bind(&challenge.as_bytes()[..])
        .execute(c)
        .await?
        .rows_affected());
    Ok(done == 1)
}

/// Spends a challenge; `false` if it was spent.
pub async fn spend(conn: &mut Conn, challenge: Challenge, now: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE step_up SET spent_at = $1 \
        WHERE challenge = $2 AND answered_at IS NOT NULL AND spent_at IS NULL";
    let done = on_conn!(conn, |c| sqlx::query(SQL)
        .bind(now.millis())
        .bind(&challenge.as_bytes()[..])
        .execute(c)
        .await?
        .rows_affected());
    Ok(done == 1)
}

/// When this session last stepped up for this case and customer: the `window` tier (V2).
pub async fn last_answered(
    conn: &mut Conn,
    lineage: Lineage,
    case: CaseId,
    customer: CustomerId,
) -> sqlx::Result<Option<Timestamp>> {
    const SQL: &str = "SELECT MAX(answered_at) FROM step_up WHERE lineage = $1 AND work_case = $2 AND customer = $3";
    let row = on_conn!(conn, |c| sqlx::query(SQL)
        .bind(&lineage.as_bytes()[..])
        .bind(&case.as_bytes()[..])
        .bind(&customer.as_bytes()[..])
        .fetch_one(c)
        .await?);
    Ok(row.try_get::<Option<i64>, _>(0)?.map(Timestamp::from_millis))
}
