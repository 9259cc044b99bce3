//! Unsent words and forms sent twice: what is kept, for whom, and for how long.

use crate::office::TestOffice;
use crate::people::Person;
use backoffice::store::statement::sql;
use backoffice::vault::KeyKind;
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{Desk, DeskError, Draft, DraftPlace, Ended, FormSent, OpenCase, SessionToken, Turn};

const PLACE: DraftPlace = DraftPlace::CaseNote;

fn typed(words: &str) -> Draft {
    Draft::parse(words).unwrap()
}

/// A form, as one session sends it.
fn form() -> FormSent {
    FormSent::of(&SessionToken::from_bytes([5; 32]), [("once", "1")])
}

async fn kept(desk: &dyn Desk) -> Option<String> {
    desk.draft(PLACE).await.unwrap().map(|draft| draft.as_str().to_owned())
}

async fn rows(house: &TestOffice) -> Vec<Vec<u8>> {
    let mut conn = house.intruder().await;
    let rows = sql("SELECT sealed FROM draft").fetch_all(&mut conn).await.unwrap();
    rows.iter().map(|row| row.try_get(0).unwrap()).collect()
}

#[tokio::test]
async fn whoever_may_open_no_case_has_no_note_to_keep() {
    let house = TestOffice::empty().await;
    let seat = house.seat(Person::supervisor()).await;
    let refused = seat.desk().await.keep_draft(PLACE, typed("a note")).await;
    assert_eq!(refused, Err(Code::NotPermitted.into()));
    assert_eq!(seat.desk().await.forget_draft(PLACE).await, Err(Code::NotPermitted.into()));
    assert!(rows(&house).await.is_empty());
}

#[tokio::test]
async fn a_draft_is_its_writers_alone_sealed_and_gone_after_half_an_hour() {
    let (house, seat) = TestOffice::with_operator().await;
    let colleague = house.seat(Person::colleague()).await;
    let words = "王小明来电，6222 0200 0000 0011";
    let before = house.size().await;
    seat.desk().await.keep_draft(PLACE, typed("other words")).await.unwrap();
    seat.desk().await.keep_draft(PLACE, typed(words)).await.unwrap();
    assert_eq!(kept(&*seat.desk().await).await.as_deref(), Some(words), "the newest words");
    assert_eq!(kept(&*colleague.desk().await).await, None);
    assert_eq!(house.size().await, before, "words that were not sent are in no event");
    for row in rows(&house).await {
        assert!(!row.windows(6).any(|part| part == "王小".as_bytes()), "sealed");
    }
    house.wait(Span::minutes(14));
    assert_eq!(kept(&*seat.desk().await).await.as_deref(), Some(words));
    house.wait(Span::minutes(14));
    seat.desk().await;
    house.wait(Span::minutes(2));
    assert_eq!(kept(&*seat.desk().await).await, None, "its time is over");
    house.office.purge_drafts().await.unwrap();
    assert!(rows(&house).await.is_empty(), "and it is gone from the file");
}

#[tokio::test]
async fn a_draft_is_forgotten_when_its_case_opens_or_its_writer_says_so() {
    let (house, seat) = TestOffice::with_operator().await;
    let desk = seat.desk().await;
    for forget in ["asked", "emptied", "opened"] {
        desk.keep_draft(PLACE, typed("half a note")).await.unwrap();
        match forget {
            "asked" => desk.forget_draft(PLACE).await.unwrap(),
            "emptied" => desk.keep_draft(PLACE, typed(" \n")).await.unwrap(),
            _ => {
                let form = OpenCase {
                    purpose: "counter".into(),
                    ticket: "Q-20261122-7".into(),
                    identified: "document_seen".into(),
                    note: house.note(),
                };
                assert!(desk.open_case(OpenCase { ticket: "none".into(), ..form.clone() }).await.is_err());
                assert!(kept(&*desk).await.is_some(), "a refused case forgets nothing");
                desk.open_case(form).await.unwrap();
            }
        }
        assert_eq!(kept(&*desk).await, None, "{forget}");
    }
}

