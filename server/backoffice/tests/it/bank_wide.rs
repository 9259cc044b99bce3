//! DESIGN §1: customers walk in anywhere. Some cases search every branch, by a full document, card or
//! account number only, with a budget and an event of their own.

use crate::customers::{Customer, id_no};
use crate::office::{TestOffice, settings};
use crate::people::{Person, Seat, reveal_form, shown};
use backoffice::Settings;
use backoffice::hooks::Place;
use domain::audit::event::{Kind, OutcomeName};
use domain::budget::Limits;
use domain::code::Code;
use domain::desk::{DeskError, Found, OpenCase, RevealForm};
use domain::id::{CaseId, Handle, ReasonCode};
use std::sync::Arc;

const NOT_FOUND: DeskError = DeskError::Refused(Code::NotFound);

impl Seat {
    /// A case at the counter, its customer so identified.
    async fn at_counter(&self, identified: &str) -> CaseId {
        let form = OpenCase { identified: identified.into(), ..self.case_form("counter", &self.house.note()) };
        self.desk().await.open_case(form).await.unwrap()
    }
}

/// An operator of branch 0101, and a customer of 0102.
async fn a_guest_of_another_branch() -> (Arc<TestOffice>, Seat, Customer) {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = Customer::number(2, "0102");
    house.keep(&customer).await;
    (house, seat, customer)
}

fn nobody(found: Result<Found, DeskError>) -> bool {
    matches!(found, Ok(Found::None { .. }))
}

fn counter_form(case: CaseId, handle: Handle, field: &str) -> RevealForm {
    RevealForm { reason: ReasonCode::parse("COUNTER_SERVICE").unwrap(), ..reveal_form(case, handle, field) }
}

#[tokio::test]
async fn q1_a_customer_of_another_branch_is_found_viewed_and_revealed_at_the_counter() {
    let (house, seat, customer) = a_guest_of_another_branch().await;
    let case = seat.at_counter("document_seen").await;
    let handle = seat.find(case, &customer).await;
    let event = house.last().await;
    assert_eq!((event.kind, event.code, event.details.outcome), (Kind::BankSearched, None, Some(OutcomeName::Found)));
    assert_eq!(event.details.key.unwrap().as_str(), "id_no");
    let card = seat.desk().await.view(case, handle).await.unwrap();
    assert!(card.fields.iter().any(|field| field.field.as_str() == "mobile"));
    assert_eq!(house.last().await.details.customer, Some(customer.id));
    let value = seat.reveal(&counter_form(case, handle, "mobile")).await;
    assert!(shown(&value).ends_with(customer.value("mobile")), "{}", shown(&value));
    house.whole().await;
}

#[tokio::test]
async fn q1_each_full_number_of_one_person_searches_the_bank_and_no_other_key_does() {
    let (house, seat, customer) = a_guest_of_another_branch().await;
    let case = seat.at_counter("document_seen").await;
    for (key, kind) in
        [("id_no", Kind::BankSearched), ("card_no", Kind::BankSearched), ("mobile", Kind::CustomerSearched)]
    {
        let found = seat.search(case, key, customer.value(key)).await;
        assert_eq!(nobody(found), kind == Kind::CustomerSearched, "{key}");
        assert_eq!(house.last().await.kind, kind, "{key}");
    }
}

#[tokio::test]
async fn q1_a_case_that_may_not_searches_its_branch_alone() {
    let (house, seat, customer) = a_guest_of_another_branch().await;
    let mut cases = vec![seat.open("complaint").await];
    for identified in ["questions_passed", "not_applicable"] {
        cases.push(seat.at_counter(identified).await);
    }
    for case in cases {
        assert!(nobody(seat.search(case, "id_no", customer.value("id_no")).await));
        assert_eq!(house.last().await.kind, Kind::CustomerSearched);
    }
    // A purpose that always may.
    let case = seat.open("aml").await;
    seat.find(case, &customer).await;
    assert_eq!(house.last().await.kind, Kind::BankSearched);
}

#[tokio::test]
async fn q6_hidden_and_unknown_customers_look_alike_through_the_bank_too() {
    let (house, seat, customer) = a_guest_of_another_branch().await;
    let case = seat.at_counter("document_seen").await;
    let handle = seat.find(case, &customer).await;
    house.meddle("UPDATE customer SET hidden = 1").await.unwrap();
    let mut seen = Vec::new();
    for id in [customer.value("id_no"), &id_no(999)] {
        let found = serde_json::to_string(&seat.search(case, "id_no", id).await.unwrap()).unwrap();
        seen.push((found, house.last().await.details));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seat.desk().await.view(case, handle).await.err(), Some(NOT_FOUND));
    house.last_is_refusal(Kind::CustomerViewed, Code::NotFound).await;
}

