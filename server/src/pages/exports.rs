//! Exports by plain forms, each doing what its endpoints do.

use super::by_code::by_code;
use super::people::refused;
use super::{draw, go_to, page_or_not_found};
use crate::api::exports::{draw_form, export_id, step_form, vote_form};
use crate::asked::{Caller, Sent};
use crate::form::Form;
use crate::{cookies, file};
use app::context::FormState;
use app::page::Page;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::code::Fault;
use domain::desk::{DecideExport, Desk, DeskError, ExportStep, Seen, SessionToken};
use domain::id::{Challenge, ExportId};
use std::collections::BTreeMap;
use std::sync::Arc;
use zeroize::Zeroizing;

/// `/exports`
pub async fn exports(caller: Caller, headers: HeaderMap) -> Response {
    draw(Page::Exports, caller, &headers, FormState::default()).await
}

/// `/exports/new`
pub async fn new_export(caller: Caller, headers: HeaderMap) -> Response {
    draw(Page::NewExport, caller, &headers, FormState::default()).await
}

/// `/exports/{id}`
pub async fn export(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Response {
    page_or_not_found(ExportId::parse(&id).ok().map(Page::Export), caller, &headers).await
}

/// `/approvals`
pub async fn approvals(caller: Caller, headers: HeaderMap) -> Response {
    draw(Page::Approvals, caller, &headers, FormState::default()).await
}

/// `POST /exports/new`: goes on to the request, or shows the form again with all that was typed.
pub async fn post_new_export(Sent { caller, mut form, headers }: Sent) -> Response {
    let Ok(desk) = caller.desk.clone() else { return go_to("/sign-in") };
    let pairs = form.rest();
    let values: BTreeMap<String, String> = pairs.iter().cloned().collect();
    let drawn = match draw_form(&mut Form::of(pairs)) {
        Ok(asked) => desk.draw_export(asked).await,
        Err(faults) => Err(desk.refused(Seen::default(), DeskError::Invalid(faults)).await),
    };
    match drawn {
        Ok(export) => go_to(&Page::Export(export).path()),
        Err(error) => refused(Page::NewExport, caller, &headers, values, error).await,
    }
}

/// The page that a form belongs to.
fn page_of(form: &Form) -> Page {
    let export = form.peek("export_id").and_then(|text| ExportId::parse(text).ok());
    export.map_or(Page::Exports, Page::Export)
}

fn code_of(form: &mut Form) -> Zeroizing<String> {
    Zeroizing::new(form.take("code").unwrap_or_default().trim().to_owned())
}

/// A session's new cookie, whatever came of the act that rotated it (U5).
fn with_cookie(mut response: Response, token: Option<SessionToken>) -> Response {
    if let Some(token) = token {
        cookies::set(response.headers_mut(), cookies::SESSION, &token);
    }
    response
}

/// `POST /exports/submit`
pub async fn post_submit(sent: Sent) -> Response {
    step(sent, |desk, step| async move { desk.submit_export(step).await }).await
}

/// `POST /exports/generate`
pub async fn post_generate(sent: Sent) -> Response {
    step(sent, |desk, step| async move { desk.generate_export(step).await }).await
}

async fn step<F>(Sent { caller, mut form, headers }: Sent, act: impl Fn(Arc<dyn Desk>, ExportStep) -> F) -> Response
where
    F: Future<Output = Result<(), DeskError>>,
{
    let Ok(desk) = caller.desk.clone() else { return go_to("/sign-in") };
    let (page, code) = (page_of(&form), code_of(&mut form));
    let asked = match step_form(&mut form) {
        Ok(asked) => asked,
        Err(faults) => return malformed(page, caller, &*desk, &headers, faults).await,
    };
    let (done, token) = by_code(&*desk, &code, |challenge| act(desk.clone(), ExportStep { challenge, ..asked })).await;
    let response = match done {
        Ok(()) => go_to(&page.path()),
        Err(error) => refused(page, caller, &headers, BTreeMap::new(), error).await,
    };
    with_cookie(response, token)
}

async fn malformed(page: Page, caller: Caller, desk: &dyn Desk, headers: &HeaderMap, faults: Vec<Fault>) -> Response {
    let error = desk.refused(Seen::default(), DeskError::Invalid(faults)).await;
    refused(page, caller, headers, BTreeMap::new(), error).await
}

/// `POST /exports/withdraw`
pub async fn post_withdraw(Sent { caller, mut form, headers }: Sent) -> Response {
    let Ok(desk) = caller.desk.clone() else { return go_to("/sign-in") };
    let page = page_of(&form);
    let withdrawn = match export_id(&mut form) {
        Ok(export) => desk.withdraw_export(export).await,
        Err(faults) => Err(desk.refused(Seen::default(), DeskError::Invalid(faults)).await),
    };
    match withdrawn {
        Ok(()) => go_to(&page.path()),
        Err(error) => refused(page, caller, &headers, BTreeMap::new(), error).await,
    }
}

/// `POST /exports/download`: answered by the file. With a code, or with a challenge that a passkey answered before.
pub async fn post_download(Sent { caller, mut form, headers }: Sent) -> Response {
    let Ok(desk) = caller.desk.clone() else { return go_to("/sign-in") };
    let (page, code) = (page_of(&form), code_of(&mut form));
    let asked = match step_form(&mut form) {
        Ok(asked) => asked,
        Err(faults) => return malformed(page, caller, &*desk, &headers, faults).await,
    };
    let (done, token) = match asked.challenge {
        Some(_) => (desk.download_export(asked).await, None),
        None => {
            let act = |challenge: Option<Challenge>| desk.download_export(ExportStep { challenge, ..asked });
            by_code(&*desk, &code, act).await
        }
    };
    let response = match done {
        Ok(sealed) => file::sent(sealed),
        Err(error) => refused(page, caller, &headers, BTreeMap::new(), error).await,
    };
    with_cookie(response, token)
}

/// `POST /exports/decide`: a vote with the code that it takes, in one form.
pub async fn post_decide_export(Sent { caller, mut form, headers }: Sent) -> Response {
    let Ok(desk) = caller.desk.clone() else { return go_to("/sign-in") };
    let (page, code) = (page_of(&form), code_of(&mut form));
    let decision = form.take("decision").unwrap_or_default();
    let typed = [("decision", Some(decision.as_str())), ("note", form.peek("note"))];
    let typed = typed.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
    let values: BTreeMap<String, String> = typed.collect();
    let vote = match decision.as_str() {
        "approve" => vote_form(&mut form, true),
        "reject" => vote_form(&mut form, false),
        _ => Err(vec![Fault::new("decision", "malformed")]),
    };
    let vote = match vote {
        Ok(vote) => vote,
        Err(faults) => {
            let error = desk.refused(Seen::default(), DeskError::Invalid(faults)).await;
            return refused(page, caller, &headers, values, error).await;
        }
    };
    let act = |challenge| desk.decide_export(DecideExport { challenge, ..vote.clone() });
    let (done, token) = by_code(&*desk, &code, act).await;
    let response = match done {
        Ok(()) => go_to("/approvals"),
        Err(error) => refused(page, caller, &headers, values, error).await,
    };
    with_cookie(response, token)
}
