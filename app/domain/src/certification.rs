//! Recertification: nobody keeps a right because nobody looked (issue 4, U7). What is certified is what stood
//! on the page, person by person, and no more of them than somebody can look at.

use crate::audit::event::PersonName;
use crate::clock::Timestamp;
use crate::id::{BranchNo, Lineage, PersonNo, StaffNo};
use crate::role::Role;
use crate::step_up::ActDigest;
use serde::{Deserialize, Serialize};
use std::fmt;

/// So many people are certified at once: *all of them* by one click is what it must not be.
pub const AT_ONCE: usize = 50;

/// One member of staff, and which state of their record was on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// The login.
    pub staff_no: StaffNo,
    /// The record's version: it grows with each change of role or branch.
    pub version: i64,
    /// Until when it was certified: it moves with each certification.
    pub until: Timestamp,
}

impl Looked {
    /// Reads `op1001:3:1803103200000`, in that one spelling.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ':');
        let staff_no = StaffNo::parse(parts.next()?).ok()?;
        let version = parts.next()?.parse().ok()?;
        let until = Timestamp::from_millis(parts.next()?.parse().ok()?);
        let looked = Self { staff_no, version, until };
        (looked.to_string() == text).then_some(looked)
    }
}

impl fmt::Display for Looked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.staff_no, self.version, self.until.millis())
    }
}

/// Whom somebody ticked: one to fifty, nobody twice, by number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticked(Vec<Looked>);

/// Why a list is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTicked {
    /// Nobody is on it.
    #[error("nobody_ticked")]
    Nobody,
    /// More than fifty are.
    #[error("too_many_ticked")]
    TooMany,
    /// Something on it is no member of staff as a page shows them, or is there twice.
    #[error("malformed")]
    Malformed,
}

impl Ticked {
    /// Reads what each tick stands for; the order does not count.
    pub fn parse<'a>(ticks: impl IntoIterator<Item = &'a str>) -> Result<Self, BadTicked> {
        let mut list = Vec::new();
        for tick in ticks {
            if list.len() == AT_ONCE {
                return Err(BadTicked::TooMany);
            }
            list.push(Looked::parse(tick).ok_or(BadTicked::Malformed)?);
        }
        list.sort_by(|a, b| a.staff_no.cmp(&b.staff_no));
        match list.is_empty() {
            true => Err(BadTicked::Nobody),
            false if list.windows(2).any(|pair| pair[0].staff_no == pair[1].staff_no) => Err(BadTicked::Malformed),
            false => Ok(Self(list)),
        }
    }
    /// Each of them, by number.
    pub fn list(&self) -> &[Looked] {
        &self.0
    }
}

/// A right as it was certified, for the event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedRight {
    /// The login.
    pub staff_no: StaffNo,
    /// The job.
    pub role: Role,
    /// Branch or department.
    pub unit: BranchNo,
}

/// One record of a list, whole.
#[derive(Clone, Debug)]
pub struct Certified {
    /// As it stood on the page.
    pub looked: Looked,
    /// The person.
    pub person: PersonNo,
    /// As colleagues know them.
    pub name: PersonName,
    /// The job.
    pub role: Role,
    /// Branch or department.
    pub unit: BranchNo,
}

/// Certifying a list: what the second factor is bound to.
#[derive(Clone, Copy, Debug)]
pub struct Certification<'a> {
    /// Who certifies.
    pub person: &'a PersonNo,
    /// From sign-in to sign-out.
    pub lineage: Lineage,
    /// Whom, each with their right and the state of their record.
    pub list: &'a [Certified],
    /// The policy and catalogue under which it was shown what they may do.
    pub policy: [u8; 32],
}

impl Certification<'_> {
    /// The digest that the challenge commits to.
    pub fn digest(&self) -> ActDigest {
        let numbers: Vec<[[u8; 8]; 2]> = self
            .list
            .iter()
            .map(|one| [one.looked.version.to_be_bytes(), one.looked.until.millis().to_be_bytes()])
            .collect();
        let count = (self.list.len() as u64).to_be_bytes();
        let mut parts: Vec<&[u8]> = vec![
            b"grille certification act v1",
            self.person.as_str().as_bytes(),
            self.lineage.as_bytes(),
            &self.policy,
            &count,
        ];
        for (one, [version, until]) in self.list.iter().zip(&numbers) {
            parts.extend([
                one.looked.staff_no.as_str().as_bytes(),
                one.person.as_str().as_bytes(),
                one.name.as_str().as_bytes(),
                one.role.as_str().as_bytes(),
                one.unit.as_str().as_bytes(),
                version,
                until,
            ]);
        }
        ActDigest::of(&parts)
    }
}

#[cfg(test)]
mod tests;
