//! Two factors, one answer for whatever was wrong, and what the log says of it (U2, U3, U5, A10).

use crate::office::TestOffice;
use crate::people::{PASSWORD, Person, stamp};
use domain::audit::event::{Decision, FactorName, Kind};
use domain::clock::Span;
use domain::code::Code;
use domain::desk::DeskError;
use domain::role::Role;
use tokio::task::JoinSet;
use zeroize::Zeroizing;

const FAILED: DeskError = DeskError::Refused(Code::SignInFailed);

async fn refusal(house: &TestOffice, staff_no: &str, password: &str, code: &str) -> DeskError {
    house.try_sign_in(staff_no, password, code).await.err().expect("nobody may sign in here")
}

#[tokio::test]
async fn u2_both_factors_sign_in_and_the_event_says_who() {
    let (house, seat) = TestOffice::with_operator().await;
    let event = house.last().await;
    assert_eq!((event.kind, event.decision), (Kind::SignedIn, Decision::Allowed));
    let actor = event.actor.unwrap();
    assert_eq!((actor.staff_no.as_str(), actor.role), ("op1001", Role::Operator));
    assert_eq!(event.details.factor, Some(FactorName::Totp));
    assert!(event.details.address.is_some());
    assert_eq!(seat.desk().await.staff().staff_no.as_str(), "op1001");
}

#[tokio::test]
async fn u2_whatever_was_wrong_the_answer_is_one() {
    let house = TestOffice::empty().await;
    let person = Person::operator();
    house.enrol(&person).await;
    let used = person.code(&house);
    house.try_sign_in("op1001", PASSWORD, &used).await.unwrap();
    let (code, wrong) = (person.code(&house), person.wrong_code(&house));
    let before = house.size().await;
    assert_eq!(refusal(&house, "op1001", "Grille-demo-2027", &code).await, FAILED, "wrong password");
    assert_eq!(refusal(&house, "op1001", PASSWORD, &wrong).await, FAILED, "wrong code");
    assert_eq!(refusal(&house, "op1001", PASSWORD, &used).await, FAILED, "used code");
    house.wait(Span::seconds(1));
    assert_eq!(refusal(&house, "op1001", PASSWORD, "12345").await, FAILED, "no code");
    assert_eq!(house.size().await, before + 4, "each try of a number is in the log");
    let event = house.last_is_refusal(Kind::SignedIn, Code::SignInFailed).await;
    assert_eq!(event.details.subject_staff.unwrap().as_str(), "op1001");
    assert_eq!(event.actor, None, "nobody was signed in");
    for nobody in ["op9999", "", "OP1001", "op1001'--", "全部"] {
        assert_eq!(refusal(&house, nobody, PASSWORD, &code).await, FAILED, "{nobody}");
    }
    let untried = house.office.verify_totp(None, &code, stamp(&house, "/api/verify_totp")).await;
    assert_eq!(untried.err(), Some(FAILED), "no password was tried");
    assert_eq!(house.size().await, before + 4, "unknown numbers are counted, all in one");
    // The code that was right all along still is: neither a wrong password nor a try too soon uses it up.
    house.wait(Span::seconds(2));
    house.try_sign_in("op1001", PASSWORD, &code).await.unwrap();
}

#[tokio::test]
async fn u2_a_try_serves_one_sign_in_and_five_minutes() {
    let house = TestOffice::empty().await;
    let person = Person::operator();
    house.enrol(&person).await;
    let password = || Zeroizing::new(PASSWORD.to_owned());
    let request = || stamp(&house, "/api/verify_totp");
    let tried = house.office.sign_in("op1001", password(), &request()).await.unwrap();
    house.office.verify_totp(Some(&tried), &person.code(&house), request()).await.unwrap();
    let again = house.office.verify_totp(Some(&tried), &person.code(&house), request()).await;
    assert_eq!(again.err(), Some(FAILED));
    let tried = house.office.sign_in("op1001", password(), &request()).await.unwrap();
    house.wait(Span::minutes(5));
    let late = house.office.verify_totp(Some(&tried), &person.code(&house), request()).await;
    assert_eq!(late.err(), Some(FAILED));
}

