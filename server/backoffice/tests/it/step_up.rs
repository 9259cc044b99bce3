//! A step-up is bound to its act, and a code works once wherever it is used (U2, U3, V2).

use crate::customers::Customer;
use crate::office::TestOffice;
use crate::people::{PASSWORD, Person, Seat, reveal_form, shown, stamp};
use domain::audit::event::Kind;
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{DeskError, RevealForm};
use domain::id::{Challenge, FieldName, Item, ReasonCode};
use std::sync::Arc;
use tokio::task::JoinSet;
use zeroize::Zeroizing;

/// An operator before a customer's card, about to ask for the ID number.
async fn at_the_card() -> (Arc<TestOffice>, Seat, Customer, RevealForm) {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let (case, handle) = seat.bound("complaint", &customer).await;
    (house, seat, customer, reveal_form(case, handle, "id_no"))
}

/// Asserts that the form is refused with this code, and that the log says so.
async fn refused(seat: &Seat, form: &RevealForm, code: Code) {
    let before = seat.house.count(Kind::FieldRevealed, None).await;
    assert_eq!(seat.refused(form).await.code(), code);
    seat.house.last_is_refusal(Kind::FieldRevealed, code).await;
    assert_eq!(seat.house.count(Kind::FieldRevealed, None).await, before, "nothing was opened");
}

#[tokio::test]
async fn v2_a_challenge_serves_its_act_once() {
    let (house, seat, customer, form) = at_the_card().await;
    let form = seat.stepped_up(&form).await;
    assert_eq!(shown(&seat.ask(&form).await.unwrap_or_else(|e| panic!("{e}"))), customer.value("id_no"));
    refused(&seat, &form, Code::ChallengeSpent).await;
    house.whole().await;
}

#[tokio::test]
async fn v2_an_unanswered_unknown_or_expired_challenge_opens_nothing() {
    let (house, seat, _, form) = at_the_card().await;
    let unanswered = RevealForm { challenge: Some(seat.challenge(&form).await), ..form.clone() };
    refused(&seat, &unanswered, Code::ChallengeUnanswered).await;
    let unknown = RevealForm { challenge: Some(Challenge::from_bytes([5; 16])), ..form.clone() };
    refused(&seat, &unknown, Code::ChallengeUnknown).await;

    let answered = seat.stepped_up(&form).await;
    house.wait(Span::minutes(2));
    refused(&seat, &answered, Code::ChallengeExpired).await;

    let late = seat.challenge(&form).await;
    house.wait(Span::minutes(2));
    assert_eq!(seat.answer(late).await, Err(Code::ChallengeExpired.into()));
    house.last_is_refusal(Kind::StepUp, Code::ChallengeExpired).await;
}

#[tokio::test]
async fn v2_a_challenge_serves_no_other_field_item_reason_or_note() {
    let (_, seat, _, form) = at_the_card().await;
    // The reason: judicial cases have break-glass beside their own.
    let answered = seat.stepped_up(&form).await;
    let field = |name| FieldName::parse(name).unwrap();
    let others = [
        RevealForm { field: field("mobile"), ..answered.clone() },
        RevealForm { field: field("card_no"), ..answered.clone() },
        RevealForm { note: Some("客户在柜台要求逐位核对".into()), ..answered.clone() },
        RevealForm {
            reason: ReasonCode::parse("BREAK_GLASS").unwrap(),
            note: Some("系统切换期间只能应急查看".into()),
            ..answered.clone()
        },
    ];
    for other in others {
        refused(&seat, &other, Code::ChallengeOtherAct).await;
    }
    // None of them used it up.
    seat.ask(&answered).await.unwrap_or_else(|error| panic!("{error}"));

    let first = seat.stepped_up(&RevealForm { field: field("mobile"), ..form.clone() }).await;
    refused(&seat, &RevealForm { item: Item::new(2).unwrap(), ..first.clone() }, Code::ChallengeOtherAct).await;
    let noted = RevealForm { note: Some("客户在柜台要求逐位核对".into()), ..form.clone() };
    let noted = seat.stepped_up(&noted).await;
    refused(&seat, &RevealForm { note: None, ..noted.clone() }, Code::ChallengeOtherAct).await;
    refused(&seat, &RevealForm { note: Some("另一句完全不同的说明".into()), ..noted }, Code::ChallengeOtherAct).await;
}

