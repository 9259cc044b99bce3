//! A log that lacks what its own checkpoint file vouches for (A3). Each test runs on whichever database there is.

use crate::backup::{back_up, new_database, prove, put};
use crate::database::Database;
use crate::filled::{Fill, filled};
use crate::office::TestOffice;
use crate::people::{Person, reveal_form};
use backoffice::Lack;
use backoffice::audit::Standing;
use backoffice::backup::{Known, Lacking, Loss, RestoreError, Target};
use backoffice::store::log;
use backoffice::vault::KeyKind;
use domain::audit::checkpoint;
use domain::audit::event::Kind;
use domain::clock::Span;
use domain::code::Code;
use std::path::Path;
use std::sync::Arc;

/// The house on its database as a backup has it, as if that had been put back behind everybody's back.
async fn put_back(house: &TestOffice, backup: &Path, name: &str) -> Arc<TestOffice> {
    let database = new_database(house, name).await;
    put(prove(house, backup, &[], None).await.unwrap(), &database, false).await.unwrap();
    let mut intruder = database.intruder().await;
    crate::intruder::run(&mut intruder, "DELETE FROM restored_backup").await.unwrap();
    drop(intruder);
    house.moved_to(database).await
}

/// Adds so many events, and waits until the file knows them.
async fn go_on(house: &TestOffice, events: u8) -> String {
    for n in 0..events {
        house.office.ledger().act(Fill(n)).await.unwrap_err();
    }
    let note = house.checkpoint().await;
    let follows = async {
        while file(house) != note {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), follows).await.unwrap();
    note
}

fn file(house: &TestOffice) -> String {
    std::fs::read_to_string(house.path("checkpoint")).unwrap_or_default()
}

async fn lacks(house: &TestOffice) -> Vec<Lack> {
    house.wait(Span::seconds(1));
    house.office.missing().await
}

/// Asserts that nothing sensitive is done, and that it is recorded.
async fn stands_still(house: &TestOffice) {
    assert_eq!(lacks(house).await, [Lack::LogIncomplete]);
    let refused = house.office.back_up(&house.path("another"), None, |_, _| ()).await.unwrap_err();
    assert!(refused.to_string().contains("log_incomplete"), "{refused}");
    house.last_is_refusal(Kind::BackupMade, Code::LogIncomplete).await;
}

#[tokio::test]
async fn a3_a_database_that_was_put_back_shows_masks_and_does_nothing_sensitive() {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    let (backup, made) = back_up(&house, "backup").await;
    let known = go_on(&house, 3).await;
    let again = put_back(&house, &backup, "again").await;
    let found = again.events().await.swap_remove(made.size as usize);
    assert_eq!((found.kind, found.code), (Kind::BackupRestored, Some(Code::LogIncomplete)));
    assert_eq!((found.details.size, found.details.lost), (Some(made.size), Some(3)));
    stands_still(&again).await;
    assert!(Lack::LogIncomplete.leaves_masks());
    let seat = again.sign_in(&seat.person).await;
    let (case, handle) = seat.bound("complaint", &customer).await;
    seat.desk().await.view(case, handle).await.unwrap();
    let asked = seat.refused(&reveal_form(case, handle, "name")).await;
    assert_eq!(asked, Code::LogIncomplete.into());
    assert_eq!(Code::LogIncomplete.status(), 503);
    again.last_is_refusal(Kind::FieldRevealed, Code::LogIncomplete).await;
    // It has grown past what the file knows; the file is the evidence, and stays.
    assert!(again.size().await as u64 > made.size + 3);
    assert_eq!(file(&again), known);
    // Whoever opens it next finds another log, and what was found first is not told again.
    let next = again.neighbour().await;
    stands_still(&next).await;
    assert_eq!(next.count(Kind::BackupRestored, Some(Code::LogIncomplete)).await, 1);
    again.whole().await;
}

#[tokio::test]
async fn a3_a_file_that_the_log_holds_is_in_nobodys_way_however_old() {
    let house = filled(600).await;
    let known = go_on(&house, 1).await;
    go_on(&house, 3).await;
    let signed = |note: &str| checkpoint::open(note, &house.key()).unwrap();
    // Every size there was: in the middle of a tile, at its end, and in the next.
    let head = log::read_head(house.office.db()).await.unwrap().unwrap();
    for size in [1, 2, 255, 256, 257, 511, 512, 513, head.size - 1, head.size] {
        let mut other = signed(&known);
        other.size = size;
        let standing = Standing::of(house.office.db(), &other).await.unwrap();
        let own = signed(&known).size == size;
        assert_eq!(standing, if own { Standing::Holds } else { Standing::Forked { size: head.size } }, "{size}");
    }
    std::fs::write(house.path("checkpoint"), &known).unwrap();
    let next = house.neighbour().await;
    assert_eq!(lacks(&next).await, []);
    back_up(&next, "backup").await;
}

