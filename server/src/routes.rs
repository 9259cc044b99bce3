//! The URL map.

use crate::api::{
    audit, cases, customers, drafts, enrol, exports, notice, passkeys, password, people, recertify, recipients,
    reveals, sessions, sign_in,
};
use crate::asked::{EXPORT_STATUS, REVEAL, SESSION_STATUS, SESSION_STAY, unrouted, wrong_method};
use crate::health::{self, ALIVE, READY};
use crate::metrics::METRICS;
use crate::office::Site;
use crate::{demo, edge, even, log_files, metrics, pages, statics, tail};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};
use std::collections::HashSet;
use std::sync::{Arc, LazyLock};
use tower_http::compression::CompressionLayer;

/// Every endpoint, for the router and for the test that compares `docs/api.md` with it.
pub const ENDPOINTS: [&str; 69] = [
    "/api/sign_in",
    "/api/verify_totp",
    "/api/verify_passkey/begin",
    "/api/verify_passkey",
    "/api/sign_out",
    "/api/step_up/totp",
    "/api/step_up/passkey/begin",
    "/api/step_up/passkey",
    "/api/passkeys/list",
    "/api/passkeys/begin",
    "/api/passkeys/finish",
    "/api/passkeys/revoke",
    "/api/password/change",
    "/api/notice/read",
    "/api/notice/acknowledge",
    SESSION_STATUS,
    SESSION_STAY,
    "/api/session/list",
    "/api/session/end",
    "/api/admin/sessions/list",
    "/api/admin/sessions/end",
    "/api/admin/staff/list",
    "/api/admin/staff/propose",
    "/api/admin/staff/suspend",
    "/api/admin/staff/unlock",
    "/api/admin/staff/due",
    "/api/admin/staff/certify",
    "/api/admin/proposals/list",
    "/api/admin/proposals/view",
    "/api/admin/proposals/decide",
    "/api/admin/proposals/link",
    "/api/enrol/open",
    "/api/enrol/finish",
    "/api/cases/open",
    "/api/cases/close",
    "/api/cases/wrong_person",
    "/api/customers/search",
    "/api/customers/view",
    REVEAL,
    "/api/drafts/keep",
    "/api/drafts/forget",
    "/api/reveals/more",
    "/api/reveals/copy",
    "/api/reveals/attempt",
    "/api/reveals/needed",
    "/api/exports/options",
    "/api/exports/create",
    "/api/exports/list",
    "/api/exports/view",
    EXPORT_STATUS,
    "/api/exports/submit",
    "/api/exports/withdraw",
    "/api/exports/generate",
    "/api/exports/download",
    "/api/exports/approvals",
    "/api/exports/approve",
    "/api/exports/reject",
    "/api/exports/register",
    "/api/recipients/list",
    "/api/recipients/view",
    "/api/recipients/propose",
    "/api/recipients/confirm",
    "/api/recipients/reject",
    "/api/recipients/end",
    "/api/channels/check",
    "/api/audit/events",
    "/api/audit/event",
    "/api/audit/proof",
    "/api/audit/verify",
];

