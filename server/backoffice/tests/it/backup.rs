//! Backups, and the way back (O3). Each test runs on whichever database there is.

use crate::database::Database;
use crate::filled::{Fill, filled};
use crate::office::TestOffice;
use crate::people::{PASSWORD, Person, stamp};
use backoffice::backup::{Backup, BackupError, Known, Loss, MadeBackup, Proven, RestoreError, Target};
use backoffice::store::backups::CopyError;
use backoffice::store::statement::sql;
use domain::audit::event::Kind;
use domain::clock::Span;
use domain::code::Code;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub async fn back_up(house: &TestOffice, name: &str) -> (PathBuf, MadeBackup) {
    let path = house.path(name);
    let made = house.office.back_up(&path, None, |_, _| ()).await.unwrap();
    (path, made)
}

/// Held against these notes; `accepted` events may be lost, and without a note nobody knows how many.
pub async fn prove(
    house: &TestOffice,
    path: &Path,
    notes: &[String],
    accepted: Option<u64>,
) -> Result<Proven, RestoreError> {
    let known = |note: &String| Known { from: "a witness".into(), note: note.clone() };
    let known: Vec<_> = notes.iter().map(known).collect();
    let place = house.path("place");
    let accepted = if known.is_empty() { Some(Loss::Unknown) } else { accepted.map(Loss::Events) };
    Proven::of(Backup::open(path, &house.key())?, &house.key(), &known, None, accepted, &place, |_, _| ()).await
}

pub async fn put(proven: Proven, database: &Database, replace: bool) -> Result<Option<PathBuf>, RestoreError> {
    match database {
        Database::Sqlite(path) => proven.take_effect(Target::Sqlite(path), replace, None, |_, _| ()).await,
        Database::Postgres { .. } => {
            proven.take_effect(Target::Postgres(&database.address()), replace, None, |_, _| ()).await
        }
    }
}

pub async fn new_database(house: &TestOffice, name: &str) -> Database {
    std::fs::create_dir(house.path(name)).unwrap();
    Database::new(&house.path(name)).await
}

/// The house as it was.
async fn restored(house: &TestOffice, path: &Path, name: &str, accepted: Option<u64>) -> Arc<TestOffice> {
    let database = new_database(house, name).await;
    let notes = [house.checkpoint().await];
    put(prove(house, path, &notes, accepted).await.unwrap(), &database, false).await.unwrap();
    house.moved_to(database).await
}

#[tokio::test]
async fn o3_what_a_killed_backup_left_makes_room_and_what_another_is_writing_does_not() {
    let house = TestOffice::empty().await;
    let left = [house.path("backup.part"), house.path("backup.db.part")];
    for left in &left {
        std::fs::write(left, b"half of one").unwrap();
    }
    let other = std::fs::File::open(&left[0]).unwrap();
    other.lock().unwrap();
    let error = house.office.back_up(&house.path("backup"), None, |_, _| ()).await.unwrap_err();
    assert!(error.to_string().contains("another is being made there"), "{error}");
    assert_eq!(std::fs::read(&left[0]).unwrap(), b"half of one");
    drop(other);
    let (path, _) = back_up(&house, "backup").await;
    assert!(prove(&house, &path, &[house.checkpoint().await], Some(1)).await.is_ok());
    assert!(left.iter().all(|left| !left.exists()));
}

#[tokio::test(flavor = "multi_thread")]
async fn o3_a_backup_that_is_made_under_load_is_everything_at_one_instant() {
    let (house, seat) = TestOffice::with_operator().await;
    let mut acts = tokio::task::JoinSet::new();
    for n in 0..300_u64 {
        let ledger = house.office.ledger().clone();
        acts.spawn(async move { ledger.act(Fill(n as u8)).await });
    }
    let (path, made) = back_up(&house, "backup").await;
    acts.join_all().await;
    let events = house.events().await;
    assert_eq!(events[made.event as usize].kind, Kind::BackupMade);
    assert!(made.size > made.event && made.size <= events.len() as u64);
    assert_eq!(Backup::open(&path, &house.key()).unwrap().digest(), made.sha256);
    let lost = events.len() as u64 - made.size;
    let again = restored(&house, &path, "again", Some(lost)).await;
    let there = again.events().await;
    assert_eq!(there[..made.size as usize], events[..made.size as usize]);
    again.whole().await;
    // Whoever was at work is not any more, and is there to sign in.
    assert!(seat.try_desk().await.is_ok());
    let token = seat.token();
    let entered = again.office.desk_for(&token, stamp(&again, "/api/me")).await;
    assert_eq!(entered.err(), Some(Code::SignedOut.into()));
    again.wait(Span::minutes(1));
    again.sign_in(&seat.person).await.desk().await;
}

