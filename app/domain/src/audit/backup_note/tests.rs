use super::*;
use crate::audit::checkpoint::{self, Checkpoint};
use crate::audit::merkle::Hash;

fn key_of(name: &str) -> SigningKey {
    SigningKey::from_seed(Origin::parse(name).unwrap(), &[7; 32])
}

#[test]
fn o3_a_backups_note_is_two_lines_an_empty_one_and_a_signature() {
    let key = key_of("bank.example/grille");
    let note = sign(&key, &[9; 32]);
    let head = "bank.example/grille/backup\nCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=\n\n— bank.example/grille ";
    assert!(note.as_str().starts_with(head), "{note}");
    assert_eq!(open(note.as_str(), key.verifier_key()), Ok([9; 32]));
}

#[test]
fn o3_neither_a_checkpoint_nor_another_logs_note_is_a_backups() {
    let key = key_of("bank.example/grille");
    let checkpoint = |origin: &str| {
        let origin = Origin::parse(origin).unwrap();
        Checkpoint { origin, size: 3, root: Hash::from_bytes([9; 32]) }
    };
    for origin in ["bank.example/grille", "bank.example/grille/backup"] {
        let note = key.sign(&checkpoint(origin));
        assert_eq!(open(note.as_str(), key.verifier_key()), Err(BadNote::Malformed), "{origin}");
    }
    let note = sign(&key, &[9; 32]);
    assert_eq!(checkpoint::open(note.as_str(), key.verifier_key()), Err(BadNote::Malformed));
    // The same secret, named after another log.
    let other = key_of("bank.example/grille/backup");
    assert_eq!(open(note.as_str(), other.verifier_key()), Err(BadNote::Unsigned));
    assert_eq!(open(sign(&other, &[9; 32]).as_str(), key.verifier_key()), Err(BadNote::Unsigned));
}

#[test]
fn o3_a_changed_byte_of_a_backups_note_is_noticed() {
    let key = key_of("bank.example/grille");
    let note = sign(&key, &[9; 32]).to_string();
    for at in 0..note.len() {
        let mut bytes = note.clone().into_bytes();
        bytes[at] ^= 1;
        let Ok(changed) = String::from_utf8(bytes) else { continue };
        assert!(open(&changed, key.verifier_key()).is_err(), "byte {at}");
    }
}
