//! The command line on bad input: a plain sentence with line and rule, no value, nothing written, exit 1; or 2
//! where the command itself is wrong (L1, M4, DESIGN §3).

use crate::app::{Home, files_below, json, told};
use std::process::Output;

/// A value that no message may repeat.
const VALUE: &str = "6222020000000000010";

fn init() -> Home {
    let home = Home::new();
    let made = home.run(&["init", "--json"]);
    assert!(made.status.success(), "{}", told(&made));
    home
}

fn import(home: &Home, csv: &[u8], more: &[&str]) -> Output {
    let file = home.file("in.csv");
    std::fs::write(&file, csv).unwrap();
    let path = file.to_string_lossy().into_owned();
    home.run(&[&["import", "--json", path.as_str()], more].concat())
}

fn customers(home: &Home) -> (i64, i64) {
    let log = home.log();
    (
        log.number("SELECT COUNT(*) FROM customer"),
        log.number("SELECT COUNT(*) FROM log_entry WHERE kind = 'customers_imported'"),
    )
}

/// Refused with exit 1, in these words, without the value.
fn refused(what: &str, output: &Output, words: &[&str]) {
    let said = told(output);
    assert_eq!(output.status.code(), Some(1), "{what}: {said}");
    for word in words {
        assert!(said.contains(word), "{what}: `{word}` is not in: {said}");
    }
    assert!(!said.contains(VALUE), "{what}: the value is in: {said}");
    assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{what}: {said}");
}

#[test]
fn l1_a_file_that_is_no_csv_or_holds_what_may_not_be_held_is_refused_with_line_and_column() {
    let home = init();
    let cases: [(&str, Vec<u8>, &[&str]); 12] = [
        (
            "a quote in a bare cell",
            b"customer_no,branch,card_no\nA1,0101,62220200\"00000000010\n".to_vec(),
            &["line 2", "column 3", "quotation"],
        ),
        (
            "a quote never closed",
            format!("customer_no,branch,card_no\nA1,0101,\"{VALUE}\n").into(),
            &["line 2", "column 3", "does not end"],
        ),
        (
            "text after a quote",
            format!("customer_no,branch,card_no\nA1,0101,\"{VALUE}\"x\n").into(),
            &["line 2", "quotation"],
        ),
        ("no UTF-8", b"customer_no,branch,name\nA1,0101,\xcd\xf5\xb7\xbc\n".to_vec(), &["line 2", "column 3", "UTF-8"]),
        ("a NUL", b"customer_no,branch,name\nA1,0101,\0\n".to_vec(), &["line 2", "NUL"]),
        ("a lone carriage return", b"customer_no,branch\nA1,0101\rA2,0101\n".to_vec(), &["line 2", "carriage return"]),
        ("a C3 column", b"customer_no,branch,cvv2\nA1,0101,123\n".to_vec(), &["cvv2", "M4", "nothing was imported"]),
        ("a C3 column in Chinese", "customer_no,branch,密码\nA1,0101,123\n".into(), &["密码", "M4"]),
        ("an unknown column", b"customer_no,branch,salary\nA1,0101,1\n".to_vec(), &["column 3", "no field"]),
        ("a file without a header", format!("{VALUE},0101\n{VALUE},0101\n").into(), &["column 1"]),
        ("a column twice", b"customer_no,branch,branch\nA1,0101,0102\n".to_vec(), &["column 3", "further left"]),
        ("an empty file", Vec::new(), &["empty", "header"]),
    ];
    for (what, csv, words) in cases {
        refused(what, &import(&home, &csv, &[]), words);
        assert_eq!(customers(&home), (0, 0), "{what}: something was written");
    }
}

