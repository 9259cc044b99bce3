//! Pages in, a sealed file out. It runs on a thread that may wait: opening, formatting and sealing are work for a
//! processor.

use super::csv_sheet::CsvSheet;
use super::feed::Page;
use super::sealed_file::{Sealed as SealedBytes, SealedFile};
use super::xlsx_sheet::XlsxSheet;
use super::{CopyError, CopyPlan, CopyRow};
use crate::vault::{ExportPermit, Sealed, Vault};
use domain::export::ExportFormat;
use std::path::Path;
use tokio::sync::mpsc;

/// The first column: by it the bank knows which copy a row is of.
pub(super) const REF: &str = "ref";
/// Between the items of one cell.
pub(super) const BETWEEN: &str = "; ";

/// What goes into one cell.
pub(super) enum Cell {
    /// A mask, a token, a mark: nothing that had to be opened.
    Text(String),
    /// Values, opened when the line is written and not before.
    Opened(Vec<Sealed>),
}

enum Sheet {
    Csv(Box<CsvSheet>),
    Xlsx(Box<XlsxSheet>),
}

/// Writes until the last page says that it is the last; a queue that closes before leaves no file.
pub(super) fn write(
    vault: &Vault,
    permit: &ExportPermit,
    plan: &CopyPlan,
    dest: &Path,
    mut queue: mpsc::Receiver<Page>,
) -> Result<SealedBytes, CopyError> {
    let file = SealedFile::create(dest, &plan.key)?;
    let mut sheet = match plan.format {
        ExportFormat::Csv => Sheet::Csv(Box::new(CsvSheet::begin(file)?)),
        ExportFormat::Xlsx => Sheet::Xlsx(Box::new(XlsxSheet::begin(file)?)),
    };
    let mut row = CopyRow::new();
    for name in std::iter::once(REF).chain(plan.columns.iter().map(|(field, _)| field.name.as_str())) {
        row.push(name);
        row.end_cell();
    }
    sheet.line(&row)?;
    loop {
        match queue.blocking_recv() {
            Some(Page::Lines(lines)) => {
                for line in lines {
                    fill(&mut row, vault, permit, line)?;
                    sheet.line(&row)?;
                }
            }
            Some(Page::End) => break,
            None => return Err(CopyError::CutShort),
        }
    }
    match sheet {
        Sheet::Csv(sheet) => sheet.finish(),
        Sheet::Xlsx(sheet) => sheet.finish(),
    }
}

fn fill(row: &mut CopyRow, vault: &Vault, permit: &ExportPermit, line: Vec<Cell>) -> Result<(), CopyError> {
    row.clear();
    for cell in line {
        match cell {
            Cell::Text(text) => row.push(&text),
            Cell::Opened(values) => {
                for (at, sealed) in values.iter().enumerate() {
                    if at > 0 {
                        row.push(BETWEEN);
                    }
                    vault.open_for_export(sealed, permit)?.export_into(row);
                }
            }
        }
        row.end_cell();
    }
    Ok(())
}

impl Sheet {
    fn line(&mut self, row: &CopyRow) -> Result<(), CopyError> {
        match self {
            Sheet::Csv(sheet) => sheet.line(row),
            Sheet::Xlsx(sheet) => sheet.line(row),
        }
    }
}
