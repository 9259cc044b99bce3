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
use crate::store::export_selection::CaseBounds;
use crate::store::exports::{self, ExportRow};
use crate::store::{Db, WriteTx, export_selection, export_votes, recipients};
use crate::vault::ExportOpened;
use domain::audit::event::EndingName;
use domain::clock::{Clock, Span, Timestamp};
use domain::code::Code;
use domain::desk::DeskError;
use domain::export::{Form, Frozen, PERIOD};
use domain::id::{ExportId, FieldName};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

/// Whoever makes a file and says nothing for so long is taken for dead.
pub(super) const SILENT: Span = Span::seconds(20);
/// How often a file's making is said to go on.
const BEAT: Span = Span::seconds(1);
/// How long a round waits for the next.
const ROUND: Duration = Duration::from_secs(5);
/// A file that could not be made in so many tries is given up.
const ATTEMPTS: u32 = 5;
/// Rows of a request that never came to be are kept so long: it is being drawn up, perhaps.
const UNFINISHED: Span = Span::minutes(60);

fn unavailable(_: sqlx::Error) -> Code {
    Code::LogUnavailable
}

impl BackOffice {
    /// Where the sealed file of an attempt lies: one that was taken for dead has a name of its own.
    pub(super) fn export_file(&self, export: ExportId, attempt: u32) -> PathBuf {
        self.exports_dir.join(format!("{export}.{attempt}.age"))
    }

    fn export_part(&self, export: ExportId, attempt: u32) -> PathBuf {
        self.exports_dir.join(format!("{export}.{attempt}.part"))
    }

    /// Makes files and destroys them, as long as the process lives. The one does not wait for the other: a million
    /// rows may take their time, fifteen minutes may not. It returns when the process is to end and no file is half
    /// made here; whatever else waits is another instance's, or the next start's.
    pub async fn keep_exports(self: Arc<Self>) {
        let pause = || tokio::time::sleep(ROUND);
        let making = async {
            let mut ending = self.ending.subscribe();
            while !*ending.borrow_and_update() {
                if let Err(error) = self.make_files().await {
                    tracing::error!(%error, "exports wait to be made");
                }
                tokio::select! { () = self.export_runs.notified() => (), () = pause() => (), _ = ending.changed() => () }
            }
        };
        let destroying = async {
            let mut ending = self.ending.subscribe();
            while !*ending.borrow_and_update() {
                if let Err(error) = self.destroy_files().await {
                    tracing::error!(%error, "exports wait to be destroyed");
                }
                tokio::select! { () = self.export_ends.notified() => (), () = pause() => (), _ = ending.changed() => () }
            }
        };
        tokio::join!(making, destroying);
    }

    /// Tells whoever makes files to begin no other.
    pub fn end_exports(&self) {
        self.ending.send_replace(true);
    }

    /// One round of both: destroys what is to be destroyed, makes what waits to be made.
    pub async fn work_on_exports(&self) -> Result<(), DeskError> {
        self.destroy_files().await?;
        self.make_files().await?;
        self.sweep_files().await;
        Ok(())
    }

    async fn make_files(&self) -> Result<(), DeskError> {
        for row in exports::with_run(&self.db).await.map_err(unavailable)? {
            let Some(run) = &row.run else { continue };
            if *self.ending.borrow() {
                break;
            }
            let silent = run.heartbeat < self.clock.now().minus(SILENT);
            if run.state == RunState::Queued || (run.state == RunState::Running && silent) {
                self.make_file(row).await;
                self.sweep_files().await;
            }
        }
        Ok(())
    }

