//! Changing one's own password (U1), and being told of what failed before (ASVS 6.3.5, 6.3.7).

use crate::office::TestOffice;
use crate::people::{PASSWORD, Seat, stamp};
use domain::audit::event::Kind;
use domain::clock::Span;
use domain::code::{Code, Fault};
use domain::desk::{ChangePassword, DeskError, Told};
use domain::id::Challenge;
use std::sync::Arc;
use zeroize::Zeroizing;

const NEW: &str = "lantern orbit pickle seventeen";

fn change(current: &str, new: &str, challenge: Option<Challenge>) -> ChangePassword {
    let secret = |text: &str| Zeroizing::new(text.to_owned());
    ChangePassword { current: secret(current), new: secret(new), challenge }
}

async fn ask(seat: &Seat, new: &str) -> Challenge {
    let refused = seat.desk().await.change_password(change(PASSWORD, new, None)).await;
    let Err(DeskError::StepUpRequired { challenge, .. }) = refused else { unreachable!("{refused:?}") };
    challenge
}

async fn with(seat: &Seat, current: &str, new: &str, challenge: Option<Challenge>) -> Option<Code> {
    seat.desk().await.change_password(change(current, new, challenge)).await.err().map(|error| error.code())
}

async fn signs_in(house: &Arc<TestOffice>, seat: &Seat, password: &str) -> bool {
    house.wait(Span::seconds(60));
    let code = seat.person.code(house);
    house.try_sign_in(seat.person.staff_no, password, &code).await.is_ok()
}

#[tokio::test]
async fn u1_a_password_is_changed_by_the_old_one_and_a_factor_for_just_that() {
    let (house, seat) = TestOffice::with_operator().await;
    assert_eq!(seat.desk().await.password_set().await.unwrap(), None);
    let challenge = ask(&seat, NEW).await;
    house.last_is_refusal(Kind::PasswordChanged, Code::StepUpRequired).await;
    assert_eq!(with(&seat, PASSWORD, NEW, Some(challenge)).await, Some(Code::ChallengeUnanswered));
    seat.answer(challenge).await.unwrap();
    assert_eq!(with(&seat, PASSWORD, NEW, Some(challenge)).await, None);
    let event = house.last().await;
    assert_eq!((event.kind, event.code), (Kind::PasswordChanged, None));
    assert!(event.details.factor.is_some() && event.details.act.is_some());
    assert_eq!(with(&seat, NEW, PASSWORD, Some(challenge)).await, Some(Code::ChallengeSpent), "once");
    let told = seat.desk().await.told().await.unwrap();
    assert!(matches!(told[..], [Told::PasswordChanged { .. }]), "{told:?}");
    assert!(!signs_in(&house, &seat, PASSWORD).await, "the old one is dead");
    assert!(signs_in(&house, &seat, NEW).await);
    for file in house.database.files() {
        let bytes = std::fs::read(file).unwrap();
        assert!(!bytes.windows(NEW.len()).any(|window| window == NEW.as_bytes()), "only its hash is kept");
    }
    house.whole().await;
}

#[tokio::test]
async fn v2_a_factor_for_one_new_password_sets_no_other() {
    let (house, seat) = TestOffice::with_operator().await;
    let challenge = ask(&seat, NEW).await;
    seat.answer(challenge).await.unwrap();
    let other = "another quiet harbour at noon";
    assert_eq!(with(&seat, PASSWORD, other, Some(challenge)).await, Some(Code::ChallengeOtherAct));
    house.last_is_refusal(Kind::PasswordChanged, Code::ChallengeOtherAct).await;
    assert_eq!(with(&seat, PASSWORD, NEW, Some(challenge)).await, None, "it is still good for its own");
}

#[tokio::test]
async fn u1_a_weak_or_equal_new_password_is_refused_with_why_and_recorded() {
    let (house, seat) = TestOffice::with_operator().await;
    for (new, why) in [("short", "password_short"), ("password1234", "password_common"), (PASSWORD, "password_same")] {
        let refused = seat.desk().await.change_password(change(PASSWORD, new, None)).await;
        assert_eq!(refused, Err(DeskError::Invalid(vec![Fault::new("new_password", why)])), "{new}");
        house.last_is_refusal(Kind::PasswordChanged, Code::Invalid).await;
    }
    assert!(signs_in(&house, &seat, PASSWORD).await);
}

#[tokio::test]
async fn u3_guessing_at_an_open_desk_counts_and_locks_as_at_the_door() {
    let (house, seat) = TestOffice::with_operator().await;
    for _ in 0..10 {
        assert_eq!(with(&seat, "not their password", NEW, None).await, Some(Code::PasswordWrong));
        house.last_is_refusal(Kind::PasswordChanged, Code::PasswordWrong).await;
    }
    assert_eq!(with(&seat, PASSWORD, NEW, None).await, Some(Code::FactorLocked), "the right one too");
    assert!(!signs_in(&house, &seat, PASSWORD).await);
    house.wait(Span::minutes(31));
    assert!(signs_in(&house, &seat, PASSWORD).await, "half an hour later");
}

#[tokio::test]
async fn u1_a_sign_in_that_got_past_the_old_password_goes_no_further() {
    let (house, seat) = TestOffice::with_operator().await;
    let first = stamp(&house, "/api/sign_in");
    let tried = house.office.sign_in("op1001", Zeroizing::new(PASSWORD.into()), &first).await.unwrap();
    let challenge = ask(&seat, NEW).await;
    seat.answer(challenge).await.unwrap();
    assert_eq!(with(&seat, PASSWORD, NEW, Some(challenge)).await, None);
    house.wait(Span::seconds(60));
    let code = seat.person.code(&house);
    let refused = house.office.verify_totp(Some(&tried), &code, stamp(&house, "/api/verify_totp")).await;
    assert_eq!(refused.err().map(|error| error.code()), Some(Code::SignInFailed));
}

#[tokio::test]
async fn u3_who_signs_in_is_told_how_often_others_tried_before() {
    let (house, seat) = TestOffice::with_operator().await;
    assert!(seat.desk().await.told().await.unwrap().is_empty(), "nothing to tell");
    for _ in 0..2 {
        assert!(house.try_sign_in("op1001", "not their password", "000000").await.is_err());
    }
    let since = house.now();
    house.wait(Span::seconds(60));
    let code = seat.person.code(&house);
    seat.keep(&house.try_sign_in("op1001", PASSWORD, &code).await.unwrap());
    let told = seat.desk().await.told().await.unwrap();
    assert!(matches!(told[..], [Told::FailedBefore { count: 2, since: at }] if at <= since), "{told:?}");
    house.wait(Span::seconds(60));
    let code = seat.person.code(&house);
    seat.keep(&house.try_sign_in("op1001", PASSWORD, &code).await.unwrap());
    assert!(seat.desk().await.told().await.unwrap().is_empty(), "once");
}
