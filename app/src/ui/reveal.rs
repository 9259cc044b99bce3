//! What the browser's half needs of a card: a button beside each mask that may be revealed, and the parts of
//! the dialog, which it clones, fills and throws away. Every word is printed here; the browser has none.

use super::passkey::by_passkey;
use super::said::{BusyButton, Said};
use crate::lang::{Lang, text};
use leptos::prelude::*;

/// How often the watermark is repeated: enough that no photograph of the value is without it.
const TILES: usize = 24;
/// With so many seconds left, whoever does not see the countdown is told.
const SOON: u32 = 10;

/// The id of the button beside a mask.
pub fn button_id(field: &str, item: u8) -> String {
    format!("reveal-{field}-{item}")
}

/// What may be revealed, under what rules. Names and words only: it is printed into the page.
#[derive(Clone)]
pub struct Revealable {
    /// The field's name.
    pub field: String,
    /// Which of its items, from 1.
    pub item: u8,
    /// What the reader calls it.
    pub label: String,
    /// The codes of the reasons that permit it under the case's purpose.
    pub reasons: Vec<String>,
    /// Those among them that ask for a note.
    pub notes: Vec<String>,
    /// Whether a revealed value may be copied, once.
    pub copy: bool,
}

/// The button beside a mask. It is invisible until the browser's half is there: without it, it does nothing.
#[component]
pub fn RevealButton(lang: Lang, of: Revealable) -> impl IntoView {
    view! {
        <div class="reveal">
            <button
                type="button"
                id=button_id(&of.field, of.item)
                class="reveal-open"
                aria-label=text!(lang, reveal.open_named, label = of.label)
                data-field=of.field
                data-item=of.item.to_string()
                data-reasons=of.reasons.join(" ")
                data-notes=of.notes.join(" ")
                data-copy=of.copy.to_string()
                data-title=text!(lang, reveal.title, label = of.label)
            >
                {text!(lang, reveal.open)}
            </button>
        </div>
    }
}

/// What all reveals of one card have in common.
#[derive(Clone)]
pub struct Scene {
    /// `case_id`
    pub case: String,
    /// `customer_id`, a handle.
    pub customer: String,
    /// Reasons of the purpose: code and words.
    pub reasons: Vec<(String, String)>,
    /// Who looks: staff number and name, for the watermark.
    pub viewer: String,
    /// Whether the server tells the next code.
    pub demo: bool,
}

/// The dialog, taken apart into its stages. A template is no part of the document until it is cloned.
#[component]
pub fn RevealDialog(lang: Lang, scene: Scene) -> impl IntoView {
    view! {
        <template
            id="reveal"
            data-case=scene.case
            data-customer=scene.customer
            data-viewer=scene.viewer
            data-demo=scene.demo.to_string()
        >
            <dialog class="reveal-dialog" aria-labelledby="reveal-title">
                <h2 id="reveal-title"></h2>
                <div class="reveal-stage"></div>
            </dialog>
        </template>
        <template id="reveal-ask">{ask(lang, scene.reasons)}</template>
        <template id="reveal-factor">{factor(lang)}</template>
        <template id="reveal-shown">{shown(lang)}</template>
        <template id="reveal-over">{over(lang)}</template>
        <template id="reveal-trouble">{trouble(lang)}</template>
        <Said lang/>
    }
}

/// Room for why the last try did not go through. It is announced when it is filled; the seconds beside it are
/// not, or they would be read out one by one.
fn room_for_trouble() -> AnyView {
    view! {
        <div class="reveal-problem" role="alert"></div>
        <p class="wait" hidden></p>
    }
    .into_any()
}

fn trouble(lang: Lang) -> AnyView {
    view! {
        <div>
            <p class="sentence"></p>
            <p class="sign-in-again">
                <a href="/sign-in" target="_blank" rel="noopener">{text!(lang, reveal.sign_in)}</a>
                " "
                {text!(lang, reveal.sign_in_then)}
            </p>
            <p class="request">{text!(lang, app.request)} " " <code></code></p>
        </div>
    }
    .into_any()
}

