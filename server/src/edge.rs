//! What every request passes, outermost first: a request id, a trace without data, headers, the host.

use crate::health::PROBES;
use crate::listen::Peer;
use crate::office::Site;
use crate::proxy::Client;
use crate::{metrics, routes, telemetry};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use backoffice::spans;
use backoffice::system::{Stopwatch, new_id};
use domain::code::Code;
use domain::desk::DeskError;
use domain::id::RequestId;
use std::sync::Arc;
use tracing::Instrument;

/// As the answer names the request.
static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names the request, refuses a foreign host, sets the headers, and logs one line with ids and no data.
pub async fn pass(State(site): State<Arc<Site>>, mut request: Request, next: Next) -> Response {
    let (started, took) = (site.office.clock().now(), Stopwatch::begin());
    let id = RequestId::from_bytes(new_id(started, &**site.office.entropy()));
    request.extensions_mut().insert(id);
    let (method, version) = (request.method().clone(), request.version());
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    // A load balancer asks by address: these two show nothing, change nothing, and know nobody.
    let is_probe = method == Method::GET && route.as_deref().is_some_and(|route| PROBES.contains(&route));
    let whence = if is_probe { Ok(Client::default()) } else { whence(&site, &request) };
    let span = spans::request(metrics::method(&method), routes::known(route.as_deref()), id);
    let mut response = match whence {
        Ok(client) => {
            if site.proxies.is_some() && !is_probe {
                // It came by a proxy that is named, and what that says of its trace is believed as its address is.
                telemetry::join(&span, request.headers());
            }
            request.extensions_mut().insert(client);
            next.run(request).instrument(span.clone()).await
        }
        // Nobody is signed in here: a browser sends no cookie to a host that is not ours.
        Err(code) => crate::answer::refusal(&DeskError::Refused(code), id),
    };
    protect(response.headers_mut(), site.secure());
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(REQUEST_ID.clone(), value);
    }
    if site.health.is_draining() && version <= Version::HTTP_11 {
        // The next request of this client finds another instance, not a connection that is about to close.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    spans::answered(&span, response.status().as_u16());
    metrics::answered(route.as_deref(), response.status(), took.elapsed());
    tracing::info!(
        request = %id,
        %method,
        route = route.as_deref().unwrap_or("-"),
        status = response.status().as_u16(),
        duration_ms = site.office.clock().now().since(started).millis(),
        "answered"
    );
    response
}

/// Where the request came from, if it came for us and by a way of ours (U6, U8).
fn whence(site: &Site, request: &Request) -> Result<Client, Code> {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0);
    let client = match (&site.proxies, peer) {
        (None, _) => Client { address: peer, secure: None },
        (Some(proxies), Some(peer)) => proxies.client(peer, request.headers()).map_err(|_| Code::ForeignPeer)?,
        (Some(_), None) => return Err(Code::ForeignPeer),
    };
    // A scheme is part of the origin: what came to the proxy in the clear came to another one.
    let ours = site.serves_host(request.uri(), request.headers()) && client.secure != Some(false);
    if ours { Ok(client) } else { Err(Code::ForeignHost) }
}

/// Headers for every answer (U6; ASVS 3.4). A page has set its own policy with a nonce; all else may load
/// nothing.
fn protect(headers: &mut HeaderMap, secure: bool) {
    let fixed: [(HeaderName, &'static str); 7] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=(), display-capture=(), clipboard-read=()",
        ),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Where the origin is plain HTTP, on loopback, nothing else is served that a browser could be sent to.
    if secure {
        let value = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// Whether a state-changing request came from a page of ours (U6): the browser says so, or the configured
/// origin stands in `Origin`, as a script sends it. With neither it is refused.
pub fn from_our_page(site: &Site, headers: &HeaderMap) -> bool {
    let one = |name: &HeaderName| {
        let mut all = headers.get_all(name).iter();
        let first = all.next().map(|value| value.to_str().unwrap_or("?"));
        if all.next().is_some() { Some("?") } else { first }
    };
    match (one(&HeaderName::from_static("sec-fetch-site")), one(&header::ORIGIN)) {
        (Some(site), _) if site != "same-origin" => false,
        (_, Some(origin)) => site.serves_origin(origin),
        (Some(_), None) => true,
        (None, None) => false,
    }
}
