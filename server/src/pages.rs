//! The pages, and the plain forms on them: read here, done by the desk, drawn by `app`.

mod by_code;
mod exports;
mod forms;
mod me;
mod notice;
mod people;
mod recertify;
mod recipients;
mod sessions;
pub mod sso;
pub mod supervise;
mod wrong_person;

use crate::asked::Caller;
use crate::form::Form;
use crate::{cookies, demo};
use app::context::{FormState, PageContext, SsoOffer};
use app::lang;
use app::page::Page;
use axum::body::Body;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::code::Code;
use domain::desk::{DeskError, Seen};
use domain::id::{CaseId, Handle, ResultId};
pub use exports::{
    approvals, export, exports, new_export, post_decide_export, post_download, post_generate, post_new_export,
    post_submit, post_withdraw,
};
pub use forms::{post_close, post_customers, post_language, post_sign_in, post_sign_out, post_verify};
pub use me::{me, post_password, post_revoke_passkey};
pub use notice::{notice, post_notice};
pub use people::{
    enrol, person, post_decide, post_enrol, post_link, post_propose, post_suspend, post_unlock, proposal, proposals,
    staff,
};
pub use recertify::{post_recertification, recertification};
pub use recipients::{
    new_recipient, post_check, post_decide_recipient, post_end_recipient, post_new_recipient, recipient, recipients,
    register,
};
pub use sessions::{admin_sessions, post_end_anyones, post_end_own};
use std::collections::BTreeMap;
pub use wrong_person::post_wrong_person;

/// Draws a page for this caller.
pub(crate) async fn draw(page: Page, caller: Caller, headers: &HeaderMap, form: FormState) -> Response {
    if matches!(caller.desk, Err(DeskError::Refused(Code::NoticeUnacknowledged))) {
        return go_to(&app::to_notice(&page));
    }
    let accept = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let slip = if needs_slip(&page) { demo::slip(&caller.site).await } else { caller.site.demo.then(Default::default) };
    let ended = match (&page, &caller.desk, cookies::token(headers, cookies::SESSION)) {
        (Page::SignIn, Err(_), Some(token)) => caller.site.office.ended(&token).await,
        _ => None,
    };
    let context = PageContext {
        desk: caller.desk.ok(),
        ended,
        lang: lang::choose(cookies::sent(headers, cookies::LANGUAGE), accept),
        demo: slip,
        sso: caller.site.sso.as_ref().map(|sso| SsoOffer {
            name: sso.name().to_owned(),
            only: sso.is_only(),
            down: sso.is_down(),
        }),
        form,
        request: caller.stamp.request,
        now: caller.site.office.clock().now(),
    };
    app::render(page, context).await.map(Body::new).into_response()
}

/// The slip is for those who are not in yet; elsewhere the banner is enough.
fn needs_slip(page: &Page) -> bool {
    matches!(page, Page::SignIn | Page::Verify)
}

/// `/`
pub async fn home(caller: Caller, headers: HeaderMap) -> Response {
    draw(Page::Home, caller, &headers, FormState::default()).await
}

/// `/sign-in?next=`
pub async fn sign_in(caller: Caller, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let next = next_in(query);
    if let Ok(desk) = &caller.desk {
        let next = next.unwrap_or(Page::Home);
        return go_to(&if desk.acknowledged() { next.path() } else { app::to_notice(&next) });
    }
    draw(Page::SignIn, caller, &headers, with_next(next.as_ref())).await
}

/// The page to come back to after signing in. Whatever is not exactly one of ours leads to none (U6).
fn next_in(query: Option<String>) -> Option<Page> {
    Page::parse(&Form::parse(query?.as_bytes()).ok()?.take("next")?)
}

/// A form that brings the page to come back to along.
fn with_next(next: Option<&Page>) -> FormState {
    let values = next.map(|page| ("next".to_owned(), page.path())).into_iter().collect();
    FormState { values, ..FormState::default() }
}

/// `/sign-in/verify?next=`
pub async fn verify(caller: Caller, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let next = next_in(query);
    if cookies::sent(&headers, cookies::TRY).is_none() {
        return go_to(&next.map_or_else(|| "/sign-in".into(), |page| app::to_sign_in(&page)));
    }
    draw(Page::Verify, caller, &headers, with_next(next.as_ref())).await
}

/// `/customers?case=&result=`
pub async fn customers(caller: Caller, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let parsed = Form::parse(query.unwrap_or_default().as_bytes()).ok().and_then(|mut form| {
        let case = form.optional("case", CaseId::parse);
        let result = form.optional("result", ResultId::parse);
        form.faults().is_empty().then_some(Page::Customers { case, result })
    });
    page_or_not_found(parsed, caller, &headers).await
}

/// `/customers/{id}?case=`
pub async fn customer(
    caller: Caller,
    Path(handle): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let parsed = Form::parse(query.unwrap_or_default().as_bytes()).ok().and_then(|mut form| {
        let case = form.parsed("case", CaseId::parse);
        let customer = Handle::parse(&handle).ok();
        let (case, customer) = case.zip(customer).filter(|_| form.faults().is_empty())?;
        Some(Page::Customer { case, customer })
    });
    page_or_not_found(parsed, caller, &headers).await
}

async fn page_or_not_found(page: Option<Page>, caller: Caller, headers: &HeaderMap) -> Response {
    match page {
        Some(page) => draw(page, caller, headers, FormState::default()).await,
        None => refused(Code::NotFound, caller, headers).await,
    }
}

/// Any other address.
pub async fn not_found(caller: Caller, headers: HeaderMap) -> Response {
    draw(Page::Refusal(Code::NotFound), caller, &headers, FormState::default()).await
}

/// A method that a page does not have.
pub async fn wrong_method(caller: Caller, headers: HeaderMap) -> Response {
    refused(Code::MethodNotAllowed, caller, &headers).await
}

/// Records the refusal, if somebody is signed in, and draws it.
async fn refused(code: Code, caller: Caller, headers: &HeaderMap) -> Response {
    let error = match &caller.desk {
        Ok(desk) => desk.refused(Seen::default(), code.into()).await,
        Err(_) => code.into(),
    };
    draw(Page::Refusal(error.code()), caller, headers, FormState::default()).await
}

/// The page again, with what was typed and what is wrong with it.
pub(crate) async fn again(
    page: Page,
    caller: Caller,
    headers: &HeaderMap,
    values: BTreeMap<String, String>,
    error: DeskError,
) -> Response {
    let form = match error {
        DeskError::Invalid(faults) => FormState { values, faults, ..FormState::default() },
        DeskError::Wait { code, retry_after } => {
            FormState { values, code: Some(code), retry_after: Some(retry_after), ..FormState::default() }
        }
        other => FormState { values, code: Some(other.code()), ..FormState::default() },
    };
    draw(page, caller, headers, form).await
}

/// Goes on to another page, by GET.
pub(crate) fn go_to(address: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, address.to_owned())]).into_response()
}
