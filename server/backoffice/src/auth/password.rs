//! Passwords: Argon2id, and the same work for a number that nobody has (U1, U2).

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, mpsc};
use std::thread;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

/// OWASP's second recommendation for Argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// Threads that hash: some eighty sign-ins a second, and 38 MiB that are never given back.
const THREADS: usize = 2;

/// Shorter is refused, whatever it is made of (U1; NIST SP 800-63B-4 and PCI DSS 8.3.6).
const SHORTEST: usize = 12;
/// Longer would only cost time.
const LONGEST: usize = 256;

/// Why there is no hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Under twelve characters.
    #[error("the password has fewer than 12 characters")]
    TooShort,
    /// Over 256 bytes.
    #[error("the password is longer than 256 bytes")]
    TooLong,
    /// On a list of common ones, or guessed soon after them.
    #[error("the password is among the first that would be guessed")]
    Guessable,
    /// It could not be hashed.
    #[error("the password could not be hashed")]
    NotHashed,
}

/// Whether a password may be set (U1): long enough, and not what zxcvbn, with its lists of common
/// passwords and names, would guess in under 10^10 tries. `known` is what an attacker knows of the person.
pub fn check_strength(password: &str, known: &[&str]) -> Result<(), PasswordError> {
    if password.chars().count() < SHORTEST {
        return Err(PasswordError::TooShort);
    }
    if password.len() > LONGEST {
        return Err(PasswordError::TooLong);
    }
    let score = zxcvbn::zxcvbn(password, known).score();
    if score < zxcvbn::Score::Four { Err(PasswordError::Guessable) } else { Ok(()) }
}

/// The fault of a password that may not be set, by the name that pages have a sentence for; none if it may.
pub(crate) fn fault_of(password: &str, known: &[&str]) -> Option<&'static str> {
    match check_strength(password, known) {
        Ok(()) => None,
        Err(PasswordError::TooShort) => Some("password_short"),
        Err(PasswordError::TooLong) => Some("password_long"),
        Err(PasswordError::Guessable | PasswordError::NotHashed) => Some(weakness(password, known)),
    }
}

/// Why a password is among the first that would be guessed, as zxcvbn explains it: a word of ours that the page
/// has a sentence for. It tells nothing of what was typed but its kind.
fn weakness(password: &str, known: &[&str]) -> &'static str {
    use zxcvbn::feedback::Warning;
    let estimate = zxcvbn::zxcvbn(password, known);
    match estimate.feedback().and_then(zxcvbn::feedback::Feedback::warning) {
        Some(Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess) => {
            "password_keys"
        }
        Some(Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess) => {
            "password_repeats"
        }
        Some(
            Warning::ThisIsATop10Password
            | Warning::ThisIsATop100Password
            | Warning::ThisIsACommonPassword
            | Warning::ThisIsSimilarToACommonlyUsedPassword,
        ) => "password_common",
        Some(Warning::SequencesLikeAbcAreEasyToGuess) => "password_sequence",
        Some(Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess) => "password_dates",
        Some(Warning::AWordByItselfIsEasyToGuess) => "password_word",
        Some(Warning::NamesAndSurnamesByThemselvesAreEasyToGuess | Warning::CommonNamesAndSurnamesAreEasyToGuess) => {
            "password_names"
        }
        None => "password_guessable",
    }
}

fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|_| PasswordError::NotHashed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The PHC string of a password under this salt.
pub fn hash_password(password: &str, salt: &[u8; 16]) -> Result<String, PasswordError> {
    let hash = argon2()?.hash_password_with_salt(password.as_bytes(), salt).map_err(|_| PasswordError::NotHashed)?;
    Ok(hash.to_string())
}

/// The same, aside from what answers requests. The caller has a turn at the turnstile.
pub(crate) async fn hash_aside(password: Zeroizing<String>, salt: [u8; 16]) -> Result<String, PasswordError> {
    aside(move || hash_password(&password, &salt)).await.ok_or(PasswordError::NotHashed)?
}

