//! Q4: budgets of a person, a branch and a purpose, over an hour, a day and a month.

use crate::customers::{Customer, id_no};
use crate::office::TestOffice;
use crate::people::{Person, Seat, reveal_form};
use backoffice::Settings;
use backoffice::store::statement::sql;
use domain::audit::event::{AuditEvent, Kind};
use domain::budget::{Counter, Limits, Scope, Window};
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{DeskError, Found};
use domain::id::{CaseId, PurposeName};
use std::sync::Arc;

/// Limits of nothing but what the test names.
fn limits(set: impl Fn(&mut Limits)) -> Settings {
    let mut limits = Limits::NONE;
    set(&mut limits);
    // Sessions outlive what these tests wait for.
    let long = Span::days(60);
    Settings { budgets: limits, session_idle: long, session_absolute: long, ..Settings::default() }
}

/// An office with such limits and an operator of branch 0101.
async fn with_operator(set: impl Fn(&mut Limits)) -> (Arc<TestOffice>, Seat) {
    let house = TestOffice::with(limits(set)).await;
    let seat = house.seat(Person::operator()).await;
    (house, seat)
}

/// Asserts that this is the refusal of a spent budget and gives back the seconds until it opens.
fn spent<T: std::fmt::Debug>(answer: Result<T, DeskError>) -> u32 {
    match answer {
        Err(DeskError::Wait { code: Code::BudgetSpent, retry_after }) => retry_after,
        other => panic!("{other:?}"),
    }
}

/// Asserts that the newest event is that refusal, and tells which limit it names.
async fn refusal(house: &TestOffice, kind: Kind) -> String {
    alert(&house.last_is_refusal(kind, Code::BudgetSpent).await)
}

fn alert(event: &AuditEvent) -> String {
    event.details.alert.as_ref().map(|alert| alert.as_str().to_owned()).unwrap_or_default()
}

/// A search that finds nobody.
async fn miss(seat: &Seat, case: CaseId) -> Result<Found, DeskError> {
    seat.search(case, "id_no", &id_no(999)).await
}

/// Opens a case, finds the customer, looks at the card, closes the case.
async fn visit(seat: &Seat, customer: &Customer) -> Result<(), DeskError> {
    let case = seat.open("complaint").await;
    let handle = seat.find(case, customer).await;
    let viewed = seat.desk().await.view(case, handle).await.map(drop);
    seat.desk().await.close_case(case).await.unwrap();
    viewed
}

#[tokio::test]
async fn q4_the_last_search_within_the_limit_passes_and_the_next_is_refused_and_recorded() {
    let (house, seat) = with_operator(|limits| limits.person.searches_hour = 3).await;
    let customer = house.customer().await;
    let case = seat.open("complaint").await;
    for _ in 0..3 {
        seat.find(case, &customer).await;
    }
    let wait = spent(seat.search(case, "id_no", customer.value("id_no")).await);
    assert!((3600..=3900).contains(&wait), "{wait}");
    assert_eq!(refusal(&house, Kind::CustomerSearched).await, "budget.person.searches_hour.spent");
    house.wait(Span::seconds(i64::from(wait) - 1));
    spent(seat.search(case, "id_no", customer.value("id_no")).await);
    house.wait(Span::seconds(1));
    seat.find(case, &customer).await;
    house.whole().await;
}

#[tokio::test]
async fn q4_a_day_and_a_month_are_kept_too() {
    for (window, seconds) in [(Window::Day, 86_400), (Window::Month, 30 * 86_400)] {
        let (house, seat) = with_operator(|limits| match window {
            Window::Hour => (),
            Window::Day => limits.person.searches_day = 1,
            Window::Month => limits.person.searches_month = 1,
        })
        .await;
        let case = seat.open("complaint").await;
        miss(&seat, case).await.unwrap();
        let wait = i64::from(spent(miss(&seat, case).await));
        assert!((seconds..=seconds + seconds / 20).contains(&wait), "{wait}");
        house.wait(Span::seconds(wait - 1));
        spent(miss(&seat, case).await);
        house.wait(Span::seconds(1));
        miss(&seat, case).await.unwrap();
    }
}

#[tokio::test]
async fn q4_a_spent_budget_of_misses_refuses_hit_and_miss_alike() {
    let (house, seat) = with_operator(|limits| limits.person.misses_hour = 2).await;
    let customer = house.customer().await;
    let case = seat.open("complaint").await;
    for _ in 0..2 {
        seat.find(case, &customer).await;
        miss(&seat, case).await.unwrap();
    }
    let hit = seat.search(case, "id_no", customer.value("id_no")).await;
    let of_hit = house.last().await;
    let missed = miss(&seat, case).await;
    let of_miss = house.last().await;
    assert_eq!(spent(hit), spent(missed));
    assert_eq!((of_hit.kind, of_hit.code), (Kind::CustomerSearched, Some(Code::BudgetSpent)));
    assert_eq!((of_hit.details.clone(), of_hit.code), (of_miss.details.clone(), of_miss.code));
    assert_eq!(of_hit.details.outcome, None);
    assert_eq!(alert(&of_hit), "budget.person.misses_hour.spent");
}

