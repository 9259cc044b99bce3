//! From asking to opening, one type a step (E2): nothing is released but what was approved, by people other than the
//! one who asked. There is no setting that turns any of it off.

use super::{ExportDigest, FrozenRows};
use crate::audit::event::FactorName;
use crate::clock::Timestamp;
use crate::code::Code;
use crate::id::{BranchNo, PersonNo};

/// Somebody who answers for an export: a person, not a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// HR number.
    pub person: PersonNo,
    /// Branch or department.
    pub unit: BranchNo,
}

/// One vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vote {
    /// Whose.
    pub by: Party,
    /// For it, or against.
    pub approved: bool,
    /// Of what was read.
    pub digest: ExportDigest,
}

/// A vote that may be written down. Made by [`Submitted::cast`] alone:
///
/// ```compile_fail
/// fn forge(vote: domain::export::Vote) -> domain::export::Cast { domain::export::Cast(vote) }
/// ```
#[derive(Debug)]
pub struct Cast(Vote);

impl Cast {
    /// What is written.
    pub fn vote(&self) -> &Vote {
        &self.0
    }
}

/// A request that waits for votes, or has them.
#[derive(Clone, Debug)]
pub struct Submitted {
    /// Who asked.
    pub requester: Party,
    /// What was frozen.
    pub digest: ExportDigest,
    /// How many must approve.
    pub needed: u8,
    /// By which factor it was submitted.
    pub factor: FactorName,
    /// Until when votes and the run are taken.
    pub expires: Timestamp,
    /// Those there are.
    pub votes: Vec<Vote>,
}

/// Whether those who answer for an export still do, read when it is run and when it is fetched (E6).
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// The requester serves, with the record that they had when they asked.
    pub requester: bool,
    /// Each approver serves, with the record that they had when they voted.
    pub approvers: bool,
}

impl Submitted {
    /// A vote on it at that time. `of_pair` is how often this person approved this requester's in thirty days, and
    /// `pair_votes` how often is enough: then another must decide (abuse case 5).
    ///
    /// # Errors
    /// Why this person may not cast it.
    pub fn cast(&self, vote: Vote, now: Timestamp, of_pair: u64, pair_votes: u64) -> Result<Cast, Code> {
        if vote.by.person == self.requester.person {
            return Err(Code::OwnExport);
        }
        if self.votes.iter().any(|earlier| earlier.by.person == vote.by.person) {
            return Err(Code::AlreadyVoted);
        }
        if self.rejected() || self.approvals() >= usize::from(self.needed) {
            return Err(Code::ExportState);
        }
        if self.expires <= now {
            return Err(Code::ExportExpired);
        }
        if vote.by.unit == self.requester.unit || self.votes.iter().any(|earlier| earlier.by.unit == vote.by.unit) {
            return Err(Code::SameUnit);
        }
        if vote.digest != self.digest {
            return Err(Code::ExportChanged);
        }
        if vote.approved && of_pair >= pair_votes {
            return Err(Code::PairTooOften);
        }
        Ok(Cast(vote))
    }

    /// Whether somebody is against it.
    pub fn rejected(&self) -> bool {
        self.votes.iter().any(|vote| !vote.approved)
    }

    /// How many are for it.
    pub fn approvals(&self) -> usize {
        self.votes.iter().filter(|vote| vote.approved).count()
    }

    /// It, as approved.
    ///
    /// # Errors
    /// What is missing.
    pub fn approved(self, now: Timestamp) -> Result<Approved, Code> {
        if self.rejected() {
            return Err(Code::ExportState);
        }
        // Counted anew, whoever wrote them down: other people, other units, the same bytes.
        let mut units = vec![&self.requester.unit];
        let mut people = vec![&self.requester.person];
        for vote in &self.votes {
            if vote.digest != self.digest || units.contains(&&vote.by.unit) || people.contains(&&vote.by.person) {
                return Err(Code::ExportChanged);
            }
            units.push(&vote.by.unit);
            people.push(&vote.by.person);
        }
        if self.votes.len() < usize::from(self.needed) {
            return Err(Code::ExportState);
        }
        if self.expires <= now {
            return Err(Code::ExportExpired);
        }
        Ok(Approved(self))
    }
}

/// A request that has its votes. Made by [`Submitted::approved`] alone:
///
/// ```compile_fail
/// fn forge(asked: domain::export::Submitted) -> domain::export::Approved { domain::export::Approved(asked) }
/// ```
#[derive(Clone, Debug)]
pub struct Approved(Submitted);

impl Approved {
    /// By which factor it was submitted: it is fetched by another (JR/T 0171 6.1.4.2 f).
    pub fn submitted_by(&self) -> FactorName {
        self.0.factor
    }

    /// It, as what may be opened now: the bytes that were voted on, the rows that they name, and people who still
    /// answer for it.
    ///
    /// # Errors
    /// What differs.
    pub fn release(
        self,
        digest: ExportDigest,
        frozen: FrozenRows,
        found: FrozenRows,
        standing: Standing,
    ) -> Result<Release, Code> {
        if !standing.requester {
            return Err(Code::RequesterGone);
        }
        if !standing.approvers {
            return Err(Code::ApproverGone);
        }
        if digest != self.0.digest || frozen != found {
            return Err(Code::ExportChanged);
        }
        Ok(Release { digest, rows: found })
    }
}

/// A request whose file may be made. Made by [`Approved::release`] alone:
///
/// ```compile_fail
/// use domain::export::{ExportDigest, FrozenRows, Release};
/// fn forge(digest: ExportDigest, rows: FrozenRows) -> Release { Release { digest, rows } }
/// ```
#[derive(Debug)]
pub struct Release {
    digest: ExportDigest,
    rows: FrozenRows,
}

impl Release {
    /// Of what was approved.
    pub fn digest(&self) -> ExportDigest {
        self.digest
    }
    /// Of whom.
    pub fn rows(&self) -> FrozenRows {
        self.rows
    }
}
