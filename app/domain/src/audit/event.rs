//! What an event may say, and its bytes.
//!
//! An event's bytes are a version byte and canonical JSON: the members in the order below, absent ones
//! left out, no white space. They are written once and hashed as they are. Every member is typed, and
//! each kind names the members it may hold ([`Kind::slots`]): a value, a secret or free text has no slot
//! to stand in (A5). `docs/events.md` is made from this file and compared with it by a test.

mod details;
mod words;

pub use details::{Details, Slot};
pub use words::{
    AlertName, AttemptName, DeviceTag, EndingName, FactorName, KeyName, OutcomeName, PersonName, SourceName, SsoName,
    TicketText, VerdictName,
};

use crate::clock::Timestamp;
use crate::code::Code;
use crate::id::{BranchNo, EventId, Lineage, PersonNo, RequestId, StaffId, StaffNo};
use crate::role::Role;
use serde::{Deserialize, Serialize};

/// First byte of every leaf.
pub const VERSION: u8 = 1;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $name:ident $text:literal [$($slot:ident),*];)*) => {
        /// What happened: a closed list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Kind {$(
            $(#[doc = $doc])*
            #[serde(rename = $text)]
            $name,
        )*}

        impl Kind {
            /// Every kind.
            pub const ALL: &[Kind] = &[$(Kind::$name),*];
            /// As it stands in the log.
            pub const fn as_str(self) -> &'static str {
                match self { $(Kind::$name => $text,)* }
            }
            /// In words, for `docs/events.md`.
            pub const fn about(self) -> &'static str {
                match self { $(Kind::$name => concat!($($doc),*),)* }
            }
            /// The kind of that name.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
            }
            /// The details that an event of this kind may hold; reviewed one by one (A5).
            pub const fn slots(self) -> &'static [Slot] {
                match self { $(Kind::$name => &[$(Slot::$slot),*],)* }
            }
        }
    };
}

