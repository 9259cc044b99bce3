//! A step-up by a passkey is bound to its act (V2).

use super::{sign_in_options, tried, verify, with_passkey};
use crate::authenticator::Authenticator;
use crate::office::SITE;
use crate::people::{PASSWORD, Person, stamp};
use domain::audit::event::{FactorName, Kind};
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{DeskError, Method, RevealForm};
use domain::id::FieldName;

#[tokio::test]
async fn v2_a_passkey_answers_the_challenge_of_its_act() {
    let (house, seat, form, mut device) = with_passkey().await;
    let error = seat.refused(&form).await;
    let DeskError::StepUpRequired { challenge, methods } = error else { panic!("{error}") };
    assert_eq!(methods, [Method::Passkey, Method::Totp], "the strongest first");
    let old = seat.token();
    let assertion = device.get(&seat.step_up_options(challenge).await).unwrap();
    seat.answer_by(challenge, &assertion).await.unwrap();
    let event = house.last().await;
    assert_eq!((event.kind, event.details.factor), (Kind::StepUp, Some(FactorName::Passkey)));
    assert!(event.details.passkey.is_some() && event.details.act.is_some());
    assert!(house.office.desk_for(&old, stamp(&house, "/api/test")).await.is_err(), "the session was rotated (U5)");
    let answered = RevealForm { challenge: Some(challenge), ..form.clone() };
    seat.ask(&answered).await.unwrap_or_else(|error| panic!("{error}"));
    let event = house.last().await;
    assert_eq!((event.kind, event.details.factor), (Kind::FieldRevealed, Some(FactorName::Passkey)));
    // Replayed: the challenge is spent, and no passkey is accused.
    assert_eq!(seat.answer_by(challenge, &assertion).await, Err(Code::ChallengeSpent.into()));
    house.last_is_refusal(Kind::StepUp, Code::ChallengeSpent).await;
    assert!(!seat.desk().await.passkeys().await.unwrap()[0].suspended);
    house.whole().await;
}

#[tokio::test]
async fn v2_an_assertion_for_another_act_or_ceremony_answers_nothing() {
    let (house, seat, form, mut device) = with_passkey().await;
    let one = seat.challenge(&form).await;
    let other = seat.challenge(&RevealForm { field: FieldName::parse("mobile").unwrap(), ..form.clone() }).await;
    let again = seat.challenge(&form).await;
    let for_one = device.get(&seat.step_up_options(one).await).unwrap();
    // Another act; the same act under another challenge.
    for challenge in [other, again] {
        assert_eq!(seat.answer_by(challenge, &for_one).await, Err(Code::ChallengeOtherAct.into()));
        let event = house.last_is_refusal(Kind::StepUp, Code::ChallengeOtherAct).await;
        assert_eq!((event.details.tries, event.details.factor), (Some(1), Some(FactorName::Passkey)));
    }
    // A sign-in's.
    let token = tried(&house, "op1001", PASSWORD).await;
    let for_sign_in = device.get(&sign_in_options(&house, &token).await).unwrap();
    assert_eq!(seat.answer_by(one, &for_sign_in).await, Err(Code::ChallengeOtherAct.into()));
    house.last_is_refusal(Kind::StepUp, Code::ChallengeOtherAct).await;
    // And none of these used up the right one, which no sign-in takes, once the delay of three failures is over.
    house.wait(Span::seconds(1));
    assert_eq!(verify(&house, &token, &for_one).await.err(), Some(Code::SignInFailed));
    house.last_is_refusal(Kind::SignedIn, Code::ChallengeOtherAct).await;
    let for_one = device.get(&seat.step_up_options(one).await).unwrap();
    seat.answer_by(one, &for_one).await.unwrap();
    house.whole().await;
}

#[tokio::test]
async fn v2_three_wrong_assertions_kill_a_challenge_and_each_is_recorded_by_its_cause() {
    let (house, seat, form, mut device) = with_passkey().await;
    let challenge = seat.challenge(&form).await;
    let options = seat.step_up_options(challenge).await;
    device.verifies = false;
    let unverified = device.get(&options).unwrap();
    device.verifies = true;
    device.origin = "https://grille.bank.example.evil.example".into();
    let elsewhere = device.get(&options).unwrap();
    device.origin = SITE.into();
    device.signs_wrongly = true;
    let forged = device.get(&options).unwrap();
    device.signs_wrongly = false;
    for (assertion, code, tries) in [
        (&unverified, Code::PasskeyNotVerified, 1),
        (&elsewhere, Code::PasskeyForeignOrigin, 2),
        (&forged, Code::PasskeyWrong, 3),
    ] {
        assert_eq!(seat.answer_by(challenge, assertion).await, Err(code.into()));
        assert_eq!(house.last_is_refusal(Kind::StepUp, code).await.details.tries, Some(tries));
    }
    let right = device.get(&options).unwrap();
    assert_eq!(seat.answer_by(challenge, &right).await, Err(Code::ChallengeDead.into()));
    house.last_is_refusal(Kind::StepUp, Code::ChallengeDead).await;
    assert_eq!(
        seat.desk().await.begin_step_up_passkey(challenge).await.err(),
        Some(Code::ChallengeDead.into()),
        "nothing is named for it either"
    );
    house.last_is_refusal(Kind::StepUp, Code::ChallengeDead).await;
    // None of the wrong ones moved the count or suspended anything.
    let challenge = seat.challenge(&form).await;
    let right = device.get(&seat.step_up_options(challenge).await).unwrap();
    seat.answer_by(challenge, &right).await.unwrap();
}

