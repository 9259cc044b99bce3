//! How far a file's making is: asked once a second while somebody looks, and the page anew when it is over.

use crate::page::{data, document, filled, find, load_again, within};
use crate::wire;
use gloo_timers::callback::Timeout;
use serde::Deserialize;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlElement};

/// Between two questions, milliseconds.
const PAUSE: u32 = 1_000;

/// What is told of a run; see `domain::desk::RunView`.
#[derive(Deserialize)]
struct Run {
    state: String,
    rows_done: u64,
    rows: u64,
}

/// Brings `data-progress` to life: it holds the export's id.
pub fn start() {
    if let Some(room) = find("[data-progress]") {
        ask_later(Rc::new(room));
    }
}

fn ask_later(room: Rc<HtmlElement>) {
    let ask = move || {
        // Nobody looks: no question, but the next one in its time.
        if document().hidden() {
            return ask_later(room);
        }
        spawn_local(async move {
            let export = data(&room, "progress");
            match wire::post::<Run>("/api/exports/status", &[("export_id", &export)]).await {
                Ok(run) if run.state == "queued" || run.state == "running" => {
                    tell(&room, &run);
                    ask_later(room);
                }
                // It is over, one way or another; or it is no longer for whoever sits there. The page says which.
                Ok(_) => load_again(),
                Err(refusal) if !refusal.code.is_empty() && refusal.code != "busy" => load_again(),
                // No answer just now.
                Err(_) => ask_later(room),
            }
        });
    };
    Timeout::new(PAUSE, ask).forget();
}

/// The bar each time; the words, which are read aloud, when another tenth is done.
fn tell(room: &Element, run: &Run) {
    let Some(bar) = within::<Element>(room, "progress") else { return };
    let tenth = |done: u64| done.saturating_mul(10) / run.rows.max(1);
    let before = bar.get_attribute("value").and_then(|value| value.parse().ok()).unwrap_or(0);
    let _ = bar.set_attribute("max", &run.rows.max(1).to_string());
    let _ = bar.set_attribute("value", &run.rows_done.to_string());
    if tenth(before) == tenth(run.rows_done) {
        return;
    }
    if let Some(place) = within::<Element>(room, "[role=status]") {
        let words = filled(&data(&place, "text"), "done", &run.rows_done.to_string());
        place.set_text_content(Some(&filled(&words, "rows", &run.rows.to_string())));
    }
}
