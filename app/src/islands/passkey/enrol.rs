//! Adding a passkey: its name, a second factor for just that, the browser's part.

use super::{Done, Trouble, assert, complaint, enrol};
use crate::islands::wire::{self, Refusal};
use crate::lang::{Lang, text};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;

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

#[derive(Clone, Copy)]
struct Talk {
    lang: Lang,
    demo: bool,
    stage: RwSignal<Stage>,
    name: RwSignal<String>,
    code: RwSignal<String>,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
    next: RwSignal<Option<Next>>,
}

#[derive(Clone, Deserialize)]
struct Next {
    code: String,
    seconds: u32,
}

impl Talk {
    /// Does one thing at a time, and says what went wrong.
    fn run(self, work: impl Future<Output = Result<(), Trouble>> + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.problem.set(None);
        spawn_local(async move {
            if let Err(trouble) = work.await {
                self.problem.set(Some(trouble.sentence(self.lang)));
                if !trouble.leaves_the_challenge() {
                    self.stage.set(Stage::Name);
                }
                self.code.set(String::new());
                self.tell_next();
            }
            self.busy.set(false);
        });
    }

    fn ask(self) {
        self.run(async move {
            let name = self.name.get_untracked();
            match wire::post::<Done>("/api/passkeys/begin", &[("name", &name)]).await {
                Err(Refusal { code, challenge: Some(challenge), methods, .. }) if code == "step_up_required" => {
                    let passkey = methods.iter().any(|method| method == "passkey");
                    self.stage.set(Stage::Factor { challenge, passkey });
                    self.tell_next();
                    Ok(())
                }
                Err(refusal) => Err(refusal.into()),
                Ok(Done {}) => Ok(()),
            }
        });
    }

    fn answer_by_code(self, challenge: String) {
        self.run(async move {
            let code = self.code.get_untracked();
            let form = [("challenge", challenge.as_str()), ("code", code.trim())];
            let Done {} = wire::post("/api/step_up/totp", &form).await?;
            self.make(challenge).await
        });
    }

    fn answer_by_passkey(self, challenge: String) {
        self.run(async move {
            let form = [("challenge", challenge.as_str())];
            assert("/api/step_up/passkey/begin", "/api/step_up/passkey", &form).await?;
            self.make(challenge).await
        });
    }

    /// The browser's part. The list is on the page, so the page is drawn again.
    async fn make(self, challenge: String) -> Result<(), Trouble> {
        self.stage.set(Stage::Make { challenge: challenge.clone() });
        enrol(&self.name.get_untracked(), &challenge).await?;
        drop(window().location().replace("/me"));
        Ok(())
    }

    /// In a demonstration nobody has an authenticator: the server tells the next code.
    fn tell_next(self) {
        if self.demo && matches!(self.stage.get_untracked(), Stage::Factor { .. }) {
            spawn_local(async move { self.next.set(wire::get("/demo/code").await.ok()) });
        }
    }
}

/// The form that adds one. It needs the browser's passkeys, so it needs JavaScript.
#[island]
pub fn EnrolPasskey(lang: Lang, demo: bool) -> impl IntoView {
    let talk = Talk {
        lang,
        demo,
        stage: RwSignal::new(Stage::Name),
        name: RwSignal::new(String::new()),
        code: RwSignal::new(String::new()),
        busy: RwSignal::new(false),
        problem: RwSignal::new(None),
        next: RwSignal::new(None),
    };
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    let stage = move || match talk.stage.get() {
        Stage::Name => name(talk).into_any(),
        Stage::Factor { challenge, passkey } => factor(talk, challenge, passkey).into_any(),
        Stage::Make { challenge } => {
            let again = move |_| talk.run(talk.make(challenge.clone()));
            view! { <div class="actions">{button(talk, text!(lang, passkey.begin), again)}</div> }.into_any()
        }
    };
    let problem = move || talk.problem.get().map(complaint);
    view! {
        <div class="passkey" data-ready=move || ready.get().then_some("")>
            {problem}
            {stage}
        </div>
    }
}

fn name(talk: Talk) -> impl IntoView {
    let lang = talk.lang;
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        talk.ask();
    };
    view! {
        <form class="narrow field" autocomplete="off" on:submit=send>
            <label for="passkey-name">{text!(lang, passkey.name)}</label>
            <p class="hint" id="passkey-hint">{text!(lang, passkey.name_hint)}</p>
            <input
                id="passkey-name"
                maxlength="40"
                autocomplete="off"
                aria-describedby="passkey-hint"
                on:input=move |event| talk.name.set(event_target_value(&event))
                prop:value=move || talk.name.get()
            />
            <div class="actions"><button type="submit" class="primary">{text!(lang, passkey.begin)}</button></div>
        </form>
    }
}

/// The strongest first.
fn factor(talk: Talk, challenge: String, passkey: bool) -> impl IntoView {
    let lang = talk.lang;
    let by_passkey = passkey.then(|| {
        let challenge = challenge.clone();
        let answer = move |_| talk.answer_by_passkey(challenge.clone());
        view! {
            {button(talk, text!(lang, passkey.apply), answer)}
            <p class="or">{text!(lang, passkey.or_code)}</p>
        }
    });
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        talk.answer_by_code(challenge.clone());
    };
    let demo = move || {
        let words =
            talk.next.get().map(|next| text!(lang, passkey.demo_code, code = next.code, seconds = next.seconds));
        words.map(|words| view! { <p class="demo-code" role="status">{words}</p> })
    };
    view! {
        <p class="lead" id="passkey-lead">{text!(lang, passkey.confirm_lead)}</p>
        {by_passkey}
        <form class="narrow field" autocomplete="off" on:submit=send>
            {demo}
            <label for="passkey-code">{text!(lang, passkey.code)}</label>
            <input
                id="passkey-code"
                class="code"
                inputmode="numeric"
                maxlength="6"
                autocomplete="off"
                aria-describedby="passkey-lead"
                on:input=move |event| talk.code.set(event_target_value(&event))
                prop:value=move || talk.code.get()
            />
            <div class="actions">
                <button type="submit" class="primary">{text!(lang, passkey.by_code)}</button>
                <button type="button" on:click=move |_| talk.stage.set(Stage::Name)>{text!(lang, passkey.cancel)}</button>
            </div>
        </form>
    }
}

fn button(talk: Talk, words: String, pressed: impl Fn(leptos::ev::MouseEvent) + 'static) -> impl IntoView {
    let busy = text!(talk.lang, passkey.busy);
    view! {
        <button type="button" class="primary" aria-disabled=move || talk.busy.get().to_string() on:click=pressed>
            {move || if talk.busy.get() { busy.clone() } else { words.clone() }}
        </button>
    }
}
