//! How much was seen of this customer lately, for whoever is about to look again.

use super::time::Time;
use crate::lang::{Lang, text};
use domain::desk::RevealedLately;
use leptos::prelude::*;

/// One line, no names.
#[component]
pub fn RevealedLatelyStrip(lang: Lang, lately: RevealedLately) -> impl IntoView {
    let RevealedLately { count, last } = lately;
    let words =
        if count == 0 { text!(lang, revealed_lately.none) } else { text!(lang, revealed_lately.count, count = count) };
    let last = last.map(|at| view! { " " {text!(lang, revealed_lately.last)} " " <Time at/> });
    view! { <p class="lately">{words}{last}</p> }
}
