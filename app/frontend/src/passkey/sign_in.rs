//! Signing in by a passkey, above the form for a code.

use super::{assert, complain};
use crate::page::{around, data, find, hear, ready, show_busy, window};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// Brings `data-passkey-sign-in` to life: it holds the page that follows.
pub fn start() {
    let Some(room) = find("[data-passkey-sign-in]") else { return };
    let busy = Rc::new(Cell::new(false));
    ready(&room);
    hear(&room.clone(), "click", move |event| {
        if around(event, "[data-do]").is_none() || busy.replace(true) {
            return;
        }
        let (room, busy) = (room.clone(), busy.clone());
        show_busy(&room, true);
        complain(&room, None);
        spawn_local(async move {
            match assert("/api/verify_passkey/begin", "/api/verify_passkey", &[]).await {
                Ok(()) => drop(window().location().replace(&data(&room, "passkey-sign-in"))),
                Err(trouble) => {
                    complain(&room, Some(&trouble));
                    show_busy(&room, false);
                    busy.set(false);
                }
            }
        });
    });
}