/// Every page and plain form, and the method it takes; `docs/access-matrix.md` says who may. A test compares this
/// list with the router below. Files are not in it: they are everyone's.
pub const PAGES: [(&str, &str); 66] = [
    ("GET", "/"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/sign-in/verify"),
    ("POST", "/sign-in/verify"),
    ("GET", "/sign-in/sso"),
    ("GET", "/sign-in/sso/back"),
    ("POST", "/sign-out"),
    ("GET", "/notice"),
    ("POST", "/notice"),
    ("GET", "/customers"),
    ("POST", "/customers"),
    ("GET", "/customers/{id}"),
    ("POST", "/cases/close"),
    ("POST", "/cases/wrong-person"),
    ("GET", "/me"),
    ("POST", "/me/passkeys/revoke"),
    ("POST", "/me/password"),
    ("POST", "/me/sessions/end"),
    ("GET", "/admin/sessions"),
    ("POST", "/admin/sessions/end"),
    ("GET", "/admin/staff"),
    ("GET", "/admin/staff/{no}"),
    ("POST", "/admin/staff/propose"),
    ("POST", "/admin/staff/suspend"),
    ("POST", "/admin/staff/unlock"),
    ("GET", "/admin/recertification"),
    ("POST", "/admin/recertification"),
    ("GET", "/admin/proposals"),
    ("GET", "/admin/proposals/{id}"),
    ("POST", "/admin/proposals/decide"),
    ("POST", "/admin/proposals/link"),
    ("GET", "/enrol/{token}"),
    ("POST", "/enrol/{token}"),
    ("GET", "/exports"),
    ("GET", "/exports/new"),
    ("POST", "/exports/new"),
    ("GET", "/exports/{id}"),
    ("POST", "/exports/submit"),
    ("POST", "/exports/withdraw"),
    ("POST", "/exports/generate"),
    ("POST", "/exports/download"),
    ("POST", "/exports/decide"),
    ("GET", "/approvals"),
    ("GET", "/recipients"),
    ("GET", "/recipients/new"),
    ("POST", "/recipients/new"),
    ("GET", "/recipients/{id}"),
    ("POST", "/recipients/decide"),
    ("POST", "/recipients/end"),
    ("GET", "/supervise/exports"),
    ("POST", "/supervise/exports/check"),
    ("GET", "/supervise"),
    ("GET", "/supervise/events"),
    ("GET", "/supervise/events/{seq}"),
    ("POST", "/supervise/events/{seq}/verify"),
    ("GET", "/supervise/events/tail"),
    ("GET", "/supervise/integrity"),
    ("POST", "/supervise/integrity/verify"),
    ("GET", "/log/checkpoint"),
    ("GET", "/log/tile/{*path}"),
    ("POST", "/language"),
    ("GET", "/demo/code"),
    ("GET", ALIVE),
    ("GET", READY),
    ("GET", METRICS),
];

/// The route of that name as this file has it: what is counted by it is never made of what anyone sent.
pub fn known(route: Option<&str>) -> &'static str {
    static ROUTES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
        let files = ["/pkg/{*path}", "/favicon.svg", "/api/{*rest}"];
        PAGES.into_iter().map(|(_, path)| path).chain(ENDPOINTS).chain(files).collect()
    });
    route.and_then(|route| ROUTES.get(route)).copied().unwrap_or("-")
}

