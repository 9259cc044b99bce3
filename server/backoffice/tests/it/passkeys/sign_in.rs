//! A sign-in by a passkey tells neither who has one nor what was wrong (U2, U3).

use super::{sign_in_options, tried, verify, with_passkey};
use crate::authenticator::Authenticator;
use crate::office::{SITE, TestOffice};
use crate::people::{PASSWORD, Person};
use domain::audit::event::Kind;
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{CeremonyOptions, SessionToken};
use tokio::task::JoinSet;

#[tokio::test]
async fn u2_a_passkey_that_counts_backwards_is_suspended_at_a_sign_in() {
    let (house, seat, _, mut device) = with_passkey().await;
    let mut copy = device.copied();
    for _ in 0..2 {
        let token = tried(&house, "op1001", PASSWORD).await;
        let assertion = device.get(&sign_in_options(&house, &token).await).unwrap();
        seat.keep(&verify(&house, &token, &assertion).await.unwrap());
    }
    let token = tried(&house, "op1001", PASSWORD).await;
    let by_copy = copy.get(&sign_in_options(&house, &token).await).unwrap();
    assert_eq!(verify(&house, &token, &by_copy).await.err(), Some(Code::SignInFailed), "told by one answer");
    let event = house.last_is_refusal(Kind::SignedIn, Code::PasskeyCopied).await;
    assert!(event.details.alert.is_some() && event.details.passkey.is_some());
    assert!(seat.desk().await.passkeys().await.unwrap()[0].suspended);
}

#[tokio::test]
async fn u2_a_passkey_that_does_not_count_serves() {
    let (house, seat) = TestOffice::with_operator().await;
    let mut device = Authenticator { count: None, ..Authenticator::number(1) };
    seat.enrol_passkey("phone", &mut device).await;
    for _ in 0..2 {
        let token = tried(&house, "op1001", PASSWORD).await;
        let assertion = device.get(&sign_in_options(&house, &token).await).unwrap();
        seat.keep(&verify(&house, &token, &assertion).await.unwrap());
    }
    // One that has counted may not stop.
    device.count = Some(5);
    let token = tried(&house, "op1001", PASSWORD).await;
    let assertion = device.get(&sign_in_options(&house, &token).await).unwrap();
    seat.keep(&verify(&house, &token, &assertion).await.unwrap());
    device.count = None;
    let token = tried(&house, "op1001", PASSWORD).await;
    let assertion = device.get(&sign_in_options(&house, &token).await).unwrap();
    assert_eq!(verify(&house, &token, &assertion).await.err(), Some(Code::SignInFailed));
    house.last_is_refusal(Kind::SignedIn, Code::PasskeyCopied).await;
}

#[tokio::test]
async fn u2_whatever_was_wrong_with_a_passkey_the_answer_is_one_and_the_log_has_the_cause() {
    let (house, seat, _, mut device) = with_passkey().await;
    let fresh = async |device: &mut Authenticator, password| {
        let token = tried(&house, "op1001", password).await;
        let assertion = device.get(&sign_in_options(&house, &token).await).unwrap();
        (token, assertion)
    };
    let wrong_password = fresh(&mut device, "Grille-demo-2027").await;
    let (token, assertion) = fresh(&mut device, PASSWORD).await;
    seat.keep(&verify(&house, &token, &assertion).await.unwrap());
    let replayed = (token, assertion);
    device.verifies = false;
    let unverified = fresh(&mut device, PASSWORD).await;
    device.verifies = true;
    device.origin = "http://grille.bank.example".into();
    let elsewhere = fresh(&mut device, PASSWORD).await;
    device.origin = SITE.into();
    let (_, of_another_try) = fresh(&mut device, PASSWORD).await;
    let another_try = (tried(&house, "op1001", PASSWORD).await, of_another_try);
    let ill = (tried(&house, "op1001", PASSWORD).await, "no JSON".to_owned());
    for (name, (token, assertion), recorded) in [
        ("wrong password", wrong_password, Some(Code::SignInFailed)),
        // The try is gone: counted among those of nobody.
        ("replayed", replayed, None),
        ("unverified", unverified, Some(Code::PasskeyNotVerified)),
        ("elsewhere", elsewhere, Some(Code::PasskeyForeignOrigin)),
        ("another try", another_try, Some(Code::ChallengeOtherAct)),
        ("ill", ill, Some(Code::PasskeyWrong)),
    ] {
        // The longest delay before the lock: what comes too soon is not looked at.
        house.wait(Span::seconds(16));
        let before = house.size().await;
        assert_eq!(verify(&house, &token, &assertion).await.err(), Some(Code::SignInFailed), "{name}");
        match recorded {
            Some(code) => drop(house.last_is_refusal(Kind::SignedIn, code).await),
            None => assert_eq!(house.size().await, before, "{name}"),
        }
    }
    // The one that was not recorded by itself is told by the minute's count.
    house.wait(Span::minutes(2));
    house.office.tell_floods().await.unwrap();
    assert_eq!(house.count(Kind::SignInFailuresCounted, Some(Code::SignInFailed)).await, 1);
    assert!(!seat.desk().await.passkeys().await.unwrap()[0].suspended);
}

