//! The supervisor's window: the log read, its proofs, whether it is whole. Whoever reads is recorded
//! first (A7), and reads masks of nobody: an event names a customer by internal id alone.
//!
//! [`reading`] says how a reading is opened, gone on with and closed; [`events`] finds, [`entry`] opens
//! one, [`tail`] follows; [`proofs`] gives hashes, [`proving`] verifies the whole.

mod entry;
mod events;
mod integrity;
mod proofs;
mod proving;
mod reading;
mod tail;

pub(crate) use proving::Proving;
pub(crate) use tail::Tails;

use crate::desk::StaffDesk;
use crate::policy::{Allowed, ReadLog};
use crate::store::log::Columns;
use crate::store::log::raw::RawEntry;
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::audit::merkle::leaf_hash;
use domain::audit::tile::TilePath;
use domain::code::Code;
use domain::desk::{
    Audit, DeskError, EntryCheck, EventDetail, EventRow, EventsAsk, EventsPage, Filters, Integrity, Overview, Proof,
    Tail,
};

#[async_trait::async_trait]
impl Audit for StaffDesk {
    async fn overview(&self) -> Result<Overview, DeskError> {
        self.read_overview().await
    }
    async fn events(&self, ask: EventsAsk) -> Result<EventsPage, DeskError> {
        self.read_events(ask).await
    }
    async fn event(&self, seq: u64) -> Result<EventDetail, DeskError> {
        self.read_event(seq).await
    }
    async fn proof(&self, seq: u64) -> Result<Proof, DeskError> {
        self.give_proof(seq).await
    }
    async fn verify_entry(&self, seq: u64) -> Result<EntryCheck, DeskError> {
        self.check_and_record(seq).await
    }
    async fn verify_log(&self) -> Result<(), DeskError> {
        self.begin_proving().await
    }
    async fn integrity(&self) -> Result<Integrity, DeskError> {
        self.may_read(Kind::RequestRefused, Details::default()).await?;
        self.office.integrity().await
    }
    async fn tail(&self, filters: Filters, after: Option<u64>) -> Result<Box<dyn Tail>, DeskError> {
        self.follow(filters, after).await
    }
    async fn checkpoint(&self) -> Result<String, DeskError> {
        self.give_checkpoint().await
    }
    async fn tile(&self, path: TilePath) -> Result<Vec<u8>, DeskError> {
        self.give_tile(path).await
    }
}

impl StaffDesk {
    /// Whether the policy lets this person read the log; if not, that they tried is recorded as `kind`.
    async fn may_read(&self, kind: Kind, details: Details) -> Result<Allowed<ReadLog>, DeskError> {
        match self.office.policy().decide::<ReadLog>(&self.actor, &()) {
            Ok(allowed) => {
                self.permitted().await;
                Ok(allowed)
            }
            Err(code) => Err(self.refused_as(kind, details, code.into()).await),
        }
    }
}

fn unavailable(error: sqlx::Error) -> DeskError {
    tracing::error!(%error, "the log was not read");
    Code::LogUnavailable.into()
}

/// An entry as a list has it: its bytes are what counts, and what does not agree with them is said.
fn row_of(entry: &RawEntry) -> EventRow {
    let bytes = entry.bytes().unwrap_or_default();
    let event = AuditEvent::decode(bytes).ok();
    let hash_is_right = entry.leaf_hash() == Some(leaf_hash(bytes).as_bytes());
    let columns_are_right = event.as_ref().is_some_and(|event| entry.differing(&Columns::of(event)).next().is_none());
    let seq = entry.seq().and_then(|seq| u64::try_from(seq).ok()).unwrap_or_default();
    EventRow { seq, event, sound: hash_is_right && columns_are_right }
}

fn rows_of(entries: &[RawEntry]) -> Vec<EventRow> {
    entries.iter().map(row_of).collect()
}