    async fn destroy_files(&self) -> Result<(), DeskError> {
        for row in exports::with_run(&self.db).await.map_err(unavailable)? {
            if let Some(ending) = self.ending(&row, self.clock.now()).await.map_err(unavailable)? {
                self.destroy_file(&row, ending).await;
            }
        }
        self.sweep_files().await;
        let before = self.clock.now().minus(UNFINISHED);
        for export in export_selection::unfinished(&self.db, before).await.map_err(unavailable)? {
            unaudited(&self.ledger, "rows of a request that never came to be", Forget(export)).await?;
        }
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

    /// Takes a file from the disk, and then says so (E5): a certificate is never of what is still there, nor of what
    /// somebody took away before.
    pub(super) async fn destroy_file(&self, row: &ExportRow, ending: EndingName) {
        let export = row.id;
        let path = self.export_file(export, row.attempts());
        let ending = match tokio::fs::remove_file(&path).await {
            Ok(()) => ending,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                // Whoever fetched it took its name away; anyone else should not have.
                if ending == EndingName::Downloaded { ending } else { EndingName::Absent }
            }
            Err(error) => {
                tracing::error!(%export, %error, "ALERT: a sealed file could not be destroyed; it is tried again");
                return;
            }
        };
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
            let wanted = found.is_some_and(|row| {
                let (path, attempt) = (entry.path(), row.attempts());
                let sealed = path == self.export_file(export, attempt);
                match row.run.as_ref().map(|run| run.state) {
                    Some(RunState::Generated | RunState::Downloaded) => sealed,
                    Some(RunState::Running) => sealed || path == self.export_part(export, attempt),
                    Some(RunState::Queued | RunState::Failed | RunState::Destroyed) | None => false,
                }
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
        // Read before the act, and bound by it: rows are written once, whatever the database's owner did.
        let found = export_selection::rows_of(&self.db, row.id).await.map_err(unavailable)?;
        let selected = match frozen(&row) {
            Ok(known) => {
                export_selection::still_selects(&self.db, row.requester, &known.selection, bounds(&known), row.id)
                    .await
                    .map_err(unavailable)?
            }
            Err(_) => false,
        };
        let opened = frozen(&row).map(|known| self.opened(&known)).unwrap_or_default();
        let policy = *self.policy().hash().as_bytes();
        let attempt = Arc::new(AtomicU32::new(0));
        let act = Begin { row: row.clone(), found, selected, opened, policy, attempt: attempt.clone() };
        let receipt = self.ledger.act(act).await.map_err(|error| DeskError::from(error).code())?;
        let attempt = attempt.load(Ordering::Relaxed);
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
            db: self.db.clone(),
            clock: self.clock.clone(),
            export: row.id,
            attempt,
            last: AtomicI64::new(0),
        };
        let written = write_copy(self, &plan, receipt, &part, &watch).await.map_err(|error| error.code())?;
        let weight = known.fields.weight(&self.catalogue);
        let refusal = if written.rows != known.rows {
            // Read again as it was written: these rows, and no others (E3).
            Some(Code::ExportChanged)
        } else {
            (written.bytes > self.settings.exports.caps.most_bytes(weight)).then_some(Code::RowCap)
        };
        if let Some(code) = refusal {
            drop(tokio::fs::remove_file(&part).await);
            return Err(code);
        }
        tokio::fs::rename(&part, self.export_file(row.id, attempt)).await.map_err(|_| Code::LogUnavailable)?;
        Ok(written)
    }
}

/// Which cases count for a request: those of the thirty days before it, of its branch or found through the bank.
pub(super) fn bounds(known: &Frozen) -> CaseBounds<'_> {
    CaseBounds { since: known.created.minus(PERIOD), branch: &known.unit }
}

/// Whether it may go better another time.
const fn passes(code: Code) -> bool {
    matches!(code, Code::VaultKeyMissing | Code::IndexKeyMissing | Code::LogUnavailable | Code::Busy)
}

struct Forget(ExportId);

#[async_trait::async_trait]
impl Housekeeping for Forget {
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<()> {
        export_selection::forget(tx.conn(), self.0).await
    }
}

/// Says once a second how far a file is, and learns whether it is still wanted.
struct Watch {
    ledger: Ledger,
    db: Db,
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
        if !wanted.load(Ordering::Relaxed) {
            return Err(Code::ExportState);
        }
        // Whoever is suspended meanwhile has nothing more opened on their word (E6).
        match export_votes::all_stand(&self.db, export, now).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Code::ApproverGone),
            Err(_) => Err(Code::LogUnavailable),
        }
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
