//! AES-256-GCM, and the bytes that a ciphertext is bound to.

use super::VaultError;
use super::envelope::NONCE;
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use zeroize::Zeroizing;

/// The cipher of one key; wiped when dropped.
pub struct Cipher(Aes256Gcm);

impl Cipher {
    /// Expands the key.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(Aes256Gcm::new(key.into()))
    }

    /// Ciphertext and tag. A nonce serves once.
    pub fn seal(&self, nonce: &[u8; NONCE], associated: &[u8], text: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.0.encrypt(nonce.into(), Payload { msg: text, aad: associated }).map_err(|_| VaultError::TooLong)
    }

    /// The text, if key, nonce, associated data and every bit are what they were.
    pub fn open(&self, nonce: &[u8; NONCE], associated: &[u8], text: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let opened = self.0.decrypt(nonce.into(), Payload { msg: text, aad: associated });
        opened.map(Zeroizing::new).map_err(|_| VaultError::Unreadable)
    }
}

/// Parts as canonical bytes: each behind its 32-bit length, so that no two lists of parts share them. The
/// first part names what the bytes are for.
pub fn canonical(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| 4 + part.len()).sum());
    for part in parts {
        bytes.extend((part.len() as u32).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l2_the_cipher_is_aes_256_gcm_as_nist_tests_it() {
        // GCM specification (McGrew, Viega), test case 16.
        let hex = |text: &str| data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap();
        let key: [u8; 32] = hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308").try_into().unwrap();
        let nonce: [u8; 12] = hex("cafebabefacedbaddecaf888").try_into().unwrap();
        let text = hex(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        );
        let associated = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        let sealed = hex(
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
        );
        let cipher = Cipher::new(&key);
        assert_eq!(cipher.seal(&nonce, &associated, &text).unwrap(), sealed);
        assert_eq!(*cipher.open(&nonce, &associated, &sealed).unwrap(), text);
    }

    #[test]
    fn parts_that_only_concatenate_alike_are_told_apart() {
        assert_ne!(canonical(&[b"ab", b"c"]), canonical(&[b"a", b"bc"]));
        assert_ne!(canonical(&[b"ab", b""]), canonical(&[b"ab"]));
    }
}
