//! The conversation with the server that ends with a value on the screen.

use super::dialog::{Dialog, Stage};
use crate::page::{document, say_with};
use crate::wire::{self, Refusal};
use domain::code::Fault;
use serde::Deserialize;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;
use zeroize::Zeroizing;

#[derive(Deserialize)]
struct Shown {
    value: String,
    seconds: u32,
    event: u64,
}

#[derive(Deserialize)]
pub(super) struct Done {}

#[derive(Deserialize)]
struct Next {
    code: String,
    seconds: u32,
}

impl Dialog {
    /// Asks for the value.
    pub(super) fn ask(self: &Rc<Self>) {
        if self.answers().0.is_empty() {
            let faults = vec![Fault::new("reason", "required")];
            return self.complain(&Refusal { faults, ..Refusal::default() });
        }
        self.spawn(|dialog| async move { dialog.put(None).await });
    }

    /// Answers the challenge, then asks again.
    pub(super) fn answer(self: &Rc<Self>, challenge: String, code: String) {
        self.spawn(|dialog| async move {
            let form = [("challenge", challenge.as_str()), ("code", code.trim())];
            let answered = wire::post::<Done>("/api/step_up/totp", &form).await;
            if dialog.is_shut() {
                return;
            }
            let Err(refusal) = answered else { return dialog.put(Some(challenge)).await };
            // these leave the challenge alive, and so do no answer and one of the form
            let again = ["code_wrong", "code_used", "invalid", "busy", ""];
            if again.contains(&refusal.code.as_str()) {
                dialog.complain(&refusal);
                dialog.tell_next();
            } else {
                dialog.go(Stage::Ask);
                dialog.complain(&refusal);
            }
        });
    }

    /// Asks for the value; with the answered challenge the second time, otherwise unchanged.
    pub(super) async fn put(self: &Rc<Self>, challenge: Option<String>) {
        let (reason, note) = self.answers();
        let mut form = vec![
            ("case_id", self.scene.case.as_str()),
            ("customer_id", &self.scene.customer),
            ("field", &self.wanted.field),
            ("item", &self.wanted.item),
            ("reason", &reason),
        ];
        form.extend(note.as_ref().map(|note| ("note", note.as_str())));
        form.extend(challenge.as_deref().map(|challenge| ("challenge", challenge)));
        let answer = wire::post_dated::<Shown>("/api/customers/reveal", &form).await;
        if self.is_shut() {
            // closed meanwhile: what was recorded as shown was not, which is the right way to be wrong
            return drop(answer.map(|(shown, _)| Zeroizing::new(shown.value)));
        }
        match answer {
            Ok((Shown { value, seconds, event }, date)) => self.show(value.into(), event, seconds, date),
            Err(Refusal { code, challenge: Some(challenge), methods, .. }) if code == "step_up_required" => {
                self.go(Stage::Factor { challenge });
                if let Some(part) = self.part::<HtmlElement>(".by-passkey") {
                    part.set_hidden(!methods.iter().any(|method| method == "passkey"));
                }
                self.tell_next();
            }
            Err(refusal) => {
                if self.stage() != Stage::Ask {
                    self.go(Stage::Ask);
                }
                self.complain(&refusal);
            }
        }
    }

    fn show(self: &Rc<Self>, value: Zeroizing<String>, event: u64, seconds: u32, date: Option<String>) {
        self.clear_trouble();
        if document().hidden() {
            // nobody looks: it is over before it began
            return self.go_over(event);
        }
        self.go(Stage::Shown { event });
        self.put_on_screen(value, event, seconds, &beijing(date));
    }

    /// In a demonstration nobody has an authenticator: the server tells the next code.
    fn tell_next(self: &Rc<Self>) {
        if !self.scene.demo {
            return;
        }
        let dialog = self.clone();
        spawn_local(async move {
            let Ok(Next { code, seconds }) = wire::get("/demo/code").await else { return };
            let part = |selector: &str| dialog.part::<HtmlElement>(selector);
            let Some((place, (next, wait))) = part(".demo-code").zip(part(".demo-next").zip(part(".demo-wait"))) else {
                return;
            };
            place.set_hidden(false);
            say_with(&next, "code", &code);
            dialog.next_wait.start(seconds, move |left| {
                wait.set_hidden(left == 0);
                say_with(&wait, "seconds", &left.to_string());
            });
        });
    }
}

/// A time in the pages' time zone, whatever the desktop's; the desktop's own if the server named none.
fn beijing(date: Option<String>) -> String {
    let at = date.map_or_else(js_sys::Date::new_0, |date| js_sys::Date::new(&date.into()));
    let zone = js_sys::Object::new();
    let _ = js_sys::Reflect::set(&zone, &"timeZone".into(), &"Asia/Shanghai".into());
    at.to_locale_string("sv-SE", &zone).into()
}
