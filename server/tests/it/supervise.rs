//! The supervisor's window over HTTP: who may, what garbage gets, and the log as files.

use crate::app::TestApp;
use crate::http::{Answer, Request};
use crate::person::{Person, Staff, colleague};
use domain::audit::checkpoint::{self, VerifierKey};
use domain::audit::merkle::{Hash, tree_root};
use domain::audit::proof::InclusionProof;
use domain::audit::tile::decode_hashes;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::OnceLock;
use std::time::Duration;

/// One of each role for all tests here.
fn people() -> [&'static Person<'static>; 5] {
    static OPERATOR: OnceLock<Person<'static>> = OnceLock::new();
    let [approver, supervisor, admin, auditor] = ["ap2002", "su3001", "ad9002", "au4001"].map(colleague);
    [approver, supervisor, admin, auditor, OPERATOR.get_or_init(|| Person::operator(TestApp::shared()))]
}

fn of(role: &str) -> &'static Person<'static> {
    people().into_iter().find(|person| person.staff.role == role).expect("a person of that role")
}

fn refused(person: &Person<'_>, answer: &Answer, what: &str) {
    let Staff { role, .. } = &person.staff;
    assert_eq!(answer.status, 403, "{role} {what}");
    let events = person.app.log.of_request(answer.request_id());
    assert!(events.iter().any(|event| event.text("code") == "not_permitted"), "{role} {what} is recorded");
}

#[test]
fn s1_supervisors_and_auditors_read_the_log_and_whoever_else_tries_is_recorded() {
    let asked = [
        ("/api/audit/events", vec![]),
        ("/api/audit/event", vec![("seq", "0")]),
        ("/api/audit/proof", vec![("seq", "0")]),
        ("/api/audit/verify", vec![("seq", "0")]),
    ];
    let got = [
        "/supervise",
        "/supervise/events",
        "/supervise/events/0",
        "/supervise/integrity",
        "/log/checkpoint",
        "/log/tile/0/000.p/1",
    ];
    for person in people() {
        let may = ["supervisor", "auditor"].contains(&person.staff.role.as_str());
        for (path, form) in &asked {
            let answer = person.post(path, form);
            if may { assert_eq!(answer.status, 200, "{}", answer.text()) } else { refused(person, &answer, path) }
        }
        for path in got {
            let answer = person.get(path);
            if may { assert_eq!(answer.status, 200, "{path}") } else { refused(person, &answer, path) }
        }
        let bundle = person.get("/log/tile/entries/000.p/1");
        if person.staff.role == "auditor" {
            assert_eq!(bundle.status, 200)
        } else {
            refused(person, &bundle, "entries")
        }
        if !may {
            refused(person, &person.get("/supervise/events/tail"), "tail");
            refused(person, &person.post("/supervise/integrity/verify", &[]), "verify");
        }
    }
    let app = TestApp::shared();
    for path in ["/log/checkpoint", "/log/tile/0/000.p/1", "/log/tile/entries/000.p/1", "/supervise/events/tail"] {
        let answer = app.send(&Request::get(path));
        assert_eq!((answer.status, answer.code().as_str()), (401, "signed_out"), "{path}");
    }
    assert_eq!(
        app.send(&Request::get("/supervise/events")).header("location"),
        Some("/sign-in?next=/supervise/events")
    );
}

#[test]
fn s1_garbage_in_a_filter_is_422_recorded_and_reads_nothing() {
    let person = of("supervisor");
    for (name, value) in [
        ("limit", "100000"),
        ("before", "-1"),
        ("staff_no", "' OR 1=1 --"),
        ("from", "yesterday"),
        ("kind", "%"),
        ("customer_id", "1; DROP TABLE log_entry"),
        ("query", "x"),
        ("order", "seq"),
    ] {
        let answer = person.post("/api/audit/events", &[(name, value)]);
        assert_eq!((answer.status, answer.code().as_str()), (422, "invalid"), "{name}");
        // the request's id is random: by chance it may hold a value as short as these
        let said = answer.text().replace(answer.request_id(), "");
        assert!(!said.contains(value), "{name}: {said}");
        let left = person.app.log.of_request(answer.request_id());
        assert_eq!(left.len(), 1, "{name}");
        assert_eq!((left[0].text("kind"), left[0].text("code")), ("request_refused", "invalid"));
    }
    let page = person.get("/supervise/events?staff_no=%27+OR+1%3D1&limit=100000");
    assert_eq!(page.status, 422);
    assert!(!page.text().contains("OR 1=1") && !page.text().contains("<table"));
    for seq in ["-1", "01", "x", "99999999999999999999"] {
        assert_eq!(person.post("/api/audit/event", &[("seq", seq)]).status, 422, "{seq}");
        assert_eq!(person.get(&format!("/supervise/events/{seq}")).status, 404, "{seq}");
    }
    assert_eq!(person.post("/api/audit/event", &[("seq", "99999999")]).status, 404);
    for path in ["0/0", "0/x000/000.p/1", "0/000.p/0", "0/000.p/256", "64/000.p/1", "entries/../0/000", "0/999"] {
        assert_eq!(person.get(&format!("/log/tile/{path}")).status, 404, "{path}");
    }
}