#[tokio::test]
async fn v2_a_challenge_is_answered_by_its_persons_passkeys_in_its_session_and_time() {
    let (house, seat, form, mut device) = with_passkey().await;
    let other = house.seat(Person::colleague()).await;
    let mut theirs = Authenticator::number(2);
    other.enrol_passkey("theirs", &mut theirs).await;
    let challenge = seat.challenge(&form).await;
    let options = seat.step_up_options(challenge).await;
    // Another person at their own desk.
    assert_eq!(other.desk().await.begin_step_up_passkey(challenge).await.err(), Some(Code::ChallengeUnknown.into()));
    house.last_is_refusal(Kind::StepUp, Code::ChallengeUnknown).await;
    let assertion = device.get(&options).unwrap();
    assert_eq!(other.answer_by(challenge, &assertion).await, Err(Code::ChallengeUnknown.into()));
    house.last_is_refusal(Kind::StepUp, Code::ChallengeUnknown).await;
    // Another person's passkey at this desk, though it signs the very challenge.
    let mut forced = options.clone();
    let token = tried(&house, "op1003", PASSWORD).await;
    forced.public_key["allowCredentials"] =
        sign_in_options(&house, &token).await.public_key["allowCredentials"].clone();
    let by_theirs = theirs.get(&forced).unwrap();
    assert_eq!(seat.answer_by(challenge, &by_theirs).await, Err(Code::PasskeyWrong.into()));
    house.last_is_refusal(Kind::StepUp, Code::PasskeyWrong).await;
    // Nor after two minutes, nor when it is no assertion.
    let ill = seat.desk().await.step_up_passkey(challenge, "no JSON").await.err().unwrap();
    assert_eq!(ill.code(), Code::Invalid);
    house.last_is_refusal(Kind::StepUp, Code::Invalid).await;
    house.wait(Span::minutes(2));
    assert_eq!(seat.answer_by(challenge, &assertion).await, Err(Code::ChallengeExpired.into()));
    house.last_is_refusal(Kind::StepUp, Code::ChallengeExpired).await;
}

#[tokio::test]
async fn u2_a_passkey_that_counts_backwards_is_suspended_at_a_step_up() {
    let (house, seat, form, mut device) = with_passkey().await;
    let mut copy = device.copied();
    let challenge = seat.challenge(&form).await;
    let options = seat.step_up_options(challenge).await;
    device.get(&options).unwrap();
    let right = device.get(&options).unwrap();
    seat.answer_by(challenge, &right).await.unwrap();
    // Its copy has not seen the two that came before.
    let challenge = seat.challenge(&form).await;
    let by_copy = copy.get(&seat.step_up_options(challenge).await).unwrap();
    assert_eq!(seat.answer_by(challenge, &by_copy).await, Err(Code::PasskeyCopied.into()));
    let event = house.last_is_refusal(Kind::StepUp, Code::PasskeyCopied).await;
    assert!(event.details.passkey.is_some());
    assert_eq!(event.details.alert.as_ref().map(|alert| alert.as_str()), Some("passkey.copied"));
    // Nor does the original serve any more, at a step-up or a sign-in; a code does.
    assert!(seat.desk().await.passkeys().await.unwrap()[0].suspended);
    let none = seat.desk().await.begin_step_up_passkey(challenge).await.err();
    assert_eq!(none, Some(Code::PasskeyNone.into()));
    house.last_is_refusal(Kind::StepUp, Code::PasskeyNone).await;
    let token = tried(&house, "op1001", PASSWORD).await;
    assert!(device.get(&sign_in_options(&house, &token).await).is_none());
    let error = seat.refused(&form).await;
    let DeskError::StepUpRequired { methods, .. } = error else { panic!("{error}") };
    assert_eq!(methods, [Method::Totp]);
    seat.reveal(&form).await;
    let sql = "UPDATE passkey SET state = 'active'";
    assert!(house.meddle(sql).await.is_err(), "and never again");
}
