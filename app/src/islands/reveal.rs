//! Reveal one value: ask why, ask for a code, show it for its time, forget it.

mod after;
mod ask;
mod factor;
mod guard;
mod over;
mod problem;
mod shown;
mod talk;

use crate::islands::listen::on_window;
use crate::lang::{Lang, text};
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use serde::{Deserialize, Serialize};
use talk::{Stage, Talk};

/// What may be revealed, and the words around it. Ids and words only: this is printed into the page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct About {
    /// `case_id`
    pub case: String,
    /// `customer_id`, a handle.
    pub customer: String,
    /// `field`
    pub field: String,
    /// `item`
    pub item: u8,
    /// What the reader calls it.
    pub label: String,
    /// What permits it under the case's purpose.
    pub reasons: Vec<Reason>,
    /// Whether a revealed value may be copied, once.
    pub copy: bool,
    /// Who looks: staff number and name, for the watermark.
    pub viewer: String,
    /// Whether the server tells the next code.
    pub demo: bool,
    /// In which language.
    pub lang: Lang,
}

/// Why one may look.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reason {
    /// `reason`
    pub code: String,
    /// What the reader calls it.
    pub words: String,
    /// Whether it asks for a note.
    pub note: bool,
}

/// The id of the button beside a mask.
pub fn button_id(field: &str, item: u8) -> String {
    format!("reveal-{field}-{item}")
}

/// The button beside a mask, and the dialog behind it.
#[island]
pub fn Reveal(about: About) -> impl IntoView {
    let lang = about.lang;
    let (name, title) =
        (text!(lang, reveal.open_named, label = &about.label), text!(lang, reveal.title, label = &about.label));
    let id = button_id(&about.field, about.item);
    let talk = Talk::new(about);
    // tests and the style sheet look for it: until then the button would do nothing
    let ready = RwSignal::new(false);
    Effect::new(move |_| {
        ready.set(true);
        // what a browser kept of a page is not shown again: whoever comes back may not be who left
        on_window("pageshow", |event| {
            if event.unchecked_ref::<web_sys::PageTransitionEvent>().persisted() {
                let _ = window().location().reload();
            }
        });
    });
    let dialog = NodeRef::<html::Dialog>::new();
    // not `on_load`, which takes one element in its life: the dialog is made anew each time it is opened
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            // `open` instead of a modal would leave the page behind it reachable; there is no second way
            let _ = dialog.show_modal();
        }
    });
    let shut = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let stage = move || match talk.stage.get() {
        Stage::Shut => ().into_any(),
        Stage::Ask => ask::view(talk, shut).into_any(),
        Stage::Factor { challenge } => factor::view(talk, challenge, shut).into_any(),
        Stage::Shown { event, at, seconds } => shown::view(talk, event, &at, seconds).into_any(),
        Stage::Over { event } => over::view(talk, event, shut).into_any(),
    };
    let is_open = Memo::new(move |_| talk.stage.with(|stage| !matches!(stage, Stage::Shut)));
    let heading = StoredValue::new(title);
    view! {
        <div class="reveal" data-ready=move || ready.get().then_some("")>
            <button type="button" id=id class="reveal-open" aria-label=name on:click=move |_| talk.open()>
                {text!(lang, reveal.open)}
            </button>
            <Show when=move || is_open.get()>
                <dialog
                    class="reveal-dialog"
                    node_ref=dialog
                    aria-label=heading.get_value()
                    on:close=move |_| talk.shut()
                >
                    <h2>{heading.get_value()}</h2>
                    {stage}
                </dialog>
            </Show>
        </div>
    }
}
