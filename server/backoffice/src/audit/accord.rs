//! Whether this is the log that its own checkpoint file knows (A3).
//!
//! A database can be put back to an earlier time behind our back, by a snapshot of the machine or by a file that was
//! copied, and would go on from there as if nothing had been. The newest checkpoint lies beside it, signed by the same
//! key. Where it vouches for entries that the log lacks, nothing sensitive is done until a person has looked; and the
//! file stays as it is, since it is the evidence.

use super::checkpoint::{CheckpointFile, KeySigner};
use super::published::Newest;
use crate::store::Db;
use crate::store::log::{self, tiles};
use domain::audit::checkpoint::{self, Checkpoint, VerifierKey};
use domain::audit::merkle::{Frontier, Hash};
use domain::audit::tile::{TILE_WIDTH, TileKind, TilePath, Tiles};
use domain::code::Code;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::watch;

/// From one writing of the file to the next: at full load there are hundreds of checkpoints a second, and who
/// collects them comes by the minute.
const PACE: Duration = Duration::from_millis(100);

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
        let size = head.as_ref().map_or(0, |head| head.size);
        if let Some(lost) = known.size.checked_sub(size).filter(|lost| *lost > 0) {
            return Ok(Standing::Behind { size, lost });
        }
        let root = match head.filter(|head| head.size == known.size) {
            Some(head) => Some(head.root),
            None => root_at(db, known.size).await?,
        };
        Ok(if root == Some(known.root) { Standing::Holds } else { Standing::Forked { size } })
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

/// What this process found when it began: once, or as soon as there is a key to read the file by. Clones share it.
#[derive(Clone)]
pub(crate) struct Accord(Arc<Held>);

struct Held {
    file: CheckpointFile,
    db: Db,
    signer: Arc<KeySigner>,
    found: OnceLock<Standing>,
}

impl Accord {
    pub(crate) fn of(file: CheckpointFile, db: Db, signer: Arc<KeySigner>) -> Self {
        Self(Arc::new(Held { file, db, signer, found: OnceLock::new() }))
    }

    /// What was found, or is found now; nothing without the key.
    pub(crate) async fn settle(&self) -> sqlx::Result<Option<Standing>> {
        if let Some(found) = self.0.found.get() {
            return Ok(Some(*found));
        }
        let looked = self.look().await?;
        Ok(looked.map(|looked| {
            *self.0.found.get_or_init(|| {
                if looked != Standing::Holds {
                    tracing::error!(
                        ?looked,
                        "ALERT: the log lacks entries that the checkpoint file vouches for; sensitive acts are stopped"
                    );
                }
                looked
            })
        }))
    }

    async fn look(&self) -> sqlx::Result<Option<Standing>> {
        let key = self.0.signer.verifier_key().and_then(|key| VerifierKey::parse(&key).ok());
        let Some(key) = key else { return Ok(None) };
        loop {
            let Some(note) = self.0.file.read() else { return Ok(Some(Standing::Holds)) };
            let Ok(known) = checkpoint::open(&note, &key) else {
                tracing::warn!("the checkpoint file is not signed by this log's key, so nothing is compared with it");
                return Ok(Some(Standing::Holds));
            };
            let found = Standing::of(&self.0.db, &known).await?;
            // Another instance may just have moved it aside, as was agreed to when a backup was restored.
            if found == Standing::Holds || self.0.file.read().as_ref() == Some(&note) {
                return Ok(Some(found));
            }
        }
    }

    /// Why sensitive acts may not run; nothing if they may.
    pub(crate) async fn bar(&self) -> Option<Code> {
        match self.settle().await {
            Ok(Some(Standing::Holds)) => None,
            Ok(Some(Standing::Behind { .. } | Standing::Forked { .. })) => Some(Code::LogIncomplete),
            Ok(None) => Some(Code::LogKeyMissing),
            Err(error) => {
                tracing::error!(%error, "the log was not held against the checkpoint file");
                Some(Code::LogUnavailable)
            }
        }
    }

    /// Writes the newest checkpoint into the file, ten times a second at most, until the writer ends.
    pub(crate) async fn follow(self, mut checkpoints: watch::Receiver<Newest>) {
        while checkpoints.changed().await.is_ok() {
            let Newest { note, .. } = checkpoints.borrow_and_update().clone();
            // Without a key nothing was ever signed: there is no checkpoint to give away.
            if note.is_empty() || self.bar().await.is_some() {
                continue;
            }
            let file = self.0.file.clone();
            let written = tokio::task::spawn_blocking(move || file.replace(&note)).await;
            if !matches!(written, Ok(Ok(()))) {
                tracing::error!("the checkpoint file was not written");
            }
            tokio::time::sleep(PACE).await;
        }
    }
}
