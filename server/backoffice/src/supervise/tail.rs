//! The live tail: events as they are committed, for as long as the session, the person and the right last.
//! It is a reading like another (A7): opened before anything is told, its range kept before each delivery.

use super::reading::Subject;
use super::rows_of;
use crate::audit::Newest;
use crate::auth::{Actor, RequestStamp};
use crate::backoffice::BackOffice;
use crate::desk::StaffDesk;
use crate::policy::ReadLog;
use crate::store::log::find::Order;
use crate::store::readings::Extent;
use crate::store::sessions;
use domain::audit::event::{Details, Kind};
use domain::audit::fingerprint::Fingerprint;
use domain::clock::{Span, Timestamp};
use domain::code::Code;
use domain::desk::{DeskError, Filters, News, Tail};
use domain::id::{Lineage, ReadingId};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::{Interval, interval};

/// Tails of one session.
const OF_A_SESSION: usize = 2;
/// Entries told at once.
const DELIVERY: u32 = 100;
/// Looks in vain after which the connection is given a sign of life: one a second.
const QUIET: u8 = 15;
/// A quiet tail says this often that it still goes on.
const SIGN_OF_LIFE: Span = Span::minutes(2);

/// The tails there are, by session; and the word that ends them all.
#[derive(Clone)]
pub(crate) struct Tails {
    of: Arc<Mutex<Vec<Lineage>>>,
    /// Told when one is closed.
    closed: Arc<Notify>,
    ended: watch::Sender<bool>,
}

impl Default for Tails {
    fn default() -> Self {
        Self { of: Arc::default(), closed: Arc::default(), ended: watch::Sender::new(false) }
    }
}

impl Tails {
    /// A place for one more of that session; given back when dropped.
    fn take(&self, lineage: Lineage) -> Option<Place> {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if of.iter().filter(|known| **known == lineage).count() >= OF_A_SESSION {
            return None;
        }
        of.push(lineage);
        Some(Place { tails: self.clone(), lineage })
    }
}

struct Place {
    tails: Tails,
    lineage: Lineage,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut of = self.tails.of.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = of.iter().position(|known| *known == self.lineage) {
            of.swap_remove(at);
        }
        drop(of);
        self.tails.closed.notify_waiters();
    }
}

impl BackOffice {
    /// Ends every live tail, so that the process can end.
    pub fn end_tails(&self) {
        self.tails.ended.send_replace(true);
    }

    /// Waits until every tail is closed, and with it its reading (A7).
    pub async fn tails_closed(&self) {
        loop {
            let closed = self.tails.closed.notified();
            tokio::pin!(closed);
            // Listening begins before the look, or the last one might go between the two.
            closed.as_mut().enable();
            if self.tails.of.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
                return;
            }
            closed.await;
        }
    }
}

impl StaffDesk {
    pub(super) async fn follow(&self, filters: Filters, after: Option<u64>) -> Result<Box<dyn Tail>, DeskError> {
        let details = Details { live: Some(true), ..filters.details() };
        let allowed = self.may_read(Kind::LogRead, details.clone()).await?;
        let Some(place) = self.office.tails.take(self.actor.lineage()) else {
            return Err(self.refused_as(Kind::LogRead, details, Code::TailLimit.into()).await);
        };
        let size = self.office.log_size().await?;
        let next = after.map_or(size, |after| after.saturating_add(1).min(size));
        let fingerprint = filters.fingerprint();
        let subject = Subject { details, filters: fingerprint, live: true };
        let reading = self.open_reading(allowed, subject, Extent::default()).await?;
        let mut news = self.office.checkpoints.clone();
        // What is there already is looked for at once.
        news.mark_changed();
        Ok(Box::new(Following {
            office: self.office.clone(),
            actor: self.actor.clone(),
            request: self.actor.request().clone(),
            ended: self.office.tails.ended.subscribe(),
            place,
            filters,
            fingerprint,
            reading,
            next,
            news,
            seconds: interval(Duration::from_secs(1)),
            in_vain: 0,
            kept_at: self.office.clock.now(),
        }))
    }
}

struct Following {
    office: Arc<BackOffice>,
    actor: Actor,
    request: RequestStamp,
    ended: watch::Receiver<bool>,
    place: Place,
    filters: Filters,
    fingerprint: Fingerprint,
    reading: ReadingId,
    /// The number from which nothing was looked at.
    next: u64,
    news: watch::Receiver<Newest>,
    seconds: Interval,
    in_vain: u8,
    kept_at: Timestamp,
}

#[async_trait::async_trait]
impl Tail for Following {
    async fn next(&mut self) -> News {
        loop {
            tokio::select! {
                _ = self.ended.wait_for(|ended| *ended) => return News::Ended(Code::Busy.into()),
                // Other instances on a server announce theirs too; another process on one file is found by the second.
                _ = self.news.changed() => (),
                _ = self.seconds.tick() => self.in_vain += 1,
            }
            match self.look().await {
                Ok(News::Quiet) if self.in_vain < QUIET => (),
                Ok(told) => {
                    self.in_vain = 0;
                    return told;
                }
                Err(error) => return News::Ended(error),
            }
        }
    }

    async fn close(self: Box<Self>) {
        self.office.close_reading(self.reading).await;
        drop(self.place);
    }
}

impl Following {
    /// What is new. Session, person and right are asked for first, each time.
    async fn look(&mut self) -> Result<News, DeskError> {
        self.still_may().await?;
        let size = self.office.log_size().await?;
        let mut rows = Vec::new();
        if self.next < size {
            let (reader, bounds) = (&self.actor.stamp().staff_no, (self.next, size));
            let found = self.office.find(&self.filters, reader, bounds, Order::OldestFirst, DELIVERY).await?;
            rows = rows_of(&found);
            // A full delivery may have left some behind it.
            let full = rows.len() == DELIVERY as usize;
            self.next = rows.last().filter(|_| full).map_or(size, |row| row.seq + 1);
            if full {
                self.news.mark_changed();
            }
        }
        let now = self.office.clock.now();
        if rows.is_empty() && now.since(self.kept_at) < SIGN_OF_LIFE {
            return Ok(News::Quiet);
        }
        let seen = Extent::of(rows.iter().map(|row| row.seq));
        let lineage = self.actor.lineage();
        if !self.office.extend_reading(lineage, self.reading, self.fingerprint, seen).await? {
            return Err(Code::SignedOut.into());
        }
        self.kept_at = now;
        Ok(if rows.is_empty() { News::Quiet } else { News::Rows(rows) })
    }

    async fn still_may(&self) -> Result<(), DeskError> {
        let read = sessions::by_lineage(&self.office.db, self.actor.lineage()).await.map_err(super::unavailable)?;
        let (session, _) = self.office.live(read).await.ok_or(Code::SignedOut)?;
        if session.staff.version != self.actor.stamp().version {
            return Err(Code::Changed.into());
        }
        let actor = Actor::new(session, self.request.clone());
        self.office.policy().decide::<ReadLog>(&actor, &())?;
        Ok(())
    }
}
