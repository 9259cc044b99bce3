//! Attacks of more than one request, and what looks like an attack and is none.

use crate::app::TestApp;
use crate::http::Request;
use crate::person::{Person, reveal};

const ID_NO: [(&str, &str); 2] = [("field", "id_no"), ("reason", "COUNTER_SERVICE")];

#[test]
fn a10_the_twenty_first_refusal_alike_is_counted_and_answered_429() {
    let app = TestApp::shared();
    let person = Person::operator(app);
    let case = person.open("counter");
    let (mut told, mut answered) = (Vec::new(), None);
    // A minute that ends on the way begins the count again: at most forty before the first 429.
    for _ in 0..=40 {
        let answer = person.post("/api/customers/search", &[("case_id", &case), ("id_no", "*")]);
        if answer.status == 429 {
            answered = Some(answer);
            break;
        }
        assert_eq!((answer.status, answer.code().as_str()), (422, "invalid"));
        told.push(answer.request_id().to_owned());
    }
    let answer = answered.expect("a 429");
    assert_eq!(answer.code(), "too_many_refusals");
    let wait: u64 = answer.header("retry-after").and_then(|seconds| seconds.parse().ok()).expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    assert!(told.len() >= 20);
    assert!(told.iter().all(|request| app.log.of_request(request).len() == 1), "the first twenty are events each");
    assert!(app.log.of_request(answer.request_id()).is_empty(), "those beyond are one count");
    assert!(app.log.number("SELECT COALESCE(SUM(count - free), 0) FROM refusal_count WHERE count > free") >= 1);
    // Another refusal is another matter, and so is work.
    assert_eq!(person.post("/api/customers/search", &[("case_id", &case), ("page", "2")]).status, 429);
    assert_eq!(person.post("/api/customers/view", &[("case_id", &case)]).status, 422);
    person.find(&case, "id_no", &app.guests[0].id_no);
}

