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
    #[serde(skip_serializing_if = "Option::is_none")]
    totp_secret: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    otpauth: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    factor: Option<&'a str>,
}

/// What sets factors, as a form gives it, beside the link's secret.
pub(crate) fn use_form(form: &mut Form, token: &str) -> UseLink {
    UseLink {
        token: EnrolToken::parse(token),
        staff_no: form.text("staff_no").trim().to_lowercase(),
        password: Zeroizing::new(form.text("password")),
        factor: form.take("factor").unwrap_or_default(),
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
    match caller.site.office.open_link(EnrolToken::parse(&token).as_ref(), None, caller.stamp.clone()).await {
        Ok(shown) => {
            let new = shown.factor.as_ref();
            answer::json(&Shown {
                change: shown.change,
                totp_secret: new.map(|new| new.secret.as_str()),
                otpauth: new.map(|new| new.uri.as_str()),
                factor: new.map(|new| new.sealed.as_str()),
            })
        }
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
