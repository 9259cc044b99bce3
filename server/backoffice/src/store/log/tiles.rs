//! Tiles as they are served and proofs are made from: full ones as stored, partial ones from what they
//! would hold (A1).

use super::{Db, hash};
use crate::store::statement::sql;
use domain::audit::merkle::Hash;
use domain::audit::tile::{TILE_WIDTH, TileKind, TilePath, decode_hashes};

/// The hashes of a tile of that width; `None` if the log does not have them.
pub async fn hashes(db: &Db, level: u8, path: &TilePath) -> sqlx::Result<Option<Vec<Hash>>> {
    const FULL: &str = "SELECT hashes FROM log_tile WHERE level = $1 AND idx = $2";
    const LEAVES: &str = "SELECT leaf_hash FROM log_entry WHERE seq >= $2 AND seq < $3 AND $1 = 0 ORDER BY seq";
    const ROOTS: &str = "SELECT root FROM log_tile WHERE level = $1 AND idx >= $2 AND idx < $3 ORDER BY idx";
    let (index, width) = (path.index(), path.width());
    if usize::from(width) == TILE_WIDTH {
        let row = { sql(FULL).bind(i64::from(level)).bind(index as i64).fetch_optional(db).await? };
        let bytes: Option<Vec<u8>> = row.map(|row| row.try_get(0)).transpose()?;
        return Ok(bytes.and_then(|bytes| decode_hashes(&bytes, width).ok()));
    }
    let start = index * TILE_WIDTH as u64;
    let (text, below) = if level == 0 { (LEAVES, 0) } else { (ROOTS, level - 1) };
    let rows = {
        let end = start + u64::from(width);
        sql(text).bind(i64::from(below)).bind(start as i64).bind(end as i64).long().fetch_all(db).await?
    };
    let found = rows.iter().map(|row| hash(row.try_get(0)?)).collect::<sqlx::Result<Vec<Hash>>>()?;
    Ok(Some(found).filter(|found| found.len() == usize::from(width)))
}

/// The bytes of a bundle's entries; `None` if the log does not have them all.
pub async fn entries(db: &Db, path: &TilePath) -> sqlx::Result<Option<Vec<Vec<u8>>>> {
    const SQL: &str = "SELECT bytes FROM log_entry WHERE seq >= $1 AND seq < $2 ORDER BY seq";
    let start = path.index() * TILE_WIDTH as u64;
    let end = start + u64::from(path.width());
    let rows = sql(SQL).bind(start as i64).bind(end as i64).long().fetch_all(db).await?;
    let found = rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<Vec<Vec<u8>>>>()?;
    Ok(Some(found).filter(|found| found.len() == usize::from(path.width())))
}

/// The tile level, of a tile of hashes.
pub fn level_of(path: &TilePath) -> Option<u8> {
    match path.kind() {
        TileKind::Hashes { level } => Some(level),
        TileKind::Entries => None,
    }
}
