//! The machine: the one place that asks it for time and randomness. Everything else takes a [`Clock`] and
//! an [`Entropy`], so that a test can hold both still.

use domain::clock::{Clock, Timestamp};
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicU64, Ordering};

/// Where randomness comes from.
pub trait Entropy: Send + Sync {
    /// Fills `out` with random bytes.
    fn fill(&self, out: &mut [u8]);
}

/// So many random bytes.
pub fn random<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

/// A UUIDv7 (RFC 9562): 48 bits of milliseconds, then 74 random bits. New ids come in order, which keeps
/// indexes compact, and cannot be guessed.
pub fn new_id(now: Timestamp, entropy: &dyn Entropy) -> [u8; 16] {
    let mut bytes = random::<16>(entropy);
    bytes[..6].copy_from_slice(&now.millis().to_be_bytes()[2..]);
    bytes[6] = bytes[6] & 0x0f | 0x70;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    bytes
}

/// The id before all that [`new_id`] gives from that time on.
pub fn earliest_id(at: Timestamp) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&at.millis().to_be_bytes()[2..]);
    bytes
}

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "the one clock")]
        let now = std::time::SystemTime::now();
        // Before 1970 is "far behind the log", which stops sensitive acts (A6).
        let since = now.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_millis());
        Timestamp::from_millis(i64::try_from(since).unwrap_or(i64::MAX))
    }
}

/// How long something took. It decides nothing: what a rule depends on takes a [`Clock`].
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Begins.
    pub fn begin() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one stopwatch: it measures, and decides nothing")]
        let now = std::time::Instant::now();
        Self(now)
    }
    /// Since then.
    pub fn elapsed(&self) -> std::time::Duration {
        self.0.elapsed()
    }
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, out: &mut [u8]) {
        #[expect(clippy::disallowed_methods, reason = "the one source of randomness")]
        let filled = getrandom::fill(out);
        if filled.is_err() {
            // No key, nonce, handle or token may ever be made of zeros, and no caller could do better.
            tracing::error!("the operating system gives no randomness; stopping");
            std::process::abort();
        }
    }
}

/// A reproducible stream for tests and for `sample-customers`: SHA-256 over a seed and a counter. Never for keys.
#[derive(Debug)]
pub struct TestEntropy {
    seed: u64,
    counter: AtomicU64,
}

impl TestEntropy {
    /// The stream of that seed.
    pub const fn seeded(seed: u64) -> Self {
        Self { seed, counter: AtomicU64::new(0) }
    }
}

impl Entropy for TestEntropy {
    fn fill(&self, out: &mut [u8]) {
        for chunk in out.chunks_mut(32) {
            let counter = self.counter.fetch_add(1, Ordering::Relaxed);
            let block = Sha256::new()
                .chain_update(b"grille test entropy v1")
                .chain_update(self.seed.to_be_bytes())
                .chain_update(counter.to_be_bytes())
                .finalize();
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_ids_are_uuids_of_version_7_and_sort_by_time() {
        let entropy = TestEntropy::seeded(1);
        let early = new_id(Timestamp::from_millis(1_795_335_330_123), &entropy);
        let late = new_id(Timestamp::from_millis(1_795_335_330_124), &entropy);
        let id = uuid::Uuid::from_bytes(early);
        assert_eq!((id.get_version_num(), id.get_variant()), (7, uuid::Variant::RFC4122));
        assert_eq!(id.get_timestamp().unwrap().to_unix(), (1_795_335_330, 123_000_000));
        assert!(early < late);
    }

    #[test]
    fn a_seed_gives_one_stream_and_the_system_gives_another_each_time() {
        let stream = |seed| random::<40>(&TestEntropy::seeded(seed));
        assert_eq!(stream(7), stream(7));
        assert_ne!(stream(7), stream(8));
        assert_ne!(random::<32>(&SystemEntropy), random::<32>(&SystemEntropy));
    }
}
