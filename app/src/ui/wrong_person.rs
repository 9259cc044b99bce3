//! *Wrong person* (Q1): a plain form, so that the way out of another's card needs no script.

use crate::lang::{Lang, text};
use domain::desk::CaseView;
use leptos::prelude::*;

/// Closes this card and searches again under the same ticket.
#[component]
pub fn WrongPerson(lang: Lang, case: CaseView) -> impl IntoView {
    view! {
        <form class="wrong-person" method="post" action="/cases/wrong-person">
            <input type="hidden" name="case_id" value=case.id.to_string()/>
            <span class="fine">{text!(lang, wrong_person.lead)}</span>
            " "
            <button type="submit">{text!(lang, wrong_person.submit)}</button>
        </form>
    }
}
