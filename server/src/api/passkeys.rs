//! One's own passkeys, and the two ways to use one: for a sign-in, for a step-up.

use super::sign_in::{answered, begun};
use crate::answer;
use crate::asked::{Asked, Sent};
use crate::cookies;
use axum::response::Response;
use domain::desk::{DeskError, EnrolPasskey, PasskeyView, Seen};
use domain::id::{Challenge, PasskeyId};
use domain::passkey::PasskeyName;
use serde::Serialize;

#[derive(Serialize)]
struct Listed {
    passkeys: Vec<PasskeyView>,
}

#[derive(Serialize)]
struct Enrolled {
    passkey_id: PasskeyId,
}

/// `/api/passkeys/list`
pub async fn list(Asked { desk, caller, mut form }: Asked) -> Response {
    let faults = form.faults();
    if !faults.is_empty() {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    }
    match desk.passkeys().await {
        Ok(passkeys) => answer::json(&Listed { passkeys }),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/passkeys/begin`
pub async fn begin(Asked { desk, caller, mut form }: Asked) -> Response {
    let name = form.parsed("name", PasskeyName::parse);
    let challenge = form.optional("challenge", Challenge::parse);
    let faults = form.faults();
    let Some(name) = name.filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    };
    match desk.begin_passkey(EnrolPasskey { name, challenge }).await {
        Ok(options) => answer::json(&options),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/passkeys/finish`
pub async fn finish(Asked { desk, caller, mut form }: Asked) -> Response {
    let name = form.parsed("name", PasskeyName::parse);
    let challenge = form.parsed("challenge", Challenge::parse);
    let credential = form.text("credential");
    let faults = form.faults();
    let Some((name, challenge)) = name.zip(challenge).filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    };
    match desk.finish_passkey(EnrolPasskey { name, challenge: Some(challenge) }, &credential).await {
        Ok(passkey_id) => answer::json(&Enrolled { passkey_id }),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/passkeys/revoke`
pub async fn revoke(Asked { desk, caller, mut form }: Asked) -> Response {
    let passkey = form.parsed("passkey_id", PasskeyId::parse);
    let faults = form.faults();
    let Some(passkey) = passkey.filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    };
    match desk.revoke_passkey(passkey).await {
        Ok(()) => answer::json(&serde_json::json!({})),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/step_up/passkey/begin`
pub async fn begin_step_up(Asked { desk, caller, mut form }: Asked) -> Response {
    let challenge = form.parsed("challenge", Challenge::parse);
    let faults = form.faults();
    let Some(challenge) = challenge.filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    };
    match desk.begin_step_up_passkey(challenge).await {
        Ok(options) => answer::json(&options),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/step_up/passkey`: the session's cookie is a new one afterwards (U5).
pub async fn step_up(Asked { desk, caller, mut form }: Asked) -> Response {
    let challenge = form.parsed("challenge", Challenge::parse);
    let assertion = form.text("assertion");
    let faults = form.faults();
    let Some(challenge) = challenge.filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    };
    match desk.step_up_passkey(challenge, &assertion).await {
        Ok(token) => answered(&token),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/verify_passkey/begin`: one shape, whoever was named at the first step (U2).
pub async fn begin_verify(Sent { caller, mut form, headers }: Sent) -> Response {
    let faults = form.faults();
    if !faults.is_empty() {
        return caller.refused(&DeskError::Invalid(faults));
    }
    let token = cookies::token(&headers, cookies::TRY);
    match caller.site.office.begin_verify_passkey(token.as_ref()).await {
        Ok(options) => answer::json(&options),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/verify_passkey`: the session, or `sign_in_failed`, whatever the cause.
pub async fn verify(Sent { caller, mut form, headers }: Sent) -> Response {
    let assertion = form.text("assertion");
    let faults = form.faults();
    if !faults.is_empty() {
        return caller.refused(&DeskError::Invalid(faults));
    }
    let token = cookies::token(&headers, cookies::TRY);
    match caller.site.office.verify_passkey(token.as_ref(), &assertion, caller.stamp.clone()).await {
        Ok(signed_in) => begun(&signed_in),
        Err(error) => caller.refused(&error),
    }
}
