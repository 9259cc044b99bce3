//! The notice of secrecy: once a session, before anything else.

use crate::office::TestOffice;
use crate::people::{Person, Seat, stamp};
use backoffice::{Entry, NoticeAsked, Settings};
use domain::audit::event::Kind;
use domain::audit::fingerprint::Fingerprint;
use domain::code::Code;
use domain::desk::{Desk, DeskError};
use std::sync::Arc;

const NOT_YET: DeskError = DeskError::Refused(Code::NoticeUnacknowledged);

/// An operator who has signed in, and nothing else, where it is asked for everywhere.
async fn at_the_notice() -> (Arc<TestOffice>, Seat) {
    let house = TestOffice::with(Settings { notice: NoticeAsked::Everywhere, ..Settings::default() }).await;
    let seat = house.seat(Person::operator()).await;
    (house, seat)
}

async fn enter(seat: &Seat, route: &str, entry: Entry) -> Result<Arc<dyn Desk>, DeskError> {
    seat.house.office.enter(&seat.token(), stamp(&seat.house, route), entry).await
}

async fn doorway(seat: &Seat) -> Arc<dyn Desk> {
    enter(seat, "/notice", Entry::Doorway).await.unwrap()
}

#[tokio::test]
async fn u5_nothing_is_done_before_the_notice_is_acknowledged_and_that_it_was_tried_is_recorded() {
    let (house, seat) = at_the_notice().await;
    assert_eq!(seat.try_desk().await.err(), Some(NOT_YET));
    let event = house.last_is_refusal(Kind::RequestRefused, Code::NoticeUnacknowledged).await;
    assert_eq!(event.actor.unwrap().staff_no.as_str(), "op1001");
    let desk = doorway(&seat).await;
    assert!(!desk.acknowledged());
    let words = desk.notice().digest();
    desk.acknowledge(words).await.unwrap();
    let event = house.last().await;
    assert_eq!((event.kind, event.details.words), (Kind::NoticeAcknowledged, Some(words)));
    assert!(seat.desk().await.acknowledged());
    seat.open("complaint").await;
    // Once: a second time is nothing new.
    let size = house.size().await;
    seat.desk().await.acknowledge(words).await.unwrap();
    assert_eq!(house.size().await, size);
    house.whole().await;
}

#[tokio::test]
async fn u5_it_is_acknowledged_by_each_session_and_outlives_a_rotated_cookie() {
    let (house, seat) = at_the_notice().await;
    let desk = doorway(&seat).await;
    desk.acknowledge(desk.notice().digest()).await.unwrap();
    let customer = house.customer().await;
    let (case, handle) = seat.bound("complaint", &customer).await;
    seat.reveal(&crate::people::reveal_form(case, handle, "name")).await;
    let again = house.sign_in(&seat.person).await;
    assert_eq!(again.try_desk().await.err(), Some(NOT_YET));
    assert_eq!(seat.try_desk().await.err(), Some(Code::SignedOut.into()), "and the older one is no way around");
}

#[tokio::test]
async fn u5_other_words_than_those_asked_for_acknowledge_nothing() {
    let (house, seat) = at_the_notice().await;
    let other = Fingerprint::from_bytes([7; 32]);
    assert_eq!(doorway(&seat).await.acknowledge(other).await, Err(Code::Changed.into()));
    house.last_is_refusal(Kind::NoticeAcknowledged, Code::Changed).await;
    assert_eq!(seat.try_desk().await.err(), Some(NOT_YET));
    // What was acknowledged before the words changed counts no more.
    house
        .meddle("UPDATE session SET notice = x'0707070707070707070707070707070707070707070707070707070707070707'")
        .await
        .unwrap();
    assert_eq!(seat.try_desk().await.err(), Some(NOT_YET));
}

#[tokio::test]
async fn u5_how_long_a_session_lasts_is_told_before_it_too_and_a_bank_may_ask_for_it_on_pages_alone() {
    let (_, seat) = at_the_notice().await;
    for entry in [Entry::Look, Entry::Stay] {
        assert!(enter(&seat, "/api/session/status", entry).await.is_ok());
    }
    let (_, seat) = TestOffice::with_operator().await;
    assert!(enter(&seat, "/api/cases/open", Entry::Work).await.is_ok());
    for page in ["/", "/customers/{id}", "/log/checkpoint", "/supervise/events/tail"] {
        assert_eq!(enter(&seat, page, Entry::Work).await.err(), Some(NOT_YET), "{page}");
    }
}

#[tokio::test]
async fn u5_a_session_that_ended_meanwhile_acknowledges_nothing() {
    let (house, seat) = at_the_notice().await;
    let desk = doorway(&seat).await;
    house.sign_in(&seat.person).await;
    assert_eq!(desk.acknowledge(desk.notice().digest()).await, Err(Code::SignedOut.into()));
    house.last_is_refusal(Kind::NoticeAcknowledged, Code::SignedOut).await;
}
