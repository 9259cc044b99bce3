//! Deciding (E2): by other people of other units, each for what they read.

use super::{Bank, CAPS, challenge_of, is};
use crate::people::Person;
use backoffice::ExportSettings;
use domain::audit::event::{FactorName, Kind};
use domain::clock::Span;
use domain::code::{Code, Fault};
use domain::desk::{DecideExport, DeskError, ExportState};
use domain::export::{Caps, ExportDigest};
use domain::id::StaffNo;
use domain::role::Role;

#[tokio::test]
async fn e2_two_people_of_two_other_units_approve_what_they_read_each_by_a_factor_of_their_own() {
    let bank = Bank::open().await;
    let export = bank.submitted(bank.usual()).await;
    let ballot = bank.first.ballot(export, true).await;
    let read = bank.house.last().await;
    assert_eq!((read.kind, read.details.export, read.details.rows), (Kind::ExportRead, Some(export), Some(2)));
    bank.house.wait(Span::seconds(95));
    bank.first.cast(ballot).await.unwrap();
    let event = bank.house.last().await;
    assert_eq!((event.kind, event.code), (Kind::ExportDecided, None));
    assert_eq!((event.details.confirmed, event.details.factor), (Some(true), Some(FactorName::Totp)));
    assert!(event.details.act.is_some() && event.details.export_digest.is_some());
    assert!(event.details.think_ms.unwrap() >= 95_000, "{:?}", event.details.think_ms);
    assert_eq!(event.details.alert, None);
    let view = bank.view(export).await;
    assert_eq!((view.entry.state, view.entry.votes, view.entry.votes_needed), (ExportState::Submitted, 1, 2));
    bank.second.approve(export).await.unwrap();
    let event = bank.house.last().await;
    assert_eq!(event.details.alert.unwrap().as_str(), "export.fast_approval", "in no time");
    assert_eq!(bank.state(export).await, ExportState::Approved);
    bank.house.whole().await;
}

#[tokio::test]
async fn e2_nobody_decides_their_own_by_whichever_login_and_the_database_agrees() {
    let bank = Bank::open().await;
    let export = bank.submitted(bank.usual()).await;
    let digest = bank.view(export).await.digest;
    let ballot = DecideExport { export, digest, approve: true, note: String::new(), challenge: None };
    let own = bank.operator.desk().await.decide_export(ballot.clone()).await;
    assert_eq!(own, Err(is(Code::NotPermitted)));
    bank.house.last_is_refusal(Kind::ExportDecided, Code::NotPermitted).await;
    // The same person with an approver's login, of another unit at that.
    let other_login = bank.house.seat(Person::of("ap1001", Role::Approver, "HQA")).await;
    for approve in [true, false] {
        let note = if approve { String::new() } else { "no longer needed, said the branch".into() };
        let ballot = DecideExport { approve, note, ..ballot.clone() };
        assert_eq!(other_login.desk().await.decide_export(ballot).await, Err(is(Code::OwnExport)));
        bank.house.last_is_refusal(Kind::ExportDecided, Code::OwnExport).await;
    }
    for (person, unit, wanted) in [
        ("by_person", "'HQA'", "export_vote_takes_another_person"),
        ("'P2001'", "by_unit", "export_vote_takes_another_unit"),
    ] {
        let sql = format!(
            "INSERT INTO export_vote (export, staff, person, unit, by_version, approved, digest, note, salt, factor, voted_at) \
             SELECT id, requester, {person}, {unit}, 1, 1, digest, '', x'00', 'totp', 1 FROM export"
        );
        let refused = bank.house.meddle(Box::leak(sql.into_boxed_str())).await.unwrap_err().to_string();
        assert!(refused.contains(wanted) || refused.contains("export_vote_is_of_its_staff"), "{refused}");
    }
    assert_eq!(bank.first.desk().await.export(export).await.unwrap().entry.votes, 0);
}

