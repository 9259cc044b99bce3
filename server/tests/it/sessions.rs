//! Cookies and sessions, as a browser sees them (U2, U5).

use crate::app::{Home, TestApp, told};
use crate::http::{Answer, Request};
use crate::person::{Person, SESSION, TRY, colleague};
use std::time::Duration;

/// The attributes of a cookie that an answer sets.
fn attributes<'a>(answer: &'a Answer, name: &str) -> Vec<&'a str> {
    let lines = answer.all("set-cookie");
    let line = lines.iter().find(|line| line.starts_with(&format!("{name}="))).expect("the cookie is set");
    line.split("; ").skip(1).collect()
}

#[test]
fn u5_both_cookies_are_host_only_http_only_secure_and_strict() {
    let app = TestApp::shared();
    let person = Person::signed_out(app, app.operator());
    let strict = ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"];
    assert_eq!(attributes(&person.first_factor(), TRY), strict);
    let signed_in = person.sign_in();
    assert_eq!(attributes(&signed_in, SESSION), strict);
    let gone = [strict.as_slice(), &["Max-Age=0"]].concat();
    assert_eq!(attributes(&signed_in, TRY), gone, "the cookie between the factors is forgotten");
    assert!(person.cookie().len() >= 32, "a secret of 128 bits or more");
    let out = person.post("/api/sign_out", &[]);
    assert_eq!(attributes(&out, SESSION), gone);
}

#[test]
fn u5_a_sign_out_ends_the_session_for_whoever_kept_its_cookie() {
    let app = TestApp::shared();
    let person = Person::operator(app);
    let kept = person.cookie_header();
    assert_eq!(person.get("/customers").status, 200);
    assert_eq!(person.post("/api/sign_out", &[]).status, 200);
    let page = app.send(&Request::get("/customers").with("Cookie", &kept));
    assert_eq!((page.status, page.header("location")), (303, Some("/sign-in?next=/customers")));
    let asked = app.send(&Request::post("/api/customers/search", &[]).with("Cookie", &kept));
    assert_eq!((asked.status, asked.code().as_str()), (401, "signed_out"));
}

#[test]
fn u5_a_step_up_rotates_the_session_and_the_old_cookie_is_dead() {
    let app = TestApp::shared();
    let person = Person::operator(app);
    let case = person.before("counter", &app.guests[0].id_no);
    let old = person.cookie_header();
    let shown = person.reveal_by_code(&case, &[("field", "address"), ("reason", "COUNTER_SERVICE")]);
    assert_eq!(shown.status, 200, "{}", shown.text());
    assert_ne!(person.cookie_header(), old);
    let asked = app.send(&Request::post("/api/customers/search", &[]).with("Cookie", &old));
    assert_eq!((asked.status, asked.code().as_str()), (401, "signed_out"));
    // The window goes on with the session's lineage, not with its cookie.
    assert_eq!(person.reveal(&case, &[("field", "name"), ("reason", "COUNTER_SERVICE")]).status, 200);
}

#[test]
fn u5_who_signs_in_elsewhere_ends_the_first_session_and_its_page_says_so() {
    let app = TestApp::shared();
    let first = Person::operator(app);
    let old = first.cookie_header();
    first.sign_in();
    let page = app.send(&Request::get("/me").with("Cookie", &old));
    assert_eq!((page.status, page.header("location")), (303, Some("/sign-in?next=/me")));
    let told = app.send(&Request::get("/sign-in?next=/me").with("Cookie", &old).with("Accept-Language", "en"));
    assert!(told.text().contains("You signed in elsewhere at "), "{}", told.text());
    let asked = app.send(&Request::post("/api/session/list", &[]).with("Cookie", &old));
    assert_eq!((asked.status, asked.code().as_str()), (401, "signed_out"));
    let own = first.post("/api/session/list", &[]).json();
    let how: Vec<&str> =
        own["sessions"].as_array().unwrap().iter().map(|one| one["ended_by"].as_str().unwrap_or("live")).collect();
    assert_eq!(how, ["live", "sign_in"]);
}

