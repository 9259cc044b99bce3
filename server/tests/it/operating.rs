//! What those who run it ask: is it alive, is it sound, what does it say, can others check the log (O3, A4).

use crate::app::{Home, Start, TestApp, json, told};
use crate::http::Request;
use crate::person::Person;
use crate::put_back::copy;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

fn started(home: &Home, env: &[(&str, &str)]) -> TestApp {
    TestApp::start(home, &Start { staff: 1, env, by: &[] })
}

fn key(home: &Home, name: &str) -> PathBuf {
    home.data().join("keys").join(name)
}

/// The finding of a check that is not `ok`, or what the check says.
pub fn found<'a>(report: &'a Value, check: &str) -> &'a Value {
    let all = report["findings"].as_array().expect("findings");
    let of_check = || all.iter().filter(|finding| finding["check"] == check);
    of_check().find(|finding| finding["level"] != "ok").or(of_check().next()).expect("a finding of that name")
}

pub fn doctor(home: &Home, env: &[(&str, &str)]) -> (Option<i32>, Value) {
    let output = home.run_with(&["doctor", "--json"], env);
    (output.status.code(), json(&output))
}

#[test]
fn o3_a_process_is_alive_under_any_name_and_says_nothing_else() {
    let app = TestApp::shared();
    let alive = app.send(&Request::get("/healthz").with("Host", "10.0.0.7:8080"));
    assert_eq!((alive.status, alive.text().as_str()), (200, r#"{"status":"ok"}"#));
    assert_eq!(alive.header("cache-control"), Some("no-store"));
    let ready = app.send(&Request::get("/readyz").with("Host", "10.0.0.7:8080"));
    assert_eq!((ready.status, ready.text().as_str()), (200, r#"{"ready":true,"masks":true,"missing":[]}"#));
    // Only to be asked, only these, and only the very address.
    for request in
        [Request::post("/healthz", &[]), Request::get("/"), Request::get("/healthz/x"), Request::get("/sign-in")]
    {
        assert_eq!(app.send(&request.with("Host", "10.0.0.7:8080")).status, 421);
    }
    assert_eq!(app.send(&Request::post("/readyz", &[])).status, 405);
}

#[test]
fn o3_readiness_names_each_key_that_is_missing_and_forgets_it_when_it_is_back() {
    let home = Home::new();
    let app = started(&home, &[]);
    let until = |wanted: &[&str]| {
        // An answer is a second old at most.
        for _ in 0..100 {
            let answer = app.send(&Request::get("/readyz"));
            let said = answer.json();
            if said["missing"] == Value::from(wanted) {
                assert_eq!(answer.status, if wanted.is_empty() { 200 } else { 503 });
                assert_eq!((&said["ready"], &said["masks"]), (&wanted.is_empty().into(), &true.into()), "{said}");
                return;
            }
        }
        panic!("never {wanted:?}: {}", app.send(&Request::get("/readyz")).text());
    };
    until(&[]);
    for (name, code) in
        [("vault.key", "vault_key"), ("index.key", "index_key"), ("staff.key", "staff_key"), ("log.key", "log_key")]
    {
        fs::rename(key(&home, name), home.file("aside")).unwrap();
        wait_a_second();
        until(&[code]);
        assert_eq!(app.send(&Request::get("/healthz")).status, 200, "alive all the same");
        fs::rename(home.file("aside"), key(&home, name)).unwrap();
        wait_a_second();
        until(&[]);
    }
    // Another log's key can sign, and nobody would know this log by what it signs.
    let own = fs::read(key(&home, "log.key")).unwrap();
    fs::write(key(&home, "log.key"), format!("{}\n", "5a".repeat(32))).unwrap();
    wait_a_second();
    until(&["signing"]);
    fs::write(key(&home, "log.key"), own).unwrap();
    wait_a_second();
    until(&[]);
}

#[test]
fn o3_readiness_names_what_the_database_lacks_and_whether_masks_can_be_served() {
    let home = Home::new();
    let app = started(&home, &[]);
    let newest = "(SELECT MAX(version) FROM _sqlx_migrations)";
    for (code, masks, break_it, mend) in [
        (
            "policy",
            false,
            "UPDATE policy_state SET hash = zeroblob(32)".to_owned(),
            "UPDATE policy_state SET hash = (SELECT hash FROM test_policy)".to_owned(),
        ),
        (
            "migrations",
            false,
            format!("UPDATE _sqlx_migrations SET success = FALSE WHERE version = {newest}"),
            "UPDATE _sqlx_migrations SET success = TRUE".to_owned(),
        ),
        (
            "clock_behind",
            true,
            "UPDATE log_head SET latest = latest + 100000000000".to_owned(),
            "UPDATE log_head SET latest = latest - 100000000000".to_owned(),
        ),
        (
            "database",
            false,
            "ALTER TABLE policy_state RENAME TO test_away".to_owned(),
            "ALTER TABLE test_away RENAME TO policy_state".to_owned(),
        ),
    ] {
        app.log.meddle("CREATE TABLE IF NOT EXISTS test_policy AS SELECT hash FROM policy_state");
        let triggers = app.log.without_triggers("log_head");
        app.log.meddle(&break_it);
        wait_a_second();
        let answer = app.send(&Request::get("/readyz"));
        let said = answer.json();
        assert_eq!((answer.status, &said["missing"], &said["masks"]), (503, &Value::from(vec![code]), &masks.into()));
        app.log.meddle(&mend);
        app.log.meddle(&triggers);
        wait_a_second();
        assert_eq!(app.send(&Request::get("/readyz")).status, 200, "{code}");
    }
    // More must be free than any disk has.
    let home = Home::new();
    let app = started(&home, &[("GRILLE_SERVER__DISK_RESERVE", "9223372036854775807")]);
    let answer = app.send(&Request::get("/readyz"));
    assert_eq!((answer.status, answer.text().as_str()), (503, r#"{"ready":false,"masks":true,"missing":["disk"]}"#));
}

/// The answer is kept for a second of the machine's clock, which nobody holds here.
fn wait_a_second() {
    std::thread::sleep(std::time::Duration::from_millis(1050));
}

#[test]
fn o3_a_line_a_request_with_its_id_route_status_and_time_and_no_query() {
    let home = Home::new();
    let app = started(&home, &[("GRILLE_LOG", "info")]);
    let person = Person::operator(&app);
    let answer = person.get("/customers?case=secret-in-the-query");
    let request = answer.request_id().to_owned();
    app.kill();
    let said = String::from_utf8(home.stderr()).unwrap();
    assert!(!said.contains("secret-in-the-query") && !said.contains(&person.staff.staff_no));
    let lines: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).expect("JSON, each line")).collect();
    let of_request: Vec<_> = lines.iter().filter(|line| line["fields"]["request"] == request.as_str()).collect();
    assert_eq!(of_request.len(), 1, "one line");
    let fields = &of_request[0]["fields"];
    assert_eq!(
        (&fields["route"], &fields["status"], &fields["method"]),
        (&"/customers".into(), &404.into(), &"GET".into())
    );
    assert!(fields["duration_ms"].is_i64());

    let home = Home::new();
    let app = started(&home, &[("GRILLE_LOG", "info"), ("GRILLE_LOG_FORMAT", "text")]);
    let request = app.send(&Request::get("/sign-in?x=secret-in-the-query")).request_id().to_owned();
    app.kill();
    let said = String::from_utf8(home.stderr()).unwrap();
    let line = said.lines().find(|line| line.contains(&request)).expect("a line");
    assert!(line.contains("route=\"/sign-in\"") && !line.starts_with('{') && !said.contains('\u{1b}'), "{line}");
    assert!(!said.contains("secret-in-the-query"));
    let refused = home.run_with(&["doctor"], &[("GRILLE_LOG_FORMAT", "xml")]);
    assert!(!refused.status.success() && told(&refused).contains("LOG_FORMAT"), "{}", told(&refused));
}

#[test]
fn o3_a_sound_folder_has_no_problem_and_the_doctor_writes_nothing() {
    let home = Home::new();
    let app = started(&home, &[]);
    app.kill();
    // As it lies when the machine stops: what the tests' own reader puts in order when it is closed, too.
    copy(&home.data(), &home.file("killed"));
    drop(app);
    copy(&home.file("killed"), &home.data());
    let files = || ["grille.db", "grille.db-wal"].map(|name| fs::read(home.data().join(name)).unwrap());
    let before = files();
    assert!(!before[1].is_empty());
    let (code, report) = doctor(&home, &[]);
    assert_eq!((code, &report["ok"]), (Some(0), &true.into()), "{report:#}");
    for check in [
        "config",
        "origin",
        "rules",
        "data_dir",
        "vault_key",
        "log_key",
        "disk",
        "database",
        "pragma",
        "schema",
        "clock",
    ] {
        found(&report, check);
    }
    assert_eq!(found(&report, "signature")["level"], "ok");
    assert!(files() == before, "nothing is written");
    let printed = report.to_string() + &told(&home.run(&["doctor"]));
    for name in ["vault.key", "index.key", "staff.key", "log.key"] {
        let secret = fs::read_to_string(key(&home, name)).unwrap();
        assert!(!printed.contains(secret.trim()), "{name}");
    }
}

#[test]
fn o3_the_doctor_waits_for_a_checkpoint_file_that_follows_and_names_one_that_was_left_behind() {
    let home = Home::new();
    let app = TestApp::start(&home, &Start { staff: 1, env: &[], by: &[] });
    let level = || found(&doctor(&home, &[]).1, "checkpoint")["level"].clone();
    assert_eq!(level(), "ok");
    let file = home.data().join("checkpoint");
    let older = fs::read(&file).unwrap();
    Person::operator(&app);
    assert_eq!(level(), "ok");
    assert_ne!(fs::read(&file).unwrap(), older);
    app.kill();
    fs::write(&file, older).unwrap();
    assert_eq!(level(), "warning");
}

#[test]
fn o3_the_doctor_names_each_thing_that_is_wrong_and_what_to_do() {
    let home = Home::new();
    drop(started(&home, &[]));
    let problem = |check: &str, env: &[(&str, &str)]| {
        let (code, report) = doctor(&home, env);
        let finding = found(&report, check);
        assert_eq!((code, &finding["level"]), (Some(1), &"problem".into()), "{check}: {report:#}");
        assert!(finding["todo"].is_string(), "{check}");
    };
    for (name, check) in
        [("vault.key", "vault_key"), ("index.key", "index_key"), ("staff.key", "staff_key"), ("log.key", "log_key")]
    {
        let path = key(&home, name);
        let good = fs::read(&path).unwrap();
        fs::write(&path, "not a key").unwrap();
        problem(check, &[]);
        fs::write(&path, &good).unwrap();
        mode(&path, 0o644);
        problem(check, &[]);
        mode(&path, 0o600);
        fs::rename(&path, home.file("aside")).unwrap();
        problem(check, &[]);
        fs::rename(home.file("aside"), &path).unwrap();
    }
    problem("config", &[("GRILLE_ADR", "x")]);
    problem("origin", &[("GRILLE_ORIGIN", "http://bank.example")]);
    problem("rules", &[("GRILLE_CATALOGUE", "/nowhere/catalog.toml")]);
    problem("database", &[("GRILLE_DATABASE_URL", "sqlite:///nowhere/grille.db")]);
    problem("signature", &[("GRILLE_LOG_ORIGIN", "another.example/log")]);
    let meddle = |sql: &str| home.log().meddle(sql);
    meddle("DELETE FROM _sqlx_migrations WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)");
    assert_eq!(found(&doctor(&home, &[]).1, "schema")["level"], "warning", "the next start runs it");
    meddle("INSERT INTO _sqlx_migrations VALUES (99990101000000, 'later', 0, TRUE, x'00', 0)");
    problem("schema", &[]);
    meddle("DELETE FROM _sqlx_migrations WHERE version = 99990101000000");
    meddle("UPDATE log_head SET latest = 99999999999999");
    problem("clock", &[]);
    assert_eq!(home.run(&["doctor"]).status.code(), Some(1));
}

fn mode(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a4_a_bundle_is_made_beside_the_running_server_and_checked_without_it() {
    let home = Home::new();
    let app = started(&home, &[]);
    let bundle = home.file("bundle");
    let bundle = bundle.to_str().unwrap();
    let made = home.run_with(&["audit", "bundle", bundle, "--json"], &[("USER", "eve"), ("SUDO_USER", "")]);
    let made = json(&made);
    let event = &app.log.from(made["event"].as_u64().unwrap())[0];
    assert_eq!([event.text("kind"), event.text("decision")], ["log_exported", "allowed"]);
    let again = home.run(&["audit", "bundle", bundle]);
    assert!(again.status.code() == Some(1) && told(&again).contains("not empty"), "{}", told(&again));
    let kept = json(&home.run(&["audit", "checkpoint", "--json"]));
    fs::write(home.file("kept"), kept["note"].as_str().unwrap()).unwrap();
    app.kill();
    fs::rename(home.data(), home.file("gone")).unwrap();
    let kept_at = home.file("kept");
    let check = |more: &[&str]| {
        let args = [&["audit", "verify", "--json", "--bundle", bundle], more].concat();
        // A configuration that is wrong is none of its business.
        let output = home.run_with(&args, &[("GRILLE_ADR", "x")]);
        (output.status.code(), json(&output))
    };
    let (code, checked) = check(&["--key", kept["vkey"].as_str().unwrap(), "--checkpoint", kept_at.to_str().unwrap()]);
    assert_eq!((code, &checked["size"], &checked["found"]), (Some(0), &made["size"], &0.into()), "{checked}");
    let other = "grille.localhost/log+fcfb5cb1+AeBNXBfXCcZ9vGhlfm8Dl2Q3mYJ6Y5mB3v9R0uBvGL1n";
    let wrong_key = home.run(&["audit", "verify", "--bundle", bundle, "--key", other]);
    assert_eq!(wrong_key.status.code(), Some(1), "{}", told(&wrong_key));
    let entries = fs::read_dir(home.file("bundle/tile/entries/000.p")).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&entries).unwrap();
    bytes[40] ^= 1;
    fs::write(&entries, bytes).unwrap();
    let (code, checked) = check(&[]);
    assert_eq!((code, &checked["findings"][0]["leaf"]), (Some(1), &0.into()), "{checked}");
}
