//! The supervisor's window: overview, log, one entry, integrity.

pub mod address;
pub mod event;
pub mod events;
pub mod exports;
pub mod integrity;
mod live;
mod parts;
mod query;

use crate::context::PageContext;
use crate::lang::text;
use crate::line::Line;
use crate::ui::problems::Problems;
use crate::words::happened::Names;
use domain::clock::Span;
use domain::desk::{At, Desk, DeskError, EventRow, Filters, Integrity};
use leptos::prelude::*;
use parts::{Pill, table};

/// What the overview shows.
pub struct Shows {
    alerts: Vec<Line>,
    refusals: Vec<Line>,
    misses: Vec<Line>,
    integrity: Integrity,
}

/// The newest of what wants attention.
pub async fn load(desk: &dyn Desk, context: &PageContext) -> Result<Shows, DeskError> {
    let found = desk.overview().await?;
    let names = Names::of(desk, context.lang);
    let lines = |rows: &[EventRow]| rows.iter().map(|row| names.line(row)).collect();
    Ok(Shows {
        alerts: lines(&found.alerts),
        refusals: lines(&found.refusals),
        misses: lines(&found.misses),
        integrity: found.integrity,
    })
}

/// Three short lists, each leading to the whole.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let refused_since = Filters {
        decision: Some(domain::audit::event::Decision::Refused),
        from: Some(context.now.minus(Span::days(1))),
        ..Filters::default()
    };
    let lists = [
        (
            text!(lang, log.alerts),
            &shows.alerts,
            text!(lang, log.no_alerts),
            Filters { alert: true, ..Filters::default() },
        ),
        (text!(lang, log.refusals), &shows.refusals, text!(lang, log.no_refusals), refused_since),
        (
            text!(lang, log.misses),
            &shows.misses,
            text!(lang, log.no_misses),
            Filters { miss: true, ..Filters::default() },
        ),
    ];
    let lists = lists.into_iter().map(|(title, lines, none, filters)| {
        let all = format!("{}: {title}", text!(lang, log.all));
        view! {
            <section class="list">
                <div class="section-head">
                    <h2>{title.clone()}</h2>
                    <a href=address::address(&filters, At::Newest, None) aria-label=all>{text!(lang, log.all)}</a>
                </div>
                {if lines.is_empty() {
                    view! { <p class="empty">{none}</p> }.into_any()
                } else {
                    table(lang, &title, lines)
                }}
            </section>
        }
    });
    view! {
        <Problems lang form=context.form.clone() labels=Vec::new() request=context.request/>
        <div class="section-head"><h1>{text!(lang, log.title)}</h1><Pill lang integrity=shows.integrity.clone()/></div>
        <p class="lead">{text!(lang, log.lead)} " " {text!(lang, log.recorded)}</p>
        {lists.collect_view()}
        <p class="after"><a href="/supervise/events">{text!(lang, log.events)}</a> <a href="/supervise/integrity">{text!(lang, log.go_integrity)}</a></p>
    }
    .into_any()
}
