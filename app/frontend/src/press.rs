//! From "why is this masked?" to the reveal's own dialog: a button that presses another one, so that the dialog
//! and its rules stay in one place.

use crate::page::{all, around, data, document, hear, ready};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Brings `data-presses` to life: it holds the other button's id.
pub fn start() {
    let buttons = all("[data-presses]");
    if buttons.is_empty() {
        return;
    }
    hear(&document(), "click", |event| {
        let Some(button) = around(event, "[data-presses]") else { return };
        let other = document().get_element_by_id(&data(&button, "presses"));
        if let Some(other) = other.and_then(|other| other.dyn_into::<HtmlElement>().ok()) {
            // the dialog gives the focus back to where it came from; that it is modal ends the popover
            let _ = other.focus();
            other.click();
        }
    });
    buttons.iter().for_each(|button| ready(button));
}
