//! What whoever watches the process is told of the whole: sizes and times, nobody's (O3).

use crate::backoffice::BackOffice;
use crate::measure::{self, Gauge};
use crate::store::log::{self, Head, find};
use crate::store::{verifications, vitals};
use domain::audit::event::VerdictName;
use domain::clock::{Span, Timestamp};
use std::time::Duration;

/// As for readiness: a database that says nothing is not waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the database was asked for.
const ASKED: [Gauge; 7] = [
    Gauge::Entries,
    Gauge::CheckpointAge,
    Gauge::VerificationAge,
    Gauge::VerificationWhole,
    Gauge::Sessions,
    Gauge::ExportsToMake,
    Gauge::ExportsToFetch,
];

impl BackOffice {
    /// Measures what is as it is now.
    pub async fn take_vitals(&self) {
        measure::set(Gauge::Queue, Some(self.ledger.waiting() as f64));
        let told = tokio::time::timeout(PATIENCE, self.read_vitals(self.clock.now())).await;
        if !matches!(told, Ok(Ok(()))) {
            for gauge in ASKED {
                measure::set(gauge, None);
            }
        }
    }

    async fn read_vitals(&self, now: Timestamp) -> sqlx::Result<()> {
        let age = |at: Timestamp| now.since(at).max(Span::seconds(0)).millis() as f64 / 1000.0;
        let head = log::read_head(&self.db).await?;
        measure::set(Gauge::Entries, Some(head.as_ref().map_or(0, |head| head.size) as f64));
        let signed = match &head {
            Some(head) => self.last_signed(head).await?,
            None => None,
        };
        measure::set(Gauge::CheckpointAge, signed.map(age));
        let verified = verifications::last(&self.db).await?;
        measure::set(Gauge::VerificationAge, verified.as_ref().map(|last| age(last.at)));
        let whole = verified.map(|last| f64::from(u8::from(last.verdict == VerdictName::Whole)));
        measure::set(Gauge::VerificationWhole, whole);
        let (idle, absolute) = (self.settings.session_idle, self.settings.session_absolute);
        let sessions = vitals::live_sessions(&self.db, now.minus(idle), now.minus(absolute)).await?;
        measure::set(Gauge::Sessions, Some(sessions as f64));
        let (make, fetch) = vitals::export_files(&self.db).await?;
        measure::set(Gauge::ExportsToMake, Some(make as f64));
        measure::set(Gauge::ExportsToFetch, Some(fetch as f64));
        Ok(())
    }

    /// When the newest entry that a signature covers was written.
    async fn last_signed(&self, head: &Head) -> sqlx::Result<Option<Timestamp>> {
        let covered = head.note.lines().nth(1).and_then(|size| size.parse::<u64>().ok());
        match covered.and_then(|size| size.checked_sub(1)) {
            Some(last) if last + 1 == head.size => Ok(Some(head.latest)),
            Some(last) => find::time_of(&self.db, last).await,
            None => Ok(None),
        }
    }
}
