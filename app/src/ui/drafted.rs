//! Room for unsent words, which the browser's half has the server keep while they are typed.

use crate::lang::{Lang, text};
use domain::desk::DraftPlace;
use leptos::prelude::*;

/// Around one text area.
#[component]
pub fn Drafted(lang: Lang, place: DraftPlace, children: Children) -> impl IntoView {
    view! {
        <div class="drafted" data-draft=place.name() data-kept=text!(lang, draft.kept) data-lost=text!(lang, draft.lost)>
            {children()}
            <p class="draft-state" role="status"></p>
        </div>
    }
}
