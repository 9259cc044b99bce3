//! A log that lacks what its own checkpoint file vouches for (A3). Each test runs on whichever database there is.

use crate::backup::{back_up, new_database, prove, put};
use crate::database::Database;
use crate::filled::{Fill, filled};
use crate::office::TestOffice;
use crate::people::{Person, reveal_form};
use backoffice::Lack;
use backoffice::audit::Standing;
use backoffice::backup::{Known, Lacking, Loss, RestoreError, Target};
use backoffice::store::log::{self, Head};
use backoffice::store::statement::sql;
use backoffice::vault::KeyKind;
use domain::audit::checkpoint::{self, SigningKey};
use domain::audit::event::{AuditEvent, Kind};
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
    let (backup, made) = back_up(&house, "backup").await;
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
    assert_eq!(recorded(&again).await, (made.size, Some(3)));
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

/// The house's database as it was at that head, while processes have it open.
async fn roll_back(house: &TestOffice, to: &Head) {
    let (size, tiles, latest, note) = (to.size, to.size / 256, to.latest.millis(), &to.note);
    let root = data_encoding::HEXLOWER.encode(to.root.as_bytes());
    let back = format!(
        "DELETE FROM log_entry WHERE seq >= {size}; DELETE FROM log_tile WHERE idx >= {tiles}; \
         UPDATE log_head SET size = {size}, root = x'{root}', latest = {latest}, note = '{note}'"
    );
    match house.database.is_file() {
        true => {
            let mut intruder = house.intruder().await;
            let triggers = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name LIKE 'log%'";
            let mut steps = vec![back];
            for row in sql(triggers).fetch_all(&mut intruder).await.unwrap() {
                let name: String = row.try_get(0).unwrap();
                steps.insert(0, format!("DROP TRIGGER {name}"));
                steps.push(row.try_get(1).unwrap());
            }
            crate::intruder::run(&mut intruder, &steps.join(";")).await.unwrap();
        }
        false => {
            let all =
                |what| ["log_entry", "log_tile", "log_head"].map(|of| format!("ALTER TABLE {of} {what} TRIGGER USER"));
            let steps = [all("DISABLE").join(";"), back, all("ENABLE").join(";")];
            house.meddle(&steps.join(";")).await.unwrap();
        }
    }
}

async fn head(house: &TestOffice) -> Head {
    log::read_head(house.office.db()).await.unwrap().unwrap()
}

async fn refused_as(house: &TestOffice, code: Code) {
    let refused = house.office.back_up(&house.path("another"), None, |_, _| ()).await.unwrap_err();
    assert!(refused.to_string().contains(code.as_str()), "{refused}");
}

