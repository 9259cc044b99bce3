//! A request, as its requester and whoever decides see it: masks only.

use super::RecipientView;
use crate::audit::fingerprint::Fingerprint;
use crate::catalogue::Class;
use crate::clock::Timestamp;
use crate::code::Code;
use crate::export::{AskedField, Basis, ExportDigest, ExportFormat, Form, Selection};
use crate::id::{BranchNo, ExportId, PurposeName, StaffNo};
use crate::mask::Masked;
use serde::Serialize;

/// How far a request is (E2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportState {
    /// Drawn up and frozen.
    Draft,
    /// Waits for votes.
    Submitted,
    /// Has them.
    Approved,
    /// Somebody is against it.
    Rejected,
    /// Waited too long.
    Expired,
    /// Taken back.
    Withdrawn,
    /// Its file waits to be made.
    Queued,
    /// Its file is being made.
    Running,
    /// Its file could not be made.
    Failed,
    /// Its file waits to be fetched.
    Generated,
    /// It was fetched.
    Downloaded,
    /// The file is no more.
    Destroyed,
}

/// A request in a list.
#[derive(Clone, Debug, Serialize)]
pub struct ExportEntry {
    /// Which.
    pub export_id: ExportId,
    /// How far.
    pub state: ExportState,
    /// Who asks.
    pub requester: StaffNo,
    /// Their branch.
    pub unit: BranchNo,
    /// When it was drawn up.
    pub created: Timestamp,
    /// Until when this step may wait, where one waits.
    pub expires: Option<Timestamp>,
    /// How many customers.
    pub rows: u64,
    /// Why.
    pub purpose: PurposeName,
    /// To whom.
    pub recipient: String,
    /// How many approvals it has.
    pub votes: u8,
    /// How many it takes.
    pub votes_needed: u8,
    /// Whether it is the asking person's own, by whichever login.
    pub own: bool,
}

/// A request, whole.
#[derive(Clone, Debug, Serialize)]
pub struct ExportView {
    /// In short.
    #[serde(flatten)]
    pub entry: ExportEntry,
    /// Which customers.
    pub selection: Selection,
    /// Work orders of its cases.
    pub tickets: Vec<String>,
    /// What of them leaves.
    pub fields: Vec<AskedField>,
    /// How many fields of each class leave in each form.
    pub histogram: Vec<(Class, Form, usize)>,
    /// To whom.
    pub to: RecipientView,
    /// What the recipient does with it.
    pub intended_use: String,
    /// The ground in law.
    pub basis: Basis,
    /// Number of the impact assessment.
    pub impact_assessment: Option<String>,
    /// For how many days the recipient keeps it.
    pub retention_days: u16,
    /// How the file is written.
    pub format: ExportFormat,
    /// What approvers sign.
    pub digest: ExportDigest,
    /// Its first digits: what two people read to each other.
    pub short: String,
    /// Some of its rows as masks, in the order of `fields`; a field's items side by side.
    pub sample: Vec<Vec<Vec<Masked>>>,
    /// What the requester usually asks for.
    pub usual: Usual,
    /// Who decided what.
    pub decisions: Vec<VoteView>,
    /// Why the asking person may not vote on it now; nothing if they may.
    pub may_not_decide: Option<Code>,
    /// By which factor it was submitted: it is fetched by the other.
    pub submitted_by_passkey: Option<bool>,
    /// The making of its file.
    pub run: Option<RunView>,
}

/// What a requester asked for in the thirty days before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Usual {
    /// How many other requests they submitted.
    pub requests: u64,
    /// The middle one's rows.
    pub median_rows: u64,
    /// The largest one's rows.
    pub most_rows: u64,
    /// How many went to this recipient.
    pub to_recipient: u64,
    /// How many were rejected.
    pub rejected: u64,
    /// Fields of this request that no other had.
    pub new_fields: u64,
}

/// A vote that was cast.
#[derive(Clone, Debug, Serialize)]
pub struct VoteView {
    /// By whom.
    pub by: StaffNo,
    /// As colleagues know them.
    pub name: String,
    /// Of which unit.
    pub unit: BranchNo,
    /// For it, or against.
    pub approved: bool,
    /// Why.
    pub note: String,
    /// When.
    pub at: Timestamp,
    /// Milliseconds from first seeing it.
    pub think_ms: Option<i64>,
}

/// The making of a file.
#[derive(Clone, Debug, Serialize)]
pub struct RunView {
    /// How far.
    pub state: ExportState,
    /// Rows written.
    pub rows_done: u64,
    /// Of so many.
    pub rows: u64,
    /// Size of the sealed file.
    pub bytes: Option<u64>,
    /// SHA-256 of the sealed file.
    pub sha256: Option<Fingerprint>,
    /// Until when it may be fetched.
    pub expires: Option<Timestamp>,
    /// Why it failed.
    pub code: Option<Code>,
}
