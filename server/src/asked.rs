//! From a request to a form and a desk. Everything wrong on the way is recorded, if somebody is signed in,
//! before it is answered (A10).

use crate::answer;
use crate::cookies;
use crate::edge;
use crate::form::{BadForm, Form};
use crate::office::Site;
use crate::proxy::Client;
use axum::body::{Body, Bytes};
use axum::extract::{FromRef, FromRequest, FromRequestParts, MatchedPath, Request};
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::response::Response;
use backoffice::Entry;
use backoffice::auth::RequestStamp;
use domain::audit::event::{DeviceTag, Endpoint};
use domain::code::{Code, Fault};
use domain::desk::{Desk, DeskError, Seen};
use domain::id::RequestId;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;

/// Where a value is asked for: the one endpoint that never answers a page.
pub const REVEAL: &str = "/api/customers/reveal";

/// Where a page asks how far an export is: it asks by itself, so that makes no session last.
pub const EXPORT_STATUS: &str = "/api/exports/status";
/// Where a page asks how long its session lasts, without making it last.
pub const SESSION_STATUS: &str = "/api/session/status";
/// Where it asks that it last.
pub const SESSION_STAY: &str = "/api/session/stay";

/// What may be asked before the notice of secrecy is acknowledged: the way in, the notice, the way out.
const BEFORE_NOTICE: [&str; 17] = [
    // whoever opens a link is nobody yet
    "/enrol/{token}",
    "/api/enrol/open",
    "/api/enrol/finish",
    "/sign-in",
    "/sign-in/verify",
    "/sign-in/sso",
    "/sign-in/sso/back",
    "/sign-out",
    "/notice",
    "/language",
    "/api/sign_in",
    "/api/verify_totp",
    "/api/verify_passkey/begin",
    "/api/verify_passkey",
    "/api/sign_out",
    "/api/notice/read",
    "/api/notice/acknowledge",
];

/// The largest body: no form of ours is longer.
const BODY: usize = 16 * 1024;
/// How long a body may take to come, as its head may.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who sent a request, and from where.
pub struct Caller {
    /// The site it was sent to.
    pub site: Arc<Site>,
    /// The request, as events name it.
    pub stamp: RequestStamp,
    /// The desk of whoever is signed in, or why nobody is.
    pub desk: Result<Arc<dyn Desk>, DeskError>,
}

impl Caller {
    /// Answers with a refusal, recorded first if somebody is signed in.
    pub async fn refuse(&self, seen: Seen, error: DeskError) -> Response {
        let error = match &self.desk {
            Ok(desk) => desk.refused(seen, error).await,
            // Recorded as that already: the answer says what the record says.
            Err(first) if first.code() == Code::NoticeUnacknowledged => first.clone(),
            Err(_) => error,
        };
        answer::refusal(&error, self.stamp.request)
    }

    /// Answers with what the desk has refused, and recorded, itself.
    pub fn refused(&self, error: &DeskError) -> Response {
        answer::refusal(error, self.stamp.request)
    }
}

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Arc<Site>: FromRef<S>,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let site: Arc<Site> = FromRef::from_ref(state);
        let stamp = stamp(parts);
        let desk = match cookies::token(&parts.headers, cookies::SESSION) {
            Some(token) => site.office.enter(&token, stamp.clone(), entry(&stamp)).await,
            None => Err(Code::SignedOut.into()),
        };
        Ok(Self { site, stamp, desk })
    }
}

/// How a request counts for its session.
fn entry(stamp: &RequestStamp) -> Entry {
    match stamp.endpoint.as_str() {
        SESSION_STATUS => Entry::Look,
        EXPORT_STATUS => Entry::Glance,
        SESSION_STAY => Entry::Stay,
        route if BEFORE_NOTICE.contains(&route) => Entry::Doorway,
        _ => Entry::Work,
    }
}

fn stamp(parts: &Parts) -> RequestStamp {
    let request = parts.extensions.get::<RequestId>().copied();
    let route = parts.extensions.get::<MatchedPath>().and_then(|path| Endpoint::parse(path.as_str()));
    let address = parts.extensions.get::<Client>().and_then(|client| client.address);
    let agent = parts.headers.get(header::USER_AGENT).map(|agent| Sha256::digest(agent.as_bytes()));
    let device = agent.and_then(|hash| DeviceTag::parse(&data_encoding::HEXLOWER.encode(&hash[..8])));
    RequestStamp {
        request: request.unwrap_or(RequestId::from_bytes([0; 16])),
        endpoint: route.unwrap_or_else(Endpoint::unrouted),
        address,
        device,
    }
}

