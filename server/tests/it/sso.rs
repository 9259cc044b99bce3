//! Signing in by an identity provider (U9), against one of the test's own that answers as it is told, honestly or not.

mod hostile;
mod provider;

use crate::app::{Home, TestApp, told};
use crate::http::{Answer, Request};
use crate::log::Event;
use crate::person::{Person, SESSION, Staff, TRY, acknowledge_by_form};
use provider::Provider;
use serde_json::Value;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;

const ASKED: &str = "__Host-grille-sso";
const SECRET: &str = "s3cret+of/this=client";

/// Puts the client's secret where the configuration names it.
fn put_secret(home: &Home, text: &str, mode: u32) -> String {
    let file = home.file("sso.secret");
    std::fs::write(&file, text).expect("a secret");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("a mode");
    file.to_string_lossy().into_owned()
}

/// An office with two administrators and this provider.
fn serve(home: &Home, issuer: &str, more: &[(&str, &str)]) -> TestApp {
    let file = put_secret(home, &format!("{SECRET}\n"), 0o600);
    let mut env = vec![
        ("GRILLE_SSO__ISSUER", issuer),
        ("GRILLE_SSO__CLIENT_ID", "grille"),
        ("GRILLE_SSO__CLIENT_SECRET_FILE", &file),
        ("GRILLE_SSO__NAME", "Bank ID"),
    ];
    env.extend(more);
    TestApp::init_and_serve(home, &env)
}

/// A browser between the two: what it asked, and its cookie.
struct Asked {
    cookie: String,
    to: String,
    query: BTreeMap<String, String>,
}

fn ask(app: &TestApp, address: &str) -> Asked {
    let answer = app.send(&Request::get(address));
    assert_eq!(answer.status, 303, "{}", answer.text());
    let (to, query) = answer.header("location").expect("a location").split_once('?').expect("a query");
    let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    Asked { cookie: answer.cookie(ASKED).expect("what was asked"), to: to.into(), query }
}

fn back(app: &TestApp, cookie: Option<&str>, query: &[(&str, &str)]) -> Answer {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    let request = Request::get(&format!("/sign-in/sso/back?{query}")).with("Accept-Language", "en");
    match cookie {
        Some(cookie) => app.send(&request.with("Cookie", format!("{ASKED}={cookie}"))),
        None => app.send(&request),
    }
}

/// The whole way to the second factor, with claims altered on the way.
fn come_back(app: &TestApp, provider: &Provider, change: impl FnOnce(&mut Value)) -> Answer {
    let asked = ask(app, "/sign-in/sso");
    let mut claims = provider.claims(&asked.query, &app.staff[0].staff_no);
    change(&mut claims);
    let code = provider.vouch(&claims, &asked.query["code_challenge"]);
    back(app, Some(&asked.cookie), &[("code", &code), ("state", &asked.query["state"])])
}

fn one_event(app: &TestApp, answer: &Answer) -> Event {
    let mut events = app.log.of_request(answer.request_id());
    assert_eq!(events.len(), 1, "one answer, one event");
    events.remove(0)
}

fn second_factor(app: &TestApp, vouched: &Answer, code: &str, next: &str) -> Answer {
    let tried = vouched.cookie(TRY).expect("a cookie between the factors");
    let form = [("code", code), ("next", next)];
    app.send(&Request::post("/sign-in/verify", &form).with("Cookie", format!("{TRY}={tried}")))
}

