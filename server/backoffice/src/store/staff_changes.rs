//! Proposed changes to staff, and what was decided. Both are written once.

use super::db::{Conn, Db};
use super::row::Row;
use super::staff::{bad, decode, id};
use super::statement::sql;
use domain::audit::event::PersonName;
use domain::clock::Timestamp;
use domain::id::{BranchNo, PersonNo, ProposalId, StaffId, StaffNo};
use domain::role::Role;
use domain::staff_change::{ChangeKind, StaffChange};

/// A proposal, with its decision and its link, if there are any.
#[derive(Clone, Debug)]
pub struct ChangeRow {
    pub id: ProposalId,
    pub change: StaffChange,
    pub version: i64,
    pub before: Option<(Role, BranchNo)>,
    pub proposed_by: StaffNo,
    pub by_person: PersonNo,
    /// Version of the proposer's own record then.
    pub by_version: i64,
    pub proposed: Timestamp,
    pub expires: Timestamp,
    pub decision: Option<DecisionRow>,
    pub link: Option<LinkRow>,
}

/// What was decided.
#[derive(Clone, Debug)]
pub struct DecisionRow {
    pub confirmed: bool,
    pub note: String,
    pub by: StaffNo,
    pub at: Timestamp,
}

/// The link of a confirmed proposal, but for its secrets.
#[derive(Clone, Copy, Debug)]
pub struct LinkRow {
    pub taken: bool,
    pub expires: Timestamp,
    pub tries: i64,
    pub used: Option<Timestamp>,
}

/// The columns that [`change_of`] reads.
macro_rules! select {
    ($where:literal) => {
        concat!(
            "SELECT staff_change.id, staff_change.change, staff_change.staff_no, staff_change.person, staff_change.name, \
             staff_change.role, staff_change.unit, staff_change.version, role_before, unit_before, \
             proposer.staff_no, staff_change.by_person, proposed_at, staff_change.expires_at, \
             confirmed, note, decider.staff_no, decided_at, \
             token_hash IS NOT NULL, enrol_link.expires_at, tries, used_at, by_version \
             FROM staff_change \
             JOIN staff AS proposer ON proposer.id = proposed_by \
             LEFT JOIN staff_decision ON staff_decision.change = staff_change.id \
             LEFT JOIN staff AS decider ON decider.id = decided_by \
             LEFT JOIN enrol_link ON enrol_link.change = staff_change.id ",
            $where
        )
    };
}

/// The proposal of that name.
pub async fn find(conn: &mut Conn, proposal: ProposalId) -> sqlx::Result<Option<ChangeRow>> {
    const SQL: &str = select!("WHERE staff_change.id = $1");
    let row = sql(SQL).bind(&proposal.as_bytes()[..]).fetch_optional(conn).await?;
    row.as_ref().map(change_of).transpose()
}

/// The same, outside a write transaction: what was read must hold in the act.
pub async fn read(db: &Db, proposal: ProposalId) -> sqlx::Result<Option<ChangeRow>> {
    const SQL: &str = select!("WHERE staff_change.id = $1");
    let row = sql(SQL).bind(&proposal.as_bytes()[..]).fetch_optional(db).await?;
    row.as_ref().map(change_of).transpose()
}

/// Proposals made since then, the newest first; 200 at most.
pub async fn since(db: &Db, since: Timestamp) -> sqlx::Result<Vec<ChangeRow>> {
    const SQL: &str = select!("WHERE proposed_at >= $1 ORDER BY proposed_at DESC, staff_change.id DESC LIMIT 200");
    let rows = sql(SQL).bind(since.millis()).long().fetch_all(db).await?;
    rows.iter().map(change_of).collect()
}

/// Those of them that this person proposed, or that are about them.
pub async fn concerning(db: &Db, person: &PersonNo, since: Timestamp) -> sqlx::Result<Vec<ChangeRow>> {
    const SQL: &str = select!(
        "WHERE (staff_change.by_person = $1 OR staff_change.person = $1) AND proposed_at >= $2 \
         ORDER BY proposed_at DESC, staff_change.id DESC LIMIT 50"
    );
    let rows = sql(SQL).bind(person.as_str()).bind(since.millis()).long().fetch_all(db).await?;
    rows.iter().map(change_of).collect()
}

/// Whether a proposal about this number waits for its decision.
pub async fn one_waits(conn: &mut Conn, staff_no: &StaffNo, now: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT 1 FROM staff_change WHERE staff_no = $1 AND expires_at > $2 \
        AND NOT EXISTS (SELECT 1 FROM staff_decision WHERE staff_decision.change = staff_change.id) LIMIT 1";
    let row = sql(SQL).bind(staff_no.as_str()).bind(now.millis()).fetch_optional(conn).await?;
    Ok(row.is_some())
}

