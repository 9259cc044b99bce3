//! The walk from the first entry to the last: numbers without a gap, times that do not go back, the tree
//! grown anew, and each full tile held against the one that is stored.

use super::VerifyError;
use super::entries::{self, Leaf};
use super::finding::{Report, Wrong};
use super::packed;
use crate::audit::tree::Tree;
use crate::store::Db;
use crate::store::log::TileRow;
use crate::store::log::{packed as stored, raw};
use domain::audit::merkle::{Hash, empty_root};
use domain::audit::tile::TILE_WIDTH;
use std::collections::{BTreeMap, VecDeque};
use tokio::task::JoinHandle;

/// Entries of a page: a tile's.
const PAGE: u32 = TILE_WIDTH as u32;
/// Pages that are looked at while the next is read.
const AHEAD: usize = 4;

/// A page on its way.
enum Page {
    /// As full as a page can be, read at once; its leaves, if nothing is wrong with it.
    Packed { start: u64, leaves: JoinHandle<Option<Vec<Leaf>>> },
    /// Read entry by entry.
    Each(JoinHandle<Vec<Leaf>>),
}

/// What the entries come to.
pub(super) struct Walk {
    /// Entries that the head counts.
    size: Option<u64>,
    /// Entries that were there, in one row of numbers.
    next: u64,
    /// Grown from the bytes; gone once an entry is missing.
    tree: Option<Tree>,
    /// The newest time.
    latest: Option<i64>,
    /// The root at each size that is asked for.
    roots: BTreeMap<u64, Option<Hash>>,
}

impl Walk {
    /// Reads and checks all entries that the head counts, or, without a head, all there are. `wanted` are
    /// the sizes whose roots will be asked for.
    pub(super) async fn over(
        db: &Db,
        size: Option<u64>,
        wanted: impl Iterator<Item = u64>,
        report: &mut Report,
    ) -> Result<Self, VerifyError> {
        let roots = wanted.map(|size| (size, (size == 0).then(empty_root))).collect();
        let mut walk = Self { size, next: 0, tree: Some(Tree::empty()), latest: None, roots };
        let mut pages: VecDeque<Page> = VecDeque::with_capacity(AHEAD);
        let mut after = Some(-1);
        loop {
            // The next page is read while others are being looked at.
            if let Some(last) = after
                && pages.len() < AHEAD
            {
                let (page, next) = read(db, last, size).await?;
                after = next;
                pages.push_back(page);
                continue;
            }
            let leaves = match pages.pop_front() {
                None => break,
                Some(Page::Each(leaves)) => leaves.await.map_err(|_| VerifyError::CutShort)?,
                Some(Page::Packed { start, leaves }) => match leaves.await.map_err(|_| VerifyError::CutShort)? {
                    Some(leaves) => leaves,
                    None => entries::check(&raw::entries_after(db, start as i64 - 1, PAGE).await?),
                },
            };
            for leaf in leaves {
                walk.step(db, &leaf, report).await?;
            }
        }
        if let Some(size) = size.filter(|size| walk.next < *size) {
            report.at(walk.next, Wrong::Missing { until: size });
            walk.tree = None;
        }
        Ok(walk)
    }

    async fn step(&mut self, db: &Db, leaf: &Leaf, report: &mut Report) -> Result<(), VerifyError> {
        let Some(seq) = leaf.seq.filter(|seq| *seq >= self.next) else {
            report.at(self.next, Wrong::Misnumbered);
            self.tree = None;
            return Ok(());
        };
        if self.size.is_some_and(|size| seq >= size) {
            // Written since, or never counted: `strays` sees which.
            return Ok(());
        }
        if seq > self.next {
            report.at(self.next, Wrong::Missing { until: seq });
            self.tree = None;
        }
        self.next = seq + 1;
        leaf.findings(seq).for_each(|finding| report.add(finding));
        if leaf.time < self.latest && leaf.time.is_some() {
            report.at(seq, Wrong::TimeGoesBack);
        }
        self.latest = leaf.time.max(self.latest);
        let Some(tree) = &mut self.tree else { return Ok(()) };
        let full = tree.push(leaf.hash);
        if let Some(root) = self.roots.get_mut(&tree.size()) {
            *root = Some(tree.root());
        }
        for tile in full {
            check_tile(db, &tile, report).await?;
        }
        Ok(())
    }

