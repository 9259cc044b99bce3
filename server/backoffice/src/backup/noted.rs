//! The first thing in a database that came out of a backup, or that was put back by other means.

use crate::audit::{Accord, Act, CheckpointFile, Ledger, Newest, Standing, Unsettled, Verdict, WeakLedger};
use crate::auth::{STEP, event};
use crate::backoffice::recorded;
use crate::store::{Db, OpenError, WriteTx, restores};
use domain::audit::event::{AuditEvent, Details, Kind, SourceName};
use domain::audit::fingerprint::Fingerprint;
use domain::code::Code;
use domain::desk::DeskError;
use std::time::Duration;
use tokio::sync::watch;

/// How long a database that could not record is left alone.
const AGAIN: Duration = Duration::from_secs(2);

/// What comes first in a database that came out of a backup, or was put back behind our back (O3, A3). The file of what
/// was agreed to be lost goes before the note of that does: whoever finds no note any more finds no such file either.
pub(crate) async fn come_back(
    db: &Db,
    ledger: &Ledger,
    file: &CheckpointFile,
    accord: &Accord,
) -> Result<(), OpenError> {
    let restored = restores::unnoted(db).await?;
    if let Some((came, known)) = restored {
        file.set_aside_if_lost(came, known).map_err(OpenError::Checkpoint)?;
        if file.read().map_err(OpenError::Checkpoint)?.is_none() {
            accord.agreed();
        }
    }
    let found = match accord.settle().await {
        Ok(found) => found,
        Err(Unsettled::Log(error)) => return Err(error.into()),
        // Told at each sensitive act, which it bars; masks go on.
        Err(Unsettled::File(_)) => None,
    };
    if restored.is_some() {
        recorded(ledger.act(Restored).await)?;
    }
    match found {
        // What was found before and nobody agreed to is not forgotten, whatever the file says by now.
        None | Some(Standing::Holds) => {
            if let Some((size, lost)) = restores::found_lacking(db).await? {
                accord.find(lost.map_or(Standing::Forked { size }, |lost| Standing::Behind { size, lost }));
            }
            Ok(())
        }
        Some(found) => recorded(ledger.act(FoundLacking(found)).await),
    }
}

/// Records what is found later: when the key is back, or when the database is put back beneath a process that runs.
pub(crate) async fn found_later(ledger: WeakLedger, accord: Accord, mut checkpoints: watch::Receiver<Newest>) {
    let ended = async { while checkpoints.changed().await.is_ok() {} };
    let found = tokio::select! {
        found = accord.lacks() => found,
        () = ended => return,
    };
    while let Some(ledger) = ledger.upgrade() {
        match recorded(ledger.act(FoundLacking(found)).await) {
            Ok(()) => return,
            Err(error) => tracing::error!(%error, "what the log lacks is not recorded yet"),
        }
        drop(ledger);
        tokio::time::sleep(AGAIN).await;
    }
}

/// Ends what must not live on, and records the restore, once: of several instances, the first one's is done.
///
/// A code that was used after the backup must not serve again, and which ones were is lost: none of a step that has
/// begun, or begins next, serves. So nobody signs in by a code in the first minute.
struct Restored;

#[async_trait::async_trait]
impl Act for Restored {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let Some(restored) = restores::take(tx.conn()).await? else {
            return Ok(Verdict::Unrecorded { error: Code::NotFound.into() });
        };
        let now = tx.now();
        let used_step = now.seconds().div_euclid(STEP) + 1;
        let ended = restores::end_what_lived(tx.conn(), now, used_step).await?;
        let details = Details {
            file_hash: restored.digest.try_into().ok().map(Fingerprint::from_bytes),
            size: Some(restored.size),
            lost: restored.lost,
            count: Some(ended),
            os_user: restored.os_user.as_deref().and_then(SourceName::parse),
            ..Details::default()
        };
        Ok(Verdict::Done { event: event(tx, Kind::BackupRestored, None, None, None, details), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        event(tx, Kind::BackupRestored, Some(error.code()), None, None, Details::default())
    }
}

/// Records that the log lacks entries that were signed, and that nobody has agreed to it: how many it has, and how many
/// it lacks if that can be told. What is recorded from now on takes the numbers of those that are lost. Once, whoever
/// finds it first: until somebody agrees, it is told.
struct FoundLacking(Standing);

#[async_trait::async_trait]
impl Act for FoundLacking {
    type Fact = ();
    const READS_LOG: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        if restores::found_lacking(tx.log()?).await?.is_some() {
            return Ok(Verdict::Unrecorded { error: Code::NotFound.into() });
        }
        let error = DeskError::Refused(Code::LogIncomplete);
        Ok(Verdict::Refused { event: self.barred(tx, &error), error })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        let (size, lost) = match self.0 {
            Standing::Holds => (None, None),
            Standing::Behind { size, lost } => (Some(size), Some(lost)),
            Standing::Forked { size } => (Some(size), None),
        };
        let details = Details { size, lost, ..Details::default() };
        event(tx, Kind::BackupRestored, Some(error.code()), None, None, details)
    }
}
