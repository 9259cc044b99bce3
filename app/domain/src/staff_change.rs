//! Changes to one member of staff that take two administrators: what is proposed, what a decision commits to
//! (U4, U7). Taking a right away takes one and is no proposal.

use crate::audit::event::PersonName;
use crate::clock::Span;
use crate::id::{BranchNo, Lineage, PersonNo, ProposalId, StaffNo};
use crate::role::Role;
use crate::step_up::ActDigest;
use serde::{Deserialize, Serialize};

/// How long a proposal waits for its second administrator.
pub const PROPOSAL_LIFE: Span = Span::days(7);
/// How long a link is good, from the confirmation that gave it.
pub const LINK_LIFE: Span = Span::days(1);
/// How long a person whose factor was reset reveals nothing (U4).
pub const FREEZE: Span = Span::days(1);
/// So many answers that are not those of whoever a link is for kill it.
pub const LINK_TRIES: i64 = 5;

/// Longest note of a decision, in characters.
const LONGEST: usize = 300;

/// What is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// A new record; the person sets their own factors by a one-time link.
    Invite,
    /// A suspended record serves again.
    Reinstate,
    /// Another role or branch.
    Move,
    /// A new TOTP secret by a one-time link; passkeys are revoked.
    ResetFactor,
}

impl ChangeKind {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Invite, Self::Reinstate, Self::Move, Self::ResetFactor];
    /// As it stands in storage, in the log and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Reinstate => "reinstate",
            Self::Move => "move",
            Self::ResetFactor => "reset_factor",
        }
    }
    /// The one of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
    /// Whether its confirmation gives a one-time link.
    pub const fn gives_link(self) -> bool {
        matches!(self, Self::Invite | Self::ResetFactor)
    }
}

/// A change to one person, and their record as it would be afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffChange {
    /// What is done.
    pub kind: ChangeKind,
    /// The login.
    pub staff_no: StaffNo,
    /// The person.
    pub person: PersonNo,
    /// As colleagues know them.
    pub name: PersonName,
    /// Their job afterwards.
    pub role: Role,
    /// Branch or department afterwards.
    pub unit: BranchNo,
}

/// Why a proposal is confirmed or rejected: kept beside the log, and committed to by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionNote(Box<str>);

/// The text is no note: under four or over 300 characters, or not one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a note")]
pub struct BadDecisionNote;

impl DecisionNote {
    /// Parses a note; white space around it is dropped.
    pub fn parse(text: &str) -> Result<Self, BadDecisionNote> {
        let text = text.trim();
        let fits = (4..=LONGEST).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        fits.then(|| Self(text.into())).ok_or(BadDecisionNote)
    }
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Confirming a proposal: what the second factor is bound to.
#[derive(Clone, Copy, Debug)]
pub struct Confirmation<'a> {
    /// Who confirms.
    pub person: &'a PersonNo,
    /// From sign-in to sign-out.
    pub lineage: Lineage,
    /// Which proposal.
    pub proposal: ProposalId,
    /// What it changes, every part of it.
    pub change: &'a StaffChange,
    /// The version of the record that it changes.
    pub version: i64,
    /// Why.
    pub note: &'a DecisionNote,
    /// The policy and catalogue under which the gains were shown.
    pub policy: [u8; 32],
}

impl Confirmation<'_> {
    /// The digest that the challenge commits to.
    pub fn digest(&self) -> ActDigest {
        ActDigest::of(&[
            b"grille staff act v1",
            self.person.as_str().as_bytes(),
            self.lineage.as_bytes(),
            self.proposal.as_bytes(),
            self.change.kind.as_str().as_bytes(),
            self.change.staff_no.as_str().as_bytes(),
            self.change.person.as_str().as_bytes(),
            self.change.name.as_str().as_bytes(),
            self.change.role.as_str().as_bytes(),
            self.change.unit.as_str().as_bytes(),
            &self.version.to_be_bytes(),
            self.note.as_str().as_bytes(),
            &self.policy,
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change() -> StaffChange {
        StaffChange {
            kind: ChangeKind::Move,
            staff_no: StaffNo::parse("op1001").unwrap(),
            person: PersonNo::parse("P1001").unwrap(),
            name: PersonName::parse("林一").unwrap(),
            role: Role::Operator,
            unit: BranchNo::parse("0101").unwrap(),
        }
    }

    fn digest_of(
        change: &StaffChange,
        by: &str,
        lineage: u8,
        proposal: u8,
        version: i64,
        note: &str,
        policy: u8,
    ) -> ActDigest {
        Confirmation {
            person: &PersonNo::parse(by).unwrap(),
            lineage: Lineage::from_bytes([lineage; 16]),
            proposal: ProposalId::from_bytes([proposal; 16]),
            change,
            version,
            note: &DecisionNote::parse(note).unwrap(),
            policy: [policy; 32],
        }
        .digest()
    }

    #[test]
    fn u7_every_part_of_a_confirmation_changes_its_digest() {
        let with = |alter: fn(&mut StaffChange)| {
            let mut altered = change();
            alter(&mut altered);
            digest_of(&altered, "P9002", 1, 2, 3, "checked with HR", 4)
        };
        let plain = change();
        let digests = [
            with(|_| ()),
            with(|change| change.kind = ChangeKind::Invite),
            with(|change| change.staff_no = StaffNo::parse("op1002").unwrap()),
            with(|change| change.person = PersonNo::parse("P1002").unwrap()),
            with(|change| change.name = PersonName::parse("林二").unwrap()),
            with(|change| change.role = Role::Admin),
            with(|change| change.unit = BranchNo::parse("0102").unwrap()),
            digest_of(&plain, "P9003", 1, 2, 3, "checked with HR", 4),
            digest_of(&plain, "P9002", 9, 2, 3, "checked with HR", 4),
            digest_of(&plain, "P9002", 1, 9, 3, "checked with HR", 4),
            digest_of(&plain, "P9002", 1, 2, 9, "checked with HR", 4),
            digest_of(&plain, "P9002", 1, 2, 3, "not checked", 4),
            digest_of(&plain, "P9002", 1, 2, 3, "checked with HR", 9),
        ];
        for (i, a) in digests.iter().enumerate() {
            for (j, b) in digests.iter().enumerate() {
                assert_eq!(a == b, i == j, "{i} and {j}");
            }
        }
    }

    #[test]
    fn u7_a_note_says_something_in_one_line() {
        assert_eq!(DecisionNote::parse("  checked with HR ").unwrap().as_str(), "checked with HR");
        for bad in ["", "ok", "a\nb c d", &"x".repeat(301)] {
            assert_eq!(DecisionNote::parse(bad), Err(BadDecisionNote), "{bad}");
        }
    }
}
