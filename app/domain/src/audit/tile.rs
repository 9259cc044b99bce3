//! How the log is served as files: hashes and entries in tiles of 256 (<https://c2sp.org/tlog-tiles>).
//!
//! ```text
//! tile/<L>/<N>[.p/<W>]         W × 32 bytes: the nodes on tree level 8·L, from 256·N on
//! tile/entries/<N>[.p/<W>]     W × (u16 big-endian length, entry)
//! ```
//!
//! N is written in groups of three digits, all but the last after an `x` (1234067 is `x001/x234/067`).
//! A tile that is not full yet carries its width W, 1 to 255; a full one has no suffix. A path has one
//! spelling, so a cache, a file tree and a request agree on it.

use super::merkle::{Hash, tree_root};
use std::{collections::BTreeMap, fmt};

/// How many hashes or entries a full tile holds.
pub const TILE_WIDTH: usize = 256;

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TileKind {
    /// Nodes of the tree on level `8 * level`.
    Hashes {
        /// 0 for leaf hashes; at most 63.
        level: u8,
    },
    /// The entries themselves.
    Entries,
}

/// Which tile: `tile/0/x001/x234/067.p/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TilePath {
    kind: TileKind,
    index: u64,
    width: u16,
}

/// The text was not the path of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the path of a tile")]
pub struct BadTilePath;

impl TilePath {
    /// A tile of `width` (1 to 256) hashes or entries.
    pub fn new(kind: TileKind, index: u64, width: u16) -> Result<Self, BadTilePath> {
        let level_fits = !matches!(kind, TileKind::Hashes { level: 64.. });
        let width_fits = (1..=TILE_WIDTH).contains(&usize::from(width));
        (level_fits && width_fits).then_some(Self { kind, index, width }).ok_or(BadTilePath)
    }

    /// The tile as far as a tree of `size` leaves fills it, or `None` where that tree has none of it.
    pub fn in_tree(kind: TileKind, index: u64, size: u64) -> Option<Self> {
        let level = if let TileKind::Hashes { level } = kind { level } else { 0 };
        let nodes = size.checked_shr(8 * u32::from(level)).unwrap_or(0);
        let rest = nodes.checked_sub(index.checked_mul(TILE_WIDTH as u64)?)?;
        Self::new(kind, index, rest.min(TILE_WIDTH as u64) as u16).ok()
    }

    /// What the tile holds.
    pub const fn kind(&self) -> TileKind {
        self.kind
    }
    /// Its place among the tiles of its level.
    pub const fn index(&self) -> u64 {
        self.index
    }
    /// How many hashes or entries it holds.
    pub const fn width(&self) -> u16 {
        self.width
    }
    /// Whether a tree of `size` leaves reaches to the end of this tile.
    pub fn is_within(&self, size: u64) -> bool {
        Self::in_tree(self.kind, self.index, size).is_some_and(|whole| self.width <= whole.width)
    }