#[tokio::test]
async fn v2_a_challenge_serves_no_other_case_customer_or_lineage() {
    let (house, seat, customer, form) = at_the_card().await;
    let other = Customer::number(2, "0101");
    house.keep(&other).await;
    let challenge = seat.stepped_up(&form).await.challenge;
    let (case, handle) = seat.bound("complaint", &customer).await;
    let same_customer = RevealForm { challenge, ..reveal_form(case, handle, "id_no") };
    refused(&seat, &same_customer, Code::ChallengeOtherAct).await;
    let (case, handle) = seat.bound("complaint", &other).await;
    refused(&seat, &RevealForm { challenge, ..reveal_form(case, handle, "id_no") }, Code::ChallengeOtherAct).await;

    let again = house.sign_in(&seat.person).await;
    let form = RevealForm { challenge, ..form };
    refused(&again, &form, Code::ChallengeUnknown).await;
    again.desk().await.sign_out().await.unwrap();
    let after = house.sign_in(&seat.person).await;
    refused(&after, &form, Code::ChallengeUnknown).await;
}

#[tokio::test]
async fn v2_nobody_else_answers_or_spends_a_challenge() {
    let (house, seat, customer, form) = at_the_card().await;
    let other = house.seat(Person::colleague()).await;
    let challenge = seat.challenge(&form).await;
    assert_eq!(other.answer(challenge).await, Err(Code::ChallengeUnknown.into()));
    house.last_is_refusal(Kind::StepUp, Code::ChallengeUnknown).await;
    seat.answer(challenge).await.unwrap();
    let (case, handle) = other.bound("complaint", &customer).await;
    let theirs = RevealForm { challenge: Some(challenge), ..reveal_form(case, handle, "id_no") };
    refused(&other, &theirs, Code::ChallengeUnknown).await;
}

