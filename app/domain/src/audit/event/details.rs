//! What an event may say besides who, when and how it ended: one typed slot for each detail (A5).

use super::words::{
    AlertName, AttemptName, DeviceTag, EndingName, FactorName, KeyName, OutcomeName, SourceName, SsoName, TicketText,
    VerdictName,
};
use super::{Decision, Kind};
use crate::audit::fingerprint::Fingerprint;
use crate::certification::CertifiedRight;
use crate::clock::Timestamp;
use crate::export::{Basis, Channel, ExportFormat, Form, RecipientKind};
use crate::id::{
    BatchId, BranchNo, CaseId, CheckId, CustomerId, EventId, ExportId, FieldName, Item, Lineage, PasskeyId, PersonNo,
    ProposalId, PurposeName, ReasonCode, RecipientId, StaffNo,
};
use crate::purpose::Identified;
use crate::role::Role;
use crate::staff_change::ChangeKind;
use serde::{Deserialize, Serialize};

macro_rules! details {
    ($($(#[doc = $doc:literal])* $slot:ident $member:ident: $type:ty;)*) => {
        /// A detail's name; see [`Details`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Slot {$($(#[doc = $doc])* $slot,)*}

        impl Slot {
            /// Every detail.
            pub const ALL: &[Slot] = &[$(Slot::$slot),*];
            /// In words, for `docs/events.md`.
            pub const fn about(self) -> &'static str {
                match self { $(Slot::$slot => concat!($($doc),*),)* }
            }
            /// The type that it is of.
            pub const fn type_name(self) -> &'static str {
                match self { $(Slot::$slot => stringify!($type),)* }
            }
            /// The member's name in the bytes.
            pub const fn as_str(self) -> &'static str {
                match self { $(Slot::$slot => stringify!($member),)* }
            }
        }

        /// What an event may say besides who, when and how it ended. Nothing here can hold a
        /// customer's value, a secret or free text.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Details {$(
            $(#[doc = $doc])*
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub $member: Option<$type>,
        )*}

        impl Details {
            /// The first detail that is there and not among these.
            pub(super) fn slot_outside(&self, these: &[Slot]) -> Option<Slot> {
                $(if self.$member.is_some() && !these.contains(&Slot::$slot) { return Some(Slot::$slot); })*
                None
            }
        }
    };
}

