//! Step-up: a second factor bound to one act, by committing to the act's digest (V2).

use crate::clock::{Span, Timestamp};
use crate::id::{CaseId, Challenge, CustomerId, FieldName, Item, Lineage, PersonNo, ReasonCode};
use sha2::{Digest, Sha256};

/// How long a challenge lives.
pub const CHALLENGE_LIFE: Span = Span::minutes(2);
/// How long a step-up of the `window` tier is good for; it does not slide.
pub const WINDOW: Span = Span::minutes(5);
/// A challenge dies with this wrong code.
pub const WRONG_CODES: u8 = 3;

/// What is about to be done, by whom, to whom and why: everything a second factor is bound to.
#[derive(Clone, Debug)]
pub struct Act<'a> {
    /// The person, not the login.
    pub person: &'a PersonNo,
    /// From sign-in to sign-out.
    pub lineage: Lineage,
    /// The case.
    pub case: CaseId,
    /// What is done: `reveal`.
    pub operation: &'static str,
    /// To whom.
    pub customer: CustomerId,
    /// Which field.
    pub field: &'a FieldName,
    /// Which of its items.
    pub item: Item,
    /// Why, by code.
    pub reason: &'a ReasonCode,
    /// The note given with the act, if any.
    pub note: Option<&'a str>,
    /// The policy and catalogue that permitted it.
    pub policy: [u8; 32],
}

/// SHA-256 of an act's canonical bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActDigest([u8; 32]);

impl ActDigest {
    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl ActDigest {
    /// The digest of parts, the first of which says what kind of act they are of.
    pub(crate) fn of(parts: &[&[u8]]) -> Self {
        Self(digest_of(parts))
    }
}

/// Each part behind its 32-bit big-endian length, so that no two lists of parts share their bytes.
pub(crate) fn digest_of(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u32).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

impl Act<'_> {
    /// The digest that a challenge commits to. Each part goes in as a 32-bit big-endian length and its
    /// bytes, behind a domain-separating prefix, so that no two acts share canonical bytes; an absent
    /// note and an empty one differ.
    pub fn digest(&self) -> ActDigest {
        ActDigest::of(&[
            b"grille act v1",
            self.person.as_str().as_bytes(),
            self.lineage.as_bytes(),
            self.case.as_bytes(),
            self.operation.as_bytes(),
            self.customer.as_bytes(),
            self.field.as_str().as_bytes(),
            &[self.item.get()],
            self.reason.as_str().as_bytes(),
            &[u8::from(self.note.is_some())],
            self.note.unwrap_or_default().as_bytes(),
            &self.policy,
        ])
    }
}

/// A challenge as it is stored, read inside the act that spends it.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    /// Its name.
    pub challenge: Challenge,
    /// What it was made for.
    pub digest: [u8; 32],
    /// When it dies by age.
    pub expires: Timestamp,
    /// Wrong codes so far.
    pub wrong: u8,
    /// When a factor answered it.
    pub answered: Option<Timestamp>,
    /// When it was spent.
    pub spent: Option<Timestamp>,
}

/// Why a challenge does not serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Three wrong codes.
    #[error("dead")]
    Dead,
    /// Used before.
    #[error("spent")]
    Spent,
    /// Over two minutes old.
    #[error("expired")]
    Expired,
    /// Made for another act.
    #[error("other act")]
    OtherAct,
    /// No factor has answered.
    #[error("unanswered")]
    Unanswered,
}

impl Waiting {
    /// May a code still answer it?
    pub fn answerable(&self, now: Timestamp) -> Result<(), Unfit> {
        if self.wrong >= WRONG_CODES {
            return Err(Unfit::Dead);
        }
        if self.spent.is_some() || self.answered.is_some() {
            return Err(Unfit::Spent);
        }
        if now >= self.expires {
            return Err(Unfit::Expired);
        }
        Ok(())
    }

