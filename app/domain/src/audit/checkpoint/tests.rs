use super::*;
use proptest::prelude::*;

/// The key pair in the documentation of golang.org/x/mod/sumdb/note, and what it signed there.
const NEUMANN: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const NEUMANN_SEED: &str = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const NEUMANN_NOTE: &str = "\
If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
";

fn origin() -> Origin {
    Origin::parse("bank.example/grille").unwrap()
}

fn key() -> SigningKey {
    SigningKey::from_seed(origin(), &[7; 32])
}

fn checkpoint() -> Checkpoint {
    Checkpoint { origin: origin(), size: 20_852_163, root: Hash::from_bytes([9; 32]) }
}

/// A note over any text, signed as the log would.
fn sign_text(key: &SigningKey, text: &str) -> String {
    format!("{text}\n{}", signature_of(key, text))
}

fn signature_of(key: &SigningKey, text: &str) -> String {
    let signature = key.secret.sign(text.as_bytes()).to_bytes();
    format!("— {} {}\n", key.public.name, BASE64.encode(&[key.public.id.as_slice(), &signature].concat()))
}

#[test]
fn a1_a_checkpoint_is_three_lines_an_empty_one_and_a_signature() {
    let note = key().sign(&checkpoint());
    let head = "bank.example/grille\n20852163\nCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=\n\n— bank.example/grille ";
    assert!(note.as_str().starts_with(head), "{note}");
    assert_eq!(note.as_str().len(), head.len() + 92 + 1, "68 bytes in base64, newline");
    assert_eq!(open(note.as_str(), key().verifier_key()), Ok(checkpoint()));
    let empty = Checkpoint { size: 0, root: crate::audit::merkle::empty_root(), origin: origin() };
    assert_eq!(open(key().sign(&empty).as_str(), key().verifier_key()), Ok(empty));
}

#[test]
fn a1_the_same_seed_signs_as_gos_note_package_does() {
    let seed = BASE64.decode(NEUMANN_SEED.as_bytes()).unwrap();
    let key = SigningKey::from_seed(Origin::parse("PeterNeumann").unwrap(), seed[1..].try_into().unwrap());
    assert_eq!(key.verifier_key().to_string(), NEUMANN);
    let (text, mut signatures) = parts(NEUMANN_NOTE).unwrap();
    assert_eq!(sign_text(&key, text), NEUMANN_NOTE);
    let (_, _, signature) = signature_line(signatures.next().unwrap()).unwrap();
    assert_eq!(key.verifier_key().verify(text, &signature), Ok(()));
    assert_eq!(open(NEUMANN_NOTE, key.verifier_key()), Err(BadNote::Malformed), "a note, but no checkpoint");
}

#[test]
fn a1_a_key_id_is_the_start_of_the_hash_of_name_newline_type_and_key() {
    let public = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key();
    let hash = Sha256::digest([b"bank.example/grille\n\x01".as_slice(), public.as_bytes()].concat());
    assert_eq!(key().verifier_key().id, hash[..4]);
}

#[test]
fn a_verifier_key_has_one_spelling() {
    for text in [NEUMANN, "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"] {
        assert_eq!(VerifierKey::parse(text).map(|key| key.to_string()).as_deref(), Ok(text));
    }
    let weak = VerifierKey::new(origin(), VerifyingKey::from_bytes(&[0; 32]).unwrap()).to_string();
    for bad in [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        &NEUMANN.replace("Peter", "Petra"),
        &NEUMANN.replace("c74f20a3", "C74F20A3"),
        &NEUMANN.replace("c74f20a3", "c74f20a4"),
        &NEUMANN.replace("c74f20a3", "0c74f20a3"),
        &NEUMANN.replace("+ARpc", "+AhpC"),
        &NEUMANN.replace("10TW", "10TX"),
        &NEUMANN.replace("10TW", "10T="),
        &NEUMANN.replace("10TW", "10TWAAAA"),
        &format!("{NEUMANN}\n"),
        &format!(" {NEUMANN}"),
        &weak,
    ] {
        assert_eq!(VerifierKey::parse(bad), Err(BadKey), "{bad}");
    }
}

#[test]
fn an_origin_is_a_key_name() {
    for bad in ["", "a b", "a\u{a0}b", "a\u{3000}b", "a+b", "a\nb", "a\u{7f}b", &"a".repeat(256)] {
        assert_eq!(Origin::parse(bad), Err(BadOrigin), "{bad}");
    }
    assert_eq!(Origin::parse("银行.example/grille").unwrap().as_str(), "银行.example/grille");
}

#[test]
fn a3_a_signed_text_that_is_no_checkpoint_is_refused() {
    let root = "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=";
    for text in [
        "\n".to_owned(),
        "bank.example/grille\n".to_owned(),
        "bank.example/grille\n5\n".to_owned(),
        format!("bank.example/grille\n05\n{root}\n"),
        format!("bank.example/grille\n+5\n{root}\n"),
        format!("bank.example/grille\n-5\n{root}\n"),
        format!("bank.example/grille\n 5\n{root}\n"),
        format!("bank.example/grille\n5 \n{root}\n"),
        format!("bank.example/grille\n５\n{root}\n"),
        format!("bank.example/grille\n\n{root}\n"),
        format!("bank.example/grille\n18446744073709551616\n{root}\n"),
        format!("bank.example/grille\n5\n{}\n", root.replace("k=", "l=")),
        format!("bank.example/grille\n5\n{}\n", &root[..43]),
        format!("bank.example/grille\n5\n{root}{root}\n"),
        format!("bank.example/grille\n5\n{root}\nextension\n"),
        format!("bank.example/grille\n5\n{root}\n\n"),
        format!("\nbank.example/grille\n5\n{root}\n"),
        format!("bank.example grille\n5\n{root}\n"),
        format!("\n5\n{root}\n"),
    ] {
        let note = sign_text(&key(), &text);
        assert_eq!(open(&note, key().verifier_key()), Err(BadNote::Malformed), "{text:?}");
    }
}

