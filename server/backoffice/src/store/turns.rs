//! Forms that were sent, and where their answers led.

use super::db::{Conn, Db};
use super::statement::sql;
use domain::clock::Timestamp;
use domain::desk::FormSent;
use domain::id::Lineage;

/// Takes the form's turn; `false` if another request has it or had it.
pub async fn take(conn: &mut Conn, lineage: Lineage, form: FormSent, expires: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO form_turn (lineage, form, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let taken =
        sql(SQL).bind(&lineage.as_bytes()[..]).bind(&form.as_bytes()[..]).bind(expires.millis()).execute(conn).await?;
    Ok(taken == 1)
}

/// Where the form's answer led: `None` if nobody has the turn, `Some(None)` while somebody has it.
pub async fn read(db: &Db, lineage: Lineage, form: FormSent) -> sqlx::Result<Option<Option<String>>> {
    const SQL: &str = "SELECT led_to FROM form_turn WHERE lineage = $1 AND form = $2";
    let row = sql(SQL).bind(&lineage.as_bytes()[..]).bind(&form.as_bytes()[..]).fetch_optional(db).await?;
    row.map(|row| row.try_get(0)).transpose()
}

/// Ends the turn, or gives it back.
pub async fn end(conn: &mut Conn, lineage: Lineage, form: FormSent, led_to: Option<&str>) -> sqlx::Result<()> {
    const DONE: &str = "UPDATE form_turn SET led_to = $1 WHERE lineage = $2 AND form = $3 AND led_to IS NULL";
    const BACK: &str = "DELETE FROM form_turn WHERE lineage = $1 AND form = $2 AND led_to IS NULL";
    let (lineage, form) = (&lineage.as_bytes()[..], &form.as_bytes()[..]);
    match led_to {
        Some(led_to) => sql(DONE).bind(led_to).bind(lineage).bind(form).execute(conn).await.map(drop),
        None => sql(BACK).bind(lineage).bind(form).execute(conn).await.map(drop),
    }
}

/// Forgets all whose time is over.
pub async fn purge(conn: &mut Conn, now: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "DELETE FROM form_turn WHERE expires_at <= $1";
    sql(SQL).bind(now.millis()).execute(conn).await.map(drop)
}
