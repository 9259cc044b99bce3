//! What stands before the lock: an account waits longer after each failure, an address has the minute against
//! it, and honest people elsewhere sign in all the same (U2, U3, A10).

use crate::office::TestOffice;
use crate::people::{PASSWORD, Person, stamp};
use backoffice::auth::RequestStamp;
use backoffice::store::statement::sql;
use domain::audit::event::Kind;
use domain::clock::Span;
use domain::code::Code;
use domain::desk::DeskError;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use tokio::task::JoinSet;
use zeroize::Zeroizing;

const FAILED: Option<DeskError> = Some(DeskError::Refused(Code::SignInFailed));

/// Both factors, from an address; why not, if not.
async fn try_from(house: &TestOffice, from: IpAddr, staff_no: &str, code: &str) -> Option<DeskError> {
    let request = |route| RequestStamp { address: Some(from), ..stamp(house, route) };
    let first = house.office.sign_in(staff_no, Zeroizing::new(PASSWORD.into()), &request("/api/sign_in")).await;
    house.office.verify_totp(Some(&first.unwrap()), code, request("/api/verify_totp")).await.err()
}

fn place(n: u32) -> IpAddr {
    Ipv4Addr::from_bits(0xc612_0000 + n).into()
}

async fn with_two() -> (Arc<TestOffice>, Arc<Person>, Arc<Person>) {
    let house = TestOffice::empty().await;
    let people = (Person::operator(), Person::colleague());
    house.enrol(&people.0).await;
    house.enrol(&people.1).await;
    (house, people.0, people.1)
}

async fn fail(house: &TestOffice, person: &Person, from: IpAddr) {
    assert_eq!(try_from(house, from, person.staff_no, &person.wrong_code(house)).await, FAILED);
}

#[tokio::test]
async fn u3_a_try_too_soon_is_not_looked_at_and_uses_nothing_up() {
    let (house, person, _) = with_two().await;
    for (failures, seconds) in [(3, 1), (4, 2), (5, 4), (6, 8), (7, 16), (8, 16), (9, 16)] {
        while house.count(Kind::SignedIn, Some(Code::SignInFailed)).await < failures {
            fail(&house, &person, place(1)).await;
        }
        let size = house.size().await;
        house.wait(Span::seconds(seconds - 1));
        let right = person.code_of_step(house.now().seconds() / 30);
        assert_eq!(try_from(&house, place(1), person.staff_no, &right).await, FAILED, "{failures} failures");
        assert_eq!(try_from(&house, place(2), person.staff_no, &right).await, FAILED, "it is the account's delay");
        assert_eq!(house.size().await, size, "told by the minute, as at a locked door");
        house.wait(Span::seconds(1));
    }
    // Nine failures and fourteen tries too soon have not locked.
    let right = person.code(&house);
    assert_eq!(try_from(&house, place(1), person.staff_no, &right).await, None);
    house.wait(Span::minutes(1));
    house.office.tell_floods().await.unwrap();
    let told = house.events().await.into_iter().filter(|event| event.kind == Kind::SignInFailuresCounted);
    let told: Vec<_> =
        told.map(|event| (event.details.subject_staff.unwrap().to_string(), event.details.count)).collect();
    assert!(told.iter().all(|(who, _)| who == person.staff_no), "{told:?}");
    assert_eq!(told.iter().map(|(_, count)| count.unwrap()).sum::<u64>(), 14, "each try is in the log");
    house.whole().await;
}

#[tokio::test]
async fn u3_a_delay_is_one_accounts_and_every_instance_keeps_it() {
    let (house, person, colleague) = with_two().await;
    for _ in 0..3 {
        fail(&house, &person, place(1)).await;
    }
    let neighbour = house.neighbour().await;
    let (right, other) = (person.code(&house), colleague.code(&house));
    assert_eq!(try_from(&neighbour, place(2), person.staff_no, &right).await, FAILED, "a restart forgets nothing");
    assert_eq!(try_from(&neighbour, place(1), colleague.staff_no, &other).await, None, "even from the same address");
}

#[tokio::test]
async fn u3_a_step_up_does_not_wait_for_sign_ins_delays() {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let (case, handle) = seat.bound("complaint", &customer).await;
    let challenge = seat.challenge(&crate::people::reveal_form(case, handle, "id_no")).await;
    for _ in 0..5 {
        fail(&house, &seat.person, place(1)).await;
        house.wait(Span::seconds(4));
    }
    fail(&house, &seat.person, place(1)).await;
    seat.answer(challenge).await.unwrap_or_else(|error| panic!("{error}"));
}

#[tokio::test]
async fn u3_an_address_that_fails_for_many_is_not_looked_at_till_the_minute_is_over() {
    let (house, person, colleague) = with_two().await;
    let (bad, good) = (place(1), place(2));
    house.wait(Span::seconds(60 - house.now().seconds().rem_euclid(60)));
    // One password on everyone: no account comes to its third failure.
    for n in 0..20 {
        assert_eq!(try_from(&house, bad, &format!("op9{n:03}"), "000000").await, FAILED);
    }
    let right = person.code_of_step(house.now().seconds() / 30);
    assert_eq!(try_from(&house, bad, person.staff_no, &right).await, FAILED, "right, and not looked at");
    // What is not looked at locks nobody out.
    for _ in 0..30 {
        fail(&house, &colleague, bad).await;
    }
    // All that is told by itself is the failure that closed the address, and which it is.
    assert_eq!(house.count(Kind::SignedIn, Some(Code::SignInFailed)).await, 1);
    let closed = house.last_is_refusal(Kind::SignedIn, Code::SignInFailed).await;
    assert_eq!((closed.details.address, closed.details.subject_staff), (Some(bad), None));
    assert_eq!(try_from(&house, good, person.staff_no, &right).await, None, "the code is as good as before");
    let other = colleague.code(&house);
    assert_eq!(try_from(&house, good, colleague.staff_no, &other).await, None, "nobody is locked out");
    house.wait(Span::minutes(1));
    let other = colleague.code(&house);
    assert_eq!(try_from(&house, bad, colleague.staff_no, &other).await, None, "a new minute");
    house.whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_ten_thousand_failures_leave_little_behind_and_an_honest_person_signs_in() {
    let (house, person, _) = with_two().await;
    let before = house.size().await;
    for thousand in 0..10 {
        let mut failing = JoinSet::new();
        for n in 0..1000 {
            let from = Some(place(thousand * 1000 + n));
            let (office, request) =
                (house.office.clone(), RequestStamp { address: from, ..stamp(&house, "/api/verify_totp") });
            failing.spawn(async move { office.verify_totp(None, "000000", request).await.err() });
        }
        assert!(failing.join_all().await.iter().all(|error| *error == FAILED));
    }
    let right = person.code(&house);
    assert_eq!(try_from(&house, place(70_000), person.staff_no, &right).await, None);
    house.wait(Span::minutes(2));
    house.office.tell_floods().await.unwrap();
    let told: u64 = house.events().await.split_off(before).iter().filter_map(|event| event.details.count).sum();
    assert_eq!(told, 10_000, "all of them are told");
    assert!(house.size().await <= before + 4, "in a few events");
    let rows = sql("SELECT COUNT(*) FROM refusal_count").fetch_one(&mut house.intruder().await).await.unwrap();
    assert_eq!(rows.try_get::<i64>(0).unwrap(), 0, "and nothing else is kept");
    house.whole().await;
}
