//! Where the browser enters. The islands themselves are in `app`.
#![cfg(target_arch = "wasm32")]

// the islands are exported by name; without a use of the crate the linker drops them
use app as _;

/// Called once the module is loaded, before each island on the page is brought to life.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
