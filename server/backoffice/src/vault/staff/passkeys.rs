//! Passkeys under the staff key: sealed for their person and their row, and keyed tags of what must be
//! compared without being told.

use super::{StaffSecret, StaffVault};
use crate::vault::aead::{self, canonical};
use crate::vault::{KeyKind, VaultError};
use domain::id::{PasskeyId, PersonNo};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

impl StaffVault {
    /// Nonce and ciphertext of a credential; it opens for this person and this row only.
    pub fn seal_passkey(&self, person: &PersonNo, id: PasskeyId, credential: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.seal_bound(&bound_to(person, id), credential)
    }

    /// The credential, if it is this person's and this row's.
    pub fn open_passkey(&self, person: &PersonNo, id: PasskeyId, sealed: &[u8]) -> Result<StaffSecret, VaultError> {
        self.open_bound(&bound_to(person, id), sealed)
    }

    /// HMAC-SHA-256 over parts, the first of which says what for.
    pub fn tag(&self, parts: &[&[u8]]) -> Result<[u8; 32], VaultError> {
        let key = self.ring.key(KeyKind::Staff)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(key.bytes()).map_err(|_| VaultError::Unreadable)?;
        mac.update(&canonical(&[b"grille staff tag v1"]));
        mac.update(&canonical(parts));
        Ok(mac.finalize().into_bytes().into())
    }
}

fn bound_to(person: &PersonNo, id: PasskeyId) -> Vec<u8> {
    aead::canonical(&[b"grille passkey v1", person.as_str().as_bytes(), id.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::TestEntropy;
    use crate::vault::KeyRing;
    use std::sync::Arc;

    #[test]
    fn l0_a_passkey_opens_for_its_person_and_row_only_and_never_as_a_seed() {
        let dir = tempfile::tempdir().unwrap();
        let entropy = Arc::new(TestEntropy::seeded(3));
        let vault = StaffVault::new(Arc::new(KeyRing::create_all(dir.path(), &*entropy).unwrap()), entropy);
        let (one, other) = (PersonNo::parse("P1001").unwrap(), PersonNo::parse("P1002").unwrap());
        let [id, another] = [1, 2].map(|n| PasskeyId::from_bytes([n; 16]));
        let sealed = vault.seal_passkey(&one, id, b"a credential").unwrap();
        assert_eq!(vault.open_passkey(&one, id, &sealed).unwrap().bytes(), b"a credential");
        assert!(vault.open_passkey(&other, id, &sealed).is_err());
        assert!(vault.open_passkey(&one, another, &sealed).is_err());
        assert!(vault.open(&one, &sealed).is_err(), "no TOTP seed");
        assert!(vault.open_passkey(&one, id, &vault.seal(&one, b"a seed").unwrap()).is_err());
        assert_ne!(vault.tag(&[b"a", b"b"]).unwrap(), vault.tag(&[b"ab"]).unwrap());
        std::fs::remove_file(dir.path().join("staff.key")).unwrap();
        assert!(vault.open_passkey(&one, id, &sealed).is_err() && vault.tag(&[b"a"]).is_err());
    }
}
