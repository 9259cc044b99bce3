//! `/healthz` and `/readyz`: is the process alive, and could it work? No session, no data, no version (O3).

use crate::office::Site;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::code::Code;
use serde::Serialize;
use std::sync::Arc;

/// Says that the process runs.
pub const ALIVE: &str = "/healthz";
/// Says whether all that work needs is there.
pub const READY: &str = "/readyz";
/// What a load balancer asks under whatever name it knows the machine by.
pub const PROBES: [&str; 2] = [ALIVE, READY];

#[derive(Serialize)]
struct Status {
    status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<Code>,
}

/// `/healthz`
pub async fn alive() -> Response {
    answer(StatusCode::OK, &Status { status: "ok", missing: Vec::new() })
}

/// `/readyz`
pub async fn ready(State(site): State<Arc<Site>>) -> Response {
    let missing = site.office.missing().await;
    match missing.is_empty() {
        true => answer(StatusCode::OK, &Status { status: "ok", missing }),
        false => answer(StatusCode::SERVICE_UNAVAILABLE, &Status { status: "not_ready", missing }),
    }
}

fn answer(status: StatusCode, body: &Status) -> Response {
    let json = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, json)], serde_json::to_vec(body).unwrap_or_default()).into_response()
}
