//! The value on the screen, for its time and only while somebody looks.

use super::talk::Talk;
use crate::lang::text;
use leptos::html;
use leptos::prelude::*;

/// How often the watermark is repeated: enough that no photograph of the value is without it.
const TILES: usize = 24;

/// The value, its watermark and its countdown.
pub fn view(talk: Talk, event: u64, at: String) -> impl IntoView {
    let lang = talk.lang;
    let covered = RwSignal::new(false);
    watch(talk, covered);
    let viewer = talk.about.with_value(|about| about.viewer.clone());
    let mark = format!("{viewer} {at} #{event}");
    let heading = NodeRef::<html::P>::new();
    heading.on_load(|heading| drop(heading.focus()));
    let value = move || {
        if covered.get() {
            view! {
                <button type="button" class="cover" on:click=move |_| covered.set(false)>
                    {text!(lang, reveal.covered)}
                </button>
            }
            .into_any()
        } else {
            view! { <output class="plain">{move || talk.value.get()}</output> }.into_any()
        }
    };
    view! {
        <div
            class="shown"
            on:copy=|event| event.prevent_default()
            on:cut=|event| event.prevent_default()
            on:contextmenu=|event| event.prevent_default()
            on:dragstart=|event| event.prevent_default()
            on:selectstart=|event| event.prevent_default()
        >
            <p class="shown-label" tabindex="-1" node_ref=heading>{text!(lang, reveal.shown)}</p>
            <div class="shown-value">
                {value}
                <div class="watermark" aria-hidden="true">
                    {(0..TILES).map(|_| view! { <span>{mark.clone()}</span> }).collect_view()}
                </div>
            </div>
            <p class="left" role="timer">{move || text!(lang, reveal.left, seconds = talk.time.left())}</p>
            <p class="event">{text!(lang, reveal.event, event = event)}</p>
            <div class="actions">
                <button type="button" class="primary" on:click=move |_| talk.forget()>{text!(lang, reveal.hide)}</button>
            </div>
        </div>
    }
}

/// What stays: that there was a look, and its number.
pub fn over(talk: Talk, event: u64, shut: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let lang = talk.lang;
    let button = NodeRef::<html::Button>::new();
    button.on_load(|button| drop(button.focus()));
    view! {
        <p class="over" role="status">{text!(lang, reveal.over, event = event)}</p>
        <div class="actions">
            <button type="button" class="primary" node_ref=button on:click=move |_| shut()>
                {text!(lang, reveal.close)}
            </button>
        </div>
    }
}

/// Elsewhere: covered, and out of the document. Gone, hidden or printed: over.
fn watch(talk: Talk, covered: RwSignal<bool>) {
    let covers = [("blur", true), ("focus", false)]
        .map(|(name, cover)| window_event_listener_untyped(name, move |_| covered.set(cover)));
    let ends = ["visibilitychange", "pagehide", "freeze", "beforeprint"]
        .map(|name| window_event_listener_untyped(name, move |_| talk.forget()));
    on_cleanup(move || covers.into_iter().chain(ends).for_each(|listener| listener.remove()));
}