#[tokio::test]
async fn v2_a_challenge_dies_after_three_wrong_codes() {
    let (house, seat, _, form) = at_the_card().await;
    let challenge = seat.challenge(&form).await;
    for tries in 1..=3 {
        let wrong = seat.person.wrong_code(&house);
        assert_eq!(seat.answer_with(challenge, &wrong).await, Err(Code::CodeWrong.into()));
        let event = house.last_is_refusal(Kind::StepUp, Code::CodeWrong).await;
        assert_eq!(event.details.tries, Some(tries));
        assert!(event.details.customer.is_some() && event.details.act.is_some());
    }
    assert_eq!(seat.answer(challenge).await, Err(Code::ChallengeDead.into()));
    house.last_is_refusal(Kind::StepUp, Code::ChallengeDead).await;
    refused(&seat, &RevealForm { challenge: Some(challenge), ..form.clone() }, Code::ChallengeDead).await;
    // Another challenge for the same act is fine, and its code was not used up.
    seat.reveal(&form).await;
    for ill in ["", "12345", "1234567", "０１２３４５", "12345a"] {
        let challenge = seat.challenge(&form).await;
        assert_eq!(seat.answer_with(challenge, ill).await.unwrap_err().code(), Code::Invalid);
        house.last_is_refusal(Kind::StepUp, Code::Invalid).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn v2_of_two_parallel_spends_of_one_challenge_one_is_shown() {
    let (house, seat, _, form) = at_the_card().await;
    let form = seat.stepped_up(&form).await;
    let mut spends = JoinSet::new();
    for _ in 0..2 {
        let (desk, form) = (seat.desk().await, form.clone());
        spends.spawn(async move { desk.reveal(form).await.map(drop) });
    }
    let mut outcomes = spends.join_all().await;
    outcomes.sort_by_key(Result::is_err);
    assert_eq!(outcomes, [Ok(()), Err(Code::ChallengeSpent.into())]);
    assert_eq!(house.count(Kind::FieldRevealed, None).await, 1);
    assert_eq!(house.count(Kind::FieldRevealed, Some(Code::ChallengeSpent)).await, 1);
}

#[tokio::test]
async fn v2_a_window_step_up_is_good_for_five_minutes_and_does_not_slide() {
    let (house, seat, customer, form) = at_the_card().await;
    let name = RevealForm { field: FieldName::parse("name").unwrap(), ..form.clone() };
    let address = RevealForm { field: FieldName::parse("address").unwrap(), ..form.clone() };
    let first = seat.stepped_up(&name).await;
    seat.ask(&first).await.unwrap_or_else(|error| panic!("{error}"));
    house.wait(Span::minutes(4));
    let value = seat.ask(&address).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(shown(&value), customer.value("address"));
    let age = house.last().await.details.factor_age_ms.unwrap();
    assert!((240_000..300_000).contains(&age), "{age}");
    // The numbers still take a code of their own.
    refused(&seat, &form, Code::StepUpRequired).await;
    house.wait(Span::minutes(1));
    refused(&seat, &address, Code::StepUpRequired).await;
}

#[tokio::test]
async fn v2_a_window_is_of_one_case_customer_and_lineage() {
    let (house, seat, customer, form) = at_the_card().await;
    let name = RevealForm { field: FieldName::parse("name").unwrap(), ..form };
    seat.reveal(&name).await;
    let (case, handle) = seat.bound("complaint", &customer).await;
    refused(&seat, &reveal_form(case, handle, "name"), Code::StepUpRequired).await;
    seat.desk().await.sign_out().await.unwrap();
    let again = house.sign_in(&seat.person).await;
    refused(&again, &name, Code::StepUpRequired).await;
}

#[tokio::test]
async fn v2_card_expiry_takes_a_second_person() {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let (case, handle) = seat.bound("fraud", &customer).await;
    let reason = ReasonCode::parse("FRAUD_CASE").unwrap();
    let form = RevealForm { reason, ..reveal_form(case, handle, "card_expiry") };
    refused(&seat, &form, Code::Invalid).await;
    let form = RevealForm { note: Some("卡组织要求比对卡面有效期".into()), ..form };
    refused(&seat, &form, Code::SecondPersonRequired).await;
}

#[tokio::test]
async fn u2_a_used_code_is_told_with_the_wait_for_the_next() {
    let (house, seat, _, form) = at_the_card().await;
    let used = seat.person.code(&house);
    seat.answer_with(seat.challenge(&form).await, &used).await.unwrap();
    let challenge = seat.challenge(&form).await;
    let error = seat.answer_with(challenge, &used).await.unwrap_err();
    let DeskError::Wait { code: Code::CodeUsed, retry_after } = error else { panic!("{error}") };
    house.last_is_refusal(Kind::StepUp, Code::CodeUsed).await;
    // It counts neither against the challenge nor the person, and after the wait the next code is shown.
    house.wait(Span::seconds(retry_after.into()));
    let next = seat.person.code_of_step(house.now().seconds() / 30);
    seat.answer_with(challenge, &next).await.unwrap();
    let form = RevealForm { challenge: Some(challenge), ..form };
    seat.ask(&form).await.unwrap_or_else(|error| panic!("{error}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn u2_one_code_serves_a_sign_in_or_a_step_up_and_not_both() {
    let (house, seat, _, form) = at_the_card().await;
    let challenge = seat.challenge(&form).await;
    let code = seat.person.code(&house);
    let signed_in = house.count(Kind::SignedIn, None).await;
    let mut desks = Vec::new();
    for _ in 0..10 {
        desks.push(seat.desk().await);
    }
    let mut uses = JoinSet::new();
    for _ in 0..10 {
        let first = stamp(&house, "/api/sign_in");
        let tried = house.office.sign_in("op1001", Zeroizing::new(PASSWORD.into()), &first).await.unwrap();
        let (office, code, request) = (house.office.clone(), code.clone(), stamp(&house, "/api/verify_totp"));
        uses.spawn(async move { office.verify_totp(Some(&tried), &code, request).await.map(drop) });
    }
    for desk in desks {
        let code = code.clone();
        uses.spawn(async move { desk.step_up_totp(challenge, &code).await.map(drop) });
    }
    let outcomes = uses.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    let done = house.count(Kind::SignedIn, None).await - signed_in + house.count(Kind::StepUp, None).await;
    assert_eq!(done, 1);
    house.whole().await;
}

#[tokio::test]
async fn u3_wrong_codes_at_step_ups_lock_the_factor_too() {
    let (house, seat, _, form) = at_the_card().await;
    let mut challenge = seat.challenge(&form).await;
    for n in 0..10 {
        if n % 3 == 0 {
            challenge = seat.challenge(&form).await;
        }
        let wrong = seat.person.wrong_code(&house);
        assert_eq!(seat.answer_with(challenge, &wrong).await, Err(Code::CodeWrong.into()));
    }
    let challenge = seat.challenge(&form).await;
    let error = seat.answer(challenge).await.unwrap_err();
    assert!(matches!(error, DeskError::Wait { code: Code::FactorLocked, retry_after: 1..=1801 }), "{error}");
    house.last_is_refusal(Kind::StepUp, Code::FactorLocked).await;
    let code = seat.person.code(&house);
    assert_eq!(house.try_sign_in("op1001", PASSWORD, &code).await.err(), Some(Code::SignInFailed.into()));
}

#[tokio::test]
async fn u5_a_step_up_rotates_the_session_and_the_old_cookie_is_dead() {
    let (house, seat, _, form) = at_the_card().await;
    let old = seat.token();
    let lineage = house.last().await.actor.unwrap().lineage;
    seat.reveal(&form).await;
    assert!(old.cookie_text() != seat.token().cookie_text());
    let desk = house.office.desk_for(&old, stamp(&house, "/api/test")).await;
    assert_eq!(desk.err(), Some(Code::SignedOut.into()));
    assert_eq!(house.last().await.actor.unwrap().lineage, lineage, "the lineage survives");
}
