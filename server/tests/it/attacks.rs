//! The museum of attacks: every file of `tests/attacks` is one hand-made request, refused **and** recorded.
//!
//! A file says in its first line why the attack is one. Then, on lines that begin with `>`, what must come
//! of it; then the request as it is sent, where `{name}` is filled in from a desk set up for it: see
//! [`Desk::fill`]. `Host`, `Origin`, `Cookie` and `Content-Type` are added unless they stand there, or
//! `> without` names them.

mod case_file;
mod desk;

use crate::app::TestApp;
use crate::http::Answer;
use crate::log::Event;
use case_file::{Attack, By};
use desk::Desk;
use std::path::PathBuf;

/// Attacks of one person stay few: twenty alike in a minute are counted, not told (A10).
const DESKS: usize = 8;

fn files() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/attacks");
    let entries = std::fs::read_dir(folder).expect("the museum");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

#[test]
fn a10_each_attack_of_the_museum_is_refused_and_recorded() {
    let app = TestApp::shared();
    let foreign = Desk::set_up(app);
    let desks: Vec<Desk<'_>> = (0..DESKS).map(|_| Desk::set_up(app)).collect();
    let files = files();
    assert!(files.len() > 70, "{} attacks: where are the others?", files.len());
    let mut wrong = Vec::new();
    for (at, path) in files.iter().enumerate() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path).expect("an attack");
        let attack = Attack::parse(&text).unwrap_or_else(|why| panic!("{name}: {why}"));
        let desk = &desks[at % DESKS];
        let answer = app.send_bytes(&attack.request(desk, &foreign).bytes());
        if let Err(why) = judge(&attack, &answer, desk) {
            wrong.push(format!("{name}: {why}\n  {} {}", answer.status, String::from_utf8_lossy(&answer.body)));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), files.len(), wrong.join("\n"));
}

/// Whether the answer and what is in the log are as the file says.
fn judge(attack: &Attack, answer: &Answer, desk: &Desk<'_>) -> Result<(), String> {
    let told = |what: &str| Err(format!("{what}; expected {} {}", attack.status, attack.code));
    if answer.status != attack.status {
        return told("another status");
    }
    if answer.is_json() {
        let json = answer.json();
        if json["code"] != attack.code.as_str() {
            return told("another code");
        }
        let faults: Vec<String> = json["faults"].as_array().into_iter().flatten().map(fault).collect();
        if let Some(missing) = attack.faults.iter().find(|fault| !faults.contains(fault)) {
            return Err(format!("{missing} is not among the faults {faults:?}"));
        }
    }
    if answer.header("cache-control") != Some("no-store") {
        return told("the answer may be kept");
    }
    // A form comes back to whoever filled it in, as they filled it in; an endpoint repeats nothing.
    if answer.is_json() && attack.secrets(desk).iter().any(|secret| answer.text().contains(secret)) {
        return told("the answer repeats what was sent");
    }
    let events = desk.person.app.log.of_request(answer.request_id());
    match (&attack.recorded, &events[..]) {
        (None, []) => Ok(()),
        (None, _) => told("recorded, though nobody acted"),
        (Some(kind), [event]) => recorded(kind, attack, event, desk),
        (Some(_), _) => told(&format!("{} events", events.len())),
    }
}

fn recorded(kind: &str, attack: &Attack, event: &Event, desk: &Desk<'_>) -> Result<(), String> {
    let who = match &attack.by {
        By::Desk => desk.person.staff.staff_no.as_str(),
        By::Staff(staff_no) => staff_no.as_str(),
        By::Nobody => "",
    };
    let is = [event.text("kind"), event.text("decision"), event.text("code"), event.text("actor/staff_no")];
    let must = [kind, "refused", attack.code.as_str(), who];
    if is != must {
        return Err(format!("recorded as {is:?}, not as {must:?}"));
    }
    let leaf = event.json.to_string();
    match attack.secrets(desk).iter().find(|secret| leaf.contains(*secret)) {
        Some(secret) => Err(format!("the event holds what was typed: {secret}")),
        None => Ok(()),
    }
}

fn fault(fault: &serde_json::Value) -> String {
    format!("{}={}", fault["field"].as_str().unwrap_or_default(), fault["code"].as_str().unwrap_or_default())
}
