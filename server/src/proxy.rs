//! Who sent a request, when proxies stand in front (U8). A header is believed only when a proxy that the
//! configuration names has brought it, and only as far as such proxies have written it.

mod network;

pub use network::{BadNetwork, Network};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};

/// Which headers the proxies write. The others are never read: what a proxy does not write, anyone may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Written {
    /// `Forwarded` (RFC 7239).
    Forwarded,
    /// `X-Forwarded-For` and `X-Forwarded-Proto`.
    XForwarded,
}

/// The proxies in front.
#[derive(Clone, Debug)]
pub struct Proxies {
    /// From where they speak to us.
    pub trusted: Vec<Network>,
    /// How.
    pub written: Written,
}

/// Where a request came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// The address nearest to us that is no proxy's. `None` if the proxies did not tell one.
    pub address: Option<IpAddr>,
    /// Whether the proxy was spoken to by TLS, if it told.
    pub secure: Option<bool>,
}

/// The peer is none of the proxies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoProxy;

impl Proxies {
    /// What the proxies say of a request that `peer` brought.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Result<Client, NoProxy> {
        if !self.names(peer) {
            return Err(NoProxy);
        }
        let (hops, scheme) = match self.written {
            Written::Forwarded => forwarded(headers),
            Written::XForwarded => x_forwarded(headers),
        };
        let secure = scheme.map(|scheme| scheme.eq_ignore_ascii_case("https"));
        Ok(Client { address: self.nearest(&hops), secure })
    }

    fn names(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.holds(address))
    }

    /// Each hop was written by the one to its right, and the last one by our peer. So hops are read from the
    /// right, for as long as whoever wrote them is ours: the first that is not is the client, and all that
    /// stands left of it is the client's own story.
    fn nearest(&self, hops: &[Option<IpAddr>]) -> Option<IpAddr> {
        let mut nearest = None;
        for hop in hops.iter().rev() {
            nearest = *hop;
            if nearest.is_none_or(|address| !self.names(address)) {
                break;
            }
        }
        nearest
    }
}

/// All lines of a header as one list, as RFC 9110 5.3 has it.
fn lines<'a>(headers: &'a HeaderMap, name: &'static str) -> impl Iterator<Item = &'a str> {
    let text = |value: &'a HeaderValue| value.to_str().unwrap_or_default();
    headers.get_all(HeaderName::from_static(name)).iter().map(text)
}

fn x_forwarded(headers: &HeaderMap) -> (Vec<Option<IpAddr>>, Option<String>) {
    let hops = lines(headers, "x-forwarded-for").flat_map(|line| line.split(','));
    let schemes = lines(headers, "x-forwarded-proto").flat_map(|line| line.split(','));
    (hops.map(|hop| address(hop.trim())).collect(), schemes.last().map(|scheme| scheme.trim().to_owned()))
}

/// `for=192.0.2.7;proto=https, for="[2001:db8::7]:4711"`: the hops, and the scheme that the last proxy saw.
fn forwarded(headers: &HeaderMap) -> (Vec<Option<IpAddr>>, Option<String>) {
    let (mut hops, mut scheme) = (Vec::new(), None);
    for line in lines(headers, "forwarded") {
        // One element that cannot be read spoils its line: a quote that a client left open would else take the
        // proxy's own words for the client's.
        let elements: Option<Vec<_>> = outside_quotes(line, ',').into_iter().map(parameters).collect();
        for parameters in elements.unwrap_or_else(|| vec![Vec::new()]) {
            let value = |name: &str| {
                let mut named = parameters.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
                let value = named.next().map(|(_, value)| *value);
                // Said twice, it is not said: which would be right?
                if named.next().is_some() { None } else { value }
            };
            hops.push(value("for").and_then(address));
            scheme = value("proto").map(ToOwned::to_owned);
        }
    }
    (hops, scheme)
}

/// The parts of a text between separators that do not stand in a quoted string.
fn outside_quotes(text: &str, separator: char) -> Vec<&str> {
    let mut quoted = false;
    let split = text.split(|c: char| {
        quoted ^= c == '"';
        c == separator && !quoted
    });
    split.collect()
}

/// The pairs of one element, if it is one: `token=token` or `token="text"`. What would need an escape is no
/// address and no scheme.
fn parameters(element: &str) -> Option<Vec<(&str, &str)>> {
    let pairs = outside_quotes(element, ';').into_iter().map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        let bare = value.strip_prefix('"').map_or(Some(value), |rest| rest.strip_suffix('"'))?;
        let plain = !name.is_empty() && !bare.is_empty() && !pair.contains('\\') && !bare.contains('"');
        (plain && !name.contains(['"', ' '])).then_some((name, bare))
    });
    pairs.collect()
}

