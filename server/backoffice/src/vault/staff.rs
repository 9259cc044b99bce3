//! Staff secrets: TOTP seeds and passkeys, under a key of their own, bound to the person (L0).

mod passkeys;

use super::envelope::NONCE;
use super::keys::{KeyKind, KeyRing};
use super::{VaultError, aead};
use crate::system::{Entropy, random};
use domain::id::PersonNo;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Seals and opens staff secrets. No receipt is asked for: these are the bank's, not a customer's, and
/// sign-in is recorded by what comes of it.
pub struct StaffVault {
    ring: Arc<KeyRing>,
    entropy: Arc<dyn Entropy>,
}

/// An opened TOTP seed or passkey, wiped when dropped.
///
/// ```compile_fail
/// fn print(secret: &backoffice::vault::StaffSecret) { println!("{secret:?}") }
/// ```
/// ```compile_fail
/// fn keep(secret: &backoffice::vault::StaffSecret) -> backoffice::vault::StaffSecret { secret.clone() }
/// ```
pub struct StaffSecret(Zeroizing<Vec<u8>>);

impl StaffSecret {
    /// The bytes, for the code that checks a factor.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl StaffVault {
    /// The key is looked for at each use.
    pub fn new(ring: Arc<KeyRing>, entropy: Arc<dyn Entropy>) -> Self {
        Self { ring, entropy }
    }

    /// Nonce and ciphertext of this person's seed.
    pub fn seal(&self, person: &PersonNo, seed: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.seal_bound(&bound_to(person), seed)
    }

    /// The seed, if it is this person's.
    pub fn open(&self, person: &PersonNo, sealed: &[u8]) -> Result<StaffSecret, VaultError> {
        self.open_bound(&bound_to(person), sealed)
    }

    fn seal_bound(&self, associated: &[u8], secret: &[u8]) -> Result<Vec<u8>, VaultError> {
        let key = self.ring.key(KeyKind::Staff)?;
        let nonce = random::<NONCE>(&*self.entropy);
        let mut sealed = nonce.to_vec();
        sealed.extend(aead::Cipher::new(key.bytes()).seal(&nonce, associated, secret)?);
        Ok(sealed)
    }

    fn open_bound(&self, associated: &[u8], sealed: &[u8]) -> Result<StaffSecret, VaultError> {
        let key = self.ring.key(KeyKind::Staff)?;
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE>().ok_or(VaultError::Unreadable)?;
        aead::Cipher::new(key.bytes()).open(nonce, associated, ciphertext).map(StaffSecret)
    }
}

impl StaffVault {
    /// Nonce and ciphertext of what this person typed at that place; bound to other data than a seed, so that
    /// neither ever opens as the other.
    pub(crate) fn seal_draft(&self, person: &PersonNo, place: &str, text: &str) -> Result<Vec<u8>, VaultError> {
        let key = self.ring.key(KeyKind::Staff)?;
        let nonce = random::<NONCE>(&*self.entropy);
        let mut sealed = nonce.to_vec();
        sealed.extend(aead::Cipher::new(key.bytes()).seal(&nonce, &draft_of(person, place), text.as_bytes())?);
        Ok(sealed)
    }

    /// What this person typed at that place.
    pub(crate) fn open_draft(
        &self,
        person: &PersonNo,
        place: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<String>, VaultError> {
        let key = self.ring.key(KeyKind::Staff)?;
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE>().ok_or(VaultError::Unreadable)?;
        let opened = aead::Cipher::new(key.bytes()).open(nonce, &draft_of(person, place), ciphertext)?;
        let text = std::str::from_utf8(&opened).map_err(|_| VaultError::Unreadable)?;
        Ok(Zeroizing::new(text.to_owned()))
    }
}

fn draft_of(person: &PersonNo, place: &str) -> Vec<u8> {
    aead::canonical(&[b"grille draft v1", person.as_str().as_bytes(), place.as_bytes()])
}

fn bound_to(person: &PersonNo) -> Vec<u8> {
    aead::canonical(&[b"grille staff secret v1", person.as_str().as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::TestEntropy;
    use crate::vault::keys::KeyError;

    #[test]
    fn l0_a_draft_opens_for_its_person_and_place_and_never_as_a_seed() {
        let dir = tempfile::tempdir().unwrap();
        let entropy = Arc::new(TestEntropy::seeded(4));
        let ring = Arc::new(KeyRing::create_all(dir.path(), &*entropy).unwrap());
        let vault = StaffVault::new(ring, entropy);
        let (one, other) = (PersonNo::parse("P1001").unwrap(), PersonNo::parse("P1002").unwrap());
        let sealed = vault.seal_draft(&one, "case_note", "typed").unwrap();
        assert_eq!(vault.open_draft(&one, "case_note", &sealed).unwrap().as_str(), "typed");
        let unreadable = Some(VaultError::Unreadable);
        assert_eq!(vault.open_draft(&other, "case_note", &sealed).err(), unreadable);
        assert_eq!(vault.open_draft(&one, "elsewhere", &sealed).err(), unreadable);
        assert_eq!(vault.open(&one, &sealed).err(), unreadable);
    }

    #[test]
    fn l0_a_seed_opens_for_its_person_only_and_not_without_the_staff_key() {
        let dir = tempfile::tempdir().unwrap();
        let entropy = Arc::new(TestEntropy::seeded(3));
        let ring = Arc::new(KeyRing::create_all(dir.path(), &*entropy).unwrap());
        let vault = StaffVault::new(ring, entropy);
        let (one, other) = (PersonNo::parse("P1001").unwrap(), PersonNo::parse("P1002").unwrap());
        let sealed = vault.seal(&one, b"12345678901234567890").unwrap();
        assert_eq!(vault.open(&one, &sealed).unwrap().bytes(), b"12345678901234567890");
        assert_eq!(vault.open(&other, &sealed).err(), Some(VaultError::Unreadable));
        assert_eq!(vault.open(&one, &sealed[..11]).err(), Some(VaultError::Unreadable));
        assert_ne!(vault.seal(&one, b"12345678901234567890").unwrap(), sealed);
        std::fs::remove_file(dir.path().join("staff.key")).unwrap();
        assert_eq!(vault.open(&one, &sealed).err(), Some(VaultError::Key(KeyError::Missing(KeyKind::Staff))));
    }
}
