//! Spans for a collector (O3): OTLP by HTTP, sent by a client of our own. Off unless a collector is named. What may
//! leave is named in `backoffice::spans`; nothing else passes the filter here.

use crate::sso::client::converse;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Request, Response, header};
use backoffice::spans;
use backoffice::system::{Entropy, SystemEntropy, random};
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{IdGenerator, Sampler, SdkTracerProvider};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tracing::level_filters::LevelFilter;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;
use url::Url;

/// From the connection to the answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where spans are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collector {
    host: String,
    port: u16,
}

impl Collector {
    /// `http://host:port`: a collector stands beside us, or on a network that is trusted.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let plain = url.username().is_empty() && url.password().is_none() && url.path() == "/";
        let fits = url.scheme() == "http" && plain && url.query().is_none() && url.fragment().is_none();
        let host = url.host_str().filter(|_| fits)?.trim_matches(['[', ']']).to_owned();
        Some(Self { host, port: url.port().unwrap_or(80) })
    }

    fn traces(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        format!("http://{host}:{}/v1/traces", self.port)
    }
}

/// Spans on their way.
pub struct Telemetry(SdkTracerProvider);

impl Telemetry {
    /// To that collector, by that runtime. It is not asked yet: one that is down stops no start.
    pub fn to(collector: Collector, runtime: Handle) -> anyhow::Result<Self> {
        let address = collector.traces();
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Post { collector, runtime })
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(address)
            .with_timeout(PATIENCE)
            .build()?;
        // Nothing of the machine or its environment is told but the program's name.
        let resource = Resource::builder_empty().with_attribute(KeyValue::new("service.name", "grille")).build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::AlwaysOn)))
            .with_id_generator(Ids(Arc::new(SystemEntropy)))
            .with_resource(resource)
            .build();
        Ok(Self(provider))
    }

    /// What takes spans up. Neither lines of the program's own log, nor places in its code, nor its threads leave.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let layer = tracing_opentelemetry::layer().with_tracer(self.0.tracer("grille"));
        let layer = layer.with_location(false).with_threads(false).with_tracked_inactivity(false).with_target(false);
        let ours = filter_fn(spans::may_leave).with_max_level_hint(LevelFilter::INFO);
        layer.with_level(false).with_filter(ours)
    }

    /// Sends what waits, and ends. It blocks: a collector that says nothing is waited for only so long.
    pub fn end(&self) {
        if let Err(error) = self.0.shutdown_with_timeout(PATIENCE) {
            tracing::warn!(%error, "some spans did not leave");
        }
    }
}

/// Makes a request part of the trace that a proxy of ours began (W3C Trace Context). Whoever else names one is not
/// believed.
pub fn join(span: &Span, headers: &HeaderMap) {
    let mut sent = headers.get_all("traceparent").iter();
    if let (Some(one), None) = (sent.next(), sent.next())
        && let Some(parent) = parent(one)
    {
        drop(span.set_parent(Context::new().with_remote_span_context(parent)));
    }
}

/// Version 00, and nothing behind it; another version is another format.
fn parent(header: &HeaderValue) -> Option<SpanContext> {
    let mut parts = header.to_str().ok()?.split('-');
    let (version, trace, span, flags, None) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next())
    else {
        return None;
    };
    let hex = data_encoding::HEXLOWER;
    let trace = TraceId::from_bytes(hex.decode(trace.as_bytes()).ok()?.try_into().ok()?);
    let span = SpanId::from_bytes(hex.decode(span.as_bytes()).ok()?.try_into().ok()?);
    let [flags] = hex.decode(flags.as_bytes()).ok()?[..] else { return None };
    let context = SpanContext::new(trace, span, TraceFlags::new(flags & 1), true, TraceState::NONE);
    (version == "00" && context.is_valid()).then_some(context)
}

/// One request a connection, each sent by the runtime: the exporter's thread has none.
#[derive(Debug)]
struct Post {
    collector: Collector,
    runtime: Handle,
}

#[async_trait::async_trait]
impl HttpClient for Post {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let Collector { host, port } = self.collector.clone();
        let sent = self.runtime.spawn(async move {
            let (mut head, body) = request.into_parts();
            let authority = head.uri.authority().map(|known| HeaderValue::from_str(known.as_str())).transpose()?;
            head.headers.extend(authority.map(|host| (header::HOST, host)));
            head.uri = head.uri.path().parse()?;
            let request = Request::from_parts(head, Body::from(body));
            let exchange = async { converse(TcpStream::connect((host, port)).await?, request).await };
            let (status, body) = tokio::time::timeout(PATIENCE, exchange).await??;
            Ok::<_, HttpError>(Response::builder().status(status).body(body)?)
        });
        sent.await?
    }
}

/// Ids from where all randomness comes.
struct Ids(Arc<dyn Entropy>);

impl std::fmt::Debug for Ids {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ids")
    }
}

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> TraceId {
        TraceId::from_bytes(random(&*self.0))
    }
    fn new_span_id(&self) -> SpanId {
        SpanId::from_bytes(random(&*self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o3_a_collector_is_an_address_without_a_path_a_query_or_a_password() {
        for (ours, traces) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
            ("http://[::1]:4318/", "http://[::1]:4318/v1/traces"),
            ("http://collector.bank.example", "http://collector.bank.example:80/v1/traces"),
        ] {
            assert_eq!(Collector::parse(ours).map(|known| known.traces()).as_deref(), Some(traces));
        }
        for not in [
            "",
            "127.0.0.1:4318",
            "https://a.example",
            "http://a.example/x",
            "http://u:p@a.example",
            "http://a.example/?x",
        ] {
            assert_eq!(Collector::parse(not), None, "{not}");
        }
    }

    #[test]
    fn o3_a_trace_parent_is_spelled_as_w3c_has_it_or_there_is_none() {
        const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let read = |text: &str| parent(&HeaderValue::from_str(text).unwrap());
        let context = read(GOOD).unwrap();
        assert_eq!(context.trace_id().to_string(), "0af7651916cd43dd8448eb211c80319c");
        assert!(context.is_remote() && context.is_sampled());
        for bad in [
            "",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0af7-b7ad-01",
        ] {
            assert!(read(bad).is_none(), "{bad}");
        }
    }
}
