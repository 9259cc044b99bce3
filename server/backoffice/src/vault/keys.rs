//! The four keys (L0): made once, never derived from one another, 0600, and looked for at every use.

use crate::system::{Entropy, random};
use std::fs::{self, Metadata, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Which key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyKind {
    /// The vault's KEK.
    Vault,
    /// The search index's.
    Index,
    /// The staff secrets'.
    Staff,
    /// The log-signing key.
    Log,
}

impl KeyKind {
    /// All four.
    pub const ALL: [KeyKind; 4] = [KeyKind::Vault, KeyKind::Index, KeyKind::Staff, KeyKind::Log];
    /// The name of its file.
    pub const fn file_name(self) -> &'static str {
        match self {
            KeyKind::Vault => "vault.key",
            KeyKind::Index => "index.key",
            KeyKind::Staff => "staff.key",
            KeyKind::Log => "log.key",
        }
    }
}

/// What is wrong with a key. The file's name says which; neither path nor content is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not there, or this process may not read it.
    #[error("{} is missing or cannot be read", .0.file_name())]
    Missing(KeyKind),
    /// Others than its owner may read or write it.
    #[error("{} can be read or written by others than its owner: set its mode to 0600", .0.file_name())]
    OpenToOthers(KeyKind),
    /// Not 64 hexadecimal digits and a newline.
    #[error("{} is not a key: 64 hexadecimal digits and a newline are", .0.file_name())]
    Malformed(KeyKind),
    /// There is one already, and a key is never made twice.
    #[error("{} exists: keys are made once, and replaced by rotation only", .0.file_name())]
    Exists(KeyKind),
    /// It could not be written.
    #[error("{} could not be written", .0.file_name())]
    NotWritten(KeyKind),
}

impl KeyError {
    /// Which key.
    pub const fn kind(self) -> KeyKind {
        match self {
            KeyError::Missing(kind)
            | KeyError::OpenToOthers(kind)
            | KeyError::Malformed(kind)
            | KeyError::Exists(kind)
            | KeyError::NotWritten(kind) => kind,
        }
    }
}

/// The bytes of a key.
///
/// ```compile_fail
/// fn print(key: &backoffice::vault::Key) { println!("{key:?}") }
/// ```
/// ```compile_fail
/// fn keep(key: &backoffice::vault::Key) -> backoffice::vault::Key { key.clone() }
/// ```
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; 32]);

impl Key {
    /// The bytes, for a cipher, a MAC or a signer of this crate.
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The folder of the four keys. Bytes are kept in memory for as long as the file they came from stands there
/// unchanged: a look at its metadata at each use is cheap, and a key that was taken away is gone at once.
pub struct KeyRing {
    dir: PathBuf,
    held: [Mutex<Option<Held>>; 4],
}

struct Held {
    stamp: Stamp,
    key: Arc<Key>,
}

impl KeyRing {
    /// Makes all four, or none: an existing one is an error, since data may depend on it.
    pub fn create_all(dir: &Path, entropy: &dyn Entropy) -> Result<Self, KeyError> {
        make_private_dir(dir).map_err(|_| KeyError::NotWritten(KeyKind::Vault))?;
        if let Some(kind) = KeyKind::ALL.into_iter().find(|kind| dir.join(kind.file_name()).symlink_metadata().is_ok())
        {
            return Err(KeyError::Exists(kind));
        }
        for (made, kind) in KeyKind::ALL.into_iter().enumerate() {
            if let Err(error) = write_key(&dir.join(kind.file_name()), &Key(random(entropy))) {
                // Another process was faster, and its keys are not ours to touch.
                if error.kind() == std::io::ErrorKind::AlreadyExists {
                    return Err(KeyError::Exists(kind));
                }
                // Nothing depends on these yet, and half a ring would refuse the next try.
                for half in KeyKind::ALL.iter().take(made + 1) {
                    drop(fs::remove_file(dir.join(half.file_name())));
                }
                return Err(KeyError::NotWritten(kind));
            }
        }
        // The names must outlive a power cut as the bytes do.
        fs::File::open(dir).and_then(|dir| dir.sync_all()).map_err(|_| KeyError::NotWritten(KeyKind::Vault))?;
        Ok(Self::open(dir))
    }

    /// The keys of that folder. Nothing is read yet: a missing one is noticed at its use (L0).
    pub fn open(dir: &Path) -> Self {
        Self { dir: dir.into(), held: Default::default() }
    }

