//! The live tail (S1, A7, U5): what it tells, what it leaves in the log, and when it ends.

use crate::filled::Fill;
use crate::people::Person;
use crate::supervise::{everything, watched};
use domain::audit::event::Kind;
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{DeskError, News, Tail};
use domain::id::StaffNo;

async fn rows(tail: &mut Box<dyn Tail>) -> Vec<u64> {
    loop {
        match tail.next().await {
            News::Rows(rows) => return rows.iter().map(|row| row.seq).collect(),
            News::Quiet => (),
            News::Ended(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn s1_a_tail_tells_what_is_committed_and_its_range_is_told_at_its_end() {
    let (house, seat) = watched(30).await;
    let mut tail = seat.desk().await.tail(everything(), None).await.unwrap();
    let opened = house.last().await;
    assert_eq!((opened.kind, opened.details.live), (Kind::LogRead, Some(true)));
    house.office.ledger().act(Fill(1)).await.unwrap_err();
    let first = rows(&mut tail).await;
    assert_eq!(first, [house.size().await as u64 - 1]);
    house.office.ledger().act(Fill(2)).await.unwrap_err();
    let second = rows(&mut tail).await;
    tail.close().await;
    let closed = house.last().await;
    assert_eq!((closed.kind, closed.details.opened), (Kind::LogReadClosed, Some(opened.id)));
    assert_eq!((closed.details.lowest, closed.details.highest), (Some(first[0]), Some(second[0])));
    assert_eq!((closed.details.pages, closed.details.rows), (Some(2), Some(2)));
}

#[tokio::test]
async fn s1_two_tails_a_session_and_no_third() {
    let (house, seat) = watched(20).await;
    let desk = seat.desk().await;
    let first = desk.tail(everything(), None).await.unwrap();
    let _second = desk.tail(everything(), None).await.unwrap();
    assert_eq!(desk.tail(everything(), None).await.err().unwrap(), Code::TailLimit.into());
    house.last_is_refusal(Kind::LogRead, Code::TailLimit).await;
    first.close().await;
    assert!(desk.tail(everything(), None).await.is_ok());
}

async fn ended(mut tail: Box<dyn Tail>) -> DeskError {
    loop {
        if let News::Ended(error) = tail.next().await {
            tail.close().await;
            return error;
        }
    }
}

#[tokio::test]
async fn u5_a_tail_ends_when_its_session_is_ended_elsewhere_by_an_administrator_or_with_the_role() {
    let (house, seat) = watched(20).await;
    let admin = house.seat(Person::admin()).await;
    let supervisor = StaffNo::parse("su3001").unwrap();
    let tail = seat.desk().await.tail(everything(), None).await.unwrap();
    admin.desk().await.end_sessions_of(supervisor).await.unwrap();
    assert_eq!(in_time(tail).await, Code::SignedOut.into(), "an administrator");
    let older = house.sign_in(&seat.person).await;
    let tail = older.desk().await.tail(everything(), None).await.unwrap();
    let newer = house.sign_in(&seat.person).await;
    assert_eq!(in_time(tail).await, Code::SignedOut.into(), "a sign-in elsewhere");
    let tail = newer.desk().await.tail(everything(), None).await.unwrap();
    house.meddle("UPDATE staff SET role = 'admin', version = version + 1 WHERE staff_no = 'su3001'").await.unwrap();
    assert_eq!(in_time(tail).await, Code::Changed.into(), "another role");
    // Each end was told, and each reading closed.
    assert_eq!(house.count(Kind::LogReadClosed, None).await, 3);
    house.whole().await;
}

/// Why the tail ended. Nothing wakes it but its own second; more is for a slow machine.
async fn in_time(tail: Box<dyn Tail>) -> DeskError {
    tokio::time::timeout(std::time::Duration::from_secs(20), ended(tail)).await.unwrap()
}

#[tokio::test]
async fn u5_a_tail_ends_within_a_second_of_suspension_sign_out_and_age() {
    let (house, seat) = watched(20).await;
    let auditor = house.seat(Person::auditor()).await;
    let tail = seat.desk().await.tail(everything(), None).await.unwrap();
    house.office.suspend(&StaffNo::parse("su3001").unwrap(), None).await.unwrap();
    assert_eq!(in_time(tail).await, Code::SignedOut.into());
    assert_eq!(house.last().await.kind, Kind::LogReadClosed);
    let tail = auditor.desk().await.tail(everything(), None).await.unwrap();
    auditor.desk().await.sign_out().await.unwrap();
    assert_eq!(ended(tail).await, Code::SignedOut.into());
    let again = house.sign_in(&auditor.person).await;
    let tail = again.desk().await.tail(everything(), None).await.unwrap();
    house.wait(Span::minutes(16));
    assert_eq!(ended(tail).await, Code::SignedOut.into(), "a tail keeps no session alive");
    let tail = house.sign_in(&auditor.person).await.desk().await.tail(everything(), None).await.unwrap();
    house.office.end_tails();
    assert_eq!(ended(tail).await, Code::Busy.into(), "the process may end");
}
