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
use tokio::sync::mpsc;

/// Customers of a page.
const PAGE: u32 = 500;

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

/// Whose a line is.
enum Whose {
    /// The page's next customer's.
    Theirs,
    /// The canary's of that number.
    Nobodys(u64),
}

/// Hands over every line, in order, and then the end; tells whose they were.
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
    loop {
        let page = export_rows::after(&office.db, plan.export, last, PAGE, ciphertext).await?;
        let Some(end) = page.last() else { break };
        last = Some(end.customer);
        page.iter().for_each(|one| rows.push(one.customer));
        let people = page.into_iter().map(|one| parsed(plan, one)).collect::<Result<Vec<Line>, CopyError>>()?;
        done += people.len() as u64;
        let begins = line;
        let mut order = Vec::with_capacity(people.len() + 16);
        // Behind the last customer stand whichever canaries are left: their lines are the file's last.
        for theirs in (0..people.len()).map(|_| Some(Whose::Theirs)).chain([None]) {
            while let Some((canary, _)) = canaries.next_if(|(_, at)| *at == line) {
                order.push(Whose::Nobodys(canary));
                line += 1;
            }
            line += u64::from(theirs.is_some());
            order.extend(theirs);
        }
        let mut nobodys = Vec::new();
        for whose in &order {
            if let Whose::Nobodys(canary) = whose {
                nobodys.push(canary_line(office, plan, &marks, *canary, &people).await?);
            }
        }
        let (mut people, mut nobodys) = (people.into_iter(), nobodys.into_iter());
        let lines = order.iter().filter_map(|whose| match whose {
            Whose::Theirs => people.next(),
            Whose::Nobodys(_) => nobodys.next(),
        });
        let lines = cells(office, plan, &marks, lines.collect(), begins).await?;
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

/// A canary's line, in the form of these customers'.
async fn canary_line(
    office: &BackOffice,
    plan: &CopyPlan,
    marks: &Marks,
    canary: u64,
    people: &[Line],
) -> Result<Line, CopyError> {
    let nothing = Items::new();
    let mut columns = Vec::with_capacity(plan.columns.len());
    for (at, (field, form)) in plan.columns.iter().enumerate() {
        let lender = people.get(marks.lender(canary, &field.name, people.len()));
        let lender = lender.and_then(|line| line.columns.get(at)).unwrap_or(&nothing);
        columns.push(canaries::cell(office, marks, canary, (field, *form), lender).await?);
    }
    Ok(Line { customer: None, columns, sealed: None })
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
