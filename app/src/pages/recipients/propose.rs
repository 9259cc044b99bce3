//! Entering a recipient.

use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::ui::field::{Choice, Field, Input};
use crate::ui::problems::Problems;
use crate::words;
use domain::export::RecipientKind;
use leptos::prelude::*;

/// The form.
pub fn view(context: &PageContext) -> AnyView {
    let (lang, form) = (context.lang, &context.form);
    let kinds =
        RecipientKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), words::exports::kind(lang, *kind))).collect();
    view! {
        <Problems lang form=form.clone() labels=labels(lang) request=context.request/>
        <h1>{text!(lang, recipients.new)}</h1>
        <p class="lead">{text!(lang, recipients.new_lead)}</p>
        <form class="draw" method="post" action="/recipients/new" autocomplete="off">
            <div class="fields">
                <Field lang name="name" label=text!(lang, recipients.name) form=form.clone()/>
                <Choice lang name="kind" label=text!(lang, recipients.kind) form=form.clone()
                    none=text!(lang, exports.choose) options=kinds/>
                <Field lang name="contact" label=text!(lang, recipients.contact) form=form.clone()/>
            </div>
            <Field lang name="key" label=text!(lang, recipients.key) hint=text!(lang, recipients.key_hint) form=form.clone()/>
            <div class="fields">
                <Field lang name="assessment" label=text!(lang, recipients.assessment) form=form.clone()/>
                <Field lang name="assessed_until" label=text!(lang, recipients.assessed_until) form=form.clone() input=Input::Date/>
                <Field lang name="commitment" label=text!(lang, recipients.commitment) form=form.clone()/>
            </div>
            <div class="actions"><button type="submit" class="primary">{text!(lang, recipients.propose)}</button></div>
        </form>
    }
    .into_any()
}

fn labels(lang: Lang) -> Vec<(String, String)> {
    [
        ("name", text!(lang, recipients.name)),
        ("kind", text!(lang, recipients.kind)),
        ("contact", text!(lang, recipients.contact)),
        ("key", text!(lang, recipients.key)),
        ("assessment", text!(lang, recipients.assessment)),
        ("assessed_until", text!(lang, recipients.assessed_until)),
        ("commitment", text!(lang, recipients.commitment)),
    ]
    .into_iter()
    .map(|(name, label)| (name.to_owned(), label))
    .collect()
}
