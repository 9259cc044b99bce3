//! From "why is this masked?" to the reveal's own dialog: a button that presses another one, so that the dialog
//! and its rules stay in one place.

use crate::page::{all, data, document, hear, ready};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Brings `data-presses` to life: it holds the other button's id.
pub fn start() {
    for button in all("[data-presses]") {
        let other = data(&button, "presses");
        // at each button, not at the document: what is pressed is heard there, and a listener is never within itself
        hear(&button, "click", move |_| {
            let other = document().get_element_by_id(&other);
            if let Some(other) = other.and_then(|other| other.dyn_into::<HtmlElement>().ok()) {
                // the dialog gives the focus back to where it came from; that it is modal ends the popover
                let _ = other.focus();
                other.click();
            }
        });
        ready(&button);
    }
}