#[test]
fn a7_a_cursor_is_good_for_the_session_that_began_and_no_other() {
    let (supervisor, auditor) = (of("supervisor"), of("auditor"));
    let first = supervisor.post("/api/audit/events", &[("limit", "2"), ("kind", "staff_created")]).json();
    let query = first["query"].as_str().expect("a query").to_owned();
    let next = first["next"].to_string();
    let form = [("limit", "2"), ("kind", "staff_created"), ("before", next.as_str()), ("query", query.as_str())];
    let stolen = auditor.post("/api/audit/events", &form);
    assert_ne!(stolen.json()["query"], query.as_str());
    let left = auditor.app.log.of_request(stolen.request_id());
    assert!(left.iter().any(|event| event.text("kind") == "log_read"), "it is a query of its own");
    for event in first["events"].as_array().expect("events") {
        assert_eq!(event["kind"], "staff_created");
        assert!(event["time"].as_str().is_some_and(|time| time.ends_with('Z')));
    }
}

#[test]
fn a1_a_stranger_with_the_public_key_rebuilds_the_root_and_checks_a_proof() {
    let person = of("auditor");
    let note = person.get("/log/checkpoint").text();
    let size: u64 = note.lines().nth(1).and_then(|size| size.parse().ok()).expect("a size");
    let root = Hash::parse(note.lines().nth(2).expect("a root")).expect("base64");
    let mut leaves = Vec::new();
    for n in 0..size.div_ceil(256) {
        let width = (size - n * 256).min(256) as u16;
        let part = if width == 256 { String::new() } else { format!(".p/{width}") };
        let tile = person.get(&format!("/log/tile/0/{n:03}{part}"));
        assert_eq!((tile.status, tile.header("content-encoding")), (200, None));
        leaves.extend(decode_hashes(&tile.body, width).expect("hashes"));
    }
    assert_eq!(tree_root(&leaves), root);
    let proof = person.post("/api/audit/proof", &[("seq", "3")]).json();
    let inclusion = InclusionProof {
        leaf_index: proof["leaf_index"].as_u64().expect("an index"),
        tree_size: proof["tree_size"].as_u64().expect("a size"),
        hashes: serde_json::from_value(proof["hashes"].clone()).expect("hashes"),
    };
    let page = person.get("/supervise/integrity").text();
    let key = page.split("class=\"key\">").nth(1).and_then(|rest| rest.split('<').next()).expect("the public key");
    let key = VerifierKey::parse(key).expect("a key");
    let signed = checkpoint::open(proof["checkpoint"].as_str().expect("a note"), &key).expect("signed");
    inclusion.verify_in(&leaves[3], &signed).expect("the proof holds");
}

#[test]
fn s1_the_tail_is_server_sent_events_and_ends_at_sign_out() {
    let app = TestApp::shared();
    let person = Person::signed_in(app, app.staff("su3002"));
    let mut stream = TcpStream::connect(app.addr).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
    let request = Request::get("/supervise/events/tail?kind=case_opened")
        .with("Host", &app.host)
        .with("Cookie", person.cookie_header());
    stream.write_all(&request.bytes()).expect("sent");
    let mut heard = String::new();
    let until = |heard: &mut String, stream: &mut TcpStream, word: &str| {
        let mut buffer = [0; 4096];
        while !heard.contains(word) {
            let read = stream.read(&mut buffer).expect("something is told");
            assert!(read > 0, "it ended before {word}: {heard}");
            heard.push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
    };
    until(&mut heard, &mut stream, "text/event-stream");
    let teller = Person::operator(app);
    teller.open("complaint");
    until(&mut heard, &mut stream, "event: line");
    until(&mut heard, &mut stream, &teller.staff.staff_no);
    assert_eq!(person.post("/api/sign_out", &[]).status, 200);
    until(&mut heard, &mut stream, "event: end");
    assert!(heard.contains("signed_out"), "{heard}");
}
