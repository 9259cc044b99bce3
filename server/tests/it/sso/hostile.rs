//! Providers, and people before them, that mean no good: each is refused by one answer, and the log says why.

use super::{ASKED, Asked, Provider, SECRET, ask, back, come_back, one_event, serve};
use crate::app::{Home, TestApp};
use crate::http::{Answer, Request};
use crate::person::TRY;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

/// Refused as everything is, recorded once by its cause, and nothing of the token told anywhere.
fn refused(app: &TestApp, answer: &Answer, why: &str) {
    assert_eq!(answer.status, 401, "{why}: {}", answer.text());
    assert!(answer.text().contains("Signing in failed."), "{why}");
    assert_eq!(answer.cookie(TRY), None, "{why}");
    // What was asked is answered, unless this is no answer to it: any page elsewhere could make one up.
    assert_eq!(answer.cookie(ASKED).as_deref(), (why != "state").then_some(""), "{why}");
    assert_eq!(answer.header("refresh"), None, "{why}");
    let event = one_event(app, answer);
    assert_eq!(
        [event.text("kind"), event.text("decision"), event.text("code")],
        ["signed_in", "refused", "sign_in_failed"]
    );
    assert_eq!(event.text("details/sso"), why);
    assert_eq!(event.json["actor"], Value::Null);
    let leaf = event.json.to_string();
    assert!(!leaf.contains("subject of") && !leaf.contains("eyJ") && !leaf.contains("op9999"), "{leaf}");
}

/// Comes back with a token made by hand.
fn with_token(app: &TestApp, provider: &Provider, make: impl FnOnce(&Value) -> String) -> Answer {
    let asked = ask(app, "/sign-in/sso");
    let token = make(&provider.claims(&asked.query, &app.staff[0].staff_no));
    said(app, provider, &asked, 200, &json!({ "id_token": token }).to_string())
}

fn said(app: &TestApp, provider: &Provider, asked: &Asked, status: u16, body: &str) -> Answer {
    let code = provider.say(&asked.query["code_challenge"], status, body);
    back(app, Some(&asked.cookie), &[("code", &code), ("state", &asked.query["state"])])
}

fn part(value: &Value) -> String {
    BASE64URL_NOPAD.encode(value.to_string().as_bytes())
}

#[test]
fn u9_each_claim_that_does_not_fit_is_refused_by_one_answer_and_recorded_by_its_cause() {
    let (home, provider) = (Home::new(), Provider::begin());
    let app = serve(&home, &provider.issuer, &[]);
    let now = crate::person::now();
    for (name, value, why) in [
        ("nonce", json!("of another browser"), "nonce"),
        ("aud", json!("another program"), "audience"),
        ("aud", json!(["grille", "another program"]), "audience"),
        ("iss", json!("https://id.evil.example"), "issuer"),
        ("exp", json!(now - 120), "expired"),
        ("iat", json!(now - 3600), "expired"),
        ("auth_time", json!(now - 4000), "auth_time"),
        ("auth_time", json!(null), "auth_time"),
        ("preferred_username", json!(null), "claim"),
        ("preferred_username", json!("op9999 or so"), "claim"),
        ("preferred_username", json!("op9999"), "unknown"),
    ] {
        refused(&app, &come_back(&app, &provider, |claims| claims[name] = value), why);
    }
    assert_eq!(app.log.number("SELECT COUNT(*) FROM sign_in_try"), 0);
    assert_eq!(app.log.number("SELECT SUM(failures) FROM staff"), 0, "no lock is nearer for anyone");
    assert_eq!(come_back(&app, &provider, |_| ()).status, 200, "and an honest answer is taken");
}

#[test]
fn u9_a_token_that_the_provider_did_not_sign_as_allowed_is_refused() {
    let (home, provider) = (Home::new(), Provider::begin());
    let app = serve(&home, &provider.issuer, &[]);
    let mac = |key: &[u8], claims: &Value| {
        let signed = format!("{}.{}", part(&json!({ "alg": "HS256" })), part(claims));
        let tag = ring::hmac::sign(&ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key), signed.as_bytes());
        format!("{signed}.{}", BASE64URL_NOPAD.encode(tag.as_ref()))
    };
    let none = |claims: &Value| format!("{}.{}.", part(&json!({ "alg": "none" })), part(claims));
    refused(&app, &with_token(&app, &provider, none), "algorithm");
    refused(&app, &with_token(&app, &provider, |claims| mac(SECRET.as_bytes(), claims)), "algorithm");
    refused(&app, &with_token(&app, &provider, |claims| mac(&provider.public_key(), claims)), "algorithm");
    let header = |kid: &str| json!({ "alg": "EdDSA", "kid": kid });
    refused(&app, &with_token(&app, &provider, |claims| provider.sign(&header("unknown"), claims)), "signature");
    provider.sign_by(7);
    refused(&app, &with_token(&app, &provider, |claims| provider.sign(&header("0"), claims)), "signature");
    provider.sign_by(0);
    let typed = json!({ "alg": "EdDSA", "kid": "0", "typ": "at+jwt" });
    refused(&app, &with_token(&app, &provider, |claims| provider.sign(&typed, claims)), "malformed");
    refused(&app, &with_token(&app, &provider, |_| "no token".into()), "malformed");
}

