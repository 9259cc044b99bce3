//! What keeps a value from being taken along: covered while nobody looks, gone with the page, blocked and
//! reported where somebody tries (V4). A camera is not among what it can see.

use super::Open;
use super::dialog::{Dialog, Stage};
use crate::page::{around, document, hear, hear_first, window};
use domain::audit::event::AttemptName;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent, MouseEvent};

/// Listens as long as the page lives, and acts while a value is shown.
pub fn start(open: &Open) {
    let shown = {
        let open = open.clone();
        move || open.get().filter(|dialog| matches!(dialog.stage(), Stage::Shown { .. }))
    };
    looking(shown.clone());
    leaving(shown.clone());
    taking(shown);
}

/// Nobody looks, or somebody does again. Of the window's own focus, not that of something in it.
fn looking(shown: impl Fn() -> Option<Rc<Dialog>> + Clone + 'static) {
    let now = shown.clone();
    hear(&window(), "blur", move |_| act(now(), |dialog| dialog.cover()));
    hear(&window(), "focus", move |_| act(shown(), |dialog| dialog.uncover()));
}

/// The page goes, sleeps or is printed.
fn leaving(shown: impl Fn() -> Option<Rc<Dialog>> + Clone + 'static) {
    let now = shown.clone();
    hear(&window(), "visibilitychange", move |_| {
        if document().hidden() {
            act(now(), |dialog| dialog.forget());
        }
    });
    for ends in ["pagehide", "freeze"] {
        let now = shown.clone();
        hear_first(ends, move |_| act(now(), |dialog| dialog.forget()));
    }
    hear_first("beforeprint", move |_| {
        act(shown(), |dialog| {
            dialog.report(AttemptName::Print);
            dialog.forget();
        });
    });
}

/// Somebody tries to take it along.
fn taking(shown: impl Fn() -> Option<Rc<Dialog>> + Clone + 'static) {
    for (name, attempt) in [
        ("copy", AttemptName::Copy),
        ("cut", AttemptName::Cut),
        ("contextmenu", AttemptName::ContextMenu),
        ("dragstart", AttemptName::Drag),
        ("selectstart", AttemptName::Select),
    ] {
        let now = shown.clone();
        hear_first(name, move |event| act(now(), |dialog| block(dialog, event, attempt)));
    }
    for name in ["dblclick", "mousemove"] {
        let now = shown.clone();
        hear_first(name, move |event| {
            let mouse: &MouseEvent = event.unchecked_ref();
            let drags = name == "dblclick" || mouse.buttons() & 1 == 1;
            if drags && around(event, ".shown-value").is_some() {
                act(now(), |dialog| dialog.report(AttemptName::Select));
            }
        });
    }
    for name in ["keydown", "keyup"] {
        let now = shown.clone();
        hear_first(name, move |event| {
            let key: &KeyboardEvent = event.unchecked_ref();
            act(now(), |dialog| {
                if is_screenshot(key) {
                    dialog.cover();
                }
                if let Some(attempt) = attempt_of(key) {
                    block(dialog, event, attempt);
                }
            });
        });
    }
}

fn act(dialog: Option<Rc<Dialog>>, act: impl FnOnce(&Dialog)) {
    if let Some(dialog) = dialog {
        act(&dialog);
    }
}

/// Stops what the browser would do, and says that it was tried.
fn block(dialog: &Dialog, event: &Event, attempt: AttemptName) {
    event.prevent_default();
    dialog.report(attempt);
}

/// A key that takes a picture of the screen; where the system does not keep it to itself.
fn is_screenshot(key: &KeyboardEvent) -> bool {
    let held = key.meta_key() && key.shift_key();
    key.key() == "PrintScreen" || held && ["3", "4", "5", "#", "$", "%", "s", "S"].contains(&key.key().as_str())
}

fn attempt_of(key: &KeyboardEvent) -> Option<AttemptName> {
    // the one key that some systems let go of without having pressed it
    if key.key() == "PrintScreen" {
        return (key.type_() == "keyup").then_some(AttemptName::ScreenshotKey);
    }
    if key.type_() != "keydown" || key.repeat() {
        return None;
    }
    if is_screenshot(key) {
        return Some(AttemptName::ScreenshotKey);
    }
    if !key.ctrl_key() && !key.meta_key() {
        return None;
    }
    match key.key().to_lowercase().as_str() {
        "a" => Some(AttemptName::Select),
        "p" => Some(AttemptName::Print),
        // a saved page holds what stood on it
        "s" => Some(AttemptName::Copy),
        _ => None,
    }
}
