//! What the handlers share: the back office and the site that it is served as.

use crate::health::Health;
use crate::metrics::Metrics;
use crate::proxy::Proxies;
use crate::sso::SingleSignOn;
use axum::http::{HeaderMap, Uri, header};
use backoffice::BackOffice;
use std::sync::Arc;

/// A served site.
pub struct Site {
    /// Everything behind the desk.
    pub office: Arc<BackOffice>,
    /// The origins served: one, and in a demo the other names of this machine too.
    pub origins: Vec<String>,
    /// Whether codes and guests are shown.
    pub demo: bool,
    /// The proxies in front, if there are any: then nobody else is answered (U8).
    pub proxies: Option<Proxies>,
    /// The way in by an identity provider, if there is one (U9).
    pub sso: Option<Arc<SingleSignOn>>,
    /// What the process knows of itself (O3).
    pub health: Health,
    /// Numbers about it, if anyone may read them.
    pub metrics: Option<Arc<Metrics>>,
}

impl Site {
    /// Whether that is an origin of ours.
    pub fn serves_origin(&self, origin: &str) -> bool {
        self.origins.iter().any(|known| known == origin)
    }

    /// Whether the request is for a host of ours (U6: a foreign one is refused, against DNS rebinding). HTTP/2
    /// names it in the address, HTTP/1.1 in `Host`; where both do, both must be ours.
    pub fn serves_host(&self, address: &Uri, headers: &HeaderMap) -> bool {
        let mut hosts = headers.get_all(header::HOST).iter();
        let (host, None) = (hosts.next(), hosts.next()) else { return false };
        let named = [host.map(|host| host.to_str().unwrap_or("?")), address.authority().map(|known| known.as_str())];
        let mut named = named.into_iter().flatten().peekable();
        named.peek().is_some() && named.all(|host| self.origins.iter().any(|origin| host_of(origin) == Some(host)))
    }

    /// Whether browsers are to come by TLS and never otherwise.
    pub fn secure(&self) -> bool {
        self.origins.iter().all(|origin| origin.starts_with("https://"))
    }
}

/// `localhost:3000` of `http://localhost:3000`.
fn host_of(origin: &str) -> Option<&str> {
    origin.split_once("://").map(|(_, host)| host)
}
