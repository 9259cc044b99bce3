//! The URL map.

use crate::api::{cases, customers, sign_in};
use crate::asked::{REVEAL, unrouted, wrong_method};
use crate::office::Site;
use crate::{demo, edge, even, pages, statics};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};
use std::sync::Arc;
use tower_http::compression::CompressionLayer;

/// Every endpoint, for the router and for the test that compares `docs/api.md` with it.
pub const ENDPOINTS: [&str; 9] = [
    "/api/sign_in",
    "/api/verify_totp",
    "/api/sign_out",
    "/api/step_up/totp",
    "/api/cases/open",
    "/api/cases/close",
    "/api/customers/search",
    "/api/customers/view",
    REVEAL,
];

fn endpoint(path: &str) -> MethodRouter<Arc<Site>> {
    match path {
        "/api/sign_in" => post(sign_in::password),
        "/api/verify_totp" => post(sign_in::totp).layer(from_fn(even::on_the_beat)),
        "/api/sign_out" => post(sign_in::out),
        "/api/step_up/totp" => post(sign_in::step_up),
        "/api/cases/open" => post(cases::open),
        "/api/cases/close" => post(cases::close),
        "/api/customers/search" => post(customers::search),
        "/api/customers/view" => post(customers::view),
        REVEAL => post(customers::reveal),
        _ => MethodRouter::new(),
    }
    .fallback(wrong_method)
}

/// The whole site.
pub fn router(site: Arc<Site>) -> Router {
    let api = ENDPOINTS.into_iter().fold(Router::new(), |router, path| router.route(path, endpoint(path)));
    let api = api.route("/api/{*rest}", axum::routing::any(unrouted));
    let mut pages = Router::new()
        .route("/", get(pages::home))
        .route("/sign-in", get(pages::sign_in).post(pages::post_sign_in))
        .route("/sign-in/verify", get(pages::verify).post(pages::post_verify).layer(from_fn(even::on_the_beat)))
        .route("/sign-out", post(pages::post_sign_out))
        .route("/customers", get(pages::customers).post(pages::post_customers))
        .route("/customers/{id}", get(pages::customer))
        .route("/cases/close", post(pages::post_close))
        .route("/language", post(pages::post_language))
        .route("/pkg/{*path}", get(statics::package))
        .route("/favicon.svg", get(statics::favicon))
        .fallback(pages::not_found)
        .method_not_allowed_fallback(pages::wrong_method);
    if site.demo {
        pages = pages.route("/demo/code", get(demo::next_code));
    }
    // Endpoints are never compressed: a secret beside what a caller chose would tell its length (BREACH).
    let pages = pages.layer(CompressionLayer::new());
    api.merge(pages).layer(from_fn_with_state(site.clone(), edge::pass)).with_state(site)
}

#[cfg(test)]
mod tests {
    use super::*;

    const API: &str = include_str!("../../docs/api.md");

    #[test]
    fn docs_api_md_has_a_section_for_each_endpoint_and_for_no_other() {
        let mut told: Vec<&str> = API.lines().filter_map(|line| line.strip_prefix("### POST ")).collect();
        let mut there = ENDPOINTS.to_vec();
        told.sort_unstable();
        there.sort_unstable();
        assert_eq!(told, there);
    }
}
