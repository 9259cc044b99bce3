//! The watermark: who looks, when, and the record's number. Where it is gone, the value goes too, as far as a page
//! can tell what is done to it.

use super::dialog::Dialog;
use crate::page::window;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, MutationObserver, MutationObserverInit};

/// Keeps an eye on the watermark until it is dropped.
pub struct Watch {
    mark: Element,
    words: String,
    tiles: u32,
    eye: MutationObserver,
    _told: Closure<dyn FnMut()>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.eye.disconnect();
    }
}

/// Writes the watermark, then watches it. Without one there is no value.
pub fn put_on(dialog: &Rc<Dialog>, words: &str) {
    let watch = dialog.part::<Element>(".watermark").and_then(|mark| {
        let tiles = mark.children();
        (0..tiles.length()).filter_map(|at| tiles.item(at)).for_each(|tile| tile.set_text_content(Some(words)));
        watch(dialog, mark, words)
    });
    match watch {
        Some(watch) => drop(dialog.watch.replace(Some(watch))),
        None => dialog.forget(),
    }
}

fn watch(dialog: &Rc<Dialog>, mark: Element, words: &str) -> Option<Watch> {
    let seen = Rc::downgrade(dialog);
    let told = Closure::<dyn FnMut()>::new(move || {
        if let Some(dialog) = seen.upgrade() {
            dialog.check_mark();
        }
    });
    let eye = MutationObserver::new(told.as_ref().unchecked_ref()).ok()?;
    let all = MutationObserverInit::new();
    all.set_subtree(true);
    all.set_child_list(true);
    all.set_attributes(true);
    all.set_character_data(true);
    eye.observe_with_options(mark.parent_element()?.as_ref(), &all).ok()?;
    let tiles = mark.children().length();
    Some(Watch { mark, words: words.to_owned(), tiles, eye, _told: told })
}

impl Dialog {
    /// Looks whether the watermark is there and whole.
    pub(super) fn check_mark(&self) {
        let spoilt = self.watch.borrow().as_ref().is_some_and(|watch| !watch.is_whole());
        if spoilt && self.value.borrow().is_some() {
            self.forget();
        }
    }
}

impl Watch {
    fn is_whole(&self) -> bool {
        let tiles = self.mark.children();
        let text = |at| tiles.item(at).and_then(|tile: Element| tile.text_content());
        let told = (0..tiles.length()).all(|at| text(at).as_deref() == Some(self.words.as_str()));
        let style = window().get_computed_style(&self.mark).ok().flatten();
        let value = |name| style.as_ref().and_then(|style| style.get_property_value(name).ok());
        self.mark.is_connected()
            && told
            && self.tiles > 0
            && tiles.length() == self.tiles
            && value("display").as_deref() != Some("none")
            && value("visibility").as_deref() == Some("visible")
            && value("opacity").as_deref() == Some("1")
    }
}