kinds! {
    /// The process began to serve: a log that stops and starts says so (PCI DSS 10.2.1.6).
    ServerStarted "server_started" [Policy];
    /// Policies or catalogue differ from those in force before (U7).
    PolicyLoaded "policy_loaded" [Policy];
    /// A member of staff was entered by `init` or `demo`.
    StaffCreated "staff_created" [SubjectStaff, SubjectRole];
    /// Someone was suspended: it takes effect on the next request (U5).
    StaffSuspended "staff_suspended" [SubjectStaff, SubjectPerson, OsUser, Policy, Address, Device];
    /// Someone whom ten failures had locked out was let in again (U3).
    StaffUnlocked "staff_unlocked" [SubjectStaff, Policy, Address, Device];
    /// Somebody certified that these people still need exactly these rights (U7).
    StaffCertified "staff_certified"
        [Certified, CertifiedUntil, SubjectStaff, OsUser, Act, Factor, FactorAge, Policy, Address, Device];
    /// Nobody certified somebody's rights in time, so they are gone (U7).
    StaffLapsed "staff_lapsed" [SubjectStaff, SubjectRole, SubjectUnit, CertifiedUntil];
    /// An administrator proposed a change to one member of staff; nothing has changed yet.
    StaffChangeProposed "staff_change_proposed"
        [Proposal, Change, SubjectStaff, SubjectPerson, SubjectRole, SubjectUnit, Policy, Address, Device];
    /// A second person confirmed a proposed change, which was done with it, or rejected it.
    StaffChangeDecided "staff_change_decided"
        [Proposal, Change, SubjectStaff, SubjectPerson, SubjectRole, SubjectUnit, Confirmed, Note, Act, Factor, FactorAge, Policy, Address, Device];
    /// The proposer was shown the one-time link that a confirmed change gives.
    EnrolLinkTaken "enrol_link_taken" [Proposal, Change, SubjectStaff, Policy, Address, Device];
    /// Somebody opened a one-time link, and was shown its TOTP secret.
    EnrolLinkOpened "enrol_link_opened" [Proposal, Change, SubjectStaff, Tries, Address, Device];
    /// Somebody set their factors by a one-time link.
    EnrolLinkUsed "enrol_link_used"
        [Proposal, Change, SubjectStaff, SubjectPerson, SubjectRole, SubjectUnit, Tries, Address, Device];
    /// Both factors were right, or something was not (U2, U3).
    SignedIn "signed_in" [Factor, Passkey, Sso, Session, Alert, Address, Device, SubjectStaff];
    /// Sign-in failures beyond those recorded one by one (A10).
    SignInFailuresCounted "sign_in_failures_counted" [Count, Sso, SubjectStaff];
    /// The person ended the session.
    SignedOut "signed_out" [Address, Device];
    /// The notice of secrecy was acknowledged, before anything else in the session.
    NoticeAcknowledged "notice_acknowledged" [Words, Address, Device];
    /// A session was ended from a list: one's own, or someone's by an administrator (U5).
    SessionEnded "session_ended" [Session, SubjectStaff, Policy, Address, Device];
    /// A case was opened (Q1).
    CaseOpened "case_opened" [Case, Purpose, Ticket, Identified, Note, Address, Device];
    /// A case was closed.
    CaseClosed "case_closed" [Case, Address, Device];
    /// *Wrong person*: a bound case was closed and opened anew under its ticket (Q1).
    CaseReopened "case_reopened" [Case, NewCase, Purpose, Ticket, Identified, Customer, Policy, Address, Device];
    /// A search: which key, and what came of it; never what was typed (Q7).
    CustomerSearched "customer_searched" [Case, Purpose, Key, Outcome, Alert, Policy, Address, Device];
    /// A search of every branch, by full document, card or account number (DESIGN §1).
    BankSearched "bank_searched" [Case, Purpose, Key, Outcome, Alert, Policy, Address, Device];
    /// The masked card was shown; the first time it binds the case.
    CustomerViewed "customer_viewed" [Case, Purpose, Customer, Binds, Alert, Policy, Address, Device];
    /// One value of one customer was about to be shown (V1–V3).
    FieldRevealed "field_revealed"
        [Case, Purpose, Ticket, Customer, Field, Item, Reason, Note, Act, Factor, FactorAge, Alert, Policy, Address, Device];
    /// A revealed value was given as long again (V4).
    RevealExtended "reveal_extended" [Case, Customer, Field, Item, Reveal, Policy, Address, Device];
    /// A revealed value was about to be copied (V4).
    ValueCopied "value_copied" [Case, Customer, Field, Item, Reveal, Policy, Address, Device];
    /// The browser blocked an attempt to take a revealed value along (V4).
    CopyAttempted "copy_attempted" [Case, Customer, Field, Item, Reveal, Attempt, Alert, Address, Device];
    /// Whoever saw a value said whether it was needed (V9).
    RevealRated "reveal_rated" [Case, Customer, Field, Item, Reveal, Needed, Address, Device];
    /// A second factor answered a challenge, or failed to (V2).
    StepUp "step_up" [Case, Customer, Act, Factor, Passkey, Alert, Tries, Address, Device];
    /// A passkey was added to the person's own, after a fresh second factor for that (U2).
    PasskeyEnrolled "passkey_enrolled" [Passkey, Act, Factor, FactorAge, Address, Device];
    /// One of the person's own passkeys was revoked.
    PasskeyRevoked "passkey_revoked" [Passkey, Address, Device];
    /// Somebody changed their own password.
    PasswordChanged "password_changed" [Act, Factor, FactorAge, Address, Device];
    /// Something else was refused (A10).
    RequestRefused "request_refused" [Case, Field, Item, Reason, Address, Device];
    /// Identical refusals of one session, counted (A10).
    RefusalsCounted "refusals_counted" [Count, Address, Device];
    /// The log was read: by which filters (A7).
    LogRead "log_read"
        [SubjectStaff, Customer, Purpose, Field, AskedDecision, AskedKind, AskedAlert, AskedMiss, AskedOwn, From, To, Live, Bundles, Policy, Address, Device];
    /// The pages or the live tail of one reading are over: what was seen of the log (A7).
    LogReadClosed "log_read_closed" [Opened, Lowest, Highest, Pages, Rows, Address, Device];
    /// One entry was opened, with those around it (A7).
    LogEventRead "log_event_read" [Entry, Lowest, Highest, Rows, Policy, Address, Device];
    /// The supervisors' overview was read (A7).
    LogOverviewRead "log_overview_read" [Lowest, Highest, Rows, Policy, Address, Device];
    /// The log, or one entry, was held against its hashes and its signature (A4).
    LogVerified "log_verified" [Entry, Verdict, Size, Findings, Took, Alert, Policy, Address, Device];
    /// Rows of one import were written (JR/T 0171 6.1.1 b).
    CustomersImported "customers_imported" [Batch, Source, BatchName, Added, ChangedRows, Unchanged, Rejected, OsUser];
    /// Entries of the log, from `first_entry` up to and with this one, left in an evidence bundle (A4, A7).
    LogExported "log_exported" [FirstEntry, OsUser];
    /// A copy of the whole database was about to be made: masks, ciphertext and the log, and no key (O3).
    BackupMade "backup_made" [OsUser];
    /// The database was restored from a backup, and this is the first thing since (O3): which file, how many entries
    /// came with it, how many newer ones were known and are lost (nothing, if none were known to compare with), how many sessions of
    /// then were ended. Refused: it was put back by other means, and nobody has agreed to what that lost (A3).
    BackupRestored "backup_restored" [FileHash, Size, Lost, Count, OsUser];
    /// Somebody entered to whom files might go; a second person has to confirm (E1).
    RecipientProposed "recipient_proposed"
        [Recipient, RecipientKind, RecipientKey, Due, Policy, Address, Device];
    /// A second person of another unit compared the key's fingerprint and confirmed, or rejected (E1).
    RecipientDecided "recipient_decided"
        [Recipient, RecipientKind, RecipientKey, Confirmed, Note, Act, Factor, FactorAge, Policy, Address, Device];
    /// A recipient gets nothing any more.
    RecipientEnded "recipient_ended" [Recipient, Policy, Address, Device];
    /// A request was drawn up and frozen: date, size, purpose, scope, recipient, use (JR/T 0171 6.1.4.2 i).
    ExportDrawn "export_drawn"
        [Export, ExportDigest, Recipient, Rows, Purpose, Scope, Basis, Retention, FileFormat, Policy, Address, Device];
    /// It was submitted for decision.
    ExportSubmitted "export_submitted"
        [Export, ExportDigest, Recipient, Rows, Purpose, Act, Factor, FactorAge, Policy, Address, Device];
    /// Somebody who might decide it was shown it, with masks of a sample of its rows (E3).
    ExportRead "export_read" [Export, ExportDigest, Rows, Policy, Address, Device];
    /// Somebody voted on it (E2).
    ExportDecided "export_decided"
        [Export, ExportDigest, Recipient, Rows, Purpose, Confirmed, Note, ThinkTime, Act, Factor, FactorAge, Alert, Policy, Address, Device];
    /// The requester took it back.
    ExportWithdrawn "export_withdrawn" [Export, ExportDigest, Policy, Address, Device];
    /// The requester had its file made; it is made when its turn comes.
    ExportQueued "export_queued" [Export, ExportDigest, Act, Factor, FactorAge, Policy, Address, Device];
    /// Its values are about to be opened for the file: rights, votes, bytes and rows are what was approved (E3, E6).
    ExportBegun "export_begun" [Export, ExportDigest, Recipient, Rows, Purpose, Scope, Attempts, SubjectStaff, Policy];
    /// The file is there, sealed to the recipient's key.
    ExportGenerated "export_generated" [Export, ExportDigest, Recipient, Rows, Bytes, FileHash, Took, Due, SubjectStaff];
    /// The file was about to be handed out, once (E5).
    ExportDownloaded "export_downloaded"
        [Export, ExportDigest, Recipient, Rows, Bytes, FileHash, Act, Factor, FactorAge, Policy, Address, Device];
    /// The file is destroyed: the certificate of it (E5).
    ExportDestroyed "export_destroyed" [Export, ExportDigest, Bytes, FileHash, Ending, SubjectStaff];
    /// Which copy a leaked file came from was looked for.
    ExportTraced "export_traced" [Export, Rows, Findings, OsUser, Policy, Address, Device];
    /// The register of exports and recipients was read (JR/T 0171 6.1.4.2 i).
    ExportsRead "exports_read" [Rows, Policy, Address, Device];
    /// A way by which data may leave was checked (JR/T 0171 6.1.4.2 g).
    ChannelChecked "channel_checked" [Check, Channel, Sound, Note, Due, Policy, Address, Device];
    /// Stored masks are about to be made anew, by these rules; no value comes out (M2).
    RemaskBegun "remask_begun" [Policy, OsUser];
    /// Masks of some customers were made anew.
    CustomersRemasked "customers_remasked" [Policy, ChangedRows, Unchanged, Rejected, OsUser];
    /// All customers have been looked at.
    RemaskEnded "remask_ended" [Policy, ChangedRows, Unchanged, Rejected, OsUser];
}

