//! Where one is.

use crate::lang::{Lang, text};
use crate::pages::Step;
use leptos::prelude::*;

/// The way from home to here.
#[component]
pub fn Trail(lang: Lang, steps: Vec<Step>) -> impl IntoView {
    let steps = steps.into_iter().map(|(words, address)| match address {
        Some(address) => view! { <li><a href=address>{words}</a></li> }.into_any(),
        None => view! { <li aria-current="page">{words}</li> }.into_any(),
    });
    view! { <nav class="trail" aria-label=text!(lang, app.trail)><ol>{steps.collect_view()}</ol></nav> }
}
