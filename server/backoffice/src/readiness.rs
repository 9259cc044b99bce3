//! Whether this process could do its work now: what a load balancer asks, every second, of every instance (O3).

use crate::backoffice::BackOffice;
use crate::store::{health, log};
use crate::vault::{KeyKind, VaultError};
use domain::clock::{Span, Timestamp};
use domain::code::Code;
use std::sync::{Mutex, PoisonError};

/// An answer is good for this long, so that asking often costs nothing.
const GOOD_FOR: Span = Span::seconds(1);

/// The newest answer.
#[derive(Default)]
pub(crate) struct Readiness(Mutex<Option<(Timestamp, Vec<Code>)>>);

impl BackOffice {
    /// The codes by which work would be refused now; none if all is there. A second old at most.
    pub async fn missing(&self) -> Vec<Code> {
        let now = self.clock.now();
        let last = self.readiness.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, missing)) = last
            && now >= at
            && now.since(at) < GOOD_FOR
        {
            return missing;
        }
        let missing = self.missing_now(now).await;
        *self.readiness.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, missing.clone()));
        missing
    }

    async fn missing_now(&self, now: Timestamp) -> Vec<Code> {
        let mut missing = Vec::new();
        let head = match health::answers(&self.db).await {
            Ok(()) => log::read_head(&self.db).await,
            Err(error) => Err(error),
        };
        if head.is_err() || !self.ledger.is_open() {
            missing.push(Code::LogUnavailable);
        }
        if let Ok(Some(head)) = head
            && head.latest.since(now) > crate::audit::CLOCK_TOLERANCE
        {
            missing.push(Code::ClockBehind);
        }
        let keys = KeyKind::ALL.into_iter().filter_map(|kind| self.keys.key(kind).err());
        missing.extend(keys.map(|error| VaultError::from(error).code()));
        missing
    }
}
