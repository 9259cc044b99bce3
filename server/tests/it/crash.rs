//! O2, V3: killed at any instant, nothing shown is missing from the log; and every commit reaches the disk by
//! a sync that many acts share.

use crate::app::{Home, Start, TestApp, told};
use crate::person::{Case, Person, reveal};
use data_encoding::HEXLOWER;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};

pub const TELLERS: usize = 8;
const CLIENTS: usize = 64;
const ROUNDS: usize = 20;
/// Of the tier that one step-up opens for five minutes, so that sixty-four may ask at once.
const FIELDS: [&str; 5] = ["name", "address", "employer", "birth_date", "balance"];

/// Someone before a customer, stepped up.
pub struct Teller {
    pub staff_no: String,
    pub case: Case,
}

/// What a client has in its hands.
pub struct Got {
    pub teller: usize,
    pub field: &'static str,
    pub value: String,
    pub seq: u64,
}

/// Signs everyone in and steps them up. Sessions outlive the process.
pub fn tellers<'a>(app: &'a TestApp) -> Vec<(Person<'a>, Teller)> {
    let make = |n: usize| {
        let person = Person::operator(app);
        let case = person.before("counter", &app.guests[n % 3].id_no);
        let shown = person.reveal_by_code(&case, &[("field", "name"), ("reason", "COUNTER_SERVICE")]);
        assert_eq!(shown.json()["value"], app.guests[n % 3].name.as_str());
        let staff_no = person.staff.staff_no.clone();
        (person, Teller { staff_no, case })
    };
    (0..TELLERS).map(make).collect()
}

/// Asks until the process is gone, or so many times.
fn ask(person: &Person<'_>, teller: usize, case: &Case, most: usize, hand: &Sender<Got>) {
    for n in 0..most {
        let field = FIELDS[n % FIELDS.len()];
        let request = reveal(case, &[("field", field), ("reason", "COUNTER_SERVICE")]);
        let Ok(answer) = person.app.try_send(&request.with("Cookie", person.cookie_header())) else { return };
        assert_eq!(answer.status, 200, "{}", answer.text());
        let json = answer.json();
        let value = json["value"].as_str().expect("a value").to_owned();
        drop(hand.send(Got { teller, field, value, seq: json["event"].as_u64().expect("a number") }));
    }
}

/// Sixty-four clients at once, in turn at each instance; `watch` sees each value as it arrives.
pub fn storm(
    apps: &[&TestApp],
    people: &[(Person<'_>, Teller)],
    most: usize,
    watch: impl FnOnce(&Receiver<Got>) -> Vec<Got>,
) -> Vec<Got> {
    let everyone = |app| people.iter().map(|(person, _)| person.at(app)).collect();
    let here: Vec<Vec<Person<'_>>> = apps.iter().copied().map(everyone).collect();
    let (hand, hands) = channel();
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (teller, hand) = (client % TELLERS, hand.clone());
            let (person, case) = (&here[client / TELLERS % apps.len()][teller], &people[teller].1.case);
            scope.spawn(move || ask(person, teller, case, most, &hand));
        }
        drop(hand);
        let mut got = watch(&hands);
        got.extend(hands);
        got
    })
}

