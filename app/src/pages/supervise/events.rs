//! The log by filter, newest first, a page at a time.

use super::address;
use super::parts::{Pill, table};
use super::query::{self, Choices};
use crate::context::PageContext;
use crate::islands::tail::LiveTail;
use crate::lang::text;
use crate::line::Line;
use crate::ui::problems::Problems;
use crate::words::happened::Names;
use domain::desk::{At, Desk, DeskError, EventsAsk, Filters, Integrity};
use domain::id::ReadingId;
use leptos::prelude::*;

/// What it shows.
pub struct Shows {
    filters: Filters,
    choices: Choices,
    /// Nothing was read for filters that do not fit.
    page: Option<Loaded>,
}

struct Loaded {
    lines: Vec<Line>,
    query: ReadingId,
    older: Option<u64>,
    newer: u64,
    newest: bool,
    integrity: Integrity,
}

/// One page.
pub async fn load(desk: &dyn Desk, ask: &EventsAsk, context: &PageContext) -> Result<Shows, DeskError> {
    let page = match context.form.refused() {
        // Whoever may not read the log is told so, whatever else is wrong.
        true => desk.integrity().await.map(|_| None)?,
        false => {
            let found = desk.events(ask.clone()).await?;
            let names = Names::of(desk, context.lang);
            Some(Loaded {
                lines: found.rows.iter().map(|row| names.line(row)).collect(),
                query: found.query,
                older: found.older,
                newer: found.newer,
                newest: found.newest,
                integrity: desk.integrity().await?,
            })
        }
    };
    Ok(Shows { filters: ask.filters.clone(), choices: Choices::of(desk, context.lang), page })
}

/// Bar, quick filters, table, and where to go on.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let pill = shows.page.as_ref().map(|page| view! { <Pill lang integrity=page.integrity.clone()/> });
    let list = shows.page.as_ref().map(|page| listed(shows, page, context));
    view! {
        <Problems lang form=context.form.clone() labels=query::labels(lang) request=context.request/>
        <div class="section-head"><h1>{text!(lang, log.events)}</h1>{pill}</div>
        {query::bar(&shows.choices, &shows.filters, &context.form, lang)}
        {query::quick(&shows.filters, lang)}
        {list}
    }
    .into_any()
}

fn listed(shows: &Shows, page: &Loaded, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let link = |at: At, words: String, rel: &'static str| {
        let query = (at != At::Newest).then_some(page.query);
        view! { <a class="button" rel=rel href=address::address(&shows.filters, at, query)>{words}</a> }.into_any()
    };
    // Only the newest page has a tail: behind it, what comes would not follow on.
    let live =
        page.newest.then(|| view! { <LiveTail address=address::of_tail(&shows.filters, page.newer) lang/> }.into_any());
    view! {
        {live}
        {if page.lines.is_empty() {
            view! { <p class="empty">{text!(lang, log.none)}</p> }.into_any()
        } else {
            table(lang, &text!(lang, log.table), &page.lines)
        }}
        <nav class="pages" aria-label=text!(lang, log.table)>
            {(!page.newest).then(|| link(At::Newest, text!(lang, log.newest), "first"))}
            {link(At::After(page.newer), text!(lang, log.newer), "prev")}
            {page.older.map(|seq| link(At::Before(seq), text!(lang, log.older), "next"))}
        </nav>
    }
    .into_any()
}
