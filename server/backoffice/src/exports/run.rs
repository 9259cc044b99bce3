//! Making files: whoever runs an instance takes what is queued, reads all rights again, records that values are about
//! to be opened, and only then opens them (E3, E6). After a crash a file is begun anew: nothing of a first try is
//! kept, and nothing of it was readable.

use super::SealingKey;
use super::copy::{CopyPlan, Progress, Written, write_copy};
use super::download::Destroyed;
use super::making::{Begin, End, Ended};
use super::state::frozen;
use crate::audit::{ActError, Housekeeping, Ledger, Receipt, unaudited};
use crate::backoffice::BackOffice;
use crate::store::export_runs::{self, RunState};
use crate::store::exports::{self, ExportRow};
use crate::store::{WriteTx, export_selection, export_votes, recipients};
use crate::vault::ExportOpened;
use domain::audit::event::EndingName;
use domain::clock::{Clock, Span, Timestamp};
use domain::code::Code;
use domain::desk::DeskError;
use domain::export::{Form, Frozen};
use domain::id::{ExportId, FieldName};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// Whoever makes a file and says nothing for so long is taken for dead.
pub(super) const SILENT: Span = Span::seconds(20);
/// How often a file's making is said to go on.
const BEAT: Span = Span::seconds(1);
/// A file that could not be made in so many tries is given up.
const ATTEMPTS: u32 = 5;
/// Rows of a request that never came to be are kept so long: it is being drawn up, perhaps.
const UNFINISHED: Span = Span::minutes(60);

impl BackOffice {
    /// Where a request's sealed file lies.
    pub(super) fn export_file(&self, export: ExportId) -> PathBuf {
        self.exports_dir.join(format!("{export}.age"))
    }

    fn export_part(&self, export: ExportId, attempt: u32) -> PathBuf {
        self.exports_dir.join(format!("{export}.{attempt}.part"))
    }

    /// Makes files and destroys them, as long as the process lives.
    pub async fn keep_exports(self: Arc<Self>) {
        loop {
            if let Err(error) = self.work_on_exports().await {
                tracing::error!(%error, "exports wait");
            }
            let pause = tokio::time::sleep(std::time::Duration::from_secs(5));
            tokio::select! { () = self.export_runs.notified() => (), () = pause => () }
        }
    }

    /// One round: destroys what is to be destroyed, makes what waits to be made.
    pub async fn work_on_exports(&self) -> Result<(), DeskError> {
        let unavailable = |_| DeskError::Refused(Code::LogUnavailable);
        for row in exports::with_run(&self.db).await.map_err(unavailable)? {
            let now = self.clock.now();
            if let Some(ending) = self.ending(&row, now).await.map_err(unavailable)? {
                self.destroy_file(row.id, ending).await;
            }
            let Some(run) = &row.run else { continue };
            let silent = run.heartbeat < now.minus(SILENT);
            if run.state == RunState::Queued || (run.state == RunState::Running && silent) {
                self.make_file(row).await;
            }
        }
        self.sweep_files().await;
        let before = ExportId::from_bytes(crate::system::earliest_id(self.clock.now().minus(UNFINISHED)));
        unaudited(&self.ledger, "rows of requests that never came to be", ForgetUnfinished(before)).await?;
        Ok(())
    }

    /// Why a file is to be destroyed now, if it is.
    async fn ending(&self, row: &ExportRow, now: Timestamp) -> sqlx::Result<Option<EndingName>> {
        let Some(run) = &row.run else { return Ok(None) };
        Ok(match run.state {
            RunState::Downloaded => Some(EndingName::Downloaded),
            RunState::Generated if row.withdrawn.is_some() => Some(EndingName::Withdrawn),
            RunState::Generated if run.expires.is_none_or(|until| until <= now) => Some(EndingName::Expired),
            RunState::Generated if !export_votes::all_stand(&self.db, row.id, now).await? => Some(EndingName::Revoked),
            RunState::Generated | RunState::Queued | RunState::Running | RunState::Failed | RunState::Destroyed => None,
        })
    }

