//! Why the last try did not go through, and what to do.

use super::talk::Talk;
use crate::lang::text;
use crate::words;
use leptos::prelude::*;

/// Why the last try did not go through.
#[derive(Clone)]
pub struct Problem {
    /// What happened and what to do.
    pub sentence: String,
    /// To quote.
    pub request: Option<String>,
    /// Nobody is signed in here any more: there is a way back that loses nothing.
    pub sign_in: bool,
}

/// Announced when it appears; the seconds beside it are not, or they would be read out one by one.
pub fn view(talk: Talk) -> impl IntoView {
    let lang = talk.lang;
    let told = move || {
        talk.problem.get().map(|problem| {
            view! {
                <p>{problem.sentence}</p>
                {problem.sign_in.then(|| view! {
                    <p>
                        <a href="/sign-in" target="_blank" rel="noopener">{text!(lang, reveal.sign_in)}</a>
                        " "
                        {text!(lang, reveal.sign_in_then)}
                    </p>
                })}
                {problem.request.map(|id| view! { <p class="request">{text!(lang, app.request)} " " <code>{id}</code></p> })}
            }
        })
    };
    let wait =
        move || (talk.wait.left() > 0).then(|| view! { <p class="wait">{words::wait(lang, talk.wait.left())}</p> });
    view! {
        <div class="reveal-problem" role="alert">{told}</div>
        {wait}
    }
}
