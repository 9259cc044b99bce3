//! A clock that stands behind the log stops sensitive acts, and nothing moves back with it (A6).

use crate::office::TestOffice;
use crate::people::{PASSWORD, reveal_form};
use domain::audit::event::Kind;
use domain::clock::Span;
use domain::code::Code;

#[tokio::test]
async fn a6_a_clock_more_than_two_seconds_behind_stops_sensitive_acts_and_masks_go_on() {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let (case, handle) = seat.bound("complaint", &customer).await;
    let form = seat.stepped_up(&reveal_form(case, handle, "id_no")).await;
    let latest = house.last().await.time;

    house.wait(Span::seconds(-3));
    assert_eq!(seat.refused(&form).await, Code::ClockBehind.into());
    assert_eq!(Code::ClockBehind.status(), 503);
    let event = house.last_is_refusal(Kind::FieldRevealed, Code::ClockBehind).await;
    assert_eq!(event.time, latest, "order and time go on from where the log is");
    assert_eq!(event.details.customer, Some(customer.id));
    seat.desk().await.view(case, handle).await.unwrap();
    seat.find(case, &customer).await;
    assert_eq!(house.last().await.time, latest);

    // Two seconds are borne; and then it caught up.
    house.wait(Span::seconds(1));
    seat.ask(&form).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(house.last().await.time, latest);
    house.wait(Span::seconds(2));
    seat.reveal(&reveal_form(case, handle, "id_no")).await;
    assert!(house.last().await.time >= latest);
    house.whole().await;
}

#[tokio::test]
async fn a6_a_used_code_stays_used_when_the_clock_goes_back() {
    let house = TestOffice::empty().await;
    let person = crate::people::Person::operator();
    house.enrol(&person).await;
    let code = person.code(&house);
    house.try_sign_in("op1001", PASSWORD, &code).await.unwrap();
    house.wait(Span::seconds(-1));
    assert!(house.try_sign_in("op1001", PASSWORD, &code).await.is_err());
    house.wait(Span::minutes(-5));
    let earlier = person.code_of_step(house.now().seconds() / 30);
    assert!(house.try_sign_in("op1001", PASSWORD, &earlier).await.is_err());
}

#[tokio::test]
async fn a6_expiries_do_not_move_back_with_the_clock() {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let (case, handle) = seat.bound("complaint", &customer).await;
    let name = reveal_form(case, handle, "name");
    seat.reveal(&name).await;
    let challenge = seat.challenge(&reveal_form(case, handle, "id_no")).await;
    // Another's act takes the log past every expiry, and then the clock goes back a little.
    house.wait(Span::minutes(6));
    house.seat(crate::people::Person::colleague()).await;
    house.wait(Span::seconds(-2));
    assert_eq!(seat.answer(challenge).await, Err(Code::ChallengeExpired.into()));
    assert_eq!(seat.refused(&name).await.code(), Code::StepUpRequired);
}

#[tokio::test]
async fn a6_a_session_does_not_outlive_its_time_when_the_clock_goes_back() {
    let (house, seat) = TestOffice::with_operator().await;
    let other = house.seat(crate::people::Person::colleague()).await;
    house.wait(Span::minutes(14));
    other.open("complaint").await;
    house.wait(Span::minutes(2));
    other.open("complaint").await;
    assert_eq!(seat.try_desk().await.err(), Some(Code::SignedOut.into()), "idle for 16 minutes");
    house.wait(Span::minutes(-10));
    assert_eq!(seat.try_desk().await.err(), Some(Code::SignedOut.into()), "and still so");
}