#[tokio::test]
async fn u2_a_code_is_good_a_step_early_or_late_and_never_behind_the_last() {
    let house = TestOffice::empty().await;
    let person = Person::operator();
    house.enrol(&person).await;
    let present = house.now().seconds() / 30;
    for (step, good) in [(2, false), (-2, false), (1, true), (0, false), (-1, false), (1, false)] {
        let signed = house.try_sign_in("op1001", PASSWORD, &person.code_of_step(present + step)).await;
        assert_eq!(signed.is_ok(), good, "{step}");
    }
}

#[tokio::test]
async fn u2_a_clock_90_seconds_off_signs_nobody_in_and_uses_nothing_up() {
    let house = TestOffice::empty().await;
    let person = Person::operator();
    house.enrol(&person).await;
    let present = house.now().seconds() / 30;
    for step in [3, -3] {
        assert!(house.try_sign_in("op1001", PASSWORD, &person.code_of_step(present + step)).await.is_err());
    }
    assert!(house.try_sign_in("op1001", PASSWORD, &person.code_of_step(present)).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn u2_of_twenty_parallel_uses_of_one_code_one_signs_in() {
    let house = TestOffice::empty().await;
    let person = Person::operator();
    house.enrol(&person).await;
    let code = person.code(&house);
    let mut tries = Vec::new();
    for _ in 0..20 {
        let first = stamp(&house, "/api/sign_in");
        tries.push(house.office.sign_in("op1001", Zeroizing::new(PASSWORD.into()), &first).await.unwrap());
    }
    let mut uses = JoinSet::new();
    for tried in tries {
        let (office, code, request) = (house.office.clone(), code.clone(), stamp(&house, "/api/verify_totp"));
        uses.spawn(async move { office.verify_totp(Some(&tried), &code, request).await.map(drop) });
    }
    let outcomes = uses.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).all(|error| *error == FAILED));
    assert_eq!(house.count(Kind::SignedIn, None).await, 1);
    house.whole().await;
}

#[tokio::test]
async fn u3_ten_failures_lock_for_half_an_hour_and_each_is_recorded() {
    let house = TestOffice::empty().await;
    let person = Person::operator();
    house.enrol(&person).await;
    for _ in 0..10 {
        assert_eq!(refusal(&house, "op1001", PASSWORD, &person.wrong_code(&house)).await, FAILED);
        house.wait(Span::seconds(30));
    }
    assert_eq!(house.count(Kind::SignedIn, Some(Code::SignInFailed)).await, 10);
    // Right factors do not help, and the answer does not tell.
    assert_eq!(refusal(&house, "op1001", PASSWORD, &person.code(&house)).await, FAILED);
    house.wait(Span::minutes(29));
    assert_eq!(refusal(&house, "op1001", PASSWORD, &person.code(&house)).await, FAILED);
    house.wait(Span::minutes(1));
    house.sign_in(&person).await;
    // The count began anew.
    for _ in 0..9 {
        assert_eq!(refusal(&house, "op1001", PASSWORD, &person.wrong_code(&house)).await, FAILED);
        house.wait(Span::seconds(16));
    }
    assert_eq!(house.count(Kind::SignedIn, Some(Code::SignInFailed)).await, 19);
    house.sign_in(&person).await;
    house.whole().await;
}

