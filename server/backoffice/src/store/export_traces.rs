//! The copies that a leaked file is held against.

use super::db::Db;
use super::statement::sql;
use domain::export::{ExportDigest, Frozen};

/// The request of every file that was ever made, the newest first. `None` for one whose bytes are not those of its digest,
/// or no request: nothing that it says is believed.
pub async fn made(db: &Db) -> sqlx::Result<Vec<Option<Frozen>>> {
    const SQL: &str = "SELECT frozen, digest FROM export JOIN export_run ON export_run.export = export.id \
        WHERE generated_at IS NOT NULL ORDER BY generated_at DESC, export.id";
    let rows = sql(SQL).fetch_all(db).await?;
    rows.iter()
        .map(|row| {
            let bytes: &[u8] = row.try_get(0)?;
            let fits = ExportDigest::of(bytes).as_bytes() == row.try_get::<&[u8]>(1)?;
            Ok(Frozen::decode(bytes).filter(|_| fits))
        })
        .collect()
}
