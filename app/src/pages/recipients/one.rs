//! One recipient: its key's fingerprint, to be read over another channel, and the form of whoever decides.

use super::state_chip;
use crate::context::PageContext;
use crate::lang::text;
use crate::ui::field::Field;
use crate::ui::field::Input;
use crate::ui::passkey::{PasskeyAct, PasskeyWords};
use crate::ui::problems::Problems;
use crate::ui::time::{Time, local};
use crate::words;
use domain::desk::{Desk, DeskError, RecipientState, RecipientView};
use domain::id::RecipientId;
use domain::role::Role;
use leptos::prelude::*;

/// What it shows.
pub struct Shows {
    recipient: RecipientView,
    role: Role,
    /// Whether the reader has a passkey that serves.
    passkey: bool,
}

impl Shows {
    /// What the page is called.
    pub fn title(&self) -> String {
        self.recipient.name.clone()
    }
}

/// The recipient.
pub async fn load(desk: &dyn Desk, recipient: RecipientId) -> Result<Shows, DeskError> {
    Ok(Shows {
        recipient: desk.recipient(recipient).await?,
        role: desk.staff().role,
        passkey: desk.passkeys().await?.iter().any(|one| !one.suspended),
    })
}

/// The fingerprint first, then the facts, then what the reader may do.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let (lang, one) = (context.lang, &shows.recipient);
    let labels = [
        ("channel", text!(lang, recipients.channel)),
        ("note", text!(lang, recipients.note)),
        ("code", text!(lang, recipients.code)),
    ];
    let labels = labels.into_iter().map(|(name, label)| (name.to_owned(), label)).collect();
    let rests = one.rests_until.map(|until| {
        view! { <p class="notice">{text!(lang, recipients.rests, at = local(until))}</p> }
    });
    let decision = one.decision.as_ref().map(|made| {
        view! {
            <div><dt>{text!(lang, recipients.decided_by)}</dt><dd>{made.by.to_string()} " " <Time at=made.at/></dd></div>
            <div><dt>{text!(lang, recipients.channel)}</dt><dd>{made.channel.clone()}</dd></div>
            <div><dt>{text!(lang, recipients.note)}</dt><dd>{made.note.clone()}</dd></div>
        }
    });
    view! {
        <Problems lang form=context.form.clone() labels request=context.request/>
        <div class="section-head"><h1>{one.name.clone()}</h1>{state_chip(one.state, lang)}</div>
        {rests}
        <section class="digest" aria-labelledby="fingerprint">
            <h2 id="fingerprint">{text!(lang, recipients.fingerprint)}</h2>
            <p class="big"><code translate="no">{one.fingerprint.clone()}</code></p>
            <p class="fine">{text!(lang, recipients.fingerprint_lead)}</p>
        </section>
        <dl class="pairs facts">
            <div><dt>{text!(lang, recipients.kind)}</dt><dd>{words::exports::kind(lang, one.kind)}</dd></div>
            <div><dt>{text!(lang, recipients.contact)}</dt><dd>{one.contact.clone()}</dd></div>
            <div><dt>{text!(lang, recipients.key)}</dt><dd><code translate="no">{one.key.clone()}</code></dd></div>
            <div><dt>{text!(lang, recipients.assessment)}</dt><dd>{one.assessment.clone()}</dd></div>
            <div><dt>{text!(lang, recipients.assessed_until)}</dt><dd><Time at=one.assessed_until/></dd></div>
            <div><dt>{text!(lang, recipients.commitment)}</dt><dd>{one.commitment.clone()}</dd></div>
            <div><dt>{text!(lang, recipients.proposed_by)}</dt><dd>{one.proposed_by.to_string()} " " <Time at=one.proposed/></dd></div>
            {decision}
        </dl>
        {next(shows, context)}
        {end(shows, context)}
    }
    .into_any()
}

/// Who decides is an approver, and another person than who entered it.
fn next(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    match (shows.recipient.state, shows.recipient.own, shows.role) {
        (RecipientState::Waiting, true, _) => view! { <p class="notice">{text!(lang, recipients.own)}</p> }.into_any(),
        (RecipientState::Waiting, false, Role::Approver) => decide(shows, context),
        (
            RecipientState::Waiting
            | RecipientState::Confirmed
            | RecipientState::Rejected
            | RecipientState::Expired
            | RecipientState::Ended
            | RecipientState::AssessmentOver,
            ..,
        ) => ().into_any(),
    }
}

fn decide(shows: &Shows, context: &PageContext) -> AnyView {
    let (lang, form, id) = (context.lang, &context.form, shows.recipient.recipient_id);
    let by_passkey = shows.passkey.then(|| {
        view! {
            <PasskeyAct
                lang
                endpoint="/api/recipients/{decision}"
                choice="decision=confirm"
                then=format!("/recipients/{id}")
                words=text!(lang, recipients.confirm_by_passkey)
            />
            <PasskeyWords lang/>
        }
    });
    view! {
        <section aria-labelledby="decide">
            <h2 id="decide">{text!(lang, recipients.decide)}</h2>
            <form class="narrow" method="post" action="/recipients/decide" autocomplete="off">
                <input type="hidden" name="recipient_id" value=id.to_string()/>
                <Field lang name="channel" label=text!(lang, recipients.channel) hint=text!(lang, recipients.channel_hint)
                    form=form.clone() required=false/>
                <Field lang name="note" label=text!(lang, recipients.note) form=form.clone()/>
                {by_passkey}
                <Field lang name="code" label=text!(lang, recipients.code) form=form.clone() input=Input::Code required=false/>
                <div class="actions">
                    <button type="submit" name="decision" value="reject">{text!(lang, recipients.reject)}</button>
                    <button type="submit" class="primary" name="decision" value="confirm">{text!(lang, recipients.confirm)}</button>
                </div>
            </form>
        </section>
    }
    .into_any()
}

/// Whoever may give a right may take it away, and supervisors.
fn end(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let live = match shows.recipient.state {
        RecipientState::Waiting | RecipientState::Confirmed | RecipientState::AssessmentOver => true,
        RecipientState::Rejected | RecipientState::Expired | RecipientState::Ended => false,
    };
    let may = match shows.role {
        Role::Operator | Role::Approver | Role::Supervisor => true,
        Role::Admin | Role::Auditor => false,
    };
    if !live || !may {
        return ().into_any();
    }
    view! {
        <details class="withdraw">
            <summary>{text!(lang, recipients.end)}</summary>
            <p>{text!(lang, recipients.end_lead)}</p>
            <form method="post" action="/recipients/end">
                <input type="hidden" name="recipient_id" value=shows.recipient.recipient_id.to_string()/>
                <button type="submit">{text!(lang, recipients.end)}</button>
            </form>
        </details>
    }
    .into_any()
}
