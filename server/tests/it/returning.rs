//! Coming back after signing in, words that outlive a session, and forms sent twice (U5, U6, Q1).

use crate::app::{Home, Start, TestApp};
use crate::http::{Answer, Request};
use crate::person::{Person, SESSION, TRY, acknowledge_by_form, note};
use std::time::Duration;

fn goes_to(answer: &Answer) -> &str {
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").expect("a location")
}

/// Signs in by the two plain forms that name `next`, and tells where that leads.
fn signs_in(person: &Person<'_>, next: &str) -> (String, String) {
    let (staff, app) = (&person.staff, person.app);
    let form = [("staff_no", staff.staff_no.as_str()), ("password", &staff.password), ("next", next)];
    let first = app.send(&Request::post("/sign-in", &form));
    let verify = goes_to(&first).to_owned();
    let tried = first.cookie(TRY).expect("a cookie between the factors");
    let form = [("code", person.code()), ("next", next.to_owned())];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let second = app.send(&Request::post("/sign-in/verify", &form).with("Cookie", format!("{TRY}={tried}")));
    let cookie = format!("{SESSION}={}", second.cookie(SESSION).expect("a session"));
    assert!(verify.starts_with("/sign-in/verify"), "{verify}");
    let notice = goes_to(&second);
    assert!(notice.starts_with("/notice"), "{notice}");
    let read = acknowledge_by_form(app, notice, &cookie);
    (goes_to(&read).to_owned(), cookie)
}

#[test]
fn u6_after_signing_in_one_is_where_one_was_and_nobody_elses_address_leads_anywhere() {
    let app = TestApp::shared();
    let person = Person::operator(app);
    let case = person.open("complaint");
    let page = format!("/customers?case={case}");
    assert_eq!(signs_in(&person, &page).0, page);
    assert_eq!(signs_in(&person, "//evil.example").0, "/", "the second form is asked again");
    for elsewhere in ["//evil.example", "https://evil.example/", "/\\evil.example", "/sign-out", "/customers?id_no=1"] {
        let form = [("staff_no", "op9999"), ("password", "x"), ("next", elsewhere)];
        assert_eq!(goes_to(&app.send(&Request::post("/sign-in", &form))), "/sign-in/verify", "{elsewhere}");
        let escaped = elsewhere.replace('/', "%2F").replace('?', "%3F").replace('=', "%3D").replace('\\', "%5C");
        let page = app.send(&Request::get(&format!("/sign-in?next={escaped}")));
        assert_eq!(page.status, 200);
        assert!(!page.text().contains("evil") && !page.text().contains("name=\"next\""), "{elsewhere}");
    }
}

#[test]
fn u5_what_was_typed_outlives_the_session_for_its_writer_alone() {
    let home = Home::new();
    let app = TestApp::start(&home, &Start { staff: 2, env: &[("GRILLE_SESSION__IDLE", "2")], by: &[] });
    let staff: Vec<_> = app.staff.iter().filter(|one| one.staff_no.starts_with("op11")).collect();
    let person = Person::signed_in(&app, staff[0]);
    let words = note();
    // Nothing but time ends it.
    std::thread::sleep(Duration::from_millis(2300));
    let form =
        [("purpose", "counter"), ("ticket", "Q-20261122-7"), ("identified", ""), ("note", &words), ("id_no", "")];
    let refused = person.post("/customers", &form);
    assert_eq!(goes_to(&refused), "/sign-in?next=/customers");
    let told = app.send(&Request::get("/sign-in?next=%2Fcustomers").with("Cookie", person.cookie_header()));
    assert!(told.text().contains("role=\"status\""), "why one is here: {}", told.text());
    assert!(!told.text().contains(&words));
    let (_, other) = signs_in(&Person::signed_out(&app, staff[1]), "/customers");
    assert!(!app.send(&Request::get("/customers").with("Cookie", &other)).text().contains(&words));
    let (to, own) = signs_in(&person, "/customers");
    assert_eq!(to, "/customers");
    assert!(app.send(&Request::get(&to).with("Cookie", &own)).text().contains(&words));
}

#[test]
fn q1_a_form_sent_twice_opens_one_case_and_spends_one_search() {
    let app = TestApp::shared();
    let person = Person::operator(app);
    let words = note();
    let page = person.get("/customers").text();
    let once = page.split("name=\"once\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a token");
    let form = [
        ("once", once),
        ("purpose", "counter"),
        ("ticket", "Q-20261122-7"),
        ("identified", "document_seen"),
        ("note", &words),
        ("id_no", &app.guests[0].id_no),
    ];
    // both at once, as a double click sends them
    let (one, other) = std::thread::scope(|scope| {
        let other = scope.spawn(|| person.post("/customers", &form));
        (person.post("/customers", &form), other.join().expect("an answer"))
    });
    assert_eq!(goes_to(&one), goes_to(&other));
    assert_eq!(goes_to(&person.post("/customers", &form)), goes_to(&one), "and later");
    // the same drawing with another number in it is another search, in another case
    let other_words = note();
    let form = form.map(|(name, value)| match name {
        "id_no" => (name, app.guests[1].id_no.as_str()),
        "note" => (name, other_words.as_str()),
        _ => (name, value),
    });
    let elsewhere = person.post("/customers", &form);
    assert_ne!(goes_to(&elsewhere), goes_to(&one));
    let home = person.get("/").text();
    assert_eq!(home.matches("name=\"case_id\"").count(), 2, "{home}");
    // A malformed token is no form of ours.
    let refused = person.post("/customers", &[("once", "x"), ("note", "")]);
    assert_eq!(refused.status, 422);
}

#[test]
fn drafts_are_kept_by_place_and_a_place_that_is_none_is_refused() {
    let app = TestApp::shared();
    let person = Person::operator(app);
    let words = note();
    assert_eq!(person.post("/api/drafts/keep", &[("place", "case_note"), ("text", &words)]).status, 200);
    assert!(person.get("/customers").text().contains(&words));
    let long = "a".repeat(501);
    for form in [[("place", "elsewhere"), ("text", "x")], [("place", "case_note"), ("text", &long)]] {
        let refused = person.post("/api/drafts/keep", &form);
        assert_eq!((refused.status, refused.code().as_str()), (422, "invalid"));
    }
    assert_eq!(person.post("/api/drafts/forget", &[("place", "case_note")]).status, 200);
    assert!(!person.get("/customers").text().contains(&words));
    let nobody = app.send(&Request::post("/api/drafts/keep", &[("place", "case_note"), ("text", "x")]));
    assert_eq!((nobody.status, nobody.code().as_str()), (401, "signed_out"));
}

#[test]
fn every_fault_of_the_form_is_told_at_once() {
    let app = TestApp::shared();
    let person = Person::operator(app);
    let form =
        [("purpose", "counter"), ("ticket", "no"), ("identified", ""), ("note", ""), ("id_no", "990101198804123013")];
    let refused = person.post("/customers", &form);
    assert_eq!(refused.status, 422);
    for name in ["ticket", "identified", "id_no"] {
        assert!(refused.text().contains(&format!("href=\"#field-{name}\"")), "{name}");
    }
}
