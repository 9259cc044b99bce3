//! Checkpoints: who signs them, and the file by which each leaves the database as it is made (A3).

use super::published::Newest;
use crate::vault::{KeyKind, KeyRing};
use domain::audit::checkpoint::{Checkpoint, Origin, SigningKey};
use domain::audit::merkle::Hash;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::watch;

/// Signs the log's head.
pub trait Signer: Send + Sync {
    /// Whether it could sign now.
    fn ready(&self) -> bool;
    /// The signed note of this tree; `None` if the key is missing.
    fn sign(&self, size: u64, root: Hash) -> Option<String>;
}

/// Signs with the log key of the ring, under the origin that names this log.
pub struct KeySigner {
    keys: Arc<KeyRing>,
    origin: Origin,
}

impl KeySigner {
    /// A signer for the log of that name.
    pub fn new(keys: Arc<KeyRing>, origin: Origin) -> Self {
        Self { keys, origin }
    }
    fn key(&self) -> Option<SigningKey> {
        let seed = self.keys.key(KeyKind::Log).ok()?;
        Some(SigningKey::from_seed(self.origin.clone(), seed.bytes()))
    }
    /// The public half, as C2SP writes it.
    pub fn verifier_key(&self) -> Option<String> {
        self.key().map(|key| key.verifier_key().to_string())
    }
}

impl Signer for KeySigner {
    fn ready(&self) -> bool {
        self.keys.key(KeyKind::Log).is_ok()
    }
    fn sign(&self, size: u64, root: Hash) -> Option<String> {
        let checkpoint = Checkpoint { origin: self.origin.clone(), size, root };
        self.key().map(|key| key.sign(&checkpoint).to_string())
    }
}

/// The newest checkpoint as a file that a witness can collect.
#[derive(Clone, Debug)]
pub struct CheckpointFile(PathBuf);

impl CheckpointFile {
    /// At this path; its folder must exist.
    pub fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// Writes each checkpoint as it is made, until the writer ends. A reader sees the old or the new
    /// one, whole: it is written aside and renamed.
    pub async fn follow(self, mut checkpoints: watch::Receiver<Newest>) {
        while checkpoints.changed().await.is_ok() {
            let Newest { note, .. } = checkpoints.borrow_and_update().clone();
            // Without a key nothing was ever signed: there is no checkpoint to give away.
            if note.is_empty() {
                continue;
            }
            let path = self.0.clone();
            let written = tokio::task::spawn_blocking(move || replace(&path, &note)).await;
            if !matches!(written, Ok(Ok(()))) {
                tracing::error!("the checkpoint file was not written");
            }
        }
    }
}

/// Instances may share the folder: each writes under a name of its own, and none puts an older one over a newer.
fn replace(path: &Path, note: &str) -> std::io::Result<()> {
    if std::fs::read_to_string(path).is_ok_and(|there| size_of(&there) > size_of(note)) {
        return Ok(());
    }
    let aside = path.with_extension(format!("{}.new", std::process::id()));
    std::fs::File::create(&aside)?.write_all(note.as_bytes())?;
    std::fs::rename(aside, path)
}

/// What a checkpoint says of its size: its second line (C2SP tlog-checkpoint).
fn size_of(note: &str) -> Option<u64> {
    note.lines().nth(1)?.parse().ok()
}