#[tokio::test]
async fn o3_the_first_to_open_what_was_restored_ends_what_lived_and_records_it_once() {
    let house = TestOffice::empty().await;
    let (at_work, next) = (Person::operator(), Person::colleague());
    house.enrol(&at_work).await;
    house.enrol(&next).await;
    house.sign_in(&at_work).await;
    let (path, made) = back_up(&house, "backup").await;
    // Since then this code was used.
    let code = next.code(&house);
    house.try_sign_in(next.staff_no, PASSWORD, &code).await.unwrap();
    let lost = house.size().await as u64 - made.size;
    assert_eq!(lost, 1);
    let again = restored(&house, &path, "again", Some(lost)).await;
    let event = again.events().await.swap_remove(made.size as usize);
    assert_eq!((event.kind, event.details.size), (Kind::BackupRestored, Some(made.size)));
    assert_eq!((event.details.lost, event.details.count), (Some(1), Some(1)), "an event, and a session");
    assert_eq!(event.details.file_hash.map(|hash| *hash.as_bytes()), Some(made.sha256));
    assert!(again.try_sign_in(next.staff_no, PASSWORD, &code).await.is_err(), "u2: a code works once");
    again.wait(Span::minutes(1));
    again.sign_in(&next).await;
    again.neighbour().await;
    let told = again.events().await.iter().filter(|event| event.kind == Kind::BackupRestored).count();
    assert_eq!(told, 1);
    again.whole().await;
}

#[tokio::test]
async fn o3_a_backup_older_than_is_known_takes_the_number_of_events_that_it_loses() {
    let house = filled(20).await;
    let (path, made) = back_up(&house, "backup").await;
    for n in 0..3 {
        house.office.ledger().act(Fill(n)).await.unwrap_err();
    }
    let newest = [house.checkpoint().await];
    for accepted in [None, Some(0), Some(2), Some(4)] {
        match prove(&house, &path, &newest, accepted).await.err() {
            Some(RestoreError::Older { lost: 3, .. }) => (),
            other => panic!("{accepted:?}: {other:?}"),
        }
    }
    let proven = prove(&house, &path, &newest, Some(3)).await.unwrap();
    assert_eq!((proven.size(), proven.lost()), (made.size, Loss::Events(3)));
    assert!(!house.path("place").exists());
    // What is not lost need not be named.
    let then = std::slice::from_ref(&Backup::open(&path, &house.key()).unwrap().manifest().note).to_vec();
    assert_eq!(prove(&house, &path, &then, None).await.unwrap().lost(), Loss::Events(0));
}

#[tokio::test]
async fn o3_where_nothing_is_known_that_must_be_said_and_what_is_lost_is_recorded_as_unknown() {
    let house = filled(20).await;
    let (path, made) = back_up(&house, "backup").await;
    let place = house.path("place");
    for accepted in [None, Some(Loss::Events(0))] {
        let backup = Backup::open(&path, &house.key()).unwrap();
        let refused = Proven::of(backup, &house.key(), &[], None, accepted, &place, |_, _| ()).await.err();
        assert!(matches!(refused, Some(RestoreError::NothingKnown)), "{accepted:?}: {refused:?}");
    }
    let proven = prove(&house, &path, &[], None).await.unwrap();
    assert_eq!(proven.lost(), Loss::Unknown);
    let database = new_database(&house, "again").await;
    put(proven, &database, false).await.unwrap();
    let again = house.moved_to(database).await;
    let event = again.events().await.swap_remove(made.size as usize);
    assert_eq!((event.kind, event.details.size), (Kind::BackupRestored, Some(made.size)));
    assert_eq!(event.details.lost, None, "not zero");
}