#[test]
fn u9_one_signs_in_by_a_provider_and_a_code_and_goes_on_to_where_one_was() {
    let (home, provider) = (Home::new(), Provider::begin());
    let app = serve(&home, &provider.issuer, &[]);
    let page = app.send(&Request::get("/sign-in?next=/admin/sessions").with("Accept-Language", "en"));
    assert!(page.text().contains("Sign in with Bank ID"), "{}", page.text());
    assert!(page.text().contains("href=\"/sign-in/sso?next=/admin/sessions\""), "a link, and no form");

    let asked = ask(&app, "/sign-in/sso?next=/admin/sessions");
    assert_eq!(asked.to, format!("{}/authorize", provider.issuer));
    let redirect = format!("{}/sign-in/sso/back", app.origin);
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "grille"),
        ("redirect_uri", &redirect),
        ("code_challenge_method", "S256"),
        ("scope", "openid profile"),
        ("max_age", "3600"),
    ] {
        assert_eq!(asked.query[name], value, "{name}");
    }
    let claims = provider.claims(&asked.query, &app.staff[0].staff_no);
    let code = provider.vouch(&claims, &asked.query["code_challenge"]);
    // What else a provider adds is passed over.
    let query = [("code", code.as_str()), ("state", &asked.query["state"]), ("session_state", "x")];
    let vouched = back(&app, Some(&asked.cookie), &query);
    assert_eq!(vouched.status, 200, "{}", vouched.text());
    assert_eq!(vouched.header("refresh"), Some("0; url=/sign-in/verify?next=/admin/sessions"));
    assert!(vouched.text().contains("href=\"/sign-in/verify?next=/admin/sessions\""), "and by hand");
    assert_eq!(vouched.cookie(SESSION), None, "a provider's word is half a sign-in");
    assert_eq!(vouched.cookie(ASKED).as_deref(), Some(""), "what was asked is answered");
    assert!(app.log.of_request(vouched.request_id()).is_empty(), "it is told with the second factor");
    let redeemed = provider.redeemed();
    assert_eq!(redeemed.len(), 1);
    assert_eq!(redeemed[0]["redirect_uri"], redirect);
    assert_eq!(redeemed[0]["grant_type"], "authorization_code");

    let person = Person::signed_out(&app, &app.staff[0]);
    let begun = second_factor(&app, &vouched, &person.code(), "/admin/sessions");
    assert_eq!((begun.status, begun.header("location")), (303, Some("/notice?next=/admin/sessions")));
    let event = one_event(&app, &begun);
    assert_eq!([event.text("kind"), event.text("decision")], ["signed_in", "allowed"]);
    assert_eq!([event.text("details/factor"), event.text("details/sso")], ["totp", "vouched"]);
    let cookie = format!("{SESSION}={}", begun.cookie(SESSION).expect("a session"));
    let acknowledged = acknowledge_by_form(&app, "/notice?next=/admin/sessions", &cookie);
    assert_eq!((acknowledged.status, acknowledged.header("location")), (303, Some("/admin/sessions")));
    assert_eq!(app.send(&Request::get("/admin/sessions").with("Cookie", &cookie)).status, 200);
    // Whoever is signed in is not sent away, and whoever has no answer for us gets none.
    let again = app.send(&Request::get("/sign-in/sso").with("Cookie", &cookie));
    assert_eq!(again.header("location"), Some("/"));
}