#[tokio::test]
async fn a10_tries_at_a_locked_door_and_of_unknown_numbers_are_told_by_the_minute() {
    let house = TestOffice::empty().await;
    let person = Person::operator();
    house.enrol(&person).await;
    for _ in 0..10 {
        refusal(&house, "op1001", PASSWORD, &person.wrong_code(&house)).await;
        house.wait(Span::seconds(16));
    }
    house.office.tell_floods().await.unwrap();
    house.wait(Span::seconds(60 - house.now().seconds().rem_euclid(60)));
    let before = house.size().await;
    for n in 0..3 {
        refusal(&house, "op1001", PASSWORD, "000000").await;
        refusal(&house, &format!("op900{n}"), PASSWORD, "000000").await;
        refusal(&house, "nobody", PASSWORD, "000000").await;
    }
    house.office.tell_floods().await.unwrap();
    assert_eq!(house.size().await, before, "the minute is not over");
    house.wait(Span::minutes(1));
    house.office.tell_floods().await.unwrap();
    let told: Vec<_> = house.events().await.split_off(before);
    let mut counts: Vec<_> = told
        .iter()
        .map(|event| {
            assert_eq!((event.kind, event.code), (Kind::SignInFailuresCounted, Some(Code::SignInFailed)));
            let subject = event.details.subject_staff.as_ref().map(|no| no.as_str().to_owned());
            (subject, event.details.count)
        })
        .collect();
    counts.sort();
    assert_eq!(counts, [(None, Some(6)), (Some("op1001".to_owned()), Some(3))]);
    house.office.tell_floods().await.unwrap();
    assert_eq!(house.size().await, before + 2, "told once");
    house.whole().await;
}

#[tokio::test]
async fn a10_refusals_alike_beyond_twenty_a_minute_are_one_event_and_429() {
    let (house, seat) = TestOffice::with_operator().await;
    let case = seat.open("complaint").await;
    seat.desk().await.close_case(case).await.unwrap();
    let before = house.size().await;
    for _ in 0..20 {
        assert_eq!(seat.desk().await.close_case(case).await, Err(Code::CaseClosed.into()));
    }
    for _ in 0..5 {
        let refused = seat.desk().await.close_case(case).await.unwrap_err();
        assert!(matches!(refused, DeskError::Wait { code: Code::TooManyRefusals, retry_after: 1..=60 }), "{refused}");
        assert_eq!(refused.code().status(), 429);
    }
    assert_eq!(house.size().await, before + 20);
    house.wait(Span::minutes(1));
    house.office.tell_floods().await.unwrap();
    let event = house.last_is_refusal(Kind::RefusalsCounted, Code::CaseClosed).await;
    assert_eq!(event.details.count, Some(5));
    assert_eq!(event.actor.unwrap().staff_no.as_str(), "op1001");
    // A new minute, a new count.
    assert_eq!(seat.desk().await.close_case(case).await, Err(Code::CaseClosed.into()));
}

#[tokio::test]
async fn u5_a_session_ends_by_sign_out_idleness_age_and_suspension() {
    let (house, seat) = TestOffice::with_operator().await;
    let gone = Some(DeskError::Refused(Code::SignedOut));
    seat.desk().await.sign_out().await.unwrap();
    assert_eq!(house.last().await.kind, Kind::SignedOut);
    assert_eq!(seat.try_desk().await.err(), gone);

    let seat = house.sign_in(&seat.person).await;
    house.wait(Span::minutes(14));
    seat.desk().await;
    house.wait(Span::minutes(14));
    seat.desk().await;
    house.wait(Span::minutes(15));
    assert_eq!(seat.try_desk().await.err(), gone, "idle");

    let seat = house.sign_in(&seat.person).await;
    for _ in 0..47 {
        house.wait(Span::minutes(10));
        seat.desk().await;
    }
    house.wait(Span::minutes(10));
    assert_eq!(seat.try_desk().await.err(), gone, "eight hours");

    let seat = house.sign_in(&seat.person).await;
    let staff_no = seat.desk().await.staff().staff_no.clone();
    house.office.suspend(&staff_no, None).await.unwrap();
    assert_eq!(house.last().await.kind, Kind::StaffSuspended);
    assert_eq!(seat.try_desk().await.err(), gone, "suspended");
    assert_eq!(refusal(&house, "op1001", PASSWORD, &seat.person.code(&house)).await, FAILED);
}
