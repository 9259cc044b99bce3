//! Cases, searches, handles: one exact key, few hits, and nobody who looks different for not being there
//! (Q1–Q3, Q6, Q8).

use crate::customers::{Customer, id_no};
use crate::office::TestOffice;
use crate::people::{Person, reveal_form};
use backoffice::hooks::Place;
use backoffice::store::statement::sql;
use domain::audit::event::{AuditEvent, Details, Kind, OutcomeName};
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{DeskError, Found, Keep};
use domain::id::{CaseId, Handle, ResultId};
use domain::search::GuardedSearch;

const NOT_FOUND: DeskError = DeskError::Refused(Code::NotFound);

#[tokio::test]
async fn q1_a_case_is_opened_with_its_parts_and_every_fault_is_told_at_once() {
    let (house, seat) = TestOffice::with_operator().await;
    let case = seat.open("complaint").await;
    let event = house.last().await;
    assert_eq!(event.details.purpose.unwrap().as_str(), "complaint");
    assert_eq!(event.details.ticket.unwrap().as_str(), "CMP-2026-0001");
    assert!(event.details.note.is_some(), "a commitment, not the note");
    assert_eq!(seat.desk().await.case(case).await.unwrap().customer, None);
    let mut form = seat.case_form("complaint", "....");
    form.ticket = "complaint about a fee".into();
    form.identified = "by_voice".into();
    let DeskError::Invalid(faults) = seat.desk().await.open_case(form).await.unwrap_err() else { panic!() };
    let faults: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(faults, ["ticket", "identified", "note"]);
    house.last_is_refusal(Kind::CaseOpened, Code::Invalid).await;
}

