//! Exports: asking for one, deciding another's, fetching the file, and the registers that supervisors keep
//! (E1–E6). Masks only, but for the inside of one approved file, which is sealed to its recipient.

mod recipient;
mod register;
mod view;

use super::DeskError;
use crate::clock::Timestamp;
use crate::export::{Caps, ExportDigest};
use crate::id::{CaseId, Challenge, CheckId, ExportId, FieldName, PurposeName, RecipientId};
use serde::Serialize;

pub use recipient::*;
pub use register::*;
pub use view::*;

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

/// A sealed file, handed out once.
pub struct SealedFile {
    /// What a browser calls it.
    pub name: String,
    /// How long it is.
    pub bytes: u64,
    /// Its bytes. Nothing of it is on the disk any more.
    pub content: Box<dyn std::io::Read + Send>,
}
