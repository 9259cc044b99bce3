//! To whom files go. What is known of a recipient is written once; so is what a second person said.

use super::db::{Conn, Db};
use super::row::Row;
use super::staff::{bad, decode, id};
use super::statement::sql;
use domain::clock::Timestamp;
use domain::export::RecipientKind;
use domain::id::{BranchNo, PersonNo, RecipientId, StaffId, StaffNo};

/// A recipient, with what became of it.
#[derive(Clone, Debug)]
pub struct RecipientRow {
    pub id: RecipientId,
    pub known: Known,
    pub proposed_by: StaffNo,
    pub by_person: PersonNo,
    pub by_unit: BranchNo,
    pub by_version: i64,
    pub proposed: Timestamp,
    pub expires: Timestamp,
    pub decision: Option<RecipientDecisionRow>,
    pub ended: Option<Timestamp>,
}

/// What is known of a recipient.
#[derive(Clone, Debug)]
pub struct Known {
    pub name: String,
    pub kind: RecipientKind,
    pub contact: String,
    pub key: String,
    pub assessment: String,
    pub assessed_until: Timestamp,
    pub commitment: String,
}

/// What a second person said.
#[derive(Clone, Debug)]
pub struct RecipientDecisionRow {
    pub confirmed: bool,
    pub channel: String,
    pub note: String,
    pub by: StaffNo,
    pub by_person: PersonNo,
    pub at: Timestamp,
}

macro_rules! select {
    ($where:literal) => {
        concat!(
            "SELECT recipient.id, recipient.name, kind, contact, sealing_key, assessment, assessed_until, commitment, \
             proposer.staff_no, recipient.by_person, recipient.by_unit, by_version, proposed_at, expires_at, \
             confirmed, channel, note, decider.staff_no, recipient_decision.by_person, decided_at, ended_at \
             FROM recipient JOIN staff AS proposer ON proposer.id = proposed_by \
             LEFT JOIN recipient_decision ON recipient_decision.recipient = recipient.id \
             LEFT JOIN staff AS decider ON decider.id = decided_by \
             LEFT JOIN recipient_end ON recipient_end.recipient = recipient.id ",
            $where
        )
    };
}

fn row_of(row: &Row) -> sqlx::Result<RecipientRow> {
    let time = |column| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>>(column)?.map(Timestamp::from_millis));
    let decision = match (row.try_get::<Option<bool>>(14)?, time(19)?) {
        (Some(confirmed), Some(at)) => Some(RecipientDecisionRow {
            confirmed,
            channel: row.try_get(15)?,
            note: row.try_get(16)?,
            by: StaffNo::parse(row.try_get(17)?).map_err(decode)?,
            by_person: PersonNo::parse(row.try_get(18)?).map_err(decode)?,
            at,
        }),
        _ => None,
    };
    Ok(RecipientRow {
        id: RecipientId::from_bytes(id(row.try_get(0)?)?),
        known: Known {
            name: row.try_get(1)?,
            kind: RecipientKind::parse(row.try_get(2)?).ok_or_else(|| bad("kind"))?,
            contact: row.try_get(3)?,
            key: row.try_get(4)?,
            assessment: row.try_get(5)?,
            assessed_until: Timestamp::from_millis(row.try_get(6)?),
            commitment: row.try_get(7)?,
        },
        proposed_by: StaffNo::parse(row.try_get(8)?).map_err(decode)?,
        by_person: PersonNo::parse(row.try_get(9)?).map_err(decode)?,
        by_unit: BranchNo::parse(row.try_get(10)?).map_err(decode)?,
        by_version: row.try_get(11)?,
        proposed: Timestamp::from_millis(row.try_get(12)?),
        expires: Timestamp::from_millis(row.try_get(13)?),
        decision,
        ended: time(20)?,
    })
}

/// The recipient of that name.
pub async fn find(conn: &mut Conn, recipient: RecipientId) -> sqlx::Result<Option<RecipientRow>> {
    const SQL: &str = select!("WHERE recipient.id = $1");
    let row = sql(SQL).bind(&recipient.as_bytes()[..]).fetch_optional(conn).await?;
    row.as_ref().map(row_of).transpose()
}

