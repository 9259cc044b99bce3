//! A reading of the log, from its first page to its end (A7): one event when it begins, one with the range
//! seen when it is over. In between, each further page is added to it by housekeeping, before it is
//! shown; what cannot be added is a reading of its own.

use super::unavailable;
use crate::audit::{Act, ActError, Housekeeping, Verdict, unaudited};
use crate::auth::{Actor, event};
use crate::backoffice::BackOffice;
use crate::desk::StaffDesk;
use crate::policy::Allowed;
use crate::store::WriteTx;
use crate::store::readings::{self, Extent, Going, NewReading};
use crate::system::{new_id, random};
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::audit::fingerprint::Fingerprint;
use domain::clock::{Span, Timestamp};
use domain::code::Code;
use domain::desk::DeskError;
use domain::id::{EventId, Lineage, ReadingId};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A reading without a further page is over after this.
pub(super) const IDLE: Span = Span::minutes(5);

/// What a reading is of.
pub(super) struct Subject {
    /// As its event says it.
    pub details: Details,
    /// What further pages must ask for again.
    pub filters: Fingerprint,
    /// A tail, which ends by itself.
    pub live: bool,
}

impl StaffDesk {
    /// Begins a reading. Pages of an earlier one are over with it, tails are not.
    pub(super) async fn open_reading<P>(
        &self,
        allowed: Allowed<P>,
        subject: Subject,
        seen: Extent,
    ) -> Result<ReadingId, DeskError>
    where
        P: Send + 'static,
    {
        if !subject.live {
            for (id, live, _) in
                readings::of_lineage(&self.office.db, self.actor.lineage()).await.map_err(unavailable)?
            {
                if !live {
                    self.office.close_reading(id).await;
                }
            }
        }
        let id = ReadingId::from_bytes(random(&*self.office.entropy));
        let policy = Some(allowed.policy());
        let details = Details { policy, ..subject.details };
        let (filters, live) = (subject.filters, subject.live);
        let act = Open { actor: self.actor.clone(), allowed, id, details, filters, live, seen };
        self.office.ledger.act(act).await?.into_fact();
        Ok(id)
    }

    /// Adds what is about to be shown to a reading of this session; `false` if there is none such.
    pub(super) async fn go_on(&self, id: ReadingId, filters: Fingerprint, seen: Extent) -> Result<bool, DeskError> {
        self.office.extend_reading(self.actor.lineage(), id, filters, seen).await
    }

    /// Closes all of a session's, tails too: it ends.
    pub(crate) async fn close_readings_of(&self, lineage: Lineage) {
        match readings::of_lineage(&self.office.db, lineage).await {
            Ok(open) => {
                for (id, _, _) in open {
                    self.office.close_reading(id).await;
                }
            }
            Err(error) => tracing::warn!(%error, "readings are not closed yet; the sweeper will"),
        }
    }

    /// Records one look that has no further pages.
    pub(super) async fn record_look<P>(
        &self,
        allowed: Allowed<P>,
        kind: Kind,
        details: Details,
    ) -> Result<(), DeskError>
    where
        P: Send + 'static,
    {
        let details = Details { policy: Some(allowed.policy()), ..details };
        self.office.ledger.act(Look { actor: self.actor.clone(), allowed, kind, details }).await?.into_fact();
        Ok(())
    }
}

impl BackOffice {
    pub(super) async fn extend_reading(
        &self,
        lineage: Lineage,
        id: ReadingId,
        filters: Fingerprint,
        seen: Extent,
    ) -> Result<bool, DeskError> {
        let extended = Arc::new(AtomicBool::new(false));
        let going = Going { id, lineage, filters: *filters.as_bytes(), since: Timestamp::from_millis(0) };
        let chore = Extend { going, seen, extended: extended.clone() };
        unaudited(&self.ledger, "a page of a reading; its range is told when the reading is closed", chore).await?;
        Ok(extended.load(Ordering::SeqCst))
    }

    /// Tells what a reading saw. Whoever comes second finds nothing to tell.
    pub(super) async fn close_reading(&self, id: ReadingId) {
        self.close_unless_after(id, Timestamp::from_millis(i64::MAX)).await;
    }

