//! `grille export trace`: what it says of a leaked file, and what it keeps to itself (E4).

use crate::app::{Home, Start, TestApp, json};
use std::fs;

#[test]
fn e4_a_file_of_no_copy_is_told_as_such_recorded_and_nothing_of_it_is_in_any_answer() {
    let home = Home::new();
    drop(TestApp::start(&home, &Start { staff: 1, env: &[], by: &[] }));
    let found = home.file("found.csv");
    fs::write(&found, "name,mobile\nZebedee Quatermass,15498765432\n").expect("a file");
    let path = found.to_str().expect("a path");
    for args in [["export", "trace", path, "--json"].as_slice(), &["export", "trace", path]] {
        let output = home.run(args);
        assert_eq!(output.status.code(), Some(1), "it names no copy");
        if args.len() == 4 {
            let report = json(&output);
            assert_eq!((&report["rows"], &report["copies"]), (&2.into(), &0.into()));
            assert_eq!(report["candidates"], serde_json::json!([]));
        }
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(!said.contains("Quatermass") && !said.contains("98765432"), "{said}");
    }
    let traced = home.log().of_kind("export_traced");
    assert_eq!(traced.len(), 2);
    for event in traced {
        assert_eq!((&event.json["details"]["rows"], &event.json["details"]["findings"]), (&2.into(), &0.into()));
    }
    // What cannot be read is not traced.
    fs::write(&found, b"PK\x03\x04 Quatermass").expect("a file");
    let output = home.run(&["export", "trace", path]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("cannot be read") && !said.contains("Quatermass"), "{said}");
}
