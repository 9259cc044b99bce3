//! One opening of the dialog: a copy of what the server printed, and all of its state. It goes with the dialog.

use super::Scene;
use super::mark::Watch;
use crate::clock::Countdown;
use crate::page::{data, show, show_busy, within};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    Element, HtmlDialogElement, HtmlElement, HtmlInputElement, HtmlOptionElement, HtmlSelectElement,
    HtmlTextAreaElement,
};
use zeroize::Zeroizing;

/// Where the conversation is.
#[derive(Clone, PartialEq)]
pub enum Stage {
    /// Why?
    Ask,
    /// Who are you?
    Factor {
        /// What is to be answered.
        challenge: String,
    },
    /// There it is.
    Shown {
        /// Its record.
        event: u64,
    },
    /// There it was.
    Over {
        /// Its record.
        event: u64,
    },
}

/// What is revealed, and under what rules.
pub struct Wanted {
    pub field: String,
    pub item: String,
    /// Codes, by blanks.
    reasons: String,
    /// Those that ask for a note.
    notes: String,
    pub copy: bool,
}

/// One opening of the dialog.
pub struct Dialog {
    pub(super) scene: Rc<Scene>,
    pub(super) wanted: Wanted,
    element: HtmlDialogElement,
    stage: RefCell<Stage>,
    /// What was chosen and written, for the case that the first question is asked again.
    reason: RefCell<String>,
    note: RefCell<Zeroizing<String>>,
    /// The value. It is nowhere else in here: no attribute, no address, no storage. It is wiped when dropped.
    pub(super) value: RefCell<Option<Zeroizing<String>>>,
    /// Seconds until it is dropped.
    pub(super) time: Countdown,
    /// Seconds until another try makes sense.
    pub(super) wait: Countdown,
    /// Seconds until the demonstration's next code works.
    pub(super) next_wait: Countdown,
    pub(super) watch: RefCell<Option<Watch>>,
    /// How many blocked attempts of each sort were reported.
    pub(super) reported: Cell<[u8; 7]>,
    busy: Cell<bool>,
    shut: Cell<bool>,
}

impl Dialog {
    /// Opens it beside its button.
    pub fn open(scene: Rc<Scene>, button: &HtmlElement, element: HtmlDialogElement) -> Option<Rc<Self>> {
        within::<Element>(&element, "#reveal-title")?.set_text_content(Some(&data(button, "title")));
        button.parent_element()?.append_child(&element).ok()?;
        let wanted = Wanted {
            field: data(button, "field"),
            item: data(button, "item"),
            reasons: data(button, "reasons"),
            notes: data(button, "notes"),
            copy: data(button, "copy") == "true",
        };
        // with one reason there is nothing to choose; with more, nobody chooses for whoever answers for it
        let only = if wanted.reasons.contains(' ') { String::new() } else { wanted.reasons.clone() };
        let dialog = Rc::new(Self {
            scene,
            wanted,
            element,
            stage: RefCell::new(Stage::Ask),
            reason: RefCell::new(only),
            note: RefCell::default(),
            value: RefCell::default(),
            time: Countdown::default(),
            wait: Countdown::default(),
            next_wait: Countdown::default(),
            watch: RefCell::default(),
            reported: Cell::default(),
            busy: Cell::new(false),
            shut: Cell::new(false),
        });
        dialog.go(Stage::Ask);
        // `open` instead of a modal would leave the page behind it reachable; there is no second way
        let _ = dialog.element.show_modal();
        dialog.focus();
        Some(dialog)
    }

    pub fn element(&self) -> &HtmlDialogElement {
        &self.element
    }

    pub fn stage(&self) -> Stage {
        self.stage.borrow().clone()
    }

    /// Closes it: the browser says so to [`super::start`], which shuts it.
    pub fn close(&self) {
        self.element.close();
    }

    /// It was closed, by whatever means: nothing stays.
    pub fn shut(&self) {
        self.shut.set(true);
        for countdown in [&self.time, &self.wait, &self.next_wait] {
            countdown.stop();
        }
        self.value.take();
        self.element.remove();
    }

    /// Whether an answer that comes now is too late.
    pub fn is_shut(&self) -> bool {
        self.shut.get()
    }