/// Whether the password is that of the hash. `None` stands for a number that nobody has: the same work is
/// done, against a hash that nothing fits. The caller has a turn at the turnstile. One that could not be looked at is
/// not a wrong one, which would be counted against somebody.
pub(crate) async fn verify(password: Zeroizing<String>, stored: Option<String>) -> Result<bool, PasswordError> {
    let known = stored.is_some();
    let verified = aside(move || {
        let stored = match stored {
            Some(stored) => stored,
            // Hashing takes what verifying takes.
            None => return hash_password(&password, &[0; 16]).is_ok_and(|_| false),
        };
        let Ok(hash) = PasswordHash::new(&stored) else { return false };
        argon2().is_ok_and(|argon2| argon2.verify_password(password.as_bytes(), &hash).is_ok())
    });
    Ok(verified.await.ok_or(PasswordError::NotHashed)? && known)
}

type Task = Box<dyn FnOnce() + Send>;

/// The way to the threads that hash, and do nothing else. What a hash was computed in stays with its thread for the
/// next one: on threads that come and go, each kept its own 19 MiB.
static HASHING: LazyLock<mpsc::Sender<Task>> = LazyLock::new(|| {
    let (queue, tasks) = mpsc::channel::<Task>();
    let tasks = Arc::new(Mutex::new(tasks));
    for _ in 0..THREADS {
        let tasks = tasks.clone();
        let next = move || tasks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let hash = move || {
            while let Ok(task) = next() {
                // Whoever waits for one that failed learns it by its absence; the next ones find the thread.
                if panic::catch_unwind(AssertUnwindSafe(task)).is_err() {
                    tracing::error!("a password was not hashed");
                }
            }
        };
        if let Err(error) = thread::Builder::new().name("password".into()).spawn(hash) {
            tracing::error!(%error, "a thread that hashes passwords did not start");
        }
    }
    queue
});

/// Runs it on one of them; nothing if there is none.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (done, answer) = oneshot::channel();
    let task = move || {
        // For who went away while they waited, nothing is hashed.
        if !done.is_closed() {
            drop(done.send(work()));
        }
    };
    HASHING.send(Box::new(task)).ok()?;
    answer.await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u1_a_short_or_common_password_is_refused() {
        for (password, refusal) in [
            ("Tr0ub4dor&3", PasswordError::TooShort),
            ("短短短短短短短短短短短", PasswordError::TooShort),
            ("password1234", PasswordError::Guessable),
            ("aaaaaaaaaaaaaaaa", PasswordError::Guessable),
            ("qwertyuiop[]", PasswordError::Guessable),
            ("op1001op1001", PasswordError::Guessable),
            (&"x9".repeat(200), PasswordError::TooLong),
        ] {
            assert_eq!(check_strength(password, &["op1001", "Lin Xiao"]), Err(refusal), "{password}");
        }
        assert_eq!(check_strength("Grille-demo-2026", &["op1001", "Lin Xiao"]), Ok(()));
        assert_eq!(check_strength("correct horse battery staple", &["op1001"]), Ok(()));
    }

    #[tokio::test]
    async fn u1_a_password_fits_its_own_hash_only() {
        let hash = hash_password("Grille-demo-2026", &[7; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let verify = |password: &str, hash: Option<String>| verify(Zeroizing::new(password.into()), hash);
        assert_eq!(verify("Grille-demo-2026", Some(hash.clone())).await, Ok(true));
        assert_eq!(verify("Grille-demo-2027", Some(hash)).await, Ok(false));
        assert_eq!(verify("Grille-demo-2026", None).await, Ok(false));
        assert_eq!(verify("Grille-demo-2026", Some("no hash".into())).await, Ok(false));
    }

    #[tokio::test]
    async fn u2_a_password_that_was_not_looked_at_is_not_a_wrong_one_and_the_next_is_looked_at() {
        for _ in 0..=THREADS {
            assert_eq!(aside(|| -> bool { panic!("a fault of the hash") }).await, None);
        }
        assert_eq!(aside(|| true).await, Some(true));
    }
}