#[test]
fn u5_an_administrator_ends_a_session_by_a_plain_form_and_by_the_endpoint() {
    let app = TestApp::shared();
    let (person, admin) = (Person::operator(app), colleague("ad9002"));
    let staff_no = person.staff.staff_no.clone();
    assert!(admin.get("/admin/sessions").text().contains(&staff_no));
    for target in ["/admin/sessions/end", "/api/admin/sessions/end"] {
        let ended = admin.post(target, &[("staff_no", &staff_no)]);
        assert!(matches!(ended.status, 200 | 303), "{target}");
        assert_eq!(person.post("/api/session/status", &[]).code(), "signed_out");
        let events = app.log.of_request(ended.request_id());
        assert_eq!(
            (events[0].text("kind"), events[0].text("details/subject_staff")),
            ("session_ended", staff_no.as_str())
        );
        person.sign_in();
    }
    assert!(!admin.get("/admin/sessions").text().contains("127.0.0.1"), "nor where they are");
}

#[test]
fn u5_asking_how_long_it_lasts_keeps_no_session_alive() {
    let home = Home::new();
    let app = TestApp::init_and_serve(&home, &[("GRILLE_SESSION__IDLE", "8")]);
    let admin = Person::signed_in(&app, &app.staff[0]);
    let left = || admin.post("/api/session/status", &[]).json();
    let begun = left();
    assert_eq!(begun["notice_seconds"], 2);
    assert!(begun["idle_seconds"].as_i64().unwrap() <= 8 && begun["absolute_seconds"].as_i64().unwrap() > 8);
    // Asked all the time, it is over all the same. However slow the machine: it is, once the time is.
    let mut answers = (0..600).map(|_| {
        std::thread::sleep(Duration::from_millis(50));
        admin.post("/api/session/status", &[])
    });
    let over = answers.find(|answer| answer.status != 200).expect("it ends");
    assert_eq!((over.status, over.code().as_str()), (401, "signed_out"));
    assert_eq!(admin.post("/api/session/stay", &[]).status, 401, "and does not begin again");
}

#[test]
fn u5_before_the_notice_is_acknowledged_pages_lead_to_it_and_endpoints_refuse() {
    let home = Home::new();
    let app = &TestApp::init_and_serve(&home, &[("GRILLE_SESSION__NOTICE", "everywhere")]);
    let person = Person::signed_out(app, &app.staff[0]);
    person.begin();
    for (page, notice) in [("/", "/notice"), ("/customers", "/notice?next=/customers"), ("/nowhere", "/notice")] {
        let answer = person.get(page);
        assert_eq!((answer.status, answer.header("location")), (303, Some(notice)), "{page}");
        assert_eq!(app.log.of_request(answer.request_id())[0].text("code"), "notice_unacknowledged");
    }
    for target in ["/api/cases/open", "/api/session/list", "/api/nowhere", "/api/passkeys/list", "/api/audit/events"] {
        let answer = person.post(target, &[]);
        assert_eq!((answer.status, answer.code().as_str()), (403, "notice_unacknowledged"), "{target}");
        assert_eq!(app.log.of_request(answer.request_id()).len(), 1, "{target}");
    }
    assert_eq!(
        person.post("/customers", &[]).header("location"),
        Some("/sign-in?next=/customers"),
        "and that to the notice"
    );
    assert_eq!(person.get("/sign-in?next=/customers").header("location"), Some("/notice?next=/customers"));
    assert_eq!(person.post("/api/session/status", &[]).status, 200);
    assert!(person.get("/notice").text().contains("name=\"notice\""));
    person.acknowledge();
    assert_eq!(person.get("/admin/sessions").status, 200);
    assert_eq!(person.get("/notice?next=%2Fcustomers").header("location"), Some("/customers"));
    person.begin();
    assert_eq!(person.post("/api/sign_out", &[]).status, 200, "the way out is open too");
}

#[test]
fn u5_where_a_bank_says_nothing_pages_wait_for_the_notice_and_endpoints_do_not() {
    let app = TestApp::shared();
    let person = Person::signed_out(app, app.operator());
    person.begin();
    assert_eq!(person.get("/customers").header("location"), Some("/notice?next=/customers"));
    assert_eq!(person.post("/api/session/list", &[]).status, 200);
}

