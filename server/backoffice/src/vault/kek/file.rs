//! A KEK in a file: AES-256-GCM with a random nonce, for one bank's single machine and for the demo.

use super::{Dek, Kek};
use crate::system::{Entropy, random};
use crate::vault::envelope::NONCE;
use crate::vault::keys::{KeyKind, KeyRing};
use crate::vault::{VaultError, aead};
use std::sync::Arc;

/// `vault.key`. Random nonces bound it to 2^32 wraps (NIST SP 800-38D 8.3): a million customers
/// re-imported every day for eleven years.
pub struct FileKek {
    ring: Arc<KeyRing>,
    entropy: Arc<dyn Entropy>,
}

const VERSION: u32 = 1;

impl FileKek {
    /// The key is looked for at each use.
    pub fn new(ring: Arc<KeyRing>, entropy: Arc<dyn Entropy>) -> Self {
        Self { ring, entropy }
    }
}

impl Kek for FileKek {
    fn version(&self) -> u32 {
        VERSION
    }

    fn wrap(&self, dek: &Dek, associated: &[u8]) -> Result<Vec<u8>, VaultError> {
        let key = self.ring.key(KeyKind::Vault)?;
        let nonce = random::<NONCE>(&*self.entropy);
        let mut wrapped = nonce.to_vec();
        wrapped.extend(aead::Cipher::new(key.bytes()).seal(&nonce, associated, &dek.0)?);
        Ok(wrapped)
    }

    fn unwrap(&self, version: u32, wrapped: &[u8], associated: &[u8]) -> Result<Dek, VaultError> {
        let key = self.ring.key(KeyKind::Vault)?;
        let (nonce, ciphertext) = wrapped.split_first_chunk::<NONCE>().ok_or(VaultError::Unreadable)?;
        if version != VERSION {
            return Err(VaultError::Unreadable);
        }
        let bytes = aead::Cipher::new(key.bytes()).open(nonce, associated, ciphertext)?;
        let mut dek = Dek([0; 32]);
        if bytes.len() != dek.0.len() {
            return Err(VaultError::Unreadable);
        }
        dek.0.copy_from_slice(&bytes);
        Ok(dek)
    }
}
