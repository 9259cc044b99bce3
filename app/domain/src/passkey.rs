//! Passkeys: what one is called, what enrolling one commits to, and what an authenticator is made to sign.

use crate::id::{Challenge, Lineage, PersonNo};
use crate::step_up::{ActDigest, digest_of};

/// So many passkeys a person may have. A sign-in always names as many, some of them invented, so that the
/// number does not tell (U2).
pub const MOST: usize = 5;

/// Longest name, in characters.
const LONGEST: usize = 40;

/// What its owner calls a passkey: one to forty characters, none of them a control character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyName(Box<str>);

/// The text is no name for a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a passkey's name")]
pub struct BadName;

impl PasskeyName {
    /// Parses a name; white space around it is dropped.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        let text = text.trim();
        let fits = (1..=LONGEST).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        fits.then(|| Self(text.into())).ok_or(BadName)
    }
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Adding a passkey to one's own: what the second factor for it is bound to (V2, ASVS 7.5.1).
#[derive(Clone, Copy, Debug)]
pub struct Enrolment<'a> {
    /// Whose it will be.
    pub person: &'a PersonNo,
    /// From sign-in to sign-out.
    pub lineage: Lineage,
    /// What it will be called.
    pub name: &'a PasskeyName,
}

impl Enrolment<'_> {
    /// The digest that the challenge commits to. Its first part keeps it apart from every act on a customer.
    pub fn digest(&self) -> ActDigest {
        let operation = b"passkey_enrol";
        let (person, name) = (self.person.as_str().as_bytes(), self.name.as_str().as_bytes());
        ActDigest::of(&[b"grille own act v1", person, self.lineage.as_bytes(), operation, name])
    }
}

/// What an authenticator signs: WebAuthn's challenge. None is ever kept: each is made anew, from what the
/// ceremony is about, when the answer comes.
#[derive(Clone, Copy, Debug)]
pub enum Ceremony<'a> {
    /// Signing in; the try is known by the hash of its 256 random bits.
    SignIn(&'a [u8; 32]),
    /// Answering a challenge: an assertion for it says yes to this act and to no other (V2).
    StepUp(Commitment<'a>),
    /// Making the credential that is to be enrolled.
    Enrol(Commitment<'a>),
}

/// An act, the challenge for it, and what the server drew for that challenge.
#[derive(Clone, Copy, Debug)]
pub struct Commitment<'a> {
    /// What is to be done.
    pub act: &'a [u8; 32],
    /// The step-up's challenge.
    pub challenge: Challenge,
    /// Random, and in no answer before this.
    pub nonce: &'a [u8],
}

impl Ceremony<'_> {
    /// The 32 bytes to be signed.
    pub fn challenge(&self) -> [u8; 32] {
        let committed = |tag: &[u8], to: &Commitment<'_>| digest_of(&[tag, to.act, to.challenge.as_bytes(), to.nonce]);
        match self {
            Ceremony::SignIn(token_hash) => digest_of(&[b"grille passkey sign-in v1", *token_hash]),
            Ceremony::StepUp(to) => committed(b"grille passkey step-up v1", to),
            Ceremony::Enrol(to) => committed(b"grille passkey enrolment v1", to),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u2_a_passkeys_name_is_short_and_one_line() {
        assert_eq!(PasskeyName::parse("  办公室 YubiKey ").unwrap().as_str(), "办公室 YubiKey");
        assert!(PasskeyName::parse(&"密".repeat(40)).is_ok());
        for bad in ["", "   ", "a\nb", "a\u{7f}", &"密".repeat(41)] {
            assert_eq!(PasskeyName::parse(bad), Err(BadName), "{bad:?}");
        }
    }

    #[test]
    fn v2_every_part_of_a_ceremony_changes_what_is_signed() {
        let (one, other) = ([1; 32], [2; 32]);
        let to = Commitment { act: &one, challenge: Challenge::from_bytes([3; 16]), nonce: &[4; 32] };
        let signed = [
            Ceremony::SignIn(&one).challenge(),
            Ceremony::SignIn(&other).challenge(),
            Ceremony::StepUp(to).challenge(),
            Ceremony::StepUp(Commitment { act: &other, ..to }).challenge(),
            Ceremony::StepUp(Commitment { challenge: Challenge::from_bytes([5; 16]), ..to }).challenge(),
            Ceremony::StepUp(Commitment { nonce: &[6; 32], ..to }).challenge(),
            Ceremony::Enrol(to).challenge(),
        ];
        for (i, a) in signed.iter().enumerate() {
            for (j, b) in signed.iter().enumerate() {
                assert_eq!(a == b, i == j, "{i} and {j}");
            }
        }
    }

    #[test]
    fn v2_every_part_of_an_enrolment_changes_its_digest() {
        let (one, other) = (PersonNo::parse("P1").unwrap(), PersonNo::parse("P2").unwrap());
        let (name, renamed) = (PasskeyName::parse("key").unwrap(), PasskeyName::parse("other key").unwrap());
        let act = Enrolment { person: &one, lineage: Lineage::from_bytes([1; 16]), name: &name };
        let digest = act.digest();
        assert_ne!(Enrolment { person: &other, ..act }.digest(), digest);
        assert_ne!(Enrolment { lineage: Lineage::from_bytes([2; 16]), ..act }.digest(), digest);
        assert_ne!(Enrolment { name: &renamed, ..act }.digest(), digest);
        assert_eq!(act.digest(), digest);
    }
}
