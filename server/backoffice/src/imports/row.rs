//! One row: cells to normal forms, or everything that is wrong with it. All or nothing (L1).

use super::columns::{BRANCH, CUSTOMER_NO, Plan, Target};
use super::csv::Record;
use super::formats::Formats;
use crate::vault::{BlindIndex, Numbered, VaultError, Wanted};
use domain::audit::event::SourceName;
use domain::catalogue::{Catalogue, Field};
use domain::id::BranchNo;
use domain::normalise::{Normal, normalise};
use std::sync::Arc;

/// What all rows of one file have in common.
pub(super) struct RowReader {
    pub catalogue: Arc<Catalogue>,
    pub index: BlindIndex,
    pub plan: Plan,
    pub formats: Formats,
    pub source: SourceName,
}

/// A good row.
pub(super) struct Row {
    /// Where it begins in the file.
    pub line: u64,
    /// Which customer of which source.
    pub source_tag: [u8; 32],
    /// All that would be stored.
    pub content_tag: [u8; 32],
    /// Who finds the customer.
    pub branch: BranchNo,
    /// See [`super::columns::FLAGGED`]; `None` where the file does not say.
    pub flagged: Option<bool>,
    /// In the catalogue's order.
    pub wanted: Vec<Wanted>,
}

/// One thing that is wrong with a row. No value is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// Where the row begins.
    pub line: u64,
    /// Which of the plan's columns, if one is to blame.
    pub column: Option<usize>,
    /// Why, from a small closed list.
    pub code: &'static str,
}

impl RowReader {
    /// Reads a row. The outer error stops the import; the inner one rejects the row.
    pub fn read(&self, record: &Record) -> Result<Result<Row, Vec<RowFault>>, VaultError> {
        let line = record.line();
        if record.len() != self.plan.width {
            return Ok(Err(vec![RowFault { line, column: None, code: "wrong_cell_count" }]));
        }
        let (mut faults, mut flagged) = (Vec::new(), None);
        let mut values: Vec<Vec<(u8, Normal)>> = self.catalogue.fields().iter().map(|_| Vec::new()).collect();
        for (at, column) in self.plan.columns.iter().enumerate() {
            let cell = record.cell(column.cell).unwrap_or_default();
            let read = match column.target {
                Target::Flagged => flag(cell).map(|flag| flagged = Some(flag)),
                Target::Item { field, place } => self.value(field, cell).map(|value| {
                    if let (Some(value), Some(values)) = (value, values.get_mut(field)) {
                        values.push((place, value));
                    }
                }),
            };
            if let Err(code) = read {
                faults.push(RowFault { line, column: Some(at), code });
            }
        }
        let wanted: Vec<Wanted> =
            self.catalogue.fields().iter().zip(values).filter(|(_, values)| !values.is_empty()).map(wanted).collect();
        let branch = self.required(&wanted, BRANCH, line, &mut faults);
        let customer_no = self.required(&wanted, CUSTOMER_NO, line, &mut faults);
        // A branch is C1, and decides who finds the customer: the one value that import itself reads.
        let branch = branch.and_then(|branch| BranchNo::parse(branch.expose_to_vault()).ok());
        let (Some(branch), Some(customer_no), true) = (branch, customer_no, faults.is_empty()) else {
            if faults.is_empty() {
                faults.push(RowFault { line, column: self.column_of(BRANCH), code: "bad_form" });
            }
            return Ok(Err(faults));
        };
        let source_tag = self.index.source_tag(self.source.as_str(), customer_no)?;
        let content_tag = self.index.content_tag(&self.catalogue, &wanted, flagged)?;
        Ok(Ok(Row { line, source_tag, content_tag, branch, flagged, wanted }))
    }

    /// An empty cell is no value.
    fn value(&self, field: usize, cell: &str) -> Result<Option<Normal>, &'static str> {
        let Some(field) = self.catalogue.fields().get(field) else { return Ok(None) };
        if cell.trim().is_empty() {
            return Ok(None);
        }
        let cell = self.formats.apply(field.kind, cell).map_err(|_| "not_of_its_format")?;
        normalise(field.kind, cell.text()).map(Some).map_err(|bad| bad.code())
    }

    fn required<'a>(
        &self,
        wanted: &'a [Wanted],
        name: &str,
        line: u64,
        faults: &mut Vec<RowFault>,
    ) -> Option<&'a Normal> {
        let field = wanted.iter().find(|wanted| wanted.field.as_str() == name);
        let value = field.and_then(|field| field.values.first()).map(|(_, value)| value);
        let column = self.column_of(name);
        if value.is_none() && !faults.iter().any(|fault| fault.column == column) {
            faults.push(RowFault { line, column, code: "empty" });
        }
        value
    }

    /// Where the source key stands.
    pub fn customer_no_column(&self) -> Option<usize> {
        self.column_of(CUSTOMER_NO)
    }

    fn column_of(&self, name: &str) -> Option<usize> {
        let is_it = |field: usize| self.catalogue.fields().get(field).is_some_and(|field| field.name.as_str() == name);
        self.plan.columns.iter().position(|column| matches!(column.target, Target::Item { field, .. } if is_it(field)))
    }
}

fn flag(cell: &str) -> Result<bool, &'static str> {
    match cell.trim() {
        "1" => Ok(true),
        "0" | "" => Ok(false),
        _ => Err("not_a_flag"),
    }
}

fn wanted((field, mut values): (&Field, Vec<(u8, Normal)>)) -> Wanted {
    values.sort_by_key(|(place, _)| *place);
    let numbered = match (&field.pairs_with, field.many) {
        (Some(leader), _) => Numbered::As(leader.clone()),
        (None, true) => Numbered::ByValue,
        (None, false) => Numbered::Single,
    };
    Wanted { field: field.name.clone(), numbered, values }
}
