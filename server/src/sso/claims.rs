//! What a provider's token says, once its signature is right (OpenID Connect Core 3.1.3.7; ASVS 10.5).

use domain::audit::event::SsoName;
use domain::clock::{Span, Timestamp};
use domain::id::StaffNo;
use serde_json::{Map, Value};

/// By how much the provider's clock may differ from ours.
const SKEW: i64 = 60;

/// What it must say.
pub struct Expected<'a> {
    /// Who speaks, letter by letter.
    pub issuer: &'a str,
    /// To whom.
    pub client_id: &'a str,
    /// In answer to what.
    pub nonce: &'a str,
    /// Which claim names the staff number.
    pub claim: &'a str,
    /// When it was asked.
    pub asked: Timestamp,
    /// How long ago the person may have proved themselves to the provider.
    pub max_age: Span,
    /// The time.
    pub now: Timestamp,
}

/// Whose staff number it names, or the first thing that is wrong with it.
pub fn staff_no(payload: &[u8], expected: &Expected<'_>) -> Result<StaffNo, SsoName> {
    let claims: Map<String, Value> = serde_json::from_slice(payload).map_err(|_| SsoName::Malformed)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(expected.issuer) {
        return Err(SsoName::Issuer);
    }
    if text("sub").is_none_or(str::is_empty) {
        return Err(SsoName::Malformed);
    }
    if !is_for(&claims, expected.client_id) {
        return Err(SsoName::Audience);
    }
    if text("nonce") != Some(expected.nonce) {
        return Err(SsoName::Nonce);
    }
    let time = |name: &str| claims.get(name).and_then(seconds);
    let now = expected.now.seconds();
    // One that was made before we asked is no answer.
    let made = expected.asked.seconds() - SKEW..=now + SKEW;
    let lives = time("exp").is_some_and(|exp| exp > now - SKEW) && time("iat").is_some_and(|iat| made.contains(&iat));
    if !lives || (claims.contains_key("nbf") && time("nbf").is_none_or(|nbf| nbf > now + SKEW)) {
        return Err(SsoName::Expired);
    }
    // Required, since `max_age` was asked for.
    let oldest = now - expected.max_age.whole_seconds() - SKEW;
    if time("auth_time").is_none_or(|at| at < oldest || at > now + SKEW) {
        return Err(SsoName::AuthTime);
    }
    // Letter by letter too: two accounts that differ in a capital are two people's.
    text(expected.claim).and_then(|text| StaffNo::parse(text).ok()).ok_or(SsoName::Claim)
}

/// Whether it is for us: we are its audience or among it, and if it names the party that it was made for, that is us.
fn is_for(claims: &Map<String, Value>, client_id: &str) -> bool {
    let is_us = |value: &Value| value.as_str() == Some(client_id);
    let azp = claims.get("azp");
    let audience = match claims.get("aud") {
        Some(Value::Array(all)) => all.iter().any(is_us) && (all.len() == 1 || azp.is_some()),
        Some(one) => is_us(one),
        None => false,
    };
    audience && azp.is_none_or(is_us)
}

