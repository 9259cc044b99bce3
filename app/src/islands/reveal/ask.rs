//! First question: why?

use super::talk::Talk;
use crate::lang::text;
use crate::words;
use leptos::html;
use leptos::prelude::*;

/// Reason and note.
pub fn view(talk: Talk, shut: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let lang = talk.lang;
    let first = NodeRef::<html::Select>::new();
    first.on_load(|select| drop(select.focus()));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !talk.busy.get_untracked() {
            talk.ask(None);
        }
    };
    let reasons = talk.about.with_value(|about| about.reasons.clone());
    view! {
        <form class="reveal-form" autocomplete="off" on:submit=send>
            <p class="lead">{text!(lang, reveal.lead)}</p>
            {problem(talk)}
            <label for="reveal-reason">{text!(lang, reveal.reason)}</label>
            <select
                id="reveal-reason"
                node_ref=first
                on:change=move |event| talk.reason.set(event_target_value(&event))
                prop:value=move || talk.reason.get()
            >
                {reasons
                    .into_iter()
                    .map(|(code, words)| view! { <option value=code>{words}</option> })
                    .collect_view()}
            </select>
            <label for="reveal-note">{text!(lang, reveal.note)}</label>
            <textarea
                id="reveal-note"
                rows="2"
                maxlength="500"
                autocomplete="off"
                on:input=move |event| talk.note.set(event_target_value(&event))
                prop:value=move || talk.note.get()
            ></textarea>
            <div class="actions">
                <button type="submit" class="primary" aria-disabled=move || talk.busy.get().to_string()>
                    {move || if talk.busy.get() { text!(lang, reveal.busy) } else { text!(lang, reveal.submit) }}
                </button>
                <button type="button" on:click=move |_| shut()>{text!(lang, reveal.cancel)}</button>
            </div>
        </form>
    }
}

/// Why the last try did not go through; announced when it appears.
pub fn problem(talk: Talk) -> impl IntoView {
    let lang = talk.lang;
    let view = move || {
        talk.problem.get().map(|problem| {
            view! {
                <p>{problem.sentence}</p>
                {move || {
                    (talk.wait.left() > 0)
                        .then(|| view! { <p class="wait">{words::wait(lang, talk.wait.left())}</p> })
                }}
                {problem.request.map(|id| view! { <p class="request">{text!(lang, app.request)} " " <code>{id}</code></p> })}
            }
        })
    };
    view! { <div class="reveal-problem" role="alert">{view}</div> }
}
