//! The conversation with the server, and the one signal that a value lives in.

use super::About;
use crate::islands::clock::Countdown;
use crate::islands::wire::{self, Refusal};
use crate::lang::{Lang, text};
use crate::words;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;

/// Where the conversation is.
#[derive(Clone, PartialEq)]
pub enum Stage {
    /// No dialog.
    Shut,
    /// Why?
    Ask,
    /// Who are you?
    Factor { challenge: String },
    /// There it is.
    Shown { event: u64, at: String },
    /// There it was.
    Over { event: u64 },
}

/// Why the last try did not go through.
#[derive(Clone)]
pub struct Problem {
    /// What happened and what to do.
    pub sentence: String,
    /// To quote.
    pub request: Option<String>,
}

/// All of a dialog's state. It is kept while the dialog is open, whatever is refused.
#[derive(Clone, Copy)]
pub struct Talk {
    pub about: StoredValue<About>,
    pub lang: Lang,
    pub stage: RwSignal<Stage>,
    pub reason: RwSignal<String>,
    pub note: RwSignal<String>,
    pub code: RwSignal<String>,
    /// Whether this person may answer by a passkey.
    pub passkey: RwSignal<bool>,
    pub busy: RwSignal<bool>,
    pub problem: RwSignal<Option<Problem>>,
    /// Seconds until another code makes sense.
    pub wait: Countdown,
    /// The demonstration's next code, and the seconds until it works.
    pub next: RwSignal<Option<String>>,
    pub next_wait: Countdown,
    /// The value. It is nowhere else: no attribute, no address, no storage.
    pub value: RwSignal<Option<String>>,
    /// Seconds until it is dropped.
    pub time: Countdown,
}

#[derive(Deserialize)]
struct Shown {
    value: String,
    seconds: u32,
    event: u64,
}

#[derive(Deserialize)]
struct Done {}

#[derive(Deserialize)]
struct Next {
    code: String,
    seconds: u32,
}

impl Talk {
    pub fn new(about: About) -> Self {
        let reason = about.reasons.first().map(|(code, _)| code.clone()).unwrap_or_default();
        Self {
            lang: about.lang,
            about: StoredValue::new(about),
            stage: RwSignal::new(Stage::Shut),
            reason: RwSignal::new(reason),
            note: RwSignal::new(String::new()),
            code: RwSignal::new(String::new()),
            passkey: RwSignal::new(false),
            busy: RwSignal::new(false),
            problem: RwSignal::new(None),
            wait: Countdown::new(),
            next: RwSignal::new(None),
            next_wait: Countdown::new(),
            value: RwSignal::new(None),
            time: Countdown::new(),
        }
    }

    /// Opens the dialog.
    pub fn open(self) {
        self.stage.set(Stage::Ask);
    }

    /// The dialog was closed, by whatever means: nothing stays.
    pub fn shut(self) {
        self.forget();
        self.wait.stop();
        self.next_wait.stop();
        self.problem.set(None);
        self.code.set(String::new());
        self.note.set(String::new());
        self.stage.set(Stage::Shut);
    }

    /// Drops the value.
    pub fn forget(self) {
        self.value.set(None);
        self.time.stop();
        if let Stage::Shown { event, .. } = self.stage.get_untracked() {
            self.stage.set(Stage::Over { event });
        }
    }

    /// Asks for the value; with the answered challenge the second time, otherwise unchanged.
    pub fn ask(self, challenge: Option<String>) {
        self.spawn(async move {
            let about = self.about.get_value();
            let item = about.item.to_string();
            let (reason, note) = (self.reason.get_untracked(), self.note.get_untracked());
            let mut form = vec![
                ("case_id", about.case.as_str()),
                ("customer_id", &about.customer),
                ("field", &about.field),
                ("item", &item),
                ("reason", &reason),
            ];
            // an absent note and an empty one are two different acts to the server
            form.extend((!note.trim().is_empty()).then_some(("note", note.as_str())));
            form.extend(challenge.as_deref().map(|challenge| ("challenge", challenge)));
            match wire::post::<Shown>("/api/customers/reveal", &form).await {
                Ok(shown) => self.show(shown),
                Err(Refusal { code, challenge: Some(challenge), methods, .. }) if code == "step_up_required" => {
                    self.passkey.set(methods.iter().any(|method| method == "passkey"));
                    self.code.set(String::new());
                    self.stage.set(Stage::Factor { challenge });
                    self.tell_next();
                }
                Err(refusal) => {
                    self.complain(&refusal);
                    self.stage.set(Stage::Ask);
                }
            }
        });
    }

    /// Answers the challenge, then asks again.
    pub fn answer(self, challenge: String) {
        self.spawn(async move {
            let code = self.code.get_untracked();
            let form = [("challenge", challenge.as_str()), ("code", code.trim())];
            match wire::post::<Done>("/api/step_up/totp", &form).await {
                Ok(Done {}) => self.ask(Some(challenge)),
                Err(refusal) => {
                    self.complain(&refusal);
                    // these leave the challenge alive, and so do no answer and one of the form
                    let again = ["code_wrong", "code_used", "invalid", "busy", ""];
                    if again.contains(&refusal.code.as_str()) {
                        self.tell_next();
                    } else {
                        self.stage.set(Stage::Ask);
                    }
                }
            }
        });
    }

    /// In a demonstration nobody has an authenticator: the server tells the next code.
    fn tell_next(self) {
        if !self.about.with_value(|about| about.demo) {
            return;
        }
        self.next.set(None);
        spawn_local(async move {
            if let Ok(Next { code, seconds }) = wire::get("/demo/code").await {
                self.next.set(Some(code));
                self.next_wait.start(seconds, || ());
            }
        });
    }

    fn show(self, shown: Shown) {
        // closed meanwhile: what was recorded as shown was not, which is the right way to be wrong
        if self.stage.get_untracked() == Stage::Shut {
            return;
        }
        // the pages' time zone, whatever the desktop's
        let zone = js_sys::Object::new();
        let _ = js_sys::Reflect::set(&zone, &"timeZone".into(), &"Asia/Shanghai".into());
        let at = js_sys::Date::new_0().to_locale_string("sv-SE", &zone);
        self.problem.set(None);
        self.stage.set(Stage::Shown { event: shown.event, at: at.into() });
        self.value.set(Some(shown.value));
        self.time.start(shown.seconds, move || self.forget());
    }

    pub(super) fn complain(self, refusal: &Refusal) {
        let mut sentence =
            words::sentence_of(self.lang, &refusal.code).unwrap_or_else(|| text!(self.lang, reveal.unreachable));
        let lang = self.lang;
        let told = refusal.faults.iter().map(|fault| match fault.field.as_str() {
            "reason" => words::fault_about(lang, &text!(lang, reveal.reason), fault),
            "note" => words::fault_about(lang, &text!(lang, reveal.note), fault),
            "code" => words::fault_about(lang, &text!(lang, reveal.code), fault),
            _ => words::fault(lang, fault),
        });
        let faults: Vec<String> = told.collect();
        if !faults.is_empty() {
            sentence = faults.join(" ");
        }
        self.problem.set(Some(Problem { sentence, request: refusal.request_id.clone() }));
        if let Some(seconds) = refusal.retry_after {
            self.wait.start(seconds, || ());
        }
    }

    pub(super) fn spawn(self, work: impl Future<Output = ()> + 'static) {
        self.busy.set(true);
        spawn_local(async move {
            work.await;
            self.busy.set(false);
        });
    }
}
