//! The conversation with the server that ends with a value on the screen, and the one signal that it lives in.

use super::About;
use super::problem::Problem;
use crate::islands::clock::Countdown;
use crate::islands::wire::{self, Refusal};
use crate::lang::{Lang, text};
use crate::words;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use zeroize::Zeroizing;

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
    Shown { event: u64, at: String, seconds: u32 },
    /// There it was.
    Over { event: u64 },
}

/// What may be done once with a value.
#[derive(Clone, Copy, PartialEq)]
pub enum Once {
    /// It is on offer.
    Offered,
    /// It was asked for.
    Asked,
    /// It was done.
    Done,
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
    pub busy: RwSignal<bool>,
    pub problem: RwSignal<Option<Problem>>,
    /// Seconds until another try makes sense.
    pub wait: Countdown,
    /// The demonstration's next code, and the seconds until it works.
    pub next: RwSignal<Option<String>>,
    pub next_wait: Countdown,
    /// The value. It is nowhere else: no attribute, no address, no storage. It is wiped when it is dropped.
    pub value: RwSignal<Option<Zeroizing<String>>>,
    /// The one element that it is written into.
    pub plain: NodeRef<html::Output>,
    /// Seconds until it is dropped.
    pub time: Countdown,
    pub more: RwSignal<Once>,
    pub copy: RwSignal<Once>,
    /// What was done with the value just now, in words.
    pub said: RwSignal<Option<String>>,
    /// How many blocked attempts of each sort were reported.
    pub(super) reported: StoredValue<[u8; 7]>,
    /// Which opening of the dialog this is: an answer to an earlier one is dropped.
    round: StoredValue<u32>,
}

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

impl Talk {
    pub fn new(about: About) -> Self {
        // with one reason there is nothing to choose; with more, nobody chooses for whoever answers for it
        let reason = match &about.reasons[..] {
            [only] => only.code.clone(),
            _ => String::new(),
        };
        Self {
            lang: about.lang,
            about: StoredValue::new(about),
            stage: RwSignal::new(Stage::Shut),
            reason: RwSignal::new(reason),
            note: RwSignal::new(String::new()),
            code: RwSignal::new(String::new()),
            busy: RwSignal::new(false),
            problem: RwSignal::new(None),
            wait: Countdown::new(),
            next: RwSignal::new(None),
            next_wait: Countdown::new(),
            value: RwSignal::new(None),
            plain: NodeRef::new(),
            time: Countdown::new(),
            more: RwSignal::new(Once::Offered),
            copy: RwSignal::new(Once::Offered),
            said: RwSignal::new(None),
            reported: StoredValue::new([0; 7]),
            round: StoredValue::new(0),
        }
    }

    /// Opens the dialog.
    pub fn open(self) {
        self.stage.set(Stage::Ask);
    }

    /// The dialog was closed, by whatever means: nothing stays.
    pub fn shut(self) {
        self.forget();
        self.round.update_value(|round| *round += 1);
        self.wait.stop();
        self.next_wait.stop();
        self.problem.set(None);
        self.busy.set(false);
        self.code.set(String::new());
        self.note.set(String::new());
        self.stage.set(Stage::Shut);
    }

    /// Drops the value. Where there is none any more it tells nobody, or whoever watches the time and asks
    /// for this would be told for ever.
    pub fn forget(self) {
        self.wipe();
        if let Stage::Shown { event, .. } = self.stage.get_untracked() {
            self.stage.set(Stage::Over { event });
            self.value.set(None);
            self.time.stop();
        }
    }

    /// Takes the value off the screen at once: a page that is about to be frozen or printed waits for no
    /// effect.
    pub fn wipe(self) {
        if let Some(plain) = self.plain.get_untracked() {
            plain.set_text_content(None);
        }
    }

    /// Whether the note belongs to the chosen reason.
    pub fn wants_note(self) -> bool {
        let reason = self.reason.get();
        self.about.with_value(|about| about.reasons.iter().any(|known| known.code == reason && known.note))
    }