#[test]
fn u9_what_a_browser_asked_is_in_a_cookie_that_no_script_reads_and_links_go_along_with() {
    let (home, provider) = (Home::new(), Provider::begin());
    let app = serve(&home, &provider.issuer, &[]);
    let answer = app.send(&Request::get("/sign-in/sso"));
    let line = answer.header("set-cookie").expect("one cookie");
    assert!(line.starts_with("__Host-grille-sso="), "{line}");
    assert!(line.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600"), "{line}");
    let tried = come_back(&app, &provider, |_| ());
    let tried = tried.all("set-cookie").into_iter().find(|line| line.starts_with(TRY)).expect("a try");
    assert!(tried.ends_with("SameSite=Strict"), "{tried}");
}

#[test]
fn u9_ten_thousand_who_only_begin_leave_nothing_behind() {
    let (home, provider) = (Home::new(), Provider::begin());
    let app = serve(&home, &provider.issuer, &[]);
    // Fewer here: nothing is written for one, so nothing is for ten thousand.
    for _ in 0..50 {
        ask(&app, "/sign-in/sso?next=/me");
    }
    assert_eq!(app.log.number("SELECT COUNT(*) FROM log_entry WHERE kind LIKE 'sign%'"), 0);
    assert_eq!(app.log.number("SELECT (SELECT COUNT(*) FROM sign_in_try) + (SELECT COUNT(*) FROM sso_answer)"), 0);
    assert_eq!(app.log.number("SELECT COUNT(*) FROM refusal_count"), 0);
    assert_eq!(provider.described(), 1, "and the provider described itself once");
}

#[test]
fn u9_wrong_codes_after_a_providers_word_lock_as_after_a_password() {
    let (home, provider) = (Home::new(), Provider::begin());
    let app = serve(&home, &provider.issuer, &[]);
    let person = Person::signed_out(&app, &app.staff[0]);
    let refused = second_factor(&app, &come_back(&app, &provider, |_| ()), &person.wrong_code(), "/");
    assert_eq!(refused.status, 401, "{}", refused.text());
    let event = one_event(&app, &refused);
    assert_eq!([event.text("code"), event.text("details/sso")], ["sign_in_failed", "vouched"]);
    assert_eq!(event.text("details/subject_staff"), app.staff[0].staff_no);
    assert_eq!(app.log.number("SELECT failures FROM staff ORDER BY staff_no LIMIT 1"), 1);
}

#[test]
fn u9_where_it_is_the_only_way_no_password_is_asked_for_or_taken() {
    let (home, provider) = (Home::new(), Provider::begin());
    let app = serve(&home, &provider.issuer, &[("GRILLE_SSO__ONLY", "true")]);
    let page = app.send(&Request::get("/sign-in")).text();
    assert!(page.contains("/sign-in/sso") && !page.contains("name=\"password\""), "{page}");
    let Staff { staff_no, password, .. } = &app.staff[0];
    let form = [("staff_no", staff_no.as_str()), ("password", password)];
    let refused = app.send(&Request::post("/api/sign_in", &form));
    assert_eq!((refused.status, refused.code().as_str()), (403, "passwords_off"));
    assert_eq!(refused.cookie(TRY), None);
    let refused = app.send(&Request::post("/sign-in", &form));
    assert_eq!((refused.status, refused.cookie(TRY)), (403, None));
    let person = Person::signed_out(&app, &app.staff[0]);
    let begun = second_factor(&app, &come_back(&app, &provider, |_| ()), &person.code(), "/");
    assert_eq!(begun.status, 303);
}

#[test]
fn u9_grille_serves_while_its_provider_is_down_and_says_so() {
    let (home, provider) = (Home::new(), Provider::begin());
    provider.go_away();
    let app = serve(&home, &provider.issuer, &[]);
    let refused = app.send(&Request::get("/sign-in/sso?next=/me").with("Accept-Language", "en"));
    assert_eq!(refused.status, 503);
    assert!(refused.text().contains("Single sign-on does not answer just now. Try again"), "{}", refused.text());
    assert!(refused.text().contains("name=\"password\"") && refused.text().contains("/sign-in/sso?next=/me"));
    assert!(app.log.of_request(refused.request_id()).is_empty(), "nobody acted");
    let page = app.send(&Request::get("/sign-in").with("Accept-Language", "en"));
    assert_eq!(page.status, 200);
    assert!(page.text().contains("Single sign-on does not answer just now."));
    Person::signed_in(&app, &app.staff[0]);

    provider.come_back();
    let asked = until(|| {
        let answer = app.send(&Request::get("/sign-in/sso"));
        (answer.status == 303).then_some(answer)
    });
    assert!(asked.cookie(ASKED).is_some());
    assert!(!app.send(&Request::get("/sign-in").with("Accept-Language", "en")).text().contains("does not answer"));
    // Gone again while someone is there: they are told, and it is recorded, for they acted.
    let asked = ask(&app, "/sign-in/sso");
    provider.go_away();
    let refused = back(&app, Some(&asked.cookie), &[("code", "c"), ("state", &asked.query["state"])]);
    assert_eq!(refused.status, 503);
    let event = one_event(&app, &refused);
    assert_eq!([event.text("code"), event.text("details/sso")], ["sso_unavailable", "unreachable"]);
}

/// Until something is there: what is asked for is asked again after two seconds.
fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..200 {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("it never came");
}

#[test]
fn u9_a_provider_that_changes_its_keys_is_believed_by_the_new_and_not_by_the_old() {
    let (home, provider) = (Home::new(), Provider::begin());
    let app = serve(&home, &provider.issuer, &[]);
    assert_eq!(come_back(&app, &provider, |_| ()).status, 200);
    let old = provider.change_key();
    until(|| (come_back(&app, &provider, |_| ()).status == 200).then_some(()));
    provider.sign_by(old);
    let refused = come_back(&app, &provider, |_| ());
    assert_eq!(refused.status, 401);
    assert_eq!(one_event(&app, &refused).text("details/sso"), "signature");
}

#[test]
fn u9_a_private_authority_is_trusted_where_it_is_named_and_another_is_not() {
    let home = Home::new();
    let (provider, ca) = Provider::begin_by_tls();
    let file = home.file("ca.pem");
    std::fs::write(&file, &ca).expect("a certificate");
    let file = file.to_string_lossy().into_owned();
    let app = serve(&home, &provider.issuer, &[("GRILLE_SSO__CA_FILE", &file)]);
    assert!(provider.issuer.starts_with("https://localhost:"));
    assert_eq!(come_back(&app, &provider, |_| ()).status, 200);
    drop(app);

    let home = Home::new();
    let (_, other) = Provider::begin_by_tls();
    std::fs::write(&file, &other).expect("a certificate");
    let app = serve(&home, &provider.issuer, &[("GRILLE_SSO__CA_FILE", &file)]);
    assert_eq!(app.send(&Request::get("/sign-in/sso")).status, 503);
}

#[test]
fn u9_what_cannot_be_offered_is_refused_at_start_with_what_to_do() {
    let home = Home::new();
    assert!(home.run(&["init", "--json"]).status.success());
    let refused = |env: &[(&str, &str)], word: &str| {
        let output = home.run_with(&["serve", "--addr", "127.0.0.1:0"], env);
        assert_eq!(output.status.code(), Some(1), "{word}");
        assert!(told(&output).contains(word), "{word}: {}", told(&output));
        assert!(!told(&output).contains(SECRET), "the secret was told");
    };
    let file = home.file("sso.secret").to_string_lossy().into_owned();
    let id = ("GRILLE_SSO__CLIENT_ID", "grille");
    let secret = ("GRILLE_SSO__CLIENT_SECRET_FILE", file.as_str());
    let issuer = ("GRILLE_SSO__ISSUER", "https://id.bank.example");
    refused(&[id, issuer], "go together");
    refused(&[id, secret, ("GRILLE_SSO__ISSUER", "http://id.bank.example")], "sso.issuer");
    refused(&[id, secret, issuer], "cannot be read");
    put_secret(&home, SECRET, 0o640);
    refused(&[id, secret, issuer], "set its mode to 0600");
    put_secret(&home, "", 0o600);
    refused(&[id, secret, issuer], "must hold one line");
    put_secret(&home, &format!("{SECRET}\n{SECRET}\n"), 0o600);
    refused(&[id, secret, issuer], "must hold one line");
    put_secret(&home, SECRET, 0o600);
    refused(&[id, secret, issuer, ("GRILLE_SSO__CA_FILE", &file)], "sso.ca_file");
    refused(&[id, secret, issuer, ("GRILLE_SSO__CA_FILE", "nowhere.pem")], "sso.ca_file");
}

#[test]
fn u9_the_doctor_says_what_is_wrong_with_the_way_by_a_provider() {
    let (home, provider) = (Home::new(), Provider::begin());
    assert!(home.run(&["init", "--json"]).status.success());
    let file = put_secret(&home, SECRET, 0o600);
    let look = |more: &[(&str, &str)]| {
        let mut env = vec![
            ("GRILLE_SSO__ISSUER", provider.issuer.as_str()),
            ("GRILLE_SSO__CLIENT_ID", "grille"),
            ("GRILLE_SSO__CLIENT_SECRET_FILE", &file),
        ];
        env.extend(more);
        let report = crate::app::json(&home.run_with(&["doctor", "--json"], &env));
        let findings = report["findings"].as_array().expect("findings").clone();
        findings.into_iter().find(|finding| finding["check"] == "sso").expect("a finding")["level"].clone()
    };
    assert_eq!(look(&[]), "ok");
    put_secret(&home, SECRET, 0o644);
    assert_eq!(look(&[]), "problem");
    put_secret(&home, SECRET, 0o600);
    provider.describe("issuer", Value::from("https://id.evil.example"));
    assert_eq!(look(&[]), "warning");
    assert_eq!(look(&[("GRILLE_SSO__ONLY", "true")]), "problem");
    assert!(!told(&home.run(&["doctor"])).contains("sso"), "nothing is said where there is none");
}

#[test]
fn u9_without_a_provider_there_is_no_such_way() {
    let home = Home::new();
    let app = TestApp::init_and_serve(&home, &[]);
    for address in ["/sign-in/sso", "/sign-in/sso/back?code=c&state=s"] {
        let answer = app.send(&Request::get(address));
        assert_eq!((answer.status, answer.all("set-cookie").len()), (404, 0));
        assert!(app.log.of_request(answer.request_id()).is_empty());
    }
    assert!(!app.send(&Request::get("/sign-in")).text().contains("/sign-in/sso"));
}
