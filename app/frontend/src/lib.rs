//! What runs in the browser: the verbs of a page. Reveal a value, use a passkey, keep a draft, follow the log.
//!
//! The server draws the whole page and prints every word and every part that a verb will need, in
//! `<template>`s; see `app::ui`. A verb here clones such a part, fills it, moves it, and throws it away. There is
//! no view library and no text in this crate, so that it stays small to send, quick to start, and short enough
//! to be read whole by whoever wants to know where a revealed value goes: into [`reveal`] and nowhere else.
//!
//! Read in this order: [`page`] is how a verb gets at the page; [`wire`] is how it asks the server;
//! [`reveal`] is what this console is about; [`passkey`] is the stronger way to say who one is; [`idle`] ends what nobody sits at; [`draft`], [`press`], [`progress`] and [`tail`] are small.
#![cfg(target_arch = "wasm32")]

mod clock;
mod draft;
mod idle;
mod page;
mod passkey;
mod press;
mod progress;
mod reveal;
mod tail;
mod wire;

/// Called once the module is loaded: brings to life what is on this page.
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    draft::start();
    idle::start();
    passkey::start();
    press::start();
    progress::start();
    reveal::start();
    tail::start();
}