#[tokio::test]
async fn u5_what_comes_with_an_expired_session_is_kept_for_its_person_and_told_why() {
    let (house, seat) = TestOffice::with_operator().await;
    let old = seat.token();
    assert_eq!(house.office.ended(&old).await, None, "it lives");
    house.office.keep_draft_of_lapsed(&old, PLACE, &typed("from a live one")).await.unwrap();
    assert_eq!(kept(&*seat.desk().await).await, None, "a live session keeps by its desk");
    house.wait(Span::minutes(15));
    assert_eq!(house.office.ended(&old).await, Some(Ended::Idle { minutes: 15 }));
    house.office.keep_draft_of_lapsed(&old, PLACE, &typed("typed before lunch")).await.unwrap();
    let seat = house.sign_in(&seat.person).await;
    assert_eq!(kept(&*seat.desk().await).await.as_deref(), Some("typed before lunch"));
}

#[tokio::test]
async fn u5_an_ended_foreign_or_old_session_keeps_nothing_for_anyone() {
    let (house, seat) = TestOffice::with_operator().await;
    let signed_out = seat.token();
    seat.desk().await.sign_out().await.unwrap();
    assert_eq!(house.office.ended(&signed_out).await, Some(Ended::Otherwise));
    let seat = house.sign_in(&seat.person).await;
    let expired = seat.token();
    house.wait(Span::minutes(13 * 60));
    assert_eq!(house.office.ended(&expired).await, Some(Ended::Idle { minutes: 15 }), "what came first");
    let made_up = SessionToken::from_bytes([9; 32]);
    assert_eq!(house.office.ended(&made_up).await, None);
    for token in [&signed_out, &expired, &made_up] {
        house.office.keep_draft_of_lapsed(token, PLACE, &typed("planted")).await.unwrap();
    }
    let seat = house.sign_in(&seat.person).await;
    assert_eq!(kept(&*seat.desk().await).await, None);
    let suspended = seat.token();
    let staff_no = seat.desk().await.staff().staff_no.clone();
    house.wait(Span::minutes(20));
    house.office.suspend(&staff_no, None).await.unwrap();
    house.office.keep_draft_of_lapsed(&suspended, PLACE, &typed("planted")).await.unwrap();
    assert!(rows(&house).await.is_empty());
}

#[tokio::test]
async fn l0_without_the_staff_key_a_draft_is_refused_and_a_case_opens_all_the_same() {
    let (house, seat) = TestOffice::with_operator().await;
    let desk = seat.desk().await;
    desk.keep_draft(PLACE, typed("half a note")).await.unwrap();
    house.take_key(KeyKind::Staff);
    let missing = Some(DeskError::Refused(Code::StaffKeyMissing));
    assert_eq!(desk.keep_draft(PLACE, typed("more")).await.err(), missing);
    assert_eq!(desk.draft(PLACE).await.err(), missing);
    house.return_key(KeyKind::Staff);
    assert_eq!(kept(&*desk).await.as_deref(), Some("half a note"));
}

#[tokio::test]
async fn q1_a_form_sent_twice_at_once_has_one_turn_and_the_second_learns_where_the_first_led() {
    let (_house, seat) = TestOffice::with_operator().await;
    let desk = seat.desk().await;
    assert_eq!(desk.take_turn(form()).await, Ok(Turn::First));
    let other = seat.desk().await;
    let second = tokio::spawn(async move { other.take_turn(form()).await });
    desk.end_turn(form(), Some("/customers?case=1")).await.unwrap();
    assert_eq!(second.await.unwrap(), Ok(Turn::Again("/customers?case=1".into())));
    // what has led somewhere stays so
    desk.end_turn(form(), None).await.unwrap();
    assert_eq!(desk.take_turn(form()).await, Ok(Turn::Again("/customers?case=1".into())));
}

#[tokio::test]
async fn q1_a_refused_form_may_come_again_and_a_form_of_another_session_is_another() {
    let (house, seat) = TestOffice::with_operator().await;
    let colleague = house.seat(Person::colleague()).await;
    let desk = seat.desk().await;
    assert_eq!(desk.take_turn(form()).await, Ok(Turn::First));
    desk.end_turn(form(), None).await.unwrap();
    assert_eq!(desk.take_turn(form()).await, Ok(Turn::First));
    desk.end_turn(form(), Some("/")).await.unwrap();
    assert_eq!(colleague.desk().await.take_turn(form()).await, Ok(Turn::First), "no one learns where another went");
    house.wait(Span::minutes(15));
    house.office.purge_drafts().await.unwrap();
    let seat = house.sign_in(&seat.person).await;
    assert_eq!(seat.desk().await.take_turn(form()).await, Ok(Turn::First));
}