    /// How many entries the head counts; without a head, how many there were.
    pub(super) fn size(&self) -> u64 {
        self.size.unwrap_or(self.next)
    }

    /// The root at a size that was asked for, if no entry before it is missing.
    pub(super) fn root_at(&self, size: u64) -> Option<Hash> {
        self.roots.get(&size).copied().flatten()
    }

    /// The newest time of an event, if no entry is missing.
    pub(super) fn latest(&self) -> Option<i64> {
        self.latest.filter(|_| self.tree.is_some())
    }
}

/// The page after that number, being looked at, and the number after which the next one begins.
async fn read(db: &Db, last: i64, size: Option<u64>) -> Result<(Page, Option<i64>), VerifyError> {
    let counted = |end: &i64| size.is_none_or(|size| end.unsigned_abs() < size);
    let (start, end) = (last + 1, last.saturating_add(i64::from(PAGE)));
    if matches!(db, Db::Postgres(_)) && counted(&end) {
        let page = stored::page(db, start as u64, end as u64 + 1).await?;
        if page.entries() == u64::from(PAGE) {
            let start = start as u64;
            let leaves = tokio::task::spawn_blocking(move || packed::whole(&page, start));
            return Ok((Page::Packed { start, leaves }, Some(end)));
        }
    }
    let page = raw::entries_after(db, last, PAGE).await?;
    // A number that does not grow would have us read one page for ever.
    let end = page.last().and_then(|entry| entry.seq()).filter(|end| *end > last);
    let full = page.len() == PAGE as usize;
    let next = end.filter(counted).filter(|_| full);
    Ok((Page::Each(tokio::task::spawn_blocking(move || entries::check(&page))), next))
}

/// Holds a stored tile against the one that the entries make.
async fn check_tile(db: &Db, should: &TileRow, report: &mut Report) -> Result<(), VerifyError> {
    // Leaves under one hash of this level.
    let width = (TILE_WIDTH as u64).pow(should.level.into());
    let first = should.index * width * TILE_WIDTH as u64;
    let (level, index) = (i64::from(should.level), should.index as i64);
    let Some(stored) = raw::tile(db, should.level, should.index).await? else {
        report.at(first, Wrong::TileMissing { level, index });
        return Ok(());
    };
    let hashes = stored.hashes().unwrap_or_default();
    if hashes != should.hashes {
        let same = hashes.chunks(32).zip(should.hashes.chunks(32)).take_while(|(is, should)| is == should).count();
        let leaf = first + width * (same.min(TILE_WIDTH - 1) as u64);
        if !report.names(leaf..leaf + width) {
            report.at(leaf, Wrong::TileHashes { level, index });
        }
    } else if stored.root() != Some(&should.root[..]) {
        report.at(first, Wrong::TileRoot { level, index });
    }
    Ok(())
}

/// Rows that should not be there: entries that the head does not count, tiles that are not full. Each
/// question is put together with the head, in one statement, so that a log that grows is seen at one
/// moment.
pub(super) async fn strays(db: &Db, report: &mut Report) -> Result<(), VerifyError> {
    if raw::entry_below_zero(db).await? {
        report.of_the_log(Wrong::Misnumbered);
    }
    if let Some(leaf) = raw::entry_beyond_head(db).await?.and_then(|seq| u64::try_from(seq).ok()) {
        report.at(leaf, Wrong::Extra);
    }
    for span in raw::tile_spans(db).await? {
        let leaves = u32::try_from(span.level + 1).ok().and_then(|levels| 256_i64.checked_pow(levels));
        let full = leaves.map_or(0, |leaves| span.size / leaves);
        for index in [span.first, span.last] {
            if index < 0 || index >= full || span.level < 0 {
                report.of_the_log(Wrong::TileExtra { level: span.level, index });
                break;
            }
        }
    }
    Ok(())
}
