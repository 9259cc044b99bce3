//! The way to the password hash, and another to the identity provider. Each hash takes tens of milliseconds and
//! 19 MiB, each question a connection for as long as the provider likes, for anyone who asks; so only so many run at
//! once, and only so many wait, fewer yet from one place: a flood fills its own place in the queue, and who comes from
//! elsewhere is let through.

use domain::code::Code;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Two are hashed and two are next: more would only wait elsewhere.
const AT_ONCE: usize = 4;
/// Who come from one address: a branch behind one, when it opens.
const OF_ONE: usize = 48;
/// In all: a few seconds' worth.
const IN_ALL: usize = 256;

/// One of a back office's two.
pub(crate) struct Turnstile {
    hashing: Semaphore,
    inside: Mutex<BTreeMap<Option<IpAddr>, usize>>,
}

impl Default for Turnstile {
    fn default() -> Self {
        Self { hashing: Semaphore::new(AT_ONCE), inside: Mutex::default() }
    }
}

impl Turnstile {
    /// Waits for a turn, unless too many do.
    pub(crate) async fn enter(&self, from: Option<IpAddr>) -> Result<Turn<'_>, Code> {
        let place = self.queue(from)?;
        let permit = self.hashing.acquire().await.map_err(|_| Code::Busy)?;
        Ok(Turn { _place: place, _permit: permit })
    }

    fn queue(&self, from: Option<IpAddr>) -> Result<Place<'_>, Code> {
        let mut inside = self.inside();
        let (all, of_one) = (inside.values().sum::<usize>(), inside.get(&from).copied().unwrap_or(0));
        if all >= IN_ALL || of_one >= OF_ONE {
            return Err(Code::Busy);
        }
        inside.insert(from, of_one + 1);
        Ok(Place { turnstile: self, from })
    }

    fn inside(&self) -> MutexGuard<'_, BTreeMap<Option<IpAddr>, usize>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Someone's turn; over when it is dropped, a request that was given up too.
pub struct Turn<'a> {
    // The permit goes back first.
    _permit: SemaphorePermit<'a>,
    _place: Place<'a>,
}

struct Place<'a> {
    turnstile: &'a Turnstile,
    from: Option<IpAddr>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut inside = self.turnstile.inside();
        match inside.get_mut(&self.from) {
            Some(many) if *many > 1 => *many -= 1,
            Some(_) | None => drop(inside.remove(&self.from)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(n: u8) -> Option<IpAddr> {
        Some([192, 0, 2, n].into())
    }

    #[tokio::test]
    async fn u3_a_flood_from_one_address_leaves_room_for_others() {
        let turnstile = Turnstile::default();
        let flood: Vec<_> = (0..OF_ONE).map(|_| turnstile.queue(from(1)).unwrap_or_else(|_| panic!("room"))).collect();
        assert_eq!(turnstile.enter(from(1)).await.err(), Some(Code::Busy));
        assert!(turnstile.enter(from(2)).await.is_ok(), "someone else");
        drop(flood);
        assert!(turnstile.enter(from(1)).await.is_ok(), "and they again, once it is over");
        assert!(turnstile.inside().is_empty(), "nothing is kept of those who are gone");
    }

    #[tokio::test]
    async fn u3_what_waits_is_bounded_whoever_sends_it() {
        let turnstile = Turnstile::default();
        let mut crowd = Vec::new();
        for n in 0..=255 {
            crowd.extend(turnstile.queue(from(n)));
            crowd.extend(turnstile.queue(from(n)));
        }
        assert_eq!(crowd.len(), IN_ALL);
        assert_eq!(turnstile.enter(None).await.err(), Some(Code::Busy));
    }

    #[tokio::test]
    async fn u3_four_hash_at_once_and_who_gives_up_waiting_leaves_the_queue() {
        let turnstile = Turnstile::default();
        let mut turns = Vec::new();
        for n in 0..AT_ONCE {
            turns.push(turnstile.enter(from(n as u8)).await.unwrap_or_else(|_| panic!("a turn")));
        }
        let mut waiting = Box::pin(turnstile.enter(from(9)));
        assert!(still_waits(&mut waiting).await);
        assert_eq!(turnstile.inside().len(), AT_ONCE + 1);
        drop(waiting);
        assert_eq!(turnstile.inside().len(), AT_ONCE);
        drop(turns.pop());
        assert!(turnstile.enter(from(9)).await.is_ok());
    }

    /// Whether it still waits after a look at it.
    async fn still_waits<F: Future + Unpin>(future: &mut F) -> bool {
        std::future::poll_fn(|context| {
            std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(context).is_pending())
        })
        .await
    }
}