#[tokio::test]
async fn q4_distinct_customers_count_once_and_one_who_counts_may_be_seen_again() {
    let (house, seat) = with_operator(|limits| limits.person.customers_day = 2).await;
    let all: Vec<Customer> = (1..=3).map(|n| Customer::number(n, "0101")).collect();
    for customer in &all {
        house.keep(customer).await;
    }
    for _ in 0..3 {
        visit(&seat, &all[0]).await.unwrap();
        house.wait(Span::minutes(40));
        visit(&seat, &all[1]).await.unwrap();
    }
    let wait = spent(visit(&seat, &all[2]).await);
    // The event before the closing of the case.
    let events = house.events().await;
    let refused = &events[events.len() - 2];
    assert_eq!((refused.kind, refused.code), (Kind::CustomerViewed, Some(Code::BudgetSpent)));
    assert_eq!(alert(refused), "budget.person.customers_day.spent");
    assert_eq!(refused.details.customer, Some(all[2].id));
    // Those who count already are no new ones.
    visit(&seat, &all[1]).await.unwrap();
    house.wait(Span::seconds(wait.into()));
    visit(&seat, &all[2]).await.unwrap();
    house.whole().await;
}

#[tokio::test]
async fn q4_a_view_that_is_refused_binds_no_case() {
    let (house, seat) = with_operator(|limits| limits.person.customers_hour = 0).await;
    let customer = house.customer().await;
    let case = seat.open("complaint").await;
    let handle = seat.find(case, &customer).await;
    spent(seat.desk().await.view(case, handle).await.map(drop));
    assert_eq!(refusal(&house, Kind::CustomerViewed).await, "budget.person.customers_hour.spent");
    assert_eq!(seat.desk().await.case(case).await.unwrap().customer, None);
}

#[tokio::test]
async fn q4_a_hit_that_is_not_looked_at_is_no_customer() {
    let (house, seat) = with_operator(|limits| limits.person.customers_hour = 1).await;
    let (first, second) = (Customer::number(1, "0101"), Customer::number(2, "0101"));
    house.keep(&first).await;
    house.keep(&second).await;
    let case = seat.open("complaint").await;
    seat.find(case, &first).await;
    seat.find(case, &first).await;
    visit(&seat, &second).await.unwrap();
}

#[tokio::test]
async fn q4_a_reveal_spends_when_it_is_shown_and_not_when_a_factor_is_asked_for() {
    let (house, seat) = with_operator(|limits| limits.person.reveals_hour = 2).await;
    let customer = house.customer().await;
    let (case, handle) = seat.bound("complaint", &customer).await;
    let form = reveal_form(case, handle, "id_no");
    for _ in 0..5 {
        seat.challenge(&form).await;
    }
    seat.reveal(&form).await;
    seat.reveal(&reveal_form(case, handle, "mobile")).await;
    // Nobody is asked for a code that could not help.
    spent(seat.ask(&form).await.map(drop));
    assert_eq!(refusal(&house, Kind::FieldRevealed).await, "budget.person.reveals_hour.spent");
    house.whole().await;
}

#[tokio::test]
async fn q4_a_budget_that_is_spent_after_the_factor_was_given_shows_nothing_and_keeps_the_factor() {
    let (house, seat) = with_operator(|limits| limits.person.reveals_hour = 1).await;
    let customer = house.customer().await;
    let (case, handle) = seat.bound("complaint", &customer).await;
    let answered = seat.stepped_up(&reveal_form(case, handle, "id_no")).await;
    seat.reveal(&reveal_form(case, handle, "name")).await;
    let wait = spent(seat.ask(&answered).await.map(drop));
    assert_eq!(house.count(Kind::FieldRevealed, None).await, 1);
    // The challenge was not spent: it is its two minutes that end it.
    house.wait(Span::seconds(wait.into()));
    assert_eq!(seat.refused(&answered).await.code(), Code::ChallengeExpired);
}

#[tokio::test]
async fn q4_ten_sessions_of_one_person_share_one_budget() {
    let (house, seat) = with_operator(|limits| limits.person.searches_day = 10).await;
    let case = seat.open("complaint").await;
    miss(&seat, case).await.unwrap();
    for _ in 0..9 {
        let session = house.sign_in(&seat.person).await;
        miss(&session, case).await.unwrap();
    }
    let eleventh = house.sign_in(&seat.person).await;
    spent(miss(&eleventh, case).await);
}

