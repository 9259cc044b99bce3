//! That a case searches every branch, and by which keys (DESIGN §1).

use super::label::in_language;
use crate::lang::{Lang, text};
use domain::catalogue::{Catalogue, Label};
use domain::desk::CaseView;
use domain::purpose::Purposes;
use leptos::prelude::*;

/// What the keys are called by which this case searches every branch; empty if it searches its own alone.
pub fn keys(case: &CaseView, purposes: &Purposes, catalogue: &Catalogue) -> Vec<Label> {
    let bank_wide = purposes.get(&case.purpose).is_some_and(|purpose| purpose.searches_whole_bank(case.identified));
    let fields = catalogue.fields().iter().filter(|_| bank_wide);
    let keys = fields.filter(|field| field.strong_key && field.kind.names_one_person_in_the_bank());
    keys.map(|field| field.label.clone()).collect()
}

/// Nothing, unless there are such keys.
#[component]
pub fn BankWide(lang: Lang, keys: Vec<Label>) -> impl IntoView {
    let names: Vec<&str> = keys.iter().map(|label| in_language(label, lang)).collect();
    let names = names.join(&text!(lang, bank_wide.comma));
    (!keys.is_empty()).then(|| view! { <p class="lead">{text!(lang, bank_wide.lead, keys = names)}</p> })
}