#[tokio::test]
async fn e2_an_approver_votes_once_and_their_unit_with_them() {
    let bank = Bank::open().await;
    let export = bank.submitted(bank.usual()).await;
    bank.first.approve(export).await.unwrap();
    let again = bank.first.ballot(export, true).await;
    assert_eq!(bank.first.cast(again).await, Err(is(Code::AlreadyVoted)));
    bank.house.last_is_refusal(Kind::ExportDecided, Code::AlreadyVoted).await;
    for (staff_no, unit) in [("ap2003", "HQA"), ("ap2004", "0101")] {
        let near = bank.house.seat(Person::of(staff_no, Role::Approver, unit)).await;
        assert_eq!(near.approve(export).await, Err(is(Code::SameUnit)), "{unit}");
        bank.house.last_is_refusal(Kind::ExportDecided, Code::SameUnit).await;
        let view = near.desk().await.export(export).await.unwrap();
        assert_eq!(view.may_not_decide, Some(Code::SameUnit), "and the page says so");
    }
    assert_eq!(bank.view(export).await.entry.votes, 1);
}

#[tokio::test]
async fn e2_one_rejection_ends_it_and_says_why() {
    let bank = Bank::open().await;
    let export = bank.submitted(bank.usual()).await;
    let mut ballot = bank.first.ballot(export, false).await;
    ballot.note = " ".into();
    let wordless = bank.first.desk().await.decide_export(ballot.clone()).await;
    assert_eq!(wordless, Err(DeskError::Invalid(vec![Fault::new("note", "note_too_short")])));
    bank.house.last_is_refusal(Kind::ExportDecided, Code::Invalid).await;
    ballot.note = "the scope is wider than the inquiry".into();
    let late = bank.second.ballot(export, true).await;
    bank.first.cast(ballot).await.unwrap();
    assert_eq!(bank.state(export).await, ExportState::Rejected);
    assert_eq!(bank.second.cast(late).await, Err(is(Code::ExportState)));
    bank.house.last_is_refusal(Kind::ExportDecided, Code::ExportState).await;
    assert_eq!(bank.operator.generate(export).await, Err(is(Code::ExportState)));
    bank.house.last_is_refusal(Kind::ExportQueued, Code::ExportState).await;
}

#[tokio::test]
async fn e3_a_vote_is_for_the_bytes_that_were_read_and_for_no_others() {
    let bank = Bank::open().await;
    let export = bank.submitted(bank.usual()).await;
    let ballot = bank.first.ballot(export, true).await;
    let other = DecideExport { digest: ExportDigest::from_bytes([7; 32]), ..ballot.clone() };
    assert_eq!(bank.first.desk().await.decide_export(other).await, Err(is(Code::ExportChanged)));
    bank.house.last_is_refusal(Kind::ExportDecided, Code::ExportChanged).await;
    // Somebody who owns the database changes one field's form, digest and all.
    bank.house.meddle("DROP TRIGGER export_is_never_changed").await.unwrap();
    bank.house
        .meddle("UPDATE export SET frozen = CAST(replace(CAST(frozen AS TEXT), '\"token\"', '\"plain\"') AS BLOB)")
        .await
        .unwrap();
    assert_eq!(bank.first.desk().await.decide_export(ballot).await, Err(is(Code::ExportChanged)));
    bank.house.last_is_refusal(Kind::ExportDecided, Code::ExportChanged).await;
    assert_eq!(bank.second.desk().await.export(export).await.err(), Some(is(Code::ExportChanged)), "nor is it shown");
}

