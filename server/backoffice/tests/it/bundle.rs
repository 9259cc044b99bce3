//! A bundle is whole, holds the event that says so, and tells wherever it was altered (A4, A7).

use crate::filled::filled;
use crate::office::TestOffice;
use backoffice::audit::{BundleError, BundleFinding, BundleUnreadable, BundleWrong as Wrong, Checked, NoteFault};
use backoffice::audit::{check_bundle, verify};
use backoffice::vault::KeyKind;
use domain::audit::checkpoint::{Checkpoint, SigningKey, VerifierKey};
use domain::audit::event::{AuditEvent, Kind, SourceName};
use domain::audit::merkle::{Hash, tree_root};
use domain::audit::tile::{TileKind, TilePath, decode_entries, decode_hashes, encode_entries};
use domain::code::Code;
use domain::desk::DeskError;
use std::fs;
use std::path::{Path, PathBuf};

/// Entries before the bundle's own event: one full tile and a tail.
const SIZE: u64 = 300;

struct Bundle {
    dir: tempfile::TempDir,
    key: VerifierKey,
}

async fn made(house: &TestOffice) -> Bundle {
    let dir = tempfile::tempdir().unwrap();
    let made = house.office.bundle(dir.path(), SourceName::parse("auditor"), |_, _| ()).await.unwrap();
    assert_eq!((made.event, made.size), (SIZE, SIZE + 1));
    Bundle { dir, key: house.key() }
}

impl Bundle {
    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
    fn checked(&self, outside: Option<&str>) -> Checked {
        check_bundle(self.dir.path(), Some(&self.key), outside).unwrap()
    }
    /// What is found while a file has other bytes.
    fn with(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) -> Checked {
        let before = fs::read(self.file(name)).unwrap();
        let mut bytes = before.clone();
        change(&mut bytes);
        fs::write(self.file(name), bytes).unwrap();
        let checked = self.checked(None);
        fs::write(self.file(name), before).unwrap();
        checked
    }
}

fn finding(leaf: Option<u64>, file: &str, wrong: Wrong) -> BundleFinding {
    BundleFinding { leaf, file: (!file.is_empty()).then(|| file.into()), wrong }
}

fn names(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![dir.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => found.push(path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned()),
            }
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn a7_a_bundle_is_recorded_first_and_holds_the_event_that_says_so() {
    let house = filled(SIZE).await;
    let bundle = made(&house).await;
    let event = house.last().await;
    assert_eq!((event.kind, event.details.first_entry), (Kind::LogExported, Some(0)));
    assert_eq!(event.details.os_user, SourceName::parse("auditor"));
    let tail = fs::read(bundle.file("tile/entries/001.p/45")).unwrap();
    let last = decode_entries(&tail, 45).unwrap().pop().unwrap().to_vec();
    assert_eq!(AuditEvent::decode(&last).unwrap(), event);
    let wanted = [
        "README.md",
        "SHA256SUMS",
        "checkpoint",
        "tile/0/000",
        "tile/0/001.p/45",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/45",
        "vkey",
    ];
    assert_eq!(names(bundle.dir.path()), wanted);
    let checked = bundle.checked(None);
    assert!(checked.ok() && checked.size == SIZE + 1 && checked.key_given, "{checked}");
    assert_eq!(checked.root, house.whole().await.root);
}

#[tokio::test]
async fn a1_a_bundle_is_what_any_tlog_tool_expects() {
    let house = filled(SIZE).await;
    let bundle = made(&house).await;
    let note = fs::read_to_string(bundle.file("checkpoint")).unwrap();
    assert_eq!(note, house.checkpoint().await, "the very note that witnesses have");
    let mut leaves: Vec<Hash> = Vec::new();
    for (index, width) in [(0, 256), (1, 45)] {
        let path = TilePath::new(TileKind::Hashes { level: 0 }, index, width).unwrap();
        leaves.extend(decode_hashes(&fs::read(bundle.file(&path.to_string())).unwrap(), width).unwrap());
    }
    let above = decode_hashes(&fs::read(bundle.file("tile/1/000.p/1")).unwrap(), 1).unwrap();
    assert_eq!(above, [tree_root(&leaves[..256])]);
    assert!(note.contains(&format!("\n{}\n{}\n", leaves.len(), tree_root(&leaves))));
    let own_key = check_bundle(bundle.dir.path(), None, None).unwrap();
    assert!(own_key.ok() && !own_key.key_given && own_key.to_string().contains("compare it"), "{own_key}");
}

#[tokio::test]
async fn a7_without_a_record_there_is_no_bundle_and_a_folder_in_use_stays_as_it_is() {
    let house = filled(SIZE).await;
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("mine"), "x").unwrap();
    let refused = house.office.bundle(dir.path(), None, |_, _| ()).await;
    assert!(matches!(refused, Err(BundleError::NotEmpty)));
    assert_eq!((names(dir.path()), house.size().await as u64), (vec!["mine".to_owned()], SIZE));
    let dir = tempfile::tempdir().unwrap();
    house.take_key(KeyKind::Log);
    let refused = house.office.bundle(dir.path(), None, |_, _| ()).await;
    let missing = DeskError::Refused(Code::LogKeyMissing);
    assert!(matches!(refused, Err(BundleError::NotRecorded(error)) if error == missing));
    house.last_is_refusal(Kind::LogExported, Code::LogKeyMissing).await;
    assert!(names(dir.path()).is_empty());
}

