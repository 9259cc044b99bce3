//! Reveal one value: ask why, ask for a code, show it for its time, forget it.
//!
//! [`dialog`] is one opening of the dialog and all that it holds; [`talk`] is the conversation with the server;
//! [`shown`] is where the value lies, and goes; [`guard`] keeps it from being taken along; [`mark`] watches
//! its watermark; [`after`] is what may be done with it meanwhile; [`trouble`] says why something was refused.

mod after;
mod dialog;
mod guard;
mod mark;
mod passkey;
mod shown;
mod talk;
mod trouble;

use crate::page::{all, around, copy_of, data, document, find, hear, hear_first, ready, window};
use dialog::{Dialog, Stage};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, KeyboardEvent, PageTransitionEvent};

/// What all reveals of one card have in common; printed by `app::ui::reveal`.
pub struct Scene {
    /// `case_id`
    case: String,
    /// `customer_id`, a handle.
    customer: String,
    /// Who looks, for the watermark.
    viewer: String,
    /// Whether the server tells the next code.
    demo: bool,
}

/// The one dialog that is open, if one is.
#[derive(Clone)]
pub struct Open(Rc<RefCell<Option<Rc<Dialog>>>>);

impl Open {
    fn get(&self) -> Option<Rc<Dialog>> {
        self.0.borrow().clone()
    }
}

/// Brings the buttons beside the masks to life.
pub fn start() {
    let Some(scene) = find("#reveal") else { return };
    let scene = Rc::new(Scene {
        case: data(&scene, "case"),
        customer: data(&scene, "customer"),
        viewer: data(&scene, "viewer"),
        demo: data(&scene, "demo") == "true",
    });
    let open = Open(Rc::new(RefCell::new(None)));
    hear_buttons(&open, scene);
    hear_forms(&open);
    guard::start(&open);
    // what a browser kept of a page is not shown again: whoever comes back may not be who left
    hear(&window(), "pageshow", |event| {
        if event.unchecked_ref::<PageTransitionEvent>().persisted() {
            let _ = window().location().reload();
        }
    });
    all(".reveal").iter().for_each(|place| ready(place));
}

fn hear_buttons(open: &Open, scene: Rc<Scene>) {
    let now = open.clone();
    hear(&document(), "click", move |event| {
        if let Some(button) = around(event, ".reveal-open") {
            // a modal dialog leaves no other button to press; a script could
            if now.get().is_none() {
                let dialog = copy_of("reveal").and_then(|element| Dialog::open(scene.clone(), &button, element));
                now.0.replace(dialog);
            }
        } else if let Some((dialog, button)) = now.get().zip(around(event, "dialog [data-do]")) {
            press(&dialog, &button);
        }
    });
    let now = open.clone();
    // it does not rise: caught on its way down. However the dialog was closed, nothing stays.
    hear_first("close", move |event| {
        let dialog = now.get().filter(|dialog| event.target().as_ref() == Some(dialog.element().as_ref()));
        if let Some(dialog) = dialog {
            dialog.shut();
            now.0.replace(None);
        }
    });
}

fn press(dialog: &Rc<Dialog>, button: &HtmlElement) {
    match data(button, "do").as_str() {
        "close" => dialog.close(),
        "hide" => dialog.forget(),
        "uncover" => dialog.uncover(),
        "more" => dialog.ask_more(button),
        "copy" => dialog.ask_copy(button),
        "passkey" => dialog.answer_by_passkey(),
        "needed-yes" => dialog.rate(true),
        "needed-no" => dialog.rate(false),
        _ => (),
    }
}

fn hear_forms(open: &Open) {
    let now = open.clone();
    hear(&document(), "submit", move |event| {
        let Some(dialog) = now.get().filter(|_| around(event, ".reveal-form").is_some()) else { return };
        event.prevent_default();
        dialog.submit();
    });
    let now = open.clone();
    hear(&document(), "change", move |event| {
        if let Some(dialog) = now.get().filter(|_| around(event, "#reveal-reason").is_some()) {
            dialog.show_note_if_wanted();
        }
    });
    let now = open.clone();
    hear(&document(), "keydown", move |event| {
        if let Some(dialog) = now.get().filter(|dialog| matches!(dialog.stage(), Stage::Over { .. })) {
            rate_by_key(&dialog, event);
        }
    });
}

/// Was it needed? One key; or none, and the dialog is closed.
fn rate_by_key(dialog: &Rc<Dialog>, event: &Event) {
    let pressed: &KeyboardEvent = event.unchecked_ref();
    if pressed.ctrl_key() || pressed.meta_key() || pressed.alt_key() || pressed.repeat() {
        return;
    }
    match pressed.key().as_str() {
        "y" | "Y" => dialog.rate(true),
        "n" | "N" => dialog.rate(false),
        _ => (),
    }
}
