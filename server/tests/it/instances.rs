//! O1: several instances on one server share sessions, budgets, log and step-ups; one that is killed takes nothing with
//! it; and a server that goes away and comes back costs refusals, and nothing else.

use crate::app::{Home, Start, TestApp, told};
use crate::cluster::Cluster;
use crate::crash::{Got, TELLERS, all_recorded, storm, tellers};
use crate::person::{Case, Person, reveal};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;

const HOW: Start<'static> = Start { staff: TELLERS as u16, env: &[], by: &[] };
const ROUNDS: usize = 20;

fn whole(home: &Home) {
    let verified = home.run(&["audit", "verify"]);
    assert!(verified.status.success(), "{}", told(&verified));
}

#[test]
fn o1_one_of_two_instances_killed_twenty_times_under_load_loses_and_forks_nothing() {
    let cluster = Cluster::new();
    let home = Home::on(&cluster);
    let stays = TestApp::start(&home, &HOW);
    let people = tellers(&stays);
    let mut all = 0;
    for round in 0..ROUNDS {
        let dies = TestApp::start(&home, &HOW);
        // Another instant each time.
        let until = 1 + 5 * round;
        let got = storm(&[&stays, &dies], &people, 12, |hands| {
            let first: Vec<Got> = hands.iter().take(until).collect();
            dies.kill();
            first
        });
        // Whoever asked the one that stays had every answer.
        assert!(got.len() >= 32 * 12, "{}", got.len());
        all_recorded(&stays, &people, &got);
        all += got.len();
    }
    let shown = stays.log.of_kind("field_revealed").iter().filter(|event| event.text("decision") == "allowed").count();
    assert!(shown >= all, "{shown} in the log, {all} seen");
    whole(&home);
}

#[test]
fn o1_a_session_a_case_a_step_up_and_a_budget_are_the_same_at_either_instance() {
    const LIMIT: usize = 20;
    let cluster = Cluster::new();
    let home = Home::on(&cluster);
    let env = [("GRILLE_BUDGET__PERSON__SEARCHES_HOUR", "20")];
    let how = Start { staff: 1, env: &env, by: &[] };
    let (one, other) = (TestApp::start(&home, &how), TestApp::start(&home, &how));
    let here = Person::operator(&one);
    let there = here.at(&other);
    let case = here.before("counter", &one.guests[0].id_no);
    // Asked for here, answered there, shown here: nothing is remembered by one process alone.
    let wanted = [("field", "mobile"), ("reason", "COUNTER_SERVICE")];
    let challenge = here.challenge(&case, &wanted);
    let code = there.code();
    let answered = there.post("/api/step_up/totp", &[("challenge", &challenge), ("code", &code)]);
    assert_eq!(answered.status, 200, "{}", answered.text());
    let here = there.at(&one);
    let with = [wanted[0], wanted[1], ("challenge", challenge.as_str())];
    let shown = here.reveal(&case, &with);
    assert_eq!(shown.json()["value"], one.guests[0].mobile.as_str(), "{}", shown.text());
    assert_eq!(here.at(&other).reveal(&case, &with).code(), "challenge_spent");
    // The code is used up at both.
    let again = here.challenge(&case, &[("field", "id_no"), ("reason", "COUNTER_SERVICE")]);
    let used = here.at(&other).post("/api/step_up/totp", &[("challenge", &again), ("code", &code)]);
    assert_eq!(used.code(), "code_used", "{}", used.text());
    // One search was made; of forty at once at both, as many pass as are left.
    let case = here.open("complaint");
    let passed = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for n in 0..40 {
            let (person, case, passed) = (here.at(if n % 2 == 0 { &one } else { &other }), &case, &passed);
            scope.spawn(move || {
                let answer = person.post("/api/customers/search", &[("case_id", case), ("mobile", "16199999999")]);
                match answer.status {
                    200 => drop(passed.fetch_add(1, Ordering::Relaxed)),
                    status => assert_eq!(status, 429, "{}", answer.text()),
                }
            });
        }
    });
    assert_eq!(passed.into_inner(), LIMIT - 1);
    whole(&home);
}

