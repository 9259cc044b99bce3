//! How one signs in: the page, and its plain forms.

use super::by_code::by_code;
use super::{again, draw, go_to};
use crate::api::password::change_form;
use crate::asked::{Caller, Sent};
use crate::cookies;
use app::context::FormState;
use app::page::Page;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::desk::{ChangePassword, DeskError, Seen};
use domain::id::PasskeyId;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

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

/// `POST /me/password`: with the code that it takes, in one form. Nothing of it is shown again.
pub async fn post_password(Sent { caller, mut form, headers }: Sent) -> Response {
    let Ok(desk) = caller.desk.clone() else { return go_to("/sign-in") };
    let code = Zeroizing::new(form.take("code").unwrap_or_default().trim().to_owned());
    let (done, token) = match change_form(&mut form) {
        Ok(asked) => {
            let act = |challenge| desk.change_password(ChangePassword { challenge, ..asked.clone() });
            by_code(&*desk, &code, act).await
        }
        Err(faults) => (Err(desk.refused(Seen::default(), DeskError::Invalid(faults)).await), None),
    };
    let mut response = match done {
        Ok(()) => go_to("/me"),
        Err(error) => again(Page::Me, caller, &headers, BTreeMap::new(), error).await,
    };
    if let Some(token) = token {
        cookies::set(response.headers_mut(), cookies::SESSION, &token);
    }
    response
}
