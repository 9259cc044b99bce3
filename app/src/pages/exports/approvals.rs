//! What waits for one's vote: requests, the oldest first, and recipients.

use super::{Listed, listed, votes_of, waits};
use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::ui::problems::Problems;
use crate::words;
use crate::words::exports::number;
use domain::clock::Timestamp;
use domain::desk::{Desk, DeskError, RecipientState, RecipientView};
use leptos::prelude::*;

/// What it shows.
pub struct Shows {
    rows: Vec<Listed>,
    recipients: Vec<RecipientView>,
}

/// Both lists; the desk refuses those who decide nothing, and records that they asked.
pub async fn load(desk: &dyn Desk) -> Result<Shows, DeskError> {
    let rows = listed(desk, desk.approvals().await?);
    let mut recipients = desk.recipients().await?;
    recipients.retain(|one| one.state == RecipientState::Waiting);
    recipients.sort_by_key(|one| one.proposed);
    Ok(Shows { rows, recipients })
}

/// Two tables.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let (lang, now) = (context.lang, context.now);
    view! {
        <Problems lang form=context.form.clone() labels=Vec::new() request=context.request/>
        <h1>{text!(lang, exports.approvals)}</h1>
        <p class="lead">{text!(lang, exports.approvals_lead)}</p>
        {requests(&shows.rows, now, lang)}
        <section aria-labelledby="recipients">
            <h2 id="recipients">{text!(lang, exports.recipients_wait)}</h2>
            {recipients(&shows.recipients, now, lang)}
        </section>
    }
    .into_any()
}

fn requests(rows: &[Listed], now: Timestamp, lang: Lang) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="empty">{text!(lang, exports.approvals_none)}</p> }.into_any();
    }
    view! {
        <table class="sessions">
            <thead>
                <tr>
                    <th scope="col">{text!(lang, exports.requester)}</th>
                    <th scope="col" class="figure">{text!(lang, exports.rows)}</th>
                    <th scope="col">{text!(lang, exports.recipient)}</th>
                    <th scope="col">{text!(lang, exports.purpose)}</th>
                    <th scope="col">{text!(lang, exports.votes)}</th>
                    <th scope="col">{text!(lang, exports.age)}</th>
                    <th scope="col">{text!(lang, exports.request)}</th>
                </tr>
            </thead>
            <tbody>{rows.iter().map(|one| row(one, now, lang)).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn row(one: &Listed, now: Timestamp, lang: Lang) -> AnyView {
    let entry = &one.entry;
    let look = text!(lang, exports.look_at, no = entry.requester, recipient = entry.recipient);
    let own = entry.own.then(|| view! { " " <span class="chip">{text!(lang, exports.own_mark)}</span> });
    view! {
        <tr>
            <th scope="row">{format!("{} · {}", entry.requester, entry.unit)} {own}</th>
            <td class="figure">{number(entry.rows)}</td>
            <td>{entry.recipient.clone()}</td>
            <td>{one.purpose(lang)}</td>
            <td>{votes_of(entry, lang)}</td>
            <td>{waits(entry.created, now, lang)}</td>
            <td><a href=format!("/exports/{}", entry.export_id) aria-label=look>{text!(lang, people.look)}</a></td>
        </tr>
    }
    .into_any()
}

fn recipients(waiting: &[RecipientView], now: Timestamp, lang: Lang) -> AnyView {
    if waiting.is_empty() {
        return view! { <p class="empty">{text!(lang, exports.recipients_wait_none)}</p> }.into_any();
    }
    let rows = waiting.iter().map(|one| {
        view! {
            <tr>
                <th scope="row"><a href=format!("/recipients/{}", one.recipient_id)>{one.name.clone()}</a></th>
                <td>{words::exports::kind(lang, one.kind)}</td>
                <td>{one.proposed_by.to_string()}</td>
                <td>{waits(one.proposed, now, lang)}</td>
            </tr>
        }
    });
    view! {
        <table class="sessions">
            <thead>
                <tr>
                    <th scope="col">{text!(lang, recipients.name)}</th>
                    <th scope="col">{text!(lang, recipients.kind)}</th>
                    <th scope="col">{text!(lang, recipients.proposed_by)}</th>
                    <th scope="col">{text!(lang, exports.age)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}