#[tokio::test(flavor = "multi_thread")]
async fn u2_of_twenty_parallel_uses_of_one_assertion_one_signs_in_and_no_passkey_is_accused() {
    let (house, seat, _, mut device) = with_passkey().await;
    let token = tried(&house, "op1001", PASSWORD).await;
    let assertion = device.get(&sign_in_options(&house, &token).await).unwrap();
    let before = house.count(Kind::SignedIn, None).await;
    let mut uses = JoinSet::new();
    for _ in 0..20 {
        let (house, token, assertion) =
            (house.clone(), SessionToken::parse(&token.cookie_text()).unwrap(), assertion.clone());
        uses.spawn(async move { verify(&house, &token, &assertion).await.is_ok() });
    }
    assert_eq!(uses.join_all().await.into_iter().filter(|ok| *ok).count(), 1);
    assert_eq!(house.count(Kind::SignedIn, None).await, before + 1);
    let seat = house.sign_in(&seat.person).await;
    assert!(!seat.desk().await.passkeys().await.unwrap()[0].suspended);
    house.whole().await;
}

#[tokio::test]
async fn u2_what_is_named_at_a_sign_in_does_not_tell_who_has_a_passkey() {
    let (house, _, _, _) = with_passkey().await;
    house.enrol(&Person::colleague()).await;
    let shape = |options: &CeremonyOptions| {
        let mut options = options.public_key.clone();
        let ids = options["allowCredentials"].take();
        options["challenge"].take();
        (options, ids.as_array().unwrap().len())
    };
    let named = async |staff_no, password| sign_in_options(&house, &tried(&house, staff_no, password).await).await;
    let with = named("op1001", PASSWORD).await;
    for (staff_no, password) in
        [("op1001", "wrong"), ("op1003", PASSWORD), ("op1003", "wrong"), ("op9999", "wrong"), ("no number!", "wrong")]
    {
        let first = named(staff_no, password).await;
        let again = named(staff_no, "another").await;
        assert_eq!(shape(&first), shape(&with), "{staff_no}");
        assert_eq!(first.public_key["allowCredentials"], again.public_key["allowCredentials"], "{staff_no}");
        assert_ne!(first.public_key["challenge"], again.public_key["challenge"]);
    }
    let unknown = [named("op9998", "x").await, named("op9999", "x").await];
    assert_ne!(unknown[0].public_key["allowCredentials"], unknown[1].public_key["allowCredentials"]);
    let nobody = house.office.begin_verify_passkey(None).await.unwrap();
    assert_eq!(shape(&nobody), shape(&with));
}

#[tokio::test]
async fn u3_wrong_assertions_lock_like_wrong_codes() {
    let (house, seat, form, mut device) = with_passkey().await;
    device.verifies = false;
    for _ in 0..10 {
        house.wait(Span::seconds(16));
        let token = tried(&house, "op1001", PASSWORD).await;
        let assertion = device.get(&sign_in_options(&house, &token).await).unwrap();
        assert_eq!(verify(&house, &token, &assertion).await.err(), Some(Code::SignInFailed));
        house.last_is_refusal(Kind::SignedIn, Code::PasskeyNotVerified).await;
    }
    device.verifies = true;
    let token = tried(&house, "op1001", PASSWORD).await;
    let assertion = device.get(&sign_in_options(&house, &token).await).unwrap();
    assert_eq!(verify(&house, &token, &assertion).await.err(), Some(Code::SignInFailed), "locked");
    let challenge = seat.challenge(&form).await;
    let assertion = device.get(&seat.step_up_options(challenge).await).unwrap();
    assert_eq!(seat.answer_by(challenge, &assertion).await.unwrap_err().code(), Code::FactorLocked);
    house.last_is_refusal(Kind::StepUp, Code::FactorLocked).await;
    house.wait(Span::minutes(30));
    let token = tried(&house, "op1001", PASSWORD).await;
    let assertion = device.get(&sign_in_options(&house, &token).await).unwrap();
    verify(&house, &token, &assertion).await.unwrap();
}
