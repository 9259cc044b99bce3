//! Exports: one's own requests, and the table that lists requests anywhere.

pub mod approvals;
mod compared;
mod decide;
pub mod draw;
pub mod one;
mod steps;

use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::ui::label::in_language;
use crate::ui::problems::Problems;
use crate::ui::time::{Time, age};
use crate::words;
use crate::words::exports::number;
use domain::catalogue::Label;
use domain::clock::Timestamp;
use domain::desk::{Desk, DeskError, ExportEntry, ExportState};
use leptos::prelude::*;

/// What it shows.
pub struct Shows {
    rows: Vec<Listed>,
}

/// A request with its purpose's name.
pub struct Listed {
    entry: ExportEntry,
    purpose: Option<Label>,
}

/// Names the purposes of some requests.
fn listed(desk: &dyn Desk, entries: Vec<ExportEntry>) -> Vec<Listed> {
    let named = |entry: ExportEntry| {
        let purpose = desk.purposes().get(&entry.purpose).map(|purpose| purpose.label.clone());
        Listed { entry, purpose }
    };
    entries.into_iter().map(named).collect()
}

impl Listed {
    fn purpose(&self, lang: Lang) -> String {
        self.purpose
            .as_ref()
            .map_or_else(|| self.entry.purpose.to_string(), |label| in_language(label, lang).to_owned())
    }
}

/// One's own; the desk refuses those who may ask for none, and records that they asked.
pub async fn load(desk: &dyn Desk) -> Result<Shows, DeskError> {
    Ok(Shows { rows: listed(desk, desk.exports().await?) })
}

/// A table, and the way to a new one.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let body = if shows.rows.is_empty() {
        view! { <p class="empty">{text!(lang, exports.none)}</p> }.into_any()
    } else {
        view! {
            <table class="sessions">
                <thead>
                    <tr>
                        <th scope="col">{text!(lang, exports.recipient)}</th>
                        <th scope="col">{text!(lang, exports.purpose)}</th>
                        <th scope="col" class="figure">{text!(lang, exports.rows)}</th>
                        <th scope="col">{text!(lang, exports.votes)}</th>
                        <th scope="col">{text!(lang, exports.state)}</th>
                        <th scope="col">{text!(lang, exports.created)}</th>
                        <th scope="col">{text!(lang, exports.waits_until)}</th>
                    </tr>
                </thead>
                <tbody>{shows.rows.iter().map(|one| own_row(one, lang)).collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <Problems lang form=context.form.clone() labels=Vec::new() request=context.request/>
        <div class="section-head">
            <h1>{text!(lang, exports.title)}</h1>
            <p class="lead">{text!(lang, exports.lead)}</p>
            <a class="primary" href="/exports/new">{text!(lang, exports.new)}</a>
        </div>
        {body}
    }
    .into_any()
}

fn own_row(one: &Listed, lang: Lang) -> AnyView {
    let entry = &one.entry;
    view! {
        <tr>
            <th scope="row"><a href=format!("/exports/{}", entry.export_id)>{entry.recipient.clone()}</a></th>
            <td>{one.purpose(lang)}</td>
            <td class="figure">{number(entry.rows)}</td>
            <td>{votes_of(entry, lang)}</td>
            <td>{state_chip(entry.state, lang)}</td>
            <td><Time at=entry.created/></td>
            <td>{entry.expires.map(|at| view! { <Time at/> })}</td>
        </tr>
    }
    .into_any()
}

fn votes_of(entry: &ExportEntry, lang: Lang) -> String {
    text!(lang, exports.votes_of, votes = entry.votes, needed = entry.votes_needed)
}

/// How far it is; what waits for somebody stands out, by more than its colour.
pub fn state_chip(state: ExportState, lang: Lang) -> AnyView {
    let style = match state {
        ExportState::Draft | ExportState::Submitted | ExportState::Approved | ExportState::Generated => "chip waiting",
        ExportState::Rejected
        | ExportState::Expired
        | ExportState::Withdrawn
        | ExportState::Queued
        | ExportState::Running
        | ExportState::Failed
        | ExportState::Downloaded
        | ExportState::Destroyed => "chip",
    };
    view! { <span class=style>{words::exports::state(lang, state)}</span> }.into_any()
}

/// Since when it waits.
fn waits(since: Timestamp, now: Timestamp, lang: Lang) -> AnyView {
    view! { <time datetime=since.to_string()>{age(since, now, lang)}</time> }.into_any()
}
