//! TLS (U8): one pair of certificate and key, from files, replaced without a restart.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use rustls::{InconsistentKeys, ServerConfig};
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use tokio_rustls::TlsAcceptor;
use zeroize::Zeroizing;

/// Longer is no pair of ours: a chain of ten certificates is under 64 KiB.
const LONGEST: u64 = 256 * 1024;

/// What is wrong with a pair, and what to do about it. Nothing of the files is told but their names.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is not there, or not for this user.
    #[error("tls.{key}: {file} cannot be read: is it there, and may the user that runs grille read it?")]
    Unreadable {
        /// `certificate` or `key`.
        key: &'static str,
        /// Its name.
        file: PathBuf,
    },
    /// Others than its owner may read or write the key.
    #[error("tls.key: {0} can be read or written by others than its owner: set its mode to 0600")]
    OpenToOthers(PathBuf),
    /// No certificate in the file.
    #[error("tls.certificate: {0} holds no certificate in PEM: the server's own comes first, then its issuers'")]
    NoCertificate(PathBuf),
    /// No private key in the file.
    #[error("tls.key: {0} holds no private key in PEM, or one under a passphrase: store it without one, mode 0600")]
    NoKey(PathBuf),
    /// The two do not belong together.
    #[error("tls: the key is not that of the certificate: was only one of the two files replaced?")]
    Mismatch,
    /// rustls cannot use them.
    #[error("tls: the pair cannot be used: {0}")]
    Unusable(rustls::Error),
}

/// The pair that is served, and the files that it came from.
pub struct Certificates {
    certificate: PathBuf,
    key: PathBuf,
    serving: RwLock<Arc<ServerConfig>>,
    /// The files as they were when they were last read, whatever came of it.
    seen: RwLock<[Option<Stamp>; 2]>,
}

impl Certificates {
    /// Reads the pair.
    pub fn open(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let seen = [certificate, key].map(Stamp::of);
        let serving = RwLock::new(Arc::new(read_pair(certificate, key)?));
        Ok(Self { certificate: certificate.into(), key: key.into(), serving, seen: RwLock::new(seen) })
    }

    /// What greets the next connection.
    pub fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.serving.read().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Reads the pair anew. Connections that are there keep theirs; if the new pair is broken, so do all
    /// that come.
    pub fn reload(&self) -> Result<(), TlsError> {
        // Looked at before they are read: what changes meanwhile is noticed the next time.
        *self.seen.write().unwrap_or_else(PoisonError::into_inner) = self.look();
        let pair = Arc::new(read_pair(&self.certificate, &self.key)?);
        *self.serving.write().unwrap_or_else(PoisonError::into_inner) = pair;
        Ok(())
    }

    /// The same, if a file is not as it was when it was last read. `None`: nothing changed.
    pub fn reload_if_changed(&self) -> Option<Result<(), TlsError>> {
        let changed = self.look() != *self.seen.read().unwrap_or_else(PoisonError::into_inner);
        changed.then(|| self.reload())
    }

    fn look(&self) -> [Option<Stamp>; 2] {
        [&self.certificate, &self.key].map(|file| Stamp::of(file))
    }
}

/// Enough to notice that a file was replaced, rewritten or given other rights.
#[derive(PartialEq, Eq)]
struct Stamp {
    len: u64,
    modified: Option<std::time::SystemTime>,
    #[cfg(unix)]
    inode: (u64, u64, i64, i64),
}

impl Stamp {
    fn of(file: &Path) -> Option<Self> {
        let meta = std::fs::metadata(file).ok()?;
        Some(Self {
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

fn read_pair(certificate: &Path, key: &Path) -> Result<ServerConfig, TlsError> {
    let (text, _) = read(certificate, "certificate")?;
    let chain = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
    let chain = chain.ok().filter(|chain| !chain.is_empty());
    let chain = chain.ok_or_else(|| TlsError::NoCertificate(certificate.into()))?;
    let (text, meta) = read(key, "key")?;
    if open_to_others(&meta) {
        return Err(TlsError::OpenToOthers(key.into()));
    }
    let private = PrivateKeyDer::from_pem_slice(&text).map_err(|_| TlsError::NoKey(key.into()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_protocol_versions(&[&TLS13, &TLS12]);
    let builder = builder.map_err(TlsError::Unusable)?.with_no_client_auth();
    let mut config = builder.with_single_cert(chain, private).map_err(|error| match error {
        rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => TlsError::Mismatch,
        other => TlsError::Unusable(other),
    })?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// A file's bytes, and what it was when they were read.
fn read(file: &Path, key: &'static str) -> Result<(Zeroizing<Vec<u8>>, Metadata), TlsError> {
    let unreadable = |_: std::io::Error| TlsError::Unreadable { key, file: file.into() };
    let open = File::open(file).map_err(unreadable)?;
    let meta = open.metadata().map_err(unreadable)?;
    // One buffer that never grows, so that no copy of a key is left behind in freed memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(meta.len().min(LONGEST) as usize + 1));
    open.take(LONGEST).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok((bytes, meta))
}

/// Whether group or others have any right.
#[cfg(unix)]
pub(crate) fn open_to_others(meta: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::mode(meta) & 0o077 != 0
}

#[cfg(not(unix))]
pub(crate) fn open_to_others(_: &Metadata) -> bool {
    false
}
