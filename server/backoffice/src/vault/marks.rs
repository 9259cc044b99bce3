//! What a copy is marked with (E4): numbers that only the holder of the index key can tell from chance. Under labels of
//! their own, so that they have nothing in common with the digest of any value.

use super::aead::canonical;
use super::blind_index::hmac;
use super::{BlindIndex, IndexDigest, VaultError};
use domain::id::ExportId;
use domain::search::EXPORT_TOKEN;
use zeroize::Zeroizing;

/// A pseudo-random function of one export.
pub(crate) struct ExportMarks {
    key: Zeroizing<[u8; 32]>,
}

impl ExportMarks {
    /// 128 bits for these parts, the same each time.
    pub(crate) fn number(&self, parts: &[&[u8]]) -> u128 {
        let [b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, ..] =
            hmac(&self.key, &canonical(parts));
        u128::from_be_bytes([b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15])
    }
}

impl BlindIndex {
    /// The marks of one export's copy.
    pub(crate) fn marks(&self, export: ExportId) -> Result<ExportMarks, VaultError> {
        let key = self.mac(&[b"export marks"], &[export.as_bytes()])?;
        Ok(ExportMarks { key: Zeroizing::new(*key.as_bytes()) })
    }

    /// The digest of a token: what is kept of it, and what a search for it looks up.
    pub(crate) fn token(&self, token: &str) -> Result<IndexDigest, VaultError> {
        self.mac(&[b"field", EXPORT_TOKEN.as_bytes()], &[token.as_bytes()])
    }
}
