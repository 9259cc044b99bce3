//! The log's rows: entries and full tiles, written once, and the head.

use super::db::{Conn, Db};
use super::row::Row;
use super::statement::{Value, sql};
use domain::audit::event::{AuditEvent, Decision};
use domain::audit::merkle::Hash;
use domain::clock::Timestamp;
use std::sync::LazyLock;

pub mod find;
pub mod packed;
pub mod raw;
pub mod tiles;

/// One entry: the bytes, and the columns beside them for filters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRow {
    /// Leaf index, from 0, without gaps.
    pub seq: u64,
    /// RFC 6962 leaf hash of `bytes`.
    pub leaf_hash: Vec<u8>,
    /// What was hashed.
    pub bytes: Vec<u8>,
    /// As in the bytes.
    pub columns: Columns,
}

/// What stands beside an entry's bytes; verified against them (A4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    pub time: i64,
    pub kind: String,
    pub decision: String,
    pub code: Option<String>,
    pub staff_no: Option<String>,
    pub customer: Option<Vec<u8>>,
    pub work_case: Option<Vec<u8>>,
    pub purpose: Option<String>,
    pub field: Option<String>,
    pub alert: Option<String>,
}

impl Columns {
    /// The columns that belong beside this event. A sign-in that failed has no actor: the number that
    /// was tried stands in the filter.
    pub fn of(event: &AuditEvent) -> Self {
        let details = &event.details;
        let tried = details.subject_staff.as_ref().filter(|_| event.actor.is_none());
        Self {
            time: event.time.millis(),
            kind: event.kind.as_str().into(),
            decision: match event.decision {
                Decision::Allowed => "allowed".into(),
                Decision::Refused => "refused".into(),
            },
            code: event.code.map(|code| code.as_str().into()),
            staff_no: event.actor.as_ref().map(|actor| &actor.staff_no).or(tried).map(|no| no.as_str().into()),
            customer: details.customer.map(|id| id.as_bytes().to_vec()),
            work_case: details.case.map(|id| id.as_bytes().to_vec()),
            purpose: details.purpose.as_ref().map(|purpose| purpose.as_str().into()),
            field: details.field.as_ref().map(|field| field.as_str().into()),
            alert: details.alert.as_ref().map(|alert| alert.as_str().into()),
        }
    }
}

impl EntryRow {
    /// The row of an event.
    pub fn of(seq: u64, leaf: Hash, bytes: Vec<u8>, event: &AuditEvent) -> Self {
        Self { seq, leaf_hash: leaf.as_bytes().to_vec(), bytes, columns: Columns::of(event) }
    }

    fn values(&self) -> [Value<'_>; 13] {
        let columns = &self.columns;
        [
            (self.seq as i64).into(),
            (&self.leaf_hash).into(),
            (&self.bytes).into(),
            columns.time.into(),
            (&columns.kind).into(),
            (&columns.decision).into(),
            (&columns.code).into(),
            (&columns.staff_no).into(),
            (&columns.customer).into(),
            (&columns.work_case).into(),
            (&columns.purpose).into(),
            (&columns.field).into(),
            (&columns.alert).into(),
        ]
    }
}

/// A full tile (C2SP tlog-tiles) and its own hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileRow {
    pub level: u8,
    pub index: u64,
    /// 256 hashes of 32 bytes.
    pub hashes: Vec<u8>,
    pub root: Vec<u8>,
}

/// Where the log ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub size: u64,
    pub root: Hash,
    /// The newest time any event has borne.
    pub latest: Timestamp,
    /// The signed checkpoint; of an earlier size if the log was not signed since. Empty before the first.
    pub note: String,
}

