//! Checkpoints: who signs them, and the file by which each leaves the database as it is made (A3).

use crate::system::{SystemEntropy, random};
use crate::vault::{KeyKind, KeyRing};
use domain::audit::backup_note;
use domain::audit::checkpoint::{self, Checkpoint, Origin, SigningKey, VerifierKey};
use domain::audit::merkle::Hash;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
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

/// A note is a fraction of this; more is not read.
const LONGEST: u64 = 64 * 1024;

/// The newest checkpoint as a file that a witness can collect.
#[derive(Clone, Debug)]
pub struct CheckpointFile(PathBuf);

impl CheckpointFile {
    /// At this path; its folder must exist.
    pub fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// What it says; nothing if there is none. One that is there and cannot be read is an error: nobody knows what it
    /// vouches for.
    pub fn read(&self) -> std::io::Result<Option<String>> {
        let mut bytes = Vec::new();
        match std::fs::File::open(&self.0).and_then(|file| file.take(LONGEST).read_to_end(&mut bytes)) {
            Ok(_) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A reader sees the old or the new one, whole, and so does whoever comes after a power cut: it is written aside,
    /// synced and renamed. Instances may share the folder: each writes under a name of its own, and none puts an older
    /// one over a newer. Only what our key has signed is written, or newer; whatever else is there makes room, and is kept.
    pub(super) fn replace(&self, note: &str, key: &VerifierKey) -> std::io::Result<()> {
        let Ok(new) = checkpoint::open(note, key) else {
            return Err(std::io::Error::other("the log's head is not signed by its key"));
        };
        match self.read()?.map(|there| checkpoint::open(&there, key)) {
            Some(Ok(there)) if there.size > new.size => return Ok(()),
            Some(Err(_)) => {
                tracing::error!("ALERT: the checkpoint file was not signed by this log's key; it is set aside");
                self.set_aside()?;
            }
            Some(Ok(_)) | None => (),
        }
        let name = data_encoding::HEXLOWER.encode(&random::<8>(&SystemEntropy));
        let aside = self.0.with_extension(format!("{name}.new"));
        let written = write_synced(&aside, note).and_then(|()| std::fs::rename(&aside, &self.0));
        if written.is_err() {
            drop(std::fs::remove_file(aside));
        }
        written
    }

    /// Moves it aside, if it is there: one of what is lost would never give way to those of what goes on. It is
    /// evidence, so it stays, under a name of its own.
    pub fn set_aside(&self) -> std::io::Result<()> {
        let mut names = (1_u32..).map(|n| self.0.with_extension(format!("replaced-{n}")));
        let aside = names.find(|name| !name.exists()).ok_or(ErrorKind::AlreadyExists)?;
        match std::fs::rename(&self.0, aside) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            moved => moved,
        }
    }

    /// The same, if it knows more entries than `came`, and no more than `known`: that these are lost was agreed to.
    pub(crate) fn set_aside_if_lost(&self, came: u64, known: u64) -> std::io::Result<()> {
        match self.read()?.as_deref().and_then(size_of) {
            Some(size) if size > came && size <= known => self.set_aside(),
            Some(_) | None => Ok(()),
        }
    }
}

fn write_synced(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = std::fs::File::create_new(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_data()
}

/// What a checkpoint says of its size: its second line (C2SP tlog-checkpoint). Whoever signed it.
pub(super) fn size_of(note: &str) -> Option<u64> {
    note.lines().nth(1)?.parse().ok()
}
