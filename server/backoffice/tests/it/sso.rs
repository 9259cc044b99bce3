//! An identity provider's word in the place of a password (U9): what it leads to, what it does not, and what the log
//! says of it.

use crate::office::TestOffice;
use crate::people::{PASSWORD, Person, stamp};
use backoffice::Settings;
use backoffice::auth::{SignedIn, TryToken};
use domain::audit::event::{FactorName, Kind, SsoName};
use domain::clock::Span;
use domain::code::Code;
use domain::desk::DeskError;
use domain::id::StaffNo;
use std::collections::BTreeSet;
use zeroize::Zeroizing;

const FAILED: DeskError = DeskError::Refused(Code::SignInFailed);

/// The provider vouches for a number in answer to a new question.
async fn vouched(house: &TestOffice, staff_no: &str) -> Result<TryToken, DeskError> {
    let asked = house.office.ask_provider("/me").unwrap();
    house.office.vouched(&asked, &StaffNo::parse(staff_no).unwrap(), &stamp(house, "/sign-in/sso/back")).await
}

async fn second(house: &TestOffice, tried: &TryToken, code: &str) -> Result<SignedIn, DeskError> {
    house.office.verify_totp(Some(tried), code, stamp(house, "/sign-in/verify")).await
}

#[tokio::test]
async fn u9_a_vouched_person_gives_a_code_and_the_event_says_both() {
    let house = TestOffice::empty().await;
    let person = Person::operator();
    house.enrol(&person).await;
    let before = house.size().await;
    let tried = vouched(&house, "op1001").await.unwrap();
    assert_eq!(house.size().await, before, "a first factor alone is no sign-in");
    let signed = second(&house, &tried, &person.code(&house)).await.unwrap();
    assert_eq!(signed.staff.staff_no.as_str(), "op1001");
    let event = house.last().await;
    assert_eq!((event.kind, event.code), (Kind::SignedIn, None));
    assert_eq!((event.details.factor, event.details.sso), (Some(FactorName::Totp), Some(SsoName::Vouched)));
    assert_eq!(house.size().await, before + 1);
    assert_eq!(second(&house, &tried, &person.code(&house)).await.err(), Some(FAILED), "the try is used up");
    house.whole().await;
}

#[tokio::test]
async fn u9_ten_wrong_codes_lock_the_vouched_as_they_lock_anyone() {
    let house = TestOffice::empty().await;
    let person = Person::operator();
    house.enrol(&person).await;
    for _ in 0..10 {
        let tried = vouched(&house, "op1001").await.unwrap();
        assert_eq!(second(&house, &tried, &person.wrong_code(&house)).await.err(), Some(FAILED));
        house.wait(Span::seconds(16));
    }
    let event = house.last_is_refusal(Kind::SignedIn, Code::SignInFailed).await;
    assert_eq!(event.details.sso, Some(SsoName::Vouched), "the provider was right; the code was not");
    assert_eq!(vouched(&house, "op1001").await.err(), Some(FAILED));
    let event = house.last_is_refusal(Kind::SignedIn, Code::SignInFailed).await;
    assert_eq!(event.details.sso, Some(SsoName::Locked));
    assert_eq!(event.details.subject_staff.unwrap().as_str(), "op1001");
    let locked = house.try_sign_in("op1001", PASSWORD, &person.code(&house)).await;
    assert_eq!(locked.err(), Some(FAILED), "by a password too: the count is one");
    house.wait(Span::minutes(30));
    let tried = vouched(&house, "op1001").await.unwrap();
    second(&house, &tried, &person.code(&house)).await.unwrap();
    house.whole().await;
}

#[tokio::test]
async fn u9_the_unknown_and_the_suspended_get_one_answer_and_the_log_tells_them_apart() {
    let house = TestOffice::empty().await;
    house.enrol(&Person::operator()).await;
    house.office.suspend(&StaffNo::parse("op1001").unwrap(), None).await.unwrap();
    for (staff_no, why, told) in [("op1001", SsoName::Suspended, Some("op1001")), ("op9999", SsoName::Unknown, None)] {
        assert_eq!(vouched(&house, staff_no).await.err(), Some(FAILED), "{staff_no}");
        let event = house.last_is_refusal(Kind::SignedIn, Code::SignInFailed).await;
        assert_eq!(event.details.sso, Some(why));
        assert_eq!(event.details.subject_staff.as_ref().map(StaffNo::as_str), told, "no number that is nobody's");
        assert_eq!(event.actor, None);
    }
}

#[tokio::test]
async fn u9_whoever_is_suspended_between_the_factors_does_not_get_in() {
    let house = TestOffice::empty().await;
    let person = Person::operator();
    house.enrol(&person).await;
    let tried = vouched(&house, "op1001").await.unwrap();
    house.office.suspend(&StaffNo::parse("op1001").unwrap(), None).await.unwrap();
    assert_eq!(second(&house, &tried, &person.code(&house)).await.err(), Some(FAILED));
    assert_eq!(house.count(Kind::SignedIn, None).await, 0);
}

