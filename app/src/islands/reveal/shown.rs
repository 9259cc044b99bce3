//! The value on the screen, for its time and only while somebody looks.

use super::guard;
use super::problem;
use super::talk::{Once, Talk};
use crate::lang::text;
use domain::audit::event::AttemptName;
use leptos::html;
use leptos::prelude::*;

/// How often the watermark is repeated: enough that no photograph of the value is without it.
pub const TILES: u32 = 24;
/// With so many seconds left, whoever does not see the countdown is told.
const SOON: u32 = 10;

/// The value, its watermark and its countdown.
pub fn view(talk: Talk, event: u64, at: &str, seconds: u32) -> impl IntoView {
    let lang = talk.lang;
    let covered = RwSignal::new(false);
    guard::watch(talk, covered);
    let viewer = talk.about.with_value(|about| about.viewer.clone());
    let words = format!("{viewer} {at} #{event}");
    let mark = NodeRef::<html::Div>::new();
    guard::watch_mark(talk, mark, words.clone());
    let heading = NodeRef::<html::P>::new();
    heading.on_load(|heading| drop(heading.focus()));
    // the text comes from the guard; here is the room for it
    let value = move || {
        if covered.get() {
            view! {
                <button type="button" class="cover" on:click=move |_| covered.set(false)>
                    {text!(lang, reveal.covered)}
                </button>
            }
            .into_any()
        } else {
            view! { <output class="plain" translate="no" node_ref=talk.plain></output> }.into_any()
        }
    };
    let soon = Memo::new(move |_| (1..=SOON).contains(&talk.time.left()));
    let soon = move || soon.get().then(|| text!(lang, reveal.soon, seconds = SOON));
    let select = move |event: web_sys::Event| guard::block(talk, &event, AttemptName::Select);
    view! {
        <div class="shown" on:selectstart=select>
            <p class="shown-label" tabindex="-1" node_ref=heading>{text!(lang, reveal.shown)}</p>
            {problem::view(talk)}
            <div
                class="shown-value"
                on:dblclick=move |_| talk.report(AttemptName::Select)
                on:mousemove=move |event| {
                    if event.buttons() & 1 == 1 {
                        talk.report(AttemptName::Select);
                    }
                }
            >
                {value}
                <div class="watermark" aria-hidden="true" node_ref=mark>
                    {(0..TILES).map(|_| view! { <span>{words.clone()}</span> }).collect_view()}
                </div>
            </div>
            <p class="left" role="timer">{move || text!(lang, reveal.left, seconds = talk.time.left())}</p>
            <p class="visually-hidden" role="status">{soon}</p>
            <p class="said" role="status">{move || talk.said.get()}</p>
            <p class="event">{text!(lang, reveal.event, event = event)}</p>
            <div class="actions">
                <button type="button" class="primary" on:click=move |_| talk.forget()>{text!(lang, reveal.hide)}</button>
                {once(talk.more, text!(lang, reveal.more, seconds = seconds), text!(lang, reveal.more_done), move || talk.ask_more(event))}
                {talk
                    .about
                    .with_value(|about| about.copy)
                    .then(|| once(talk.copy, text!(lang, reveal.copy), text!(lang, reveal.copy_done), move || talk.ask_copy(event)))}
            </div>
        </div>
    }
}

/// A button that works once. It stays where it is, so that the focus does.
fn once(state: RwSignal<Once>, offer: String, done: String, act: impl Fn() + 'static) -> impl IntoView {
    let offered = move || state.get() == Once::Offered;
    view! {
        <button type="button" aria-disabled=move || (!offered()).to_string() on:click=move |_| act()>
            {move || if state.get() == Once::Done { done.clone() } else { offer.clone() }}
        </button>
    }
}
