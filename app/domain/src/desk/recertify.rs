//! Recertification: who is due, and certifying them. For administrators alone.

use super::{DeskError, StaffEntry, Verb};
use crate::certification::{Looked, Ticked};
use crate::clock::Timestamp;
use crate::id::Challenge;
use serde::{Serialize, Serializer};

/// The part of the desk that certifies rights.
#[async_trait::async_trait]
pub trait Recertify: Send + Sync {
    /// Those whose rights lapse within the notice, the soonest first.
    async fn due(&self) -> Result<DueList, DeskError>;
    /// Certifies a list: each still needs exactly this role and branch. Refused first with a challenge that is
    /// bound to the whole list.
    async fn certify_staff(&self, form: Certify) -> Result<(), DeskError>;
}

/// Who is due.
#[derive(Clone, Debug, Serialize)]
pub struct DueList {
    /// As many as are certified at once, the soonest first.
    pub due: Vec<DueEntry>,
    /// How many there are.
    pub count: usize,
    /// How long before their date people are listed, in days.
    pub notice_days: i64,
    /// Until when whoever is certified now is certified.
    pub until: Timestamp,
}

/// Somebody whose rights lapse soon.
#[derive(Clone, Debug, Serialize)]
pub struct DueEntry {
    /// Their record.
    #[serde(flatten)]
    pub entry: StaffEntry,
    /// The record as it is shown here: what a tick stands for.
    #[serde(serialize_with = "as_text")]
    pub looked: Looked,
    /// What the policies in force let them do.
    pub may: Vec<Verb>,
    /// Whether it is the asking person, by whichever login: another certifies them.
    pub own: bool,
}

fn as_text<S: Serializer>(looked: &Looked, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(looked)
}

/// A certification.
#[derive(Clone, Debug)]
pub struct Certify {
    /// Whom, as they stood on the page.
    pub ticked: Ticked,
    /// The answered challenge; none at the first try.
    pub challenge: Option<Challenge>,
}