#[tokio::test]
async fn e2_a_factor_for_one_vote_is_none_for_another() {
    let bank = Bank::open().await;
    let (one, two) = (bank.submitted(bank.usual()).await, bank.submitted(bank.usual()).await);
    let ballot = bank.first.ballot(one, true).await;
    let challenge = challenge_of(bank.first.desk().await.decide_export(ballot.clone()).await).unwrap();
    bank.first.answer(challenge).await.unwrap();
    let other = bank.first.ballot(two, true).await;
    let noted = DecideExport { note: "looks right to all of us".into(), ..ballot.clone() };
    let against = DecideExport { approve: false, note: "the scope is too wide".into(), ..ballot.clone() };
    for wrong in [other, noted, against] {
        let wrong = DecideExport { challenge: Some(challenge), ..wrong };
        assert_eq!(bank.first.desk().await.decide_export(wrong).await, Err(is(Code::ChallengeOtherAct)));
        bank.house.last_is_refusal(Kind::ExportDecided, Code::ChallengeOtherAct).await;
    }
    let right = DecideExport { challenge: Some(challenge), ..ballot };
    bank.first.desk().await.decide_export(right.clone()).await.unwrap();
    assert_eq!(bank.first.desk().await.decide_export(right).await, Err(is(Code::AlreadyVoted)));
}

#[tokio::test]
async fn e2_what_waited_too_long_is_not_decided() {
    let bank = Bank::open().await;
    let export = bank.submitted(bank.usual()).await;
    let ballot = bank.first.ballot(export, true).await;
    bank.house.wait(Span::days(7));
    let late = bank.house.sign_in(&bank.first.person).await;
    assert_eq!(late.cast(ballot).await, Err(is(Code::ExportExpired)));
    bank.house.last_is_refusal(Kind::ExportDecided, Code::ExportExpired).await;
    assert!(late.desk().await.approvals().await.unwrap().is_empty());
}

#[tokio::test]
async fn abuse_15_a_suspended_requesters_export_gets_no_votes() {
    let bank = Bank::open().await;
    let export = bank.submitted(bank.usual()).await;
    bank.house.office.suspend(&StaffNo::parse("op1001").unwrap(), None).await.unwrap();
    assert_eq!(bank.first.approve(export).await, Err(is(Code::RequesterGone)));
    bank.house.last_is_refusal(Kind::ExportDecided, Code::RequesterGone).await;
}

#[tokio::test]
async fn abuse_5_a_pair_that_decides_together_too_often_rotates() {
    let caps = Caps { pair_votes: 2, ..CAPS };
    let bank = Bank::with(ExportSettings { caps, ..ExportSettings::default() }).await;
    for _ in 0..2 {
        let export = bank.submitted(bank.usual()).await;
        bank.first.approve(export).await.unwrap();
    }
    let export = bank.submitted(bank.usual()).await;
    assert_eq!(bank.first.approve(export).await, Err(is(Code::PairTooOften)));
    bank.house.last_is_refusal(Kind::ExportDecided, Code::PairTooOften).await;
    bank.second.approve(export).await.unwrap();
    let other = bank.house.seat(Person::of("ap2003", Role::Approver, "HQA")).await;
    other.approve(export).await.unwrap();
    assert_eq!(bank.state(export).await, ExportState::Approved);
}

#[tokio::test]
async fn e2_names_beside_a_staff_number_are_not_people() {
    let bank = Bank::open().await;
    bank.submitted(bank.usual()).await;
    let invented = "INSERT INTO export_vote (export, staff, person, unit, by_version, approved, digest, note, salt, factor, voted_at) \
        SELECT export.id, staff.id, 'P7777', 'HQX', 1, 1, digest, '', x'00', 'totp', 1 FROM export, staff WHERE staff_no = 'ap2001'";
    let refused = bank.house.meddle(invented).await.unwrap_err().to_string();
    assert!(refused.contains("export_vote_is_of_its_staff"), "{refused}");
}

#[tokio::test]
async fn u4_whoevers_factor_was_reset_answers_for_nothing_for_a_day() {
    let bank = Bank::open().await;
    let export = bank.submitted(bank.usual()).await;
    bank.house.meddle("UPDATE staff SET reveal_frozen_until = 9999999999999 WHERE staff_no = 'ap2001'").await.unwrap();
    let refused = bank.first.approve(export).await.unwrap_err();
    assert!(matches!(refused, DeskError::Wait { code: Code::RevealFrozen, .. }), "{refused}");
    bank.house.last_is_refusal(Kind::ExportDecided, Code::RevealFrozen).await;
}
