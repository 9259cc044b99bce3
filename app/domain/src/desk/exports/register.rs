//! The registers that supervisors keep.

use super::{ExportEntry, RecipientView};
use crate::audit::fingerprint::Fingerprint;
use crate::clock::Timestamp;
use crate::export::{Basis, Channel, Form};
use crate::id::{FieldName, StaffNo};
use serde::Serialize;

/// What left the bank, and what is due.
#[derive(Clone, Debug, Serialize)]
pub struct ExportRegister {
    /// The newest 200 requests that were submitted: date, size, purpose, scope, recipient, intended use.
    pub exports: Vec<RegisterEntry>,
    /// All recipients, the assessment that is over or ends first at the top.
    pub recipients: Vec<RecipientView>,
    /// Each way by which data may leave, and when it was checked.
    pub channels: Vec<ChannelView>,
}

/// One line of the register: the six items of JR/T 0171 6.1.4.2 i, and what became of the file.
#[derive(Clone, Debug, Serialize)]
pub struct RegisterEntry {
    /// Date, rows, purpose, recipient.
    #[serde(flatten)]
    pub entry: ExportEntry,
    /// Which fields, as what.
    pub scope: Vec<(FieldName, Form)>,
    /// What the recipient does with it.
    pub intended_use: String,
    /// The ground in law.
    pub basis: Basis,
    /// For how many days the recipient keeps it.
    pub retention_days: u16,
    /// Of the request.
    pub short: String,
    /// Size of the sealed file.
    pub bytes: Option<u64>,
    /// SHA-256 of the sealed file.
    pub sha256: Option<Fingerprint>,
    /// When it was fetched.
    pub downloaded: Option<Timestamp>,
    /// When it was destroyed.
    pub destroyed: Option<Timestamp>,
}

/// A way by which data may leave.
#[derive(Clone, Debug, Serialize)]
pub struct ChannelView {
    /// Which.
    pub channel: Channel,
    /// Its last check: by whom, when, whether it was in order, and what was said.
    pub last: Option<ChannelCheck>,
    /// When the next is due; at once if there was none.
    pub due: Option<Timestamp>,
    /// Whether that is over.
    pub overdue: bool,
}

/// A check that was made.
#[derive(Clone, Debug, Serialize)]
pub struct ChannelCheck {
    /// By whom.
    pub by: StaffNo,
    /// When.
    pub at: Timestamp,
    /// Whether it was found in order.
    pub sound: bool,
    /// What was found.
    pub note: String,
}

/// A check to be recorded. Raw text: the back office parses it.
#[derive(Clone, Debug, Default)]
pub struct CheckChannel {
    /// `export`, `log_bundle`, `backup`, `browser`.
    pub channel: String,
    /// Whether it was found in order.
    pub sound: bool,
    /// What was found.
    pub note: String,
    /// In how many days it is due again.
    pub due_days: String,
}
