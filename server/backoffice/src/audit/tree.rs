//! The tree as the writer keeps it between batches: the frontier, and the tiles that are not yet full.

use crate::store::Conn;
use crate::store::log::{self, TileRow};
use domain::audit::merkle::{Frontier, Hash};
use domain::audit::tile::{TILE_WIDTH, Tiles, encode_hashes};

/// A log's tree at one size.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    frontier: Frontier,
    /// By tile level, the hashes that the next full tile of that level begins with.
    partial: Vec<Vec<Hash>>,
}

/// The stored log does not have the rows that its size promises.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoadError {
    #[error(transparent)]
    Sqlx(#[from] sqlx::Error),
    #[error("the log lacks rows that its head promises")]
    Gap,
}

impl Tree {
    /// The tree of an empty log.
    pub(super) fn empty() -> Self {
        Self { frontier: Frontier::empty(), partial: vec![Vec::new()] }
    }

    /// Reads what the tree at `size` needs: fewer than 256 hashes a level.
    pub(super) async fn load(conn: &mut Conn, size: u64) -> Result<Self, LoadError> {
        let mut partial = Vec::new();
        let mut width = size;
        for level in 0.. {
            let start = width - width % TILE_WIDTH as u64;
            let hashes = match level {
                0 => log::leaf_hashes(conn, start, size).await?,
                _ => log::tile_roots(conn, level - 1, start, width).await?,
            };
            if hashes.len() as u64 != width - start {
                return Err(LoadError::Gap);
            }
            partial.push(hashes);
            width /= TILE_WIDTH as u64;
            if width == 0 {
                break;
            }
        }
        let frontier = frontier(size, &partial).ok_or(LoadError::Gap)?;
        Ok(Self { frontier, partial })
    }

    pub(super) fn size(&self) -> u64 {
        self.frontier.size()
    }

    pub(super) fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// The root that it had at an earlier size; nothing if that takes tiles which are full by now.
    pub(super) fn root_at(&self, size: u64) -> Option<Hash> {
        let width = TILE_WIDTH as u64;
        if size > self.size() || size / width != self.size() / width {
            return None;
        }
        let mut earlier = self.partial.clone();
        earlier.first_mut()?.truncate((size % width) as usize);
        frontier(size, &earlier).map(|frontier| frontier.root())
    }

    /// By tile level, what the tile that is not yet full holds.
    pub(super) fn partial(&self) -> &[Vec<Hash>] {
        &self.partial
    }

    /// Appends a leaf and gives back the tiles that it filled, lowest level first.
    pub(super) fn push(&mut self, leaf: Hash) -> Vec<TileRow> {
        let mut full = Vec::new();
        let partial = &mut self.partial;
        self.frontier.push_noting(leaf, |level, index, hash| {
            if level % 8 != 0 {
                return;
            }
            let tile_level = usize::from(level / 8);
            // The hash of a full tile of the level below: that tile is complete now.
            if let Some(below) = tile_level.checked_sub(1) {
                let hashes = std::mem::take(&mut partial[below]);
                full.push(TileRow {
                    level: below as u8,
                    index,
                    hashes: encode_hashes(&hashes),
                    root: hash.as_bytes().to_vec(),
                });
            }
            if partial.len() == tile_level {
                partial.push(Vec::new());
            }
            partial[tile_level].push(hash);
        });
        full
    }
}

/// From what each level's tile that is not yet full holds.
fn frontier(size: u64, partial: &[Vec<Hash>]) -> Option<Frontier> {
    let mut tiles = Tiles::default();
    let mut width = size;
    for (level, hashes) in partial.iter().enumerate() {
        tiles.insert(level as u8, width / TILE_WIDTH as u64, hashes.clone());
        width /= TILE_WIDTH as u64;
    }
    Frontier::load(size, &tiles)
}