/// Whether it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Done.
    Allowed,
    /// Not done; [`AuditEvent::code`] says why.
    Refused,
}

impl Decision {
    /// As it stands in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Decision::Allowed => "allowed",
            Decision::Refused => "refused",
        }
    }
    /// The decision of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Decision::Allowed, Decision::Refused].into_iter().find(|decision| decision.as_str() == text)
    }
}

/// Who acted, as they were then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActorStamp {
    /// The login.
    pub staff: StaffId,
    /// Its number.
    pub staff_no: StaffNo,
    /// The person.
    pub person: PersonNo,
    /// The name at the time.
    pub name: PersonName,
    /// The role at the time.
    pub role: Role,
    /// The branch or department at the time.
    pub unit: BranchNo,
    /// Version of the staff record that was read.
    pub version: i64,
    /// The session, by its lineage; the cookie's secret is never here.
    pub lineage: Lineage,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditEvent {
    /// Its own id.
    pub id: EventId,
    /// When it happened, by the server's clock, UTC milliseconds.
    pub time: Timestamp,
    /// What happened.
    pub kind: Kind,
    /// Whether it was done.
    pub decision: Decision,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// Who, if anyone was signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<ActorStamp>,
    /// The request, as its answer names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// The route, from the router's own list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Endpoint>,
    /// Version of Grille.
    pub app: SourceName,
    /// The rest.
    pub details: Details,
}

