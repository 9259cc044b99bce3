//! Checking a bundle: files and a public key, no database. One tile of each kind is in memory at a time.

use super::super::tree::Tree;
use super::finding::{BundleFinding, BundleWrong as Wrong};
use super::{CHECKPOINT, VKEY};
use crate::store::log::TileRow;
use domain::audit::checkpoint::{self, Checkpoint, VerifierKey};
use domain::audit::merkle::{Frontier, Hash, leaf_hash};
use domain::audit::tile::{TILE_WIDTH, TileKind, TilePath, decode_entries, decode_hashes, encode_hashes};
use serde::Serialize;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// The log's name.
    pub origin: String,
    /// How many entries the checkpoint counts.
    pub size: u64,
    /// The root over the entries that are there, if all are.
    pub root: Option<Hash>,
    /// Whether the key was given, and not taken from the bundle itself.
    pub key_given: bool,
    /// How many of the entries the checkpoint kept elsewhere vouches for.
    pub outside_size: Option<u64>,
    /// What is wrong, in the order of the tiles. The first hundred.
    pub findings: Vec<BundleFinding>,
    /// How many findings there are in all.
    pub found: u64,
}

impl Checked {
    /// Whether nothing is wrong.
    pub fn ok(&self) -> bool {
        self.found == 0
    }
}

impl std::fmt::Display for Checked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        let more = self.found - self.findings.len() as u64;
        if more > 0 {
            writeln!(f, "and {more} more")?;
        }
        write!(f, "{}: {} entries", self.origin, self.size)?;
        if let Some(root) = self.root {
            write!(f, ", root {root}")?;
        }
        if let Some(size) = self.outside_size {
            write!(f, ", as the checkpoint kept elsewhere has it at {size}")?;
        }
        if !self.key_given {
            f.write_str(", by the key in the bundle itself: compare it with one from elsewhere")?;
        }
        write!(f, ": {}", if self.ok() { "whole" } else { "NOT WHOLE" })
    }
}

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum BundleUnreadable {
    /// It is no bundle, or one that was cut short while it was made.
    #[error("{0} cannot be read: this is no whole bundle")]
    NoFile(&'static str, #[source] io::Error),
    /// The bundle's own key is none.
    #[error("vkey is no public key of a log")]
    NoKey,
    /// The tiles cannot be listed.
    #[error("the tiles cannot be listed")]
    NoList(#[from] io::Error),
}

/// A note may bear witnesses' signatures; a bundle of entries is the longest file there can be.
const LONGEST_NOTE: u64 = 128 * 1024;
const LONGEST_TILE: u64 = (TILE_WIDTH * (2 + u16::MAX as usize)) as u64;
const KEPT: usize = 100;

/// Checks a bundle with the public key alone. Without `key` the bundle's own is used, which proves only that the
/// bundle fits itself. `outside` is a checkpoint that was kept elsewhere.
pub fn check(dir: &Path, key: Option<&VerifierKey>, outside: Option<&str>) -> Result<Checked, BundleUnreadable> {
    let text = |name: &'static str| {
        let bytes = read(&dir.join(name), LONGEST_NOTE).map_err(|error| BundleUnreadable::NoFile(name, error))?;
        Ok::<_, BundleUnreadable>(String::from_utf8(bytes).unwrap_or_default())
    };
    let note = text(CHECKPOINT)?;
    let own = VerifierKey::parse(text(VKEY)?.trim_end());
    let mut check = Check { dir, findings: Vec::new(), found: 0, differ: Vec::new(), tiles_whole: true };
    if key.is_some_and(|key| own.as_ref() != Ok(key)) {
        check.add(None, Some(VKEY.into()), Wrong::OtherKey);
    }
    let key_given = key.is_some();
    let own = own.map_err(|_| BundleUnreadable::NoKey);
    let key = match key {
        Some(key) => key,
        None => &own?,
    };
    let origin = key.name().to_string();
    let signed = match checkpoint::open(&note, key) {
        Ok(signed) => signed,
        Err(bad) => {
            check.add(None, Some(CHECKPOINT.into()), Wrong::Checkpoint(bad.into()));
            let Check { findings, found, .. } = check;
            return Ok(Checked { origin, size: 0, root: None, key_given, outside_size: None, findings, found });
        }
    };
    let outside = outside.map(|note| checkpoint::open(note, key));
    let wanted = outside.as_ref().and_then(|opened| opened.as_ref().ok()).map(|kept| kept.size);
    let walked = check.walk(&signed, wanted);
    check.judge(&signed, &walked);
    check.strays(signed.size)?;
    let outside_size = match outside {
        None => None,
        Some(Ok(kept)) => check.against(&kept, &signed, &walked),
        Some(Err(bad)) => {
            check.add(None, None, Wrong::Outside(bad.into()));
            None
        }
    };
    let root = walked.by_entries.map(|tree| tree.root());
    check.findings.sort_by_key(|finding| finding.leaf.unwrap_or(u64::MAX));
    let Check { findings, found, .. } = check;
    Ok(Checked { origin, size: signed.size, root, key_given, outside_size, findings, found })
}

struct Check<'a> {
    dir: &'a Path,
    findings: Vec<BundleFinding>,
    found: u64,
    /// Entries that do not fit their hash; which of the two is wrong is seen at the end.
    differ: Vec<u64>,
    tiles_whole: bool,
}

