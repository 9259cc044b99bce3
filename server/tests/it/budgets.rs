//! Q4 over the wire: many requests at once, a killed process, two people of one branch; and a bank that sets
//! its own limits.

use crate::app::{Home, Start, TestApp};
use crate::http::Answer;
use crate::person::Person;

/// A demonstration with these limits.
fn start(home: &Home, env: &[(&str, &str)]) -> TestApp {
    TestApp::start(home, &Start { staff: 4, env, by: &[] })
}

/// A search by a well-formed number that nobody has.
fn miss(person: &Person<'_>, case: &str) -> Answer {
    person.post("/api/customers/search", &[("case_id", case), ("mobile", "16199999999")])
}

/// Asserts the refusal of a spent budget, and gives back the limit that its event names.
fn spent(person: &Person<'_>, answer: &Answer) -> String {
    assert_eq!((answer.status, answer.code().as_str()), (429, "budget_spent"), "{}", answer.text());
    let wait = answer.json()["retry_after"].as_u64().expect("seconds");
    assert!((1..=3900).contains(&wait), "{wait}");
    assert_eq!(answer.header("retry-after"), Some(wait.to_string().as_str()));
    let events = person.app.log.of_request(answer.request_id());
    let [event] = &events[..] else { panic!("{} events", events.len()) };
    assert_eq!((event.text("decision"), event.text("code")), ("refused", "budget_spent"));
    event.text("details/alert").to_owned()
}

#[test]
fn q4_of_fifty_requests_at_once_before_the_last_one_passes_and_a_restart_resets_nothing() {
    let home = Home::new();
    let env = [("GRILLE_BUDGET__PERSON__SEARCHES_HOUR", "3")];
    let app = start(&home, &env);
    let person = Person::operator(&app);
    let case = person.open("complaint");
    for _ in 0..2 {
        assert_eq!(miss(&person, &case).status, 200);
    }
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..50).map(|_| scope.spawn(|| miss(&person, &case).status)).collect();
        tries.into_iter().map(|tried| tried.join().expect("an answer")).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert!(statuses[1..].iter().all(|status| *status == 429), "{statuses:?}");
    let searched = |decision: &str| {
        let of_kind = app.log.of_kind("customer_searched");
        of_kind.iter().filter(|event| event.text("decision") == decision).count()
    };
    assert_eq!(searched("allowed"), 3);
    assert!(searched("refused") > 0);

    let colleague = Person::operator(&app);
    assert_eq!(miss(&colleague, &colleague.open("complaint")).status, 200, "another person has another budget");

    app.kill();
    let app = start(&home, &env);
    let again = person.at(&app);
    // Of another code than the flood before: the first of this session and minute is told again.
    let answer = again.post("/api/customers/search", &[("case_id", &case), ("id_no", &app.guests[0].id_no)]);
    assert_eq!(answer.status, 429, "{}", answer.text());
    // The page tells the same in words.
    let page = again.get(&format!("/customers?case={case}"));
    assert_eq!(page.status, 200);
    assert!(page.text().contains("supervisor can see this") || page.text().contains("监督岗可以看到"));
}

#[test]
fn q4_a_branch_and_a_purpose_are_shared_by_those_who_work_there() {
    let home = Home::new();
    let env = [("GRILLE_BUDGET__BRANCH__MISSES_HOUR", "2"), ("GRILLE_BUDGET__PURPOSE__REVEALS_HOUR", "0")];
    let app = start(&home, &env);
    let (one, other) = (Person::operator(&app), Person::operator(&app));
    let far = Person::signed_in(&app, app.staff("op1002"));
    let case = one.before("complaint", &app.guests[0].id_no);
    let asked = one.reveal(&case, &[("field", "mobile"), ("reason", "COMPLAINT")]);
    assert_eq!(asked.status, 429, "nobody is asked for a code that could not help: {}", asked.text());
    let events = app.log.of_request(asked.request_id());
    assert_eq!(events[0].text("details/alert"), "budget.purpose.reveals_hour.spent");

    let (mine, theirs) = (one.open("complaint"), other.open("fraud"));
    assert_eq!(miss(&one, &mine).status, 200);
    assert_eq!(miss(&other, &theirs).status, 200);
    assert_eq!(spent(&other, &miss(&other, &theirs)), "budget.branch.misses_hour.spent");
    let hit = one.post("/api/customers/search", &[("case_id", &mine), ("id_no", &app.guests[0].id_no)]);
    assert_eq!(spent(&one, &hit), "budget.branch.misses_hour.spent", "a hit is refused like a miss");
    assert_eq!(miss(&far, &far.open("complaint")).status, 200, "another branch has another budget");
}

