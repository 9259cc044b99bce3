//! The signed head of the log (<https://c2sp.org/tlog-checkpoint>, <https://c2sp.org/signed-note>).
//!
//! ```text
//! bank.example/grille                              origin: which log
//! 20852163                                         how many leaves
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=     root in base64
//!                                                  what is above this line is signed
//! — bank.example/grille Az3grlgtzPICa5OS8npVm…     base64(key id || Ed25519 signature)
//! ```
//!
//! The key is named after the log. Witnesses add lines of their own; those of unknown keys are ignored.

use super::merkle::Hash;
use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{Signature, Signer, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// A tree head: this log, of this size, has this root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checkpoint {
    /// Which log.
    pub origin: Origin,
    /// How many leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// A checkpoint with its signature lines, as it is kept, served and sent to witnesses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SignedNote(String);

/// Reads a checkpoint whose signature by `key` holds.
pub fn open(note: &str, key: &VerifierKey) -> Result<Checkpoint, BadNote> {
    let checkpoint = Checkpoint::parse(signed_text(note, key)?).ok_or(BadNote::Malformed)?;
    (checkpoint.origin == key.name).then_some(checkpoint).ok_or(BadNote::OtherLog)
}

/// The text of a signed note, if the signature by `key` holds; what it says is for the caller to read.
pub(super) fn signed_text<'a>(note: &'a str, key: &VerifierKey) -> Result<&'a str, BadNote> {
    let (text, signatures) = parts(note).ok_or(BadNote::Malformed)?;
    let mut signed = false;
    for line in signatures {
        let (name, id, signature) = signature_line(line).ok_or(BadNote::Malformed)?;
        if name == key.name.as_str() && id == key.id {
            key.verify(text, &signature)?;
            signed = true;
        }
    }
    if signed { Ok(text) } else { Err(BadNote::Unsigned) }
}

/// Why a note says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadNote {
    /// Not letter for letter a signed checkpoint.
    #[error("not a signed checkpoint")]
    Malformed,
    /// No signature line is by this key.
    #[error("not signed by this key")]
    Unsigned,
    /// A line claims to be by this key and is not.
    #[error("the signature is wrong")]
    WrongSignature,
    /// Signed by this key, but for a log of another name.
    #[error("the checkpoint is another log's")]
    OtherLog,
}

/// Longer notes are refused unread; sixteen post-quantum signatures still fit.
const MAX_NOTE: usize = 128 * 1024;

/// The signed text and the signature lines. The last empty line divides them.
fn parts(note: &str) -> Option<(&str, impl Iterator<Item = &str>)> {
    let divide = note.rfind("\n\n").filter(|_| note.len() <= MAX_NOTE)?;
    let signatures = note[divide + 2..].strip_suffix('\n')?;
    Some((&note[..=divide], signatures.split('\n')))
}

/// `— name base64(key id || signature)`
fn signature_line(line: &str) -> Option<(&str, [u8; 4], Vec<u8>)> {
    let (name, signature) = line.strip_prefix("— ")?.split_once(' ').filter(|(name, _)| is_key_name(name))?;
    let bytes = BASE64.decode(signature.as_bytes()).ok()?;
    let (id, signature) = bytes.split_first_chunk::<4>().filter(|(_, signature)| !signature.is_empty())?;
    Some((name, *id, signature.to_vec()))
}

fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

impl Checkpoint {
    /// The text that is signed: three lines, each with its newline.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }

    /// The other way; extension lines, which this log never writes, are refused.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let checkpoint =
            Self { origin: Origin::parse(origin).ok()?, size: size.parse().ok()?, root: Hash::parse(root).ok()? };
        (checkpoint.text() == text).then_some(checkpoint)
    }
}