    /// Goes to a stage: what the last one showed is thrown away.
    pub fn go(&self, stage: Stage) {
        let part = match stage {
            Stage::Ask => "reveal-ask",
            Stage::Factor { .. } => "reveal-factor",
            Stage::Shown { .. } => "reveal-shown",
            Stage::Over { .. } => "reveal-over",
        };
        self.next_wait.stop();
        self.stage.replace(stage);
        if let Some(room) = self.part::<Element>(".reveal-stage") {
            show(&room, part);
        }
        if self.stage() == Stage::Ask {
            self.fill_ask();
        }
        show_busy(&self.element, self.busy.get());
        self.focus();
    }

    /// A part of what is shown now.
    pub fn part<T: JsCast>(&self, selector: &str) -> Option<T> {
        within(&self.element, selector)
    }

    fn focus(&self) {
        if let Some(first) = self.part::<HtmlElement>("[data-focus]") {
            let _ = first.focus();
        }
    }

    /// The first question with what was answered before.
    fn fill_ask(&self) {
        let reasons: Vec<&str> = self.wanted.reasons.split(' ').collect();
        let Some(select) = self.part::<HtmlSelectElement>("#reveal-reason") else { return };
        let options = select.options();
        for at in (0..options.length()).rev() {
            let Some(option) = options.item(at).and_then(|one| one.dyn_into::<HtmlOptionElement>().ok()) else {
                continue;
            };
            let value = option.value();
            let fits = if value.is_empty() { reasons.len() > 1 } else { reasons.contains(&value.as_str()) };
            if !fits {
                option.remove();
            }
        }
        select.set_value(&self.reason.borrow());
        if let Some(note) = self.part::<HtmlTextAreaElement>("#reveal-note") {
            note.set_value(&self.note.borrow());
        }
        self.show_note_if_wanted();
    }

    /// A note belongs to some reasons only.
    pub fn show_note_if_wanted(&self) {
        let reason = self.part::<HtmlSelectElement>("#reveal-reason").map(|select| select.value()).unwrap_or_default();
        if let Some(part) = self.part::<HtmlElement>(".note-part") {
            part.set_hidden(!self.wants_note(&reason));
        }
    }

    fn wants_note(&self, reason: &str) -> bool {
        !reason.is_empty() && self.wanted.notes.split(' ').any(|one| one == reason)
    }

    /// Sends what was typed. One at a time.
    pub fn submit(self: &Rc<Self>) {
        if self.busy.get() {
            return;
        }
        match self.stage() {
            Stage::Ask => {
                if let Some(reason) = self.part::<HtmlSelectElement>("#reveal-reason") {
                    self.reason.replace(reason.value());
                }
                if let Some(note) = self.part::<HtmlTextAreaElement>("#reveal-note") {
                    self.note.replace(note.value().into());
                }
                self.ask();
            }
            Stage::Factor { challenge } => {
                let code = self.part::<HtmlInputElement>("#reveal-code").map(|code| code.value());
                self.answer(challenge, code.unwrap_or_default());
            }
            Stage::Shown { .. } | Stage::Over { .. } => (),
        }
    }

    /// The chosen reason, and the note if the reason asks for one: what is not on the screen is not sent.
    pub(super) fn answers(&self) -> (String, Option<Zeroizing<String>>) {
        let reason = self.reason.borrow().clone();
        let note = Some(self.note.borrow().clone()).filter(|_| self.wants_note(&reason));
        // an absent note and an empty one are two different acts to the server
        (reason, note.filter(|note| !note.trim().is_empty()))
    }

    /// Does one thing, until it is done or the dialog is closed.
    pub(super) fn spawn<F: Future<Output = ()> + 'static>(self: &Rc<Self>, work: impl FnOnce(Rc<Self>) -> F) {
        self.busy.set(true);
        show_busy(&self.element, true);
        let (work, dialog) = (work(self.clone()), self.clone());
        spawn_local(async move {
            work.await;
            dialog.busy.set(false);
            show_busy(&dialog.element, false);
        });
    }

    pub(super) fn is_busy(&self) -> bool {
        self.busy.get()
    }
}
