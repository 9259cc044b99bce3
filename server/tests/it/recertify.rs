//! Recertification by plain forms and on the machine itself (issue 4, U7).

use crate::app::{Home, Start, TestApp, told};
use crate::http::Answer;
use crate::operating::{doctor, found};
use crate::person::Person;

/// Everybody is due from the first day on.
const ALL_DUE: (&str, &str) = ("GRILLE_STAFF__RECERTIFY_NOTICE_DAYS", "90");
const PAGE: &str = "/admin/recertification";

fn start(home: &Home) -> TestApp {
    TestApp::start(home, &Start { staff: 0, env: &[ALL_DUE], by: &[] })
}

/// What the tick of that person stands for on this page.
fn tick(page: &str, staff_no: &str) -> String {
    let name = format!("name=\"tick_{staff_no}\" value=\"");
    let value = page.split_once(&name).and_then(|(_, rest)| rest.split_once('"'));
    value.unwrap_or_else(|| panic!("{staff_no} has no tick")).0.to_owned()
}

fn certify(person: &Person<'_>, ticks: &[(&str, &str)], code: &str) -> Answer {
    let form: Vec<(&str, &str)> = ticks.iter().copied().chain([("code", code)]).collect();
    person.post(PAGE, &form)
}

/// Takes people's dates away, as somebody who has the file and its triggers.
fn outdate(app: &TestApp, whom: &str) {
    // They come back afterwards, or doctor would miss them.
    let triggers = app.log.without_triggers("staff");
    app.log.meddle(&format!("UPDATE staff SET certified_until = 1 WHERE {whom}"));
    app.log.meddle(&triggers);
}

#[test]
fn u7_by_a_plain_form_each_is_ticked_and_one_code_certifies_them() {
    let home = Home::new();
    let app = start(&home);
    let admin = Person::signed_in(&app, app.staff("ad9001"));
    assert!(admin.get("/").text().contains("href=\"/admin/recertification\""), "home says so");
    let page = admin.get(PAGE).text();
    assert!(!page.contains("tick_ad9001") && !page.contains("****"), "not oneself, and no customer");
    let (one, other) = (tick(&page, "op1001"), tick(&page, "su3001"));
    let both = [("tick_op1001", one.as_str()), ("tick_su3001", other.as_str())];

    let nobody = certify(&admin, &[], &admin.code());
    assert_eq!(nobody.status, 422);
    assert_eq!(certify(&admin, &both, "").status, 422, "it takes a code");
    let wrong = certify(&admin, &both, &admin.wrong_code());
    assert_eq!(wrong.status, 403);
    assert_eq!(wrong.text().matches(" checked").count(), 2, "what was ticked is so still");
    let own = one.replace("op1001", "ad9001");
    assert_eq!(certify(&admin, &[("tick_ad9001", &own)], &admin.used_code()).status, 403);

    let before = admin.cookie();
    let done = certify(&admin, &both, &admin.code());
    assert_eq!((done.status, done.header("location")), (303, Some(PAGE)), "{}", done.text());
    assert_ne!(admin.cookie(), before, "a step-up rotates the session (U5)");
    let events = app.log.of_kind("staff_certified");
    let event = &events.last().expect("it is recorded").json;
    let whom: Vec<&str> = event["details"]["certified"]
        .as_array()
        .expect("whom")
        .iter()
        .filter_map(|one| one["staff_no"].as_str())
        .collect();
    assert_eq!((event["decision"].as_str(), &whom[..]), (Some("allowed"), &["op1001", "su3001"][..]));
    let page = admin.get(PAGE).text();
    assert_ne!(tick(&page, "op1001"), one, "another state of the record");
    assert_eq!(certify(&admin, &both, &admin.used_code()).status, 409, "and the old one is certified no more");
}