    /// The key, if its file is there now.
    pub fn key(&self, kind: KeyKind) -> Result<Arc<Key>, KeyError> {
        let mut held = self.held[kind as usize].lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.dir.join(kind.file_name());
        let found = fs::metadata(&path).map_err(|_| KeyError::Missing(kind)).and_then(|meta| Stamp::of(&meta, kind));
        match (found, &*held) {
            (Ok(stamp), Some(one)) if one.stamp == stamp => Ok(one.key.clone()),
            (Ok(stamp), _) => {
                *held = None;
                let key = Arc::new(read(&path, kind)?);
                *held = Some(Held { stamp, key: key.clone() });
                Ok(key)
            }
            (Err(error), _) => {
                *held = None;
                Err(error)
            }
        }
    }
}

/// Enough of a file's metadata to notice that it was replaced, rewritten or given other rights.
#[derive(PartialEq, Eq)]
struct Stamp {
    len: u64,
    modified: Option<std::time::SystemTime>,
    #[cfg(unix)]
    inode: (u64, u64, i64, i64),
}

impl Stamp {
    fn of(meta: &Metadata, kind: KeyKind) -> Result<Self, KeyError> {
        if !meta.is_file() {
            return Err(KeyError::Missing(kind));
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            if meta.mode() & 0o400 == 0 {
                return Err(KeyError::Missing(kind));
            }
            if meta.mode() & 0o077 != 0 {
                return Err(KeyError::OpenToOthers(kind));
            }
        }
        Ok(Self {
            len: meta.len(),
            modified: meta.modified().ok(),
            #[cfg(unix)]
            inode: {
                use std::os::unix::fs::MetadataExt;
                (meta.dev(), meta.ino(), meta.ctime(), meta.ctime_nsec())
            },
        })
    }
}

fn read(path: &Path, kind: KeyKind) -> Result<Key, KeyError> {
    let file = fs::File::open(path).map_err(|_| KeyError::Missing(kind))?;
    // One buffer that never grows, so that no copy of the text is left behind in freed memory.
    let mut text = Zeroizing::new(Vec::with_capacity(128));
    file.take(100).read_to_end(&mut text).map_err(|_| KeyError::Missing(kind))?;
    let digits = text.strip_suffix(b"\n").unwrap_or(&text);
    let mut key = Key([0; 32]);
    if digits.len() != 64 || data_encoding::HEXLOWER.decode_mut(digits, &mut key.0).is_err() {
        return Err(KeyError::Malformed(kind));
    }
    Ok(key)
}

fn make_private_dir(dir: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

fn write_key(path: &Path, key: &Key) -> std::io::Result<()> {
    // As long as it will be: a buffer that grows leaves a copy behind.
    let mut text = Zeroizing::new(String::with_capacity(65));
    data_encoding::HEXLOWER.encode_append(&key.0, &mut text);
    text.push('\n');
    write_private(path, text.as_bytes())
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::TestEntropy;

    fn ring() -> (tempfile::TempDir, KeyRing) {
        let dir = tempfile::tempdir().unwrap();
        let ring = KeyRing::create_all(&dir.path().join("keys"), &TestEntropy::seeded(1)).unwrap();
        (dir, ring)
    }

    #[test]
    fn l0_four_different_keys_are_made_once() {
        let (dir, ring) = ring();
        let mut all: Vec<_> = KeyKind::ALL.map(|kind| *ring.key(kind).unwrap().bytes()).into();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 4);
        let again = KeyRing::create_all(&dir.path().join("keys"), &TestEntropy::seeded(2));
        assert_eq!(again.err(), Some(KeyError::Exists(KeyKind::Vault)));
        assert_eq!(
            ring.key(KeyKind::Log).unwrap().bytes(),
            &all[all.iter().position(|k| k == ring.key(KeyKind::Log).unwrap().bytes()).unwrap()]
        );
    }

    #[test]
    fn l0_one_existing_key_keeps_the_other_three_from_being_made() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("staff.key"), "x").unwrap();
        let made = KeyRing::create_all(dir.path(), &TestEntropy::seeded(1));
        assert_eq!(made.err(), Some(KeyError::Exists(KeyKind::Staff)));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn l0_a_missing_key_is_noticed_at_its_next_use_and_so_is_its_return() {
        for kind in KeyKind::ALL {
            let (dir, ring) = ring();
            let path = dir.path().join("keys").join(kind.file_name());
            let before = *ring.key(kind).unwrap().bytes();
            fs::rename(&path, dir.path().join("aside")).unwrap();
            assert_eq!(ring.key(kind).err(), Some(KeyError::Missing(kind)));
            for other in KeyKind::ALL.into_iter().filter(|other| *other != kind) {
                assert!(ring.key(other).is_ok());
            }
            fs::rename(dir.path().join("aside"), &path).unwrap();
            assert_eq!(ring.key(kind).unwrap().bytes(), &before);
        }
    }

    #[test]
    fn l0_a_key_that_was_replaced_is_read_again() {
        let (dir, ring) = ring();
        let path = dir.path().join("keys/index.key");
        let before = *ring.key(KeyKind::Index).unwrap().bytes();
        fs::remove_file(&path).unwrap();
        write_private(&path, format!("{}\n", "5a".repeat(32)).as_bytes()).unwrap();
        assert_ne!(before, [0x5a; 32]);
        assert_eq!(ring.key(KeyKind::Index).unwrap().bytes(), &[0x5a; 32]);
    }

    #[cfg(unix)]
    #[test]
    fn l0_key_files_are_0600_and_refused_when_others_may_read_or_write_them() {
        use std::os::unix::fs::PermissionsExt;
        let (dir, ring) = ring();
        for kind in KeyKind::ALL {
            let path = dir.path().join("keys").join(kind.file_name());
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            assert!(ring.key(kind).is_ok());
            for mode in [0o640, 0o620, 0o604, 0o602, 0o601] {
                fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
                assert_eq!(ring.key(kind).err(), Some(KeyError::OpenToOthers(kind)), "{mode:o}");
            }
            fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
            assert_eq!(ring.key(kind).err(), Some(KeyError::Missing(kind)));
        }
    }

    #[test]
    fn l0_a_file_that_is_no_key_is_refused_without_a_word_of_its_content() {
        let (dir, ring) = ring();
        let path = dir.path().join("keys/vault.key");
        for text in
            ["", "\n", "00", &"0".repeat(63), &"0".repeat(65), &"zz".repeat(32), &"AB".repeat(32), &"0".repeat(500)]
        {
            fs::remove_file(&path).unwrap();
            write_private(&path, text.as_bytes()).unwrap();
            assert_eq!(ring.key(KeyKind::Vault).err(), Some(KeyError::Malformed(KeyKind::Vault)));
        }
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert_eq!(ring.key(KeyKind::Vault).err(), Some(KeyError::Missing(KeyKind::Vault)));
    }
}