    /// May it be spent on this act?
    pub fn spendable(&self, act: ActDigest, now: Timestamp) -> Result<(), Unfit> {
        if self.wrong >= WRONG_CODES {
            return Err(Unfit::Dead);
        }
        if self.spent.is_some() {
            return Err(Unfit::Spent);
        }
        if now >= self.expires {
            return Err(Unfit::Expired);
        }
        if act.as_bytes() != &self.digest {
            return Err(Unfit::OtherAct);
        }
        self.answered.map(drop).ok_or(Unfit::Unanswered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest_with(change: impl FnOnce(&mut Act<'_>)) -> ActDigest {
        let (person, field) = (PersonNo::parse("P1").unwrap(), FieldName::parse("id_no").unwrap());
        let reason = ReasonCode::parse("COMPLAINT").unwrap();
        let mut act = Act {
            person: &person,
            lineage: Lineage::from_bytes([1; 16]),
            case: CaseId::from_bytes([2; 16]),
            operation: "reveal",
            customer: CustomerId::from_bytes([3; 16]),
            field: &field,
            item: Item::FIRST,
            reason: &reason,
            note: None,
            policy: [4; 32],
        };
        change(&mut act);
        act.digest()
    }

    #[test]
    fn v2_every_part_of_an_act_changes_its_digest() {
        let (person, field) = (PersonNo::parse("P2").unwrap(), FieldName::parse("mobile").unwrap());
        let reason = ReasonCode::parse("FRAUD_CASE").unwrap();
        let digests = [
            digest_with(|_| ()),
            digest_with(|act| act.person = Box::leak(Box::new(person))),
            digest_with(|act| act.lineage = Lineage::from_bytes([9; 16])),
            digest_with(|act| act.case = CaseId::from_bytes([9; 16])),
            digest_with(|act| act.operation = "match"),
            digest_with(|act| act.customer = CustomerId::from_bytes([9; 16])),
            digest_with(|act| act.field = Box::leak(Box::new(field))),
            digest_with(|act| act.item = Item::new(2).unwrap()),
            digest_with(|act| act.reason = Box::leak(Box::new(reason))),
            digest_with(|act| act.note = Some("")),
            digest_with(|act| act.note = Some("called back")),
            digest_with(|act| act.policy = [9; 32]),
        ];
        for (i, a) in digests.iter().enumerate() {
            for (j, b) in digests.iter().enumerate() {
                assert_eq!(a == b, i == j, "{i} and {j}");
            }
        }
    }

    fn waiting() -> Waiting {
        Waiting {
            challenge: Challenge::from_bytes([0; 16]),
            digest: *digest_with(|_| ()).as_bytes(),
            expires: Timestamp::from_millis(120_000),
            wrong: 0,
            answered: Some(Timestamp::from_millis(1)),
            spent: None,
        }
    }

    #[test]
    fn v2_a_challenge_serves_one_act_once_in_two_minutes() {
        let (act, now) = (digest_with(|_| ()), Timestamp::from_millis(119_999));
        assert_eq!(waiting().spendable(act, now), Ok(()));
        assert_eq!(waiting().spendable(act, Timestamp::from_millis(120_000)), Err(Unfit::Expired));
        assert_eq!(waiting().spendable(digest_with(|a| a.note = Some("x")), now), Err(Unfit::OtherAct));
        assert_eq!(Waiting { spent: Some(now), ..waiting() }.spendable(act, now), Err(Unfit::Spent));
        assert_eq!(Waiting { answered: None, ..waiting() }.spendable(act, now), Err(Unfit::Unanswered));
        assert_eq!(Waiting { wrong: 3, ..waiting() }.spendable(act, now), Err(Unfit::Dead));
    }

    #[test]
    fn v2_a_dead_expired_or_answered_challenge_takes_no_code() {
        let now = Timestamp::from_millis(5);
        let fresh = Waiting { answered: None, ..waiting() };
        assert_eq!(fresh.answerable(now), Ok(()));
        assert_eq!(Waiting { wrong: 2, ..fresh }.answerable(now), Ok(()));
        assert_eq!(Waiting { wrong: 3, ..fresh }.answerable(now), Err(Unfit::Dead));
        assert_eq!(waiting().answerable(now), Err(Unfit::Spent));
        assert_eq!(fresh.answerable(Timestamp::from_millis(120_000)), Err(Unfit::Expired));
    }
}
