//! Writing a bundle: the event first, then the files, a page of entries at a time, and the checkpoint last.

use super::super::tree::Tree;
use super::{CHECKPOINT, README, README_TEXT, SUMS, VKEY};
use crate::audit::{ActError, Leaves, Leaving};
use crate::backoffice::BackOffice;
use crate::store::Db;
use crate::store::log::{self, Head};
use domain::audit::checkpoint::{self, VerifierKey};
use domain::audit::event::SourceName;
use domain::audit::merkle::leaf_hash;
use domain::audit::tile::{BadTile, TILE_WIDTH, TileKind, TilePath, encode_entries, encode_hashes};
use domain::code::Code;
use domain::desk::DeskError;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundled {
    /// Number of the event that says so; it is in the bundle.
    pub event: u64,
    /// How many entries.
    pub size: u64,
    /// How many files.
    pub files: u64,
}

/// Why there is no bundle, or no whole one: then it has no checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// A bundle is not mixed with anything.
    #[error("the folder is not empty")]
    NotEmpty,
    /// It was refused, or could not be recorded; nothing was written.
    #[error("not recorded, so nothing was written: {0}")]
    NotRecorded(DeskError),
    /// The log is not what its checkpoint says.
    #[error("the log does not fit its own checkpoint: run `grille audit verify`")]
    NotWhole,
    /// The log could not be read.
    #[error("the log could not be read: {0}")]
    Sqlx(#[from] sqlx::Error),
    /// A file could not be written.
    #[error("a file could not be written: {0}")]
    Io(#[from] io::Error),
}

impl From<ActError> for BundleError {
    fn from(error: ActError) -> Self {
        BundleError::NotRecorded(error.into())
    }
}

impl From<BadTile> for BundleError {
    fn from(_: BadTile) -> Self {
        BundleError::NotWhole
    }
}

impl BackOffice {
    /// Writes the whole log into an empty folder, for checking elsewhere. `progress` is told entries done and
    /// entries in all.
    pub async fn bundle(
        &self,
        dir: &Path,
        os_user: Option<SourceName>,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<Bundled, BundleError> {
        make_empty(dir)?;
        let receipt = self.ledger().act(Leaves { what: Leaving::Log, os_user }).await?;
        let event = receipt.seq();
        let head = log::read_head(self.db()).await?.ok_or(BundleError::NotWhole)?;
        let vkey = self.log_identity().1.ok_or(BundleError::NotRecorded(Code::LogKeyMissing.into()))?;
        let key = VerifierKey::parse(&vkey).map_err(|_| BundleError::NotWhole)?;
        let signed = checkpoint::open(&head.note, &key).map_err(|_| BundleError::NotWhole)?;
        if signed.size != head.size || signed.root != head.root || head.size <= event {
            return Err(BundleError::NotWhole);
        }
        let mut folder = Folder::at(dir)?;
        folder.write(README, README_TEXT.as_bytes())?;
        folder.write(VKEY, format!("{vkey}\n").as_bytes())?;
        tiles(self.db(), &head, &mut folder, &mut progress).await?;
        let files = folder.finish(&head.note)?;
        Ok(Bundled { event, size: head.size, files })
    }
}

/// Every entry that the head counts, hashed anew from its bytes: a log that was meddled with makes no bundle.
async fn tiles(
    db: &Db,
    head: &Head,
    folder: &mut Folder,
    progress: &mut impl FnMut(u64, u64),
) -> Result<(), BundleError> {
    let mut tree = Tree::empty();
    while tree.size() < head.size {
        let start = tree.size();
        let width = (head.size - start).min(TILE_WIDTH as u64);
        let page = log::entries(db, start, width as u32).await?;
        if page.len() as u64 != width || page.iter().zip(start..).any(|(entry, seq)| entry.seq != seq) {
            return Err(BundleError::NotWhole);
        }
        let bundle = encode_entries(page.iter().map(|entry| &entry.bytes[..]))?;
        folder.tile(TileKind::Entries, start / TILE_WIDTH as u64, width, &bundle)?;
        for entry in &page {
            for tile in tree.push(leaf_hash(&entry.bytes)) {
                folder.tile(TileKind::Hashes { level: tile.level }, tile.index, TILE_WIDTH as u64, &tile.hashes)?;
            }
        }
        progress(tree.size(), head.size);
    }
    for (level, hashes) in tree.partial().iter().enumerate().filter(|(_, hashes)| !hashes.is_empty()) {
        let index = (head.size >> (8 * level)) / TILE_WIDTH as u64;
        let kind = TileKind::Hashes { level: level as u8 };
        folder.tile(kind, index, hashes.len() as u64, &encode_hashes(hashes))?;
    }
    if tree.root() != head.root { Err(BundleError::NotWhole) } else { Ok(()) }
}

/// A folder that is filled, with the sums of what is in it.
struct Folder {
    dir: PathBuf,
    sums: BufWriter<fs::File>,
    files: u64,
}

impl Folder {
    fn at(dir: &Path) -> io::Result<Self> {
        let sums = BufWriter::new(fs::File::create_new(dir.join(SUMS))?);
        Ok(Self { dir: dir.into(), sums, files: 0 })
    }

    fn tile(&mut self, kind: TileKind, index: u64, width: u64, bytes: &[u8]) -> Result<(), BundleError> {
        let width = u16::try_from(width).map_err(|_| BundleError::NotWhole)?;
        let path = TilePath::new(kind, index, width).map_err(|_| BundleError::NotWhole)?;
        Ok(self.write(&path.to_string(), bytes)?)
    }

    fn write(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.dir.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::File::create_new(path)?.write_all(bytes)?;
        self.files += 1;
        writeln!(self.sums, "{}  {name}", data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)))
    }

    /// The sums, and then the checkpoint: without it, a bundle that was cut short is none.
    fn finish(mut self, note: &str) -> io::Result<u64> {
        self.sums.flush()?;
        self.sums.get_ref().sync_all()?;
        fs::File::create_new(self.dir.join(CHECKPOINT))?.write_all(note.as_bytes())?;
        Ok(self.files + 2)
    }
}

/// Staff and internal numbers of customers stand in it: it is for its owner alone.
fn make_empty(dir: &Path) -> Result<(), BundleError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)?;
    if fs::read_dir(dir)?.next().is_some() { Err(BundleError::NotEmpty) } else { Ok(()) }
}
