//! The pages' scripts and styles, carried by the binary (O1), each as it is and squeezed: `cargo xtask site` writes
//! both, so that nothing is compressed while someone waits.
//!
//! They are kept by browsers and asked for again each time, which a 304 without a body answers: a new binary is
//! never half an old one, and their names, which Leptos and our own pages print, stay as they are.

use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::EmbeddedFile;
use std::borrow::Cow;

#[derive(rust_embed::RustEmbed)]
#[folder = "../target/site"]
#[allow_missing = true]
struct Files;

/// `/pkg/…`
pub async fn package(Path(path): Path<String>, headers: HeaderMap) -> Response {
    file(&format!("pkg/{path}"), &headers)
}

/// `/favicon.svg`
pub async fn favicon(headers: HeaderMap) -> Response {
    file("favicon.svg", &headers)
}

fn file(path: &str, headers: &HeaderMap) -> Response {
    // The squeezed form has no address of its own.
    let Some(plain) = Files::get(path).filter(|_| !path.ends_with(".br")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let squeezed = if takes_brotli(headers) { Files::get(&format!("{path}.br")) } else { None };
    let kind = match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let is_squeezed = squeezed.is_some();
    let EmbeddedFile { data, metadata } = squeezed.unwrap_or(plain);
    // Of the form that is sent: one tag never stands for two bodies.
    let tag = format!("\"{}\"", data_encoding::HEXLOWER.encode(&metadata.sha256_hash()[..16]));
    let mut response = match has(headers, &tag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Body::from(bytes(data)).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if is_squeezed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// The file as it lies in the binary, of which no request makes a copy; read from the disk where it is not (a debug
/// build).
fn bytes(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(carried) => Bytes::from_static(carried),
        Cow::Owned(read) => read.into(),
    }
}

/// Whether the client names Brotli, and not only to say that it does not take it (RFC 9110 12.5.3).
fn takes_brotli(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    codings.flat_map(|line| line.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let refused = weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0);
        name.trim().eq_ignore_ascii_case("br") && !refused
    })
}

/// Whether the client has the body of this tag. Proxies may have made the tag a weak one (RFC 9110 13.1.2).
fn has(headers: &HeaderMap, tag: &str) -> bool {
    let sent = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    sent.flat_map(|line| line.split(',')).any(|one| one.trim().trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn brotli_is_sent_to_whoever_names_it_and_does_not_refuse_it() {
        for (line, takes) in [
            ("br", true),
            ("gzip, deflate, br, zstd", true),
            ("gzip;q=0.5, BR;q=0.1", true),
            ("gzip", false),
            ("br;q=0", false),
            ("br; q=0.000", false),
            ("*", false),
            ("", false),
            ("abr", false),
        ] {
            assert_eq!(takes_brotli(&sent(header::ACCEPT_ENCODING, line)), takes, "{line}");
        }
        assert!(!takes_brotli(&HeaderMap::new()));
    }

    #[test]
    fn a_file_that_the_binary_carries_is_sent_from_where_it_lies() {
        static CARRIED: [u8; 4] = *b"file";
        assert_eq!(bytes(Cow::Borrowed(&CARRIED)).as_ptr(), CARRIED.as_ptr(), "no copy");
        assert_eq!(bytes(Cow::Owned(b"read".to_vec())), "read");
    }

    #[test]
    fn a_tag_is_known_again_alone_in_a_list_or_made_weak() {
        for line in ["\"a\"", "W/\"a\"", "\"b\", \"a\""] {
            assert!(has(&sent(header::IF_NONE_MATCH, line), "\"a\""), "{line}");
        }
        for line in ["\"b\"", "a", ""] {
            assert!(!has(&sent(header::IF_NONE_MATCH, line), "\"a\""), "{line}");
        }
    }
}
