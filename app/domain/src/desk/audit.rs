//! The part of the port that supervisors and auditors ask: the log, its proofs, whether it is whole. No
//! answer holds a customer's value, nor a mask: an event names a customer by internal id alone.

use super::DeskError;
use crate::audit::event::{AuditEvent, Decision, Details, Kind, VerdictName};
use crate::audit::fingerprint::Fingerprint;
use crate::audit::merkle::Hash;
use crate::audit::proof::InclusionProof;
use crate::audit::tile::TilePath;
use crate::clock::Timestamp;
use crate::id::{CustomerId, FieldName, PurposeName, ReadingId, StaffNo};
use serde::Serialize;

/// What one may ask of the log. Each reading is recorded before it is answered (A7).
#[async_trait::async_trait]
pub trait Audit: Send + Sync {
    /// The newest alerts, refusals and misses.
    async fn overview(&self) -> Result<Overview, DeskError>;
    /// One page of events, newest first.
    async fn events(&self, ask: EventsAsk) -> Result<EventsPage, DeskError>;
    /// One entry, its proof, and those around it.
    async fn event(&self, seq: u64) -> Result<EventDetail, DeskError>;
    /// The proof that an entry is in the newest checkpoint: hashes only.
    async fn proof(&self, seq: u64) -> Result<Proof, DeskError>;
    /// Holds one entry against its hashes and the signature, and records what came of it.
    async fn verify_entry(&self, seq: u64) -> Result<EntryCheck, DeskError>;
    /// Begins to verify the whole log; what comes of it is recorded, and told by [`Audit::integrity`].
    async fn verify_log(&self) -> Result<(), DeskError>;
    /// Whether the log is known to be whole.
    async fn integrity(&self) -> Result<Integrity, DeskError>;
    /// Events as they come, after number `after`, or from now on. Two a session.
    async fn tail(&self, filters: Filters, after: Option<u64>) -> Result<Box<dyn Tail>, DeskError>;
    /// The newest signed note.
    async fn checkpoint(&self) -> Result<String, DeskError>;
    /// A tile as bytes: hashes, or, for an auditor, entries.
    async fn tile(&self, path: TilePath) -> Result<Vec<u8>, DeskError>;
}

/// Which events. What is left out does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Filters {
    /// Who acted; of a failed sign-in, whose number was tried.
    pub staff_no: Option<StaffNo>,
    /// About which customer.
    pub customer: Option<CustomerId>,
    /// For which purpose.
    pub purpose: Option<PurposeName>,
    /// About which field.
    pub field: Option<FieldName>,
    /// Done or refused.
    pub decision: Option<Decision>,
    /// Of which kind.
    pub kind: Option<Kind>,
    /// Only those with an alert.
    pub alert: bool,
    /// Only searches that found nobody.
    pub miss: bool,
    /// The reader's own readings too, which are left out otherwise (A7).
    pub own: bool,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
}

impl Filters {
    /// As an event says them.
    pub fn details(&self) -> Details {
        let yes = |set: bool| set.then_some(true);
        Details {
            subject_staff: self.staff_no.clone(),
            customer: self.customer,
            purpose: self.purpose.clone(),
            field: self.field.clone(),
            asked_decision: self.decision,
            asked_kind: self.kind,
            asked_alert: yes(self.alert),
            asked_miss: yes(self.miss),
            asked_own: yes(self.own),
            from: self.from,
            to: self.to,
            ..Details::default()
        }
    }

    /// What a reading's further pages must ask for again.
    pub fn fingerprint(&self) -> Fingerprint {
        let text = serde_json::to_vec(self).unwrap_or_default();
        Fingerprint::of("grille log filters v1", &[&text])
    }
}

/// Kinds that tell of somebody reading the log.
pub const READINGS: [Kind; 4] = [Kind::LogRead, Kind::LogReadClosed, Kind::LogEventRead, Kind::LogOverviewRead];

/// Where a page begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum At {
    /// At the newest.
    #[default]
    Newest,
    /// Below this number.
    Before(u64),
    /// Above this number.
    After(u64),
}

/// The most events of a page.
pub const MOST: u16 = 200;

/// What asks for a page of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventsAsk {
    /// Which.
    pub filters: Filters,
    /// From where.
    pub at: At,
    /// How many, 1 to [`MOST`].
    pub limit: u16,
    /// The reading that this page belongs to. One that is not alive, not this session's or of other
    /// filters counts for none: then this is a new reading.
    pub query: Option<ReadingId>,
}

impl Default for EventsAsk {
    /// The newest of all.
    fn default() -> Self {
        Self { filters: Filters::default(), at: At::Newest, limit: 50, query: None }
    }
}

/// One entry as a list has it.
#[derive(Clone, Debug)]
pub struct EventRow {
    /// Its number.
    pub seq: u64,
    /// What its bytes say; `None` if they are no event.
    pub event: Option<AuditEvent>,
    /// Whether its leaf hash and its columns are those of its bytes.
    pub sound: bool,
}

