//! Making the file of an export (E4): rows are read a page at a time, marked, written as CSV or XLSX, sealed with `age`
//! for the recipient's key, and only then written to the disk. Nothing plain ever is on it, and no more than a few pages
//! are in memory, however many rows there are.
//!
//! [`write_copy`] asks; the modules below do one thing each: `feed` reads, marks and hands over pages; `sheet` opens
//! what the receipt names and writes lines; `csv_sheet` and `xlsx_sheet` are the two forms; `safe_cell` keeps a cell from
//! being a formula; `sealed_file` seals, hashes, counts, and removes the file unless it was finished.

mod csv_sheet;
mod feed;
mod row;
mod safe_cell;
mod sealed_file;
mod sheet;
#[cfg(test)]
pub(crate) mod tests;
mod xlsx_sheet;

pub(crate) use row::CopyRow;
pub(crate) use safe_cell::undone;

use super::marks::lines;
use super::sealing_key::SealingKey;
use super::tokens;
use crate::audit::Receipt;
use crate::backoffice::BackOffice;
use crate::vault::{ExportOpened, VaultError};
use domain::audit::fingerprint::Fingerprint;
use domain::catalogue::Field;
use domain::code::Code;
use domain::export::{ExportFormat, Form, FrozenRows};
use domain::id::{ExportId, FieldName};
use domain::mask::MaskRule;
use std::path::Path;
use tokio::sync::mpsc;

/// Lines that go into a spreadsheet's sheet, its header among them (ECMA-376, and what Excel opens).
const MOST_XLSX_LINES: u64 = 1_048_576;
/// Pages that wait to be written, at most.
const WAITING: usize = 2;

/// What is to be written.
#[derive(Clone, Debug)]
pub(crate) struct CopyPlan {
    /// The request.
    pub export: ExportId,
    /// Its file's form.
    pub format: ExportFormat,
    /// What of each customer leaves, in this order.
    pub columns: Vec<(Field, Form)>,
    /// How many customers were frozen.
    pub rows: u64,
    /// To whom it is sealed.
    pub key: SealingKey,
}

impl CopyPlan {
    /// The fields whose values must be opened: what its receipt has to name.
    pub(crate) fn opened(&self) -> Vec<FieldName> {
        let opened = self.columns.iter().filter(|(field, form)| is_opened(field, *form));
        opened.map(|(field, _)| field.name.clone()).collect()
    }
}

/// Whether a column takes values out of the vault: what is visible on every screen needs no opening.
pub(super) fn is_opened(field: &Field, form: Form) -> bool {
    match form {
        Form::Plain => field.mask != MaskRule::Visible,
        Form::Mask | Form::Token => false,
    }
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    /// The customers who were written, as they were read; canary rows are not counted.
    pub rows: FrozenRows,
    /// Of the sealed file.
    pub bytes: u64,
    /// Of the sealed file.
    pub sha256: Fingerprint,
}

/// Who is told how far it is, and may stop it.
#[async_trait::async_trait]
pub(crate) trait Progress: Send + Sync {
    /// So many customers were handed to the writer. A code stops the copy.
    async fn step(&self, rows_done: u64) -> Result<(), Code>;
}

/// Why there is no file. What was written of it is gone.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CopyError {
    /// Told to stop; or what is there is not what was frozen, with [`Code::ExportChanged`].
    #[error("stopped: {0}")]
    Stopped(Code),
    /// A value could not be opened, or a key is missing.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The file could not be written.
    #[error("the file could not be written: {0}")]
    Io(#[from] std::io::Error),
    /// Rows could not be read.
    #[error("the rows could not be read: {0}")]
    Store(#[from] sqlx::Error),
    /// Tokens could not be kept, so no row with one of them left.
    #[error("the tokens could not be kept")]
    Tokens,
    /// More lines, or a longer cell, than a spreadsheet takes.
    #[error("too much for a spreadsheet")]
    TooMuchForXlsx,
    /// The other side of the work ended first; its own error tells more.
    #[error("cut short")]
    CutShort,
}

impl CopyError {
    /// What is told of it.
    pub(crate) const fn code(&self) -> Code {
        match self {
            CopyError::Stopped(code) => *code,
            CopyError::Vault(error) => error.code(),
            CopyError::Io(_) | CopyError::Store(_) | CopyError::Tokens | CopyError::CutShort => Code::Busy,
            CopyError::TooMuchForXlsx => Code::RowCap,
        }
    }
}

/// Writes the file at `dest`, which must not be there yet, with mode 0600, and syncs it. The receipt is given up here: it
/// must be of this export and name exactly the plan's opened fields. On any error, and when this future is dropped, the
/// file is removed.
///
/// # Errors
/// Whatever stopped it first.
pub(crate) async fn write_copy(
    office: &BackOffice,
    plan: &CopyPlan,
    receipt: Receipt<ExportOpened>,
    dest: &Path,
    progress: &dyn Progress,
) -> Result<Written, CopyError> {
    let fact = ExportOpened { export: plan.export, opened: plan.opened() };
    if *receipt.fact() != fact {
        return Err(VaultError::OtherReceipt.into());
    }
    let permit = office.vault.permit(receipt);
    if plan.format == ExportFormat::Xlsx && lines(plan.rows).saturating_add(1) > MOST_XLSX_LINES {
        return Err(CopyError::TooMuchForXlsx);
    }
    // A first try, cut off, left tokens that no file carries.
    tokens::forget(office, plan.export, progress).await?;
    let (pages, queue) = mpsc::channel(WAITING);
    let (vault, plan_there, dest) = (office.vault.clone(), plan.clone(), dest.to_owned());
    let writer = tokio::task::spawn_blocking(move || sheet::write(&vault, &permit, &plan_there, &dest, queue));
    let fed = feed::feed(office, plan, pages, progress).await;
    let written = writer.await.map_err(|_| CopyError::CutShort)?;
    match (fed, written) {
        (Ok(rows), Ok(sealed)) => Ok(Written { rows, bytes: sealed.bytes, sha256: sealed.sha256 }),
        // Whoever ended first knows why; the other only saw the queue close.
        (Err(CopyError::CutShort), Err(error)) | (Err(error), _) | (Ok(_), Err(error)) => Err(error),
    }
}
