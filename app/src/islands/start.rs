//! From "why is this masked?" to the reveal's own dialog.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

/// A button that presses another one: the dialog and its rules stay in one place.
#[island]
pub fn StartReveal(
    /// The id of the reveal's button.
    button: String,
    /// What it says.
    words: String,
) -> impl IntoView {
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    let press = move |_| {
        let button = document().get_element_by_id(&button);
        if let Some(button) = button.and_then(|found| found.dyn_into::<leptos::web_sys::HtmlElement>().ok()) {
            // the dialog gives the focus back to where it came from; that it is modal ends the popover
            let _ = button.focus();
            button.click();
        }
    };
    view! {
        <button type="button" class="primary start" data-ready=move || ready.get().then_some("") on:click=press>
            {words}
        </button>
    }
}