/// A page of events.
#[derive(Clone, Debug)]
pub struct EventsPage {
    /// Newest first.
    pub rows: Vec<EventRow>,
    /// Names this reading, for its further pages.
    pub query: ReadingId,
    /// There are older ones: before this number.
    pub older: Option<u64>,
    /// Newer ones come after this number.
    pub newer: u64,
    /// Whether the page begins at the newest.
    pub newest: bool,
}

/// What a supervisor sees first.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The newest events with an alert.
    pub alerts: Vec<EventRow>,
    /// The newest refusals of the last 24 hours.
    pub refusals: Vec<EventRow>,
    /// The newest searches that found nobody.
    pub misses: Vec<EventRow>,
    /// Whether the log is known to be whole.
    pub integrity: Integrity,
}

/// One entry with all that can be said of it.
#[derive(Clone, Debug)]
pub struct EventDetail {
    /// The entry; without an event, if it is gone or its bytes are none.
    pub row: EventRow,
    /// What holding it against hashes and signature came to, just now.
    pub check: EntryCheck,
    /// The proof, if a checkpoint covers it.
    pub proof: Option<Proof>,
    /// The same case's, newest first.
    pub of_case: Vec<EventRow>,
    /// The same session's.
    pub of_session: Vec<EventRow>,
    /// The same customer's.
    pub of_customer: Vec<EventRow>,
    /// Whether the log is known to be whole.
    pub integrity: Integrity,
}

/// Proof that an entry is in the tree that a checkpoint signs.
#[derive(Clone, Debug, Serialize)]
pub struct Proof {
    /// Index, tree size, hashes from the leaf's sibling up.
    #[serde(flatten)]
    pub inclusion: InclusionProof,
    /// The leaf's own hash.
    pub leaf_hash: Hash,
    /// The signed note.
    pub checkpoint: String,
}

/// One entry, held against what vouches for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct EntryCheck {
    /// Its number.
    pub seq: u64,
    /// It is there, and its bytes are those of an event.
    pub event: bool,
    /// The stored leaf hash is that of its bytes.
    pub leaf_hash: bool,
    /// The columns beside it say what its bytes say.
    pub columns: bool,
    /// The hash of its bytes leads to the checkpoint's root; `None` while no checkpoint covers it.
    pub in_tree: Option<bool>,
    /// The checkpoint's signature is by the log's key; `None` without the key.
    pub signature: Option<bool>,
    /// The size of that checkpoint; 0 if there is none.
    pub checkpoint: u64,
}

impl EntryCheck {
    /// Whether nothing is wrong. What could not be looked at is not wrong.
    pub fn whole(&self) -> bool {
        self.event && self.leaf_hash && self.columns && self.in_tree != Some(false) && self.signature != Some(false)
    }
    /// As an event says it.
    pub fn verdict(&self) -> VerdictName {
        if self.whole() { VerdictName::Whole } else { VerdictName::NotWhole }
    }
}

/// Whether the log is known to be whole (S7).
#[derive(Clone, Debug)]
pub struct Integrity {
    /// The log's name.
    pub origin: String,
    /// Its public key, if the log key is there.
    pub vkey: Option<String>,
    /// How many entries there are.
    pub size: u64,
    /// The newest checkpoint.
    pub checkpoint: Option<CheckpointView>,
    /// The last verification of the whole log.
    pub verified: Option<Verification>,
    /// Whether one is running.
    pub running: bool,
    /// When an auditor last read the log.
    pub audited: Option<Timestamp>,
    /// When the log began.
    pub began: Option<Timestamp>,
    /// The time of this answer.
    pub now: Timestamp,
}

impl Integrity {
    /// Whole days since an auditor read the log, or since it began.
    pub fn days_without_audit(&self) -> Option<i64> {
        self.audited.or(self.began).map(|at| self.now.since(at).whole_seconds().max(0) / (24 * 60 * 60))
    }
    /// Days after which the regulator's half year is over (NFRA 43).
    pub const AUDIT_DAYS: i64 = 183;
}

/// The newest checkpoint.
#[derive(Clone, Debug)]
pub struct CheckpointView {
    /// How many entries it covers.
    pub size: u64,
    /// Their root.
    pub root: Hash,
    /// The time of the last entry that it covers.
    pub at: Timestamp,
    /// Whether the log's key signed it; `None` without the key.
    pub signed: Option<bool>,
}

/// One verification of the whole log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verification {
    /// When it ended.
    pub at: Timestamp,
    /// How many entries were verified.
    pub size: u64,
    /// What it came to.
    pub verdict: VerdictName,
    /// How many things are wrong.
    pub findings: u64,
    /// The first entry that is wrong, if one can be named.
    pub first: Option<u64>,
    /// Milliseconds that it took.
    pub took_ms: i64,
}

/// Events as they come.
#[async_trait::async_trait]
pub trait Tail: Send {
    /// Waits for what comes next. After [`News::Ended`] nothing does.
    async fn next(&mut self) -> News;
    /// Records what was seen (A7). Call it however the tail ends.
    async fn close(self: Box<Self>);
}

/// What a tail tells.
#[derive(Debug)]
pub enum News {
    /// New events, oldest first.
    Rows(Vec<EventRow>),
    /// Nothing; only to keep the connection.
    Quiet,
    /// Session, person or right is gone.
    Ended(DeskError),
}
