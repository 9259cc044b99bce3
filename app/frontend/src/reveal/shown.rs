//! The value on the screen, for its time and only while somebody looks.

use super::dialog::{Dialog, Stage};
use super::mark;
use crate::page::{data, document, say_with};
use std::rc::Rc;
use web_sys::{Element, HtmlElement};
use zeroize::Zeroizing;

impl Dialog {
    /// Writes the value, its watermark and its countdown into the stage for it.
    pub(super) fn put_on_screen(self: &Rc<Self>, value: Zeroizing<String>, event: u64, seconds: u32, at: &str) {
        self.value.replace(Some(value));
        let part = |selector: &str| self.part::<HtmlElement>(selector);
        if let Some(place) = part(".event") {
            say_with(&place, "event", &event.to_string());
        }
        if let Some(more) = part("[data-do=more]") {
            say_with(&more, "seconds", &seconds.to_string());
        }
        match part("[data-do=copy]") {
            Some(copy) if self.wanted.copy => say_with(&copy, "", ""),
            Some(copy) => copy.remove(),
            None => (),
        }
        mark::put_on(self, &format!("{} {at} #{event}", self.scene.viewer));
        if document().has_focus().unwrap_or(false) {
            self.uncover();
        } else {
            self.cover();
        }
        let dialog = Rc::downgrade(self);
        self.time.start(seconds, move |left| {
            if let Some(dialog) = dialog.upgrade() {
                dialog.tick(left);
            }
        });
    }

    fn tick(&self, left: u32) {
        if left == 0 {
            return self.forget();
        }
        let part = |selector: &str| self.part::<HtmlElement>(selector);
        if let Some(place) = part(".left") {
            say_with(&place, "seconds", &left.to_string());
        }
        // whoever does not see the countdown is told once
        if let Some(place) = part(".soon").filter(|place| data(place, "at").parse().is_ok_and(|at: u32| left <= at)) {
            let words = Some(data(&place, "text"));
            if place.text_content() != words {
                place.set_text_content(words.as_deref());
            }
        } else if let Some(place) = part(".soon") {
            place.set_text_content(None);
        }
        // a rule in a style sheet changes nothing in the document: look each second
        self.check_mark();
    }

    /// Takes the value off the screen at once: a page that is about to be frozen or printed waits for nothing.
    pub(super) fn wipe(&self) {
        if let Some(plain) = self.part::<Element>(".plain") {
            plain.set_text_content(None);
        }
    }

    /// Takes the value out of the document while nobody looks; its time goes on.
    pub(super) fn cover(&self) {
        self.wipe();
        self.set_covered(true);
    }

    /// Somebody looks again.
    pub fn uncover(&self) {
        self.set_covered(false);
        let (plain, value) = (self.part::<Element>(".plain"), self.value.borrow());
        if let Some((plain, value)) = plain.zip(value.as_ref()) {
            plain.set_text_content(Some(value));
        }
    }

    fn set_covered(&self, covered: bool) {
        for (selector, hidden) in [(".cover", !covered), (".plain", covered)] {
            if let Some(part) = self.part::<HtmlElement>(selector) {
                part.set_hidden(hidden);
            }
        }
    }

    /// Drops the value, whatever the reason. There it was.
    pub fn forget(&self) {
        self.wipe();
        self.value.take();
        self.time.stop();
        if let Stage::Shown { event } = self.stage() {
            self.go_over(event);
        }
    }

    pub(super) fn go_over(&self, event: u64) {
        self.go(Stage::Over { event });
        if let Some(place) = self.part::<Element>(".over") {
            say_with(&place, "event", &event.to_string());
        }
    }

    /// Says what was done with the value just now.
    pub(super) fn say(&self, words: &str) {
        if let Some(place) = self.part::<Element>(".said") {
            place.set_text_content(Some(words));
        }
    }
}