#[tokio::test]
async fn a4_a_log_that_was_meddled_with_makes_no_whole_bundle() {
    let house = filled(SIZE).await;
    house.meddle("DROP TRIGGER log_entry_is_never_changed").await.unwrap();
    house.meddle("UPDATE log_entry SET bytes = CAST(bytes || x'20' AS BLOB) WHERE seq = 7").await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let refused = house.office.bundle(dir.path(), None, |_, _| ()).await;
    assert!(matches!(refused, Err(BundleError::NotWhole)));
    assert!(!dir.path().join("checkpoint").exists());
    assert!(matches!(
        check_bundle(dir.path(), Some(&house.key()), None),
        Err(BundleUnreadable::NoFile("checkpoint", _))
    ));
}

#[tokio::test]
async fn a4_a_changed_byte_of_an_entry_or_of_a_hash_is_named_with_its_leaf() {
    let house = filled(SIZE).await;
    let bundle = made(&house).await;
    for (file, first, width) in [("tile/entries/000", 0, 256_u16), ("tile/entries/001.p/45", 256, 45)] {
        let bytes = fs::read(bundle.file(file)).unwrap();
        let mut at = 0;
        for (leaf, entry) in decode_entries(&bytes, width).unwrap().iter().enumerate() {
            at += 2;
            if leaf % 23 == 0 || leaf + 1 == usize::from(width) {
                let checked = bundle.with(file, |bytes| bytes[at + entry.len() / 2] ^= 1);
                assert_eq!(checked.findings, [finding(Some(first + leaf as u64), file, Wrong::Entry)]);
            }
            at += entry.len();
        }
    }
    for (file, first, width) in [("tile/0/000", 0, 256), ("tile/0/001.p/45", 256, 45)] {
        for leaf in (0..width).step_by(19).chain([width - 1]) {
            let checked = bundle.with(file, |bytes| bytes[32 * leaf + leaf % 32] ^= 0x80);
            assert!(checked.findings.contains(&finding(Some(first + leaf as u64), file, Wrong::Hash)), "{checked}");
        }
    }
    for at in 0..32 {
        let checked = bundle.with("tile/1/000.p/1", |bytes| bytes[at] ^= 1);
        assert_eq!(checked.findings, [finding(Some(0), "tile/1/000.p/1", Wrong::Above)]);
    }
    assert!(bundle.checked(None).ok(), "put back");
}

#[tokio::test]
async fn a4_every_changed_byte_of_the_checkpoint_is_noticed() {
    let house = filled(SIZE).await;
    let bundle = made(&house).await;
    for at in 0..fs::read(bundle.file("checkpoint")).unwrap().len() {
        let checked = bundle.with("checkpoint", |bytes| bytes[at] ^= 1);
        assert!(!checked.ok(), "byte {at}");
        assert_eq!(checked.findings[0].file.as_deref(), Some("checkpoint"), "byte {at}: {checked}");
    }
}

