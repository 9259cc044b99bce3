//! The value is gone. What stays: that there was a look, its number, and one question (V9).

use super::problem;
use super::talk::Talk;
use crate::lang::text;
use leptos::html;
use leptos::prelude::*;

/// Was it needed? One key; or none, and the dialog is closed.
pub fn view(talk: Talk, event: u64, shut: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let lang = talk.lang;
    let button = NodeRef::<html::Button>::new();
    button.on_load(|button| drop(button.focus()));
    let keys = move |pressed: leptos::ev::KeyboardEvent| {
        if pressed.ctrl_key() || pressed.meta_key() || pressed.alt_key() || pressed.repeat() {
            return;
        }
        match pressed.key().as_str() {
            "y" | "Y" => talk.rate(event, true, shut),
            "n" | "N" => talk.rate(event, false, shut),
            _ => (),
        }
    };
    view! {
        <div on:keydown=keys>
            <p class="over" role="status">{text!(lang, reveal.over, event = event)}</p>
            {problem::view(talk)}
            <p id="reveal-needed">{text!(lang, reveal.needed)}</p>
            <div class="actions" role="group" aria-labelledby="reveal-needed">
                <button type="button" on:click=move |_| talk.rate(event, true, shut)>{text!(lang, reveal.needed_yes)}</button>
                <button type="button" on:click=move |_| talk.rate(event, false, shut)>{text!(lang, reveal.needed_no)}</button>
                <button type="button" class="primary" node_ref=button on:click=move |_| shut()>
                    {text!(lang, reveal.close)}
                </button>
            </div>
        </div>
    }
}
