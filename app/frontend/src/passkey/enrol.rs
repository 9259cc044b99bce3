//! Adding a passkey: its name, a second factor for just that, the browser's part.

use super::{Done, Trouble, assert, complain, enrol};
use crate::page::{around, data, filled, find, hear, ready, show, show_busy, window, within};
use crate::wire::{self, Refusal};
use serde::Deserialize;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlElement, HtmlInputElement};

/// Where it is.
#[derive(Clone, PartialEq)]
enum Stage {
    /// What is it called?
    Name,
    /// Who are you?
    Factor { challenge: String, passkey: bool },
    /// That was answered; the browser's part was not done yet.
    Make { challenge: String },
}

struct Enrolment {
    room: HtmlElement,
    stage: RefCell<Stage>,
    name: RefCell<String>,
    busy: Cell<bool>,
}

#[derive(Deserialize)]
struct Next {
    code: String,
    seconds: u32,
}

/// Brings `data-passkey-enrol` to life.
pub fn start() {
    let Some(room) = find("[data-passkey-enrol]") else { return };
    let enrolment = Rc::new(Enrolment {
        room: room.clone(),
        stage: RefCell::new(Stage::Name),
        name: RefCell::default(),
        busy: Cell::new(false),
    });
    enrolment.go(Stage::Name);
    ready(&room);
    let here = enrolment.clone();
    hear(&room, "submit", move |event| {
        event.prevent_default();
        here.submit();
    });
    hear(&room, "click", move |event| {
        if let Some(button) = around(event, "[data-do]") {
            enrolment.press(&data(&button, "do"));
        }
    });
}

impl Enrolment {
    fn go(&self, stage: Stage) {
        match &stage {
            Stage::Name => {
                show(&self.room, "passkey-name-part");
                if let Some(input) = within::<HtmlInputElement>(&self.room, "input") {
                    input.set_value(&self.name.borrow());
                }
            }
            Stage::Factor { passkey, .. } => {
                show(&self.room, "passkey-factor-part");
                if let Some(part) = within::<HtmlElement>(&self.room, ".by-passkey") {
                    part.set_hidden(!passkey);
                }
            }
            Stage::Make { .. } => show(&self.room, "passkey-make-part"),
        }
        self.stage.replace(stage);
        show_busy(&self.room, self.busy.get());
    }

    fn stage(&self) -> Stage {
        self.stage.borrow().clone()
    }

    fn typed(&self) -> String {
        within::<HtmlInputElement>(&self.room, "input").map(|input| input.value()).unwrap_or_default()
    }

    fn submit(self: &Rc<Self>) {
        let typed = self.typed();
        match self.stage() {
            Stage::Name => self.run(|here| async move {
                here.name.replace(typed);
                here.ask().await
            }),
            Stage::Factor { challenge, .. } => self.run(|here| async move {
                let form = [("challenge", challenge.as_str()), ("code", typed.trim())];
                let Done {} = wire::post("/api/step_up/totp", &form).await?;
                here.make(challenge).await
            }),
            Stage::Make { .. } => (),
        }
    }

    fn press(self: &Rc<Self>, act: &str) {
        match (act, self.stage()) {
            ("cancel", _) if !self.busy.get() => self.go(Stage::Name),
            ("passkey", Stage::Factor { challenge, .. }) => self.run(|here| async move {
                let form = [("challenge", challenge.as_str())];
                assert("/api/step_up/passkey/begin", "/api/step_up/passkey", &form).await?;
                here.make(challenge).await
            }),
            ("make", Stage::Make { challenge }) => self.run(|here| async move { here.make(challenge).await }),
            _ => (),
        }
    }

    /// Does one thing at a time, and says what went wrong.
    fn run<F: Future<Output = Result<(), Trouble>> + 'static>(self: &Rc<Self>, work: impl FnOnce(Rc<Self>) -> F) {
        if self.busy.replace(true) {
            return;
        }
        complain(&self.room, None);
        show_busy(&self.room, true);
        let (here, work) = (self.clone(), work(self.clone()));
        spawn_local(async move {
            let ended = work.await;
            here.busy.set(false);
            if let Err(trouble) = ended {
                if !trouble.leaves_the_challenge() {
                    here.go(Stage::Name);
                }
                complain(&here.room, Some(&trouble));
                here.tell_next();
            }
            show_busy(&here.room, false);
        });
    }

    async fn ask(self: &Rc<Self>) -> Result<(), Trouble> {
        let name = self.name.borrow().clone();
        match wire::post::<Done>("/api/passkeys/begin", &[("name", &name)]).await {
            Err(Refusal { code, challenge: Some(challenge), methods, .. }) if code == "step_up_required" => {
                let passkey = methods.iter().any(|method| method == "passkey");
                self.go(Stage::Factor { challenge, passkey });
                self.tell_next();
                Ok(())
            }
            Err(refusal) => Err(refusal.into()),
            Ok(Done {}) => Ok(()),
        }
    }

    /// The browser's part. The list is on the page, so the page is drawn again.
    async fn make(&self, challenge: String) -> Result<(), Trouble> {
        self.go(Stage::Make { challenge: challenge.clone() });
        let name = self.name.borrow().clone();
        enrol(&name, &challenge).await?;
        drop(window().location().replace("/me"));
        Ok(())
    }

    /// In a demonstration nobody has an authenticator: the server tells the next code.
    fn tell_next(self: &Rc<Self>) {
        if data(&self.room, "demo") != "true" || !matches!(self.stage(), Stage::Factor { .. }) {
            return;
        }
        let here = self.clone();
        spawn_local(async move {
            let Ok(Next { code, seconds }) = wire::get("/demo/code").await else { return };
            if let Some(place) = within::<HtmlElement>(&here.room, ".demo-code") {
                let words = filled(&data(&place, "text"), "code", &code);
                place.set_text_content(Some(&filled(&words, "seconds", &seconds.to_string())));
                place.set_hidden(false);
            }
        });
    }
}