#[tokio::test]
async fn o3_a_backup_of_another_history_is_refused_whatever_is_accepted() {
    let house = filled(20).await;
    let (path, _) = back_up(&house, "backup").await;
    for n in 0..3 {
        house.office.ledger().act(Fill(n)).await.unwrap_err();
    }
    let known = [house.checkpoint().await];
    // The same key goes on from the backup in another way, and further.
    let fork = restored(&house, &path, "fork", Some(3)).await;
    for n in 0..9 {
        fork.office.ledger().act(Fill(n)).await.unwrap_err();
    }
    let (forked, _) = back_up(&fork, "forked").await;
    let refused = prove(&house, &forked, &known, Some(3)).await.err();
    assert!(matches!(refused, Some(RestoreError::Forked(_))), "{refused:?}");
    // A checkpoint that is not this log's is no reason to be content.
    let stranger = TestOffice::empty().await;
    let other = [known[0].replace("bank.example", "bonk.example"), stranger.checkpoint().await + " "];
    for note in other {
        let refused = prove(&house, &path, &[note], None).await.err();
        assert!(matches!(refused, Some(RestoreError::KnownUnsigned(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn o3_a_log_that_was_meddled_with_does_not_come_back() {
    let house = filled(20).await;
    let trigger = match house.database.is_file() {
        true => {
            let made = sql("SELECT sql FROM sqlite_master WHERE name = 'log_entry_is_never_changed'");
            made.fetch_one(house.office.db()).await.unwrap().try_get(0).unwrap()
        }
        false => String::new(),
    };
    house
        .meddle("DROP TRIGGER log_entry_is_never_changed; UPDATE log_entry SET staff_no = 'op9999' WHERE seq = 5")
        .await
        .unwrap();
    // Put back, so that the schema says nothing of it.
    house.meddle(&trigger).await.unwrap();
    let (path, _) = back_up(&house, "backup").await;
    let Some(RestoreError::NotWhole(verified)) = prove(&house, &path, &[], None).await.err() else { panic!("whole") };
    assert_eq!(verified.findings[0].leaf, Some(5));
}

#[tokio::test]
async fn o3_a_file_that_was_cut_or_altered_is_no_backup() {
    let house = filled(40).await;
    let (path, _) = back_up(&house, "backup").await;
    let whole = std::fs::read(&path).unwrap();
    let damaged = house.path("damaged");
    for length in [0, 1, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&damaged, &whole[..length]).unwrap();
        let refused = prove(&house, &damaged, &[], None).await.err();
        assert!(matches!(refused, Some(RestoreError::Backup(BackupError::NotOne))), "{length}: {refused:?}");
    }
    // One byte in the middle of what is inside, of whichever part.
    let mut zip = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
    for n in 0..zip.len() {
        let part = zip.by_index(n).unwrap();
        let at = (part.data_start().unwrap() + part.compressed_size() / 2) as usize;
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        std::fs::write(&damaged, &bytes).unwrap();
        let refused = prove(&house, &damaged, &[], None).await.err();
        let noticed = matches!(refused, Some(RestoreError::Backup(BackupError::NotOne | BackupError::Altered(_))));
        assert!(noticed, "{:?}: {refused:?}", part.name());
    }
    assert!(!house.path("place.restoring").exists());
    prove(&house, &path, &[], None).await.unwrap();
}

#[tokio::test]
async fn o3_nothing_that_is_there_is_overwritten() {
    let house = filled(20).await;
    let (path, _) = back_up(&house, "backup").await;
    let again = house.office.back_up(&path, None, |_, _| ()).await.err();
    assert!(again.unwrap().to_string().contains("exists"));
    let events = house.size().await;
    for replace in [false, true] {
        let proven = prove(&house, &path, &[], None).await.unwrap();
        let refused = put(proven, &house.database, replace).await.err();
        match (&*house.database, replace) {
            (Database::Sqlite(_), false) => assert!(matches!(refused, Some(RestoreError::InTheWay(_))), "{refused:?}"),
            (Database::Sqlite(_), true) => assert!(matches!(refused, Some(RestoreError::InUse(_))), "{refused:?}"),
            (Database::Postgres { .. }, _) => {
                let not_empty = matches!(refused, Some(RestoreError::Copy(CopyError::NotEmpty(_))));
                assert!(not_empty, "{refused:?}");
            }
        }
    }
    assert_eq!(house.size().await, events, "nor is a backup that was not made recorded");
    house.whole().await;
}

#[tokio::test]
async fn l0_no_key_is_in_a_backup_and_only_its_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let house = filled(20).await;
    let (path, _) = back_up(&house, "backup").await;
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let mut zip = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
    let mut all = Vec::new();
    for n in 0..zip.len() {
        std::io::copy(&mut zip.by_index(n).unwrap(), &mut all).unwrap();
    }
    for entry in std::fs::read_dir(house.path("keys")).unwrap() {
        let key = std::fs::read(entry.unwrap().path()).unwrap();
        let key = key.trim_ascii();
        assert!(key.len() >= 32 && !all.windows(key.len()).any(|window| window == key));
    }
    // Nothing is left beside it.
    let left = std::fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().contains(".part")));
}
