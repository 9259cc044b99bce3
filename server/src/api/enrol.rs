//! Setting factors of one's own by a one-time link; nobody is signed in.

use crate::answer;
use crate::asked::Sent;
use crate::form::Form;
use axum::response::Response;
use backoffice::enrol::UseLink;
use domain::desk::{DeskError, EnrolToken};
use domain::staff_change::ChangeKind;
use serde::Serialize;
use zeroize::Zeroizing;

#[derive(Serialize)]
struct Shown<'a> {
    change: ChangeKind,
    totp_secret: &'a str,
    otpauth: &'a str,
}

/// What sets factors, as a form gives it, beside the link's secret.
pub(crate) fn use_form(form: &mut Form, token: &str) -> UseLink {
    UseLink {
        token: EnrolToken::parse(token),
        staff_no: form.text("staff_no").trim().to_lowercase(),
        password: Zeroizing::new(form.text("password")),
        code: Zeroizing::new(form.text("code").trim().to_owned()),
    }
}

/// `/api/enrol/open`
pub async fn open(Sent { caller, mut form, .. }: Sent) -> Response {
    let token = Zeroizing::new(form.text("token"));
    let faults = form.faults();
    if !faults.is_empty() {
        return caller.refused(&DeskError::Invalid(faults));
    }
    match caller.site.office.open_link(EnrolToken::parse(&token).as_ref(), caller.stamp.clone()).await {
        Ok(shown) => answer::json(&Shown { change: shown.change, totp_secret: &shown.secret, otpauth: &shown.uri }),
        Err(error) => caller.refused(&error),
    }
}

/// `/api/enrol/finish`
pub async fn finish(Sent { caller, mut form, .. }: Sent) -> Response {
    let token = Zeroizing::new(form.text("token"));
    let asked = use_form(&mut form, &token);
    let faults = form.faults();
    if !faults.is_empty() {
        return caller.refused(&DeskError::Invalid(faults));
    }
    match caller.site.office.use_link(asked, caller.stamp.clone()).await {
        Ok(()) => answer::json(&serde_json::json!({})),
        Err(error) => caller.refused(&error),
    }
}
