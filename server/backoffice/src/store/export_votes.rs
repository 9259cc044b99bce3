//! Votes on exports, and since when somebody has had one before them.

use super::db::{Conn, Db};
use super::exports::{ExportRow, VoteRow, digest_of, factor_text};
use super::row::Row;
use super::staff::decode;
use super::statement::sql;
use domain::audit::event::{AuditEvent, FactorName};
use domain::clock::Timestamp;
use domain::export::{Cast, Party, Vote};
use domain::id::{BranchNo, ExportId, PersonNo, StaffId, StaffNo};

const VOTES: &str = "SELECT export_vote.person, export_vote.unit, approved, digest, staff.staff_no, staff.name, \
    by_version, note, think_ms, voted_at FROM export_vote JOIN staff ON staff.id = export_vote.staff \
    WHERE export = $1 ORDER BY voted_at, export_vote.person";

fn row_of(row: &Row) -> sqlx::Result<VoteRow> {
    Ok(VoteRow {
        vote: Vote {
            by: Party {
                person: PersonNo::parse(row.try_get(0)?).map_err(decode)?,
                unit: BranchNo::parse(row.try_get(1)?).map_err(decode)?,
            },
            approved: row.try_get(2)?,
            digest: digest_of(row.try_get(3)?)?,
        },
        staff_no: StaffNo::parse(row.try_get(4)?).map_err(decode)?,
        name: row.try_get(5)?,
        by_version: row.try_get(6)?,
        note: row.try_get(7)?,
        think_ms: row.try_get(8)?,
        at: Timestamp::from_millis(row.try_get(9)?),
    })
}

/// The votes on a request, the first one first.
pub async fn of(conn: &mut Conn, export: ExportId) -> sqlx::Result<Vec<VoteRow>> {
    let rows = sql(VOTES).bind(&export.as_bytes()[..]).fetch_all(conn).await?;
    rows.iter().map(row_of).collect()
}

/// The same, outside a write transaction.
pub async fn read(db: &Db, export: ExportId) -> sqlx::Result<Vec<VoteRow>> {
    let rows = sql(VOTES).bind(&export.as_bytes()[..]).fetch_all(db).await?;
    rows.iter().map(row_of).collect()
}

/// How often one person approved another's exports since then (abuse case 5).
pub async fn of_pair(
    conn: &mut Conn,
    approver: &PersonNo,
    requester: &PersonNo,
    since: Timestamp,
) -> sqlx::Result<u64> {
    const SQL: &str = "SELECT COUNT(*) FROM export_vote JOIN export ON export.id = export_vote.export \
        WHERE person = $1 AND by_person = $2 AND approved = 1 AND voted_at >= $3";
    let count: i64 = sql(SQL)
        .bind(approver.as_str())
        .bind(requester.as_str())
        .bind(since.millis())
        .fetch_one(conn)
        .await?
        .try_get(0)?;
    Ok(count.unsigned_abs())
}

/// A vote to be kept.
pub struct NewVote<'a> {
    pub export: ExportId,
    pub cast: &'a Cast,
    pub staff: StaffId,
    pub by_version: i64,
    pub note: &'a str,
    pub salt: &'a [u8; 32],
    pub factor: FactorName,
    pub think_ms: Option<i64>,
    pub at: Timestamp,
}

/// Keeps a vote; `false` if this person voted. That they are another person of another unit, and that the vote is
/// for what was frozen, the database sees to as well.
pub async fn insert(conn: &mut Conn, new: &NewVote<'_>) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO export_vote (export, staff, person, unit, by_version, approved, digest, note, salt, \
        factor, think_ms, voted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
        ON CONFLICT (export, person) DO NOTHING";
    let vote = new.cast.vote();
    let done = sql(SQL)
        .bind(&new.export.as_bytes()[..])
        .bind(&new.staff.as_bytes()[..])
        .bind(vote.by.person.as_str())
        .bind(vote.by.unit.as_str())
        .bind(new.by_version)
        .bind(vote.approved)
        .bind(&vote.digest.as_bytes()[..])
        .bind(new.note)
        .bind(&new.salt[..])
        .bind(factor_text(new.factor))
        .bind(new.think_ms)
        .bind(new.at.millis())
        .execute(conn)
        .await?;
    Ok(done == 1)
}

/// Notes that somebody has it before them; the first time counts.
pub async fn note_reading(conn: &mut Conn, export: ExportId, person: &PersonNo, at: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO export_reading (export, person, read_at) VALUES ($1, $2, $3) \
        ON CONFLICT (export, person) DO NOTHING";
    sql(SQL).bind(&export.as_bytes()[..]).bind(person.as_str()).bind(at.millis()).execute(conn).await.map(drop)
}

/// Since when they have had it before them.
pub async fn read_since(conn: &mut Conn, export: ExportId, person: &PersonNo) -> sqlx::Result<Option<Timestamp>> {
    const SQL: &str = "SELECT read_at FROM export_reading WHERE export = $1 AND person = $2";
    let row = sql(SQL).bind(&export.as_bytes()[..]).bind(person.as_str()).fetch_optional(conn).await?;
    row.map(|row| Ok(Timestamp::from_millis(row.try_get(0)?))).transpose()
}

/// Whether everyone who answers for it has the rights that they had (E6).
pub async fn all_stand(db: &Db, export: ExportId, now: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT 1 FROM export JOIN staff ON staff.id = requester WHERE export.id = $1 \
        AND state = 'active' AND certified_until > $2 AND role = 'operator' AND version = by_version \
        AND staff.person = by_person AND staff.unit = by_unit \
        AND NOT EXISTS (SELECT 1 FROM export_vote JOIN staff AS voter ON voter.id = export_vote.staff \
            WHERE export_vote.export = export.id AND approved = 1 AND NOT (voter.state = 'active' \
            AND voter.certified_until > $2 AND voter.role = 'approver' AND voter.version = export_vote.by_version \
            AND voter.person = export_vote.person AND voter.unit = export_vote.unit))";
    let row = sql(SQL).bind(&export.as_bytes()[..]).bind(now.millis()).fetch_optional(db).await?;
    Ok(row.is_some())
}

/// Whether each vote has its event: by that login, on that request as it was frozen, for or against.
pub async fn all_recorded(conn: &mut Conn, row: &ExportRow, votes: &[VoteRow]) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT bytes FROM log_entry WHERE staff_no = $1 AND kind = 'export_decided' \
        AND decision = 'allowed' AND time >= $2 AND time <= $3 ORDER BY seq DESC LIMIT 500";
    let since = row.submission.map_or(row.created, |submission| submission.at);
    for vote in votes {
        let entries = sql(SQL)
            .bind(vote.staff_no.as_str())
            .bind(since.millis())
            .bind(vote.at.millis())
            .fetch_all(&mut *conn)
            .await?;
        let told = |entry: &Row| {
            let event = entry.try_get::<&[u8]>(0).ok().and_then(|bytes| AuditEvent::decode(bytes).ok());
            event.is_some_and(|event| {
                event.details.export == Some(row.id)
                    && event.details.export_digest == Some(vote.vote.digest.fingerprint())
                    && event.details.confirmed == Some(vote.vote.approved)
                    && event.actor.is_some_and(|actor| actor.person == vote.vote.by.person)
            })
        };
        if !entries.iter().any(told) {
            return Ok(false);
        }
    }
    Ok(true)
}
