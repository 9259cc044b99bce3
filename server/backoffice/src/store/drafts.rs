//! Unsent words, sealed.

use super::db::{Conn, Db};
use super::statement::sql;
use domain::clock::Timestamp;
use domain::id::PersonNo;

/// What is kept, instead of what was kept there before.
pub struct NewDraft<'a> {
    pub person: &'a PersonNo,
    pub place: &'a str,
    pub sealed: &'a [u8],
    pub expires: Timestamp,
}

/// Keeps a draft.
pub async fn keep(conn: &mut Conn, new: &NewDraft<'_>) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO draft (person, place, sealed, expires_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (person, place) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at";
    sql(SQL)
        .bind(new.person.as_str())
        .bind(new.place)
        .bind(new.sealed)
        .bind(new.expires.millis())
        .execute(conn)
        .await
        .map(drop)
}

/// The sealed draft of that person and place, unless its time is over.
pub async fn read(db: &Db, person: &PersonNo, place: &str, now: Timestamp) -> sqlx::Result<Option<Vec<u8>>> {
    const SQL: &str = "SELECT sealed FROM draft WHERE person = $1 AND place = $2 AND expires_at > $3";
    let row = sql(SQL).bind(person.as_str()).bind(place).bind(now.millis()).fetch_optional(db).await?;
    row.map(|row| row.try_get(0)).transpose()
}

/// Forgets it.
pub async fn forget(conn: &mut Conn, person: &PersonNo, place: &str) -> sqlx::Result<()> {
    const SQL: &str = "DELETE FROM draft WHERE person = $1 AND place = $2";
    sql(SQL).bind(person.as_str()).bind(place).execute(conn).await.map(drop)
}

/// Forgets all whose time is over.
pub async fn purge(conn: &mut Conn, now: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "DELETE FROM draft WHERE expires_at <= $1";
    sql(SQL).bind(now.millis()).execute(conn).await.map(drop)
}