details! {
    /// The case.
    Case case: CaseId;
    /// The case that goes on in its place.
    NewCase new_case: CaseId;
    /// Why, of the case.
    Purpose purpose: PurposeName;
    /// The work order, of the purpose's pattern.
    Ticket ticket: TicketText;
    /// How the customer was identified.
    Identified identified: Identified;
    /// The customer's internal id.
    Customer customer: CustomerId;
    /// The field's name.
    Field field: FieldName;
    /// The field's item.
    Item item: Item;
    /// Why, of the act.
    Reason reason: ReasonCode;
    /// Salted commitment to a note whose body stands beside the log (V2n).
    Note note: Fingerprint;
    /// The act's digest, which the second factor was bound to.
    Act act: Fingerprint;
    /// Which second factor.
    Factor factor: FactorName;
    /// Which passkey; its name stands beside the log.
    Passkey passkey: PasskeyId;
    /// What came of an identity provider's word, where it stands for the password (U9).
    Sso sso: SsoName;
    /// The session that was ended, by its lineage; at a sign-in the person's other one.
    Session session: Lineage;
    /// Digest of the notice's words.
    Words words: Fingerprint;
    /// Milliseconds since the factor was given.
    FactorAge factor_age_ms: i64;
    /// Wrong codes so far.
    Tries tries: u8;
    /// Whether this view bound the case to the customer.
    Binds binds: bool;
    /// Kind of key searched by: `id_no`, `name+birth_date+branch`.
    Key key: KeyName;
    /// `found`, `none` or `too_many`; no count.
    Outcome outcome: OutcomeName;
    /// Hash of policy, catalogue and purposes in force (U7).
    Policy policy: Fingerprint;
    /// What a supervisor should know at once, if anything.
    Alert alert: AlertName;
    /// Sequence number of the reveal that this is about.
    Reveal reveal: u64;
    /// What was attempted with a revealed value.
    Attempt attempt: AttemptName;
    /// Whether the value was needed.
    Needed needed: bool;
    /// Another member of staff whom this is about.
    SubjectStaff subject_staff: StaffNo;
    /// Their role.
    SubjectRole subject_role: Role;
    /// Their HR number, which duties are checked on.
    SubjectPerson subject_person: PersonNo;
    /// Their branch or department.
    SubjectUnit subject_unit: BranchNo;
    /// The proposal.
    Proposal proposal: ProposalId;
    /// What it changes.
    Change change: ChangeKind;
    /// Whether it was confirmed, and not rejected.
    Confirmed confirmed: bool;
    /// The rights that were certified.
    Certified certified: Vec<CertifiedRight>;
    /// Until when rights are, or were, certified.
    CertifiedUntil certified_until: Timestamp;
    /// Client address as the trusted hop saw it.
    Address address: std::net::IpAddr;
    /// First eight bytes of the SHA-256 of the browser's name for itself.
    Device device: DeviceTag;
    /// How many.
    Count count: u64;
    /// The import run.
    Batch batch: BatchId;
    /// The importing source, from the mapping file.
    Source source: SourceName;
    /// The source's own name for this batch, from the mapping file.
    BatchName batch_name: SourceName;
    /// Customers added.
    Added added: u64;
    /// Customers changed.
    ChangedRows changed: u64;
    /// Customers left as they were.
    Unchanged unchanged: u64;
    /// Rows rejected.
    Rejected rejected: u64;
    /// The operating system's user who ran the command.
    OsUser os_user: SourceName;
    /// Number of the first entry that it is about.
    FirstEntry first_entry: u64;
    /// The decision that was asked for.
    AskedDecision asked_decision: Decision;
    /// The kind that was asked for.
    AskedKind asked_kind: Kind;
    /// Only events with an alert were asked for.
    AskedAlert asked_alert: bool;
    /// Only searches that found nobody were asked for.
    AskedMiss asked_miss: bool;
    /// The reader's own readings were asked for too.
    AskedOwn asked_own: bool;
    /// From this time on.
    From from: Timestamp;
    /// Before this time.
    To to: Timestamp;
    /// As a live tail.
    Live live: bool;
    /// As bundles of entries (C2SP tlog-tiles).
    Bundles bundles: bool;
    /// The `log_read` that this closes, by its id.
    Opened opened: EventId;
    /// The lowest number seen.
    Lowest lowest: u64;
    /// The highest number seen.
    Highest highest: u64;
    /// How many pages, or deliveries of a tail.
    Pages pages: u64;
    /// How many entries were seen.
    Rows rows: u64;
    /// The entry, by its number.
    Entry entry: u64;
    /// Whether it is what it was.
    Verdict verdict: VerdictName;
    /// How many entries were verified; of one entry, the size of the checkpoint it was held against.
    Size size: u64;
    /// How many things are wrong.
    Findings findings: u64;
    /// Milliseconds that it took.
    Took took_ms: i64;
    /// The request for an export.
    Export export: ExportId;
    /// Digest of the frozen request: what was asked for, to the last row.
    ExportDigest export_digest: Fingerprint;
    /// To whom it goes.
    Recipient recipient: RecipientId;
    /// What the recipient is to the bank.
    RecipientKind recipient_kind: RecipientKind;
    /// Of the key that files are sealed to.
    RecipientKey recipient_key: Fingerprint;
    /// The fields that leave, and as what.
    Scope scope: Vec<(FieldName, Form)>;
    /// The ground in law.
    Basis basis: Basis;
    /// For how many days the recipient keeps it.
    Retention retention_days: u16;
    /// How the file is written.
    FileFormat file_format: ExportFormat;
    /// Size of the sealed file, in bytes.
    Bytes bytes: u64;
    /// SHA-256 of the file.
    FileHash file_hash: Fingerprint;
    /// Milliseconds from first seeing a request to deciding it.
    ThinkTime think_ms: i64;
    /// Which try it was.
    Attempts attempts: u32;
    /// A way by which data may leave.
    Channel channel: Channel;
    /// One check of it.
    Check check: CheckId;
    /// Until when it is due.
    Due due: Timestamp;
    /// Whether it was found in order.
    Sound sound: bool;
    /// Why something ended.
    Ending ending: EndingName;
    /// How many known entries of the log are lost.
    Lost lost: u64;
}