/// The same, outside a write transaction.
pub async fn read(db: &Db, recipient: RecipientId) -> sqlx::Result<Option<RecipientRow>> {
    const SQL: &str = select!("WHERE recipient.id = $1");
    let row = sql(SQL).bind(&recipient.as_bytes()[..]).fetch_optional(db).await?;
    row.as_ref().map(row_of).transpose()
}

/// Every recipient, the newest first; 500 at most.
pub async fn all(db: &Db) -> sqlx::Result<Vec<RecipientRow>> {
    const SQL: &str = select!("ORDER BY proposed_at DESC, recipient.id DESC LIMIT 500");
    let rows = sql(SQL).fetch_all(db).await?;
    rows.iter().map(row_of).collect()
}

/// How many of this person's wait for a second one.
pub async fn count_waiting(conn: &mut Conn, person: &PersonNo, now: Timestamp) -> sqlx::Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM recipient WHERE by_person = $1 AND expires_at > $2 \
        AND NOT EXISTS (SELECT 1 FROM recipient_decision WHERE recipient_decision.recipient = recipient.id)";
    sql(SQL).bind(person.as_str()).bind(now.millis()).fetch_one(conn).await?.try_get(0)
}

/// A recipient to be kept.
pub struct NewRecipient<'a> {
    pub id: RecipientId,
    pub known: &'a Known,
    pub staff: StaffId,
    pub person: &'a PersonNo,
    pub unit: &'a BranchNo,
    /// Of the proposer's own record.
    pub by_version: i64,
    pub proposed: Timestamp,
    pub expires: Timestamp,
}

/// Keeps a recipient.
pub async fn insert(conn: &mut Conn, new: &NewRecipient<'_>) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO recipient (id, name, kind, contact, sealing_key, assessment, assessed_until, \
        commitment, proposed_by, by_person, by_unit, by_version, proposed_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    let known = new.known;
    sql(SQL)
        .bind(&new.id.as_bytes()[..])
        .bind(known.name.as_str())
        .bind(known.kind.as_str())
        .bind(known.contact.as_str())
        .bind(known.key.as_str())
        .bind(known.assessment.as_str())
        .bind(known.assessed_until.millis())
        .bind(known.commitment.as_str())
        .bind(&new.staff.as_bytes()[..])
        .bind(new.person.as_str())
        .bind(new.unit.as_str())
        .bind(new.by_version)
        .bind(new.proposed.millis())
        .bind(new.expires.millis())
        .execute(conn)
        .await
        .map(drop)
}

/// A second person's word to be kept.
pub struct NewRecipientDecision<'a> {
    pub recipient: RecipientId,
    pub confirmed: bool,
    pub channel: &'a str,
    pub note: &'a str,
    pub salt: &'a [u8; 32],
    pub staff: StaffId,
    pub person: &'a PersonNo,
    pub unit: &'a BranchNo,
    pub at: Timestamp,
}

/// Keeps it; `false` if there is one. That they are another person of another unit the database sees to as well.
pub async fn decide(conn: &mut Conn, new: &NewRecipientDecision<'_>) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO recipient_decision (recipient, confirmed, channel, note, salt, decided_by, \
        by_person, by_unit, decided_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (recipient) DO NOTHING";
    let done = sql(SQL)
        .bind(&new.recipient.as_bytes()[..])
        .bind(new.confirmed)
        .bind(new.channel)
        .bind(new.note)
        .bind(&new.salt[..])
        .bind(&new.staff.as_bytes()[..])
        .bind(new.person.as_str())
        .bind(new.unit.as_str())
        .bind(new.at.millis())
        .execute(conn)
        .await?;
    Ok(done == 1)
}

/// Ends a recipient that was decided on; `false` if it is ended.
pub async fn end(conn: &mut Conn, recipient: RecipientId, staff: StaffId, at: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO recipient_end (recipient, ended_by, ended_at) VALUES ($1, $2, $3) \
        ON CONFLICT (recipient) DO NOTHING";
    let done =
        sql(SQL).bind(&recipient.as_bytes()[..]).bind(&staff.as_bytes()[..]).bind(at.millis()).execute(conn).await?;
    Ok(done == 1)
}
