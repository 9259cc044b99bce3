//! The stronger answer to the second question: a passkey signs this one act.

use super::problem::Problem;
use super::talk::{Stage, Talk};
use crate::islands::passkey::{Trouble, assert};
use crate::lang::text;
use leptos::prelude::*;

/// A button above the code, for those who have a passkey.
pub fn view(talk: Talk, challenge: String) -> impl IntoView {
    let lang = talk.lang;
    move || {
        let challenge = challenge.clone();
        talk.passkey.get().then(|| {
            let answer = move |_| {
                if !talk.busy.get_untracked() {
                    talk.answer_by_passkey(challenge.clone());
                }
            };
            view! {
                <button type="button" class="primary" aria-disabled=move || talk.busy.get().to_string() on:click=answer>
                    {text!(lang, passkey.apply)}
                </button>
                <p class="or">{text!(lang, passkey.or_code)}</p>
            }
        })
    }
}

impl Talk {
    /// Answers the challenge by a passkey, then asks again.
    fn answer_by_passkey(self, challenge: String) {
        self.spawn(async move |round| {
            let form = [("challenge", challenge.as_str())];
            let answered = assert("/api/step_up/passkey/begin", "/api/step_up/passkey", &form).await;
            if !self.is_of(round) {
                return;
            }
            let Err(trouble) = answered else { return self.put(round, Some(challenge)).await };
            if !trouble.leaves_the_challenge() {
                self.stage.set(Stage::Ask);
            }
            let sentence = trouble.sentence(self.lang);
            match trouble {
                Trouble::Server(refusal) => self.complain(&refusal),
                Trouble::Browser(_) => self.problem.set(Some(Problem { sentence, request: None, sign_in: false })),
            }
        });
    }
}
