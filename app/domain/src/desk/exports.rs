//! Exports: asking for one, deciding another's, fetching the file, and the registers that supervisors keep
//! (E1–E6). Masks only, but for the inside of one approved file, which is sealed to its recipient.

use super::DeskError;
use crate::audit::fingerprint::Fingerprint;
use crate::catalogue::Class;
use crate::clock::Timestamp;
use crate::code::Code;
use crate::export::{AskedField, Basis, Caps, Channel, ExportDigest, ExportFormat, Form, RecipientKind, Selection};
use crate::id::{BranchNo, CaseId, Challenge, CheckId, ExportId, FieldName, PurposeName, RecipientId, StaffNo};
use crate::mask::Masked;
use serde::Serialize;

/// The part of the desk where exports are asked for, decided and fetched.
#[async_trait::async_trait]
pub trait Exports: Send + Sync {
    /// Everyone to whom files go or might go, the newest first.
    async fn recipients(&self) -> Result<Vec<RecipientView>, DeskError>;
    /// One of them.
    async fn recipient(&self, recipient: RecipientId) -> Result<RecipientView, DeskError>;
    /// Enters one; nothing goes there until a second person of another unit confirms.
    async fn propose_recipient(&self, form: ProposeRecipient) -> Result<RecipientId, DeskError>;
    /// Confirms or rejects one that another entered. A confirmation is refused first with a challenge.
    async fn decide_recipient(&self, form: DecideRecipient) -> Result<(), DeskError>;
    /// Nothing goes there any more.
    async fn end_recipient(&self, recipient: RecipientId) -> Result<(), DeskError>;

    /// What a request may be made of.
    async fn export_options(&self) -> Result<ExportOptions, DeskError>;
    /// Draws up a request: it is frozen as it is. Several faults are told at once.
    async fn draw_export(&self, form: DrawExport) -> Result<ExportId, DeskError>;
    /// One's own requests, the newest first.
    async fn exports(&self) -> Result<Vec<ExportEntry>, DeskError>;
    /// A request: one's own, or one that this person may decide, which is recorded.
    async fn export(&self, export: ExportId) -> Result<ExportView, DeskError>;
    /// How far one's own is.
    async fn export_progress(&self, export: ExportId) -> Result<RunView, DeskError>;
    /// Submits one's own; refused first with a challenge.
    async fn submit_export(&self, form: ExportStep) -> Result<(), DeskError>;
    /// Takes one's own back, at whatever step before it is fetched.
    async fn withdraw_export(&self, export: ExportId) -> Result<(), DeskError>;
    /// Has the file of one's own approved request made; refused first with a challenge.
    async fn generate_export(&self, form: ExportStep) -> Result<(), DeskError>;
    /// Fetches the file, once; refused first with a challenge, for another kind of factor than it was submitted by.
    async fn download_export(&self, form: ExportStep) -> Result<SealedFile, DeskError>;

    /// What waits for votes, the oldest first.
    async fn approvals(&self) -> Result<Vec<ExportEntry>, DeskError>;
    /// Votes on another's request; refused first with a challenge.
    async fn decide_export(&self, form: DecideExport) -> Result<(), DeskError>;

    /// What left the bank, to whom, and what is due to be looked at. For supervisors and auditors; recorded.
    async fn export_register(&self) -> Result<ExportRegister, DeskError>;
    /// Records that a way by which data may leave was checked.
    async fn check_channel(&self, form: CheckChannel) -> Result<CheckId, DeskError>;
}

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

/// What a request may be made of.
#[derive(Clone, Debug, Serialize)]
pub struct ExportOptions {
    /// One's own cases of thirty days that are bound to a customer, open or closed, the newest first.
    pub cases: Vec<ExportCase>,
    /// To whom files may go, now and by this person.
    pub recipients: Vec<RecipientView>,
    /// What may leave at once, and in thirty days.
    pub caps: Caps,
    /// How many rows of thirty days this person's requests have already.
    pub rows_in_period: u64,
}

/// A case whose customer may be exported.
#[derive(Clone, Debug, Serialize)]
pub struct ExportCase {
    /// The case.
    pub case_id: CaseId,
    /// Its purpose.
    pub purpose: PurposeName,
    /// Its work order.
    pub ticket: String,
    /// Since when.
    pub opened: Timestamp,
}

/// A request as it is asked for. Raw text, but for ids that parsed at the edge: the back office parses the rest.
#[derive(Clone, Debug, Default)]
pub struct DrawExport {
    /// One's own cases; none where there is a window.
    pub cases: Vec<CaseId>,
    /// First day of the window.
    pub from: String,
    /// Its last day.
    pub to: String,
    /// A product's code, or nothing.
    pub product: String,
    /// Name, form and reason of each field that was chosen.
    pub fields: Vec<(FieldName, String, String)>,
    /// Why, by code.
    pub purpose: String,
    /// To whom.
    pub recipient: String,
    /// What the recipient does with it.
    pub intended_use: String,
    /// The ground in law.
    pub basis: String,
    /// Number of the impact assessment, where one is needed.
    pub impact_assessment: String,
    /// For how many days the recipient keeps it.
    pub retention_days: String,
    /// `csv` or `xlsx`.
    pub format: String,
}

/// A step of one's own request.
#[derive(Clone, Copy, Debug)]
pub struct ExportStep {
    /// Which request.
    pub export: ExportId,
    /// The answered challenge; none at the first try.
    pub challenge: Option<Challenge>,
}

/// A vote.
#[derive(Clone, Debug)]
pub struct DecideExport {
    /// On which request.
    pub export: ExportId,
    /// As it was read.
    pub digest: ExportDigest,
    /// For it, or against.
    pub approve: bool,
    /// Why; needed to reject.
    pub note: String,
    /// The answered challenge; none at the first try.
    pub challenge: Option<Challenge>,
}

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

/// A sealed file, handed out once.
pub struct SealedFile {
    /// What a browser calls it.
    pub name: String,
    /// How long it is.
    pub bytes: u64,
    /// Its bytes. Nothing of it is on the disk any more.
    pub content: Box<dyn std::io::Read + Send>,
}

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
