//! Listening to the window.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;

/// Hears an event before anything inside the document does, also one that does not bubble; until the view
/// that asked for it is gone.
pub fn on_capture(name: &'static str, heard: impl FnMut(web_sys::Event) + 'static) {
    let Some(window) = web_sys::window() else { return };
    let closure = StoredValue::new_local(Closure::<dyn FnMut(web_sys::Event)>::new(heard));
    closure.with_value(|closure| {
        let _ = window.add_event_listener_with_callback_and_bool(name, closure.as_ref().unchecked_ref(), true);
    });
    on_cleanup(move || {
        closure.with_value(|closure| {
            let listener = closure.as_ref().unchecked_ref();
            let _ = web_sys::window()
                .map(|window| window.remove_event_listener_with_callback_and_bool(name, listener, true));
        });
    });
}

/// Hears an event of the window itself: its own focus, not that of something in it.
pub fn on_window(name: &'static str, heard: impl Fn(web_sys::Event) + 'static) {
    let listener = window_event_listener_untyped(name, heard);
    on_cleanup(move || listener.remove());
}
