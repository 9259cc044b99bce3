//! Signing in and out, and answering a challenge.

use crate::answer;
use crate::asked::{Asked, Sent};
use crate::cookies;
use axum::response::Response;
use backoffice::auth;
use domain::desk::{DeskError, Seen, SessionToken};
use domain::id::Challenge;
use domain::role::Role;
use serde::Serialize;
use zeroize::Zeroizing;

#[derive(Serialize)]
struct Next {
    next: &'static str,
    methods: [&'static str; 2],
}

/// `/api/sign_in`: always leads to the second factor, whatever was typed.
pub async fn password(Sent { caller, mut form, .. }: Sent) -> Response {
    let staff_no = form.text("staff_no");
    let password = Zeroizing::new(form.text("password"));
    let faults = form.faults();
    if !faults.is_empty() {
        return caller.refused(&DeskError::Invalid(faults));
    }
    match caller.site.office.sign_in(&staff_no, password, &caller.stamp).await {
        Ok(token) => {
            let mut response = answer::json(&Next { next: "second_factor", methods: ["totp", "passkey"] });
            cookies::set(response.headers_mut(), cookies::TRY, &token);
            response
        }
        Err(error) => caller.refused(&error),
    }
}

#[derive(Serialize)]
struct SignedIn<'a> {
    staff_no: &'a str,
    role: Role,
}

/// `/api/verify_totp`: the session, or `sign_in_failed`, whatever the cause.
pub async fn totp(Sent { caller, mut form, headers }: Sent) -> Response {
    let code = Zeroizing::new(form.text("code"));
    let faults = form.faults();
    if !faults.is_empty() {
        return caller.refused(&DeskError::Invalid(faults));
    }
    let token = cookies::token(&headers, cookies::TRY);
    match caller.site.office.verify_totp(token.as_ref(), &code, caller.stamp.clone()).await {
        Ok(signed_in) => begun(&signed_in),
        Err(error) => caller.refused(&error),
    }
}

/// A session has begun: its cookie, and the try's is done with.
pub(super) fn begun(signed_in: &auth::SignedIn) -> Response {
    let staff_no = signed_in.staff.staff_no.as_str();
    let mut response = answer::json(&SignedIn { staff_no, role: signed_in.staff.role });
    cookies::forget(response.headers_mut(), cookies::TRY);
    cookies::set(response.headers_mut(), cookies::SESSION, &signed_in.token);
    response
}

/// `/api/sign_out`.
pub async fn out(Asked { desk, caller, mut form }: Asked) -> Response {
    let faults = form.faults();
    if !faults.is_empty() {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    }
    match desk.sign_out().await {
        Ok(()) => {
            let mut response = answer::json(&serde_json::json!({}));
            cookies::forget(response.headers_mut(), cookies::SESSION);
            response
        }
        Err(error) => caller.refused(&error),
    }
}

#[derive(Serialize)]
struct Answered {
    code: &'static str,
}

/// `/api/step_up/totp`: the session's cookie is a new one afterwards (U5).
pub async fn step_up(Asked { desk, caller, mut form }: Asked) -> Response {
    let challenge = form.parsed("challenge", Challenge::parse);
    let code = Zeroizing::new(form.text("code"));
    let faults = form.faults();
    let Some(challenge) = challenge.filter(|_| faults.is_empty()) else {
        return caller.refuse(Seen::default(), DeskError::Invalid(faults)).await;
    };
    match desk.step_up_totp(challenge, &code).await {
        Ok(token) => answered(&token),
        Err(error) => caller.refused(&error),
    }
}

/// A challenge was answered: the rotated session's cookie.
pub(super) fn answered(token: &SessionToken) -> Response {
    let mut response = answer::json(&Answered { code: "ok" });
    cookies::set(response.headers_mut(), cookies::SESSION, token);
    response
}
