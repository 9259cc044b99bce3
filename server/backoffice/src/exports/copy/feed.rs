//! Rows in: read a page at a time, put in order with the canaries, given their tokens and references, handed over.

use super::sheet::{BETWEEN, Cell};
use super::{CopyError, CopyPlan, Progress, is_opened};
use crate::backoffice::BackOffice;
use crate::exports::canaries::{self, Items};
use crate::exports::marks::{self, Marks};
use crate::exports::tokens::{self, Wanted};
use crate::store::export_rows::{self, Ciphertext, ExportedCustomer};
use crate::vault::{Sealed, SealedCustomer, VaultError};
use domain::catalogue::Field;
use domain::code::Code;
use domain::export::{Form, FrozenRows, RowsHasher};
use domain::id::{CustomerId, Item};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashSet;
use tokio::sync::mpsc;

/// Customers of a page.
const PAGE: u32 = 500;
/// On a shorter page canaries borrow from the page before as well, or they would be twins of the few who are there.
const FEWEST_LENDERS: usize = 50;

/// What goes to the writer.
pub(super) enum Page {
    Lines(Vec<Vec<Cell>>),
    /// There are no more, and there were as many as there should be.
    End,
}

/// A line before it is cells: of a customer, or of nobody.
struct Line {
    customer: Option<CustomerId>,
    columns: Vec<Items>,
    sealed: Option<SealedCustomer>,
}

/// Hands over every line and then the end; tells whose they were. Pages are in the order of customers, the lines of a page
/// in one of the key's.
pub(super) async fn feed(
    office: &BackOffice,
    plan: &CopyPlan,
    pages: mpsc::Sender<Page>,
    progress: &dyn Progress,
) -> Result<FrozenRows, CopyError> {
    let opens = plan.columns.iter().any(|(field, form)| is_opened(field, *form));
    let ciphertext = if opens { Ciphertext::Read } else { Ciphertext::Left };
    let marks = Marks::of(&office.index, plan.export)?;
    let mut canaries = (0..).zip(marks.canary_lines(plan.rows)).peekable();
    let (mut line, mut done, mut last) = (0, 0, None);
    let mut rows = RowsHasher::default();
    let mut lenders: Vec<Vec<Items>> = Vec::new();
    let mut given = HashSet::new();
    loop {
        let page = export_rows::after(&office.db, plan.export, last, PAGE, ciphertext).await?;
        let Some(end) = page.last() else { break };
        last = Some(end.customer);
        page.iter().for_each(|one| rows.push(one.customer));
        let people = page.into_iter().map(|one| parsed(plan, one)).collect::<Result<Vec<Line>, CopyError>>()?;
        done += people.len() as u64;
        if people.len() >= FEWEST_LENDERS {
            lenders.clear();
        }
        lenders.extend(people.iter().map(|one| one.columns.clone()));
        let begins = line;
        line += people.len() as u64;
        let mut lines = people;
        while let Some((canary, _)) = canaries.next_if(|(_, at)| *at <= line) {
            let columns = canaries::row(office, &marks, canary, &plan.columns, &lenders, &mut given).await?;
            lines.push(Line { customer: None, columns, sealed: None });
            line += 1;
        }
        let mut ordered: Vec<(u128, Line)> = (begins..).map(|at| marks.order(at)).zip(lines).collect();
        ordered.sort_unstable_by_key(|(order, _)| *order);
        let lines = ordered.into_iter().map(|(_, line)| line).collect();
        let lines = cells(office, plan, &marks, lines, begins).await?;
        pages.send(Page::Lines(lines)).await.map_err(|_| CopyError::CutShort)?;
        progress.step(done).await.map_err(CopyError::Stopped)?;
    }
    if done != plan.rows {
        return Err(CopyError::Stopped(Code::ExportChanged));
    }
    pages.send(Page::End).await.map_err(|_| CopyError::CutShort)?;
    Ok(rows.finish())
}

/// A customer's masks as they are stored: field, item, mask.
#[derive(Deserialize)]
struct StoredMask<'a>(&'a str, Item, #[serde(borrow)] Cow<'a, str>);

/// A customer's line. One who is hidden or gone meanwhile stops the copy: it is not what was approved (E3).
fn parsed(plan: &CopyPlan, one: ExportedCustomer) -> Result<Line, CopyError> {
    const CHANGED: CopyError = CopyError::Stopped(Code::ExportChanged);
    let masks = one.masks.ok_or(CHANGED)?;
    let stored: Vec<StoredMask<'_>> = serde_json::from_str(&masks).map_err(|_| VaultError::Unreadable)?;
    let mut columns: Vec<Items> = plan.columns.iter().map(|_| Items::new()).collect();
    for StoredMask(name, item, mask) in stored {
        for ((field, _), items) in plan.columns.iter().zip(&mut columns) {
            if field.name.as_str() == name {
                items.push((item, mask.clone().into_owned()));
            }
        }
    }
    Ok(Line { customer: Some(one.customer), columns, sealed: one.sealed })
}

/// Lines as they are written. Their tokens are kept before they are handed over, so before the file can carry them.
async fn cells(
    office: &BackOffice,
    plan: &CopyPlan,
    marks: &Marks,
    lines: Vec<Line>,
    begins: u64,
) -> Result<Vec<Vec<Cell>>, CopyError> {
    let mut wanted = Vec::new();
    for line in &lines {
        for ((field, _), items) in plan.columns.iter().zip(&line.columns).filter(|((_, form), _)| *form == Form::Token)
        {
            let customer = line.customer;
            wanted.extend(items.iter().map(|(item, mask)| Wanted { customer, field, item: *item, mask }));
        }
    }
    let mut tokens = tokens::mint(office, plan.export, &wanted).await?.into_iter();
    let mut finished = Vec::with_capacity(lines.len());
    for (at, line) in (begins..).zip(&lines) {
        let mut row = Vec::with_capacity(1 + plan.columns.len());
        row.push(Cell::Text(marks::ref_text(marks.reference(at))));
        for ((field, form), items) in plan.columns.iter().zip(&line.columns) {
            row.push(match (form, &line.customer) {
                (Form::Token, _) => Cell::Text(tokens.by_ref().take(items.len()).collect::<Vec<_>>().join(BETWEEN)),
                (Form::Plain, Some(_)) if is_opened(field, *form) => Cell::Opened(sealed(line, field, items)?),
                (Form::Plain | Form::Mask, _) => {
                    Cell::Text(items.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(BETWEEN))
                }
            });
        }
        finished.push(row);
    }
    Ok(finished)
}

/// The ciphertexts of a field's items.
fn sealed(line: &Line, field: &Field, items: &Items) -> Result<Vec<Sealed>, CopyError> {
    let customer = line.sealed.as_ref().ok_or(CopyError::Stopped(Code::ExportChanged))?;
    items
        .iter()
        .map(|(item, _)| {
            Ok(customer.item(&field.name, *item).map_err(VaultError::from)?.ok_or(VaultError::Unreadable)?)
        })
        .collect()
}
