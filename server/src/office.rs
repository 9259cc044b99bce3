//! What the handlers share: the back office and the site that it is served as.

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
}

impl Site {
    /// Whether that is an origin of ours.
    pub fn serves_origin(&self, origin: &str) -> bool {
        self.origins.iter().any(|known| known == origin)
    }

    /// Whether the request is for a host of ours (U6: a foreign one is refused, against DNS rebinding).
    pub fn serves_host(&self, headers: &HeaderMap) -> bool {
        let mut hosts = headers.get_all(header::HOST).iter();
        let (Some(host), None) = (hosts.next().and_then(|host| host.to_str().ok()), hosts.next()) else {
            return false;
        };
        self.origins.iter().any(|origin| host_of(origin).is_some_and(|known| known == host))
    }
}

/// `localhost:3000` of `http://localhost:3000`.
fn host_of(origin: &str) -> Option<String> {
    let uri: Uri = origin.parse().ok()?;
    uri.authority().map(ToString::to_string)
}
