//! Asking the provider: one request a connection, no redirect followed, no cookie kept, an answer that comes soon and
//! is small, or none.

use axum::body::{Body, Bytes};
use http::{Method, Request, StatusCode, header};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

/// From the name's resolution to the answer's last byte.
const PATIENCE: Duration = Duration::from_secs(5);
/// The largest answer: key sets with certificates in them are the longest.
const LARGEST: usize = 256 * 1024;

/// Where a provider is asked: TLS, or a provider on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// An address by TLS, or by plain HTTP on loopback.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let loopback = match url.host()? {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => ip.is_loopback(),
        };
        let fits = url.scheme() == "https" || (url.scheme() == "http" && loopback);
        let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        (fits && plain).then_some(Self(url))
    }

    /// Whether by TLS.
    pub fn is_secure(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// As an address to send a browser to, with more of a query.
    pub fn with(&self, query: &[(&str, &str)]) -> String {
        let mut url = self.0.clone();
        url.query_pairs_mut().extend_pairs(query);
        url.into()
    }

    /// Whether something stands behind the path.
    pub fn has_query(&self) -> bool {
        self.0.query().is_some()
    }
}

/// Why certificate authorities cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The file that was named holds none.
    #[error("sso.ca_file: {0} cannot be read, or holds no certificate in PEM")]
    NoCertificate(PathBuf),
    /// This machine has none.
    #[error("sso: this machine has no certificate authorities: name the provider's in sso.ca_file")]
    NoneHere,
    /// rustls has no use for them.
    #[error("sso: TLS cannot be spoken: {0}")]
    Unusable(#[from] rustls::Error),
}

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// Not in time.
    #[error("not in time")]
    Late,
    /// No connection.
    #[error("no connection: {0}")]
    Connection(#[from] std::io::Error),
    /// The name of the host is none.
    #[error("no host")]
    Host,
    /// What came is no HTTP, or there was too much of it.
    #[error("no HTTP, or too much of it")]
    Http,
}

/// Asks.
pub struct Client {
    tls: TlsConnector,
    patience: Duration,
}

impl Client {
    /// One that trusts these authorities, or the machine's. By plain HTTP it trusts nobody, and needs not.
    pub fn new(ca_file: Option<&Path>, secure: bool) -> Result<Self, TrustError> {
        let mut roots = RootCertStore::empty();
        match ca_file {
            Some(file) => {
                let none = || TrustError::NoCertificate(file.into());
                let pem = std::fs::read(file).map_err(|_| none())?;
                let all = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>().map_err(|_| none())?;
                if all.is_empty() || roots.add_parsable_certificates(all).0 == 0 {
                    return Err(none());
                }
            }
            None if secure => {
                let (added, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
                if added == 0 {
                    return Err(TrustError::NoneHere);
                }
            }
            None => (),
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(&[&TLS13, &TLS12])?;
        let config = builder.with_root_certificates(roots).with_no_client_auth();
        Ok(Self { tls: TlsConnector::from(Arc::new(config)), patience: PATIENCE })
    }

    /// `GET`
    pub async fn get(&self, address: &Address) -> Result<(StatusCode, Bytes), NoAnswer> {
        self.ask(address, Request::builder().method(Method::GET), String::new()).await
    }

    /// `POST` of a form, under HTTP Basic if credentials are given.
    pub async fn post(
        &self,
        address: &Address,
        basic: Option<&str>,
        form: &[(&str, &str)],
    ) -> Result<(StatusCode, Bytes), NoAnswer> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let mut request = Request::builder().method(Method::POST);
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(basic) = basic {
            request = request.header(header::AUTHORIZATION, format!("Basic {basic}"));
        }
        self.ask(address, request, body).await
    }

    async fn ask(
        &self,
        Address(url): &Address,
        request: http::request::Builder,
        body: String,
    ) -> Result<(StatusCode, Bytes), NoAnswer> {
        let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
        let request = request.uri(target).header(header::HOST, host).header(header::ACCEPT, "application/json");
        let request = request.body(Body::from(body)).map_err(|_| NoAnswer::Host)?;
        tokio::time::timeout(self.patience, self.exchange(url, request)).await.map_err(|_| NoAnswer::Late)?
    }

    async fn exchange(&self, url: &Url, request: Request<Body>) -> Result<(StatusCode, Bytes), NoAnswer> {
        let port = url.port_or_known_default().ok_or(NoAnswer::Host)?;
        let (stream, name) = match url.host().ok_or(NoAnswer::Host)? {
            Host::Domain(name) => (TcpStream::connect((name, port)).await?, ServerName::try_from(name.to_owned()).ok()),
            Host::Ipv4(ip) => (TcpStream::connect((ip, port)).await?, Some(ServerName::from(std::net::IpAddr::V4(ip)))),
            Host::Ipv6(ip) => (TcpStream::connect((ip, port)).await?, Some(ServerName::from(std::net::IpAddr::V6(ip)))),
        };
        if url.scheme() == "https" {
            let stream = self.tls.connect(name.ok_or(NoAnswer::Host)?, stream).await?;
            return converse(stream, request).await;
        }
        converse(stream, request).await
    }
}

/// One request on a connection of its own, and its answer.
pub async fn converse<S>(stream: S, request: Request<Body>) -> Result<(StatusCode, Bytes), NoAnswer>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| NoAnswer::Http)?;
    let conversation = async {
        let (head, body) = sender.send_request(request).await.map_err(|_| NoAnswer::Http)?.into_parts();
        let body = axum::body::to_bytes(Body::new(body), LARGEST).await.map_err(|_| NoAnswer::Http)?;
        Ok((head.status, body))
    };
    // The connection is driven here and nowhere else, so that it ends with whoever gave the question up.
    tokio::pin!(conversation);
    tokio::select! {
        biased;
        answer = &mut conversation => answer,
        _ = connection => conversation.await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u9_a_provider_is_asked_by_tls_or_on_this_machine() {
        for ours in
            ["https://id.bank.example/realms/bank", "http://127.0.0.1:9000", "http://[::1]:9000/x", "http://localhost"]
        {
            assert!(Address::parse(ours).is_some(), "{ours}");
        }
        for not in [
            "",
            "id.bank.example",
            "http://id.bank.example",
            "http://127.0.0.1.bank.example",
            "http://localhost.bank.example",
            "http://10.0.0.1",
            "ftp://localhost",
            "file:///etc/passwd",
            "https://user@id.bank.example",
            "https://user:word@id.bank.example",
            "https://id.bank.example/#x",
            "javascript:alert(1)",
        ] {
            assert!(Address::parse(not).is_none(), "{not}");
        }
    }

    #[tokio::test]
    async fn u9_a_provider_that_takes_a_connection_and_says_nothing_is_not_waited_for() {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = Address::parse(&format!("http://{}", silent.local_addr().unwrap())).unwrap();
        let client = Client { patience: Duration::from_millis(1), ..Client::new(None, false).unwrap() };
        assert!(matches!(client.get(&address).await, Err(NoAnswer::Late)));
    }

    #[test]
    fn u9_what_is_asked_of_a_browser_is_escaped() {
        let address = Address::parse("https://id.bank.example/auth?realm=1").unwrap();
        let told = address.with(&[("scope", "openid profile"), ("state", "a&b=c")]);
        assert_eq!(told, "https://id.bank.example/auth?realm=1&scope=openid+profile&state=a%26b%3Dc");
    }
}
