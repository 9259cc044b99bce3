//! One's own passkeys: the page, and revoking by its plain form.

use super::{again, draw, go_to};
use crate::asked::{Caller, Sent};
use app::context::FormState;
use app::page::Page;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::desk::{DeskError, Seen};
use domain::id::PasskeyId;
use std::collections::BTreeMap;

/// `/me`
pub async fn me(caller: Caller, headers: HeaderMap) -> Response {
    draw(Page::Me, caller, &headers, FormState::default()).await
}

/// `POST /me/passkeys/revoke`
pub async fn post_revoke_passkey(Sent { caller, mut form, headers }: Sent) -> Response {
    let passkey = form.parsed("passkey_id", PasskeyId::parse);
    let faults = form.faults();
    let desk = match &caller.desk {
        Ok(desk) => desk.clone(),
        Err(_) => return go_to("/sign-in"),
    };
    let revoked = match passkey.filter(|_| faults.is_empty()) {
        Some(passkey) => desk.revoke_passkey(passkey).await,
        None => Err(desk.refused(Seen::default(), DeskError::Invalid(faults)).await),
    };
    match revoked {
        Ok(()) => go_to("/me"),
        Err(error) => again(Page::Me, caller, &headers, BTreeMap::new(), error).await,
    }
}