    /// Asks for the value.
    pub fn ask(self) {
        if self.reason.with_untracked(String::is_empty) {
            let refusal =
                Refusal { faults: vec![domain::code::Fault::new("reason", "required")], ..Refusal::default() };
            return self.complain(&refusal);
        }
        self.spawn(async move |round| self.put(round, None).await);
    }

    /// Answers the challenge, then asks again.
    pub fn answer(self, challenge: String) {
        self.spawn(async move |round| {
            let code = self.code.get_untracked();
            let form = [("challenge", challenge.as_str()), ("code", code.trim())];
            let answered = wire::post::<Done>("/api/step_up/totp", &form).await;
            if !self.is_of(round) {
                return;
            }
            let Err(refusal) = answered else { return self.put(round, Some(challenge)).await };
            self.complain(&refusal);
            // these leave the challenge alive, and so do no answer and one of the form
            let again = ["code_wrong", "code_used", "invalid", "busy", ""];
            if again.contains(&refusal.code.as_str()) {
                self.tell_next();
            } else {
                self.stage.set(Stage::Ask);
            }
        });
    }

    /// Asks for the value; with the answered challenge the second time, otherwise unchanged.
    async fn put(self, round: u32, challenge: Option<String>) {
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
        let answer = wire::post_dated::<Shown>("/api/customers/reveal", &form).await;
        if !self.is_of(round) {
            // closed meanwhile: what was recorded as shown was not, which is the right way to be wrong
            return drop(answer.map(|(shown, _)| Zeroizing::new(shown.value)));
        }
        match answer {
            Ok((shown, date)) => self.show(shown, date),
            Err(Refusal { code, challenge: Some(challenge), .. }) if code == "step_up_required" => {
                self.problem.set(None);
                self.code.set(String::new());
                self.stage.set(Stage::Factor { challenge });
                self.tell_next();
            }
            Err(refusal) => {
                self.complain(&refusal);
                self.stage.set(Stage::Ask);
            }
        }
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

    fn show(self, shown: Shown, date: Option<String>) {
        let value = Zeroizing::new(shown.value);
        self.problem.set(None);
        self.wait.stop();
        self.code.set(String::new());
        self.said.set(None);
        self.more.set(Once::Offered);
        self.copy.set(Once::Offered);
        self.reported.set_value([0; 7]);
        if document().hidden() {
            // nobody looks: it is over before it began
            return self.stage.set(Stage::Over { event: shown.event });
        }
        self.value.set(Some(value));
        self.stage.set(Stage::Shown { event: shown.event, at: beijing(date), seconds: shown.seconds });
        self.time.start(shown.seconds, move || self.forget());
    }

    /// Says why something did not go through. Whatever was typed stays.
    pub(super) fn complain(self, refusal: &Refusal) {
        let lang = self.lang;
        let told = refusal.faults.iter().map(|fault| match fault.field.as_str() {
            "reason" => words::fault_about(lang, &text!(lang, reveal.reason), fault),
            "note" => words::fault_about(lang, &text!(lang, reveal.note), fault),
            "code" => words::fault_about(lang, &text!(lang, reveal.code), fault),
            _ => words::fault(lang, fault),
        });
        let faults: Vec<String> = told.collect();
        let sentence = if faults.is_empty() {
            words::sentence_of(lang, &refusal.code).unwrap_or_else(|| text!(lang, reveal.unreachable))
        } else {
            faults.join(" ")
        };
        let sign_in = refusal.code == "signed_out";
        self.problem.set(Some(Problem { sentence, request: refusal.request_id.clone(), sign_in }));
        match refusal.retry_after {
            Some(seconds) => self.wait.start(seconds, || ()),
            None => self.wait.stop(),
        }
    }

    /// Whether the dialog was not closed since.
    pub(super) fn is_of(self, round: u32) -> bool {
        self.round.get_value() == round
    }

    /// Does one thing at a time, until it is done or the dialog is closed.
    pub(super) fn spawn<F: Future<Output = ()> + 'static>(self, work: impl FnOnce(u32) -> F + 'static) {
        let round = self.round.get_value();
        self.busy.set(true);
        spawn_local(async move {
            work(round).await;
            if self.is_of(round) {
                self.busy.set(false);
            }
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