#[tokio::test]
async fn a3_without_the_key_it_is_found_when_that_comes_back() {
    let house = filled(20).await;
    let (backup, _) = back_up(&house, "backup").await;
    let known = go_on(&house, 3).await;
    let database = new_database(&house, "again").await;
    put(prove(&house, &backup, &[], None).await.unwrap(), &database, false).await.unwrap();
    let mut intruder = database.intruder().await;
    crate::intruder::run(&mut intruder, "DELETE FROM restored_backup").await.unwrap();
    drop(intruder);
    house.take_key(KeyKind::Log);
    let again = house.moved_to(database).await;
    assert_eq!(lacks(&again).await, [Lack::LogKey]);
    let refused = again.office.back_up(&again.path("another"), None, |_, _| ()).await.unwrap_err();
    assert!(refused.to_string().contains("log_key_missing"), "{refused}");
    again.return_key(KeyKind::Log);
    // What is signed from now on is not put over what was.
    for n in 0..9 {
        again.office.ledger().act(Fill(n)).await.unwrap_err();
    }
    stands_still(&again).await;
    assert_eq!(file(&again), known);
}

#[tokio::test]
async fn a3_of_two_histories_the_file_tells_the_other() {
    let house = filled(20).await;
    let (backup, _) = back_up(&house, "backup").await;
    go_on(&house, 3).await;
    let fork = put_back(&house, &backup, "fork").await;
    for n in 0..9 {
        fork.office.ledger().act(Fill(n)).await.unwrap_err();
    }
    let forked = fork.checkpoint().await;
    // The first one goes on too, to the very same size.
    while house.size().await < fork.size().await {
        house.office.ledger().act(Fill(0)).await.unwrap_err();
    }
    let signed = checkpoint::open(&forked, &house.key()).unwrap();
    assert_eq!(signed.size, house.size().await as u64);
    assert_eq!(Standing::of(house.office.db(), &signed).await.unwrap(), Standing::Forked { size: signed.size });
    house.office.ledger().act(Fill(1)).await.unwrap_err();
    assert_eq!(Standing::of(house.office.db(), &signed).await.unwrap(), Standing::Forked { size: signed.size + 1 });
    assert_eq!(Standing::of(fork.office.db(), &signed).await.unwrap(), Standing::Holds);
}

/// As a person agrees, by `grille restore --what-is-there`.
async fn agree(house: &TestOffice, accepted: Option<Loss>) -> Result<Lacking, RestoreError> {
    let known = [Known { from: "the file".into(), note: file(house) }];
    Lacking::of(house.office.db(), &house.key(), &known, accepted).await
}

#[tokio::test]
async fn o3_what_was_put_back_is_served_once_its_very_loss_is_agreed_to() {
    let house = TestOffice::empty().await;
    let person = Person::operator();
    house.enrol(&person).await;
    house.sign_in(&person).await;
    let (backup, made) = back_up(&house, "backup").await;
    // What holds all that is known takes no consent.
    assert!(matches!(agree(&house, Some(Loss::Events(0))).await, Err(RestoreError::NothingLacks)));
    let known = go_on(&house, 30).await;
    let again = put_back(&house, &backup, "again").await;
    // Whatever was recorded since, as many are lost.
    for n in 0..5 {
        again.office.ledger().act(Fill(n)).await.unwrap_err();
        for accepted in [None, Some(Loss::Unknown), Some(Loss::Events(29)), Some(Loss::Events(31))] {
            let refused = agree(&again, accepted).await.err();
            assert!(matches!(refused, Some(RestoreError::Older { lost: 30, .. })), "{accepted:?}: {refused:?}");
        }
    }
    let lacking = agree(&again, Some(Loss::Events(30))).await.unwrap();
    assert_eq!((lacking.size(), lacking.lost()), (made.size, Loss::Events(30)));
    let database = again.database.clone();
    let address = (!database.is_file()).then(|| database.address());
    let target = match (&*database, &address) {
        (Database::Postgres { .. }, Some(address)) => Target::Postgres(address),
        (Database::Sqlite(path), _) => Target::Sqlite(path),
        (Database::Postgres { .. }, None) => unreachable!(),
    };
    if database.is_file() {
        let refused = lacking.agree(target, None).await.err();
        assert!(matches!(refused, Some(RestoreError::InUse(_))), "{refused:?}");
    }
    drop(again);
    // Its writer ends a moment after.
    let ends = async {
        while lacking.agree(target, None).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), ends).await.unwrap();
    let next = house.moved_to(database).await;
    let event = next.events().await.into_iter().rfind(|event| event.kind == Kind::BackupRestored).unwrap();
    assert_eq!((event.code, event.details.size, event.details.lost), (None, Some(made.size), Some(30)));
    assert_eq!((event.details.file_hash, event.details.count), (None, Some(1)), "of no file; a session was ended");
    assert_eq!(lacks(&next).await, []);
    assert_eq!(std::fs::read_to_string(next.path("checkpoint.replaced-1")).unwrap(), known);
    back_up(&next, "next").await;
    next.whole().await;
}
