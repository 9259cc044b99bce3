//! Answers of the endpoints: JSON, codes only, never kept by anyone.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::code::Fault;
use domain::desk::{DeskError, Method};
use domain::id::{Challenge, RequestId};
use serde::Serialize;

/// A refusal on the wire.
#[derive(Serialize)]
struct Refusal<'a> {
    code: &'a str,
    request_id: RequestId,
    #[serde(skip_serializing_if = "Option::is_none")]
    challenge: Option<Challenge>,
    #[serde(skip_serializing_if = "Option::is_none")]
    methods: Option<&'a [Method]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u32>,
    #[serde(skip_serializing_if = "<[Fault]>::is_empty")]
    faults: &'a [Fault],
}

/// A value as JSON, `no-store`.
pub fn json(value: &impl Serialize) -> Response {
    with_status(StatusCode::OK, value)
}

/// A refusal as JSON, with the status of its code.
pub fn refusal(error: &DeskError, request_id: RequestId) -> Response {
    let code = error.code();
    let (mut challenge, mut methods, mut retry_after, mut faults) = (None, None, None, &[][..]);
    match error {
        DeskError::Invalid(all) => faults = all,
        DeskError::StepUpRequired { challenge: one, methods: all } => {
            challenge = Some(*one);
            methods = Some(&all[..]);
        }
        DeskError::Wait { retry_after: seconds, .. } => retry_after = Some(*seconds),
        DeskError::Refused(_) => (),
    }
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let body = Refusal { code: code.as_str(), request_id, challenge, methods, retry_after, faults };
    let mut response = with_status(status, &body);
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn with_status(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => (
            status,
            [
                (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            ],
            body,
        )
            .into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
