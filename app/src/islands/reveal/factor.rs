//! Second question: who are you? One code, bound to this one act.

use super::problem;
use super::talk::Talk;
use crate::lang::text;
use leptos::html;
use leptos::prelude::*;

/// The code.
pub fn view(talk: Talk, challenge: String, shut: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let lang = talk.lang;
    let first = NodeRef::<html::Input>::new();
    first.on_load(|input| drop(input.focus()));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !talk.busy.get_untracked() {
            talk.answer(challenge.clone());
        }
    };
    view! {
        <form class="reveal-form" autocomplete="off" on:submit=send>
            <p class="lead" id="reveal-code-lead">{text!(lang, reveal.code_lead)}</p>
            {problem::view(talk)}
            {demo(talk)}
            <label for="reveal-code">{text!(lang, reveal.code)}</label>
            <input
                id="reveal-code"
                class="code"
                node_ref=first
                inputmode="numeric"
                maxlength="6"
                autocomplete="off"
                aria-describedby="reveal-code-lead"
                on:input=move |event| talk.code.set(event_target_value(&event))
                prop:value=move || talk.code.get()
            />
            <div class="actions">
                <button type="submit" class="primary" aria-disabled=move || talk.busy.get().to_string()>
                    {move || if talk.busy.get() { text!(lang, reveal.busy) } else { text!(lang, reveal.confirm) }}
                </button>
                <button type="button" on:click=move |_| shut()>{text!(lang, reveal.cancel)}</button>
            </div>
        </form>
    }
}

/// The demonstration's next code.
fn demo(talk: Talk) -> impl IntoView {
    let lang = talk.lang;
    let wait = move || {
        let seconds = talk.next_wait.left();
        (seconds > 0).then(|| text!(lang, reveal.demo_wait, seconds = seconds))
    };
    move || {
        talk.next.get().map(|code| {
            view! {
                <p class="demo-code">{text!(lang, reveal.demo_code, code = code)} " " {wait}</p>
            }
        })
    }
}
