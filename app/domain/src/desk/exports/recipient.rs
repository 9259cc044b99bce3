//! To whom files go, as screens see it.

use crate::clock::Timestamp;
use crate::export::RecipientKind;
use crate::id::{Challenge, RecipientId, StaffNo};
use serde::Serialize;

/// To whom files go.
#[derive(Clone, Debug, Serialize)]
pub struct RecipientView {
    /// Which.
    pub recipient_id: RecipientId,
    /// Called what.
    pub name: String,
    /// What it is to the bank.
    pub kind: RecipientKind,
    /// Whom to call there.
    pub contact: String,
    /// The public key that files are sealed to, as `age` writes it.
    pub key: String,
    /// Of the key: what two people read to each other, in groups of four.
    pub fingerprint: String,
    /// Number of the assessment of its security.
    pub assessment: String,
    /// Until when that is good.
    pub assessed_until: Timestamp,
    /// Number of what it committed to.
    pub commitment: String,
    /// Who entered it.
    pub proposed_by: StaffNo,
    /// When.
    pub proposed: Timestamp,
    /// How far it is.
    pub state: RecipientState,
    /// Whether the asking person entered it, by whichever login.
    pub own: bool,
    /// Who decided, by which channel, why, and when.
    pub decision: Option<RecipientDecision>,
    /// Until when the asking person may not use it, having entered or confirmed it (E1).
    pub rests_until: Option<Timestamp>,
}

/// How far a recipient is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecipientState {
    /// Waits for a second person.
    Waiting,
    /// Files may go there.
    Confirmed,
    /// A second person said no.
    Rejected,
    /// Nobody decided in time.
    Expired,
    /// Nothing goes there any more.
    Ended,
    /// Its assessment is over: nothing goes there until it is entered anew.
    AssessmentOver,
}

/// What a second person said of a recipient.
#[derive(Clone, Debug, Serialize)]
pub struct RecipientDecision {
    /// Who.
    pub by: StaffNo,
    /// When.
    pub at: Timestamp,
    /// By which the fingerprint was compared.
    pub channel: String,
    /// Why.
    pub note: String,
}

/// A new recipient. Raw text: the back office parses it.
#[derive(Clone, Debug, Default)]
pub struct ProposeRecipient {
    /// Called what.
    pub name: String,
    /// `internal`, `group`, `third_party`, `authority`.
    pub kind: String,
    /// Whom to call there.
    pub contact: String,
    /// `age1…`
    pub key: String,
    /// Number of the assessment of its security.
    pub assessment: String,
    /// `2026-12-31`: until when that is good.
    pub assessed_until: String,
    /// Number of what it committed to.
    pub commitment: String,
}

/// A second person's word on a recipient.
#[derive(Clone, Debug)]
pub struct DecideRecipient {
    /// Which.
    pub recipient: RecipientId,
    /// Confirmed, or rejected.
    pub confirm: bool,
    /// By which the fingerprint was compared; needed to confirm.
    pub channel: String,
    /// Why.
    pub note: String,
    /// The answered challenge; none at the first try.
    pub challenge: Option<Challenge>,
}