#[test]
fn l1_after_a_broken_line_the_mended_file_is_imported_again_and_nothing_is_lost_or_doubled() {
    let home = init();
    let broken = "customer_no,branch,mobile\nA1,0101,16100000101\nA2,0101,161\"00000102\nA3,0101,16100000103\n";
    refused(
        "a quote on line 3",
        &import(&home, broken.as_bytes(), &[]),
        &["line 3", "column 3", "running it again is safe"],
    );
    let mended = broken.replace('"', "");
    let output = import(&home, mended.as_bytes(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let counts = json(&output);
    assert_eq!(counts["added"].as_u64().zip(counts["unchanged"].as_u64()).map(|(added, same)| added + same), Some(3));
    assert_eq!(customers(&home).0, 3);
}

#[test]
fn l1_a_row_is_taken_whole_or_told_by_line_column_and_reason_and_a_second_import_changes_nothing() {
    let home = init();
    let csv = "customer_no,branch,id_no,card_no\n\
        A1,0101,990101198804123012,\n\
        A2,0101,990101198804123013,\n\
        A3,0101,,6222020000000000011\n\
        A1,0101,990101199511234020,\n\
        A5,0101\n\
        A6,0101,990101197602291232,\n";
    let first = import(&home, csv.as_bytes(), &[]);
    assert_eq!(first.status.code(), Some(0), "{}", told(&first));
    let counts = json(&first);
    assert_eq!([&counts["added"], &counts["rejected"], &counts["rows"]], [2, 4, 6]);
    let rejects = std::fs::read_to_string(home.file("in.csv.rejects.csv")).expect("a reject file");
    let told: Vec<&str> = rejects.lines().collect();
    assert_eq!(told[0], "line,column,reason");
    assert_eq!(told.len(), 5, "{rejects}");
    for (line, start) in
        [(1, "3,id_no,wrong_check_digit"), (2, "4,card_no,wrong_check_digit"), (3, "5,customer_no,"), (4, "6,,")]
    {
        assert!(told[line].starts_with(start), "{start}: {rejects}");
    }
    for value in ["990101198804123013", "6222020000000000011", "990101199511234020", "A1", "A5"] {
        assert!(!rejects.contains(value), "{value} in {rejects}");
    }
    let again = json(&import(&home, csv.as_bytes(), &[]));
    assert_eq!([&again["added"], &again["changed"], &again["unchanged"], &again["rejected"]], [0, 0, 2, 4]);
    assert_eq!(customers(&home).0, 2);
    let from_pipe = home.run(&["import", "/no/such/file.csv"]);
    refused("no such file", &from_pipe, &["/no/such/file.csv", "cannot be read"]);
}

#[test]
fn l1_a_mapping_file_that_contradicts_catalogue_or_csv_is_refused_with_line_and_rule() {
    let home = init();
    let csv = b"CUST,BR,CARD\nA1,0101,6222020000000000010\n";
    for (what, mapping, words) in [
        ("no TOML", "[source\n", ["line 1", "mapping"].as_slice()),
        ("an unknown key", "[source]\nname = \"core\"\nuser = \"x\"\n[columns]\ncustomer_no = \"CUST\"\n", &["line 3"]),
        (
            "an unknown field",
            "[source]\nname = \"core\"\n[columns]\ncustomer_no = \"CUST\"\nbranch = \"BR\"\nsalary = \"CARD\"\n",
            &["salary", "no field"],
        ),
        (
            "a C3 field",
            "[source]\nname = \"core\"\n[columns]\ncustomer_no = \"CUST\"\nbranch = \"BR\"\ncvv = \"CARD\"\n",
            &["cvv", "M4"],
        ),
        (
            "a column that is not there",
            "[source]\nname = \"core\"\n[columns]\ncustomer_no = \"CUST\"\nbranch = \"BR\"\nname = \"NAME\"\n",
            &["name"],
        ),
        (
            "a field left out",
            "[source]\nname = \"core\"\n[columns]\ncustomer_no = \"CUST\"\n",
            &["branch must be among"],
        ),
        (
            "a date nobody writes",
            "[source]\nname = \"core\"\n[columns]\ncustomer_no = \"CUST\"\nbranch = \"BR\"\n[formats]\ndate = \"DD/MM/YY\"\n",
            &["formats.date"],
        ),
    ] {
        let file = home.file("map.toml");
        std::fs::write(&file, mapping).unwrap();
        let output = import(&home, csv, &["--mapping", &file.to_string_lossy()]);
        refused(what, &output, words);
        assert_eq!(customers(&home), (0, 0), "{what}");
    }
}

#[test]
fn a_configuration_that_contradicts_itself_is_refused_by_name_and_nothing_is_made() {
    let home = Home::new();
    let file = |name: &str, text: &str| {
        std::fs::write(home.file(name), text).unwrap();
        home.file(name).to_string_lossy().into_owned()
    };
    let catalogue = include_str!("../../../app/domain/catalog.toml");
    let purposes = include_str!("../../../app/domain/purposes.toml");
    let c3 = catalogue.replacen("class = \"C3\"", "class = \"C3\"\nexport_to = \"x\"", 1);
    let unclassified = catalogue.replacen("kind = \"person_name\"\nclass = \"C2\"", "kind = \"person_name\"", 1);
    let exported = catalogue.replacen(
        "step_up = \"act+person\"\nexport = \"never\"",
        "step_up = \"act+person\"\nexport = \"plain\"",
        1,
    );
    let alone = catalogue.replacen("step_up = \"act+person\"", "step_up = \"act\"", 1);
    let unknown_field = purposes.replacen("\"landline\", \"email\"]", "\"landline\", \"salary\"]", 1);
    let unknown_reason = purposes.replacen("reasons = [\"COMPLAINT\"]", "reasons = [\"CURIOSITY\"]", 1);
    let catalogues = [("c3", c3), ("unclassified", unclassified), ("exported", exported), ("alone", alone)];
    for (what, text) in &catalogues {
        assert_ne!(text, catalogue, "{what}");
        let path = file("catalog.toml", text);
        let output = home.run_with(&["init"], &[("GRILLE_CATALOGUE", &path)]);
        refused(what, &output, &["catalog.toml", "line "]);
        assert!(!home.data().join("grille.db").exists(), "{what}");
    }
    for (what, text) in [("an unknown field", &unknown_field), ("an unknown reason", &unknown_reason)] {
        assert_ne!(text, purposes, "{what}");
        let path = file("purposes.toml", text);
        let output = home.run_with(&["init"], &[("GRILLE_PURPOSES", &path)]);
        refused(what, &output, &["line "]);
        assert!(!home.data().join("grille.db").exists(), "{what}");
    }
    for (what, env, words) in [
        ("an unknown key", ("GRILLE_ADR", "127.0.0.1:1"), ["adr"].as_slice()),
        ("an unknown key in a section", ("GRILLE_SESSION__IDEL", "1"), &["idel"]),
        ("a wrong type", ("GRILLE_SESSION__IDLE", "soon"), &["SESSION.IDLE", "u32"]),
        ("plain HTTP for all the world", ("GRILLE_ADDR", "0.0.0.0:3000"), &["addr", "U8"]),
        ("a challenge too long alive", ("GRILLE_STEP_UP__CHALLENGE", "121"), &["step_up.challenge", "V2"]),
        ("a value too long on the screen", ("GRILLE_REVEAL__SECONDS", "31"), &["reveal.seconds", "V4"]),
        ("a key nobody has heard of", ("GRILLE_KEK", "paper"), &["kek"]),
        ("an origin with a path", ("GRILLE_ORIGIN", "http://localhost:3000/"), &["origin"]),
    ] {
        refused(what, &home.run_with(&["init"], &[env]), words);
    }
    let unknown = file("unknown.toml", "[budget.purse]\nmisses_hour = 3\n");
    refused("an unknown section", &home.run(&["init", "--config", &unknown]), &["budget"]);
    refused("no such file", &home.run(&["init", "--config", "/no/such.toml"]), &["/no/such.toml"]);
    for usage in [["frobnicate"].as_slice(), &["import"], &["demo", "--staff", "many"], &["init", "--force"]] {
        assert_eq!(home.run(usage).status.code(), Some(2), "{usage:?}");
    }
    for early in [["serve"].as_slice(), &["import", "x.csv"]] {
        assert_eq!(home.run(early).status.code(), Some(1), "{early:?}");
    }
    assert!(!home.data().exists() || files_below(&home.data()).is_empty(), "{:?}", files_below(&home.data()));
}

#[test]
fn init_makes_four_private_keys_once_and_a_demonstration_keeps_its_hands_off() {
    let home = init();
    let keys: Vec<String> = ["vault", "index", "staff", "log"].map(|key| format!("{key}.key")).into();
    for key in &keys {
        let meta = std::fs::metadata(home.data().join("keys").join(key)).expect("a key");
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o777, 0o600, "{key}");
    }
    let kept: Vec<Vec<u8>> =
        files_below(&home.data().join("keys")).iter().map(|key| std::fs::read(key).unwrap()).collect();
    refused("init again", &home.run(&["init"]), &["exists already", "nothing was changed"]);
    refused(
        "a demonstration in a bank's folder",
        &home.run(&["demo", "--addr", "127.0.0.1:0"]),
        &["not a demonstration"],
    );
    let now: Vec<Vec<u8>> =
        files_below(&home.data().join("keys")).iter().map(|key| std::fs::read(key).unwrap()).collect();
    assert!(kept == now && kept.len() == 4, "the keys are as they were");
}