/// Asks on and on; counts refusals, and keeps what was shown.
fn insist(person: &Person<'_>, teller: usize, case: &Case, until: &AtomicBool, refused: &AtomicUsize) -> Vec<Got> {
    let mut got = Vec::new();
    while !until.load(Ordering::Relaxed) {
        let answer = person.send(reveal(case, &[("field", "name"), ("reason", "COUNTER_SERVICE")]));
        match answer.status {
            200 => {
                let json = answer.json();
                let value = json["value"].as_str().expect("a value").to_owned();
                got.push(Got { teller, field: "name", value, seq: json["event"].as_u64().expect("a number") });
            }
            503 => drop(refused.fetch_add(1, Ordering::Relaxed)),
            status => panic!("{status}: {}", answer.text()),
        }
    }
    got
}

#[test]
fn o2_a_server_stopped_and_started_under_load_costs_clear_refusals_and_nothing_is_shown_unrecorded() {
    let cluster = Cluster::new();
    let home = Home::on(&cluster);
    let app = TestApp::start(&home, &HOW);
    let people = tellers(&app);
    for how in ["fast", "immediate"] {
        let (end, refused) = (AtomicBool::new(false), AtomicUsize::new(0));
        let (hand, hands) = channel();
        let got: Vec<Got> = std::thread::scope(|scope| {
            for client in 0..16 {
                let (teller, hand, end, refused) = (client % TELLERS, hand.clone(), &end, &refused);
                let people = &people;
                scope.spawn(move || {
                    let (person, teller_of) = &people[teller];
                    drop(hand.send(insist(person, teller, &teller_of.case, end, refused)));
                });
            }
            drop(hand);
            cluster.stop(how);
            // Each client is turned away once at least, by a sentence and not by silence.
            wait_until(|| refused.load(Ordering::Relaxed) >= 32);
            cluster.start();
            let case = &people[0].1.case;
            wait_until(|| people[0].0.reveal(case, &[("field", "name"), ("reason", "COUNTER_SERVICE")]).status == 200);
            end.store(true, Ordering::Relaxed);
            hands.into_iter().flatten().collect()
        });
        assert!(refused.into_inner() >= 32);
        all_recorded(&app, &people, &got);
    }
    whole(&home);
}

/// Looks twenty times a second, for a minute at most.
pub fn wait_until(mut there: impl FnMut() -> bool) {
    for _ in 0..1200 {
        if there() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("it did not come to that within a minute");
}

#[test]
fn s1_what_one_instance_records_the_other_ones_live_tail_tells() {
    use crate::http::{Request, connect};
    use std::io::{BufRead, BufReader, Write};
    let cluster = Cluster::new();
    let home = Home::on(&cluster);
    let (one, other) = (TestApp::start(&home, &HOW), TestApp::start(&home, &HOW));
    let supervisor = Person::signed_in(&one, one.staff("su3001"));
    let request = Request::get("/supervise/events/tail").with("Host", &other.host);
    let mut tail = connect(other.addr, None).expect("a connection");
    tail.write_all(&request.with("Cookie", supervisor.cookie_header()).bytes()).expect("sent");
    let mut lines = BufReader::new(tail).lines().map_while(Result::ok);
    assert!(lines.next().expect("an answer").starts_with("HTTP/1.1 200"));
    let teller = Person::operator(&one);
    let staff_no = teller.staff.staff_no.clone();
    assert!(lines.any(|line| line.contains(&staff_no)), "the tail tells of what was done elsewhere");
    // Both follow with the newest checkpoint in the folder that they share: its second line is its size.
    let collected = || std::fs::read_to_string(home.data().join("checkpoint")).unwrap_or_default();
    wait_until(|| {
        let size = home.log().number("SELECT size FROM log_head").to_string();
        collected().lines().nth(1) == Some(&size)
    });
    whole(&home);
}
