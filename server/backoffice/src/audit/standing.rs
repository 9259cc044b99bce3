//! How a log stands to what was known of it before: whether it has gone on from there, or was put back (A3).

use crate::store::Db;
use crate::store::log::{self, Head, tiles};
use domain::audit::checkpoint::Checkpoint;
use domain::audit::merkle::{Frontier, Hash};
use domain::audit::tile::{TILE_WIDTH, TileKind, TilePath, Tiles};

/// How a log stands to a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It holds all that the checkpoint vouches for.
    Holds,
    /// It ends before.
    Behind {
        /// How many entries it has.
        size: u64,
        /// How many more the checkpoint knows.
        lost: u64,
    },
    /// It is as long or longer, and holds others in their place.
    Forked {
        /// How many entries it has.
        size: u64,
    },
}

impl Standing {
    /// Holds the log that is there against a checkpoint, which must have been read before: then whoever moves both on
    /// meanwhile is in nobody's way.
    pub async fn of(db: &Db, known: &Checkpoint) -> sqlx::Result<Self> {
        let head = log::read_head(db).await?;
        Self::at(db, head.as_ref(), known.size, known.root).await
    }

    /// The same, of a log with this head.
    pub(super) async fn at(db: &Db, head: Option<&Head>, known: u64, root: Hash) -> sqlx::Result<Self> {
        let size = head.map_or(0, |head| head.size);
        if let Some(behind) = Self::behind(size, known) {
            return Ok(behind);
        }
        let is = match head.filter(|head| head.size == known) {
            Some(head) => Some(head.root),
            None => root_at(db, known).await?,
        };
        Ok(if is == Some(root) { Standing::Holds } else { Standing::Forked { size } })
    }

    /// If that is so, by the sizes alone.
    pub(super) fn behind(size: u64, known: u64) -> Option<Self> {
        let lost = known.checked_sub(size).filter(|lost| *lost > 0)?;
        Some(Standing::Behind { size, lost })
    }
}

/// The root over so many entries of a longer log; nothing if some of them are missing.
async fn root_at(db: &Db, size: u64) -> sqlx::Result<Option<Hash>> {
    let (mut held, mut nodes) = (Tiles::default(), size);
    for level in 0.. {
        let index = nodes / TILE_WIDTH as u64;
        // Of full tiles, the level above holds the hashes.
        if nodes % TILE_WIDTH as u64 > 0 {
            let path = TilePath::in_tree(TileKind::Hashes { level }, index, size);
            let hashes = match path {
                Some(path) => tiles::hashes(db, level, &path).await?,
                None => None,
            };
            let Some(hashes) = hashes else { return Ok(None) };
            held.insert(level, index, hashes);
        }
        nodes = index;
        if nodes == 0 {
            break;
        }
    }
    Ok(Frontier::load(size, &held).map(|frontier| frontier.root()))
}