#[test]
fn u7_by_its_endpoints_a_list_is_certified_by_a_challenge_that_is_bound_to_it() {
    let home = Home::new();
    let app = start(&home);
    let admin = Person::signed_in(&app, app.staff("ad9001"));
    let list = admin.post("/api/admin/staff/due", &[]).json();
    let of = |staff_no: &str| {
        let all = list["due"].as_array().expect("a list");
        let one = all.iter().find(|due| due["staff_no"] == staff_no).expect("they are due");
        assert!(one["certified_until"].is_i64() && one["may"].is_array(), "{one}");
        one["looked"].as_str().expect("what a tick stands for").to_owned()
    };
    let (one, other) = (of("op1001"), of("op1002"));
    let ticks = [("tick_op1001", one.as_str()), ("tick_op1002", other.as_str())];
    let asked = admin.post("/api/admin/staff/certify", &ticks);
    assert_eq!((asked.status, asked.code().as_str()), (403, "step_up_required"));
    let challenge = asked.json()["challenge"].as_str().expect("a challenge").to_owned();
    let code = admin.code();
    assert_eq!(admin.post("/api/step_up/totp", &[("challenge", &challenge), ("code", &code)]).status, 200);
    let certify = |ticks: &[(&str, &str)]| {
        let form: Vec<(&str, &str)> = ticks.iter().copied().chain([("challenge", challenge.as_str())]).collect();
        admin.post("/api/admin/staff/certify", &form)
    };
    let other = certify(&ticks[..1]);
    assert_eq!((other.status, other.code().as_str()), (403, "challenge_other_act"));
    assert_eq!(certify(&ticks).status, 200);
    let again = certify(&ticks);
    assert_eq!((again.status, again.code().as_str()), (409, "changed"));
}

#[test]
fn u7_whoever_lapsed_is_out_with_their_next_request_and_comes_back_by_two() {
    let home = Home::new();
    let app = start(&home);
    let [admin, operator] = ["ad9001", "op1001"].map(|no| Person::signed_in(&app, app.staff(no)));
    assert_eq!(operator.get("/customers").status, 200);
    outdate(&app, "staff_no = 'op1001'");
    assert_eq!(operator.get("/customers").status, 303);
    let events = app.log.of_kind("staff_lapsed");
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].text("details/subject_staff"), "op1001");
    let why = operator.get("/sign-in").text();
    assert!(why.contains("Your rights have lapsed"), "why, to whoever has the old cookie: {why}");
    assert_eq!(operator.first_factor().status, 200, "the first factor tells nothing");
    let page = admin.get("/admin/staff/op1001").text();
    assert!(page.contains("<dd>lapsed</dd>") && page.contains("value=\"reinstate\""), "{page}");
    assert!(!admin.get(PAGE).text().contains("tick_op1001"));
}

#[test]
fn u7_when_all_administrators_lapsed_the_machine_itself_lets_two_in_again() {
    let home = Home::new();
    let app = start(&home);
    assert_eq!(found(&doctor(&home, &[]).1, "certified")["level"], "ok");
    outdate(&app, "role IN ('admin', 'auditor')");
    let (code, report) = doctor(&home, &[]);
    let finding = found(&report, "certified");
    assert_eq!((code, finding["level"].as_str()), (Some(0), Some("warning")), "{finding}");
    assert!(
        told(&home.run(&["staff", "list"])).lines().any(|line| line.starts_with("ad9001") && line.contains("lapsed"))
    );
    for staff_no in ["ad9001", "ad9002"] {
        let output = home.run(&["staff", "certify", staff_no]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(told(&output).contains("is certified until 20"));
    }
    let events = app.log.of_kind("staff_certified");
    assert_eq!(
        events.iter().map(|event| event.text("details/subject_staff")).collect::<Vec<_>>(),
        ["ad9001", "ad9002"]
    );
    Person::signed_in(&app, app.staff("ad9001"));
    let refused = home.run(&["staff", "certify", "au4001"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("administrators alone are certified here"));
    assert_eq!(app.log.of_kind("staff_certified").last().expect("recorded").text("code"), "change_unfit");
}