#[tokio::test]
async fn u9_an_answer_serves_once_at_every_instance() {
    let house = TestOffice::empty().await;
    let person = Person::operator();
    house.enrol(&person).await;
    let neighbour = house.neighbour().await;
    let asked = house.office.ask_provider("/").unwrap();
    let number = StaffNo::parse("op1001").unwrap();
    let tried = house.office.vouched(&asked, &number, &stamp(&house, "/sign-in/sso/back")).await.unwrap();
    second(&house, &tried, &person.code(&house)).await.unwrap();
    let there = neighbour.office.asked_provider(asked.cookie_text()).unwrap();
    let again = neighbour.office.vouched(&there, &number, &stamp(&neighbour, "/sign-in/sso/back")).await;
    assert_eq!(again.err(), Some(FAILED));
    assert_eq!(house.last().await.details.sso, Some(SsoName::Replayed));
}

#[tokio::test]
async fn u9_an_answer_that_took_longer_than_the_cookie_lives_serves_nobody() {
    let house = TestOffice::empty().await;
    house.enrol(&Person::operator()).await;
    let asked = house.office.ask_provider("/").unwrap();
    house.wait(Span::minutes(10));
    let number = StaffNo::parse("op1001").unwrap();
    let late = house.office.vouched(&asked, &number, &stamp(&house, "/sign-in/sso/back")).await;
    assert_eq!(late.err(), Some(FAILED));
    assert_eq!(house.last().await.details.sso, Some(SsoName::State));
}

#[tokio::test]
async fn u9_what_a_browser_asked_is_in_its_cookie_for_ten_minutes_and_cannot_be_altered() {
    let house = TestOffice::empty().await;
    let asked = house.office.ask_provider("/me").unwrap();
    let cookie = asked.cookie_text().to_owned();
    let read = |cookie: &str| house.office.asked_provider(cookie);
    let back = read(&cookie).unwrap();
    assert_eq!((back.state(), back.nonce(), back.verifier()), (asked.state(), asked.nonce(), asked.verifier()));
    assert_eq!((back.next(), back.since()), ("/me", asked.since()));
    let differ = BTreeSet::from([asked.state(), asked.nonce(), asked.verifier()]);
    assert_eq!(differ.len(), 3, "none of the three tells another");
    assert!(!cookie.contains(asked.state()) && !cookie.contains(asked.verifier()), "the cookie holds none of them");

    let parts: Vec<&str> = cookie.split('.').collect();
    let later = (parts[1].parse::<i64>().unwrap() - 1).to_string();
    let elsewhere = data_encoding::BASE64URL_NOPAD.encode(b"//evil.example");
    for altered in [[parts[0], &later, parts[2]], [parts[0], parts[1], &elsewhere]] {
        let altered = read(&altered.join(".")).unwrap();
        assert!(!altered.is_state(asked.state()), "another cookie is another question");
    }
    assert!(!house.office.ask_provider("/me").unwrap().is_state(asked.state()), "nor is another browser's");
    for none in ["", ".", "..", "a.b.c", "a.1.", &format!("{cookie}."), &parts[..2].join(".")] {
        assert!(read(none).is_none_or(|asked| !asked.is_state(back.state())), "{none}");
    }
    house.wait(Span::minutes(10));
    assert!(read(&cookie).is_none());
    house.wait(Span::minutes(-11));
    assert!(read(&cookie).is_none(), "from a time to come");
}

#[tokio::test]
async fn a10_refusals_of_a_providers_word_are_told_ten_times_a_minute_and_then_counted() {
    let house = TestOffice::empty().await;
    let before = house.size().await;
    for _ in 0..30 {
        let refused = house.office.not_vouched(SsoName::State, &stamp(&house, "/sign-in/sso/back")).await;
        assert_eq!(refused, FAILED);
    }
    assert_eq!(house.size().await, before + 10);
    house.wait(Span::minutes(1));
    house.office.tell_floods().await.unwrap();
    let event = house.last_is_refusal(Kind::SignInFailuresCounted, Code::SignInFailed).await;
    assert_eq!((event.details.count, event.details.sso), (Some(20), Some(SsoName::State)));
    // Whoever sends browsers there keeps nobody of the same address from signing in.
    let person = Person::operator();
    house.enrol(&person).await;
    house.sign_in(&person).await;
    house.whole().await;
}

#[tokio::test]
async fn u9_where_passwords_are_off_none_is_looked_at_and_it_is_counted() {
    let house = TestOffice::with(Settings { passwords: false, ..Settings::default() }).await;
    let person = Person::operator();
    house.enrol(&person).await;
    let first = stamp(&house, "/api/sign_in");
    let refused = house.office.sign_in("op1001", Zeroizing::new(PASSWORD.into()), &first).await;
    assert_eq!(refused.err(), Some(DeskError::Refused(Code::PasswordsOff)));
    house.wait(Span::minutes(1));
    house.office.tell_floods().await.unwrap();
    house.last_is_refusal(Kind::SignInFailuresCounted, Code::PasswordsOff).await;
    let tried = vouched(&house, "op1001").await.unwrap();
    second(&house, &tried, &person.code(&house)).await.unwrap();
}