#[tokio::test]
async fn q1_a_person_has_five_open_cases_at_most() {
    let (house, seat) = TestOffice::with_operator().await;
    let mut cases = Vec::new();
    for _ in 0..5 {
        cases.push(seat.open("complaint").await);
    }
    let sixth = || seat.case_form("complaint", "第六件，前五件都还没有办完");
    assert_eq!(seat.desk().await.open_case(sixth()).await, Err(Code::CaseLimit.into()));
    house.last_is_refusal(Kind::CaseOpened, Code::CaseLimit).await;
    seat.desk().await.close_case(cases[0]).await.unwrap();
    seat.desk().await.open_case(sixth()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn q1_six_cases_opened_at_once_are_five() {
    let (house, seat) = TestOffice::with_operator().await;
    let mut opening = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (desk, form) = (seat.desk().await, seat.case_form("complaint", &house.note()));
        opening.spawn(async move { desk.open_case(form).await });
    }
    let refused: Vec<_> = opening.join_all().await.into_iter().filter_map(Result::err).collect();
    assert_eq!(refused, [Code::CaseLimit.into()]);
    assert_eq!(seat.desk().await.cases().await.unwrap().len(), 5);
}

#[tokio::test]
async fn q1_no_open_case_no_search() {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let case = seat.open("complaint").await;
    let handle = seat.find(case, &customer).await;
    seat.desk().await.close_case(case).await.unwrap();
    let id = customer.value("id_no");
    assert_eq!(seat.search(case, "id_no", id).await.err(), Some(Code::CaseClosed.into()));
    house.last_is_refusal(Kind::CustomerSearched, Code::CaseClosed).await;
    let nowhere = CaseId::from_bytes([9; 16]);
    assert_eq!(seat.search(nowhere, "id_no", id).await.err(), Some(NOT_FOUND));
    house.last_is_refusal(Kind::CustomerSearched, Code::NotFound).await;
    // Q8: with the case its handles are nobody's.
    assert_eq!(seat.desk().await.view(case, handle).await.err(), Some(NOT_FOUND));
    house.last_is_refusal(Kind::CustomerViewed, Code::NotFound).await;
    assert_eq!(seat.refused(&reveal_form(case, handle, "id_no")).await, NOT_FOUND);
    house.last_is_refusal(Kind::FieldRevealed, Code::NotFound).await;
}

#[tokio::test]
async fn q1_the_first_view_binds_the_case_and_a_second_customer_is_refused() {
    let (house, seat) = TestOffice::with_operator().await;
    let (one, other) = (house.customer().await, Customer::number(2, "0101"));
    house.keep(&other).await;
    let case = seat.open("complaint").await;
    let (first, second) = (seat.find(case, &one).await, seat.find(case, &other).await);
    let unbound = seat.refused(&reveal_form(case, first, "id_no")).await;
    assert_eq!(unbound, Code::CaseNotBound.into());
    house.last_is_refusal(Kind::FieldRevealed, Code::CaseNotBound).await;

    seat.desk().await.view(case, first).await.unwrap();
    assert_eq!(house.last().await.details.binds, Some(true));
    assert_eq!(seat.desk().await.case(case).await.unwrap().customer, Some(first));
    seat.desk().await.view(case, first).await.unwrap();
    assert_eq!(house.last().await.details.binds, Some(false));

    let elsewhere = Some(DeskError::Refused(Code::CaseBoundElsewhere));
    assert_eq!(seat.desk().await.view(case, second).await.err(), elsewhere);
    house.last_is_refusal(Kind::CustomerViewed, Code::CaseBoundElsewhere).await;
    assert_eq!(Some(seat.refused(&reveal_form(case, second, "id_no")).await), elsewhere);
    house.last_is_refusal(Kind::FieldRevealed, Code::CaseBoundElsewhere).await;
    let sql = "UPDATE work_case SET customer = zeroblob(16) WHERE customer IS NOT NULL";
    assert!(house.meddle(sql).await.is_err(), "nor can the database be told otherwise");
}

#[tokio::test]
async fn q2_each_strong_key_finds_and_what_was_typed_is_not_in_the_log() {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let case = seat.open("complaint").await;
    for (key, value) in [
        ("id_no", customer.value("id_no")),
        ("mobile", "15400000001"),
        ("mobile", "+86 155-0000-0001"),
        ("card_no", customer.value("card_no")),
    ] {
        let Found::Found { customers } = seat.search(case, key, value).await.unwrap() else { panic!("{key}") };
        assert_eq!(customers.len(), 1);
        assert!(customers[0].fields.iter().all(|field| {
            !customer
                .values
                .iter()
                .any(|(name, _, plain)| field.field.as_str() == *name && field.mask.as_str() == plain)
        }));
        let event = house.last().await;
        let Details { key: searched, outcome, customer: found, .. } = event.details;
        assert_eq!(searched.unwrap().as_str(), key);
        assert_eq!((outcome, found), (Some(OutcomeName::Found), None));
    }
    let rows = backoffice::store::log::entries(house.office.db(), 0, u32::MAX).await.unwrap();
    for (_, _, plain) in &customer.values {
        assert!(rows.iter().all(|row| !String::from_utf8_lossy(&row.bytes).contains(plain.as_str())));
    }
}

#[tokio::test]
async fn q3_more_than_five_hits_are_no_rows_and_no_count() {
    let (house, seat) = TestOffice::with_operator().await;
    let shared = "15812345678";
    let case = seat.open("complaint").await;
    for n in 1..=6 {
        house.keep(&Customer::number(n, "0101").with("mobile", shared)).await;
        let found = seat.search(case, "mobile", shared).await.unwrap();
        match found {
            Found::Found { customers } if n <= 5 => assert_eq!(customers.len(), n as usize),
            Found::TooMany { .. } if n == 6 => (),
            other => panic!("{n}: {other:?}"),
        }
    }
    let event = house.last().await;
    assert_eq!((event.details.outcome, event.details.count), (Some(OutcomeName::TooMany), None));
    let handles = sql("SELECT COUNT(*) FROM handle").fetch_one(&mut house.intruder().await).await.unwrap();
    assert_eq!(handles.try_get::<i64>(0).unwrap(), 5, "none was minted for the sixth");
}

/// An event but for what is its own.
fn alike(mut event: AuditEvent) -> AuditEvent {
    event.id = domain::id::EventId::from_bytes([0; 16]);
    event.request = None;
    event
}

#[tokio::test]
async fn q6_unknown_hidden_and_another_branchs_customers_look_alike() {
    let (house, seat) = TestOffice::with_operator().await;
    let (elsewhere, hidden) = (Customer::number(2, "0102"), Customer::number(3, "0101"));
    house.keep(&elsewhere).await;
    house.keep(&hidden).await;
    house.meddle("UPDATE customer SET hidden = 1 WHERE branch = '0101'").await.unwrap();
    let case = seat.open("complaint").await;
    let mut seen = Vec::new();
    for id in [&id_no(999), elsewhere.value("id_no"), hidden.value("id_no")] {
        let found = serde_json::to_string(&seat.search(case, "id_no", id).await.unwrap()).unwrap();
        seen.push((found, alike(house.last().await).encode().unwrap()));
    }
    assert_eq!(seen[0].0, r#"{"outcome":"none","customers":[]}"#);
    assert!(seen.iter().all(|one| one == &seen[0]));
    let other = house.seat(Person::operator_elsewhere()).await;
    let case = other.open("complaint").await;
    other.find(case, &elsewhere).await;
}

#[tokio::test]
async fn q8_a_handle_is_good_for_its_case_and_person_only() {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let colleague = house.seat(Person::colleague()).await;
    let (case, handle) = seat.bound("complaint", &customer).await;
    let second = seat.open("complaint").await;
    let theirs = colleague.open("complaint").await;
    let invented = Handle::from_bytes([7; 16]);
    for (who, case, handle) in
        [(&seat, second, handle), (&seat, case, invented), (&colleague, theirs, handle), (&colleague, case, handle)]
    {
        assert_eq!(who.desk().await.view(case, handle).await.err(), Some(NOT_FOUND));
        let event = house.last_is_refusal(Kind::CustomerViewed, Code::NotFound).await;
        assert_eq!((event.details.case, event.details.customer), (Some(case), None));
        assert_eq!(event.actor.unwrap().staff_no.as_str(), who.person.staff_no);
        assert_eq!(who.refused(&reveal_form(case, handle, "id_no")).await, NOT_FOUND);
        house.last_is_refusal(Kind::FieldRevealed, Code::NotFound).await;
    }
    assert_eq!(colleague.desk().await.close_case(case).await, Err(NOT_FOUND));
    house.last_is_refusal(Kind::CaseClosed, Code::NotFound).await;
    assert_eq!(colleague.desk().await.case(case).await.err(), Some(NOT_FOUND));
    // The same customer has another handle in another case, and none of them is the id in the log.
    let again = seat.find(second, &customer).await;
    assert!(again != handle && again.as_bytes() != customer.id.as_bytes());
    assert_eq!(seat.find(second, &customer).await, again);
}

#[tokio::test]
async fn q6_a_customer_who_left_the_branch_is_not_there_by_their_handle() {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let (case, handle) = seat.bound("complaint", &customer).await;
    house.meddle("UPDATE customer SET branch = '0102'").await.unwrap();
    assert_eq!(seat.desk().await.view(case, handle).await.err(), Some(NOT_FOUND));
    house.last_is_refusal(Kind::CustomerViewed, Code::NotFound).await;
    assert_eq!(seat.refused(&reveal_form(case, handle, "id_no")).await, NOT_FOUND);
    house.last_is_refusal(Kind::FieldRevealed, Code::NotFound).await;
}

#[tokio::test]
async fn q6_one_who_was_hidden_since_the_search_is_in_no_outcome() {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let case = seat.open("complaint").await;
    let desk = seat.desk().await;
    let keys = [("id_no".to_owned(), customer.value("id_no").to_owned())];
    let search = || GuardedSearch::parse(desk.catalogue(), &keys).unwrap();
    let result = desk.search(case, search(), Keep::ForPage).await.unwrap().result.unwrap();
    house.meddle("UPDATE customer SET hidden = 1").await.unwrap();
    assert!(matches!(seat.desk().await.kept(result).await.unwrap().1, Found::None { .. }));

    house.meddle("UPDATE customer SET hidden = 0").await.unwrap();
    let meanwhile = house.clone();
    house.hooks.once(Place::PermittedNotActed, async move {
        meanwhile.meddle("UPDATE customer SET hidden = 1").await.unwrap();
    });
    let found = desk.search(case, search(), Keep::No).await.unwrap().found;
    assert!(house.hooks.done() && matches!(found, Found::None { .. }));
}

#[tokio::test]
async fn q7_a_kept_outcome_is_its_sessions_for_fifteen_minutes_and_no_new_search() {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let colleague = house.seat(Person::colleague()).await;
    let case = seat.open("complaint").await;
    let desk = seat.desk().await;
    let keys = [("id_no".to_owned(), customer.value("id_no").to_owned())];
    let search = GuardedSearch::parse(desk.catalogue(), &keys).unwrap();
    let result = desk.search(case, search, Keep::ForPage).await.unwrap().result.unwrap();
    let before = house.size().await;
    let (of, found) = seat.desk().await.kept(result).await.unwrap();
    assert!(of == case && matches!(found, Found::Found { customers } if customers.len() == 1));
    assert_eq!(house.size().await, before);
    let nobodys = ResultId::from_bytes([3; 16]);
    assert_eq!(colleague.desk().await.kept(result).await.err(), Some(NOT_FOUND));
    assert_eq!(seat.desk().await.kept(nobodys).await.err(), Some(NOT_FOUND));
    house.wait(Span::minutes(10));
    seat.desk().await;
    house.wait(Span::minutes(5));
    assert_eq!(seat.desk().await.kept(result).await.err(), Some(NOT_FOUND));
}
