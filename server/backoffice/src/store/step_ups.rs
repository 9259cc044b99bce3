//! Challenges, and step-ups that are still fresh.

use super::db::{Conn, Db};
use super::row::Row;
use super::staff::bad;
use super::statement::sql;
use domain::audit::event::FactorName;
use domain::clock::Timestamp;
use domain::id::{CaseId, Challenge, CustomerId, Lineage, StaffId};
use domain::step_up::Waiting;

/// A challenge to be kept.
pub struct NewChallenge<'a> {
    pub challenge: Challenge,
    pub digest: &'a [u8; 32],
    pub staff: StaffId,
    pub lineage: Lineage,
    /// None for an act of one's own.
    pub case: Option<CaseId>,
    pub customer: Option<CustomerId>,
    pub expires: Timestamp,
    /// Random; what a passkey signs besides the act.
    pub nonce: [u8; 32],
}

/// Keeps a challenge.
pub async fn insert(conn: &mut Conn, new: &NewChallenge<'_>) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO step_up (challenge, digest, staff, lineage, work_case, customer, expires_at, nonce) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    sql(SQL)
        .bind(&new.challenge.as_bytes()[..])
        .bind(&new.digest[..])
        .bind(&new.staff.as_bytes()[..])
        .bind(&new.lineage.as_bytes()[..])
        .bind(new.case.as_ref().map_or(&[][..], |case| &case.as_bytes()[..]))
        .bind(new.customer.as_ref().map_or(&[][..], |customer| &customer.as_bytes()[..]))
        .bind(new.expires.millis())
        .bind(&new.nonce[..])
        .execute(conn)
        .await
        .map(drop)
}

/// A challenge, what an event about it names, and what a passkey signs besides the act.
#[derive(Clone, Debug)]
pub struct ChallengeRow {
    pub waiting: Waiting,
    pub case: Option<CaseId>,
    pub customer: Option<CustomerId>,
    pub nonce: Vec<u8>,
    /// Which factor answered it.
    pub factor: Option<FactorName>,
}

const FIND: &str = "SELECT digest, expires_at, wrong, answered_at, spent_at, work_case, customer, nonce, factor \
    FROM step_up WHERE challenge = $1 AND lineage = $2";

/// A challenge of this session lineage; another's is not there.
pub async fn find(conn: &mut Conn, challenge: Challenge, lineage: Lineage) -> sqlx::Result<Option<ChallengeRow>> {
    let row = sql(FIND).bind(&challenge.as_bytes()[..]).bind(&lineage.as_bytes()[..]).fetch_optional(conn).await?;
    row.map(|row| challenge_of(challenge, &row)).transpose()
}

/// The same, outside a write transaction: what was read must hold in the act.
pub async fn read(db: &Db, challenge: Challenge, lineage: Lineage) -> sqlx::Result<Option<ChallengeRow>> {
    let row = sql(FIND).bind(&challenge.as_bytes()[..]).bind(&lineage.as_bytes()[..]).fetch_optional(db).await?;
    row.map(|row| challenge_of(challenge, &row)).transpose()
}

fn challenge_of(challenge: Challenge, row: &Row) -> sqlx::Result<ChallengeRow> {
    let time = |column| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>>(column)?.map(Timestamp::from_millis));
    let about = |column| match row.try_get::<&[u8]>(column)? {
        [] => Ok::<_, sqlx::Error>(None),
        bytes => super::staff::id(bytes).map(Some),
    };
    Ok(ChallengeRow {
        waiting: Waiting {
            challenge,
            digest: row.try_get::<&[u8]>(0)?.try_into().map_err(|_| bad("digest"))?,
            expires: Timestamp::from_millis(row.try_get(1)?),
            wrong: row.try_get::<i64>(2)? as u8,
            answered: time(3)?,
            spent: time(4)?,
        },
        case: about(5)?.map(CaseId::from_bytes),
        customer: about(6)?.map(CustomerId::from_bytes),
        nonce: row.try_get(7)?,
        factor: row.try_get::<Option<&str>>(8)?.map(factor_of).transpose()?,
    })
}

const fn name_of(factor: FactorName) -> &'static str {
    match factor {
        FactorName::Totp => "totp",
        FactorName::Passkey => "passkey",
    }
}

fn factor_of(name: &str) -> sqlx::Result<FactorName> {
    [FactorName::Totp, FactorName::Passkey]
        .into_iter()
        .find(|known| name_of(*known) == name)
        .ok_or_else(|| bad("factor"))
}

/// Counts a wrong code.
pub async fn count_wrong(conn: &mut Conn, challenge: Challenge) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE step_up SET wrong = wrong + 1 WHERE challenge = $1";
    sql(SQL).bind(&challenge.as_bytes()[..]).execute(conn).await.map(drop)
}

/// Marks a challenge answered by this factor; `false` if it was.
pub async fn answer(conn: &mut Conn, challenge: Challenge, factor: FactorName, now: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE step_up SET answered_at = $1, factor = $3 \
        WHERE challenge = $2 AND answered_at IS NULL AND spent_at IS NULL";
    let done = sql(SQL).bind(now.millis()).bind(&challenge.as_bytes()[..]).bind(name_of(factor)).execute(conn).await?;
    Ok(done == 1)
}

/// Spends a challenge; `false` if it was spent.
pub async fn spend(conn: &mut Conn, challenge: Challenge, now: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE step_up SET spent_at = $1 \
        WHERE challenge = $2 AND answered_at IS NOT NULL AND spent_at IS NULL";
    let done = sql(SQL).bind(now.millis()).bind(&challenge.as_bytes()[..]).execute(conn).await?;
    Ok(done == 1)
}

/// When, and by which factor, this session last stepped up for this case and customer: the `window` tier (V2).
pub async fn last_answered(
    conn: &mut Conn,
    lineage: Lineage,
    case: CaseId,
    customer: CustomerId,
) -> sqlx::Result<Option<(Timestamp, FactorName)>> {
    const SQL: &str = "SELECT answered_at, COALESCE(factor, 'totp') FROM step_up \
        WHERE lineage = $1 AND work_case = $2 AND customer = $3 AND answered_at IS NOT NULL \
        ORDER BY answered_at DESC LIMIT 1";
    let row = sql(SQL)
        .bind(&lineage.as_bytes()[..])
        .bind(&case.as_bytes()[..])
        .bind(&customer.as_bytes()[..])
        .fetch_optional(conn)
        .await?;
    row.map(|row| Ok((Timestamp::from_millis(row.try_get(0)?), factor_of(row.try_get(1)?)?))).transpose()
}