    async fn close_unless_after(&self, id: ReadingId, unless_after: Timestamp) {
        match self.ledger.act(Close { id, unless_after }).await {
            Ok(_) | Err(ActError::Refused(_)) => (),
            // The row stays, and with it what is to be told.
            Err(error) => tracing::warn!(%error, "a reading is not closed yet; the sweeper will"),
        }
    }

    /// Closes readings that nobody goes on with. Run it every minute.
    pub async fn close_idle_readings(&self) -> Result<(), DeskError> {
        let before = self.clock.now().minus(IDLE);
        for id in readings::idle(&self.db, before).await.map_err(unavailable)? {
            self.close_unless_after(id, before).await;
        }
        Ok(())
    }
}

struct Open<P> {
    actor: Actor,
    allowed: Allowed<P>,
    id: ReadingId,
    details: Details,
    filters: Fingerprint,
    live: bool,
    seen: Extent,
}

#[async_trait::async_trait]
impl<P: Send + 'static> Act for Open<P> {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        if let Err(code) = self.actor.still(&self.allowed, tx).await? {
            return self.actor.refuse(tx, Kind::LogRead, code.into(), self.details.clone()).await;
        }
        let event = self.actor.event(tx, Kind::LogRead, None, self.details.clone());
        let opened = Details { opened: Some(event.id), ..Details::default() };
        let closing = self.actor.event(tx, Kind::LogReadClosed, None, opened);
        let template = closing.encode().map_err(|error| sqlx::Error::Encode(error.into()))?;
        let reading = NewReading {
            id: self.id,
            lineage: self.actor.lineage(),
            filters: self.filters.as_bytes(),
            live: self.live,
            seen: self.seen,
            template: &template,
        };
        let now = tx.now();
        readings::insert(tx.conn(), &reading, now).await?;
        Ok(Verdict::Done { event, fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, Kind::LogRead, Some(error.code()), self.details.clone())
    }
}

struct Extend {
    going: Going,
    seen: Extent,
    extended: Arc<AtomicBool>,
}

#[async_trait::async_trait]
impl Housekeeping for Extend {
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<()> {
        let now = tx.now();
        self.going.since = now.minus(IDLE);
        let extended = readings::extend(tx.conn(), &self.going, &self.seen, now).await?;
        self.extended.store(extended, Ordering::SeqCst);
        Ok(())
    }
}

struct Close {
    id: ReadingId,
    unless_after: Timestamp,
}

#[async_trait::async_trait]
impl Act for Close {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let Some(closed) = readings::take(tx.conn(), self.id, self.unless_after).await? else {
            return Ok(Verdict::Unrecorded { error: Code::NotFound.into() });
        };
        let (lowest, highest) = closed.range.unzip();
        let seen =
            Details { lowest, highest, pages: Some(closed.pages), rows: Some(closed.entries), ..Details::default() };
        let event = match AuditEvent::decode(&closed.template) {
            Ok(event) => AuditEvent {
                id: EventId::from_bytes(new_id(tx.now(), tx.entropy())),
                time: tx.now(),
                details: Details { lowest, highest, pages: seen.pages, rows: seen.rows, ..event.details },
                ..event
            },
            // Written by another version: who it was is told by the event that opened it.
            Err(_) => event(tx, Kind::LogReadClosed, None, None, None, seen),
        };
        Ok(Verdict::Done { event, fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        event(tx, Kind::LogReadClosed, Some(error.code()), None, None, Details::default())
    }
}

struct Look<P> {
    actor: Actor,
    allowed: Allowed<P>,
    kind: Kind,
    details: Details,
}

#[async_trait::async_trait]
impl<P: Send + 'static> Act for Look<P> {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        if let Err(code) = self.actor.still(&self.allowed, tx).await? {
            return self.actor.refuse(tx, self.kind, code.into(), self.details.clone()).await;
        }
        Ok(Verdict::Done { event: self.actor.event(tx, self.kind, None, self.details.clone()), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, self.kind, Some(error.code()), self.details.clone())
    }
}
