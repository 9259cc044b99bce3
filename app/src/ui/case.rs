//! A case: its facts in a line, the fields that open one, the button that closes one.

use super::field::{Choice, Field, Input};
use super::label::{in_language, label as identified_words};
use super::time::Time;
use crate::context::FormState;
use crate::islands::draft::KeepDraft;
use crate::lang::{Lang, text};
use domain::catalogue::Label;
use domain::desk::{CaseView, DraftPlace};
use domain::id::CaseId;
use leptos::prelude::*;

/// Where to search inside this case.
pub fn address_of_search(case: CaseId) -> String {
    format!("/customers?case={case}")
}

/// Purpose, ticket, how the customer is known, since when.
#[component]
pub fn CaseFacts(lang: Lang, case: CaseView, label: Option<Label>) -> impl IntoView {
    let purpose = label.map_or_else(|| case.purpose.to_string(), |label| in_language(&label, lang).to_owned());
    view! {
        <dl class="case-facts">
            <div><dt>{text!(lang, case.purpose)}</dt><dd class="purpose">{purpose}</dd></div>
            <div><dt>{text!(lang, case.ticket)}</dt><dd class="ticket">{case.ticket.clone()}</dd></div>
            <div><dt>{text!(lang, case.identified)}</dt><dd>{identified_words(case.identified, lang)}</dd></div>
            <div>
                <dt>{text!(lang, case.opened)}</dt>
                <dd><Time at=case.opened/> " " <span class="zone">{text!(lang, app.time_zone)}</span></dd>
            </div>
        </dl>
    }
}

/// Ends access to the case's customer.
#[component]
pub fn CloseCase(lang: Lang, case: CaseView) -> impl IntoView {
    let name = text!(lang, case.close_named, ticket = case.ticket);
    view! {
        <form class="close-case" method="post" action="/cases/close">
            <input type="hidden" name="case_id" value=case.id.to_string()/>
            <button type="submit" aria-label=name>{text!(lang, case.close)}</button>
        </form>
    }
}

/// Why one looks: the part of a form that opens a case.
#[component]
pub fn OpenCaseFields(
    lang: Lang,
    form: FormState,
    purposes: Vec<(String, String)>,
    identified: Vec<(String, String)>,
    /// A ticket as it may be written: of no purpose in particular, then of each.
    tickets: Vec<String>,
    /// Whether the note is one that was kept, not one that was just sent.
    restored: bool,
) -> impl IntoView {
    let none = text!(lang, case.choose);
    let first = !form.refused();
    view! {
        <fieldset class="why-look">
            <legend>{text!(lang, case.why)}</legend>
            <div class="fields">
                <Choice
                    lang
                    name="purpose"
                    label=text!(lang, case.purpose)
                    form=form.clone()
                    none=none.clone()
                    options=purposes
                    first
                />
                <Choice
                    lang
                    name="identified"
                    label=text!(lang, case.identified)
                    form=form.clone()
                    none
                    options=identified
                />
                <Field lang name="ticket" label=text!(lang, case.ticket) hints=tickets form=form.clone()/>
            </div>
            <KeepDraft place=DraftPlace::CaseNote.name().to_owned() kept=text!(lang, draft.kept) lost=text!(lang, draft.lost)>
                <Field
                    lang
                    name="note"
                    label=text!(lang, case.note)
                    hint=if restored { text!(lang, draft.restored) } else { text!(lang, case.note_hint) }
                    form
                    input=Input::Lines
                />
            </KeepDraft>
        </fieldset>
    }
}