#[test]
fn q4_a_limit_that_is_none_is_refused_by_name_and_nothing_is_made() {
    let home = Home::new();
    for (name, value, key) in [
        ("GRILLE_BUDGET__PERSON__SEARCHES_WEEK", "3", "searches_week"),
        ("GRILLE_BUDGET__TEAM__SEARCHES_DAY", "3", "team"),
        ("GRILLE_BUDGET__BRANCH__MISSES_DAY", "-1", "misses_day"),
    ] {
        let refused = home.run_with(&["init", "--json"], &[(name, value)]);
        assert!(!refused.status.success());
        let told = crate::app::told(&refused).to_lowercase();
        assert!(told.contains(key), "{told}");
        assert!(!home.data().exists());
    }
}

#[test]
fn q1_wrong_person_goes_on_under_the_same_ticket_by_endpoint_and_by_plain_form() {
    let app = TestApp::shared();
    let person = Person::operator(app);
    let case = person.before("complaint", &app.guests[0].id_no);
    let answer = person.post("/api/cases/wrong_person", &[("case_id", &case.id)]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let events = app.log.of_request(answer.request_id());
    let new = answer.json()["case_id"].as_str().expect("a case").to_owned();
    let is = ["kind", "decision", "details/case", "details/new_case"].map(|path| events[0].text(path).to_owned());
    assert_eq!(is, ["case_reopened", "allowed", &case.id, &new]);

    let customer = person.find(&new, "id_no", &app.guests[1].id_no);
    let card = person.get(&format!("/customers/{customer}?case={new}"));
    assert!(card.text().contains("action=\"/cases/wrong-person\""), "the card offers it");
    let gone = person.post("/cases/wrong-person", &[("case_id", &new)]);
    assert_eq!(gone.status, 303, "{}", gone.text());
    let address = gone.header("location").expect("a location").to_owned();
    assert!(address.starts_with("/customers?case=") && !address.contains(&new), "{address}");
    assert!(person.get(&address).text().contains("CO-2026-000103"), "the same ticket");
    assert_eq!(person.get(&format!("/customers/{customer}?case={new}")).status, 404);
}

#[test]
fn q1_a_guest_of_another_branch_is_served_at_the_counter_by_a_full_number_only() {
    let app = TestApp::shared();
    let person = Person::operator(app);
    let guest = app.guests.iter().find(|guest| guest.branch == "0102").expect("a guest of 0102");
    // At the counter, the document seen.
    let case = person.open("counter");
    let by_mobile = person.post("/api/customers/search", &[("case_id", &case), ("mobile", &guest.mobile)]);
    assert_eq!(by_mobile.json()["outcome"], "none");
    assert_eq!(app.log.of_request(by_mobile.request_id())[0].text("kind"), "customer_searched");
    let page = person.get(&format!("/customers?case={case}")).text();
    assert!(page.contains("every branch of the bank") || page.contains("可查询全行客户"), "the page says so");
    let by_number = person.post("/api/customers/search", &[("case_id", &case), ("id_no", &guest.id_no)]);
    assert_eq!(by_number.json()["outcome"], "found");
    assert_eq!(app.log.of_request(by_number.request_id())[0].text("kind"), "bank_searched");
    let customer = by_number.json()["customers"][0]["id"].as_str().expect("a handle").to_owned();
    let card = person.post("/api/customers/view", &[("case_id", &case), ("customer_id", &customer)]);
    assert_eq!(card.status, 200, "{}", card.text());
    let case = crate::person::Case { id: case, customer };
    let shown = person.reveal_by_code(&case, &[("field", "name"), ("reason", "COUNTER_SERVICE")]);
    assert_eq!(shown.json()["value"], guest.name.as_str());
    // For a complaint they are not there.
    let case = person.open("complaint");
    let complaint = person.post("/api/customers/search", &[("case_id", &case), ("id_no", &guest.id_no)]);
    assert_eq!(complaint.json()["outcome"], "none");
}
