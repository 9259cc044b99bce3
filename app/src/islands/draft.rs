//! What is being typed is kept on the server, so that an ended session takes no words along.

use super::wire;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Event, HtmlTextAreaElement};
use serde::Deserialize;
use std::time::Duration;

/// How long the typing must rest.
const REST: Duration = Duration::from_millis(800);

#[derive(Deserialize)]
struct Kept {}

/// Keeps the text of the one text area in it. The text itself is no property: it never stands in the page
/// for this island's sake.
#[island]
pub fn KeepDraft(
    /// Where it belongs; see `domain::desk::DraftPlace`.
    place: String,
    /// Said when it is kept.
    kept: String,
    /// Said when it is not.
    lost: String,
    children: Children,
) -> impl IntoView {
    let said = RwSignal::new(String::new());
    let keep = debounce(REST, move |text: String| {
        let (place, kept, lost) = (place.clone(), kept.clone(), lost.clone());
        spawn_local(async move {
            let sent = wire::post::<Kept>("/api/drafts/keep", &[("place", &place), ("text", &text)]).await;
            said.set(if sent.is_ok() { kept } else { lost });
        });
    });
    let keep = StoredValue::new_local(keep);
    let typed = move |event: Event| {
        let area = event.target().and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok());
        if let Some(area) = area {
            keep.update_value(|keep| keep(area.value()));
        }
    };
    // what was typed before this ran was told to nobody
    let holder = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        let found = holder.get().and_then(|holder| holder.query_selector("textarea").ok().flatten());
        if let Some(area) = found.and_then(|found| found.dyn_into::<HtmlTextAreaElement>().ok())
            && area.default_value().is_ok_and(|drawn| drawn != area.value())
        {
            keep.update_value(|keep| keep(area.value()));
        }
    });
    view! {
        <div class="drafted" node_ref=holder on:input=typed>
            {children()}
            <p class="draft-state" role="status">{said}</p>
        </div>
    }
}