fn endpoint(path: &str) -> MethodRouter<Arc<Site>> {
    match path {
        "/api/sign_in" => post(sign_in::password),
        "/api/verify_totp" => post(sign_in::totp).layer(from_fn(even::on_the_beat)),
        "/api/verify_passkey/begin" => post(passkeys::begin_verify),
        "/api/verify_passkey" => post(passkeys::verify).layer(from_fn(even::on_the_beat)),
        "/api/sign_out" => post(sign_in::out),
        "/api/step_up/totp" => post(sign_in::step_up),
        "/api/step_up/passkey/begin" => post(passkeys::begin_step_up),
        "/api/step_up/passkey" => post(passkeys::step_up),
        "/api/passkeys/list" => post(passkeys::list),
        "/api/passkeys/begin" => post(passkeys::begin),
        "/api/passkeys/finish" => post(passkeys::finish),
        "/api/passkeys/revoke" => post(passkeys::revoke),
        "/api/password/change" => post(password::change),
        "/api/notice/read" => post(notice::read),
        "/api/notice/acknowledge" => post(notice::acknowledge),
        SESSION_STATUS => post(sessions::status),
        SESSION_STAY => post(sessions::stay),
        "/api/session/list" => post(sessions::list),
        "/api/session/end" => post(sessions::end),
        "/api/admin/sessions/list" => post(sessions::list_live),
        "/api/admin/sessions/end" => post(sessions::end_anyones),
        "/api/admin/staff/list" => post(people::list),
        "/api/admin/staff/propose" => post(people::propose),
        "/api/admin/staff/suspend" => post(people::suspend),
        "/api/admin/staff/unlock" => post(people::unlock),
        "/api/admin/staff/due" => post(recertify::due),
        "/api/admin/staff/certify" => post(recertify::certify),
        "/api/admin/proposals/list" => post(people::proposals),
        "/api/admin/proposals/view" => post(people::proposal),
        "/api/admin/proposals/decide" => post(people::decide),
        "/api/admin/proposals/link" => post(people::link),
        "/api/enrol/open" => post(enrol::open),
        "/api/enrol/finish" => post(enrol::finish),
        "/api/cases/open" => post(cases::open),
        "/api/cases/close" => post(cases::close),
        "/api/cases/wrong_person" => post(cases::wrong_person),
        "/api/customers/search" => post(customers::search),
        "/api/customers/view" => post(customers::view),
        REVEAL => post(customers::reveal),
        "/api/reveals/more" => post(reveals::more),
        "/api/reveals/copy" => post(reveals::copy),
        "/api/reveals/attempt" => post(reveals::attempt),
        "/api/reveals/needed" => post(reveals::needed),
        "/api/drafts/keep" => post(drafts::keep),
        "/api/drafts/forget" => post(drafts::forget),
        "/api/exports/options" => post(exports::options),
        "/api/exports/create" => post(exports::create),
        "/api/exports/list" => post(exports::list),
        "/api/exports/view" => post(exports::view),
        EXPORT_STATUS => post(exports::status),
        "/api/exports/submit" => post(exports::submit),
        "/api/exports/withdraw" => post(exports::withdraw),
        "/api/exports/generate" => post(exports::generate),
        "/api/exports/download" => post(exports::download),
        "/api/exports/approvals" => post(exports::approvals),
        "/api/exports/approve" => post(exports::approve),
        "/api/exports/reject" => post(exports::reject),
        "/api/exports/register" => post(exports::register),
        "/api/recipients/list" => post(recipients::list),
        "/api/recipients/view" => post(recipients::view),
        "/api/recipients/propose" => post(recipients::propose),
        "/api/recipients/confirm" => post(recipients::confirm),
        "/api/recipients/reject" => post(recipients::reject),
        "/api/recipients/end" => post(recipients::end),
        "/api/channels/check" => post(recipients::check),
        "/api/audit/events" => post(audit::events),
        "/api/audit/event" => post(audit::event),
        "/api/audit/proof" => post(audit::proof),
        "/api/audit/verify" => post(audit::verify),
        _ => MethodRouter::new(),
    }
    .fallback(wrong_method)
}