#[tokio::test]
async fn q6_one_who_is_hidden_between_permission_and_act_is_not_there() {
    let (house, seat, customer) = a_guest_of_another_branch().await;
    let case = seat.at_counter("document_seen").await;
    let handle = seat.find(case, &customer).await;
    seat.desk().await.view(case, handle).await.unwrap();
    let form = seat.stepped_up(&counter_form(case, handle, "mobile")).await;
    let meanwhile = house.clone();
    house.hooks.once(Place::PermittedNotActed, async move {
        meanwhile.meddle("UPDATE customer SET hidden = 1").await.unwrap();
    });
    assert_eq!(seat.refused(&form).await, NOT_FOUND);
    house.last_is_refusal(Kind::FieldRevealed, Code::NotFound).await;
    assert_eq!(house.count(Kind::FieldRevealed, None).await, 0);
}

#[tokio::test]
async fn q8_a_handle_of_a_bank_wide_search_is_good_for_its_case_and_person_only() {
    let (house, seat, customer) = a_guest_of_another_branch().await;
    let case = seat.at_counter("document_seen").await;
    let handle = seat.find(case, &customer).await;
    let colleague = house.seat(Person::colleague()).await;
    let (other, theirs) = (seat.open("complaint").await, colleague.at_counter("document_seen").await);
    for (who, case) in [(&seat, other), (&colleague, theirs), (&colleague, case)] {
        assert_eq!(who.desk().await.view(case, handle).await.err(), Some(NOT_FOUND));
        house.last_is_refusal(Kind::CustomerViewed, Code::NotFound).await;
    }
}

#[tokio::test]
async fn q6_one_found_by_a_branch_key_is_not_followed_to_another_branch() {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let case = seat.at_counter("document_seen").await;
    let handle = match seat.search(case, "mobile", customer.value("mobile")).await.unwrap() {
        Found::Found { customers } => customers[0].id,
        other => panic!("{other:?}"),
    };
    house.meddle("UPDATE customer SET branch = '0102'").await.unwrap();
    assert_eq!(seat.desk().await.view(case, handle).await.err(), Some(NOT_FOUND));
    // Found anew by the full number, by the same handle, they are there.
    assert_eq!(seat.find(case, &customer).await, handle);
    seat.desk().await.view(case, handle).await.unwrap();
}

#[tokio::test]
async fn q4_bank_wide_searches_have_a_budget_of_their_own_and_count_as_searches() {
    let mut budgets = Limits::NONE;
    budgets.person.bank_wide_searches_hour = 2;
    budgets.person.searches_hour = 4;
    let house = TestOffice::with(Settings { budgets, ..settings() }).await;
    let seat = house.seat(Person::operator()).await;
    let customer = Customer::number(2, "0102");
    house.keep(&customer).await;
    let case = seat.at_counter("document_seen").await;
    seat.find(case, &customer).await;
    assert!(nobody(seat.search(case, "id_no", &id_no(999)).await));
    let third = seat.search(case, "id_no", customer.value("id_no")).await;
    assert!(matches!(third, Err(DeskError::Wait { code: Code::BudgetSpent, .. })), "{third:?}");
    let event = house.last_is_refusal(Kind::BankSearched, Code::BudgetSpent).await;
    assert_eq!(event.details.alert.unwrap().as_str(), "budget.person.bank_wide_searches_hour.spent");
    // In the branch it goes on, until searches are spent: two of the bank and two of the branch.
    for _ in 0..2 {
        assert!(nobody(seat.search(case, "mobile", "15812345678").await));
    }
    let fifth = seat.search(case, "mobile", "15812345678").await;
    assert_eq!(fifth.err().map(|error| error.code()), Some(Code::BudgetSpent));
    let event = house.last_is_refusal(Kind::CustomerSearched, Code::BudgetSpent).await;
    assert_eq!(event.details.alert.unwrap().as_str(), "budget.person.searches_hour.spent");
}

#[tokio::test]
async fn u7_a_policy_may_keep_everyone_to_their_branch() {
    let (house, seat, customer) = a_guest_of_another_branch().await;
    let case = seat.at_counter("document_seen").await;
    let handle = seat.find(case, &customer).await;
    let only_view = |policy: &str| {
        format!(
            "{policy}\nforbid (principal, action == Action::\"viewCustomer\", resource) when {{ principal.unit != resource.branch }};"
        )
    };
    house.office.load_policy(&only_view(backoffice::policy::SHIPPED)).await.unwrap();
    assert_eq!(seat.desk().await.view(case, handle).await.err(), Some(Code::NotPermitted.into()));
    house.last_is_refusal(Kind::CustomerViewed, Code::NotPermitted).await;
    let none = format!(
        "{}\nforbid (principal, action == Action::\"searchCustomers\", resource) when {{ context.bank_wide }};",
        backoffice::policy::SHIPPED
    );
    house.office.load_policy(&none).await.unwrap();
    let refused = seat.search(case, "id_no", customer.value("id_no")).await;
    assert_eq!(refused.err(), Some(Code::NotPermitted.into()));
    house.last_is_refusal(Kind::BankSearched, Code::NotPermitted).await;
}
