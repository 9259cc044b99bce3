//! What is being typed is kept on the server, so that an ended session takes no words along.

use crate::page::{all, data, hear, within};
use crate::wire;
use gloo_timers::callback::Timeout;
use serde::Deserialize;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlElement, HtmlTextAreaElement};

/// How long the typing must rest, milliseconds.
const REST: u32 = 800;

#[derive(Deserialize)]
struct Kept {}

/// Brings `data-draft` to life: it holds the draft's place, a [`domain::desk::DraftPlace`].
pub fn start() {
    for room in all("[data-draft]") {
        let Some(area) = within::<HtmlTextAreaElement>(&room, "textarea") else { continue };
        let resting = Rc::new(RefCell::new(None::<Timeout>));
        let keep_soon = {
            let (room, area) = (room.clone(), area.clone());
            move || {
                let (room, area) = (room.clone(), area.clone());
                let keep = move || spawn_local(async move { keep(&room, &area.value()).await });
                // the one before is dropped, and with it its time
                resting.replace(Some(Timeout::new(REST, keep)));
            }
        };
        // what was typed before this ran was told to nobody
        if area.default_value().is_ok_and(|drawn| drawn != area.value()) {
            keep_soon();
        }
        hear(&room, "input", move |_| keep_soon());
    }
}

async fn keep(room: &HtmlElement, text: &str) {
    let form = [("place", data(room, "draft")), ("text", text.to_owned())];
    let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
    let sent = wire::post::<Kept>("/api/drafts/keep", &form).await;
    if let Some(state) = within::<HtmlElement>(room, ".draft-state") {
        state.set_text_content(Some(&data(room, if sent.is_ok() { "kept" } else { "lost" })));
    }
}
