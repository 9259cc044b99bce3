//! One chunk of an import as an act: its customers and the event that counts them commit together (A2).

use super::prepare::PreparedCustomer;
use crate::audit::{Act, Verdict};
use crate::auth::event;
use crate::store::WriteTx;
use crate::store::imports as rows;
use domain::audit::event::{AuditEvent, Details, Kind, SourceName};
use domain::code::Code;
use domain::desk::DeskError;
use domain::id::BatchId;

/// How many customers of a chunk went which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// New.
    pub added: u64,
    /// With another content than before.
    pub changed: u64,
    /// As they were.
    pub unchanged: u64,
    /// Not written, for the reasons in the reject file.
    pub rejected: u64,
}

/// Writes up to a thousand customers.
pub(super) struct WriteChunk {
    pub batch: BatchId,
    pub source: SourceName,
    pub batch_name: Option<SourceName>,
    pub os_user: Option<SourceName>,
    pub changes: Vec<PreparedCustomer>,
    pub counts: Counts,
}

#[async_trait::async_trait]
impl Act for WriteChunk {
    type Fact = Counts;
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<Counts>> {
        let now = tx.now();
        let stored = rows::stored_now(tx.conn(), &self.changes).await?;
        let as_prepared = self.changes.iter().all(|one| match (one.was, stored.get(&one.source_tag)) {
            (None, None) => true,
            (Some(was), Some((id, content))) => *id == one.id && *content == was,
            (None, Some(_)) | (Some(_), None) => false,
        });
        if !as_prepared {
            // Another import changed a customer since this chunk was prepared: its item numbers may be stale.
            let event = self.event(tx, Some(Code::Changed));
            return Ok(Verdict::Refused { event, error: Code::Changed.into() });
        }
        rows::write(tx.conn(), &self.changes, self.source.as_str(), self.batch, now).await?;
        Ok(Verdict::Done { event: self.event(tx, None), fact: self.counts })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.event(tx, Some(error.code()))
    }
}

impl WriteChunk {
    fn event(&self, tx: &WriteTx<'_>, code: Option<Code>) -> AuditEvent {
        let details = Details {
            batch: Some(self.batch),
            source: Some(self.source.clone()),
            batch_name: self.batch_name.clone(),
            added: Some(self.counts.added),
            changed: Some(self.counts.changed),
            unchanged: Some(self.counts.unchanged),
            rejected: Some(self.counts.rejected),
            os_user: self.os_user.clone(),
            ..Details::default()
        };
        event(tx, Kind::CustomersImported, code, None, None, details)
    }
}