#[tokio::test]
async fn a4_a_missing_cut_stretched_or_extra_file_is_named() {
    let house = filled(SIZE).await;
    let bundle = made(&house).await;
    let tiles: Vec<String> = names(bundle.dir.path()).into_iter().filter(|name| name.starts_with("tile/")).collect();
    for name in &tiles {
        let first = if name.contains("/001") { 256 } else { 0 };
        for change in [-1_i64, 1] {
            let checked = bundle.with(name, |bytes| bytes.resize((bytes.len() as i64 + change) as usize, 0));
            let wrong = if name.starts_with("tile/1") { Wrong::Above } else { Wrong::Malformed };
            let found = checked.findings.iter().find(|found| found.file.as_ref() == Some(name) && found.wrong == wrong);
            assert!(found.is_some(), "{name} {change}: {checked}");
        }
        let aside = bundle.dir.path().join("aside");
        fs::rename(bundle.file(name), &aside).unwrap();
        let checked = bundle.checked(None);
        assert!(checked.findings.contains(&finding(Some(first), name, Wrong::Missing)), "{name}: {checked}");
        fs::rename(&aside, bundle.file(name)).unwrap();
    }
    for extra in ["tile/0/002", "tile/0/001.p/44", "tile/entries/hidden", "tile/2/000.p/1"] {
        fs::create_dir_all(bundle.file(extra).parent().unwrap()).unwrap();
        fs::write(bundle.file(extra), "x").unwrap();
        assert_eq!(bundle.checked(None).findings, [finding(None, extra, Wrong::Extra)]);
        fs::remove_file(bundle.file(extra)).unwrap();
    }
}

#[tokio::test]
async fn a4_swapped_entries_and_a_rewritten_bundle_are_not_what_was_signed() {
    let house = filled(SIZE).await;
    let bundle = made(&house).await;
    let swapped = bundle.with("tile/entries/000", |bytes| {
        let mut entries: Vec<Vec<u8>> =
            decode_entries(bytes, 256).unwrap().iter().map(|entry| entry.to_vec()).collect();
        entries.swap(12, 80);
        *bytes = encode_entries(entries.iter().map(Vec::as_slice)).unwrap();
    });
    let file = "tile/entries/000";
    assert_eq!(swapped.findings, [finding(Some(12), file, Wrong::Entry), finding(Some(80), file, Wrong::Entry)]);

    // Someone with the bundle writes it anew from another log, signs it with a key of their own, and puts that in.
    let forger = SigningKey::from_seed(crate::office::origin(), &[9; 32]);
    let other = filled(SIZE).await;
    let forged = made(&other).await;
    let root = forged.checked(None).root.unwrap();
    let note = forger.sign(&Checkpoint { origin: crate::office::origin(), size: SIZE + 1, root });
    fs::write(forged.file("checkpoint"), note.as_str()).unwrap();
    fs::write(forged.file("vkey"), format!("{}\n", forger.verifier_key())).unwrap();
    assert!(check_bundle(forged.dir.path(), None, None).unwrap().ok(), "it fits itself, and says whose key that was");
    let checked = check_bundle(forged.dir.path(), Some(&house.key()), None).unwrap();
    assert_eq!(
        checked.findings,
        [finding(None, "vkey", Wrong::OtherKey), finding(None, "checkpoint", Wrong::Checkpoint(NoteFault::Unsigned))]
    );
}

#[tokio::test]
async fn a3_a_checkpoint_kept_elsewhere_tells_a_bundle_that_is_older_or_another_logs() {
    let house = filled(SIZE).await;
    let kept = house.checkpoint().await;
    let bundle = made(&house).await;
    let checked = bundle.checked(Some(&kept));
    assert!(checked.ok() && checked.outside_size == Some(SIZE), "{checked}");
    house.office.bundle(tempfile::tempdir().unwrap().path(), None, |_, _| ()).await.unwrap();
    let later = bundle.checked(Some(&house.checkpoint().await));
    assert_eq!(later.findings, [finding(Some(SIZE + 1), "", Wrong::OutsideAhead)]);
    // The same key has signed another log of that size.
    let seed = fs::read_to_string(house.path("keys/log.key")).unwrap();
    let seed: [u8; 32] = from_hex(seed.trim());
    let fork = Checkpoint { origin: crate::office::origin(), size: SIZE, root: Hash::from_bytes([3; 32]) };
    let fork = SigningKey::from_seed(crate::office::origin(), &seed).sign(&fork);
    assert_eq!(bundle.checked(Some(fork.as_str())).findings, [finding(None, "", Wrong::OutsideRoot)]);
    let broken = kept.replace("bank.example", "bank.other");
    let found = bundle.checked(Some(&broken));
    assert!(matches!(found.findings[..], [BundleFinding { wrong: Wrong::Outside(_), .. }]), "{found}");
    assert!(verify(house.office.db(), Some(&house.key()), Some(&kept)).await.unwrap().ok());
}

fn from_hex(text: &str) -> [u8; 32] {
    let digit = |at: usize| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap();
    std::array::from_fn(digit)
}
