//! Numbers for Prometheus: who may read them, and that nothing in them is anyone's (O3).

use crate::app::{Home, Start, TestApp, free_address, told};
use crate::http::Request;
use crate::person::Person;
use backoffice::Lack;
use backoffice::measure::METRICS;
use domain::audit::event::Kind;
use domain::code::Code;
use grille::routes::{ENDPOINTS, PAGES};
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;

pub const WORD: &str = "a-word-of-more-than-sixteen-letters";

/// A file of that word, as the environment names it.
pub fn word(home: &Home, mode: u32, word: &str) -> String {
    let file = home.file("metrics.token");
    std::fs::write(&file, word).expect("a file");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("a mode");
    file.to_string_lossy().into_owned()
}

fn bearing(word: &str) -> Request {
    Request::get("/metrics").with("Authorization", format!("Bearer {word}"))
}

#[test]
fn o3_without_a_listener_or_a_word_there_are_no_metrics() {
    let app = TestApp::shared();
    for request in [Request::get("/metrics"), bearing(WORD), bearing("")] {
        let answer = app.send(&request);
        assert_eq!((answer.status, answer.body.len()), (404, 0));
    }
}

#[test]
fn o3_metrics_are_told_for_the_word_and_for_nothing_like_it() {
    let home = Home::new();
    let file = word(&home, 0o600, &format!("{WORD}\n"));
    let app = TestApp::start(&home, &Start { staff: 1, env: &[("GRILLE_METRICS__TOKEN_FILE", &file)], by: &[] });
    for not in [Request::get("/metrics"), bearing(""), bearing(&WORD[1..]), bearing(&format!("{WORD}x"))] {
        let answer = app.send(&not);
        assert_eq!((answer.status, answer.body.len()), (401, 0), "{not:?}");
    }
    let basic = Request::get("/metrics").with("Authorization", format!("Basic {WORD}"));
    assert_eq!(app.send(&basic).status, 401);
    // A collector knows machines by address, as a load balancer does.
    let answer = app.send(&bearing(WORD).with("Host", "10.0.0.7:9464"));
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("text/plain; version=0.0.4")));
    assert!(!answer.text().contains(WORD));
}

#[test]
fn o3_metrics_on_a_listener_of_their_own_are_on_no_other() {
    let home = Home::new();
    let own = free_address();
    let mut app =
        TestApp::start(&home, &Start { staff: 1, env: &[("GRILLE_METRICS__ADDR", &own.to_string())], by: &[] });
    assert_eq!(app.send(&Request::get("/metrics")).status, 404);
    app.addr = own;
    assert_eq!(app.send(&Request::get("/metrics")).status, 200);
    for other in ["/", "/readyz", "/sign-in"] {
        assert_eq!(app.send(&Request::get(other)).status, 404, "{other}");
    }
    let refused = home.run_with(&["doctor"], &[("GRILLE_METRICS__ADDR", "0.0.0.0:0")]);
    assert!(told(&refused).contains("metrics.addr"), "{}", told(&refused));
}

#[test]
fn o3_a_word_that_others_may_read_or_that_is_short_is_refused_at_start() {
    let home = Home::new();
    assert!(home.run(&["init", "--json"]).status.success());
    for (mode, text, says) in
        [(0o644, WORD, "0600"), (0o600, "short", "16"), (0o600, "two words of many letters", "16")]
    {
        let file = word(&home, mode, text);
        let refused = home.run_with(&["serve", "--addr", "127.0.0.1:0"], &[("GRILLE_METRICS__TOKEN_FILE", &file)]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(told(&refused).contains(says) && !told(&refused).contains(text), "{}", told(&refused));
    }
}

/// Which values a label may have.
fn values(label: &str) -> BTreeSet<String> {
    let all: Vec<&str> = match label {
        "route" => {
            let pages = PAGES.iter().map(|(_, path)| *path).chain(ENDPOINTS);
            pages.chain(["/pkg/{*path}", "/favicon.svg", "/api/{*rest}", "-"]).collect()
        }
        "kind" => Kind::ALL.iter().map(|kind| kind.as_str()).collect(),
        "outcome" => Code::ALL.iter().map(|code| code.as_str()).chain(["done"]).collect(),
        "part" => Lack::ALL.iter().map(|lack| lack.as_str()).collect(),
        "for" => vec!["making", "fetching"],
        other => panic!("a label that nobody knows: {other}"),
    };
    all.into_iter().map(str::to_owned).collect()
}

#[test]
fn o3_every_metric_is_of_the_list_and_every_label_of_a_closed_set() {
    let home = Home::new();
    let file = word(&home, 0o600, WORD);
    let app = TestApp::start(&home, &Start { staff: 1, env: &[("GRILLE_METRICS__TOKEN_FILE", &file)], by: &[] });
    let person = Person::operator(&app);
    let case = person.before("counter", &app.guests[0].id_no);
    assert_eq!(person.reveal_by_code(&case, &[("field", "name"), ("reason", "COUNTER_SERVICE")]).status, 200);
    for wanted in ["/no/such/page?x=1", "/api/no/such", "/pkg/none.js", "/customers/0123"] {
        person.get(wanted);
    }
    app.send(&Request::new("PATCH", "/"));
    let answer = app.send(&bearing(WORD));
    let text = answer.text();
    let mut seen = BTreeSet::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (name, value) = line.rsplit_once(' ').expect("a name and a value");
        assert!(value.parse::<f64>().is_ok(), "{line}");
        let (name, labels) = name.split_once('{').map_or((name, ""), |(name, rest)| (name, rest.trim_end_matches('}')));
        let of = |name: &str| METRICS.iter().find(|(known, ..)| *known == name);
        let parts = ["_bucket", "_sum", "_count"].into_iter().filter_map(|part| name.strip_suffix(part));
        let (known, _, may) = of(name).or_else(|| parts.filter_map(of).next()).unwrap_or_else(|| panic!("{line}"));
        seen.insert(*known);
        // A label's value may hold braces and commas, and no quotation mark.
        let mut words = labels.split('"');
        while let (Some(label), Some(value)) = (words.next(), words.next()) {
            let label = label.trim_matches([',', '=']);
            match label {
                "le" => assert!(value == "+Inf" || value.parse::<f64>().is_ok(), "{line}"),
                "status" => assert!(value.len() == 3 && value.starts_with(['2', '3', '4', '5']), "{line}"),
                _ => assert!(values(label).contains(value), "{line}"),
            }
            assert!(label == "le" || may.contains(&label), "{line}");
        }
    }
    // Only what never happened here is not there.
    let all: BTreeSet<&str> =
        METRICS.iter().map(|(name, ..)| *name).filter(|name| *name != "grille_acts_lost_total").collect();
    assert_eq!(seen, all);
    for told in [
        "grille_acts_total{kind=\"field_revealed\",outcome=\"done\"} 1",
        "grille_acts_total{kind=\"field_revealed\",outcome=\"step_up_required\"} 1",
        "grille_requests_total{route=\"/api/customers/reveal\",status=\"200\"} 1",
        "grille_sessions 1",
        "grille_ready 1",
        "grille_missing{part=\"vault_key\"} 0",
    ] {
        assert!(text.lines().any(|line| line == told), "{told}: {text}");
    }
    let entries = text.lines().find_map(|line| line.strip_prefix("grille_log_entries ")).expect("a number");
    assert_eq!(entries.parse::<usize>().ok(), Some(app.log.from(0).len()));
    for own in [&person.staff.staff_no, &case.id, &case.customer, &app.guests[0].ticket, &person.cookie()] {
        assert!(!text.contains(own.as_str()), "{own}");
    }
}
