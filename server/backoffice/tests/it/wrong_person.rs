//! *Wrong person* (Q1): the case is closed and goes on under its ticket, bound to nobody; and it is no way
//! around anything.

use crate::customers::Customer;
use crate::office::{TestOffice, settings};
use crate::people::{Person, Seat, reveal_form};
use backoffice::Settings;
use backoffice::hooks::Place;
use domain::audit::event::Kind;
use domain::budget::Limits;
use domain::code::Code;
use domain::desk::{DeskError, OpenCase, RevealForm};
use domain::id::{CaseId, Handle};
use std::sync::Arc;

const NOT_FOUND: DeskError = DeskError::Refused(Code::NotFound);

/// An operator whose case is bound to the first of two customers.
async fn bound_to_the_first() -> (Arc<TestOffice>, Seat, [Customer; 2], (CaseId, Handle)) {
    let (house, seat) = TestOffice::with_operator().await;
    let both = [1, 2].map(|n| Customer::number(n, "0101"));
    for customer in &both {
        house.keep(customer).await;
    }
    let bound = seat.bound("complaint", &both[0]).await;
    (house, seat, both, bound)
}

async fn wrong(seat: &Seat, case: CaseId) -> Result<CaseId, DeskError> {
    seat.desk().await.wrong_person(case).await
}

#[tokio::test]
async fn q1_wrong_person_closes_the_case_and_reopens_it_under_the_same_ticket() {
    let (house, seat, both, (case, handle)) = bound_to_the_first().await;
    let old = seat.desk().await.case(case).await.unwrap();
    let before = house.size().await;
    let new = wrong(&seat, case).await.unwrap();
    let event = house.last().await;
    assert_eq!(house.size().await, before + 1, "one act, one event");
    assert_eq!((event.kind, event.code), (Kind::CaseReopened, None));
    let details = event.details;
    assert_eq!((details.case, details.new_case, details.customer), (Some(case), Some(new), Some(both[0].id)));
    assert_eq!(details.ticket.unwrap().as_str(), old.ticket);
    assert_eq!(details.purpose, Some(old.purpose.clone()));

    assert_eq!(seat.desk().await.case(case).await.err(), Some(Code::CaseClosed.into()));
    assert_eq!(seat.desk().await.view(case, handle).await.err(), Some(NOT_FOUND), "its handles are dead");
    let view = seat.desk().await.case(new).await.unwrap();
    assert_eq!((view.purpose, view.ticket, view.identified), (old.purpose, old.ticket, old.identified));
    assert_eq!(view.customer, None);
    assert_eq!(seat.desk().await.view(new, handle).await.err(), Some(NOT_FOUND));

    let right = seat.find(new, &both[1]).await;
    seat.desk().await.view(new, right).await.unwrap();
    seat.reveal(&reveal_form(new, right, "mobile")).await;
    house.whole().await;
}

#[tokio::test]
async fn q1_only_an_open_bound_case_of_ones_own_has_a_wrong_person() {
    let (house, seat, _, (case, _)) = bound_to_the_first().await;
    let unbound = seat.open("complaint").await;
    let colleague = house.seat(Person::colleague()).await;
    let closed = seat.open("complaint").await;
    seat.desk().await.close_case(closed).await.unwrap();
    for (who, case, code) in [
        (&seat, unbound, Code::CaseNotBound),
        (&seat, closed, Code::CaseClosed),
        (&colleague, case, Code::NotFound),
        (&seat, CaseId::from_bytes([9; 16]), Code::NotFound),
    ] {
        assert_eq!(wrong(who, case).await.err(), Some(code.into()));
        let event = house.last_is_refusal(Kind::CaseReopened, code).await;
        assert_eq!((event.details.case, event.details.new_case), (Some(case), None));
    }
    wrong(&seat, case).await.unwrap();
    assert_eq!(wrong(&seat, case).await.err(), Some(Code::CaseClosed.into()), "once");
}