/// A NumericDate, which may have a fraction (RFC 7519 2).
fn seconds(value: &Value) -> Option<i64> {
    let whole = |seconds: f64| (seconds.is_finite() && seconds.abs() < 1e12).then(|| seconds.floor() as i64);
    value
        .as_i64()
        .filter(|seconds| seconds.unsigned_abs() < 1_000_000_000_000)
        .or_else(|| value.as_f64().and_then(whole))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_795_313_700;

    fn judged(change: impl FnOnce(&mut Map<String, Value>)) -> Result<StaffNo, SsoName> {
        let claims = json!({
            "iss": "https://id.bank.example", "sub": "8d1f", "aud": "grille", "nonce": "n", "exp": NOW + 300,
            "iat": NOW, "auth_time": NOW - 600, "preferred_username": "op1001",
        });
        let Value::Object(mut claims) = claims else { panic!("claims") };
        change(&mut claims);
        let expected = Expected {
            issuer: "https://id.bank.example",
            client_id: "grille",
            nonce: "n",
            claim: "preferred_username",
            asked: Timestamp::from_millis((NOW - 30) * 1000),
            max_age: Span::minutes(60),
            now: Timestamp::from_millis(NOW * 1000),
        };
        staff_no(&serde_json::to_vec(&claims).unwrap(), &expected)
    }

    fn set(name: &'static str, value: Value) -> Result<StaffNo, SsoName> {
        judged(|claims| drop(claims.insert(name.into(), value)))
    }

    fn without(name: &str) -> Result<StaffNo, SsoName> {
        judged(|claims| drop(claims.remove(name)))
    }

    #[test]
    fn u9_a_token_for_us_names_a_staff_number() {
        assert_eq!(judged(|_| ()).unwrap().as_str(), "op1001");
        for (name, value) in [
            ("aud", json!(["grille"])),
            ("azp", json!("grille")),
            ("exp", json!(NOW as f64 + 0.5)),
            ("exp", json!(NOW - 59)),
            ("iat", json!(NOW + 60)),
            ("nbf", json!(NOW)),
            ("auth_time", json!(NOW - 3660)),
        ] {
            assert!(set(name, value.clone()).is_ok(), "{name} {value}");
        }
        let both = judged(|claims| {
            claims.insert("aud".into(), json!(["grille", "account"]));
            claims.insert("azp".into(), json!("grille"));
        });
        assert!(both.is_ok());
    }

    #[test]
    fn u9_each_claim_that_does_not_fit_refuses_the_token_by_its_own_cause() {
        for (name, value, why) in [
            ("iss", json!("https://id.bank.example/"), SsoName::Issuer),
            ("iss", json!(7), SsoName::Issuer),
            ("sub", json!(""), SsoName::Malformed),
            ("aud", json!("teller"), SsoName::Audience),
            ("aud", json!(["teller"]), SsoName::Audience),
            ("aud", json!(["grille", "teller"]), SsoName::Audience),
            ("aud", json!([]), SsoName::Audience),
            ("aud", json!({ "grille": true }), SsoName::Audience),
            ("azp", json!("teller"), SsoName::Audience),
            ("azp", json!(null), SsoName::Audience),
            ("nonce", json!("m"), SsoName::Nonce),
            ("nonce", json!(["n"]), SsoName::Nonce),
            ("exp", json!(NOW - 60), SsoName::Expired),
            ("exp", json!("never"), SsoName::Expired),
            ("exp", json!(1e300), SsoName::Expired),
            ("exp", json!(i64::MIN), SsoName::Expired),
            ("iat", json!(NOW + 61), SsoName::Expired),
            ("iat", json!(NOW - 91), SsoName::Expired),
            ("nbf", json!(NOW + 61), SsoName::Expired),
            ("nbf", json!("soon"), SsoName::Expired),
            ("auth_time", json!(NOW - 3661), SsoName::AuthTime),
            ("auth_time", json!(NOW + 61), SsoName::AuthTime),
            ("auth_time", json!("today"), SsoName::AuthTime),
            ("preferred_username", json!("OP1001"), SsoName::Claim),
            ("preferred_username", json!(" op1001"), SsoName::Claim),
            ("preferred_username", json!(1001), SsoName::Claim),
            ("preferred_username", json!(["op1001"]), SsoName::Claim),
            ("preferred_username", json!(""), SsoName::Claim),
        ] {
            assert_eq!(set(name, value.clone()), Err(why), "{name} {value}");
        }
        for (name, why) in [
            ("iss", SsoName::Issuer),
            ("sub", SsoName::Malformed),
            ("aud", SsoName::Audience),
            ("nonce", SsoName::Nonce),
            ("exp", SsoName::Expired),
            ("iat", SsoName::Expired),
            ("auth_time", SsoName::AuthTime),
            ("preferred_username", SsoName::Claim),
        ] {
            assert_eq!(without(name), Err(why), "{name}");
        }
    }

    #[test]
    fn u9_what_is_no_object_of_claims_is_no_token() {
        let expected = Expected {
            issuer: "i",
            client_id: "c",
            nonce: "n",
            claim: "p",
            asked: Timestamp::from_millis(0),
            max_age: Span::minutes(60),
            now: Timestamp::from_millis(0),
        };
        for payload in [&b""[..], b"[]", b"null", b"\xff", b"{} {}"] {
            assert_eq!(staff_no(payload, &expected), Err(SsoName::Malformed));
        }
    }
}