/// The head inside a write transaction; made, if this is the first. It is what every batch begins with: on PostgreSQL
/// its row's lock puts the writers of all instances in order, as SQLite's does for the whole file.
pub async fn head(conn: &mut Conn) -> sqlx::Result<Head> {
    const SQL: &str = "SELECT size, root, latest, note FROM log_head WHERE id = 1";
    const LOCKED: &str = "SELECT size, root, latest, note FROM log_head WHERE id = 1 FOR UPDATE";
    const FIRST: &str = "INSERT INTO log_head (id, size, root, latest, note) VALUES (1, 0, $1, 0, '') \
        ON CONFLICT (id) DO NOTHING";
    let text = match conn {
        Conn::Sqlite(_) => SQL,
        Conn::Postgres(_) => LOCKED,
    };
    if let Some(row) = sql(text).fetch_optional(&mut *conn).await? {
        return head_of(&row);
    }
    // Another instance may make it at the same moment: then it is theirs.
    sql(FIRST).bind(&domain::audit::merkle::empty_root().as_bytes()[..]).execute(&mut *conn).await?;
    head_of(&sql(text).fetch_one(conn).await?)
}

/// The head as a reader sees it; `None` before the first event.
pub async fn read_head(db: &Db) -> sqlx::Result<Option<Head>> {
    const SQL: &str = "SELECT size, root, latest, note FROM log_head WHERE id = 1";
    sql(SQL).fetch_optional(db).await?.map(|row| head_of(&row)).transpose()
}

fn head_of(row: &Row) -> sqlx::Result<Head> {
    Ok(Head {
        size: row.try_get::<i64>(0)? as u64,
        root: hash(row.try_get(1)?)?,
        latest: Timestamp::from_millis(row.try_get(2)?),
        note: row.try_get(3)?,
    })
}

/// Moves the head if it is where `from` says; `false` if another writer was there first.
pub async fn move_head(conn: &mut Conn, from: u64, to: &Head) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE log_head SET size = $1, root = $2, latest = $3, note = $4 WHERE id = 1 AND size = $5";
    // Told to the other instances when this commits: see [`super::news`].
    const TOLD: &str = "WITH moved AS (UPDATE log_head SET size = $1, root = $2, latest = $3, note = $4 \
        WHERE id = 1 AND size = $5 RETURNING size) SELECT pg_notify('grille_log', size::text) IS NULL FROM moved";
    let text = match conn {
        Conn::Sqlite(_) => SQL,
        Conn::Postgres(_) => TOLD,
    };
    let moved = sql(text)
        .bind(to.size as i64)
        .bind(&to.root.as_bytes()[..])
        .bind(to.latest.millis())
        .bind(&to.note)
        .bind(from as i64)
        .execute(conn)
        .await?;
    Ok(moved == 1)
}

/// Entries that one statement appends: these many, or fewer by halves, so that few texts are prepared.
const APPENDS: [usize; 8] = [128, 64, 32, 16, 8, 4, 2, 1];

/// The statements that append so many, as SQLite and as PostgreSQL take them.
static APPENDING: LazyLock<[[String; 2]; APPENDS.len()]> =
    LazyLock::new(|| APPENDS.map(|entries| [false, true].map(|numbered| appending(entries, numbered))));

/// Placeholders of so many rows. With numbers SQLite would know each by its name, and look it up in a list of all
/// for each: with a thousand that takes longer than the rows do.
fn appending(entries: usize, numbered: bool) -> String {
    const COLUMNS: usize = 13;
    let place = |place: usize| if numbered { format!("${place}") } else { "?".into() };
    let row = |entry: usize| {
        let places: Vec<String> = (1..=COLUMNS).map(|column| place(entry * COLUMNS + column)).collect();
        format!("({})", places.join(", "))
    };
    let rows: Vec<String> = (0..entries).map(row).collect();
    format!(
        "INSERT INTO log_entry \
        (seq, leaf_hash, bytes, time, kind, decision, code, staff_no, customer, work_case, purpose, field, alert) \
        VALUES {}",
        rows.join(", ")
    )
}

/// Appends entries, in order.
pub async fn insert_entries(conn: &mut Conn, mut entries: &[EntryRow]) -> sqlx::Result<()> {
    for (size, [sqlite, postgres]) in APPENDS.into_iter().zip(APPENDING.iter()) {
        let text = match conn {
            Conn::Sqlite(_) => sqlite,
            Conn::Postgres(_) => postgres,
        };
        while let Some((some, rest)) = entries.split_at_checked(size) {
            sql(text).bind_all(some.iter().flat_map(EntryRow::values)).execute(&mut *conn).await?;
            entries = rest;
        }
    }
    Ok(())
}

