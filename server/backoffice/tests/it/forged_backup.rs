//! A backup that somebody altered with care, every sum made anew, or whose database somebody did (O3).

use crate::backup::{back_up, new_database, prove, put};
use crate::database::Database;
use crate::filled::filled;
use crate::office::{TestOffice, origin};
use crate::people::Person;
use backoffice::backup::{BackupError, MakeError, RestoreError};
use backoffice::store::SqliteFile;
use backoffice::vault::KeyKind;
use domain::audit::backup_note;
use domain::audit::checkpoint::SigningKey;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

const MANIFEST: &str = "manifest.json";
const NOTE: &str = "manifest.note";

/// What is in it, by name.
type Files = BTreeMap<String, Vec<u8>>;

fn files(path: &Path) -> Files {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let each = (0..zip.len()).map(|n| {
        let mut file = zip.by_index(n).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        (file.name().unwrap().into_owned(), bytes)
    });
    each.collect()
}

/// The same as a backup, with every sum as it is now.
fn written(house: &TestOffice, files: &Files) -> PathBuf {
    let path = house.path("forged");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    for (name, bytes) in files {
        zip.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    path
}

fn summed(mut files: Files) -> Files {
    let mut manifest: Value = serde_json::from_slice(&files[MANIFEST]).unwrap();
    for part in manifest["parts"].as_array_mut().unwrap() {
        let bytes = &files[part["name"].as_str().unwrap()];
        part["bytes"] = bytes.len().into();
        part["sha256"] = data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)).into();
    }
    files.insert(MANIFEST.into(), serde_json::to_vec(&manifest).unwrap());
    files
}

/// As whoever holds the log's key signs.
fn signed(house: &TestOffice, mut files: Files) -> Files {
    let seed = std::fs::read(house.path("keys").join(KeyKind::Log.file_name())).unwrap();
    let seed = data_encoding::HEXLOWER.decode(seed.trim_ascii()).unwrap().try_into().unwrap();
    let digest = Sha256::digest(&files[MANIFEST]).into();
    let note = backup_note::sign(&SigningKey::from_seed(origin(), &seed), &digest);
    files.insert(NOTE.into(), note.as_str().into());
    files
}

async fn refused(house: &TestOffice, files: &Files) -> Option<RestoreError> {
    prove(house, &written(house, files), &[], None).await.err()
}

/// The house, with somebody whose unit is altered in the files by one letter.
async fn promoted(house: &TestOffice, mut files: Files) -> Files {
    let alter = |bytes: &mut Vec<u8>, from: &[u8], to: &[u8]| {
        let at = bytes.windows(from.len()).position(|some| some == from).expect("it stands there");
        bytes[at..at + to.len()].copy_from_slice(to);
    };
    match &*house.database {
        // In COPY's binary format, with its length before it.
        Database::Postgres { .. } => {
            alter(files.get_mut("staff.copy").unwrap(), b"\0\0\0\x040101", b"\0\0\0\x040102");
        }
        Database::Sqlite(_) => {
            let file = house.path("altered.db");
            std::fs::write(&file, &files["grille.db"]).unwrap();
            let mut conn = SqliteFile::at(&file).pragma("journal_mode", "DELETE").connect().unwrap();
            conn.run("UPDATE staff SET unit = '0102' WHERE unit = '0101'").unwrap();
            drop(conn);
            files.insert("grille.db".into(), std::fs::read(&file).unwrap());
        }
    }
    files
}

#[tokio::test]
async fn o3_a_staff_row_that_was_altered_with_every_sum_made_anew_does_not_come_back() {
    let house = TestOffice::empty().await;
    house.enrol(&Person::operator()).await;
    let (path, _) = back_up(&house, "backup").await;
    let whole = files(&path);
    assert!(refused(&house, &whole).await.is_none(), "unaltered, it comes back");
    let altered = promoted(&house, whole.clone()).await;
    assert_ne!(altered, whole);
    let error = refused(&house, &altered).await;
    assert!(matches!(error, Some(RestoreError::Backup(BackupError::Altered(_)))), "{error:?}");
    let altered = summed(altered);
    let error = refused(&house, &altered).await;
    assert!(matches!(error, Some(RestoreError::Backup(BackupError::WrongSignature))), "{error:?}");
    // Nothing else is in its way: with the key's word it would.
    let altered = signed(&house, altered);
    let database = new_database(&house, "again").await;
    put(prove(&house, &written(&house, &altered), &[], None).await.unwrap(), &database, false).await.unwrap();
}

