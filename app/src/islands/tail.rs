//! The live tail: lines as the server tells them, newest first.

use crate::lang::{Lang, text};
use crate::line::{self, Line};
use js_sys::{Function, Reflect};
use leptos::prelude::*;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast, JsValue};
use std::collections::VecDeque;

/// Lines that are kept on the screen.
const KEPT: usize = 50;

/// Where following is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Off,
    On,
    Ended,
    Failed,
}

/// What the browser calls when something is told.
type Heard = Closure<dyn FnMut(JsValue)>;

/// A stream of the server's: the browser's own `EventSource`. It is reached by name, since the bindings that
/// know it would have everything that depends on them compiled anew.
#[derive(Clone)]
struct Stream {
    source: JsValue,
    _heard: StoredValue<Vec<Heard>, LocalStorage>,
}

impl Stream {
    fn open(address: &str, on: [(&str, Heard); 3]) -> Option<Self> {
        let make: Function = Reflect::get(&js_sys::global(), &"EventSource".into()).ok()?.dyn_into().ok()?;
        let source = Reflect::construct(&make, &js_sys::Array::of1(&address.into())).ok()?;
        let listen: Function = Reflect::get(&source, &"addEventListener".into()).ok()?.dyn_into().ok()?;
        let mut heard = Vec::new();
        for (name, closure) in on {
            listen.call2(&source, &name.into(), closure.as_ref()).ok()?;
            heard.push(closure);
        }
        Some(Self { source, _heard: StoredValue::new_local(heard) })
    }

    fn close(&self) {
        let close = Reflect::get(&self.source, &"close".into()).ok().and_then(|it| it.dyn_into::<Function>().ok());
        if let Some(close) = close {
            let _ = close.call0(&self.source);
        }
    }
}

/// A button that follows the log under the page's filters. `address` ends where the number stands after
/// which the tail begins.
#[island]
pub fn LiveTail(address: String, lang: Lang) -> impl IntoView {
    let stage = RwSignal::new(Stage::Off);
    let lines = RwSignal::new(VecDeque::<Line>::new());
    let stream = StoredValue::new_local(None::<Stream>);
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    let stop = move |at: Stage| {
        stage.set(at);
        if let Some(open) = stream.try_update_value(Option::take).flatten() {
            open.close();
        }
    };
    let start = move || {
        let told = Closure::new(move |message: JsValue| {
            let data = Reflect::get(&message, &"data".into()).ok().and_then(|data| data.as_string());
            let Some(line) = data.and_then(|data| serde_json::from_str::<Line>(&data).ok()) else { return };
            lines.update(|lines| {
                lines.push_front(line);
                lines.truncate(KEPT);
            });
        });
        let over = Closure::new(move |_: JsValue| stop(Stage::Ended));
        // Once it was on, it ended; trying again is the reader's to decide, since each try is recorded.
        let failed = Closure::new(move |_: JsValue| {
            let told = lines.with_untracked(|lines| !lines.is_empty());
            stop(if told { Stage::Ended } else { Stage::Failed });
        });
        stage.set(Stage::On);
        let opened = Stream::open(&address, [("line", told), ("end", over), ("error", failed)]);
        if opened.is_none() {
            stage.set(Stage::Failed);
        }
        stream.set_value(opened);
    };
    let on = move || stage.get() == Stage::On;
    let press = move |_| if stage.get_untracked() == Stage::On { stop(Stage::Off) } else { start() };
    let status = move || match stage.get() {
        Stage::Off => String::new(),
        Stage::On if lines.with(VecDeque::is_empty) => text!(lang, log.live_wait),
        Stage::On => String::new(),
        Stage::Ended => text!(lang, log.live_ended),
        Stage::Failed => text!(lang, log.live_failed),
    };
    let list = move || {
        let some = move || lines.with(|lines| !lines.is_empty());
        let table = move || {
            view! {
                <table class="log live-lines">
                    <caption class="visually-hidden">{text!(lang, log.live)}</caption>
                    {line::head(lang)}
                    <tbody>{move || lines.get().into_iter().map(line::row).collect_view().into_any()}</tbody>
                </table>
            }
            .into_any()
        };
        some().then(table)
    };
    view! {
        <section class="live" aria-label=text!(lang, log.live) data-ready=move || ready.get().then_some("")>
            <button type="button" class="live-switch" aria-pressed=move || if on() { "true" } else { "false" } on:click=press>
                {move || if on() { text!(lang, log.live_stop) } else { text!(lang, log.live_start) }}
            </button>
            <p class="fine" role="status">{status}</p>
            {list}
        </section>
    }
}
