//! A database that somebody puts back to an earlier time under the binary's feet (A3): a copied file stands for a
//! machine's snapshot.

use crate::app::{Home, Start, TestApp, json, told};
use crate::faults::until_missing;
use crate::operating::{doctor, found};
use crate::person::Person;
use std::fs;
use std::path::Path;

const HOW: Start<'static> = Start { staff: 3, env: &[], by: &[] };
const FILES: [&str; 3] = ["grille.db", "grille.db-wal", "grille.db-shm"];

/// Everything of the database as it lies there, while nobody writes to it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for name in FILES {
        drop(fs::remove_file(to.join(name)));
        if from.join(name).exists() {
            fs::copy(from.join(name), to.join(name)).unwrap();
        }
    }
}

/// Until the checkpoint file has followed: it is written ten times a second.
fn until_vouched_for(home: &Home, app: &TestApp) {
    let size = app.log.from(0).len().to_string();
    for _ in 0..500 {
        let file = fs::read_to_string(home.data().join("checkpoint")).unwrap();
        if file.lines().nth(1) == Some(&size) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("the file does not vouch for {size}");
}

#[test]
fn a3_a_database_that_was_put_back_serves_masks_alone_until_it_is_mended_or_agreed_to() {
    let home = Home::new();
    let (older, newer) = (home.file("older"), home.file("newer"));
    TestApp::start(&home, &HOW).kill();
    copy(&home.data(), &older);
    let app = TestApp::start(&home, &HOW);
    let teller = Person::operator(&app);
    let case = teller.before("counter", &app.guests[0].id_no);
    let name = [("field", "name"), ("reason", "COUNTER_SERVICE")];
    assert_eq!(teller.reveal_by_code(&case, &name).status, 200);
    until_vouched_for(&home, &app);
    app.kill();
    copy(&home.data(), &newer);
    let known = fs::read_to_string(home.data().join("checkpoint")).unwrap();

    copy(&older, &home.data());
    let app = TestApp::start(&home, &HOW);
    until_missing(&app, &["log_incomplete"]);
    let ready = app.send(&crate::http::Request::get("/readyz"));
    assert_eq!((ready.status, &ready.json()["masks"]), (503, &true.into()));
    assert!(String::from_utf8_lossy(&home.stderr()).contains("ALERT: the log lacks entries"));
    let other = Person::operator(&app);
    let case = other.before("counter", &app.guests[0].id_no);
    let refused = other.reveal(&case, &name);
    assert_eq!((refused.status, refused.code().as_str()), (503, "log_incomplete"), "{}", refused.text());
    let event = &app.log.of_request(refused.request_id())[0];
    assert_eq!([event.text("kind"), event.text("code")], ["field_revealed", "log_incomplete"]);
    let page = other.get("/").text();
    assert!(!page.contains("log_incomplete"), "masks and cases go on");
    let (code, report) = doctor(&home, &[]);
    assert_eq!((code, &found(&report, "checkpoint")["level"]), (Some(1), &"problem".into()), "{report:#}");
    assert_eq!(fs::read_to_string(home.data().join("checkpoint")).unwrap(), known, "it is the evidence");
    app.kill();

    // The newer one is there after all.
    copy(&newer, &home.data());
    let app = TestApp::start(&home, &HOW);
    until_missing(&app, &[]);
    assert!(home.run(&["backup", home.file("backup").to_str().unwrap()]).status.success());
    app.kill();

    // Or is not: then it is agreed to, by the very number.
    copy(&older, &home.data());
    let app = TestApp::start(&home, &HOW);
    until_missing(&app, &["log_incomplete"]);
    let backup = home.run(&["backup", home.file("another").to_str().unwrap()]);
    assert!(backup.status.code() == Some(1) && told(&backup).contains("log_incomplete"), "{}", told(&backup));
    let lacking = &app.log.of_kind("backup_restored")[0];
    let lost = lacking.json["details"]["lost"].as_u64().unwrap();
    let agree = ["restore", "--what-is-there"];
    let number = lost.to_string();
    let agreed = ["restore", "--what-is-there", "--older-than-known", "--yes-lose-events", &number, "--json"];
    let refused = home.run(&agree);
    assert!(told(&refused).contains(&agreed[2..5].join(" ")), "{}", told(&refused));
    let in_use = home.run(&agreed);
    assert!(in_use.status.code() == Some(1) && told(&in_use).contains("in use"), "{}", told(&in_use));
    app.kill();
    assert_eq!(json(&home.run(&agreed))["lost"], lost);
    let app = TestApp::start(&home, &HOW);
    until_missing(&app, &[]);
    let event = app.log.of_kind("backup_restored").pop().unwrap();
    assert_eq!((event.text("decision"), &event.json["details"]["lost"]), ("allowed", &lost.into()));
    assert!(home.run(&["backup", home.file("another").to_str().unwrap()]).status.success());
    assert!(fs::metadata(home.data().join("checkpoint.replaced-1")).unwrap().is_file());
    app.kill();
    let verified = json(&home.run(&["audit", "verify", "--json"]));
    assert_eq!(verified["found"], 0);
    let nothing = home.run(&agree);
    assert!(
        nothing.status.code() == Some(1) && told(&nothing).contains("holds all that is known"),
        "{}",
        told(&nothing)
    );
}
