//! What changes between permission and act is seen by the act (V2, U5, U7), forced at a named place.

use crate::customers::Customer;
use crate::office::TestOffice;
use crate::people::{Person, Seat, reveal_form, shown};
use backoffice::hooks::Place;
use backoffice::store::statement::sql;
use domain::audit::event::{Decision, Kind};
use domain::code::Code;
use domain::desk::{DeskError, RevealForm};
use domain::id::StaffNo;
use std::sync::Arc;

/// An operator whose step-up for the ID number was answered: one request away from the value.
async fn one_request_away() -> (Arc<TestOffice>, Seat, Customer, RevealForm) {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let (case, handle) = seat.bound("complaint", &customer).await;
    let form = seat.stepped_up(&reveal_form(case, handle, "id_no")).await;
    (house, seat, customer, form)
}

/// A policy with one more line: another text, another hash.
fn other_policy() -> String {
    format!("{}\n// and nothing else\n", backoffice::policy::SHIPPED)
}

/// Asserts that nothing was opened, that the refusal is in the log, and that the step-up was not spent.
async fn refused(house: &TestOffice, seat: &Seat, form: &RevealForm, code: Code) {
    assert_eq!(seat.refused(form).await, DeskError::Refused(code));
    assert!(house.hooks.done(), "the place was passed");
    house.last_is_refusal(Kind::FieldRevealed, code).await;
    assert_eq!(house.count(Kind::FieldRevealed, None).await, 0, "nothing was opened");
    house.whole().await;
}

#[tokio::test]
async fn v2_a_case_closed_between_permission_and_act_refuses() {
    let (house, seat, _, form) = one_request_away().await;
    let (meanwhile, case) = (seat.clone(), form.case);
    house.hooks.once(Place::PermittedNotActed, async move {
        meanwhile.desk().await.close_case(case).await.unwrap();
    });
    refused(&house, &seat, &form, Code::CaseClosed).await;
}

#[tokio::test]
async fn v2_a_person_suspended_between_permission_and_act_is_refused() {
    let (house, seat, _, form) = one_request_away().await;
    let office = house.office.clone();
    house.hooks.once(Place::PermittedNotActed, async move {
        office.suspend(&StaffNo::parse("op1001").unwrap(), None).await.unwrap();
    });
    refused(&house, &seat, &form, Code::SignedOut).await;
    assert_eq!(house.last().await.actor.unwrap().staff_no.as_str(), "op1001");
}

#[tokio::test]
async fn v2_a_session_ended_between_permission_and_act_refuses() {
    let (house, seat, _, form) = one_request_away().await;
    let meanwhile = seat.clone();
    house.hooks.once(Place::PermittedNotActed, async move {
        meanwhile.desk().await.sign_out().await.unwrap();
    });
    refused(&house, &seat, &form, Code::SignedOut).await;
}

#[tokio::test]
async fn v2_a_policy_changed_between_permission_and_act_refuses() {
    let (house, seat, _, form) = one_request_away().await;
    let office = house.office.clone();
    house.hooks.once(Place::PermittedNotActed, async move {
        office.load_policy(&other_policy()).await.unwrap();
    });
    refused(&house, &seat, &form, Code::Changed).await;
    // Under the new policy the old challenge is another act's.
    assert_eq!(seat.refused(&form).await.code(), Code::ChallengeOtherAct);
    seat.reveal(&RevealForm { challenge: None, ..form }).await;
}

#[tokio::test]
async fn v2_a_policy_changed_by_another_process_refuses_here_too() {
    let (house, seat, _, form) = one_request_away().await;
    let other = house.neighbour().await;
    house.hooks.once(Place::PermittedNotActed, async move {
        other.office.load_policy(&other_policy()).await.unwrap();
    });
    refused(&house, &seat, &form, Code::Changed).await;
}

#[tokio::test]
async fn v2_a_customer_hidden_or_moved_between_permission_and_act_is_not_there() {
    for change in ["UPDATE customer SET hidden = 1", "UPDATE customer SET branch = '0102'"] {
        let (house, seat, _, form) = one_request_away().await;
        let meanwhile = house.clone();
        house.hooks.once(Place::PermittedNotActed, async move {
            meanwhile.meddle(change).await.unwrap();
        });
        refused(&house, &seat, &form, Code::NotFound).await;
    }
}

