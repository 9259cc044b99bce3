//! Two cookies, both `__Host-`, HttpOnly, Secure, SameSite=Strict (U5, ASVS 3.3): the session's, and that
//! of a sign-in between its two factors. A third is Lax: what was asked of an identity provider. A fourth, the
//! language, is no secret.

use axum::http::{HeaderMap, HeaderValue, header};
use domain::desk::SessionToken;

/// The session.
pub const SESSION: &str = "__Host-grille";
/// Between the two factors.
pub const TRY: &str = "__Host-grille-try";
/// What this browser asked an identity provider (U9).
pub const ASKED: &str = "__Host-grille-sso";
/// `zh` or `en`.
pub const LANGUAGE: &str = "grille-language";

/// The value of a cookie that was sent once. One sent twice is none: which of them would be right?
pub fn sent<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(known, _)| *known == name)
        .map(|(_, value)| value);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// The secret in a cookie of ours.
pub fn token(headers: &HeaderMap, name: &str) -> Option<SessionToken> {
    SessionToken::parse(sent(headers, name)?)
}

/// Sets a cookie that holds a secret, for this browser session.
pub fn set(headers: &mut HeaderMap, name: &str, token: &SessionToken) {
    append(headers, &format!("{name}={}; Path=/; Secure; HttpOnly; SameSite=Strict", token.cookie_text()));
}

/// Forgets a cookie.
pub fn forget(headers: &mut HeaderMap, name: &str) {
    append(headers, &format!("{name}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"));
}

/// Remembers what was asked, for ten minutes. It is Lax, since its answer comes by a link from the provider's site,
/// which a Strict cookie would not go along with; all that it opens is one answer to what this browser asked.
pub fn set_asked(headers: &mut HeaderMap, text: &str) {
    append(headers, &format!("{ASKED}={text}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600"));
}

/// Forgets it.
pub fn forget_asked(headers: &mut HeaderMap) {
    append(headers, &format!("{ASKED}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"));
}

/// Remembers a language for a year.
pub fn set_language(headers: &mut HeaderMap, language: &str) {
    append(headers, &format!("{LANGUAGE}={language}; Path=/; SameSite=Lax; Max-Age=31536000"));
}

fn append(headers: &mut HeaderMap, line: &str) {
    // Every line above is ASCII of ours.
    if let Ok(value) = HeaderValue::from_str(line) {
        headers.append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u5_a_cookie_sent_twice_is_no_cookie() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=1; b=2"));
        assert_eq!(sent(&headers, "b"), Some("2"));
        headers.append(header::COOKIE, HeaderValue::from_static("b=3"));
        assert_eq!(sent(&headers, "b"), None);
        assert_eq!(sent(&headers, "c"), None);
    }
}
