//! What may be done with a value while it stands there, and what the screen tells about it (V4, V9).

use super::dialog::{Dialog, Stage};
use super::talk::Done;
use crate::page::{data, filled, window, words};
use crate::wire::{self, Refusal};
use domain::audit::event::AttemptName;
use serde::Deserialize;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlElement;

/// So many attempts of a sort are reported; the server records no more of them.
const REPORTS: u8 = 3;

#[derive(Deserialize)]
struct More {
    seconds: u32,
    event: u64,
}

impl Dialog {
    /// As long again, once. It is too late when the value went before the answer came.
    pub fn ask_more(self: &Rc<Self>, button: &HtmlElement) {
        let Some((event, button)) = self.once(button) else { return };
        self.spawn(|dialog| async move {
            let answer = wire::post::<More>("/api/reveals/more", &[("event", &event)]).await;
            if dialog.is_shut() {
                return;
            }
            match answer {
                Ok(More { seconds, event }) => {
                    dialog.time.extend(seconds);
                    button.set_text_content(Some(&data(&button, "done")));
                    dialog.say(&filled(&words("more_said").unwrap_or_default(), "event", &event.to_string()));
                }
                Err(refusal) => dialog.refused(&refusal, &button),
            }
        });
    }

    /// Copies the value once, after the record of it.
    pub fn ask_copy(self: &Rc<Self>, button: &HtmlElement) {
        let Some((event, button)) = self.once(button) else { return };
        self.spawn(|dialog| async move {
            let answer = wire::post::<Done>("/api/reveals/copy", &[("event", &event)]).await;
            if dialog.is_shut() {
                return;
            }
            match answer {
                Ok(Done {}) => {
                    button.set_text_content(Some(&data(&button, "done")));
                    let copied = dialog.to_clipboard().await.is_ok();
                    dialog.say(&words(if copied { "copied" } else { "copy_failed" }).unwrap_or_default());
                }
                Err(refusal) => dialog.refused(&refusal, &button),
            }
        });
    }

    /// The shown value's event, if the button was not pressed before. From now on it was.
    fn once(&self, button: &HtmlElement) -> Option<(String, HtmlElement)> {
        let Stage::Shown { event } = self.stage() else { return None };
        if button.get_attribute("aria-disabled").as_deref() == Some("true") {
            return None;
        }
        button.set_attribute("aria-disabled", "true").ok()?;
        Some((event.to_string(), button.clone()))
    }

    async fn to_clipboard(&self) -> Result<(), JsValue> {
        let navigator = window().navigator();
        // over plain HTTP and in old browsers there is none, whatever its type says
        if !js_sys::Reflect::get(&navigator, &"clipboard".into())?.is_object() {
            return Err(JsValue::NULL);
        }
        let written = self.value.borrow().as_ref().map(|value| navigator.clipboard().write_text(value));
        JsFuture::from(written.ok_or(JsValue::NULL)?).await.map(drop)
    }

    /// Whether the value was needed: one key, and the dialog is done.
    pub fn rate(self: &Rc<Self>, needed: bool) {
        let Stage::Over { event } = self.stage() else { return };
        if self.is_busy() {
            return;
        }
        self.spawn(|dialog| async move {
            let event = event.to_string();
            let form = [("event", event.as_str()), ("needed", if needed { "yes" } else { "no" })];
            let answer = wire::post::<Done>("/api/reveals/needed", &form).await;
            if dialog.is_shut() {
                return;
            }
            match answer {
                Ok(Done {}) => dialog.close(),
                Err(refusal) => dialog.complain(&refusal),
            }
        });
    }

    /// Reports what was blocked. Nobody waits for the answer.
    pub fn report(&self, attempt: AttemptName) {
        let (Stage::Shown { event } | Stage::Over { event }) = self.stage() else { return };
        self.say(&words("blocked").unwrap_or_default());
        let at = AttemptName::ALL.iter().position(|one| *one == attempt);
        let mut reported = self.reported.get();
        let Some(before) = at.and_then(|at| reported.get_mut(at)).filter(|before| **before < REPORTS) else { return };
        *before += 1;
        self.reported.set(reported);
        spawn_local(async move {
            let event = event.to_string();
            let form = [("event", event.as_str()), ("attempt", attempt.as_str())];
            drop(wire::post::<Done>("/api/reveals/attempt", &form).await);
        });
    }

    /// The value stays for the rest of its time, unless whoever saw it is no longer signed in.
    fn refused(&self, refusal: &Refusal, button: &HtmlElement) {
        if refusal.code == "signed_out" {
            self.forget();
        }
        self.complain(refusal);
        // no answer, or none just now: it may be asked for again
        if ["", "busy", "too_many_refusals"].contains(&refusal.code.as_str()) {
            let _ = button.set_attribute("aria-disabled", "false");
        }
    }
}