#[tokio::test]
async fn u7_no_role_but_the_operators_has_a_wrong_person() {
    let (house, _, _, (case, _)) = bound_to_the_first().await;
    let supervisor = house.seat(Person::supervisor()).await;
    assert_eq!(wrong(&supervisor, case).await.err(), Some(Code::NotPermitted.into()));
    house.last_is_refusal(Kind::CaseReopened, Code::NotPermitted).await;
}

#[tokio::test]
async fn q1_of_two_at_once_one_reopens() {
    let (house, seat, _, (case, _)) = bound_to_the_first().await;
    let meanwhile = seat.clone();
    house.hooks.once(Place::PermittedNotActed, async move {
        wrong(&meanwhile, case).await.unwrap();
    });
    assert_eq!(wrong(&seat, case).await.err(), Some(Code::CaseClosed.into()));
    assert!(house.hooks.done());
    assert_eq!(seat.desk().await.cases().await.unwrap().len(), 1);
}

#[tokio::test]
async fn q1_five_open_cases_stay_five() {
    let (_, seat, _, (case, _)) = bound_to_the_first().await;
    for _ in 0..4 {
        seat.open("complaint").await;
    }
    wrong(&seat, case).await.unwrap();
    assert_eq!(seat.desk().await.cases().await.unwrap().len(), 5);
    let form = seat.case_form("complaint", &seat.house.note());
    assert_eq!(seat.desk().await.open_case(form).await.err(), Some(Code::CaseLimit.into()));
}

#[tokio::test]
async fn q4_each_wrong_person_counts_as_a_customer() {
    let mut budgets = Limits::NONE;
    budgets.person.customers_hour = 2;
    let house = TestOffice::with(Settings { budgets, ..settings() }).await;
    let seat = house.seat(Person::operator()).await;
    let mut case = seat.open("complaint").await;
    for n in 1..=3 {
        let customer = Customer::number(n, "0101");
        house.keep(&customer).await;
        let handle = seat.find(case, &customer).await;
        let viewed = seat.desk().await.view(case, handle).await;
        assert_eq!(viewed.is_ok(), n < 3);
        if n < 3 {
            case = wrong(&seat, case).await.unwrap();
        } else {
            house.last_is_refusal(Kind::CustomerViewed, Code::BudgetSpent).await;
        }
    }
}

#[tokio::test]
async fn v2n_the_cases_own_note_is_no_repetition_and_is_held_against_the_new_name() {
    let (house, seat) = TestOffice::with_operator().await;
    let both = [1, 2].map(|n| Customer::number(n, "0101"));
    for customer in &both {
        house.keep(customer).await;
    }
    let note = format!("来电称短信没有收到，{}的预留号码要核对", both[1].value("name"));
    let form = OpenCase { note: note.clone(), ..seat.case_form("complaint", "") };
    let case = seat.desk().await.open_case(form).await.unwrap();
    let handle = seat.find(case, &both[0]).await;
    seat.desk().await.view(case, handle).await.unwrap();
    let case = wrong(&seat, case).await.unwrap();
    // It names the second.
    let handle = seat.find(case, &both[1]).await;
    assert_eq!(seat.desk().await.view(case, handle).await.err(), Some(Code::NoteNamesCustomer.into()));
    house.last_is_refusal(Kind::CustomerViewed, Code::NoteNamesCustomer).await;
    // For the first, the case's note may be said again, as in any case.
    let handle = seat.find(case, &both[0]).await;
    seat.desk().await.view(case, handle).await.unwrap();
    seat.reveal(&RevealForm { note: Some(note.clone()), ..reveal_form(case, handle, "mobile") }).await;
    // In another case it may not.
    let form = OpenCase { note, ..seat.case_form("complaint", "") };
    assert!(matches!(seat.desk().await.open_case(form).await, Err(DeskError::Invalid(_))));
}
