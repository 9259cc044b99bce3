//! Housekeeping by the clock: sessions touched, floods of refusals told.

use crate::audit::{Act, Housekeeping, Verdict, unaudited};
use crate::auth::event;
use crate::backoffice::BackOffice;
use crate::store::refusals::{self, Over};
use crate::store::sessions::SessionRow;
use crate::store::{WriteTx, sessions};
use crate::system::new_id;
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::clock::{Span, Timestamp};
use domain::code::Code;
use domain::desk::DeskError;
use domain::id::{EventId, Lineage};

/// A session is touched once a minute at most: idle time is told in minutes, and each touch is a write.
const TOUCH: Span = Span::minutes(1);

impl BackOffice {
    /// Notes that the session was used, if that was not noted lately.
    pub(crate) async fn touch(&self, session: &mut SessionRow, now: Timestamp) {
        if now.since(session.seen).millis() >= TOUCH.millis().min(self.settings.session_idle.millis() / 4) {
            self.touch_now(session, now).await;
        }
    }

    /// Notes it in any case: someone wants the whole time.
    pub(crate) async fn touch_now(&self, session: &mut SessionRow, now: Timestamp) {
        let touch = Touch { lineage: session.lineage };
        match unaudited(&self.ledger, "session", touch).await {
            Ok(()) => session.seen = now,
            Err(error) => tracing::warn!(%error, "a session was not touched; it may end early"),
        }
    }

    /// Tells each minute of refusals that is over, one event a source (A10). Run it every minute.
    pub async fn tell_floods(&self) -> Result<(), DeskError> {
        let minute = self.clock.now().seconds().div_euclid(60);
        unaudited(&self.ledger, "all of it was told one by one", ForgetTold { minute }).await?;
        loop {
            let over = refusals::over(&self.db, minute).await.map_err(|_| Code::LogUnavailable)?;
            if over.is_empty() {
                return Ok(());
            }
            for over in over {
                match self.ledger.act(TellFlood { over }).await {
                    Ok(_) | Err(crate::audit::ActError::Refused(_)) => (),
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }
}

struct Touch {
    lineage: Lineage,
}

#[async_trait::async_trait]
impl Housekeeping for Touch {
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<()> {
        let now = tx.now();
        sessions::touch(tx.conn(), self.lineage, now).await
    }
}

struct ForgetTold {
    minute: i64,
}

#[async_trait::async_trait]
impl Housekeeping for ForgetTold {
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<()> {
        refusals::forget_told(tx.conn(), self.minute).await
    }
}

/// One minute's count becomes one event, or none if all of it was told one by one.
struct TellFlood {
    over: Over,
}

#[async_trait::async_trait]
impl Act for TellFlood {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let nothing = Verdict::Unrecorded { error: Code::NotFound.into() };
        let Some((untold, template)) = refusals::take(tx.conn(), &self.over).await? else { return Ok(nothing) };
        if untold <= 0 {
            return Ok(nothing);
        }
        let count = Some(untold as u64);
        let event = match AuditEvent::decode(&template) {
            Ok(event) => AuditEvent {
                id: EventId::from_bytes(new_id(tx.now(), tx.entropy())),
                time: tx.now(),
                details: Details { count, ..event.details },
                ..event
            },
            // Written by another version: who it was is lost, that it was and how often is not. One such
            // row must not keep all others from being told.
            Err(_) => {
                let details = Details { count, ..Details::default() };
                event(tx, Kind::RefusalsCounted, Some(Code::TooManyRefusals), None, None, details)
            }
        };
        Ok(Verdict::Done { event, fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        event(tx, Kind::RefusalsCounted, Some(error.code()), None, None, Details::default())
    }
}