/// A route of the router, never what a client sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Endpoint(Box<str>);

impl Endpoint {
    /// A route pattern such as `/api/customers/reveal` or `/customers/{id}`.
    pub fn parse(route: &str) -> Option<Self> {
        let ok = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"/_-{}".contains(&b);
        (route.starts_with('/') && route.len() <= 64 && route.bytes().all(ok)).then(|| Self(route.into()))
    }
    /// An address that the router does not have.
    pub fn unrouted() -> Self {
        Self("/{unrouted}".into())
    }
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Endpoint {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        crate::spelled::spelled(d, |text| Self::parse(text).ok_or("not a route"))
    }
}

/// Why an event has no bytes, or bytes are no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadEvent {
    /// A detail stands in a kind that may not hold it (A5).
    #[error("the kind may not hold this detail")]
    Unreviewed(Slot),
    /// A refusal has no code, or an allowed act has one.
    #[error("decision and code do not fit")]
    Undecided,
    /// Over 65,535 bytes.
    #[error("too long for an entry bundle")]
    TooLong,
    /// The bytes are not those of an event.
    #[error("not an event's bytes")]
    Malformed,
}

impl AuditEvent {
    /// The bytes that are stored, hashed and, one day, shown to an auditor.
    pub fn encode(&self) -> Result<Vec<u8>, BadEvent> {
        self.check()?;
        // As long as most are.
        let mut bytes = Vec::with_capacity(768);
        bytes.push(VERSION);
        serde_json::to_writer(&mut bytes, self).map_err(|_| BadEvent::Malformed)?;
        // An entry bundle says its length in two bytes (C2SP tlog-tiles).
        if bytes.len() > usize::from(u16::MAX) {
            return Err(BadEvent::TooLong);
        }
        Ok(bytes)
    }

    /// Reads an event's bytes, and nothing that [`Self::encode`] would have written otherwise.
    pub fn decode(bytes: &[u8]) -> Result<Self, BadEvent> {
        let (&VERSION, json) = bytes.split_first().ok_or(BadEvent::Malformed)? else {
            return Err(BadEvent::Malformed);
        };
        if bytes.len() > usize::from(u16::MAX) {
            return Err(BadEvent::TooLong);
        }
        let event: Self = serde_json::from_slice(json).map_err(|_| BadEvent::Malformed)?;
        event.check()?;
        let mut rest = Expected(json);
        match serde_json::to_writer(&mut rest, &event) {
            Ok(()) if rest.0.is_empty() => Ok(event),
            Ok(()) | Err(_) => Err(BadEvent::Malformed),
        }
    }

    fn check(&self) -> Result<(), BadEvent> {
        if (self.decision == Decision::Refused) != self.code.is_some() {
            return Err(BadEvent::Undecided);
        }
        match self.details.slot_outside(self.kind.slots()) {
            Some(slot) => Err(BadEvent::Unreviewed(slot)),
            None => Ok(()),
        }
    }
}

/// Takes what is written only as long as it is what stands here: a whole log is read so, and no copy made.
struct Expected<'a>(&'a [u8]);

impl std::io::Write for Expected<'_> {
    fn write(&mut self, written: &[u8]) -> std::io::Result<usize> {
        self.0 = self.0.strip_prefix(written).ok_or(std::io::ErrorKind::InvalidData)?;
        Ok(written.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
