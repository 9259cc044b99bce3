//! Signing in by a passkey, above the form for a code.

use super::{assert, complaint};
use crate::lang::{Lang, text};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// One button, and then `next`. Without JavaScript it is not there, and the form below it is.
#[island]
pub fn PasskeySignIn(lang: Lang, next: String) -> impl IntoView {
    let next = StoredValue::new(next);
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let sign_in = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match assert("/api/verify_passkey/begin", "/api/verify_passkey", &[]).await {
                Ok(()) => drop(next.with_value(|next| window().location().replace(next))),
                Err(trouble) => {
                    problem.set(Some(trouble.sentence(lang)));
                    busy.set(false);
                }
            }
        });
    };
    view! {
        <div class="passkey" data-ready=move || ready.get().then_some("")>
            {move || problem.get().map(complaint)}
            <button type="button" class="primary" aria-disabled=move || busy.get().to_string() on:click=sign_in>
                {move || if busy.get() { text!(lang, passkey.busy) } else { text!(lang, passkey.apply) }}
            </button>
            <p class="or">{text!(lang, passkey.or_code)}</p>
        </div>
    }
}
