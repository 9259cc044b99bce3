//! Passkeys, by the person whose they are.

use super::db::{Conn, Db};
use super::row::Row;
use super::staff::id;
use super::statement::sql;
use domain::clock::Timestamp;
use domain::id::{PasskeyId, PersonNo};

/// One passkey.
#[derive(Clone, Debug)]
pub struct PasskeyRow {
    pub id: PasskeyId,
    pub name: String,
    pub sealed: Vec<u8>,
    pub suspended: bool,
    pub enrolled: Timestamp,
    pub used: Option<Timestamp>,
}

/// A person's, oldest first, without those that were revoked.
pub async fn of_person(db: &Db, person: &str) -> sqlx::Result<Vec<PasskeyRow>> {
    const SQL: &str = "SELECT id, name, sealed, state, enrolled_at, used_at FROM passkey \
        WHERE person = $1 AND state <> 'revoked' ORDER BY enrolled_at, id";
    let rows = sql(SQL).bind(person).fetch_all(db).await?;
    let row_of = |row: &Row| {
        Ok(PasskeyRow {
            id: PasskeyId::from_bytes(id(row.try_get(0)?)?),
            name: row.try_get(1)?,
            sealed: row.try_get(2)?,
            suspended: row.try_get::<&str>(3)? == "suspended",
            enrolled: Timestamp::from_millis(row.try_get(4)?),
            used: row.try_get::<Option<i64>>(5)?.map(Timestamp::from_millis),
        })
    };
    rows.iter().map(row_of).collect()
}

/// How many a person has that serve, and how many that were not revoked.
pub async fn count(conn: &mut Conn, person: &PersonNo) -> sqlx::Result<(i64, i64)> {
    const SQL: &str = "SELECT COUNT(*) FILTER (WHERE state = 'active'), COUNT(*) FROM passkey \
        WHERE person = $1 AND state <> 'revoked'";
    let row = sql(SQL).bind(person.as_str()).fetch_one(conn).await?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}

/// A passkey to be kept.
pub struct NewPasskey<'a> {
    pub id: PasskeyId,
    pub person: &'a PersonNo,
    pub name: &'a str,
    pub sealed: &'a [u8],
    pub credential_tag: &'a [u8; 32],
    pub sign_count: u32,
    pub enrolled: Timestamp,
}

/// Keeps a passkey; `false` if its credential was ever enrolled, by whomever.
pub async fn insert(conn: &mut Conn, new: &NewPasskey<'_>) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO passkey (id, person, name, sealed, credential_tag, sign_count, enrolled_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (credential_tag) DO NOTHING";
    let inserted = sql(SQL)
        .bind(&new.id.as_bytes()[..])
        .bind(new.person.as_str())
        .bind(new.name)
        .bind(new.sealed)
        .bind(&new.credential_tag[..])
        .bind(i64::from(new.sign_count))
        .bind(new.enrolled.millis())
        .execute(conn)
        .await?;
    Ok(inserted == 1)
}

/// Accepts a signature count: above the last one, or zero after zero from an authenticator that does not
/// count. `false` if it is neither, or the passkey does not serve.
pub async fn accept(
    conn: &mut Conn,
    passkey: PasskeyId,
    person: &PersonNo,
    sign_count: u32,
    now: Timestamp,
) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE passkey SET sign_count = $1, used_at = $2 \
        WHERE id = $3 AND person = $4 AND state = 'active' AND (sign_count < $1 OR (sign_count = 0 AND $1 = 0))";
    let accepted = sql(SQL)
        .bind(i64::from(sign_count))
        .bind(now.millis())
        .bind(&passkey.as_bytes()[..])
        .bind(person.as_str())
        .execute(conn)
        .await?;
    Ok(accepted == 1)
}

/// Suspends; `false` if it does not serve anyway.
pub async fn suspend(conn: &mut Conn, passkey: PasskeyId, person: &PersonNo) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE passkey SET state = 'suspended' WHERE id = $1 AND person = $2 AND state = 'active'";
    changed(conn, SQL, passkey, person).await
}

/// Revokes, and forgets the credential; `false` if this person has none of that id.
pub async fn revoke(conn: &mut Conn, passkey: PasskeyId, person: &PersonNo) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE passkey SET state = 'revoked', sealed = $3 \
        WHERE id = $1 AND person = $2 AND state <> 'revoked'";
    let nothing: &[u8] = &[];
    let revoked = sql(SQL).bind(&passkey.as_bytes()[..]).bind(person.as_str()).bind(nothing).execute(conn).await?;
    Ok(revoked == 1)
}

async fn changed(conn: &mut Conn, text: &'static str, passkey: PasskeyId, person: &PersonNo) -> sqlx::Result<bool> {
    let changed = sql(text).bind(&passkey.as_bytes()[..]).bind(person.as_str()).execute(conn).await?;
    Ok(changed == 1)
}
