//! The list of those who are due, and its plain form: ticks and the code that they take, in one.

use super::people::refused;
use super::{draw, go_to};
use crate::api::{TICK, certify_form};
use crate::asked::{Caller, Sent};
use crate::cookies;
use app::context::FormState;
use app::page::Page;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::code::Fault;
use domain::desk::{Certify, Desk, DeskError, Seen, SessionToken};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// `/admin/recertification`
pub async fn recertification(caller: Caller, headers: HeaderMap) -> Response {
    draw(Page::Recertification, caller, &headers, FormState::default()).await
}

/// `POST /admin/recertification`
pub async fn post_recertification(Sent { caller, mut form, headers }: Sent) -> Response {
    let Ok(desk) = caller.desk.clone() else { return go_to("/sign-in") };
    let code = Zeroizing::new(form.take("code").unwrap_or_default().trim().to_owned());
    let ticks = form.take_all(TICK);
    let asked = certify_form(&mut form, &ticks);
    // What was ticked, to be shown so again.
    let ticked: BTreeMap<String, String> = ticks.into_iter().collect();
    let asked = match asked {
        Ok(asked) => asked,
        Err(faults) => {
            let error = desk.refused(Seen::default(), DeskError::Invalid(faults)).await;
            return refused(Page::Recertification, caller, &headers, ticked, error).await;
        }
    };
    let (done, token) = certify(&*desk, asked, &code).await;
    let mut response = match done {
        Ok(()) => go_to(&Page::Recertification.path()),
        Err(error) => refused(Page::Recertification, caller, &headers, ticked, error).await,
    };
    if let Some(token) = token {
        cookies::set(response.headers_mut(), cookies::SESSION, &token);
    }
    response
}

/// Certifies; where a factor is asked for, answers with the code, which rotates the session (U5), and asks again.
async fn certify(desk: &dyn Desk, asked: Certify, code: &str) -> (Result<(), DeskError>, Option<SessionToken>) {
    match desk.certify_staff(asked.clone()).await {
        Err(DeskError::StepUpRequired { .. }) if code.is_empty() => {
            (Err(DeskError::Invalid(vec![Fault::new("code", "six_digits")])), None)
        }
        Err(DeskError::StepUpRequired { challenge, .. }) => match desk.step_up_totp(challenge, code).await {
            Ok(token) => {
                let answered = Certify { challenge: Some(challenge), ..asked };
                (desk.certify_staff(answered).await, Some(token))
            }
            Err(error) => (Err(error), None),
        },
        done => (done, None),
    }
}