#[tokio::test]
async fn q4_two_logins_of_one_person_share_one_budget() {
    let (house, seat) = with_operator(|limits| limits.person.searches_day = 2).await;
    let mine = seat.open("complaint").await;
    miss(&seat, mine).await.unwrap();
    // One login after the other: one person has one session.
    let second = house.seat(Person::second_login()).await;
    let also_mine = second.open("complaint").await;
    miss(&second, also_mine).await.unwrap();
    spent(miss(&second, also_mine).await);
    let seat = house.sign_in(&seat.person).await;
    spent(miss(&seat, mine).await);
    let colleague = house.seat(Person::colleague()).await;
    let theirs = colleague.open("complaint").await;
    miss(&colleague, theirs).await.unwrap();
}

#[tokio::test]
async fn q4_a_branch_shares_its_budget_and_another_has_its_own() {
    let (house, seat) = with_operator(|limits| limits.branch.searches_hour = 2).await;
    let colleague = house.seat(Person::colleague()).await;
    let elsewhere = house.seat(Person::operator_elsewhere()).await;
    let (mine, theirs, far) =
        (seat.open("complaint").await, colleague.open("fraud").await, elsewhere.open("complaint").await);
    miss(&seat, mine).await.unwrap();
    miss(&colleague, theirs).await.unwrap();
    spent(miss(&colleague, theirs).await);
    assert_eq!(refusal(&house, Kind::CustomerSearched).await, "budget.branch.searches_hour.spent");
    miss(&elsewhere, far).await.unwrap();
}

#[tokio::test]
async fn q4_a_purpose_shares_its_budget_through_the_bank_and_another_has_its_own() {
    let (house, seat) = with_operator(|limits| limits.purpose.searches_hour = 2).await;
    let elsewhere = house.seat(Person::operator_elsewhere()).await;
    let (mine, far, other) =
        (seat.open("complaint").await, elsewhere.open("complaint").await, seat.open("fraud").await);
    miss(&seat, mine).await.unwrap();
    miss(&elsewhere, far).await.unwrap();
    spent(miss(&seat, mine).await);
    assert_eq!(refusal(&house, Kind::CustomerSearched).await, "budget.purpose.searches_hour.spent");
    miss(&seat, other).await.unwrap();
}

#[tokio::test]
async fn q4_of_parallel_requests_before_the_last_one_passes_whichever_process_they_go_to() {
    let (house, seat) = with_operator(|limits| limits.person.searches_hour = 5).await;
    let case = seat.open("complaint").await;
    for _ in 0..4 {
        miss(&seat, case).await.unwrap();
    }
    let here = (seat.clone(), seat.at(&house.neighbour().await));
    let tries = (0..16).map(|n| if n % 2 == 0 { here.0.clone() } else { here.1.clone() });
    let tries: Vec<_> = tries.map(|seat| tokio::spawn(async move { miss(&seat, case).await })).collect();
    let mut passed = 0;
    for answer in tries {
        match answer.await.unwrap() {
            Ok(_) => passed += 1,
            other => drop(spent(other)),
        }
    }
    assert_eq!(passed, 1);
    assert_eq!(house.count(Kind::CustomerSearched, None).await, 5);
    assert_eq!(house.count(Kind::CustomerSearched, Some(Code::BudgetSpent)).await, 15);
    house.whole().await;
}

#[tokio::test]
async fn q4_another_process_begins_with_what_is_spent() {
    let (house, seat) = with_operator(|limits| limits.person.searches_hour = 1).await;
    let case = seat.open("complaint").await;
    miss(&seat, case).await.unwrap();
    let again = seat.at(&house.neighbour().await);
    spent(miss(&again, case).await);
}

#[tokio::test]
async fn q4_a_refused_request_that_did_nothing_costs_nothing() {
    let (house, seat) = with_operator(|limits| limits.person.searches_hour = 1).await;
    let case = seat.open("complaint").await;
    let closed = seat.open("complaint").await;
    seat.desk().await.close_case(closed).await.unwrap();
    for _ in 0..3 {
        assert_eq!(miss(&seat, closed).await.err(), Some(Code::CaseClosed.into()));
    }
    miss(&seat, case).await.unwrap();
    for _ in 0..3 {
        spent(miss(&seat, case).await);
    }
    let left = seat.desk().await.budget_left(None).await.unwrap();
    let searches = left.iter().find(|left| left.counter == Counter::Searches).unwrap();
    assert_eq!((searches.left, searches.limit), (0, 1), "refusals do not count further");
    house.whole().await;
}

