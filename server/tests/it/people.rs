//! Staff administration by plain forms, from a proposal to the first sign-in (issue 4, U4, U7).

use crate::app::{Home, Start, TestApp};
use crate::http::{Answer, Request};
use crate::person::{Person, Staff};

const OWN: &str = "nine lamps over the canal";
const INVITATION: [(&str, &str); 6] = [
    ("change", "invite"),
    ("staff_no", "op1099"),
    ("person", "HR-70099"),
    ("name", "顾新 Gu Xin"),
    ("role", "operator"),
    ("unit", "0101"),
];

fn start(home: &Home) -> TestApp {
    TestApp::start(home, &Start { staff: 0, env: &[], by: &[] })
}

/// Where a form led.
fn led_to(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").expect("an address").to_owned()
}

/// What stands between two pieces of a page.
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let rest = page.split_once(before).unwrap_or_else(|| panic!("{before} is not in {page}")).1;
    rest.split_once(after).expect("its end").0
}

/// Confirms by the form of the page, code and all.
fn confirm(person: &Person<'_>, id: &str, code: &str) -> Answer {
    let form = [("proposal_id", id), ("note", "checked with HR"), ("code", code), ("decision", "confirm")];
    person.post("/admin/proposals/decide", &form)
}

#[test]
fn u4_by_plain_forms_one_invites_another_confirms_and_the_invited_signs_in() {
    let home = Home::new();
    let app = start(&home);
    let [first, second] = ["ad9001", "ad9002"].map(|no| Person::signed_in(&app, app.staff(no)));
    let page = led_to(&first.post("/admin/staff/propose", &INVITATION));
    let id = page.rsplit('/').next().expect("its id").to_owned();
    let own = first.get(&page).text();
    assert!(!own.contains("value=\"confirm\""), "one's own has no button");
    let refused = confirm(&first, &id, &first.code());
    assert_eq!(refused.status, 403);
    let seen = second.get(&page).text();
    for told in ["HR-70099", "0101", "value=\"confirm\""] {
        assert!(seen.contains(told), "{told}");
    }
    let wrong = confirm(&second, &id, &second.wrong_code());
    assert_eq!(wrong.status, 403);
    assert!(wrong.text().contains("checked with HR"), "what was typed is there again");
    let nothing = confirm(&second, &id, "");
    assert_eq!(nothing.status, 422, "to confirm takes a code");
    let before = second.cookie();
    assert_eq!(led_to(&confirm(&second, &id, &second.code())), page);
    assert_ne!(second.cookie(), before, "a step-up rotates the session (U5)");
    assert_eq!(confirm(&second, &id, &second.used_code()).status, 409, "already decided");

    assert_eq!(second.post("/admin/proposals/link", &[("proposal_id", &id)]).status, 404, "its proposer's alone");
    let shown = first.post("/admin/proposals/link", &[("proposal_id", &id)]);
    assert_eq!((shown.status, shown.header("cache-control")), (200, Some("no-store")));
    let shown = shown.text();
    let link = between(&shown, "<code class=\"secret\">", "</code>");
    let path = link.strip_prefix(&app.origin).expect("an address of this site").to_owned();
    assert_eq!(first.post("/admin/proposals/link", &[("proposal_id", &id)]).status, 409, "shown once");

    let page = app.send(&Request::get(&path).with("Accept-Language", "en"));
    assert_eq!((page.status, page.header("cache-control")), (200, Some("no-store")));
    let page = page.text();
    let secret = between(&page, "<code class=\"secret\">", "</code>").replace(' ', "");
    let factor = between(&page, "name=\"factor\" value=\"", "\"").to_owned();
    assert!(!page.contains("op1099") && !page.contains("Gu Xin"), "the page does not say whose the link is");
    let staff =
        Staff { staff_no: "op1099".into(), password: OWN.into(), totp_secret: secret, ..app.staff("op1001").clone() };
    let invited = Person::signed_out(&app, &staff);
    let enrol = |password: &str, code: &str| {
        let form = [("staff_no", "op1099"), ("password", password), ("factor", factor.as_str()), ("code", code)];
        app.send(&Request::post(&path, &form).with("Accept-Language", "en"))
    };
    let weak = enrol("aaaaaaaaaaaaaaaa", &invited.code());
    assert_eq!(weak.status, 422);
    assert!(weak.text().contains("repeats the same characters") && !weak.text().contains("aaaaaaaa"));
    assert!(
        weak.text().contains(&invited.staff.totp_secret[..4]),
        "the same secret, which an authenticator has by now"
    );
    assert_eq!(led_to(&enrol(OWN, &invited.used_code())), "/sign-in");
    invited.sign_in();
    assert_eq!(invited.get("/customers").status, 200);
    for answer in [app.send(&Request::get(&path)), enrol(OWN, "000000")] {
        assert_eq!(answer.status, 404, "used up");
        let events = app.log.of_request(answer.request_id());
        assert_eq!(events[0].text("code"), "link_invalid");
        assert!(!events[0].json.to_string().contains(path.trim_start_matches("/enrol/")), "no event holds the secret");
    }
}