/// An address with or without a port. `unknown`, `_hidden` and all else are none.
fn address(text: &str) -> Option<IpAddr> {
    let bare = || text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text).parse().ok();
    let address = text.parse().map(|with_port: SocketAddr| with_port.ip()).ok().or_else(bare);
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(written: Written, peer: &str, lines: &[(&'static str, &str)]) -> Result<Client, NoProxy> {
        let trusted = ["10.0.0.0/8", "2001:db8:1::/48"].map(|text| Network::parse(text).unwrap()).into();
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        Proxies { trusted, written }.client(peer.parse().unwrap(), &headers)
    }

    fn told(written: Written, lines: &[(&'static str, &str)]) -> Option<String> {
        client(written, "10.0.0.1", lines).unwrap().address.map(|address| address.to_string())
    }

    #[test]
    fn u8_the_client_is_the_rightmost_address_that_is_no_proxys() {
        for (lines, address) in [
            (&["192.0.2.7"][..], Some("192.0.2.7")),
            (&["1.1.1.1, 192.0.2.7"], Some("192.0.2.7")),
            (&["1.1.1.1, 192.0.2.7, 10.0.0.9"], Some("192.0.2.7")),
            // What the client wrote stands in a line of its own; the proxy's follows.
            (&["10.0.0.9", "192.0.2.7"], Some("192.0.2.7")),
            (&["192.0.2.7, 10.0.0.9", "10.2.0.1"], Some("192.0.2.7")),
            (&["192.0.2.7:4711"], Some("192.0.2.7")),
            (&["[2001:db8::7]:4711"], Some("2001:db8::7")),
            (&["2001:db8::7, 2001:db8:1::1"], Some("2001:db8::7")),
            (&["::ffff:192.0.2.7"], Some("192.0.2.7")),
            (&["10.3.3.3"], Some("10.3.3.3")),
            // Beyond what cannot be read nobody of ours has written.
            (&["192.0.2.7, unknown"], None),
            (&["192.0.2.7, , 10.0.0.9"], None),
            (&["192.0.2.7' OR 1=1"], None),
            (&[""], None),
            (&[], None),
        ] {
            let lines: Vec<_> = lines.iter().map(|line| ("x-forwarded-for", *line)).collect();
            assert_eq!(told(Written::XForwarded, &lines).as_deref(), address, "{lines:?}");
        }
    }

    #[test]
    fn u8_forwarded_is_read_as_rfc_7239_writes_it() {
        for (lines, address) in [
            (&["for=192.0.2.7;proto=https;by=10.0.0.1"][..], Some("192.0.2.7")),
            (&["For=\"[2001:db8::7]:4711\""], Some("2001:db8::7")),
            (&["for=1.1.1.1, for=192.0.2.7 , for=10.0.0.9"], Some("192.0.2.7")),
            (&["for=1.1.1.1", "for=\"192.0.2.7:80\""], Some("192.0.2.7")),
            (&["for=192.0.2.7;by=\"a,b;c\""], Some("192.0.2.7")),
            // A quote left open, so that what the proxy adds to the line becomes part of the client's story.
            (&["for=\"1.1.1.1, for=192.0.2.7"], None),
            (&["for=1.1.1.1;x=\", for=\"[2001:db8::7]\""], None),
            (&["for=1.1.1.1;x=\"\\\", for=\"[2001:db8::7]\""], None),
            (&["for=1.1.1.1;x=\"", "for=192.0.2.7"], Some("192.0.2.7")),
            (&["for=1.1.1.1;for=192.0.2.7"], None),
            (&["for=192.0.2.7, for=_hidden"], None),
            (&["for=unknown"], None),
            (&["192.0.2.7"], None),
        ] {
            let lines: Vec<_> = lines.iter().map(|line| ("forwarded", *line)).collect();
            assert_eq!(told(Written::Forwarded, &lines).as_deref(), address, "{lines:?}");
        }
    }

    #[test]
    fn u8_the_header_that_was_not_named_is_never_read() {
        let both = [("x-forwarded-for", "192.0.2.7"), ("forwarded", "for=198.51.100.7")];
        assert_eq!(told(Written::XForwarded, &both).as_deref(), Some("192.0.2.7"));
        assert_eq!(told(Written::Forwarded, &both).as_deref(), Some("198.51.100.7"));
        assert_eq!(told(Written::XForwarded, &both[1..]), None);
        assert_eq!(told(Written::Forwarded, &both[..1]), None);
    }

    #[test]
    fn u8_who_is_no_named_proxy_is_not_believed() {
        let lines = [("x-forwarded-for", "192.0.2.7")];
        for peer in ["192.0.2.7", "11.0.0.1", "::1", "2001:db8::1"] {
            assert_eq!(client(Written::XForwarded, peer, &lines), Err(NoProxy), "{peer}");
        }
        assert!(client(Written::XForwarded, "::ffff:10.0.0.1", &lines).is_ok());
    }

    #[test]
    fn u8_the_scheme_is_the_last_proxys_word() {
        let secure = |written, name, value| client(written, "10.0.0.1", &[(name, value)]).unwrap().secure;
        assert_eq!(secure(Written::XForwarded, "x-forwarded-proto", "https"), Some(true));
        assert_eq!(secure(Written::XForwarded, "x-forwarded-proto", "HTTPS"), Some(true));
        assert_eq!(secure(Written::XForwarded, "x-forwarded-proto", "https, http"), Some(false));
        assert_eq!(secure(Written::XForwarded, "forwarded", "proto=https"), None);
        assert_eq!(secure(Written::Forwarded, "forwarded", "for=1.1.1.1;proto=http"), Some(false));
        assert_eq!(secure(Written::Forwarded, "forwarded", "proto=http, for=1.1.1.1;proto=\"https\""), Some(true));
        assert_eq!(secure(Written::Forwarded, "forwarded", "for=1.1.1.1"), None);
    }
}
