//! Passwords: Argon2id, and the same work for a number that nobody has (U1, U2).

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// OWASP's second recommendation for Argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// So many hashes at once: more would only take memory from each other.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// The password could not be hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the password could not be hashed")]
pub struct PasswordError;

fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|_| PasswordError)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The PHC string of a password under this salt.
pub fn hash_password(password: &str, salt: &[u8; 16]) -> Result<String, PasswordError> {
    let hash = argon2()?.hash_password_with_salt(password.as_bytes(), salt).map_err(|_| PasswordError)?;
    Ok(hash.to_string())
}

/// Whether the password is that of the hash. `None` stands for a number that nobody has: the same work is
/// done, against a hash that nothing fits.
pub(crate) async fn verify(password: Zeroizing<String>, stored: Option<String>) -> bool {
    let Ok(_permit) = AT_ONCE.acquire().await else { return false };
    let known = stored.is_some();
    let verified = tokio::task::spawn_blocking(move || {
        let stored = match stored {
            Some(stored) => stored,
            // Hashing takes what verifying takes.
            None => return hash_password(&password, &[0; 16]).is_ok_and(|_| false),
        };
        let Ok(hash) = PasswordHash::new(&stored) else { return false };
        argon2().is_ok_and(|argon2| argon2.verify_password(password.as_bytes(), &hash).is_ok())
    });
    verified.await.unwrap_or(false) && known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn u1_a_password_fits_its_own_hash_only() {
        let hash = hash_password("Grille-demo-2026", &[7; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let verify = |password: &str, hash: Option<String>| verify(Zeroizing::new(password.into()), hash);
        assert!(verify("Grille-demo-2026", Some(hash.clone())).await);
        assert!(!verify("Grille-demo-2027", Some(hash)).await);
        assert!(!verify("Grille-demo-2026", None).await);
        assert!(!verify("Grille-demo-2026", Some("no hash".into())).await);
    }
}