#[test]
fn u5_a_bank_has_its_own_words_and_wrong_ones_are_refused_at_start() {
    let home = Home::new();
    std::fs::write(home.file("notice.toml"), "zh = ['某某银行保密规定']\nen = ['Rules of Some Bank']")
        .expect("written");
    let path = home.file("notice.toml").to_string_lossy().into_owned();
    let env = [("GRILLE_NOTICE", path.as_str())];
    let app = TestApp::init_and_serve(&home, &env);
    let admin = Person::signed_in(&app, &app.staff[0]);
    let read = admin.post("/api/notice/read", &[]).json();
    assert_eq!((read["en"][0].as_str(), read["acknowledged"].as_bool()), (Some("Rules of Some Bank"), Some(true)));
    drop(app);
    std::fs::write(home.file("notice.toml"), "zh = ['x']").expect("written");
    let refused = home.run_with(&["serve", "--addr", "127.0.0.1:0"], &env);
    assert_eq!(refused.status.code(), Some(1));
    assert!(told(&refused).contains("notice.toml"), "{}", told(&refused));
}

#[test]
fn u5_an_idle_session_ends_where_a_bank_says_so_and_an_init_can_be_served() {
    let home = Home::new();
    let app = TestApp::init_and_serve(&home, &[("GRILLE_SESSION__IDLE", "2")]);
    let admin = Person::signed_in(&app, &app.staff[0]);
    assert_eq!(app.staff.len(), 2, "exactly two administrators");
    assert_eq!(admin.get("/").status, 200);
    // Nothing but time ends it.
    std::thread::sleep(Duration::from_millis(2300));
    let page = admin.get("/");
    assert_eq!((page.status, page.header("location")), (303, Some("/sign-in")));
    let asked = admin.post("/api/sign_out", &[]);
    assert_eq!((asked.status, asked.code().as_str()), (401, "signed_out"));
}

#[test]
fn u2_whatever_is_wrong_at_sign_in_the_answer_is_one() {
    let app = TestApp::shared();
    let known = Person::signed_out(app, app.operator());
    let used = Person::operator(app);
    let mut seen = Vec::new();
    for (what, staff_no, password, code) in [
        ("an unknown number", "op9999", known.staff.password.as_str(), known.code()),
        ("no number at all", "' OR 1=1", known.staff.password.as_str(), "123456".to_owned()),
        ("a wrong password", &known.staff.staff_no, "Grille-demo-2025", known.code()),
        ("a wrong code", &known.staff.staff_no, &known.staff.password, known.wrong_code()),
        ("no code", &known.staff.staff_no, &known.staff.password, "x".repeat(300)),
        ("a used code", &used.staff.staff_no, &used.staff.password, used.used_code()),
    ] {
        let first = app.send(&Request::post("/api/sign_in", &[("staff_no", staff_no), ("password", password)]));
        let tried = first.cookie(TRY).expect("a try");
        let second = Request::post("/api/verify_totp", &[("code", &code)]).with("Cookie", format!("{TRY}={tried}"));
        let second = app.send(&second);
        let names = |answer: &Answer| {
            let mut names: Vec<String> = answer.headers.iter().map(|(name, _)| name.clone()).collect();
            names.sort();
            names
        };
        let mut json = second.json();
        assert_eq!(json["request_id"], second.request_id());
        json["request_id"] = "".into();
        seen.push((what, (first.status, first.text(), names(&first), second.status, json, names(&second))));
    }
    let (_, one) = &seen[0];
    assert_eq!((one.3, one.4["code"].as_str()), (401, Some("sign_in_failed")));
    for (what, other) in &seen {
        assert_eq!(other, one, "{what}");
    }
}

#[test]
fn u2_a_code_works_once_at_sign_in_and_step_up_together() {
    let app = TestApp::shared();
    let person = Person::operator(app);
    let case = person.before("counter", &app.guests[0].id_no);
    let challenge = person.challenge(&case, &[("field", "mobile"), ("reason", "COUNTER_SERVICE")]);
    let form = [("challenge", challenge.as_str()), ("code", &person.used_code())];
    let answer = person.post("/api/step_up/totp", &form);
    assert_eq!((answer.status, answer.code().as_str()), (429, "code_used"));
    let wait = answer.json()["retry_after"].as_u64().expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(answer.header("retry-after"), Some(wait.to_string().as_str()));
    // The challenge is as good as before.
    let form = [("challenge", challenge.as_str()), ("code", &person.code())];
    assert_eq!(person.post("/api/step_up/totp", &form).status, 200);
}
