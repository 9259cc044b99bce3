//! `/metrics`: numbers about the process, for Prometheus. Off unless there is a listener for them alone, or a word to ask
//! by. What they are is named in `backoffice::measure`.

use crate::config;
use crate::health;
use crate::listen;
use crate::office::Site;
use crate::routes;
use crate::tls::open_to_others;
use anyhow::{Context, bail};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use backoffice::measure::{self, Gauge, Label};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use ring::digest::{SHA256, digest};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use zeroize::Zeroizing;

/// Where they are.
pub const METRICS: &str = "/metrics";
/// A shorter word is guessed.
const SHORTEST: usize = 16;
/// Samples wait in memory until they are counted into their buckets.
const UPKEEP: Duration = Duration::from_secs(5);
/// From what a reveal may take to what makes people call.
const SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];
/// As many as a transaction takes.
const ACTS: [f64; 8] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];

/// Numbers that are kept, and who may read them.
pub struct Metrics {
    handle: PrometheusHandle,
    /// Digest of the word that is asked for.
    word: Option<[u8; 32]>,
    addr: Option<SocketAddr>,
}

impl Metrics {
    /// As configured; `None` if nobody may read any: then none are kept.
    pub fn open(config: &config::Metrics) -> anyhow::Result<Option<Self>> {
        if config.addr.is_none() && config.token_file.is_none() {
            return Ok(None);
        }
        let word = config.token_file.as_deref().map(read_word).transpose()?;
        let builder = PrometheusBuilder::new().set_buckets(&SECONDS)?;
        let builder = builder.set_buckets_for_metric(Matcher::Full("grille_batch_acts".into()), &ACTS)?;
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).context("metrics are kept already")?;
        measure::begin();
        Ok(Some(Self { handle, word, addr: config.addr }))
    }

    /// Counts what waits to be counted, as long as the process lives.
    pub async fn keep(self: Arc<Self>) {
        let mut rounds = tokio::time::interval(UPKEEP);
        loop {
            rounds.tick().await;
            self.handle.run_upkeep();
        }
    }

    /// The listener for them alone, if there is to be one.
    pub async fn listen(&self) -> anyhow::Result<Option<TcpListener>> {
        let Some(addr) = self.addr else { return Ok(None) };
        let bound = TcpListener::bind(addr).await;
        Ok(Some(bound.with_context(|| format!("metrics.addr: {addr} cannot be listened on: is it in use?"))?))
    }

    /// Whether these headers have the word, if one is asked for.
    fn knows(&self, headers: &HeaderMap) -> bool {
        let Some(word) = &self.word else { return true };
        let sent = headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes).unwrap_or_default();
        let sent = sent.strip_prefix(b"Bearer ").unwrap_or_default();
        // Digests of one length: what is compared, and for how long, says nothing of the word.
        subtle::ConstantTimeEq::ct_eq(digest(&SHA256, sent).as_ref(), &word[..]).into()
    }

    async fn told(&self, site: &Site) -> Response {
        measure::readiness(&health::missing(site).await);
        site.office.take_vitals().await;
        measure::set(Gauge::Memory, resident().map(|bytes| bytes as f64));
        let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
        ([(header::CONTENT_TYPE, kind)], self.handle.render()).into_response()
    }
}

/// Serves them on a listener of their own until `stop`.
pub async fn serve(listener: TcpListener, site: Arc<Site>, stop: impl Future<Output = ()>) {
    let router = Router::new().route(METRICS, get(alone)).with_state(site);
    listen::serve(listener, None, router, stop).await;
}

async fn alone(State(site): State<Arc<Site>>, headers: HeaderMap) -> Response {
    answer(&site, &headers).await
}

/// `/metrics` of the site: there only for who knows the word, and not at all beside a listener of its own.
pub async fn here(State(site): State<Arc<Site>>, headers: HeaderMap) -> Response {
    match &site.metrics {
        Some(metrics) if metrics.addr.is_none() => answer(&site, &headers).await,
        Some(_) | None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn answer(site: &Site, headers: &HeaderMap) -> Response {
    match &site.metrics {
        Some(metrics) if metrics.knows(headers) => metrics.told(site).await,
        Some(_) => {
            (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))]).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// One line, for its owner's eyes.
fn read_word(file: &Path) -> anyhow::Result<[u8; 32]> {
    let named = || format!("metrics.token_file: {} cannot be read", file.display());
    if open_to_others(&std::fs::metadata(file).with_context(named)?) {
        bail!(
            "metrics.token_file: {} can be read or written by others than its owner: set its mode to 0600",
            file.display()
        );
    }
    let text = Zeroizing::new(std::fs::read(file).with_context(named)?);
    let word = text.trim_ascii_end();
    if word.len() < SHORTEST || !word.iter().all(u8::is_ascii_graphic) {
        bail!("metrics.token_file: {} holds no word of {SHORTEST} characters or more", file.display());
    }
    digest(&SHA256, word).as_ref().try_into().context("a digest")
}

/// Resident memory, as Linux tells it.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kb| kb * 1024)
}

/// A request was answered. Its address is not told: only which of our routes took it.
pub fn answered(route: Option<&str>, status: StatusCode, took: Duration) {
    measure::request(Label::of(routes::known(route)), Label::of(status_text(status)), took);
}

/// A method that is ours, as traces name it.
pub const fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "_OTHER",
    }
}

/// Statuses that are answered here, and a class for whatever else may be.
fn status_text(status: StatusCode) -> &'static str {
    const KNOWN: [(u16, &str); 20] = [
        (200, "200"),
        (303, "303"),
        (304, "304"),
        (400, "400"),
        (401, "401"),
        (403, "403"),
        (404, "404"),
        (405, "405"),
        (406, "406"),
        (408, "408"),
        (409, "409"),
        (410, "410"),
        (413, "413"),
        (415, "415"),
        (421, "421"),
        (422, "422"),
        (429, "429"),
        (500, "500"),
        (502, "502"),
        (503, "503"),
    ];
    match KNOWN.iter().find(|(known, _)| *known == status.as_u16()) {
        Some((_, text)) => text,
        None if status.is_success() => "2xx",
        None if status.is_redirection() => "3xx",
        None if status.is_client_error() => "4xx",
        None => "5xx",
    }
}
