//! What cannot be written was not done, and nothing is shown of it (A2, V3, O2).

use crate::customers::Customer;
use crate::office::TestOffice;
use crate::people::{PASSWORD, Seat, reveal_form, shown};
use backoffice::hooks::Place;
use domain::audit::event::Kind;
use domain::code::Code;
use domain::desk::{DeskError, RevealForm};
use std::sync::Arc;

const UNAVAILABLE: DeskError = DeskError::Refused(Code::LogUnavailable);

async fn one_request_away() -> (Arc<TestOffice>, Seat, Customer, RevealForm) {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let (case, handle) = seat.bound("complaint", &customer).await;
    let form = seat.stepped_up(&reveal_form(case, handle, "id_no")).await;
    (house, seat, customer, form)
}

/// Each way in which a batch may fail: at the entry, at the head, and at COMMIT itself.
const FAILURES: [(&str, &str); 3] = [
    (
        "CREATE TRIGGER test_fails BEFORE INSERT ON log_entry BEGIN SELECT RAISE(ABORT, 'no'); END",
        "DROP TRIGGER test_fails",
    ),
    (
        "CREATE TRIGGER test_fails BEFORE UPDATE ON log_head BEGIN SELECT RAISE(ROLLBACK, 'no'); END",
        "DROP TRIGGER test_fails",
    ),
    (
        // A deferred constraint is looked at when the transaction ends.
        "CREATE TABLE test_parent (id INTEGER PRIMARY KEY);
         CREATE TABLE test_child (parent INTEGER REFERENCES test_parent (id) DEFERRABLE INITIALLY DEFERRED);
         CREATE TRIGGER test_fails AFTER UPDATE ON log_head BEGIN INSERT INTO test_child VALUES (1); END",
        "DROP TRIGGER test_fails; DROP TABLE test_child; DROP TABLE test_parent",
    ),
];

/// Makes commits fail in that way. PostgreSQL has triggers of its own that wait until the transaction ends.
async fn break_down(house: &TestOffice, fail: &str) {
    let at_commit = "CREATE CONSTRAINT TRIGGER test_fails AFTER UPDATE ON log_head DEFERRABLE INITIALLY DEFERRED \
        FOR EACH ROW EXECUTE FUNCTION test_fails(); CREATE TABLE test_child (); CREATE TABLE test_parent ()";
    let deferred = fail.contains("DEFERRED") && !house.database.is_file();
    house.meddle(if deferred { at_commit } else { fail }).await.unwrap();
}

#[tokio::test]
async fn v3_when_the_commit_fails_nothing_is_opened_and_the_step_up_is_not_spent() {
    for (fail, mend) in FAILURES {
        let (house, seat, customer, form) = one_request_away().await;
        let before = house.size().await;
        break_down(&house, fail).await;
        house.hooks.once(Place::RecordedNotOpened, async { panic!("no receipt, no plaintext") });
        assert_eq!(seat.refused(&form).await, UNAVAILABLE, "{fail}");
        assert_eq!(UNAVAILABLE.code().status(), 503);
        assert_eq!(house.size().await, before, "{fail}");
        house.meddle(mend).await.unwrap();
        house.hooks.once(Place::RecordedNotOpened, async {});
        house.whole().await;
        let value = seat.ask(&form).await.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(shown(&value), customer.value("id_no"));
        house.whole().await;
    }
}

#[tokio::test]
async fn a10_a_refusal_that_cannot_be_recorded_is_a_503_and_masks_need_their_record_too() {
    for (fail, mend) in FAILURES {
        let (house, seat, _, form) = one_request_away().await;
        let before = house.size().await;
        break_down(&house, fail).await;
        let other = RevealForm { field: domain::id::FieldName::parse("mobile").unwrap(), ..form.clone() };
        assert_eq!(seat.refused(&other).await, UNAVAILABLE);
        let unknown = domain::id::Handle::from_bytes([1; 16]);
        assert_eq!(seat.desk().await.view(form.case, unknown).await.err(), Some(UNAVAILABLE));
        assert_eq!(seat.desk().await.view(form.case, form.customer).await.err(), Some(UNAVAILABLE));
        let note = house.note();
        assert_eq!(seat.desk().await.open_case(seat.case_form("complaint", &note)).await, Err(UNAVAILABLE));
        let code = seat.person.code(&house);
        assert_eq!(house.try_sign_in("op1001", PASSWORD, &code).await.err(), Some(UNAVAILABLE));
        assert_eq!(seat.desk().await.sign_out().await, Err(UNAVAILABLE));
        assert_eq!(house.size().await, before);
        house.meddle(mend).await.unwrap();
        // Nothing of it was done: the session lives, one case is open, the code is unused.
        assert_eq!(seat.desk().await.cases().await.unwrap().len(), 1);
        seat.desk().await.open_case(seat.case_form("complaint", &note)).await.unwrap();
        house.try_sign_in("op1001", PASSWORD, &code).await.unwrap();
        house.whole().await;
    }
}

#[tokio::test]
async fn v3_a_value_whose_ciphertext_was_changed_or_swapped_is_not_shown() {
    let (house, seat, customer, form) = one_request_away().await;
    let other = Customer::number(2, "0101");
    house.keep(&other).await;
    house
        .meddle(
            "UPDATE vault_customer SET (wrapped_dek, sealed) = \
             (SELECT wrapped_dek, sealed FROM vault_customer AS other WHERE other.customer <> vault_customer.customer) \
             WHERE customer = (SELECT customer FROM vault_customer ORDER BY customer LIMIT 1)",
        )
        .await
        .unwrap();
    assert_eq!(seat.refused(&form).await, Code::ValueUnreadable.into());
    let event = house.last().await;
    assert_eq!((event.kind, event.details.customer), (Kind::FieldRevealed, Some(customer.id)));
    house.meddle("UPDATE vault_customer SET sealed = x'00'").await.unwrap();
    assert_eq!(seat.refused(&form).await, Code::ValueUnreadable.into());
    house.last_is_refusal(Kind::FieldRevealed, Code::ValueUnreadable).await;
}