pub(super) fn change_of(row: &Row) -> sqlx::Result<ChangeRow> {
    let time = |column| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>>(column)?.map(Timestamp::from_millis));
    let role = |text: &str| Role::parse(text).ok_or_else(|| bad("role"));
    let (role_before, unit_before) = (row.try_get::<Option<&str>>(8)?, row.try_get::<Option<&str>>(9)?);
    let before = match role_before.zip(unit_before) {
        Some((before, unit)) => Some((role(before)?, BranchNo::parse(unit).map_err(decode)?)),
        None => None,
    };
    let decision = match (row.try_get::<Option<bool>>(14)?, row.try_get::<Option<&str>>(16)?, time(17)?) {
        (Some(confirmed), Some(by), Some(at)) => {
            Some(DecisionRow { confirmed, note: row.try_get(15)?, by: StaffNo::parse(by).map_err(decode)?, at })
        }
        _ => None,
    };
    let link = match time(19)? {
        Some(expires) => Some(LinkRow { taken: row.try_get(18)?, expires, tries: row.try_get(20)?, used: time(21)? }),
        None => None,
    };
    Ok(ChangeRow {
        id: ProposalId::from_bytes(id(row.try_get(0)?)?),
        change: StaffChange {
            kind: ChangeKind::parse(row.try_get(1)?).ok_or_else(|| bad("change"))?,
            staff_no: StaffNo::parse(row.try_get(2)?).map_err(decode)?,
            person: PersonNo::parse(row.try_get(3)?).map_err(decode)?,
            name: PersonName::parse(row.try_get(4)?).ok_or_else(|| bad("name"))?,
            role: role(row.try_get(5)?)?,
            unit: BranchNo::parse(row.try_get(6)?).map_err(decode)?,
        },
        version: row.try_get(7)?,
        before,
        proposed_by: StaffNo::parse(row.try_get(10)?).map_err(decode)?,
        by_person: PersonNo::parse(row.try_get(11)?).map_err(decode)?,
        by_version: row.try_get(22)?,
        proposed: Timestamp::from_millis(row.try_get(12)?),
        expires: Timestamp::from_millis(row.try_get(13)?),
        decision,
        link,
    })
}

/// A proposal to be kept.
pub struct NewChange<'a> {
    pub id: ProposalId,
    pub change: &'a StaffChange,
    pub version: i64,
    pub before: Option<&'a (Role, BranchNo)>,
    pub staff: StaffId,
    pub person: &'a PersonNo,
    /// Of the proposer's own record.
    pub by_version: i64,
    pub proposed: Timestamp,
    pub expires: Timestamp,
}

/// Keeps a proposal.
pub async fn insert(conn: &mut Conn, new: &NewChange<'_>) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO staff_change (id, change, staff_no, person, name, role, unit, version, \
        role_before, unit_before, proposed_by, by_person, proposed_at, expires_at, by_version) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    let change = new.change;
    sql(SQL)
        .bind(&new.id.as_bytes()[..])
        .bind(change.kind.as_str())
        .bind(change.staff_no.as_str())
        .bind(change.person.as_str())
        .bind(change.name.as_str())
        .bind(change.role.as_str())
        .bind(change.unit.as_str())
        .bind(new.version)
        .bind(new.before.map(|(role, _)| role.as_str()))
        .bind(new.before.map(|(_, unit)| unit.as_str()))
        .bind(&new.staff.as_bytes()[..])
        .bind(new.person.as_str())
        .bind(new.proposed.millis())
        .bind(new.expires.millis())
        .bind(new.by_version)
        .execute(conn)
        .await
        .map(drop)
}

/// A decision to be kept.
pub struct NewDecision<'a> {
    pub change: ProposalId,
    pub confirmed: bool,
    pub note: &'a str,
    pub salt: &'a [u8; 32],
    pub staff: StaffId,
    pub person: &'a PersonNo,
    pub at: Timestamp,
}

/// Keeps a decision; `false` if there is one. That proposer, subject and decider are not one person the
/// database sees to as well.
pub async fn decide(conn: &mut Conn, new: &NewDecision<'_>) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO staff_decision (change, confirmed, note, salt, decided_by, by_person, decided_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (change) DO NOTHING";
    let kept = sql(SQL)
        .bind(&new.change.as_bytes()[..])
        .bind(new.confirmed)
        .bind(new.note)
        .bind(&new.salt[..])
        .bind(&new.staff.as_bytes()[..])
        .bind(new.person.as_str())
        .bind(new.at.millis())
        .execute(conn)
        .await?;
    Ok(kept == 1)
}
