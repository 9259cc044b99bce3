//! Asking the server: forms out, JSON in.

use gloo_net::http::Request;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use web_sys::{AbortSignal, UrlSearchParams};
use zeroize::Zeroizing;

/// Nobody waits longer for an answer; after that it is one that did not come.
const PATIENCE_MS: u32 = 20_000;

/// A refusal as it stands on the wire: codes only.
#[derive(Debug, Default, Deserialize)]
pub struct Refusal {
    /// One of [`domain::code::Code`], or empty where there was no answer to understand.
    #[serde(default)]
    pub code: String,
    /// To quote to whoever runs Grille.
    #[serde(default)]
    pub request_id: Option<String>,
    /// To answer, with a factor.
    #[serde(default)]
    pub challenge: Option<String>,
    /// By which factors: `passkey`, `totp`.
    #[serde(default)]
    pub methods: Vec<String>,
    /// Seconds.
    #[serde(default)]
    pub retry_after: Option<u32>,
    /// What is wrong with which value.
    #[serde(default)]
    pub faults: Vec<domain::code::Fault>,
}

/// Sends a form. Values stand in the body, never in an address.
pub async fn post<T: DeserializeOwned>(path: &str, form: &[(&str, &str)]) -> Result<T, Refusal> {
    post_dated(path, form).await.map(|(answer, _)| answer)
}

/// The same, and when the server answered (RFC 9110 6.6.1): a desktop's own clock may be anywhere.
pub async fn post_dated<T: DeserializeOwned>(
    path: &str,
    form: &[(&str, &str)],
) -> Result<(T, Option<String>), Refusal> {
    let body = UrlSearchParams::new().map_err(|_| Refusal::default())?;
    for (name, value) in form {
        body.append(name, value);
    }
    send_dated(path, &body).await
}

/// Sends a form that is made already.
pub async fn send<T: DeserializeOwned>(path: &str, form: &UrlSearchParams) -> Result<T, Refusal> {
    send_dated(path, form).await.map(|(answer, _)| answer)
}

async fn send_dated<T: DeserializeOwned>(path: &str, form: &UrlSearchParams) -> Result<(T, Option<String>), Refusal> {
    let request = Request::post(path)
        .header("accept", "application/json")
        .header("content-type", "application/x-www-form-urlencoded")
        .abort_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)))
        .body(form.to_string().as_string().unwrap_or_default())
        .map_err(|_| Refusal::default())?;
    read(request).await
}

/// Fetches.
pub async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Refusal> {
    let request = Request::get(path).header("accept", "application/json").build().map_err(|_| Refusal::default())?;
    read(request).await.map(|(answer, _)| answer)
}

async fn read<T: DeserializeOwned>(request: Request) -> Result<(T, Option<String>), Refusal> {
    let answer = request.send().await.map_err(|_| Refusal::default())?;
    let text = Zeroizing::new(answer.text().await.map_err(|_| Refusal::default())?);
    if answer.ok() {
        let read = serde_json::from_str(&text).map_err(|_| Refusal::default())?;
        return Ok((read, answer.headers().get("date")));
    }
    Err(serde_json::from_str(&text).unwrap_or_default())
}
