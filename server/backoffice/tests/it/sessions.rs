//! One session a person, a list of one's own, and ending them (U5).

use crate::office::TestOffice;
use crate::people::{Person, Seat, stamp};
use backoffice::Entry;
use domain::audit::event::Kind;
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{DeskError, Ended, EndedBy, OwnSession};
use domain::id::{Lineage, StaffNo};
use std::sync::Arc;

const GONE: DeskError = DeskError::Refused(Code::SignedOut);
const NOT_THERE: DeskError = DeskError::Refused(Code::NotFound);

async fn why(seat: &Seat) -> Option<Ended> {
    seat.house.office.ended(&seat.token()).await
}

async fn own(seat: &Seat) -> Vec<OwnSession> {
    seat.desk().await.own_sessions().await.unwrap()
}

fn no(staff_no: &str) -> StaffNo {
    StaffNo::parse(staff_no).unwrap()
}

/// An operator and an administrator, both signed in.
async fn with_admin() -> (Arc<TestOffice>, Seat, Seat) {
    let (house, seat) = TestOffice::with_operator().await;
    let admin = house.seat(Person::admin()).await;
    (house, seat, admin)
}

#[tokio::test]
async fn u5_a_new_sign_in_ends_the_older_session_and_both_are_told() {
    let (house, older) = TestOffice::with_operator().await;
    let lineage = own(&older).await[0].session_id;
    let newer = house.sign_in(&older.person).await;
    let event = house.last().await;
    assert_eq!((event.kind, event.details.session), (Kind::SignedIn, Some(lineage)));
    assert_eq!(older.try_desk().await.err(), Some(GONE));
    assert_eq!(why(&older).await, Some(Ended::Elsewhere { at: event.time }));
    let [this, that] = &own(&newer).await[..] else { panic!("two sessions") };
    assert!(this.current && this.end.is_none() && !that.current);
    assert_eq!((that.session_id, that.end.unwrap().ended_by), (lineage, EndedBy::SignIn));
    assert_eq!(this.address, Some([127, 0, 0, 1].into()));
    house.whole().await;
}

#[tokio::test]
async fn u5_a_session_that_was_over_already_is_not_said_to_be_ended_by_the_next() {
    let (house, older) = TestOffice::with_operator().await;
    house.wait(Span::minutes(15));
    let newer = house.sign_in(&older.person).await;
    assert_eq!(house.last().await.details.session, None);
    assert_eq!(why(&older).await, Some(Ended::Idle { minutes: 15 }));
    assert_eq!(own(&newer).await[1].end.unwrap().ended_by, EndedBy::Idle);
}

#[tokio::test]
async fn u5_two_logins_of_one_person_have_one_session() {
    let (house, first) = TestOffice::with_operator().await;
    let second = house.seat(Person::second_login()).await;
    assert_eq!(first.try_desk().await.err(), Some(GONE));
    let both = own(&second).await;
    assert_eq!(both.len(), 2, "a person sees the sessions of all their logins");
    // And no way around the code puts a second one beside it.
    let beside = "INSERT INTO session (token_hash, lineage, staff, person, started_at, seen_at) \
        SELECT x'01', x'02', staff, person, started_at, seen_at FROM session WHERE ended_at IS NULL";
    let refused = house.meddle(beside).await.unwrap_err().to_string();
    let named = ["UNIQUE constraint failed: session.person", "session_is_one_a_person"];
    assert!(named.iter().any(|name| refused.contains(name)), "{refused}");
    assert!(house.meddle("UPDATE session SET ended_at = 1 WHERE ended_at IS NULL").await.is_err(), "for no reason");
    assert!(house.meddle("UPDATE session SET ended_at = NULL WHERE ended_at > 0").await.is_err(), "it lives again");
}

#[tokio::test(flavor = "multi_thread")]
async fn u5_of_parallel_sign_ins_of_one_person_one_session_is_left() {
    let (house, first) = TestOffice::with_operator().await;
    let second = house.seat(Person::second_login()).await;
    for _ in 0..5 {
        let (one, other) = tokio::join!(house.sign_in(&first.person), house.sign_in(&second.person));
        let live = [one.try_desk().await.is_ok(), other.try_desk().await.is_ok()];
        assert_eq!(live.iter().filter(|live| **live).count(), 1);
    }
    house.whole().await;
}

#[tokio::test]
async fn u5_one_ends_ones_own_session_and_nobody_elses() {
    let (house, seat) = TestOffice::with_operator().await;
    let colleague = house.seat(Person::colleague()).await;
    let theirs = own(&colleague).await[0].session_id;
    let unknown = Lineage::from_bytes([9; 16]);
    for session in [theirs, unknown] {
        assert_eq!(seat.desk().await.end_own_session(session).await, Err(NOT_THERE), "one answer for both");
        let event = house.last_is_refusal(Kind::SessionEnded, Code::NotFound).await;
        assert_eq!((event.details.session, event.details.subject_staff), (None, None));
    }
    colleague.desk().await;
    let mine = own(&seat).await[0].session_id;
    seat.desk().await.end_own_session(mine).await.unwrap();
    let event = house.last().await;
    assert_eq!((event.kind, event.details.session), (Kind::SessionEnded, Some(mine)));
    assert_eq!(seat.try_desk().await.err(), Some(GONE));
    assert_eq!(why(&seat).await, Some(Ended::Otherwise));
    let seat = house.sign_in(&seat.person).await;
    assert_eq!(seat.desk().await.end_own_session(mine).await, Err(NOT_THERE), "it is over");
}

