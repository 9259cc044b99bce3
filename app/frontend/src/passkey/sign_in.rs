//! Signing in by a passkey, above the form for a code.

use super::{assert, on_press};
use crate::page::{data, find};

/// Brings `data-passkey-sign-in` to life: it holds the page that follows.
pub fn start() {
    let Some(room) = find("[data-passkey-sign-in]") else { return };
    let then = data(&room, "passkey-sign-in");
    on_press(room, then, |_| assert("/api/verify_passkey/begin", "/api/verify_passkey", &[]));
}