/// A caller and the form they sent, read whole and strictly.
pub struct Sent {
    /// Who.
    pub caller: Caller,
    /// What.
    pub form: Form,
    /// The headers.
    pub headers: axum::http::HeaderMap,
}

/// A signed-in caller of an endpoint, and the form.
pub struct Asked {
    /// What may be asked.
    pub desk: Arc<dyn Desk>,
    /// Who.
    pub caller: Caller,
    /// What.
    pub form: Form,
}

impl<S> FromRequest<S> for Sent
where
    S: Send + Sync,
    Arc<Site>: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(caller) = Caller::from_request_parts(&mut parts, state).await;
        match read(&caller, &parts, body).await {
            Ok(form) => Ok(Self { caller, form, headers: parts.headers }),
            Err(error) => Err(caller.refuse(Seen::default(), error).await),
        }
    }
}

impl<S> FromRequest<S> for Asked
where
    S: Send + Sync,
    Arc<Site>: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let Sent { caller, form, .. } = Sent::from_request(request, state).await?;
        match &caller.desk {
            Ok(desk) => Ok(Self { desk: desk.clone(), caller, form }),
            Err(error) => Err(answer::refusal(error, caller.stamp.request)),
        }
    }
}

async fn read(caller: &Caller, parts: &Parts, body: Body) -> Result<Form, DeskError> {
    if parts.method != Method::POST {
        return Err(Code::MethodNotAllowed.into());
    }
    if !edge::from_our_page(&caller.site, &parts.headers) {
        return Err(Code::ForeignOrigin.into());
    }
    // A value is for a script of ours that drops it in time, never for a page that keeps it (V4).
    let accept = parts.headers.get_all(header::ACCEPT).iter();
    // Media types are the same in capitals (RFC 9110 8.3.1).
    let names_html = accept
        .map(|value| value.as_bytes().to_ascii_lowercase())
        .any(|value| value.windows(b"text/html".len()).any(|word| word == b"text/html"));
    if names_html && caller.stamp.endpoint.as_str() == REVEAL {
        return Err(Code::NotAcceptable.into());
    }
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if parts.uri.query().is_some() {
        // Nothing of a form ever stands in an address.
        return Err(DeskError::Invalid(vec![Fault::new("", "unknown_parameter")]));
    }
    let bytes = whole(body, PATIENCE).await?;
    let is_form = kind.eq_ignore_ascii_case("application/x-www-form-urlencoded");
    let is_nothing = kind.is_empty() && bytes.is_empty();
    if !is_form && !is_nothing {
        return Err(Code::NotAForm.into());
    }
    Form::parse(&bytes).map_err(|bad| {
        let code = match bad {
            BadForm::Utf8 => "invalid_utf8",
            BadForm::Nul => "nul",
            BadForm::Escape => "bad_escape",
            BadForm::Repeated => "repeated_parameter",
        };
        DeskError::Invalid(vec![Fault::new("", code)])
    })
}

/// A body that came whole, small and soon. Who sends one byte at a time holds a connection, and no longer.
async fn whole(body: Body, patience: Duration) -> Result<Bytes, Code> {
    match tokio::time::timeout(patience, axum::body::to_bytes(body, BODY)).await {
        Ok(read) => read.map_err(|_| Code::BodyTooLarge),
        Err(_) => Err(Code::BodyTooSlow),
    }
}

/// Records and answers what no route takes: an unknown address under `/api/`, a method it has not.
pub async fn unrouted(caller: Caller, method: Method) -> Response {
    let code = if method == Method::GET || method == Method::HEAD { Code::NotFound } else { Code::MethodNotAllowed };
    caller.refuse(Seen::default(), code.into()).await
}

/// The same for a method that the route does not have.
pub async fn wrong_method(caller: Caller) -> Response {
    caller.refuse(Seen::default(), Code::MethodNotAllowed.into()).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::HttpBody;
    use hyper::body::Frame;
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    /// A body of which more is always about to come.
    struct Never;

    impl HttpBody for Never {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Pending
        }
    }

    #[tokio::test]
    async fn u6_a_body_comes_whole_small_and_soon_or_not_at_all() {
        let read = |body: Vec<u8>| whole(body.into(), PATIENCE);
        assert_eq!(read(vec![b'x'; BODY]).await.map(|bytes| bytes.len()), Ok(BODY));
        assert_eq!(read(vec![b'x'; BODY + 1]).await, Err(Code::BodyTooLarge));
        assert_eq!(whole(Body::new(Never), Duration::from_millis(1)).await, Err(Code::BodyTooSlow));
    }
}
