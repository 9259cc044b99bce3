//! To whom files go: the register of recipients (E1).

pub mod one;
pub mod propose;

use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::ui::problems::Problems;
use crate::ui::time::Time;
use crate::words;
use domain::desk::{Desk, DeskError, RecipientState, RecipientView};
use domain::role::Role;
use leptos::prelude::*;

/// What it shows.
pub struct Shows {
    recipients: Vec<RecipientView>,
    /// Whether the reader may enter one.
    enters: bool,
}

/// All of them.
pub async fn load(desk: &dyn Desk) -> Result<Shows, DeskError> {
    Ok(Shows { recipients: desk.recipients().await?, enters: desk.staff().role == Role::Operator })
}

/// A table, and the way to a new one.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let enter =
        shows.enters.then(|| view! { <a class="primary" href="/recipients/new">{text!(lang, recipients.new)}</a> });
    let body = if shows.recipients.is_empty() {
        view! { <p class="empty">{text!(lang, recipients.none)}</p> }.into_any()
    } else {
        view! {
            <table class="sessions">
                <thead>
                    <tr>
                        <th scope="col">{text!(lang, recipients.name)}</th>
                        <th scope="col">{text!(lang, recipients.kind)}</th>
                        <th scope="col">{text!(lang, recipients.state)}</th>
                        <th scope="col">{text!(lang, recipients.assessed_until)}</th>
                        <th scope="col">{text!(lang, recipients.proposed_by)}</th>
                    </tr>
                </thead>
                <tbody>{shows.recipients.iter().map(|one| row(one, lang)).collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <Problems lang form=context.form.clone() labels=Vec::new() request=context.request/>
        <div class="section-head">
            <h1>{text!(lang, recipients.title)}</h1>
            <p class="lead">{text!(lang, recipients.lead)}</p>
            {enter}
        </div>
        {body}
    }
    .into_any()
}

fn row(one: &RecipientView, lang: Lang) -> AnyView {
    view! {
        <tr>
            <th scope="row"><a href=format!("/recipients/{}", one.recipient_id)>{one.name.clone()}</a></th>
            <td>{words::exports::kind(lang, one.kind)}</td>
            <td>{state_chip(one.state, lang)}</td>
            <td><Time at=one.assessed_until/></td>
            <td>{one.proposed_by.to_string()}</td>
        </tr>
    }
    .into_any()
}

/// How far it is; what waits or is over stands out, by more than its colour.
pub fn state_chip(state: RecipientState, lang: Lang) -> AnyView {
    let style = match state {
        RecipientState::Waiting | RecipientState::AssessmentOver => "chip waiting",
        RecipientState::Confirmed | RecipientState::Rejected | RecipientState::Expired | RecipientState::Ended => {
            "chip"
        }
    };
    view! { <span class=style>{words::exports::recipient(lang, state)}</span> }.into_any()
}
