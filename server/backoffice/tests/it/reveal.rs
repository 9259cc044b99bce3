//! What a reveal takes besides its step-up: field, reason, purpose, item, value (V1, V2, Q6).

use crate::office::TestOffice;
use crate::people::{reveal_form, shown};
use domain::audit::event::Kind;
use domain::code::Code;
use domain::desk::{DeskError, RevealForm};
use domain::id::{FieldName, Item, ReasonCode};

#[tokio::test]
async fn v1_each_item_of_each_field_is_its_own_value() {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let (case, handle) = seat.bound("counter", &customer).await;
    let reason = ReasonCode::parse("COUNTER_SERVICE").unwrap();
    for (field, item, value) in &customer.values {
        if *field == "card_expiry" {
            continue;
        }
        let item = Item::new(*item).unwrap();
        let form = RevealForm { item, reason: reason.clone(), ..reveal_form(case, handle, field) };
        assert_eq!(&shown(&seat.reveal(&form).await), value);
        let details = house.last().await.details;
        assert_eq!((details.field.unwrap().as_str(), details.item), (*field, Some(item)));
    }
    house.whole().await;
}

#[tokio::test]
async fn v2_what_the_policy_catalogue_or_purposes_do_not_permit_is_refused_and_recorded() {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let (case, handle) = seat.bound("complaint", &customer).await;
    let form = |field: &str, reason: &str| RevealForm {
        reason: ReasonCode::parse(reason).unwrap(),
        ..reveal_form(case, handle, field)
    };
    for (form, code) in [
        (form("customer_no", "COMPLAINT"), Code::NotPermitted),
        (form("card_expiry", "COMPLAINT"), Code::NotPermitted),
        (form("employer", "COMPLAINT"), Code::NotPermitted),
        (form("no_such_field", "COMPLAINT"), Code::Invalid),
        (form("id_no", "FRAUD_CASE"), Code::Invalid),
        (form("id_no", "NO_SUCH_REASON"), Code::Invalid),
        (RevealForm { item: Item::new(2).unwrap(), ..form("id_no", "COMPLAINT") }, Code::NotFound),
        (RevealForm { item: Item::new(99).unwrap(), ..form("mobile", "COMPLAINT") }, Code::NotFound),
        (form("email", "COMPLAINT"), Code::NotFound),
    ] {
        assert_eq!(seat.refused(&form).await.code(), code, "{form:?}");
        let event = house.last_is_refusal(Kind::FieldRevealed, code).await;
        assert_eq!(event.details.customer, Some(customer.id));
        assert_eq!(event.details.field.as_ref().map(FieldName::as_str), Some(form.field.as_str()));
    }
    assert_eq!(house.count(Kind::FieldRevealed, None).await, 0);
}

#[tokio::test]
async fn v2_the_refusal_that_asks_for_a_step_up_is_an_event_with_the_acts_digest() {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let (case, handle) = seat.bound("complaint", &customer).await;
    let form = reveal_form(case, handle, "id_no");
    let asked = seat.refused(&form).await;
    assert!(matches!(asked, DeskError::StepUpRequired { .. }));
    let refused = house.last_is_refusal(Kind::FieldRevealed, Code::StepUpRequired).await;
    seat.reveal(&form).await;
    let events = house.events().await;
    let [.., answered, revealed] = &events[..] else { panic!() };
    assert_eq!((answered.kind, revealed.kind), (Kind::StepUp, Kind::FieldRevealed));
    assert!(refused.details.act.is_some());
    assert_eq!(refused.details.act, answered.details.act);
    assert_eq!(refused.details.act, revealed.details.act);
    assert_eq!(revealed.details.ticket.as_ref().unwrap().as_str(), "CMP-2026-0001");
}