#[tokio::test]
async fn u5_an_administrator_ends_anyones_session_at_once() {
    let (house, seat, admin) = with_admin().await;
    let live = admin.desk().await.live_sessions().await.unwrap();
    let there: Vec<(&str, bool)> = live.iter().map(|one| (one.staff_no.as_str(), one.current)).collect();
    assert_eq!(there, [("ad9001", true), ("op1001", false)]);
    let lineage = own(&seat).await[0].session_id;
    admin.desk().await.end_sessions_of(no("op1001")).await.unwrap();
    let event = house.last().await;
    assert_eq!((event.kind, event.details.session), (Kind::SessionEnded, Some(lineage)));
    assert_eq!(event.details.subject_staff, Some(no("op1001")));
    assert_eq!(seat.try_desk().await.err(), Some(GONE));
    assert_eq!(why(&seat).await, Some(Ended::ByAdmin));
    // Nobody of that number, or nobody signed in by it: the same, and recorded.
    for (staff_no, told) in [("op1001", Some(no("op1001"))), ("op9999", None)] {
        assert_eq!(admin.desk().await.end_sessions_of(no(staff_no)).await, Err(NOT_THERE));
        assert_eq!(house.last_is_refusal(Kind::SessionEnded, Code::NotFound).await.details.subject_staff, told);
    }
    house.wait(Span::minutes(10));
    let seat = house.sign_in(&seat.person).await;
    admin.desk().await;
    house.wait(Span::minutes(10));
    let listed = admin.desk().await.live_sessions().await.unwrap();
    assert_eq!(listed.len(), 2, "it was not the end of them");
    house.wait(Span::minutes(5));
    let listed = admin.desk().await.live_sessions().await.unwrap();
    assert_eq!(listed.len(), 1, "whoever is idle is not there");
    assert!(seat.try_desk().await.is_err());
}

#[tokio::test]
async fn u5_nobody_but_an_administrator_sees_or_ends_sessions_of_others() {
    let (house, seat, _) = with_admin().await;
    let no_right = DeskError::Refused(Code::NotPermitted);
    for person in [Person::supervisor(), Person::auditor()] {
        let other = house.seat(person).await;
        for seat in [&seat, &other] {
            let desk = seat.desk().await;
            assert_eq!(desk.live_sessions().await.err(), Some(no_right.clone()));
            house.last_is_refusal(Kind::RequestRefused, Code::NotPermitted).await;
            assert_eq!(desk.end_sessions_of(no("ad9001")).await, Err(no_right.clone()));
            house.last_is_refusal(Kind::SessionEnded, Code::NotPermitted).await;
        }
    }
}

#[tokio::test]
async fn u5_an_act_that_was_permitted_before_its_session_ended_is_not_done_after() {
    use backoffice::hooks::Place;
    let (house, seat, admin) = with_admin().await;
    let form = seat.case_form("complaint", &house.note());
    let desk = seat.desk().await;
    let ends = admin.desk().await;
    house.hooks.once(Place::PermittedNotActed, async move { ends.end_sessions_of(no("op1001")).await.unwrap() });
    assert_eq!(desk.open_case(form).await, Err(GONE));
    assert!(house.hooks.done());
    house.last_is_refusal(Kind::CaseOpened, Code::SignedOut).await;
}

#[tokio::test]
async fn u5_asking_how_long_a_session_lasts_makes_it_no_longer_and_wishing_so_does() {
    let (house, seat) = TestOffice::with_operator().await;
    let ask = async |entry| {
        let request = stamp(&house, "/api/session/status");
        house.office.enter(&seat.token(), request, entry).await.map(|desk| desk.session())
    };
    let left = ask(Entry::Look).await.unwrap();
    assert_eq!((left.idle_seconds, left.absolute_seconds, left.notice_seconds), (900, 28_800, 60));
    house.wait(Span::seconds(30));
    assert_eq!(ask(Entry::Work).await.unwrap().idle_seconds, 870, "work is noted to the minute");
    assert_eq!(ask(Entry::Stay).await.unwrap().idle_seconds, 900, "a wish at once");
    house.wait(Span::minutes(14));
    let left = ask(Entry::Look).await.unwrap();
    assert_eq!((left.idle_seconds, left.absolute_seconds), (60, 27_930));
    house.wait(Span::seconds(60));
    assert_eq!(ask(Entry::Look).await, Err(GONE));
    assert_eq!(ask(Entry::Stay).await, Err(GONE), "too late");
    assert_eq!(why(&seat).await, Some(Ended::Idle { minutes: 15 }));
}

#[tokio::test]
async fn u5_who_is_suspended_is_told_so_and_whose_role_changed_goes_on_with_the_new_one() {
    let (house, seat) = TestOffice::with_operator().await;
    let case = seat.open("complaint").await;
    house.meddle("UPDATE staff SET role = 'approver', version = version + 1 WHERE staff_no = 'op1001'").await.unwrap();
    assert_eq!(seat.desk().await.close_case(case).await, Err(Code::NotPermitted.into()), "by the next request");
    house.office.suspend(&no("op1001"), None).await.unwrap();
    assert_eq!(seat.try_desk().await.err(), Some(GONE));
    assert_eq!(why(&seat).await, Some(Ended::Suspended));
}
