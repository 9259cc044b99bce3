//! The main journey with plain forms alone, as a browser without JavaScript makes it (DESIGN §4).

use crate::app::TestApp;
use crate::http::{Answer, Request};
use crate::person::{Person, SESSION, TRY, acknowledge_by_form, note};

fn goes_to(answer: &Answer) -> &str {
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").expect("a location")
}

#[test]
fn the_pages_work_by_plain_forms_from_sign_in_to_sign_out() {
    let app = TestApp::shared();
    let staff = app.operator();
    let person = Person::signed_out(app, staff);
    let guest = &app.guests[2];

    let first = app.send(&Request::post("/sign-in", &[("staff_no", &staff.staff_no), ("password", &staff.password)]));
    assert_eq!(goes_to(&first), "/sign-in/verify");
    let tried = first.cookie(TRY).expect("a cookie between the factors");
    let code = person.code();
    let second = Request::post("/sign-in/verify", &[("code", &code)]).with("Cookie", format!("{TRY}={tried}"));
    let second = app.send(&second);
    assert_eq!(goes_to(&second), "/notice");
    let cookie = format!("{SESSION}={}", second.cookie(SESSION).expect("a session"));
    assert_eq!(goes_to(&acknowledge_by_form(app, "/notice", &cookie)), "/");
    let get = |target: &str| app.send(&Request::get(target).with("Cookie", &cookie).with("Accept-Language", "en"));
    let post = |target: &str, form: &[(&str, &str)]| app.send(&Request::post(target, form).with("Cookie", &cookie));

    let words = note();
    let form = [
        ("purpose", guest.purpose.as_str()),
        ("ticket", &guest.ticket),
        ("identified", "questions_passed"),
        ("note", &words),
        ("id_no", &guest.id_no),
        // A plain form sends its empty boxes too.
        ("mobile", ""),
        ("card_no", ""),
    ];
    let searched = post("/customers", &form);
    let found_at = goes_to(&searched).to_owned();
    assert!(!found_at.contains(&guest.id_no), "nothing typed stands in an address");
    let searches = || {
        let of_mine = |event: &crate::log::Event| event.text("actor/staff_no") == staff.staff_no;
        app.log.of_kind("customer_searched").iter().filter(|event| of_mine(event)).count()
    };
    assert_eq!(searches(), 1);
    let found = get(&found_at).text();
    assert_eq!(get(&found_at).status, 200);
    assert_eq!(searches(), 1, "a reload repeats no search");
    assert!(!found.contains(&guest.id_no) && !found.contains(&guest.name), "masks only");
    let mut links = found.split("href=\"").filter_map(|rest| rest.split('"').next());
    let card_at = links.find(|href| href.starts_with("/customers/")).expect("a link to the card").replace("&amp;", "&");
    let card = get(&card_at);
    assert_eq!(card.status, 200);
    assert!(card.text().contains("<noscript>"), "a reveal needs JavaScript, and the card says so");
    assert!(!card.text().contains(&guest.id_no) && !card.text().contains(&guest.mobile), "masks only");

    let case = found_at.split("case=").nth(1).and_then(|rest| rest.split('&').next()).expect("a case");
    assert_eq!(goes_to(&post("/cases/close", &[("case_id", case)])), "/");
    assert_eq!(get(&card_at).status, 404, "the card went with its case");
    let out = post("/sign-out", &[]);
    assert_eq!(goes_to(&out), "/sign-in");
    assert_eq!(goes_to(&get("/")), "/sign-in");
}

#[test]
fn q1_a_search_that_does_not_parse_opens_no_case() {
    let app = TestApp::shared();
    let person = Person::operator(app);
    let words = note();
    let form = [
        ("purpose", "counter"),
        ("ticket", "Q-20261122-7"),
        ("identified", "document_seen"),
        ("note", words.as_str()),
        ("mobile", "*"),
    ];
    let answer = person.post("/customers", &form);
    assert_eq!(answer.status, 422);
    let kept = answer.text();
    assert!(kept.contains("Q-20261122-7") && kept.contains(&words), "the form keeps what was typed");
    let mine = app.log.of_kind("case_opened");
    assert!(mine.iter().all(|event| event.text("actor/staff_no") != person.staff.staff_no));
}
