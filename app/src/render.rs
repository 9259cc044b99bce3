//! The one function that the server calls for a page.

use crate::context::PageContext;
use crate::page::Page;
use crate::pages::Content;
use crate::shell;
use axum::body::Body;
use domain::code::Code;
use domain::desk::{DeskError, EventsAsk};
use http::{HeaderValue, Request, Response, StatusCode, header};
use std::sync::Arc;

/// Fetches what the page shows, draws it, and answers with the status that fits.
///
/// A page that needs somebody signed in, with nobody there, is a redirect to `/sign-in`, which leads back. What the desk
/// refuses becomes a page that says so. A refused form makes the same page again, with its own status.
pub async fn render(page: Page, context: PageContext) -> Response<Body> {
    let content = match Content::load(&page, &context).await {
        Ok(content) => content,
        Err(error) if error.code() == Code::SignedOut => return redirect(&to_sign_in(&page)),
        Err(DeskError::Wait { code, retry_after }) => Content::Refusal { code, retry_after: Some(retry_after) },
        Err(error) => Content::Refusal { code: error.code(), retry_after: None },
    };
    let status = StatusCode::from_u16(status(&content, &context)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let retry_after = context.form.retry_after.or(content.retry_after());
    let (content, context, path) = (Arc::new(content), Arc::new(context), page.path());
    let draw = move || shell::document(&content, &context, &path);
    // Leptos does so where it collects its own routes; here the server's routes are axum's. The second
    // time it is an error that means nothing.
    let _ = any_spawner::Executor::init_tokio();
    let answer = leptos_axum::render_app_async_with_context(|| (), draw);
    let mut response = answer(Request::default()).await;
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// A refused form's status goes before the page's own.
fn status(content: &Content, context: &PageContext) -> u16 {
    match (content, context.form.code) {
        (Content::Refusal { code, .. }, _) => code.status(),
        (_, Some(code)) => code.status(),
        _ if context.form.refused() => Code::Invalid.status(),
        _ => 200,
    }
}

/// Where one signs in and comes back to the page: an address holds ids and handles, nothing of a customer.
pub fn to_sign_in(page: &Page) -> String {
    let path = match page {
        // filters are chosen anew: a reading ends with its session
        Page::Events(_) => Page::Events(EventsAsk::default()).path(),
        page => page.path(),
    };
    match path.as_str() {
        "/" | "/notice" => "/sign-in".into(),
        path => format!("/sign-in?next={}", escaped(path)),
    }
}

/// Where one acknowledges the notice of secrecy, and goes on to the page.
pub fn to_notice(page: &Page) -> String {
    to_sign_in(page).replacen("/sign-in", "/notice", 1)
}

/// What our own addresses hold, as the value of a query.
fn escaped(path: &str) -> String {
    path.replace('%', "%25").replace('?', "%3F").replace('&', "%26").replace('=', "%3D")
}

fn redirect(to: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    response
}