    /// Takes a file from the disk, and then says so (E5): a certificate is never of what is still there.
    pub(super) async fn destroy_file(&self, export: ExportId, ending: EndingName) {
        let path = self.export_file(export);
        let gone = match tokio::fs::remove_file(&path).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        };
        if let Err(error) = gone {
            tracing::error!(%export, %error, "ALERT: a sealed file could not be destroyed; it is tried again");
            return;
        }
        let Ok(Some(row)) = exports::read(&self.db, export).await else { return };
        if let Err(ActError::Unavailable(code)) = self.ledger.act(Destroyed { row, ending }).await {
            tracing::error!(%export, %code, "a destruction is not recorded yet; it will be");
        }
    }

    /// Files that no run speaks of: of tries that died.
    async fn sweep_files(&self) {
        let Ok(mut entries) = tokio::fs::read_dir(&self.exports_dir).await else { return };
        while let Ok(Some(entry)) = entries.next_entry().await {
            let name = entry.file_name();
            let Some(export) = name.to_str().and_then(|name| name.get(..36)).and_then(|id| ExportId::parse(id).ok())
            else {
                continue;
            };
            let Ok(found) = exports::read(&self.db, export).await else { continue };
            let attempt = |row: &ExportRow| row.run.as_ref().map_or(0, |run| run.attempts);
            let wanted = found.is_some_and(|row| match row.run.as_ref().map(|run| run.state) {
                Some(RunState::Generated | RunState::Downloaded) => entry.path() == self.export_file(export),
                Some(RunState::Running) => {
                    entry.path() == self.export_part(export, attempt(&row)) || entry.path() == self.export_file(export)
                }
                Some(RunState::Queued | RunState::Failed | RunState::Destroyed) | None => false,
            });
            if !wanted && let Err(error) = tokio::fs::remove_file(entry.path()).await {
                tracing::error!(%export, %error, "ALERT: a file of an export that died could not be removed");
            }
        }
    }

    async fn make_file(&self, row: ExportRow) {
        let export = row.id;
        match self.try_to_make(row).await {
            Ok(()) => tracing::info!(%export, "a file is made"),
            Err(code) => tracing::warn!(%export, %code, "a file was not made"),
        }
    }

    async fn try_to_make(&self, row: ExportRow) -> Result<(), Code> {
        let begun = self.clock.now();
        let unavailable = |_| Code::LogUnavailable;
        // Read before the act, and bound by it: rows are written once, whatever the database's owner did.
        let found = export_selection::rows_of(&self.db, row.id).await.map_err(unavailable)?;
        let selected = match frozen(&row) {
            Ok(known) => export_selection::still_selects(&self.db, row.requester, &known.selection, row.id)
                .await
                .map_err(unavailable)?,
            Err(_) => false,
        };
        let opened = frozen(&row).map(|known| self.opened(&known)).unwrap_or_default();
        let policy = *self.policy().hash().as_bytes();
        let act = Begin { row: row.clone(), found, selected, opened, policy };
        let receipt = self.ledger.act(act).await.map_err(|error| DeskError::from(error).code())?;
        let claimed = exports::read(&self.db, row.id).await.map_err(unavailable)?;
        let attempt = claimed.and_then(|row| row.run).ok_or(Code::ExportState)?.attempts;
        let known = frozen(&row)?;
        let made = self.write(&row, &known, attempt, receipt).await;
        let end = match made {
            Ok(written) => End::Made(written, self.clock.now().since(begun).millis()),
            Err(code) => End::Failed(code),
        };
        let failed = if let End::Failed(code) = &end { Some(*code) } else { None };
        if failed.is_some_and(passes) && attempt < ATTEMPTS {
            // Left as it is: when it has been silent long enough somebody begins anew.
            return Err(failed.unwrap_or(Code::Busy));
        }
        let life = self.settings.exports.file_life;
        let ended = self.ledger.act(Ended { row, attempt, end, life }).await;
        match (ended, failed) {
            (Ok(_), None) => Ok(()),
            (_, Some(code)) => Err(code),
            (Err(error), None) => Err(DeskError::from(error).code()),
        }
    }

    fn opened(&self, known: &Frozen) -> Vec<FieldName> {
        known.fields.opened(&self.catalogue).map(|field| field.name.clone()).collect()
    }

    async fn write(
        &self,
        row: &ExportRow,
        known: &Frozen,
        attempt: u32,
        receipt: Receipt<ExportOpened>,
    ) -> Result<Written, Code> {
        let unavailable = |_| Code::LogUnavailable;
        let recipient = recipients::read(&self.db, row.recipient).await.map_err(unavailable)?;
        let key = recipient.and_then(|found| SealingKey::parse(&found.known.key).ok()).ok_or(Code::RecipientUnfit)?;
        if key.fingerprint() != known.key {
            return Err(Code::ExportChanged);
        }
        let columns = known
            .fields
            .fields()
            .iter()
            .map(|asked| Some((self.catalogue.field(&asked.field)?.clone(), asked.form)))
            .collect::<Option<Vec<(_, Form)>>>()
            .ok_or(Code::ExportChanged)?;
        let plan = CopyPlan { export: row.id, format: known.format, columns, rows: row.rows, key };
        let part = self.export_part(row.id, attempt);
        let watch = Watch {
            ledger: self.ledger.clone(),
            clock: self.clock.clone(),
            export: row.id,
            attempt,
            last: AtomicI64::new(0),
        };
        let written = write_copy(self, &plan, receipt, &part, &watch).await.map_err(|error| error.code())?;
        if written.rows != row.rows {
            drop(tokio::fs::remove_file(&part).await);
            return Err(Code::ExportChanged);
        }
        tokio::fs::rename(&part, self.export_file(row.id)).await.map_err(|_| Code::LogUnavailable)?;
        Ok(written)
    }
}

