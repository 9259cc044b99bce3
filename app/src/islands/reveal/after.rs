//! What may be done with a value while it stands there, and what the screen tells about it (V4, V9).

use super::talk::{Done, Once, Stage, Talk};
use crate::islands::wire;
use crate::lang::text;
use domain::audit::event::AttemptName;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsValue;
use serde::Deserialize;

/// So many attempts of a sort are reported; the server records no more of them.
const REPORTS: u8 = 3;

#[derive(Deserialize)]
struct More {
    seconds: u32,
    event: u64,
}

impl Talk {
    /// As long again, once. It is too late when the value went before the answer came.
    pub fn ask_more(self, event: u64) {
        if self.more.get_untracked() != Once::Offered {
            return;
        }
        self.more.set(Once::Asked);
        self.spawn(async move |round| {
            let answer = wire::post::<More>("/api/reveals/more", &[("event", &event.to_string())]).await;
            if !self.is_of(round) {
                return;
            }
            match answer {
                Ok(More { seconds, event }) => {
                    self.time.extend(seconds);
                    self.more.set(Once::Done);
                    self.say(text!(self.lang, reveal.more_said, event = event));
                }
                Err(refusal) => self.refused(&refusal, self.more),
            }
        });
    }

    /// Copies the value once, after the record of it.
    pub fn ask_copy(self, event: u64) {
        if self.copy.get_untracked() != Once::Offered {
            return;
        }
        self.copy.set(Once::Asked);
        self.spawn(async move |round| {
            let answer = wire::post::<Done>("/api/reveals/copy", &[("event", &event.to_string())]).await;
            if !self.is_of(round) {
                return;
            }
            match answer {
                Ok(Done {}) => {
                    self.copy.set(Once::Done);
                    let copied = self.to_clipboard().await.is_ok();
                    let (done, failed) = (text!(self.lang, reveal.copied), text!(self.lang, reveal.copy_failed));
                    self.say(if copied { done } else { failed });
                }
                Err(refusal) => self.refused(&refusal, self.copy),
            }
        });
    }

    async fn to_clipboard(self) -> Result<(), JsValue> {
        let navigator = window().navigator();
        // over plain HTTP and in old browsers there is none, whatever its type says
        if !js_sys::Reflect::get(&navigator, &"clipboard".into())?.is_object() {
            return Err(JsValue::NULL);
        }
        let written =
            self.value.with_untracked(|value| value.as_ref().map(|value| navigator.clipboard().write_text(value)));
        wasm_bindgen_futures::JsFuture::from(written.ok_or(JsValue::NULL)?).await.map(drop)
    }

    /// Whether the value was needed: one key, and the dialog is done.
    pub fn rate(self, event: u64, needed: bool, shut: impl Fn() + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.spawn(async move |round| {
            let needed = if needed { "yes" } else { "no" };
            let form = [("event", event.to_string()), ("needed", needed.to_owned())];
            let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
            let answer = wire::post::<Done>("/api/reveals/needed", &form).await;
            if !self.is_of(round) {
                return;
            }
            match answer {
                Ok(Done {}) => shut(),
                Err(refusal) => self.complain(&refusal),
            }
        });
    }

    /// Reports what was blocked. Nobody waits for the answer.
    pub fn report(self, attempt: AttemptName) {
        let (Stage::Shown { event, .. } | Stage::Over { event }) = self.stage.get_untracked() else { return };
        self.say(text!(self.lang, reveal.blocked));
        let at = AttemptName::ALL.iter().position(|one| *one == attempt).unwrap_or_default();
        let before = self.reported.with_value(|reported| reported[at]);
        if before >= REPORTS {
            return;
        }
        self.reported.update_value(|reported| reported[at] += 1);
        spawn_local(async move {
            let event = event.to_string();
            let form = [("event", event.as_str()), ("attempt", attempt.as_str())];
            drop(wire::post::<Done>("/api/reveals/attempt", &form).await);
        });
    }

    fn say(self, words: String) {
        self.said.set(Some(words));
    }

    /// The value stays for the rest of its time, unless whoever saw it is no longer signed in.
    fn refused(self, refusal: &wire::Refusal, once: RwSignal<Once>) {
        self.complain(refusal);
        if refusal.code == "signed_out" {
            return self.forget();
        }
        // no answer, or none just now: it may be asked for again
        once.set(if ["", "busy", "too_many_refusals"].contains(&refusal.code.as_str()) {
            Once::Offered
        } else {
            Once::Done
        });
    }
}
