//! The copies that a leaked file is held against.

use super::db::{Db, on};
use super::staff::bad;
use domain::export::Frozen;
use sqlx::Row;

/// The request of every file that was ever made, the newest first.
pub async fn made(db: &Db) -> sqlx::Result<Vec<Frozen>> {
    const SQL: &str = "SELECT frozen FROM export JOIN export_run ON export_run.export = export.id \
        WHERE generated_at IS NOT NULL ORDER BY generated_at DESC, export.id";
    let rows = on!(db, |pool| sqlx::query(SQL).fetch_all(pool).await?);
    rows.iter().map(|row| Frozen::decode(row.try_get(0)?).ok_or_else(|| bad("frozen"))).collect()
}
