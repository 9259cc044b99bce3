//! First question: why?

use super::problem;
use super::talk::Talk;
use crate::lang::text;
use leptos::html;
use leptos::prelude::*;

/// Reason and, where the reason asks for one, a note.
pub fn view(talk: Talk, shut: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let lang = talk.lang;
    let first = NodeRef::<html::Select>::new();
    first.on_load(|select| drop(select.focus()));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !talk.busy.get_untracked() {
            talk.ask();
        }
    };
    let reasons = talk.about.with_value(|about| about.reasons.clone());
    let choose = (reasons.len() > 1).then(|| view! { <option value="">{text!(lang, reveal.choose)}</option> });
    let options =
        reasons.into_iter().map(|reason| view! { <option value=reason.code>{reason.words}</option> }).collect_view();
    view! {
        <form class="reveal-form" autocomplete="off" on:submit=send>
            <p class="lead">{text!(lang, reveal.lead)}</p>
            {problem::view(talk)}
            <label for="reveal-reason">{text!(lang, reveal.reason)}</label>
            <select
                id="reveal-reason"
                node_ref=first
                aria-required="true"
                on:change=move |event| talk.reason.set(event_target_value(&event))
                prop:value=move || talk.reason.get()
            >
                {choose}
                {options}
            </select>
            {move || talk.wants_note().then(|| note(talk))}
            <div class="actions">
                <button type="submit" class="primary" aria-disabled=move || talk.busy.get().to_string()>
                    {move || if talk.busy.get() { text!(lang, reveal.busy) } else { text!(lang, reveal.submit) }}
                </button>
                <button type="button" on:click=move |_| shut()>{text!(lang, reveal.cancel)}</button>
            </div>
        </form>
    }
}

fn note(talk: Talk) -> impl IntoView {
    let lang = talk.lang;
    view! {
        <label for="reveal-note">{text!(lang, reveal.note)}</label>
        <textarea
            id="reveal-note"
            rows="2"
            maxlength="500"
            autocomplete="off"
            aria-required="true"
            on:input=move |event| talk.note.set(event_target_value(&event))
            prop:value=move || talk.note.get()
        ></textarea>
    }
}