#[tokio::test]
async fn q4_the_view_that_reaches_an_alert_mark_says_so_and_goes_on() {
    let (house, seat) = with_operator(|limits| limits.alert.customers_day = 2).await;
    let all: Vec<Customer> = (1..=4).map(|n| Customer::number(n, "0101")).collect();
    for customer in &all {
        house.keep(customer).await;
        visit(&seat, customer).await.unwrap();
    }
    visit(&seat, &all[1]).await.unwrap();
    let views: Vec<String> =
        house.events().await.iter().filter(|event| event.kind == Kind::CustomerViewed).map(alert).collect();
    assert_eq!(views, ["", "budget.person.customers_day.mark", "", "", ""]);
    let marked = sql("SELECT COUNT(*) FROM log_entry WHERE alert LIKE 'budget.%.mark'");
    assert_eq!(marked.fetch_one(&mut house.intruder().await).await.unwrap().try_get::<i64>(0).unwrap(), 1);
}

#[tokio::test]
async fn q4_the_default_marks_are_25_and_250_customers() {
    let alert = Limits::default().alert;
    let marks = Counter::ALL.into_iter().flat_map(|counter| {
        let marks = Window::ALL.map(|window| (counter, window, alert.of(counter, window)));
        marks.into_iter().filter(|(.., mark)| *mark > 0)
    });
    let expected = [(Counter::Customers, Window::Day, 25), (Counter::Customers, Window::Month, 250)];
    assert_eq!(marks.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn q4_what_is_left_is_told_by_the_nearest_limit_and_asking_costs_nothing() {
    let (house, seat) = with_operator(|limits| {
        limits.person.searches_hour = 10;
        limits.branch.searches_hour = 4;
        limits.purpose.reveals_day = 7;
    })
    .await;
    let customer = house.customer().await;
    let complaint = PurposeName::parse("complaint").unwrap();
    seat.bound("complaint", &customer).await;
    let before = house.size().await;
    let left = seat.desk().await.budget_left(Some(&complaint)).await.unwrap();
    let of = |counter| *left.iter().find(|left| left.counter == counter).unwrap();
    let searches = of(Counter::Searches);
    assert_eq!((searches.scope, searches.window, searches.left), (Scope::Branch, Window::Hour, 3));
    let reveals = of(Counter::Reveals);
    assert_eq!((reveals.scope, reveals.window, reveals.left), (Scope::Purpose, Window::Day, 7));
    assert_eq!(reveals.opens, None);
    assert_eq!(of(Counter::Customers).left, u32::MAX - 1);
    let without = seat.desk().await.budget_left(None).await.unwrap();
    assert!(without.iter().all(|left| left.scope != Scope::Purpose));
    assert_eq!(house.size().await, before);
}

#[tokio::test]
async fn q4_a_spent_budget_is_told_with_the_time_when_it_opens() {
    let (house, seat) = with_operator(|limits| limits.person.misses_hour = 1).await;
    let case = seat.open("complaint").await;
    miss(&seat, case).await.unwrap();
    let wait = spent(miss(&seat, case).await);
    let left = seat.desk().await.budget_left(None).await.unwrap();
    let misses = left.iter().find(|left| left.counter == Counter::Misses).unwrap();
    assert_eq!((misses.scope, misses.left), (Scope::Person, 0));
    assert_eq!(misses.opens, Some(house.now().plus(Span::seconds(wait.into()))));
}

#[tokio::test]
async fn q4_what_no_window_reaches_is_forgotten_and_nothing_else() {
    let (house, seat) = with_operator(|_| ()).await;
    let customer = house.customer().await;
    visit(&seat, &customer).await.unwrap();
    let rows = || async {
        let rows = sql("SELECT (SELECT COUNT(*) FROM budget_meter) + (SELECT COUNT(*) FROM budget_customer)");
        rows.fetch_one(&mut house.intruder().await).await.unwrap().try_get::<i64>(0).unwrap()
    };
    // Searches and customers, a person's, a branch's and a purpose's; and the customer for each.
    assert_eq!(rows().await, 9);
    house.wait(Span::days(31));
    house.office.forget_budgets().await.unwrap();
    assert_eq!(rows().await, 9);
    house.wait(Span::minutes(24 * 60 + 1));
    let before = house.size().await;
    house.office.forget_budgets().await.unwrap();
    assert_eq!((rows().await, house.size().await), (0, before));
}

#[tokio::test]
async fn q4_a_meter_that_cannot_be_read_refuses() {
    let (house, seat) = with_operator(|_| ()).await;
    let case = seat.open("complaint").await;
    miss(&seat, case).await.unwrap();
    house.meddle("UPDATE budget_meter SET meter = x'00'").await.unwrap();
    assert_eq!(miss(&seat, case).await.err(), Some(Code::LogUnavailable.into()));
}