impl SignedNote {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A log's name, and its key's: a URL without scheme, `bank.example/grille`. At most 255 bytes, without
/// spaces, control characters or `+`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Origin(Box<str>);

/// The text was not the name of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a log")]
pub struct BadOrigin;

impl Origin {
    /// Parses the name, or says no.
    pub fn parse(text: &str) -> Result<Self, BadOrigin> {
        (is_key_name(text) && text.len() <= 255).then(|| Self(text.into())).ok_or(BadOrigin)
    }
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        crate::spelled::spelled(d, Self::parse)
    }
}

/// The log's signing key. It cannot be printed or copied, and is wiped when dropped.
///
/// ```compile_fail
/// fn print(key: &domain::audit::checkpoint::SigningKey) { println!("{key:?}") }
/// ```
/// ```compile_fail
/// fn copy(key: &domain::audit::checkpoint::SigningKey) -> domain::audit::checkpoint::SigningKey { key.clone() }
/// ```
pub struct SigningKey {
    secret: ed25519_dalek::SigningKey,
    public: VerifierKey,
}

impl SigningKey {
    /// From the 32 bytes of `keys/log.key`. The seed stays the caller's to wipe.
    pub fn from_seed(name: Origin, seed: &[u8; 32]) -> Self {
        let secret = ed25519_dalek::SigningKey::from_bytes(seed);
        let public = VerifierKey::new(name, secret.verifying_key());
        Self { secret, public }
    }

    /// What others verify with.
    pub const fn verifier_key(&self) -> &VerifierKey {
        &self.public
    }

    /// Signs a checkpoint of the log that this key is named after; one of another log does not [`open`].
    pub fn sign(&self, checkpoint: &Checkpoint) -> SignedNote {
        self.sign_text(&checkpoint.text())
    }

    /// Signs lines, each with its newline. What they may be is a list of two: this and [`super::backup_note`].
    pub(super) fn sign_text(&self, text: &str) -> SignedNote {
        let signature = self.secret.sign(text.as_bytes()).to_bytes();
        let signature = BASE64.encode(&[self.public.id.as_slice(), &signature].concat());
        SignedNote(format!("{text}\n— {} {signature}\n", self.public.name))
    }
}

/// A public key as anyone may hold it: `name+` eight hex digits of key id `+base64(0x01 || key)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: Origin,
    id: [u8; 4],
    key: VerifyingKey,
}

/// The text was not an Ed25519 verifier key, or its key id is not its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a verifier key")]
pub struct BadKey;

/// The signature type in front of an Ed25519 key.
const ED25519: u8 = 0x01;

impl VerifierKey {
    /// Parses the key's one spelling.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(_), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(BadKey);
        };
        let key = BASE64.decode(key.as_bytes()).map_err(|_| BadKey)?;
        let key = key.strip_prefix(&[ED25519]).and_then(|key| key.try_into().ok()).ok_or(BadKey)?;
        let key = VerifyingKey::from_bytes(key).ok().filter(|key| !key.is_weak()).ok_or(BadKey)?;
        let parsed = Self::new(Origin::parse(name).map_err(|_| BadKey)?, key);
        (parsed.to_string() == text).then_some(parsed).ok_or(BadKey)
    }

    /// The log's name.
    pub const fn name(&self) -> &Origin {
        &self.name
    }

    fn new(name: Origin, key: VerifyingKey) -> Self {
        let hash =
            Sha256::new().chain_update(name.as_str()).chain_update([b'\n', ED25519]).chain_update(key.as_bytes());
        let [a, b, c, d, ..] = <[u8; 32]>::from(hash.finalize());
        Self { name, id: [a, b, c, d], key }
    }

    fn verify(&self, text: &str, signature: &[u8]) -> Result<(), BadNote> {
        let signature = Signature::from_slice(signature).map_err(|_| BadNote::WrongSignature)?;
        self.key.verify_strict(text.as_bytes(), &signature).map_err(|_| BadNote::WrongSignature)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = BASE64.encode(&[&[ED25519], self.key.as_bytes().as_slice()].concat());
        write!(f, "{}+{}+{key}", self.name, HEXLOWER.encode(&self.id))
    }
}

#[cfg(test)]
mod tests;