#[test]
fn u4_by_plain_forms_a_reset_is_told_on_both_homes_and_freezes_reveals() {
    let home = Home::new();
    let app = start(&home);
    let [first, second, operator] = ["ad9001", "ad9002", "op1001"].map(|no| Person::signed_in(&app, app.staff(no)));
    let case = operator.before("counter", &app.guests[0].id_no);
    let page = led_to(&first.post("/admin/staff/propose", &[("change", "reset_factor"), ("staff_no", "op1001")]));
    assert!(second.get("/").text().contains("href=\"/admin/proposals\""), "it waits for the other");
    let id = page.rsplit('/').next().expect("its id").to_owned();
    led_to(&confirm(&second, &id, &second.code()));
    let refused = operator.reveal(&case, &[("field", "id_no"), ("reason", "COUNTER_SERVICE")]);
    assert_eq!((refused.status, refused.code().as_str()), (403, "reveal_frozen"));
    assert!(refused.json()["retry_after"].as_u64().is_some_and(|seconds| seconds > 86_000));
    assert!(operator.get("/").text().contains("ad9001") && first.get("/").text().contains(&id));
    assert_eq!(operator.get("/customers").status, 200, "masks go on");
}

#[test]
fn u4_by_plain_forms_a_forgotten_password_is_chosen_anew_with_the_authenticator_they_have() {
    let home = Home::new();
    let app = start(&home);
    let [first, second] = ["ad9001", "ad9002"].map(|no| Person::signed_in(&app, app.staff(no)));
    let page = led_to(&first.post("/admin/staff/propose", &[("change", "reset_password"), ("staff_no", "op1001")]));
    let id = page.rsplit('/').next().expect("its id").to_owned();
    led_to(&confirm(&second, &id, &second.code()));
    let shown = first.post("/admin/proposals/link", &[("proposal_id", &id)]).text();
    let path = between(&shown, "<code class=\"secret\">", "</code>").replace(&app.origin, "");
    let page = app.send(&Request::get(&path).with("Accept-Language", "en")).text();
    assert!(page.contains("as before") && !page.contains("otpauth") && !page.contains("<svg class=\"qr\""), "{page}");
    let staff = Staff { password: OWN.into(), ..app.staff("op1001").clone() };
    let operator = Person::signed_out(&app, &staff);
    let set = |code: &str| {
        let form = [("staff_no", "op1001"), ("password", OWN), ("code", code)];
        app.send(&Request::post(&path, &form).with("Accept-Language", "en"))
    };
    assert_eq!(set(&operator.wrong_code()).status, 403);
    assert_eq!(led_to(&set(&operator.code())), "/sign-in");
    operator.sign_in();
    assert!(operator.get("/").text().contains("ad9001"), "and is told who did it");
}

#[test]
fn u5_by_a_plain_form_one_suspends_and_no_page_of_staff_shows_a_customer() {
    let home = Home::new();
    let app = start(&home);
    let [admin, operator] = ["ad9001", "op1001"].map(|no| Person::signed_in(&app, app.staff(no)));
    let guest = &app.guests[0];
    operator.before("counter", &guest.id_no);
    for page in ["/", "/admin/staff", "/admin/staff/op1001", "/admin/proposals"] {
        let text = admin.get(page).text();
        assert!(!text.contains(&guest.name) && !text.contains("****"), "{page}");
        assert_eq!(operator.get(page).status, if page == "/" { 200 } else { 403 });
    }
    assert_eq!(led_to(&admin.post("/admin/staff/suspend", &[("staff_no", "op1001")])), "/admin/staff/op1001");
    assert_eq!(led_to(&operator.get("/customers")), "/sign-in?next=/customers");
    assert!(admin.get("/admin/staff/op1001").text().contains("value=\"reinstate\""));
}
