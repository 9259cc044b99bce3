//! Asking the server: forms out, JSON in.

use gloo_net::http::Request;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use web_sys::UrlSearchParams;

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
    let body = UrlSearchParams::new().map_err(|_| Refusal::default())?;
    for (name, value) in form {
        body.append(name, value);
    }
    let request = Request::post(path)
        .header("accept", "application/json")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.to_string().as_string().unwrap_or_default())
        .map_err(|_| Refusal::default())?;
    read(request).await
}

/// Fetches.
pub async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Refusal> {
    read(Request::get(path).header("accept", "application/json").build().map_err(|_| Refusal::default())?).await
}

async fn read<T: DeserializeOwned>(request: Request) -> Result<T, Refusal> {
    let answer = request.send().await.map_err(|_| Refusal::default())?;
    let text = answer.text().await.map_err(|_| Refusal::default())?;
    if answer.ok() {
        return serde_json::from_str(&text).map_err(|_| Refusal::default());
    }
    Err(serde_json::from_str(&text).unwrap_or_default())
}