#[test]
fn u9_an_answer_that_is_not_this_browsers_or_was_used_is_refused() {
    let (home, provider) = (Home::new(), Provider::begin());
    let app = serve(&home, &provider.issuer, &[]);
    let vouch = |asked: &Asked| {
        provider.vouch(&provider.claims(&asked.query, &app.staff[0].staff_no), &asked.query["code_challenge"])
    };
    let (mine, theirs) = (ask(&app, "/sign-in/sso"), ask(&app, "/sign-in/sso"));
    let code = vouch(&theirs);
    let answer = [("code", code.as_str()), ("state", theirs.query["state"].as_str())];
    refused(&app, &back(&app, Some(&mine.cookie), &answer), "state");
    refused(&app, &back(&app, None, &answer), "state");
    refused(&app, &back(&app, Some("made.up.cookie"), &answer), "state");
    refused(&app, &back(&app, Some(&theirs.cookie), &answer[..1]), "state");
    refused(&app, &back(&app, Some(&theirs.cookie), &[answer[0], answer[1], answer[1]]), "state");
    assert!(provider.redeemed().is_empty(), "and no code was sent on");
    // A code that was given for another browser's question: PKCE ties it to that.
    let state = mine.query["state"].as_str();
    refused(&app, &back(&app, Some(&mine.cookie), &[("code", &code), ("state", state)]), "code");

    assert_eq!(back(&app, Some(&theirs.cookie), &answer).status, 200);
    // This provider takes its codes again and again; the answer serves once all the same.
    refused(&app, &back(&app, Some(&theirs.cookie), &answer), "replayed");
    let again = vouch(&theirs);
    refused(&app, &back(&app, Some(&theirs.cookie), &[("code", &again), answer[1]]), "replayed");
    refused(&app, &back(&app, Some(&mine.cookie), &[("error", "access_denied"), ("state", state)]), "denied");
    refused(&app, &back(&app, Some(&mine.cookie), &[("state", state)]), "denied");
    let other = [("code", "c"), ("state", state), ("iss", "https://id.evil.example")];
    refused(&app, &back(&app, Some(&mine.cookie), &other), "issuer");
}

#[test]
fn u9_the_suspended_and_the_locked_are_refused_as_anyone_and_the_log_has_their_number() {
    let (home, provider) = (Home::new(), Provider::begin());
    let app = serve(&home, &provider.issuer, &[]);
    let staff_no = app.staff[0].staff_no.clone();
    app.log
        .meddle(&format!("UPDATE staff SET failures = 10, locked_until = 9000000000000 WHERE staff_no = '{staff_no}'"));
    let answer = come_back(&app, &provider, |_| ());
    refused(&app, &answer, "locked");
    assert_eq!(one_event(&app, &answer).text("details/subject_staff"), staff_no);
    app.log.meddle(&format!("UPDATE staff SET failures = 0, locked_until = 0 WHERE staff_no = '{staff_no}'"));
    let suspended = home.run(&["staff", "suspend", &staff_no]);
    assert!(suspended.status.success(), "{}", crate::app::told(&suspended));
    let answer = come_back(&app, &provider, |_| ());
    refused(&app, &answer, "suspended");
    assert_eq!(one_event(&app, &answer).text("details/subject_staff"), staff_no);
}

#[test]
fn u9_a_provider_that_answers_otherwise_than_it_should_is_not_followed() {
    let (home, provider) = (Home::new(), Provider::begin());
    let app = serve(&home, &provider.issuer, &[]);
    let say = |status: u16, body: &str| {
        let asked = ask(&app, "/sign-in/sso");
        said(&app, &provider, &asked, status, body)
    };
    refused(&app, &say(400, "{\"error\":\"invalid_grant\"}"), "code");
    refused(&app, &say(200, "{}"), "malformed");
    refused(&app, &say(200, "<html>"), "malformed");
    for (status, body) in [(302, String::new()), (500, String::new()), (200, "x".repeat(300 * 1024))] {
        let answer = say(status, &body);
        assert_eq!(answer.status, 503, "{status}");
        assert_eq!(one_event(&app, &answer).text("details/sso"), "unreachable");
    }
    assert!(!String::from_utf8_lossy(&home.stderr()).contains(SECRET));
}

#[test]
fn u9_a_provider_that_describes_another_or_leads_off_this_machine_is_not_asked() {
    for (name, value) in [
        ("issuer", json!("https://id.evil.example")),
        ("token_endpoint", json!("http://id.evil.example/token")),
        ("jwks_uri", json!("file:///etc/passwd")),
        ("authorization_endpoint", json!("javascript:alert(1)")),
        ("token_endpoint_auth_methods_supported", json!(["private_key_jwt"])),
    ] {
        let (home, provider) = (Home::new(), Provider::begin());
        provider.describe(name, value);
        let app = serve(&home, &provider.issuer, &[]);
        assert_eq!(app.send(&Request::get("/sign-in/sso")).status, 503, "{name}");
    }
}

#[test]
fn u9_a_provider_that_says_it_names_itself_must_and_one_that_takes_forms_gets_one() {
    let (home, provider) = (Home::new(), Provider::begin());
    provider.describe("authorization_response_iss_parameter_supported", json!(true));
    provider.describe("token_endpoint_auth_methods_supported", json!(["client_secret_post"]));
    let app = serve(&home, &provider.issuer, &[]);
    refused(&app, &come_back(&app, &provider, |_| ()), "issuer");
    let asked = ask(&app, "/sign-in/sso");
    let claims = provider.claims(&asked.query, &app.staff[0].staff_no);
    let code = provider.vouch(&claims, &asked.query["code_challenge"]);
    let query = [("code", code.as_str()), ("state", &asked.query["state"]), ("iss", &provider.issuer)];
    assert_eq!(back(&app, Some(&asked.cookie), &query).status, 200);
    assert!(provider.redeemed()[0].contains_key("client_secret"));
}