/// Whether it may go better another time.
const fn passes(code: Code) -> bool {
    matches!(code, Code::VaultKeyMissing | Code::IndexKeyMissing | Code::LogUnavailable | Code::Busy)
}

struct ForgetUnfinished(ExportId);

#[async_trait::async_trait]
impl Housekeeping for ForgetUnfinished {
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<()> {
        export_selection::forget_unfinished(tx.conn(), self.0).await
    }
}

/// Says once a second how far a file is, and learns whether it is still wanted.
struct Watch {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    export: ExportId,
    attempt: u32,
    last: AtomicI64,
}

#[async_trait::async_trait]
impl Progress for Watch {
    async fn step(&self, rows_done: u64) -> Result<(), Code> {
        let now = self.clock.now();
        if now.millis() - self.last.load(Ordering::Relaxed) < BEAT.millis() {
            return Ok(());
        }
        self.last.store(now.millis(), Ordering::Relaxed);
        let wanted = Arc::new(AtomicBool::new(false));
        let (export, attempt) = (self.export, self.attempt);
        let beat = Beat { export, attempt, rows_done, wanted: wanted.clone() };
        unaudited(&self.ledger, "how far a file is", beat).await.map_err(|error| DeskError::from(error).code())?;
        if wanted.load(Ordering::Relaxed) { Ok(()) } else { Err(Code::ExportState) }
    }
}

struct Beat {
    export: ExportId,
    attempt: u32,
    rows_done: u64,
    wanted: Arc<AtomicBool>,
}

#[async_trait::async_trait]
impl Housekeeping for Beat {
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<()> {
        let now = tx.now();
        let wanted = export_runs::beat(tx.conn(), self.export, self.attempt, self.rows_done, now).await?;
        self.wanted.store(wanted, Ordering::Relaxed);
        Ok(())
    }
}
