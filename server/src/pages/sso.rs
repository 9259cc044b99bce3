//! The way in by an identity provider (U9): out, and back.

use super::{again, draw, go_to, next_in, refused, with_next};
use crate::asked::Caller;
use crate::cookies;
use crate::form::Form;
use crate::sso::SingleSignOn;
use app::context::FormState;
use app::page::Page;
use axum::extract::RawQuery;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use backoffice::auth::{AskedProvider, TryToken};
use domain::audit::event::SsoName;
use domain::code::Code;
use domain::desk::DeskError;
use std::collections::BTreeMap;

/// `/sign-in/sso?next=`: to the provider, with what this browser asks in a cookie of its own. It is a link and no
/// form: of a form browsers hold the redirects to the page's `form-action` too.
pub async fn sso(caller: Caller, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let Some(sso) = caller.site.sso.clone() else {
        return refused(Code::NotFound, caller, &headers).await;
    };
    let next = next_in(query);
    if caller.desk.is_ok() {
        return go_to(&next.map_or_else(|| "/".into(), |page| page.path()));
    }
    let asked = caller.site.office.ask_provider(&next.as_ref().unwrap_or(&Page::Home).path());
    let found = match asked {
        Ok(asked) => sso.address(&asked).await.map(|address| (asked, address)).ok_or(Code::SsoUnavailable.into()),
        Err(error) => Err(error),
    };
    match found {
        Ok((asked, address)) => {
            let mut response = go_to(&address);
            cookies::set_asked(response.headers_mut(), asked.cookie_text());
            response
        }
        // Nobody acted yet: nothing is recorded.
        Err(error) => again(Page::SignIn, caller, &headers, with_next(next.as_ref()).values, error).await,
    }
}

/// `/sign-in/sso/back`: from the provider. Whatever is wrong, the answer is one, and the log has the cause.
pub async fn back(caller: Caller, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let Some(sso) = caller.site.sso.clone() else {
        return refused(Code::NotFound, caller, &headers).await;
    };
    let asked = cookies::sent(&headers, cookies::ASKED).and_then(|cookie| caller.site.office.asked_provider(cookie));
    let next = asked.as_ref().and_then(|asked| Page::parse(asked.next())).unwrap_or(Page::Home);
    let fitting = fitting(asked, query);
    let answered = fitting.is_some();
    let mut response = match vouched(&sso, fitting, &caller).await {
        Ok(token) => go_on(&next, &token, caller, &headers).await,
        Err(error) => {
            let values = if next == Page::Home { BTreeMap::new() } else { with_next(Some(&next)).values };
            again(Page::SignIn, caller, &headers, values, error).await
        }
    };
    // What was asked is answered. By an address that does not fit it is not: any page elsewhere may lead to one, and
    // someone may have asked in two windows.
    if answered {
        cookies::forget_asked(response.headers_mut());
    }
    response
}

/// What the provider answered (RFC 6749 4.1.2); anything else that it adds is passed over.
struct Answered {
    code: Option<String>,
    iss: Option<String>,
    error: bool,
}

async fn vouched(
    sso: &SingleSignOn,
    fitting: Option<(AskedProvider, Answered)>,
    caller: &Caller,
) -> Result<TryToken, DeskError> {
    let (office, stamp) = (&caller.site.office, &caller.stamp);
    let Some((asked, answered)) = fitting else {
        return Err(office.not_vouched(SsoName::State, stamp).await);
    };
    let turn = office.turn_at_provider(stamp).await?;
    let identified = async {
        sso.is_ours(answered.iss.as_deref()).await?;
        let code = answered.code.filter(|_| !answered.error).ok_or(SsoName::Denied)?;
        sso.identify(&asked, &code, office.clock().now()).await
    };
    let identified = identified.await;
    drop(turn);
    match identified {
        Ok(staff_no) => office.vouched(&asked, &staff_no, stamp).await,
        Err(why) => Err(office.not_vouched(why, stamp).await),
    }
}

/// The answer, if it is one to what this browser asked. No value may stand twice: which would be right?
fn fitting(asked: Option<AskedProvider>, query: Option<String>) -> Option<(AskedProvider, Answered)> {
    let (asked, mut form) = (asked?, Form::parse(query?.as_bytes()).ok()?);
    let state = form.take("state")?;
    let answered = Answered { code: form.take("code"), iss: form.take("iss"), error: form.take("error").is_some() };
    asked.is_state(&state).then_some((asked, answered))
}

/// To the second factor, by a page of ours: the browser came from another site, and sends a Strict cookie only where
/// one of our own pages leads it. The address with the code in it is replaced, and a reload is one of the second
/// factor's page.
async fn go_on(next: &Page, token: &TryToken, caller: Caller, headers: &HeaderMap) -> Response {
    let values = BTreeMap::from([("next".to_owned(), next.path())]);
    let mut response = draw(Page::Vouched, caller, headers, FormState { values, ..FormState::default() }).await;
    let address = app::second_factor(&next.path());
    if let Ok(refresh) = HeaderValue::from_str(&format!("0; url={address}")) {
        response.headers_mut().insert(header::REFRESH, refresh);
    }
    cookies::set(response.headers_mut(), cookies::TRY, token);
    response
}