/// First question: why? A reason and, where the reason asks for one, a note.
fn ask(lang: Lang, reasons: Vec<(String, String)>) -> AnyView {
    let options = reasons.into_iter().map(|(code, words)| view! { <option value=code>{words}</option> });
    view! {
        <form class="reveal-form" autocomplete="off">
            <p class="lead">{text!(lang, reveal.lead)}</p>
            {room_for_trouble()}
            <label for="reveal-reason">{text!(lang, reveal.reason)}</label>
            <select id="reveal-reason" aria-required="true" data-focus>
                <option value="">{text!(lang, reveal.choose)}</option>
                {options.collect_view()}
            </select>
            <div class="note-part" hidden>
                <label for="reveal-note">{text!(lang, reveal.note)}</label>
                <textarea id="reveal-note" rows="2" maxlength="500" autocomplete="off" aria-required="true"></textarea>
            </div>
            <div class="actions"><BusyButton lang words=text!(lang, reveal.submit)/> {cancel(lang)}</div>
        </form>
    }
    .into_any()
}

/// Second question: who are you? A passkey or one code, bound to this one act; the strongest first.
fn factor(lang: Lang) -> AnyView {
    view! {
        <form class="reveal-form" autocomplete="off">
            <p class="lead" id="reveal-code-lead">{text!(lang, reveal.code_lead)}</p>
            {room_for_trouble()}
            <div class="by-passkey" hidden>{by_passkey(lang)}</div>
            <p class="demo-code" hidden>
                <span class="demo-next" data-text=text!(lang, reveal.demo_code)></span>
                " "
                <span class="demo-wait" data-text=text!(lang, reveal.demo_wait)></span>
            </p>
            <label for="reveal-code">{text!(lang, reveal.code)}</label>
            <input
                id="reveal-code"
                class="code"
                inputmode="numeric"
                maxlength="6"
                autocomplete="off"
                aria-describedby="reveal-code-lead"
                data-focus
            />
            <div class="actions"><BusyButton lang words=text!(lang, reveal.confirm)/> {cancel(lang)}</div>
        </form>
    }
    .into_any()
}

/// The value, its watermark and its countdown.
fn shown(lang: Lang) -> AnyView {
    view! {
        <div class="shown">
            <p class="shown-label" tabindex="-1" data-focus>{text!(lang, reveal.shown)}</p>
            {room_for_trouble()}
            <div class="shown-value">
                <output class="plain" translate="no"></output>
                <button type="button" class="cover" data-do="uncover" hidden>{text!(lang, reveal.covered)}</button>
                <div class="watermark" aria-hidden="true">
                    {(0..TILES).map(|_| view! { <span></span> }).collect_view()}
                </div>
            </div>
            <p class="left" role="timer" data-text=text!(lang, reveal.left)></p>
            <p
                class="soon visually-hidden"
                role="status"
                data-at=SOON.to_string()
                data-text=text!(lang, reveal.soon, seconds = SOON)
            ></p>
            <p class="said" role="status"></p>
            <p class="event" data-text=text!(lang, reveal.event)></p>
            <div class="actions">
                <button type="button" class="primary" data-do="hide">{text!(lang, reveal.hide)}</button>
                {once("more", text!(lang, reveal.more), text!(lang, reveal.more_done))}
                {once("copy", text!(lang, reveal.copy), text!(lang, reveal.copy_done))}
            </div>
        </div>
    }
    .into_any()
}

/// The value is gone. What stays: that there was a look, its number, and one question (V9).
fn over(lang: Lang) -> AnyView {
    view! {
        <div>
            <p class="over" role="status" data-text=text!(lang, reveal.over)></p>
            {room_for_trouble()}
            <p id="reveal-needed">{text!(lang, reveal.needed)}</p>
            <div class="actions" role="group" aria-labelledby="reveal-needed">
                <button type="button" data-do="needed-yes">{text!(lang, reveal.needed_yes)}</button>
                <button type="button" data-do="needed-no">{text!(lang, reveal.needed_no)}</button>
                <button type="button" class="primary" data-do="close" data-focus>{text!(lang, reveal.close)}</button>
            </div>
        </div>
    }
    .into_any()
}

fn cancel(lang: Lang) -> AnyView {
    view! { <button type="button" data-do="close">{text!(lang, reveal.cancel)}</button> }.into_any()
}

/// A button that works once. It stays where it is, so that the focus does.
fn once(act: &'static str, offer: String, done: String) -> AnyView {
    view! { <button type="button" aria-disabled="false" data-do=act data-text=offer data-done=done></button> }
        .into_any()
}