/// Waits until what was found is recorded: how many entries there were, and how many are lacking.
async fn recorded(house: &TestOffice) -> (u64, Option<u64>) {
    let is_it = |event: &AuditEvent| (event.kind, event.code) == (Kind::BackupRestored, Some(Code::LogIncomplete));
    let told = async {
        loop {
            if let Some(event) = house.events().await.into_iter().find(is_it) {
                return (event.details.size.unwrap(), event.details.lost);
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), told).await.unwrap()
}

#[tokio::test]
async fn a3_a_database_that_is_put_back_beneath_a_running_process_is_found_by_its_next_act() {
    // Within a tile, and over the end of one.
    for (entries, more) in [(20, 3), (250, 20)] {
        let house = filled(entries).await;
        let before = head(&house).await;
        let known = go_on(&house, more).await;
        roll_back(&house, &before).await;
        refused_as(&house, Code::LogIncomplete).await;
        assert_eq!(recorded(&house).await, (before.size, Some(more.into())));
        stands_still(&house).await;
        // It grows past what was known, and stays barred; the file is the evidence.
        for n in 0..more + 3 {
            house.office.ledger().act(Fill(n)).await.unwrap_err();
        }
        stands_still(&house).await;
        assert_eq!(file(&house), known);
        // Nor is it forgotten where the file is gone.
        std::fs::remove_file(house.path("checkpoint")).unwrap();
        let next = house.neighbour().await;
        stands_still(&next).await;
        assert_eq!(next.count(Kind::BackupRestored, Some(Code::LogIncomplete)).await, 1);
        let agreed = Lacking::of(next.office.db(), &next.key(), &[], Some(Loss::Events(more.into()))).await.unwrap();
        assert_eq!((agreed.size(), agreed.lost()), (before.size, Loss::Events(more.into())));
    }
}

#[tokio::test]
async fn a3_two_that_find_it_at_the_same_moment_record_it_once() {
    let house = filled(20).await;
    let before = head(&house).await;
    go_on(&house, 3).await;
    let beside = house.neighbour().await;
    roll_back(&house, &before).await;
    let (one, other) = tokio::join!(house.office.ledger().act(Fill(1)), beside.office.ledger().act(Fill(2)));
    assert!(one.is_err() && other.is_err());
    recorded(&house).await;
    // The other has its turn too.
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    stands_still(&house).await;
    stands_still(&beside).await;
    assert_eq!(house.count(Kind::BackupRestored, Some(Code::LogIncomplete)).await, 1);
}

#[tokio::test]
async fn a3_a_log_that_grew_another_way_beneath_a_running_process_is_found_by_its_next_act() {
    for (entries, more) in [(20, 3), (250, 20)] {
        let house = filled(entries).await;
        let before = head(&house).await;
        go_on(&house, more).await;
        roll_back(&house, &before).await;
        // Somebody takes the file too, so that one who comes anew knows of nothing.
        std::fs::remove_file(house.path("checkpoint")).unwrap();
        let unaware = house.neighbour().await;
        for n in 0..more + 7 {
            unaware.office.ledger().act(Fill(100 + n)).await.unwrap_err();
        }
        assert_eq!(lacks(&unaware).await, []);
        let size = head(&house).await.size;
        refused_as(&house, Code::LogIncomplete).await;
        match (recorded(&house).await, house.database.is_file()) {
            ((found, lost), true) => assert_eq!((found, lost), (size, None)),
            // From a server it was heard as soon as somebody wrote.
            ((found, _), false) => assert!(found > before.size && found <= size, "{found}"),
        }
        stands_still(&house).await;
        assert!(head(&house).await.size > size);
    }
}

#[tokio::test]
async fn a3_others_that_write_meanwhile_are_in_nobodys_way() {
    let house = filled(250).await;
    let other = house.neighbour().await;
    // Over the end of a tile, one and many at a time.
    for n in 0..20 {
        for _ in 0..=n % 4 {
            other.office.ledger().act(Fill(n)).await.unwrap_err();
        }
        house.office.ledger().act(Fill(n)).await.unwrap_err();
    }
    for one in [&house, &other] {
        assert_eq!(lacks(one).await, []);
    }
    back_up(&house, "backup").await;
    back_up(&other, "another").await;
    house.whole().await;
}

#[tokio::test]
async fn a3_a_file_that_cannot_be_read_bars_what_is_sensitive_until_it_can() {
    let house = filled(20).await;
    let known = go_on(&house, 1).await;
    let (path, away) = (house.path("checkpoint"), house.path("away"));
    std::fs::rename(&path, &away).unwrap();
    // Whoever runs as root reads every file, but no folder as one.
    std::fs::create_dir(&path).unwrap();
    let next = house.neighbour().await;
    assert_eq!(lacks(&next).await, [Lack::Checkpoint]);
    refused_as(&next, Code::LogUnavailable).await;
    next.last_is_refusal(Kind::BackupMade, Code::LogUnavailable).await;
    std::fs::remove_dir(&path).unwrap();
    std::fs::rename(&away, &path).unwrap();
    assert_eq!(file(&next), known);
    assert_eq!(lacks(&next).await, []);
    back_up(&next, "backup").await;
}

#[tokio::test]
async fn a3_a_file_that_our_key_did_not_sign_stops_no_checkpoint_and_is_kept() {
    let house = filled(20).await;
    go_on(&house, 1).await;
    let signed = checkpoint::open(&file(&house), &house.key()).unwrap();
    let foreign = SigningKey::from_seed(signed.origin.clone(), &[7; 32]).sign(&signed).to_string();
    let huge = format!("grille.localhost/log\n{}\nAAAA\n\n- none\n", u64::MAX);
    let garbage = "\u{fffd}".repeat(70_000);
    for (n, text) in [foreign, huge, garbage].into_iter().enumerate() {
        std::fs::write(house.path("checkpoint"), &text).unwrap();
        go_on(&house, 1).await;
        let aside = std::fs::read_to_string(house.path(&format!("checkpoint.replaced-{}", n + 1))).unwrap();
        assert!(aside == text, "{n}");
    }
    let left: Vec<_> = std::fs::read_dir(house.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".new")), "{left:?}");
}