#[tokio::test]
async fn v2_searches_views_and_cases_are_held_against_the_act_too() {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let case = seat.open("complaint").await;
    let handle = seat.find(case, &customer).await;
    let (meanwhile, to_close) = (seat.clone(), case);
    house.hooks.once(Place::PermittedNotActed, async move {
        meanwhile.desk().await.close_case(to_close).await.unwrap();
    });
    assert_eq!(seat.desk().await.view(case, handle).await.err(), Some(Code::CaseClosed.into()));
    house.last_is_refusal(Kind::CustomerViewed, Code::CaseClosed).await;

    let case = seat.open("complaint").await;
    let (meanwhile, to_close) = (seat.clone(), case);
    house.hooks.once(Place::PermittedNotActed, async move {
        meanwhile.desk().await.close_case(to_close).await.unwrap();
    });
    let searched = seat.search(case, "id_no", customer.value("id_no")).await;
    assert_eq!(searched.err(), Some(Code::CaseClosed.into()));
    house.last_is_refusal(Kind::CustomerSearched, Code::CaseClosed).await;

    let office = house.office.clone();
    house.hooks.once(Place::PermittedNotActed, async move {
        office.suspend(&StaffNo::parse("op1001").unwrap(), None).await.unwrap();
    });
    let form = seat.case_form("complaint", &house.note());
    assert_eq!(seat.desk().await.open_case(form).await, Err(Code::SignedOut.into()));
    house.last_is_refusal(Kind::CaseOpened, Code::SignedOut).await;
}

#[tokio::test]
async fn v3_the_event_is_durable_before_the_value_is_opened() {
    let (house, seat, customer, form) = one_request_away().await;
    let meanwhile = house.clone();
    house.hooks.once(Place::RecordedNotOpened, async move {
        // Another connection sees it already: it is committed.
        let newest = sql("SELECT kind, decision FROM log_entry ORDER BY seq DESC LIMIT 1");
        let row = newest.fetch_one(&mut meanwhile.intruder().await).await.unwrap();
        let text = |at: usize| row.try_get::<&str>(at).unwrap();
        assert_eq!((text(0), text(1)), ("field_revealed", "allowed"));
        meanwhile.whole().await;
    });
    let value = seat.ask(&form).await.unwrap_or_else(|error| panic!("{error}"));
    assert!(house.hooks.done());
    assert_eq!(shown(&value), customer.value("id_no"));
    let event = &house.events().await[value.event as usize];
    assert_eq!((event.kind, event.decision), (Kind::FieldRevealed, Decision::Allowed));
    let details = &event.details;
    assert_eq!((details.customer, details.case), (Some(customer.id), Some(form.case)));
    assert_eq!(details.field.as_ref().unwrap().as_str(), "id_no");
    assert!(details.act.is_some() && details.policy.is_some() && details.reason.is_some());
}

#[tokio::test]
async fn v3_a_key_that_goes_between_record_and_opening_shows_nothing() {
    let (house, seat, _, form) = one_request_away().await;
    let meanwhile = house.clone();
    house.hooks.once(Place::RecordedNotOpened, async move {
        meanwhile.take_key(backoffice::vault::KeyKind::Vault);
    });
    // The log says that more was seen than was: the right way to be wrong.
    assert_eq!(seat.refused(&form).await, Code::VaultKeyMissing.into());
    assert_eq!(house.count(Kind::FieldRevealed, None).await, 1);
}

#[tokio::test]
async fn u7_no_role_but_the_operators_works_on_customers() {
    let house = TestOffice::empty().await;
    let supervisor = house.seat(Person::supervisor()).await;
    let form = supervisor.case_form("complaint", &house.note());
    assert_eq!(supervisor.desk().await.open_case(form).await, Err(Code::NotPermitted.into()));
    house.last_is_refusal(Kind::CaseOpened, Code::NotPermitted).await;
}