/// Every value in a client's hands has its event, at the number it was told.
pub fn all_recorded(app: &TestApp, people: &[(Person<'_>, Teller)], got: &[Got]) {
    let from = got.iter().map(|got| got.seq).min().unwrap_or(0);
    let events: BTreeMap<u64, _> = app.log.from(from).into_iter().map(|event| (event.seq, event)).collect();
    for Got { teller, field, value, seq } in got {
        let teller = &people[*teller].1;
        let event = events.get(seq).unwrap_or_else(|| panic!("{field} was shown, and event {seq} is not there"));
        let is = ["kind", "decision", "actor/staff_no", "details/case", "details/field"].map(|path| event.text(path));
        assert_eq!(is, ["field_revealed", "allowed", &teller.staff_no, &teller.case.id, field], "event {seq}");
        let customer = app.log.customer_of(&teller.case.customer).expect("the handle means someone");
        let named = event.text("details/customer").replace('-', "");
        assert_eq!(named, HEXLOWER.encode(&customer), "event {seq}");
        assert!(!value.is_empty());
    }
    let seqs: BTreeSet<u64> = got.iter().map(|got| got.seq).collect();
    assert_eq!(seqs.len(), got.len(), "an event is one act's");
}

#[test]
fn o2_killed_amid_sixty_four_reveals_twenty_times_every_value_received_is_in_the_log() {
    let home = Home::new();
    let how = Start { staff: TELLERS as u16, env: &[], by: &[] };
    let first = TestApp::start(&home, &how);
    let people = tellers(&first);
    first.kill();
    let (mut got, mut all) = (Vec::new(), 0);
    for round in 0..=ROUNDS {
        let app = TestApp::start(&home, &how);
        all_recorded(&app, &people, &got);
        all += got.len();
        if round == ROUNDS {
            break;
        }
        // Another instant each time: after so many values, whatever else is on its way then.
        let until = 1 + 13 * round;
        got = storm(&[&app], &people, usize::MAX, |hands| {
            let first: Vec<Got> = hands.iter().take(until).collect();
            app.kill();
            first
        });
        assert!(got.len() >= until);
    }
    assert!(all > ROUNDS * CLIENTS, "{all} values");
    let verified = home.run(&["audit", "verify"]);
    assert!(verified.status.success(), "{}", told(&verified));
}

#[test]
fn v3_every_commit_is_synced_and_many_acts_share_one() {
    const EACH: usize = 12;
    let home = Home::new();
    let how = Start { staff: TELLERS as u16, env: &[], by: &[] };
    let first = TestApp::start(&home, &how);
    let people = tellers(&first);
    first.kill();
    let (counts, pid) = (home.file("counts"), home.file("pid"));
    let (counts_text, pid_text) = (counts.to_string_lossy().into_owned(), pid.to_string_lossy().into_owned());
    let by = [
        "strace",
        "-f",
        "-c",
        "-e",
        "trace=fsync,fdatasync",
        "-o",
        &counts_text,
        "sh",
        "-c",
        r#"echo $$ >"$PID_FILE"; exec "$0" "$@""#,
    ];
    let env = [("PID_FILE", pid_text.as_str())];
    let app = TestApp::start(&home, &Start { staff: TELLERS as u16, env: &env, by: &by });
    let before = app.log.from(0).len() as u64;
    let got = storm(&[&app], &people, EACH, |_| Vec::new());
    assert_eq!(got.len(), CLIENTS * EACH);
    all_recorded(&app, &people, &got);
    // One batch is one transaction, and all its events bear one time.
    let mut events = app.log.from(before);
    // The verification at start (A4) ends when it ends.
    events.retain(|event| event.text("kind") != "log_verified");
    let batches: BTreeSet<i64> = events.iter().filter_map(|event| event.json["time"].as_i64()).collect();
    assert_eq!(events.len(), got.len(), "nothing else was written meanwhile");
    let pid = std::fs::read_to_string(pid).expect("the process's id");
    assert!(Command::new("kill").args(["-TERM", pid.trim()]).status().expect("kill").success());
    app.wait();
    let counted = std::fs::read_to_string(counts).expect("strace counted");
    let syncs: usize = counted.lines().filter(|line| line.ends_with("sync")).map(calls).sum();
    assert!(!batches.is_empty() && syncs >= batches.len(), "{syncs} syncs for {} batches", batches.len());
    assert!(syncs < events.len(), "{syncs} syncs for {} acts: they share none", events.len());
}

/// `% time  seconds  usecs/call  calls  [errors]  syscall`
fn calls(line: &str) -> usize {
    line.split_whitespace().nth(3).and_then(|calls| calls.parse().ok()).unwrap_or_else(|| panic!("{line}"))
}

#[test]
fn o2_a_demonstration_killed_while_it_is_set_up_starts_all_the_same() {
    let home = Home::new();
    for mark in ["demo", "keys", "grille.db", "checkpoint"] {
        let mut child = Command::new(crate::app::GRILLE)
            .args(["demo", "--json", "--addr", "127.0.0.1:0", "--data-dir"])
            .arg(home.data())
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("the binary starts");
        while !home.data().join(mark).exists() && child.try_wait().expect("a process").is_none() {
            std::thread::yield_now();
        }
        child.kill().expect("it could be killed");
        child.wait().expect("it ends");
    }
    let app = TestApp::start(&home, &Start { staff: 1, env: &[], by: &[] });
    let person = Person::operator(&app);
    person.before("counter", &app.guests[0].id_no);
}