    /// Parses the path's one spelling, without a leading slash.
    pub fn parse(text: &str) -> Result<Self, BadTilePath> {
        let (kind, rest) = text.strip_prefix("tile/").and_then(|rest| rest.split_once('/')).ok_or(BadTilePath)?;
        let kind = match kind {
            "entries" => TileKind::Entries,
            level => TileKind::Hashes { level: level.parse().map_err(|_| BadTilePath)? },
        };
        let (groups, width) = match rest.split_once(".p/") {
            Some((groups, width)) => (groups, width.parse().map_err(|_| BadTilePath)?),
            None => (rest, TILE_WIDTH as u16),
        };
        let digits = groups.replace("/", "").replace('x', "");
        let path = Self::new(kind, digits.parse().map_err(|_| BadTilePath)?, width)?;
        // Only what we would write ourselves: no sign, no zero too many, no `.p/256`, each `x` in its place.
        (path.to_string() == text).then_some(path).ok_or(BadTilePath)
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes { level } => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        let highest = self.index.checked_ilog(1000).unwrap_or(0);
        for power in (1..=highest).rev() {
            write!(f, "x{:03}/", self.index / 1000_u64.pow(power) % 1000)?;
        }
        write!(f, "{:03}", self.index % 1000)?;
        if usize::from(self.width) < TILE_WIDTH { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// Where the hashes of complete subtrees are kept.
pub trait Hashes {
    /// The root over the leaves `index << level` to `(index + 1) << level`; level 0 is a leaf.
    fn node(&self, level: u8, index: u64) -> Option<Hash>;
}

/// The leaves of a tree, small enough to be hashed anew each time.
impl Hashes for [Hash] {
    fn node(&self, level: u8, index: u64) -> Option<Hash> {
        let width = 1_u64.checked_shl(level.into())?;
        let start = index.checked_mul(width)?;
        let end = start.checked_add(width)?;
        self.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?).map(tree_root)
    }
}

/// Nodes fetched beforehand, by (level, index).
impl Hashes for BTreeMap<(u8, u64), Hash> {
    fn node(&self, level: u8, index: u64) -> Option<Hash> {
        self.get(&(level, index)).copied()
    }
}

/// Tiles of hashes fetched beforehand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tiles(BTreeMap<(u8, u64), Vec<Hash>>);

impl Tiles {
    /// Which tile holds, or has below its hashes, this node: (tile level, tile index).
    pub const fn holding(level: u8, index: u64) -> (u8, u64) {
        (level / 8, index >> (8 - level % 8))
    }
    /// Adds a tile; of two widths of one tile, the wider stays.
    pub fn insert(&mut self, level: u8, index: u64, hashes: Vec<Hash>) {
        let tile = self.0.entry((level, index)).or_default();
        if tile.len() < hashes.len() {
            *tile = hashes;
        }
    }
}

impl Hashes for Tiles {
    fn node(&self, level: u8, index: u64) -> Option<Hash> {
        let height = level % 8;
        let tile = self.0.get(&Self::holding(level, index))?;
        let start = (index.checked_mul(1 << height)? % TILE_WIDTH as u64) as usize;
        tile.get(start..start + (1 << height)).map(tree_root)
    }
}

/// The hash that a full tile has in the level above.
pub fn tile_root(hashes: &[Hash; TILE_WIDTH]) -> Hash {
    tree_root(hashes)
}

/// A tile's bytes were not what its path says, or an entry does not fit into one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadTile {
    /// A hash or a length prefix is cut off, or an entry is shorter than its length says.
    #[error("the tile ends too early")]
    Truncated,
    /// Not as many hashes or entries as the path's width.
    #[error("the tile holds another number of hashes or entries")]
    WrongWidth,
    /// A length of two bytes cannot say it.
    #[error("the entry is longer than 65535 bytes")]
    EntryTooLong,
}

/// A tile of hashes as bytes.
pub fn encode_hashes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

/// The hashes of a tile of `width`.
pub fn decode_hashes(bytes: &[u8], width: u16) -> Result<Vec<Hash>, BadTile> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    if !rest.is_empty() {
        return Err(BadTile::Truncated);
    }
    let hashes: Vec<Hash> = hashes.iter().copied().map(Hash::from_bytes).collect();
    (hashes.len() == usize::from(width)).then_some(hashes).ok_or(BadTile::WrongWidth)
}

/// A bundle of 1 to 256 entries as bytes.
pub fn encode_entries<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, BadTile> {
    let (mut bytes, mut width) = (Vec::new(), 0);
    for entry in entries {
        let length = u16::try_from(entry.len()).map_err(|_| BadTile::EntryTooLong)?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
        width += 1;
    }
    (1..=TILE_WIDTH).contains(&width).then_some(bytes).ok_or(BadTile::WrongWidth)
}

/// The entries of a bundle of `width`.
pub fn decode_entries(mut bytes: &[u8], width: u16) -> Result<Vec<&[u8]>, BadTile> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<2>().ok_or(BadTile::Truncated)?;
        let length = u16::from_be_bytes(*length).into();
        let (entry, rest) = rest.split_at_checked(length).ok_or(BadTile::Truncated)?;
        entries.push(entry);
        bytes = rest;
    }
    (entries.len() == usize::from(width)).then_some(entries).ok_or(BadTile::WrongWidth)
}

#[cfg(test)]
mod tests;