#[tokio::test]
async fn o3_only_this_logs_key_signs_a_backup_and_a_checkpoint_is_no_word_for_one() {
    let house = filled(20).await;
    let (path, _) = back_up(&house, "backup").await;
    let whole = files(&path);
    let with = |note: &str| {
        let mut files = whole.clone();
        files.insert(NOTE.into(), note.into());
        files
    };
    let digest = Sha256::digest(&whole[MANIFEST]).into();
    let stranger = SigningKey::from_seed(origin(), &[9; 32]);
    let another = backup_note::sign(&stranger, &digest);
    for note in ["", &house.checkpoint().await, another.as_str()] {
        let error = refused(&house, &with(note)).await;
        assert!(matches!(error, Some(RestoreError::Backup(BackupError::WrongSignature))), "{note}: {error:?}");
    }
    let mut unsigned = whole.clone();
    unsigned.remove(NOTE);
    let error = refused(&house, &unsigned).await;
    assert!(matches!(error, Some(RestoreError::Backup(BackupError::Unsigned))), "{error:?}");
}

#[tokio::test]
async fn o3_a_backup_of_the_layout_that_was_not_signed_is_refused_with_what_to_do() {
    let house = filled(20).await;
    let (path, _) = back_up(&house, "backup").await;
    let mut before = files(&path);
    before.remove(NOTE);
    let mut manifest: Value = serde_json::from_slice(&before[MANIFEST]).unwrap();
    manifest["format"] = 1.into();
    before.insert(MANIFEST.into(), serde_json::to_vec(&manifest).unwrap());
    let error = refused(&house, &before).await;
    assert!(matches!(error, Some(RestoreError::Backup(BackupError::UnsignedFormat))), "{error:?}");
    assert!(error.unwrap().to_string().contains("make a new one with this version"));
    // Nor does a later layout's pass for ours.
    manifest["format"] = 3.into();
    before.insert(MANIFEST.into(), serde_json::to_vec(&manifest).unwrap());
    let error = refused(&house, &before).await;
    assert!(matches!(error, Some(RestoreError::Backup(BackupError::OtherFormat(3)))), "{error:?}");
}

#[tokio::test]
async fn l0_without_the_log_key_there_is_no_backup() {
    let house = filled(20).await;
    house.take_key(KeyKind::Log);
    let error = house.office.back_up(&house.path("backup"), None, |_, _| ()).await.err();
    assert!(matches!(error, Some(MakeError::NotRecorded(_))), "{error:?}");
    // It goes away while the copy is under way: what cannot be signed is not kept.
    house.return_key(KeyKind::Log);
    let (gone, path) = (std::sync::Once::new(), house.path("backup"));
    let take = |_, _| gone.call_once(|| house.take_key(KeyKind::Log));
    let error = house.office.back_up(&path, None, take).await.err();
    assert!(matches!(error, Some(MakeError::Unsigned)), "{error:?}");
    assert!(!house.path("backup").exists() && !house.path("backup.part").exists());
}

#[tokio::test]
async fn o3_a_file_whose_schema_is_not_ours_neither_goes_into_a_backup_nor_comes_out_of_one() {
    let house = TestOffice::empty().await;
    if !house.database.is_file() {
        // What comes out of a server's backup are rows; its schema is made by our migrations.
        return;
    }
    let (path, _) = back_up(&house, "backup").await;
    let whole = files(&path);
    for (meddle, named) in [
        ("CREATE TRIGGER late AFTER INSERT ON session BEGIN SELECT 1; END", "trigger late"),
        ("CREATE VIEW aside AS SELECT * FROM staff", "view aside"),
        ("CREATE TRIGGER sqliteXstat_evil AFTER INSERT ON session BEGIN SELECT 1; END", "trigger sqliteXstat_evil"),
        ("CREATE TRIGGER SQLITE8STATE AFTER INSERT ON session BEGIN SELECT 1; END", "trigger SQLITE8STATE"),
        ("CREATE INDEX quick ON staff (name)", "index quick"),
        ("DROP TRIGGER log_entry_is_never_changed", "trigger log_entry_is_never_changed"),
        (
            "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(sql, '''auditor''', '''auditor'', ''owner''') \
             WHERE name = 'staff'",
            "table staff",
        ),
    ] {
        let file = house.path("meddled.db");
        std::fs::write(&file, &whole["grille.db"]).unwrap();
        let mut conn = SqliteFile::at(&file).pragma("journal_mode", "DELETE").connect().unwrap();
        conn.run(meddle).unwrap();
        drop(conn);
        let mut files = whole.clone();
        files.insert("grille.db".into(), std::fs::read(&file).unwrap());
        match refused(&house, &signed(&house, summed(files))).await {
            Some(RestoreError::OtherSchema(what)) => assert_eq!(what, named),
            other => panic!("{named}: {other:?}"),
        }
    }
    house.meddle("CREATE VIEW aside AS SELECT * FROM staff").await.unwrap();
    let before = house.size().await;
    let error = house.office.back_up(&house.path("another"), None, |_, _| ()).await.err();
    assert!(matches!(&error, Some(MakeError::OtherSchema(what)) if what == "view aside"), "{error:?}");
    assert!(house.size().await == before && !house.path("another").exists());
}
