//! `grille backup` and `grille restore`, as whoever runs the machine knows them (O3).

use crate::app::{Home, Start, TestApp, json, told};
use crate::operating::{doctor, found};
use std::fs;

#[test]
fn o3_a_backup_is_made_beside_the_running_server_and_put_in_its_place_when_that_is_gone() {
    let home = Home::new();
    let app = TestApp::start(&home, &Start { staff: 1, env: &[], by: &[] });
    let backup = home.file("backup");
    let backup = backup.to_str().unwrap();
    let made = home.run_with(&["backup", backup, "--json"], &[("USER", "eve"), ("SUDO_USER", "")]);
    let made = json(&made);
    let event = &app.log.from(made["event"].as_u64().unwrap())[0];
    assert_eq!([event.text("kind"), event.text("decision")], ["backup_made", "allowed"]);
    let again = home.run(&["backup", backup]);
    assert!(again.status.code() == Some(1) && told(&again).contains("is there already"), "{}", told(&again));
    // Something happens since: a bundle of the log is an event.
    home.run(&["audit", "bundle", home.file("bundle").to_str().unwrap()]);
    let in_the_way = home.run(&["restore", backup]);
    assert!(in_the_way.status.code() == Some(1) && told(&in_the_way).contains("--replace"), "{}", told(&in_the_way));
    let older = home.run(&["restore", backup, "--replace"]);
    assert!(told(&older).contains("--older-than-known --yes-lose-events 1"), "{}", told(&older));
    let twice = ["restore", backup, "--replace", "--older-than-known", "--yes-lose-events", "1", "--json"];
    // To be told once is not enough, nor by another number.
    assert_eq!(home.run(&twice[..4]).status.code(), Some(2));
    assert_eq!(home.run(&["restore", backup, "--replace", "--yes-lose-events", "1"]).status.code(), Some(2));
    let other = ["restore", backup, "--replace", "--older-than-known", "--yes-lose-events", "2"];
    assert_eq!(home.run(&other).status.code(), Some(1));
    let in_use = home.run(&twice);
    assert!(in_use.status.code() == Some(1) && told(&in_use).contains("in use"), "{}", told(&in_use));
    app.kill();
    let restored = json(&home.run_with(&twice, &[("USER", "eve"), ("SUDO_USER", "")]));
    assert_eq!([&restored["size"], &restored["lost"]], [&made["size"], &1.into()]);
    assert!(fs::metadata(restored["moved"].as_str().unwrap()).unwrap().is_file());
    let verified = json(&home.run(&["audit", "verify", "--json"]));
    assert_eq!((&verified["size"], &verified["found"]), (&made["size"], &0.into()));
    let app = TestApp::start(&home, &Start { staff: 0, env: &[], by: &[] });
    let event = &app.log.from(made["size"].as_u64().unwrap())[0];
    assert_eq!(event.text("kind"), "backup_restored");
    assert!(fs::metadata(home.data().join("checkpoint.replaced-1")).unwrap().is_file());
    // Beside the server, since whoever kills it may do so before the file has followed.
    let (code, report) = doctor(&home, &[]);
    assert_eq!(found(&report, "checkpoint")["level"], "ok", "{report:#}");
    assert_eq!((code, &found(&report, "triggers")["level"]), (Some(0), &"ok".into()), "{report:#}");
}

#[test]
fn o3_what_lies_there_and_is_no_database_is_told_moved_aside_and_not_played_into_the_next() {
    let home = Home::new();
    let app = TestApp::start(&home, &Start { staff: 1, env: &[], by: &[] });
    let backup = home.file("backup");
    let backup = backup.to_str().unwrap();
    let made = json(&home.run(&["backup", backup, "--json"]));
    // What happens since stands in the WAL, and stays there when the process is killed.
    home.run(&["audit", "bundle", home.file("bundle").to_str().unwrap()]);
    app.kill();
    let database = home.data().join("grille.db");
    assert!(fs::metadata(home.data().join("grille.db-wal")).unwrap().len() > 0);
    fs::write(&database, vec![b'x'; 8192]).unwrap();
    let restore = ["restore", backup, "--replace", "--older-than-known", "--yes-lose-events", "1", "--json"];
    let restored = home.run(&restore);
    assert!(told(&restored).contains("cannot be read, so the backup is not compared with it"), "{}", told(&restored));
    let moved = json(&restored)["moved"].as_str().unwrap().to_owned();
    assert_eq!(fs::read(&moved).unwrap(), vec![b'x'; 8192]);
    assert!(fs::metadata(format!("{moved}-wal")).unwrap().is_file());
    let verified = json(&home.run(&["audit", "verify", "--json"]));
    assert_eq!((&verified["size"], &verified["found"]), (&made["size"], &0.into()));
}
