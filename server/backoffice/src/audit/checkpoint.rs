//! Checkpoints: who signs them, and the file by which each leaves the database as it is made (A3).

use crate::vault::{KeyKind, KeyRing};
use domain::audit::backup_note;
use domain::audit::checkpoint::{Checkpoint, Origin, SigningKey};
use domain::audit::merkle::Hash;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

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
    /// The signed note of a backup's manifest, by its SHA-256; `None` if the key is missing.
    pub fn sign_backup(&self, manifest: &[u8; 32]) -> Option<String> {
        self.key().map(|key| backup_note::sign(&key, manifest).to_string())
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

    /// What it says, if it is there.
    pub fn read(&self) -> Option<String> {
        std::fs::read_to_string(&self.0).ok()
    }

    /// A reader sees the old or the new one, whole: it is written aside and renamed. Instances may share the folder:
    /// each writes under a name of its own, and none puts an older one over a newer.
    pub(super) fn replace(&self, note: &str) -> std::io::Result<()> {
        if self.read().is_some_and(|there| size_of(&there) > size_of(note)) {
            return Ok(());
        }
        let aside = self.0.with_extension(format!("{}.new", std::process::id()));
        std::fs::File::create(&aside)?.write_all(note.as_bytes())?;
        std::fs::rename(aside, &self.0)
    }

    /// Moves it aside, if it is there: one of what is lost would never give way to those of what goes on. It is
    /// evidence, so it stays, under a name of its own.
    pub fn set_aside(&self) -> std::io::Result<()> {
        let mut names = (1_u32..).map(|n| self.0.with_extension(format!("replaced-{n}")));
        let aside = names.find(|name| !name.exists()).ok_or(std::io::ErrorKind::AlreadyExists)?;
        match std::fs::rename(&self.0, aside) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            moved => moved,
        }
    }

    /// The same, if it knows more entries than `came`, and no more than `known`: that these are lost was agreed to.
    pub(crate) fn set_aside_if_lost(&self, came: u64, known: u64) -> std::io::Result<()> {
        match self.read().as_deref().and_then(size_of) {
            Some(size) if size > came && size <= known => self.set_aside(),
            Some(_) | None => Ok(()),
        }
    }
}

/// What a checkpoint says of its size: its second line (C2SP tlog-checkpoint).
fn size_of(note: &str) -> Option<u64> {
    note.lines().nth(1)?.parse().ok()
}
