//! What keeps a value from being taken along: covered while nobody looks, gone with the page, blocked and
//! reported where somebody tries (V4). A camera is not among what it can see.

use super::talk::Talk;
use crate::islands::listen::{on_capture, on_window};
use domain::audit::event::AttemptName;
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use web_sys::{Event, KeyboardEvent, MutationObserver, MutationObserverInit};

/// Listens for as long as the value's view is there.
pub fn watch(talk: Talk, covered: RwSignal<bool>) {
    covered.set(!document().has_focus().unwrap_or(true));
    on_window("blur", move |_| cover(talk, covered));
    on_window("focus", move |_| {
        covered.set(false);
        write(talk);
    });
    on_window("visibilitychange", move |_| {
        if document().hidden() {
            talk.forget();
        }
    });
    for ends in ["pagehide", "freeze"] {
        on_capture(ends, move |_| talk.forget());
    }
    on_capture("beforeprint", move |_| {
        talk.report(AttemptName::Print);
        talk.forget();
    });
    for (name, attempt) in [
        ("copy", AttemptName::Copy),
        ("cut", AttemptName::Cut),
        ("contextmenu", AttemptName::ContextMenu),
        ("dragstart", AttemptName::Drag),
    ] {
        on_capture(name, move |event| block(talk, &event, attempt));
    }
    for name in ["keydown", "keyup"] {
        on_capture(name, move |event| {
            let key: &KeyboardEvent = event.unchecked_ref();
            let takes_picture = is_screenshot(key);
            if takes_picture {
                cover(talk, covered);
            }
            if let Some(attempt) = attempt_of(key) {
                block(talk, &event, attempt);
            }
        });
    }
    Effect::new(move |_| {
        if talk.plain.get().is_some() {
            write(talk);
        }
    });
}

/// Takes the value out of the document, at once; its element follows.
fn cover(talk: Talk, covered: RwSignal<bool>) {
    talk.wipe();
    covered.set(true);
}

/// Writes the value into its element: from the one signal to the one node, without a copy between.
pub fn write(talk: Talk) {
    if let Some(plain) = talk.plain.get_untracked() {
        talk.value.with_untracked(|value| plain.set_text_content(value.as_ref().map(|value| value.as_str())));
    }
}

/// Stops what the browser would do, and says that it was tried.
pub fn block(talk: Talk, event: &Event, attempt: AttemptName) {
    event.prevent_default();
    talk.report(attempt);
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

/// Where the watermark is gone, the value goes too: as far as a page can tell what is done to it.
pub fn watch_mark(talk: Talk, mark: NodeRef<html::Div>, words: String) {
    let words = StoredValue::new(words);
    let check = move || {
        if let Some(mark) = mark.get_untracked()
            && !words.with_value(|words| is_whole(&mark, words))
        {
            talk.forget();
        }
    };
    let observer = StoredValue::new_local(None::<(MutationObserver, Closure<dyn FnMut()>)>);
    mark.on_load(move |mark| {
        let told = Closure::<dyn FnMut()>::new(check);
        let (Some(around), Ok(eye)) = (mark.parent_element(), MutationObserver::new(told.as_ref().unchecked_ref()))
        else {
            return talk.forget();
        };
        let all = MutationObserverInit::new();
        all.set_subtree(true);
        all.set_child_list(true);
        all.set_attributes(true);
        all.set_character_data(true);
        if eye.observe_with_options(&around, &all).is_err() {
            return talk.forget();
        }
        observer.set_value(Some((eye, told)));
    });
    on_cleanup(move || {
        observer.update_value(|observer| {
            if let Some((eye, _)) = observer.take() {
                eye.disconnect();
            }
        });
    });
    // a rule in a style sheet changes nothing in the document: look each second
    Effect::new(move |_| {
        talk.time.left();
        check();
    });
}

fn is_whole(mark: &web_sys::HtmlDivElement, words: &str) -> bool {
    let tiles = mark.children();
    let told =
        (0..tiles.length()).all(|at| tiles.item(at).and_then(|tile| tile.text_content()).as_deref() == Some(words));
    let style = window().get_computed_style(mark).ok().flatten();
    let has =
        |name, value| style.as_ref().and_then(|style| style.get_property_value(name).ok()).as_deref() == Some(value);
    mark.is_connected()
        && told
        && tiles.length() == super::shown::TILES
        && !has("display", "none")
        && has("visibility", "visible")
        && has("opacity", "1")
}