#[test]
fn v4_a_reveal_to_a_page_is_refused_before_anything_is_spent() {
    let app = TestApp::shared();
    let person = Person::operator(app);
    let case = person.before("counter", &app.guests[0].id_no);
    let challenge = person.challenge(&case, &ID_NO);
    let form = [("challenge", challenge.as_str()), ("code", &person.code())];
    assert_eq!(person.post("/api/step_up/totp", &form).status, 200);
    let spend: Vec<_> = ID_NO.into_iter().chain([("challenge", challenge.as_str())]).collect();
    let page = reveal(&case, &spend).with("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    let refused = person.send(page);
    assert_eq!((refused.status, refused.code().as_str()), (406, "not_acceptable"));
    assert!(!refused.text().contains(&app.guests[0].id_no));
    let shown = person.reveal(&case, &spend);
    assert_eq!((shown.status, shown.json()["value"].as_str()), (200, Some(app.guests[0].id_no.as_str())));
}

#[test]
fn v2_a_challenge_is_good_for_its_one_act_and_once() {
    let app = TestApp::shared();
    let person = Person::operator(app);
    let case = person.before("counter", &app.guests[0].id_no);
    let challenge = person.challenge(&case, &ID_NO);
    let form = [("challenge", challenge.as_str()), ("code", &person.code())];
    assert_eq!(person.post("/api/step_up/totp", &form).status, 200);
    assert_eq!(person.post("/api/step_up/totp", &form).code(), "challenge_spent", "it is answered once");
    let with = |more: &[(&'static str, &'static str)]| {
        let more: Vec<_> = more.iter().copied().chain([("challenge", challenge.as_str())]).collect();
        let answer = person.reveal(&case, &more);
        let events = app.log.of_request(answer.request_id());
        assert_eq!(events.len(), 1, "{more:?}");
        assert_eq!(events[0].text("kind"), "field_revealed");
        (answer, events[0].clone())
    };
    for more in [
        [("field", "mobile"), ("reason", "COUNTER_SERVICE"), ("item", "1")].as_slice(),
        &[("field", "account_no"), ("reason", "COUNTER_SERVICE"), ("item", "2")],
        &[("field", "id_no"), ("reason", "BREAK_GLASS"), ("note", "the line outside grows by the minute")],
        &[("field", "id_no"), ("reason", "COUNTER_SERVICE"), ("note", "the passbook and the card disagree")],
    ] {
        let (answer, event) = with(more);
        assert_eq!((answer.status, answer.code().as_str()), (403, "challenge_other_act"), "{more:?}");
        assert_eq!(event.text("decision"), "refused");
    }
    let (shown, event) = with(&ID_NO);
    assert_eq!((shown.status, shown.json()["value"].as_str()), (200, Some(app.guests[0].id_no.as_str())));
    assert_eq!(event.seq, shown.json()["event"].as_u64().expect("a number"), "the event that the answer names");
    assert_eq!([event.text("decision"), event.text("details/field")], ["allowed", "id_no"]);
    assert_eq!(with(&ID_NO).0.code(), "challenge_spent");
}

#[test]
fn v2_three_wrong_codes_kill_a_challenge() {
    let app = TestApp::shared();
    let person = Person::operator(app);
    let case = person.before("counter", &app.guests[0].id_no);
    let challenge = person.challenge(&case, &ID_NO);
    for _ in 0..3 {
        let form = [("challenge", challenge.as_str()), ("code", &person.wrong_code())];
        let answer = person.post("/api/step_up/totp", &form);
        assert_eq!((answer.status, answer.code().as_str()), (403, "code_wrong"));
        assert_eq!(app.log.of_request(answer.request_id()).len(), 1);
    }
    let form = [("challenge", challenge.as_str()), ("code", &person.code())];
    let answer = person.post("/api/step_up/totp", &form);
    assert_eq!((answer.status, answer.code().as_str()), (403, "challenge_dead"), "a right code comes too late");
}

#[test]
fn v2_a_challenge_dies_with_the_session_that_asked_for_it() {
    let app = TestApp::shared();
    let person = Person::operator(app);
    let case = person.before("counter", &app.guests[0].id_no);
    let challenge = person.challenge(&case, &ID_NO);
    assert_eq!(person.post("/api/sign_out", &[]).status, 200);
    person.sign_in();
    // The case is the person's and goes on; the challenge was the lineage's.
    let more: Vec<_> = ID_NO.into_iter().chain([("challenge", challenge.as_str())]).collect();
    assert_eq!(person.reveal(&case, &more).code(), "challenge_unknown");
}

#[test]
fn m6_the_same_number_is_found_however_it_is_written() {
    let app = TestApp::shared();
    let person = Person::operator(app);
    let guest = &app.guests[0];
    let case = person.open("counter");
    let handle = person.find(&case, "id_no", &guest.id_no);
    let wide: String = guest.id_no.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
    // GB 11643-1989: without the century and the check digit.
    let fifteen = format!("{}{}", &guest.id_no[..6], &guest.id_no[8..17]);
    let spaced = format!(" {} {} ", &guest.id_no[..6], &guest.id_no[6..]);
    for (key, value) in [
        ("id_no", wide.as_str()),
        ("id_no", &fifteen),
        ("id_no", &spaced),
        ("mobile", &format!("+86 {}", guest.mobile)),
        ("mobile", &format!("０{}", guest.mobile).replace('０', "")),
        ("card_no", &format!("{} {}", &guest.card_no[..4], &guest.card_no[4..])),
    ] {
        assert_eq!(person.find(&case, key, value), handle, "{key} {value}");
    }
}

#[test]
fn q6_nobody_and_another_branchs_customer_look_alike() {
    let app = TestApp::shared();
    let person = Person::operator(app);
    let case = person.open("complaint");
    let other = app.guests.iter().find(|guest| guest.branch == "0102").expect("a guest of 0102");
    let one = person.post("/api/customers/search", &[("case_id", &case), ("id_no", &other.id_no)]);
    let nobody = person.post("/api/customers/search", &[("case_id", &case), ("id_no", "990101200101010011")]);
    assert_eq!(one.text(), nobody.text());
    assert_eq!(one.text(), r#"{"outcome":"none","customers":[]}"#);
    let same = |answer: &crate::http::Answer| {
        let headers = answer.headers.iter().filter(|(name, _)| name != "x-request-id" && name != "date");
        (answer.status, headers.cloned().collect::<Vec<_>>())
    };
    assert_eq!(same(&one), same(&nobody));
}

#[test]
fn u6_a_browser_that_says_same_origin_needs_no_origin() {
    let person = Person::operator(TestApp::shared());
    let app = person.app;
    let request = Request::post("/api/sign_out", &[])
        .with("Sec-Fetch-Site", "same-origin")
        .with("Cookie", person.cookie_header())
        .with("Host", &app.host);
    assert_eq!(app.send_bytes(&request.bytes()).status, 200);
}

#[test]
fn v4_more_time_one_copy_and_one_rating_and_none_of_them_twice() {
    let app = TestApp::shared();
    let person = Person::operator(app);
    let case = person.before("counter", &app.guests[0].id_no);
    let shown = person.reveal_by_code(&case, &[("field", "mobile"), ("reason", "COUNTER_SERVICE")]);
    assert_eq!(shown.status, 200, "{}", shown.text());
    let reveal = shown.json()["event"].as_u64().expect("a number").to_string();
    let event = |answer: &crate::http::Answer| {
        let events = app.log.of_request(answer.request_id());
        assert_eq!(events.len(), 1, "{}", answer.text());
        events[0].clone()
    };
    for (path, more, spent, kind) in [
        ("/api/reveals/more", None, "more_spent", "reveal_extended"),
        ("/api/reveals/copy", None, "copy_spent", "value_copied"),
        ("/api/reveals/needed", Some(("needed", "no")), "rating_spent", "reveal_rated"),
    ] {
        let form: Vec<_> = [("event", reveal.as_str())].into_iter().chain(more).collect();
        let first = person.post(path, &form);
        assert_eq!(first.status, 200, "{path}: {}", first.text());
        assert_eq!(first.header("cache-control"), Some("no-store"));
        let told = event(&first);
        assert_eq!([told.text("kind"), told.text("decision")], [kind, "allowed"]);
        assert_eq!(told.json["details"]["reveal"].to_string(), reveal);
        assert!(!first.text().contains(&app.guests[0].mobile), "the value went out once");
        let second = person.post(path, &form);
        assert_eq!((second.status, second.code().as_str()), (409, spent));
        assert_eq!([event(&second).text("kind"), event(&second).text("code")], [kind, spent]);
    }
}

#[test]
fn v4_a_key_held_down_is_told_three_times_and_answered_for_ever() {
    let app = TestApp::shared();
    let person = Person::operator(app);
    let case = person.before("counter", &app.guests[0].id_no);
    let shown = person.reveal_by_code(&case, &[("field", "mobile"), ("reason", "COUNTER_SERVICE")]);
    let reveal = shown.json()["event"].to_string();
    let told = (0..30).map(|_| {
        let answer = person.post("/api/reveals/attempt", &[("event", &reveal), ("attempt", "copy")]);
        assert_eq!((answer.status, answer.code().as_str()), (200, "ok"));
        app.log.of_request(answer.request_id()).len()
    });
    assert_eq!(told.sum::<usize>(), 3);
}