/// The whole site.
pub fn router(site: Arc<Site>) -> Router {
    let api = ENDPOINTS.into_iter().fold(Router::new(), |router, path| router.route(path, endpoint(path)));
    let api = api.route("/api/{*rest}", axum::routing::any(unrouted));
    // Hashes, entries and events as they come: not pages, and never compressed.
    let api = api
        .route("/log/checkpoint", get(log_files::checkpoint).fallback(wrong_method))
        .route("/log/tile/{*path}", get(log_files::tile).fallback(wrong_method))
        .route("/supervise/events/tail", get(tail::tail).fallback(wrong_method));
    let mut pages = Router::new()
        .route("/", get(pages::home))
        .route("/sign-in", get(pages::sign_in).post(pages::post_sign_in))
        .route("/sign-in/verify", get(pages::verify).post(pages::post_verify).layer(from_fn(even::on_the_beat)))
        .route("/sign-in/sso", get(pages::sso::sso))
        .route("/sign-in/sso/back", get(pages::sso::back).layer(from_fn(even::on_the_beat)))
        .route("/sign-out", post(pages::post_sign_out))
        .route("/notice", get(pages::notice).post(pages::post_notice))
        .route("/customers", get(pages::customers).post(pages::post_customers))
        .route("/customers/{id}", get(pages::customer))
        .route("/cases/close", post(pages::post_close))
        .route("/cases/wrong-person", post(pages::post_wrong_person))
        .route("/supervise", get(pages::supervise::overview))
        .route("/supervise/events", get(pages::supervise::events))
        .route("/supervise/events/{seq}", get(pages::supervise::event))
        .route("/supervise/events/{seq}/verify", post(pages::supervise::post_verify_entry))
        .route("/supervise/integrity", get(pages::supervise::integrity))
        .route("/supervise/integrity/verify", post(pages::supervise::post_verify_log))
        .route("/supervise/exports", get(pages::register))
        .route("/supervise/exports/check", post(pages::post_check))
        .route("/exports", get(pages::exports))
        .route("/exports/new", get(pages::new_export).post(pages::post_new_export))
        .route("/exports/{id}", get(pages::export))
        .route("/exports/submit", post(pages::post_submit))
        .route("/exports/withdraw", post(pages::post_withdraw))
        .route("/exports/generate", post(pages::post_generate))
        .route("/exports/download", post(pages::post_download))
        .route("/exports/decide", post(pages::post_decide_export))
        .route("/approvals", get(pages::approvals))
        .route("/recipients", get(pages::recipients))
        .route("/recipients/new", get(pages::new_recipient).post(pages::post_new_recipient))
        .route("/recipients/{id}", get(pages::recipient))
        .route("/recipients/decide", post(pages::post_decide_recipient))
        .route("/recipients/end", post(pages::post_end_recipient))
        .route("/me", get(pages::me))
        .route("/me/passkeys/revoke", post(pages::post_revoke_passkey))
        .route("/me/password", post(pages::post_password))
        .route("/me/sessions/end", post(pages::post_end_own))
        .route("/admin/sessions", get(pages::admin_sessions))
        .route("/admin/sessions/end", post(pages::post_end_anyones))
        .route("/admin/staff", get(pages::staff))
        .route("/admin/staff/{no}", get(pages::person))
        .route("/admin/staff/propose", post(pages::post_propose))
        .route("/admin/staff/suspend", post(pages::post_suspend))
        .route("/admin/staff/unlock", post(pages::post_unlock))
        .route("/admin/recertification", get(pages::recertification).post(pages::post_recertification))
        .route("/admin/proposals", get(pages::proposals))
        .route("/admin/proposals/{id}", get(pages::proposal))
        .route("/admin/proposals/decide", post(pages::post_decide))
        .route("/admin/proposals/link", post(pages::post_link))
        .route("/enrol/{token}", get(pages::enrol).post(pages::post_enrol))
        .route("/language", post(pages::post_language))
        .fallback(pages::not_found)
        .method_not_allowed_fallback(pages::wrong_method);
    if site.demo {
        pages = pages.route("/demo/code", get(demo::next_code));
    }
    let files = Router::new()
        .route("/pkg/{*path}", get(statics::package))
        .route("/favicon.svg", get(statics::favicon))
        .route(ALIVE, get(health::alive))
        .route(READY, get(health::ready))
        .route(METRICS, get(metrics::here))
        .method_not_allowed_fallback(pages::wrong_method);
    // Endpoints are never compressed: a secret beside what a caller chose would tell its length (BREACH).
    let pages = pages.layer(CompressionLayer::new());
    api.merge(pages).merge(files).layer(from_fn_with_state(site.clone(), edge::pass)).with_state(site)
}

#[cfg(test)]
mod tests {
    use super::*;

    const API: &str = include_str!("../../docs/api.md");

    /// Methods and paths of the router's own lines, files left out.
    fn routed() -> Vec<(&'static str, &'static str)> {
        let (router, _) = include_str!("routes.rs").split_once("#[cfg(test)]").unwrap();
        let lines = router.split(".route(").skip(1).filter_map(|rest| rest.split_once(", "));
        let mut found = Vec::new();
        for (path, handlers) in lines {
            let path = match path {
                "ALIVE" => ALIVE,
                "READY" => READY,
                "METRICS" => METRICS,
                quoted => quoted.trim_matches('"'),
            };
            let handlers = handlers.split('\n').next().unwrap();
            let own = !handlers.contains("statics::") && !handlers.contains("unrouted");
            for (method, word) in [("GET", "get("), ("POST", "post(")] {
                if own && handlers.split(['.', ' ']).any(|part| part.starts_with(word)) {
                    found.push((method, path));
                }
            }
        }
        found
    }

    #[test]
    fn pages_lists_every_route_of_the_router_and_no_other() {
        let (mut listed, mut routed) = (PAGES.to_vec(), routed());
        listed.sort_unstable();
        routed.sort_unstable();
        assert_eq!(listed, routed);
    }

    #[test]
    fn docs_api_md_has_a_section_for_each_endpoint_and_for_no_other() {
        let mut told: Vec<&str> = API.lines().filter_map(|line| line.strip_prefix("### POST ")).collect();
        let mut there = ENDPOINTS.to_vec();
        told.sort_unstable();
        there.sort_unstable();
        assert_eq!(told, there);
    }
}