/// Stores a tile that is full.
pub async fn insert_tile(conn: &mut Conn, tile: &TileRow) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO log_tile (level, idx, hashes, root) VALUES ($1, $2, $3, $4)";
    sql(SQL)
        .bind(i64::from(tile.level))
        .bind(tile.index as i64)
        .bind(&tile.hashes)
        .bind(&tile.root)
        .execute(conn)
        .await
        .map(drop)
}

/// Leaf hashes from `start` up to `end`.
pub async fn leaf_hashes(conn: &mut Conn, start: u64, end: u64) -> sqlx::Result<Vec<Hash>> {
    const SQL: &str = "SELECT leaf_hash FROM log_entry WHERE seq >= $1 AND seq < $2 ORDER BY seq";
    let rows = sql(SQL).bind(start as i64).bind(end as i64).fetch_all(conn).await?;
    rows.iter().map(|row| hash(row.try_get(0)?)).collect()
}

/// Roots of the full tiles of a level, from `start` up to `end`.
pub async fn tile_roots(conn: &mut Conn, level: u8, start: u64, end: u64) -> sqlx::Result<Vec<Hash>> {
    const SQL: &str = "SELECT root FROM log_tile WHERE level = $1 AND idx >= $2 AND idx < $3 ORDER BY idx";
    let rows = { sql(SQL).bind(i64::from(level)).bind(start as i64).bind(end as i64).fetch_all(conn).await? };
    rows.iter().map(|row| hash(row.try_get(0)?)).collect()
}

/// Entries from `start`, at most `limit`, in order.
pub async fn entries(db: &Db, start: u64, limit: u32) -> sqlx::Result<Vec<EntryRow>> {
    const SQL: &str = "SELECT seq, leaf_hash, bytes, time, kind, decision, code, staff_no, customer, work_case, \
        purpose, field, alert FROM log_entry WHERE seq >= $1 ORDER BY seq LIMIT $2";
    let rows = sql(SQL).bind(start as i64).bind(i64::from(limit)).long().fetch_all(db).await?;
    rows.iter()
        .map(|row| {
            Ok(EntryRow {
                seq: row.try_get::<i64>(0)? as u64,
                leaf_hash: row.try_get(1)?,
                bytes: row.try_get(2)?,
                columns: Columns {
                    time: row.try_get(3)?,
                    kind: row.try_get(4)?,
                    decision: row.try_get(5)?,
                    code: row.try_get(6)?,
                    staff_no: row.try_get(7)?,
                    customer: row.try_get(8)?,
                    work_case: row.try_get(9)?,
                    purpose: row.try_get(10)?,
                    field: row.try_get(11)?,
                    alert: row.try_get(12)?,
                },
            })
        })
        .collect()
}

/// Full tiles of a level from `start`, at most `limit`, in order.
pub async fn tiles(db: &Db, level: u8, start: u64, limit: u32) -> sqlx::Result<Vec<TileRow>> {
    const SQL: &str = "SELECT idx, hashes, root FROM log_tile WHERE level = $1 AND idx >= $2 ORDER BY idx LIMIT $3";
    let rows =
        { sql(SQL).bind(i64::from(level)).bind(start as i64).bind(i64::from(limit)).long().fetch_all(db).await? };
    rows.iter()
        .map(|row| {
            Ok(TileRow { level, index: row.try_get::<i64>(0)? as u64, hashes: row.try_get(1)?, root: row.try_get(2)? })
        })
        .collect()
}

fn hash(bytes: Vec<u8>) -> sqlx::Result<Hash> {
    let bytes = bytes.try_into().map_err(|_| sqlx::Error::Decode("a hash is not 32 bytes".into()))?;
    Ok(Hash::from_bytes(bytes))
}
