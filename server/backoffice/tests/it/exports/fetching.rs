//! Fetching the file (E5): once, in time, by whoever asked, by another kind of factor.

use super::{Bank, is};
use crate::people::Person;
use domain::audit::event::{EndingName, FactorName, Kind};
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{DeskError, ExportState, Method};
use domain::id::StaffNo;
use std::path::PathBuf;

#[tokio::test]
async fn e5_a_file_is_fetched_once_and_is_gone() {
    let mut bank = Bank::open().await;
    let export = bank.made(bank.usual()).await;
    let file = bank.fetch(export).await.unwrap();
    assert_eq!(file.name, format!("{export}.age"));
    let events = bank.house.events().await;
    let [.., downloaded, destroyed] = &events[..] else { panic!("no events") };
    assert_eq!((downloaded.kind, downloaded.details.factor), (Kind::ExportDownloaded, Some(FactorName::Passkey)));
    assert_eq!((destroyed.kind, destroyed.details.ending), (Kind::ExportDestroyed, Some(EndingName::Downloaded)));
    assert_eq!(downloaded.details.file_hash, destroyed.details.file_hash);
    assert!(downloaded.details.file_hash.is_some());
    assert_eq!(bank.files(), Vec::<PathBuf>::new(), "before its first byte leaves");
    assert!(!bank.unseal(file).is_empty());
    assert_eq!(bank.state(export).await, ExportState::Destroyed);
    assert_eq!(bank.fetch(export).await.err(), Some(is(Code::FileGone)));
    bank.house.last_is_refusal(Kind::ExportDownloaded, Code::FileGone).await;
    bank.house.whole().await;
}

#[tokio::test]
async fn e5_nobody_else_fetches_it() {
    let bank = Bank::open().await;
    let export = bank.made(bank.usual()).await;
    let colleague = bank.house.seat(Person::colleague()).await;
    assert_eq!(colleague.download(export, None).await.err(), Some(is(Code::NotFound)));
    bank.house.last_is_refusal(Kind::ExportDownloaded, Code::NotFound).await;
    assert_eq!(bank.first.download(export, None).await.err(), Some(is(Code::NotPermitted)));
    bank.house.last_is_refusal(Kind::ExportDownloaded, Code::NotPermitted).await;
    assert_eq!(bank.state(export).await, ExportState::Generated);
}

#[tokio::test]
async fn e2_the_same_kind_of_factor_fetches_nothing() {
    let mut bank = Bank::open().await;
    let export = bank.made(bank.usual()).await;
    let error = bank.operator.download(export, None).await.err().unwrap();
    let DeskError::StepUpRequired { challenge, methods } = error else { panic!("{error}") };
    assert_eq!(methods, [Method::Passkey]);
    // A code answers the challenge all the same; it opens nothing.
    bank.operator.answer(challenge).await.unwrap();
    assert_eq!(bank.operator.download(export, Some(challenge)).await.err(), Some(is(Code::SameFactor)));
    let event = bank.house.last_is_refusal(Kind::ExportDownloaded, Code::SameFactor).await;
    assert_eq!(event.details.factor, Some(FactorName::Totp));
    let beside = "UPDATE export_run SET state = 'downloaded', download_factor = 'totp'";
    let refused = bank.house.meddle(beside).await.unwrap_err().to_string();
    assert!(refused.contains("export_run_takes_two_kinds_of_factor"), "{refused}");
    bank.fetch(export).await.unwrap();
}

#[tokio::test]
async fn e5_after_fifteen_minutes_there_is_nothing_to_fetch() {
    let mut bank = Bank::open().await;
    let export = bank.made(bank.usual()).await;
    bank.house.wait(Span::minutes(14));
    assert_eq!(bank.state(export).await, ExportState::Generated);
    bank.house.wait(Span::minutes(1));
    assert_eq!(bank.fetch(export).await.err(), Some(is(Code::FileGone)), "swept or not");
    bank.house.last_is_refusal(Kind::ExportDownloaded, Code::FileGone).await;
}

#[tokio::test]
async fn e6_rights_are_read_again_when_it_is_fetched_and_what_nobody_answers_for_is_destroyed() {
    let mut bank = Bank::open().await;
    let export = bank.made(bank.usual()).await;
    bank.house.office.suspend(&StaffNo::parse("ap2001").unwrap(), None).await.unwrap();
    assert_eq!(bank.fetch(export).await.err(), Some(is(Code::ApproverGone)));
    bank.house.last_is_refusal(Kind::ExportDownloaded, Code::ApproverGone).await;
    bank.work().await;
    let event = bank.house.last().await;
    assert_eq!((event.kind, event.details.ending), (Kind::ExportDestroyed, Some(EndingName::Revoked)));
    assert_eq!(bank.files(), Vec::<PathBuf>::new());

    let bank = Bank::open().await;
    bank.made(bank.usual()).await;
    bank.house.office.suspend(&StaffNo::parse("op1001").unwrap(), None).await.unwrap();
    bank.work().await;
    assert_eq!(bank.house.last().await.details.ending, Some(EndingName::Revoked));
}

#[tokio::test]
async fn e6_what_is_taken_back_is_destroyed() {
    let mut bank = Bank::open().await;
    let export = bank.made(bank.usual()).await;
    bank.operator.desk().await.withdraw_export(export).await.unwrap();
    assert_eq!(bank.fetch(export).await.err(), Some(is(Code::FileGone)));
    bank.work().await;
    let event = bank.house.last().await;
    assert_eq!((event.kind, event.details.ending), (Kind::ExportDestroyed, Some(EndingName::Withdrawn)));
    assert_eq!(bank.files(), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn e5_a_download_that_died_before_its_certificate_gets_it_later() {
    let bank = Bank::open().await;
    bank.made(bank.usual()).await;
    let sql = "UPDATE export_run SET state = 'downloaded', download_factor = 'passkey', downloaded_at = 1";
    bank.house.meddle(sql).await.unwrap();
    bank.work().await;
    let event = bank.house.last().await;
    assert_eq!((event.kind, event.details.ending), (Kind::ExportDestroyed, Some(EndingName::Downloaded)));
    assert_eq!(bank.files(), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn e5_two_downloads_at_once_get_one_file() {
    let mut bank = Bank::open().await;
    let export = bank.made(bank.usual()).await;
    let mut challenges = Vec::new();
    for _ in 0..2 {
        let error = bank.operator.download(export, None).await.err().unwrap();
        let DeskError::StepUpRequired { challenge, .. } = error else { panic!("{error}") };
        let options = bank.operator.step_up_options(challenge).await;
        let assertion = bank.device.get(&options).unwrap();
        bank.operator.answer_by(challenge, &assertion).await.unwrap();
        challenges.push(challenge);
    }
    let (one, two) = (bank.operator.clone(), bank.operator.clone());
    let (first, second) =
        tokio::join!(one.download(export, Some(challenges[0])), two.download(export, Some(challenges[1])));
    assert_eq!(usize::from(first.is_ok()) + usize::from(second.is_ok()), 1);
    assert_eq!(bank.house.count(Kind::ExportDownloaded, None).await, 1);
}
