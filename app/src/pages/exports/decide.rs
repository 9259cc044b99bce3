//! Votes there are, and the form for one's own: *reject* is chosen before anything is (E3).

use super::one::Shows;
use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::ui::field::{Field, Input, id_of};
use crate::ui::passkey::PasskeyAct;
use crate::ui::time::Time;
use crate::words;
use domain::desk::{ExportState, ExportView, VoteView};
use leptos::prelude::*;

/// Who decided what, of how many.
pub fn votes(export: &ExportView, lang: Lang) -> AnyView {
    let entry = &export.entry;
    let thresholds =
        text!(lang, exports.thresholds, needed = entry.votes_needed, unit = entry.unit, votes = entry.votes);
    let body = if export.decisions.is_empty() {
        view! { <p class="empty">{text!(lang, exports.votes_none)}</p> }.into_any()
    } else {
        view! {
            <table class="sessions">
                <thead>
                    <tr>
                        <th scope="col">{text!(lang, exports.voter)}</th>
                        <th scope="col">{text!(lang, exports.vote)}</th>
                        <th scope="col">{text!(lang, exports.note)}</th>
                        <th scope="col">{text!(lang, exports.when)}</th>
                        <th scope="col">{text!(lang, exports.thought)}</th>
                    </tr>
                </thead>
                <tbody>{export.decisions.iter().map(|one| row(one, lang)).collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <section aria-labelledby="votes">
            <h2 id="votes">{text!(lang, exports.reviewers)}</h2>
            <p>{thresholds}</p>
            {body}
        </section>
    }
    .into_any()
}

fn row(vote: &VoteView, lang: Lang) -> AnyView {
    view! {
        <tr>
            <th scope="row">{format!("{} ({}) · {}", vote.name, vote.by, vote.unit)}</th>
            <td>{words::exports::vote(lang, vote.approved)}</td>
            <td>{vote.note.clone()}</td>
            <td><Time at=vote.at/></td>
            <td>{vote.think_ms.map(|ms| thought(lang, ms))}</td>
        </tr>
    }
    .into_any()
}

/// How long somebody looked, in one unit.
fn thought(lang: Lang, ms: i64) -> String {
    match ms / 1000 {
        seconds @ ..120 => text!(lang, exports.seconds, n = seconds.max(0)),
        seconds @ 120.. => text!(lang, exports.minutes, n = seconds / 60),
    }
}

/// The form, or why there is none.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    match (shows.export.entry.state, shows.export.may_not_decide) {
        (ExportState::Submitted, None) => form(shows, context),
        (_, Some(code)) => view! {
            <section class="notice" aria-labelledby="may-not">
                <h2 id="may-not">{text!(lang, exports.may_not)}</h2>
                <p>{words::sentence(lang, code)}</p>
            </section>
        }
        .into_any(),
        (
            ExportState::Draft
            | ExportState::Approved
            | ExportState::Rejected
            | ExportState::Expired
            | ExportState::Withdrawn
            | ExportState::Queued
            | ExportState::Running
            | ExportState::Failed
            | ExportState::Generated
            | ExportState::Downloaded
            | ExportState::Destroyed,
            None,
        ) => ().into_any(),
    }
}

fn form(shows: &Shows, context: &PageContext) -> AnyView {
    let (lang, typed, export) = (context.lang, &context.form, &shows.export);
    // Whoever chose to approve and mistyped a code still does.
    let approves = typed.value("decision") == "approve";
    let by_passkey = shows.passkey.then(|| {
        view! {
            <PasskeyAct
                lang
                endpoint="/api/exports/{decision}"
                choice=""
                then=format!("/exports/{}", export.entry.export_id)
                words=text!(lang, exports.cast_passkey)
            />
        }
    });
    view! {
        <section aria-labelledby="decide">
            <h2 id="decide">{text!(lang, exports.decide)}</h2>
            <p class="lead">{text!(lang, exports.decide_lead, short = export.short)}</p>
            <form class="narrow" method="post" action="/exports/decide" autocomplete="off">
                <input type="hidden" name="export_id" value=export.entry.export_id.to_string()/>
                <input type="hidden" name="digest" value=export.digest.to_string()/>
                <fieldset class="choice" id=id_of("decision") tabindex="-1">
                    <legend>{text!(lang, exports.decision)}</legend>
                    <label><input type="radio" name="decision" value="reject" checked=!approves/> {text!(lang, exports.reject)}</label>
                    <label><input type="radio" name="decision" value="approve" checked=approves/> {text!(lang, exports.approve)}</label>
                </fieldset>
                <Field lang name="note" label=text!(lang, exports.decide_note) form=typed.clone() input=Input::Lines required=false/>
                {by_passkey}
                <Field lang name="code" label=text!(lang, exports.code) form=typed.clone() input=Input::Code required=false/>
                <div class="actions"><button type="submit" class="primary">{text!(lang, exports.cast)}</button></div>
            </form>
        </section>
    }
    .into_any()
}
