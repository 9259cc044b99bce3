//! The file on the disk: sealed bytes only.

use super::CopyError;
use crate::exports::sealing_key::SealingKey;
use domain::audit::fingerprint::Fingerprint;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What the file is, once it is whole.
pub(super) struct Sealed {
    pub bytes: u64,
    pub sha256: Fingerprint,
}

/// Takes plain bytes, seals them in memory, writes what comes of it.
pub(super) struct SealedFile(age::stream::StreamWriter<HashedFile>);

impl SealedFile {
    /// Makes the file, which must not be there, and seals to this key.
    pub(super) fn create(dest: &Path, key: &SealingKey) -> Result<Self, CopyError> {
        let recipient: &dyn age::Recipient = key.recipient();
        let encryptor = age::Encryptor::with_recipients(std::iter::once(recipient)).map_err(io::Error::other)?;
        Ok(Self(encryptor.wrap_output(HashedFile::create(dest)?)?))
    }

    /// The last chunk, and everything synced.
    pub(super) fn finish(self) -> Result<Sealed, CopyError> {
        Ok(self.0.finish()?.finish()?)
    }
}

impl Write for SealedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A file that is hashed and counted as it grows, and removed unless it was finished.
struct HashedFile {
    file: File,
    path: PathBuf,
    hash: Sha256,
    bytes: u64,
    finished: bool,
}

impl HashedFile {
    fn create(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        Ok(Self { file, path: path.to_owned(), hash: Sha256::new(), bytes: 0, finished: false })
    }

    fn finish(mut self) -> io::Result<Sealed> {
        self.file.sync_all()?;
        // The name must outlive a power cut as the bytes do.
        if let Some(folder) = self.path.parent() {
            File::open(folder)?.sync_all()?;
        }
        self.finished = true;
        let sha256 = Fingerprint::from_bytes(std::mem::take(&mut self.hash).finalize().into());
        Ok(Sealed { bytes: self.bytes, sha256 })
    }
}

impl Write for HashedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for HashedFile {
    fn drop(&mut self) {
        if !self.finished {
            // Of no use to anyone; whoever sweeps the folder finds it if this fails.
            drop(std::fs::remove_file(&self.path));
        }
    }
}
