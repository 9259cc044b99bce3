//! What every answer bears (U6), and what no page may.

use crate::app::TestApp;
use crate::http::{Answer, Request};
use crate::person::Person;

const FIXED: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-robots-tag", "noindex"),
];

/// Everything that a browser could ask for, and what should be kept of it: nothing.
fn answers(person: &Person<'_>) -> Vec<(String, Answer)> {
    let app = person.app;
    let case = person.before("counter", &app.guests[0].id_no);
    let card = format!("/customers/{}?case={}", case.customer, case.id);
    let mut answers: Vec<(String, Answer)> =
        ["/", "/customers", &card, "/sign-in", "/customers?all=1", "/no/such/page"]
            .into_iter()
            .map(|page| (page.to_owned(), person.get(page)))
            .collect();
    for page in ["/", "/sign-in", "/sign-in/verify", "/api/customers/search", "/demo/code"] {
        answers.push((format!("{page}, signed out"), app.send(&Request::get(page))));
    }
    answers.push(("a foreign host".into(), app.send(&Request::get("/").with("Host", "evil.example"))));
    answers.push(("a search".into(), person.post("/api/customers/search", &[("case_id", &case.id)])));
    answers.push(("a challenge".into(), person.reveal(&case, &[("field", "id_no"), ("reason", "COUNTER_SERVICE")])));
    answers.push(("a code".into(), person.get("/demo/code")));
    answers.push(("a form".into(), person.post("/customers", &[("case_id", &case.id)])));
    answers
}

#[test]
fn u6_every_answer_bears_the_headers_and_is_kept_by_nobody() {
    let person = Person::operator(TestApp::shared());
    for (what, answer) in answers(&person) {
        for (name, value) in FIXED {
            assert_eq!(answer.header(name), Some(value), "{what}: {name}");
        }
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
        let policy = answer.header("content-security-policy").unwrap_or_default();
        for part in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{what}: {part} in {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("http"), "{what}: {policy}");
        assert_eq!(answer.request_id().len(), 36, "{what}");
        assert!(answer.header("server").is_none() && answer.header("x-powered-by").is_none(), "{what}");
    }
}

#[test]
fn u6_only_what_the_binary_carries_may_be_kept_and_is_asked_for_anew() {
    let answer = TestApp::shared().send(&Request::get("/favicon.svg"));
    for (name, value) in FIXED {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    // Without the browser's half built, there is nothing to carry.
    if answer.status == 200 {
        assert_eq!(answer.header("cache-control"), Some("no-cache"));
    }
}

#[test]
fn u6_the_policy_of_a_page_has_a_nonce_that_is_its_own_and_nothing_stands_inline_without_it() {
    let app = TestApp::shared();
    let person = Person::operator(app);
    let case = person.before("counter", &app.guests[0].id_no);
    let card = format!("/customers/{}?case={}", case.customer, case.id);
    let mut nonces = Vec::new();
    for page in ["/", "/customers", &card, &card] {
        let answer = person.get(page);
        let policy = answer.header("content-security-policy").expect("a policy").to_owned();
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
        assert!(nonce.len() >= 22, "128 bits: {nonce}");
        assert!(policy.contains("'wasm-unsafe-eval'") && policy.contains("form-action 'self'"), "{policy}");
        let html = answer.text();
        for tag in html.split("<script").skip(1).chain(html.split("<style").skip(1)) {
            let tag = tag.split('>').next().unwrap_or_default();
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")) || tag.contains("src="), "{page}: <…{tag}>");
        }
        for (at, _) in html.match_indices('<') {
            let tag = html[at..].split('>').next().unwrap_or_default();
            let inline =
                [" style=", " onclick=", " onload=", " onsubmit=", " onerror="].iter().any(|it| tag.contains(it));
            assert!(!inline, "{page}: {tag}");
            assert!(!tag.contains("javascript:"), "{page}: {tag}");
            for address in ["src=\"http", "href=\"http", "action=\"http", "src=\"//", "href=\"//"] {
                assert!(!tag.contains(address), "{page}: a foreign host in {tag}");
            }
        }
        nonces.push(nonce.to_owned());
    }
    let all = nonces.len();
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), all, "a nonce is used once");
}

#[test]
fn u6_an_endpoint_is_never_compressed() {
    // A secret beside what a caller chose would tell its length (BREACH).
    let person = Person::operator(TestApp::shared());
    let asked = Request::post("/api/customers/search", &[]).with("Accept-Encoding", "br, gzip, deflate");
    assert_eq!(person.send(asked).header("content-encoding"), None);
    let page = Request::get("/customers").with("Accept-Encoding", "br").with("Cookie", person.cookie_header());
    assert_eq!(person.app.send(&page).header("content-encoding"), Some("br"));
}

#[test]
fn docs_api_lists_exactly_the_endpoints_that_there_are() {
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/api.md");
    let text = std::fs::read_to_string(docs).expect("docs/api.md");
    let mut listed: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("### POST ")).collect();
    let mut known = grille::routes::ENDPOINTS.to_vec();
    listed.sort_unstable();
    known.sort_unstable();
    assert_eq!(listed, known);
}