#[test]
fn a3_a_note_that_is_not_spelt_as_the_specification_says_is_refused() {
    let note = key().sign(&checkpoint()).to_string();
    let (text, line) = note.split_once("\n\n").unwrap();
    let signature = line.rsplit_once(' ').unwrap().1.trim_end();
    for bad in [
        String::new(),
        "\n".to_owned(),
        "\n\n".to_owned(),
        text.to_owned(),
        format!("{text}\n"),
        format!("{text}\n\n"),
        format!("{text}\n{line}"),
        note.trim_end().to_owned(),
        format!("{note}\n"),
        format!("{note}\n\n"),
        format!("{note} "),
        note.replace('\n', "\r\n"),
        note.replace("— ", "—"),
        note.replace("— ", "—  "),
        note.replace("— ", " — "),
        note.replace("— ", "- "),
        note.replace("— ", "– "),
        note.replace("— ", "— — "),
        note.replace("— ", "—\u{a0}"),
        note.replace("— bank.example/grille ", "— "),
        note.replace("— bank.example/grille ", "— bank.example/grille  "),
        note.replace("— bank.example/grille ", "— bank.example/grille\t"),
        note.replace("— bank.example/grille ", "— bank+example/grille "),
        note.replace("— bank.example/grille ", "— bank.example\u{1}grille "),
        note.replace("— bank.example/grille ", "— bank.example\u{3000}grille "),
        note.replace(signature, &format!("{signature} ")),
        note.replace(signature, &signature[..91]),
        note.replace(signature, &signature.replace('=', "")),
        note.replace(signature, "AAAAAA=="),
        note.replace(signature, ""),
        format!("{note}— witness.example\n"),
        format!("{note}— witness.example not-base64\n"),
        format!("{note}anything else\n"),
        format!("{note}\u{0}"),
        format!("{note}— witness.example/{} AAAAAAAA\n", "w".repeat(MAX_NOTE)),
    ] {
        assert_eq!(open(&bad, key().verifier_key()), Err(BadNote::Malformed), "{bad:?}");
    }
}

#[test]
fn a3_signatures_of_unknown_keys_are_ignored_and_those_of_ours_must_hold() {
    let (ours, note) = (key(), key().sign(&checkpoint()).to_string());
    let namesake = SigningKey::from_seed(origin(), &[8; 32]);
    let other_name = SigningKey::from_seed(Origin::parse("witness.example").unwrap(), &[7; 32]);
    let (text, line) = note.split_at(note.rfind('—').unwrap());
    let others: String = (0..16).map(|_| "— witness.example AAAAAAAA\n").collect();

    assert_eq!(open(&format!("{note}{others}"), ours.verifier_key()), Ok(checkpoint()));
    assert_eq!(open(&format!("{text}{others}{line}"), ours.verifier_key()), Ok(checkpoint()));
    assert_eq!(open(&format!("{text}{others}"), ours.verifier_key()), Err(BadNote::Unsigned));
    let by_namesake = signature_of(&namesake, &checkpoint().text());
    assert_eq!(open(&format!("{text}{by_namesake}"), ours.verifier_key()), Err(BadNote::Unsigned));
    assert_eq!(open(&format!("{text}{by_namesake}{line}"), ours.verifier_key()), Ok(checkpoint()));
    assert_eq!(open(&note, namesake.verifier_key()), Err(BadNote::Unsigned));
    assert_eq!(open(&note, other_name.verifier_key()), Err(BadNote::Unsigned), "same key, other name");

    let forged = signature_of(&ours, "something else\n");
    assert_eq!(open(&format!("{text}{forged}"), ours.verifier_key()), Err(BadNote::WrongSignature));
    assert_eq!(open(&format!("{note}{forged}"), ours.verifier_key()), Err(BadNote::WrongSignature));
    let short = format!("— {} {}\n", origin(), BASE64.encode(&[ours.public.id.as_slice(), &[0; 63]].concat()));
    assert_eq!(open(&format!("{text}{short}"), ours.verifier_key()), Err(BadNote::WrongSignature));
}

#[test]
fn a3_a_checkpoint_of_another_log_is_refused_though_our_key_signed_it() {
    let elsewhere = Checkpoint { origin: Origin::parse("bank.example/other").unwrap(), ..checkpoint() };
    let note = key().sign(&elsewhere);
    assert_eq!(open(note.as_str(), key().verifier_key()), Err(BadNote::OtherLog));
}

proptest! {
    #[test]
    fn a1_what_is_signed_opens_and_nothing_else_does(size: u64, root: [u8; 32], at: prop::sample::Index, bit in 0..7_u8) {
        let checkpoint = Checkpoint { origin: origin(), size, root: Hash::from_bytes(root) };
        let note = key().sign(&checkpoint).to_string();
        prop_assert_eq!(open(&note, key().verifier_key()), Ok(checkpoint));
        let mut bytes = note.clone().into_bytes();
        bytes[at.index(note.len())] ^= 1 << bit;
        if let Ok(altered) = String::from_utf8(bytes) {
            prop_assert!(open(&altered, key().verifier_key()).is_err(), "{}", altered);
        }
    }
}