/// The two trees that a bundle holds, which should be one.
struct Walked {
    /// Over the entries; gone if one is missing.
    by_entries: Option<Frontier>,
    /// Over the tiles of leaf hashes.
    by_hashes: Hash,
    /// The root over the entries at the size that was asked for.
    at_wanted: Option<Hash>,
}

impl Check<'_> {
    fn add(&mut self, leaf: Option<u64>, file: Option<String>, wrong: Wrong) {
        self.found += 1;
        if self.findings.len() < KEPT {
            self.findings.push(BundleFinding { leaf, file, wrong });
        }
    }

    /// From the first entry to the last, and up through the tiles that they fill.
    fn walk(&mut self, signed: &Checkpoint, wanted: Option<u64>) -> Walked {
        let mut by_entries = Some(Frontier::empty());
        let mut by_hashes = Tree::empty();
        let mut at_wanted = (wanted == Some(0)).then(domain::audit::merkle::empty_root);
        for index in 0..signed.size.div_ceil(TILE_WIDTH as u64) {
            let first = index * TILE_WIDTH as u64;
            let leaves = self.entries(index, signed.size, first);
            let hashes = self.hashes(0, index, signed.size, first);
            self.tiles_whole &= hashes.is_some();
            match &leaves {
                None => by_entries = None,
                Some(leaves) => {
                    for leaf in leaves {
                        let Some(tree) = &mut by_entries else { break };
                        tree.push(*leaf);
                        if Some(tree.size()) == wanted {
                            at_wanted = Some(tree.root());
                        }
                    }
                }
            }
            if let (Some(leaves), Some(hashes)) = (&leaves, &hashes) {
                let differ = leaves.iter().zip(hashes).zip(first..).filter(|((leaf, hash), _)| leaf != hash);
                self.differ.extend(differ.map(|(_, leaf)| leaf).take(KEPT));
            }
            // What is missing in one half is taken from the other, so that the rest can still be held against it.
            for hash in hashes.or(leaves).unwrap_or_default() {
                for tile in by_hashes.push(hash) {
                    self.above(&tile, TILE_WIDTH as u16);
                }
            }
        }
        for (level, hashes) in by_hashes.partial().iter().enumerate().filter(|(_, hashes)| !hashes.is_empty()) {
            let index = (by_hashes.size() >> (8 * level)) / TILE_WIDTH as u64;
            let hashes_of = encode_hashes(hashes);
            let tile = TileRow { level: level as u8, index, hashes: hashes_of, root: Vec::new() };
            self.above(&tile, hashes.len() as u16);
        }
        Walked { by_entries, by_hashes: by_hashes.root(), at_wanted }
    }

    /// The leaves of one bundle of entries.
    fn entries(&mut self, index: u64, size: u64, first: u64) -> Option<Vec<Hash>> {
        let path = TilePath::in_tree(TileKind::Entries, index, size)?;
        let bytes = self.file(&path, first)?;
        match decode_entries(&bytes, path.width()) {
            Ok(entries) => Some(entries.into_iter().map(leaf_hash).collect()),
            Err(_) => self.malformed(&path, first),
        }
    }

    fn hashes(&mut self, level: u8, index: u64, size: u64, first: u64) -> Option<Vec<Hash>> {
        let path = TilePath::in_tree(TileKind::Hashes { level }, index, size)?;
        let bytes = self.file(&path, first)?;
        match decode_hashes(&bytes, path.width()) {
            Ok(hashes) => Some(hashes),
            Err(_) => self.malformed(&path, first),
        }
    }

    /// Holds a tile above the leaves against what those below it make.
    fn above(&mut self, should: &TileRow, width: u16) {
        if should.level == 0 {
            return;
        }
        let kind = TileKind::Hashes { level: should.level };
        let Ok(path) = TilePath::new(kind, should.index, width) else { return };
        let first = (should.index * TILE_WIDTH as u64) << (8 * u32::from(should.level));
        let Some(is) = self.file(&path, first) else { return };
        if is != should.hashes {
            let same = is.chunks(32).zip(should.hashes.chunks(32)).take_while(|(is, should)| is == should).count();
            let leaf = first + ((same as u64) << (8 * u32::from(should.level)));
            self.add(Some(leaf), Some(path.to_string()), Wrong::Above);
        }
    }

    fn file(&mut self, path: &TilePath, first: u64) -> Option<Vec<u8>> {
        let name = path.to_string();
        let bytes = read(&self.dir.join(&name), LONGEST_TILE).ok();
        if bytes.is_none() {
            self.add(Some(first), Some(name), Wrong::Missing);
        }
        bytes
    }

    fn malformed<T>(&mut self, path: &TilePath, first: u64) -> Option<T> {
        self.add(Some(first), Some(path.to_string()), Wrong::Malformed);
        None
    }

    /// Which half of the bundle is the one that was signed?
    fn judge(&mut self, signed: &Checkpoint, walked: &Walked) {
        let entries_hold = walked.by_entries.as_ref().is_some_and(|tree| tree.root() == signed.root);
        let hashes_hold = self.tiles_whole && walked.by_hashes == signed.root;
        for leaf in std::mem::take(&mut self.differ) {
            let index = leaf / TILE_WIDTH as u64;
            let (kind, wrong) = match (entries_hold, hashes_hold) {
                (true, _) => (TileKind::Hashes { level: 0 }, Wrong::Hash),
                (false, true) => (TileKind::Entries, Wrong::Entry),
                (false, false) => (TileKind::Entries, Wrong::Either),
            };
            let path = TilePath::in_tree(kind, index, signed.size).map(|path| path.to_string());
            self.add(Some(leaf), path, wrong);
        }
        if !entries_hold && !hashes_hold {
            self.add(None, Some(CHECKPOINT.into()), Wrong::Root);
        }
    }

    fn against(&mut self, kept: &Checkpoint, signed: &Checkpoint, walked: &Walked) -> Option<u64> {
        if kept.size > signed.size {
            self.add(Some(signed.size), None, Wrong::OutsideAhead);
            return None;
        }
        if walked.at_wanted != Some(kept.root) {
            self.add(None, None, Wrong::OutsideRoot);
            return None;
        }
        Some(kept.size)
    }

    /// Files among the tiles that a log of this size does not have.
    fn strays(&mut self, size: u64) -> io::Result<()> {
        let mut folders = vec![self.dir.join("tile")];
        while let Some(folder) = folders.pop() {
            let entries = match fs::read_dir(&folder) {
                // A log without entries has no tiles; missing ones of another were told.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                entries => entries?,
            };
            for entry in entries {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    folders.push(entry.path());
                } else if let Some(name) = self.stray(&entry.path(), size) {
                    self.add(None, Some(name), Wrong::Extra);
                }
            }
        }
        Ok(())
    }

    fn stray(&self, path: &Path, size: u64) -> Option<String> {
        let name = path.strip_prefix(self.dir).ok()?.to_string_lossy().replace('\\', "/");
        let tile = TilePath::parse(&name).ok();
        let known = tile.is_some_and(|tile| TilePath::in_tree(tile.kind(), tile.index(), size) == Some(tile));
        (!known).then_some(name)
    }
}

/// A whole file that is no longer than it may be.
fn read(path: &Path, longest: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(longest + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > longest {
        true => Err(io::ErrorKind::FileTooLarge.into()),
        false => Ok(bytes),
    }
}
