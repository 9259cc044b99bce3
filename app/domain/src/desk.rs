//! The port: what a screen may ask of the back office, and what it gets. Masks only — but for
//! [`Shown`], the answer to one permitted reveal.

mod audit;
mod budgets;
mod drafts;
mod ended;
mod exports;
mod once;
mod passkeys;
mod password;
mod people;
mod recertify;
mod reveals;
mod secrecy;
mod sessions;
mod wrong_person;

use crate::catalogue::Catalogue;
use crate::clock::Timestamp;
use crate::code::{Code, Fault};
use crate::id::{BranchNo, CaseId, Challenge, FieldName, Handle, Item, PurposeName, ReasonCode, ResultId, StaffNo};
use crate::mask::Masked;
use crate::purpose::{Identified, Purposes, TicketRef};
use crate::role::Role;
use crate::search::GuardedSearch;
use serde::{Deserialize, Serialize, Serializer};
use zeroize::Zeroizing;

pub use audit::*;
pub use budgets::{Budgets, Left};
pub use drafts::{Draft, DraftPlace, DraftTooLong, Drafts};
pub use ended::Ended;
pub use exports::*;
pub use once::{FormSent, Once, Turn};
pub use passkeys::{CeremonyOptions, EnrolPasskey, PasskeyView, Passkeys};
pub use password::{ChangePassword, OwnPassword};
pub use people::{
    Decide, DecisionView, EnrolLink, EnrolToken, LinkState, People, Power, ProposalState, ProposalView, Propose,
    StaffEntry, StaffState, Told, Verb,
};
pub use recertify::{Certify, DueEntry, DueList, Recertify};
pub use reveals::{More, RevealNo, RevealedLately, Reveals};
pub use secrecy::Secrecy;
pub use sessions::{EndedBy, LiveSession, OwnSession, SessionEnd, SessionLeft, Sessions};
pub use wrong_person::WrongPerson;

/// What one signed-in person may ask. Made per request; each answer is recorded before it is given.
#[async_trait::async_trait]
pub trait Desk:
    Audit
    + Budgets
    + Drafts
    + Exports
    + Once
    + OwnPassword
    + Passkeys
    + People
    + Recertify
    + Reveals
    + Secrecy
    + Sessions
    + WrongPerson
    + Send
    + Sync
{
    /// Who asks.
    fn staff(&self) -> &StaffView;
    /// What a customer is.
    fn catalogue(&self) -> &Catalogue;
    /// Why anyone may look.
    fn purposes(&self) -> &Purposes;
    /// This person's open cases, newest first.
    async fn cases(&self) -> Result<Vec<CaseView>, DeskError>;
    /// One of this person's open cases.
    async fn case(&self, case: CaseId) -> Result<CaseView, DeskError>;
    /// Opens a case (Q1). Several faults are told at once.
    async fn open_case(&self, form: OpenCase) -> Result<CaseId, DeskError>;
    /// Closes a case; its handles die with it.
    async fn close_case(&self, case: CaseId) -> Result<(), DeskError>;
    /// Searches inside a case. `keep` stores the outcome, handles only, for a page to show after a
    /// redirect.
    async fn search(&self, case: CaseId, search: GuardedSearch, keep: Keep) -> Result<Searched, DeskError>;
    /// The outcome that a plain-form search kept: no new search, no new event.
    async fn kept(&self, result: ResultId) -> Result<(CaseId, Found), DeskError>;
    /// The masked card. The first view binds the case to this customer.
    async fn view(&self, case: CaseId, customer: Handle) -> Result<CustomerView, DeskError>;
    /// One field of one customer, for a receipt (V1–V3).
    async fn reveal(&self, form: RevealForm) -> Result<Shown, DeskError>;
    /// Answers a challenge by a TOTP code, and rotates the session: the new cookie's token is in the answer.
    async fn step_up_totp(&self, challenge: Challenge, code: &str) -> Result<SessionToken, DeskError>;
    /// Ends the session.
    async fn sign_out(&self) -> Result<(), DeskError>;
    /// Records a refusal that the edge found (A10): a form that did not parse, a page not permitted.
    /// Gives back the error to answer with, which is another if the record could not be written.
    async fn refused(&self, seen: Seen, error: DeskError) -> DeskError;
}

/// The ids of a refused request that parsed (A10). Nothing raw.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// `case_id`
    pub case: Option<CaseId>,
    /// `field`
    pub field: Option<FieldName>,
    /// `item`
    pub item: Option<Item>,
    /// `reason`
    pub reason: Option<ReasonCode>,
}

/// Who is signed in.
#[derive(Clone, Debug, Serialize)]
pub struct StaffView {
    /// `op1001`
    pub staff_no: StaffNo,
    /// As colleagues know them.
    pub name: String,
    /// Their one job.
    pub role: Role,
    /// Branch of an operator, department of others.
    pub unit: BranchNo,
}

/// A case of one's own.
#[derive(Clone, Debug, Serialize)]
pub struct CaseView {
    /// The case.
    pub id: CaseId,
    /// Why.
    pub purpose: PurposeName,
    /// The work order.
    pub ticket: String,
    /// How the customer is known to be who they say.
    pub identified: Identified,
    /// Since when.
    pub opened: Timestamp,
    /// The customer that the first view bound it to, by the handle that did.
    pub customer: Option<Handle>,
}

/// What opens a case. Raw text: the back office parses it against `purposes.toml`.
#[derive(Clone, Debug, Default)]
pub struct OpenCase {
    /// `counter`, `complaint`, …
    pub purpose: String,
    /// The work order's number.
    pub ticket: String,
    /// `document_seen`, …
    pub identified: String,
    /// Why, in words.
    pub note: String,
}

impl OpenCase {
    /// What can be told to be wrong without the person's other notes.
    pub fn faults(&self, purposes: &Purposes) -> Vec<Fault> {
        let purpose = PurposeName::parse(&self.purpose).ok().and_then(|name| purposes.get(&name));
        let ticket = purpose.map(|purpose| TicketRef::parse(purpose, &self.ticket));
        let faults = [
            purpose.is_none().then(|| Fault::new("purpose", "unknown")),
            matches!(ticket, Some(Err(_))).then(|| Fault::new("ticket", "ticket_form")),
            Identified::parse(&self.identified).is_none().then(|| Fault::new("identified", "unknown")),
        ];
        faults.into_iter().flatten().collect()
    }
}

/// Whether a search's outcome is kept for a page to show after a redirect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The answer is the answer.
    No,
    /// For 15 minutes, for this session and case.
    ForPage,
}

/// A search's outcome and, if it was kept, the name to ask for it by.
#[derive(Clone, Debug)]
pub struct Searched {
    /// What was found.
    pub found: Found,
    /// Set where the outcome was kept.
    pub result: Option<ResultId>,
}

/// What a search found (Q3: too many are neither shown nor counted).
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Found {
    /// One to five customers.
    Found {
        /// Masked.
        customers: Vec<CustomerView>,
    },
    /// None that this person may see.
    None {
        /// Empty; the shape is one for all outcomes.
        customers: [(); 0],
    },
    /// More than five: narrow the search.
    TooMany {
        /// Empty; the shape is one for all outcomes.
        customers: [(); 0],
    },
}

/// A customer as a screen sees one: a handle and masks.
#[derive(Clone, Debug, Serialize)]
pub struct CustomerView {
    /// Good for this case and person only.
    pub id: Handle,
    /// In the catalogue's order, items in theirs.
    pub fields: Vec<MaskedField>,
}

/// One masked item.
#[derive(Clone, Debug, Serialize)]
pub struct MaskedField {
    /// Which field.
    pub field: FieldName,
    /// Which item.
    pub item: Item,
    /// What may be seen of it.
    pub mask: Masked,
}

/// What asks for one value.
#[derive(Clone, Debug)]
pub struct RevealForm {
    /// In which case.
    pub case: CaseId,
    /// Of whom.
    pub customer: Handle,
    /// Which field.
    pub field: FieldName,
    /// Which item.
    pub item: Item,
    /// Why, by code.
    pub reason: ReasonCode,
    /// More words, where the reason asks for them.
    pub note: Option<String>,
    /// The answered challenge, on the second try.
    pub challenge: Option<Challenge>,
}

/// One value, on its way to the one person who may see it.
#[derive(Serialize)]
pub struct Shown {
    /// The value.
    pub value: WireValue,
    /// For how long it may stand on the screen.
    pub seconds: u32,
    /// Sequence number of the event that was written first.
    pub event: u64,
}

/// Plaintext about to be written into one answer. It can be serialised, and nothing else:
///
/// ```compile_fail
/// fn print(value: &domain::desk::WireValue) { println!("{value:?}") }
/// ```
/// ```compile_fail
/// fn keep(value: &domain::desk::WireValue) -> domain::desk::WireValue { value.clone() }
/// ```
pub struct WireValue(Zeroizing<String>);

impl WireValue {
    /// Only `Revealed::disclose` in the vault calls this; a test counts the callers.
    pub fn from_vault(value: Zeroizing<String>) -> Self {
        Self(value)
    }
}

impl Serialize for WireValue {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

/// The secret in a session's cookie: 256 random bits. Storage keeps its SHA-256 only.
///
/// ```compile_fail
/// fn print(token: &domain::desk::SessionToken) { println!("{token:?}") }
/// ```
pub struct SessionToken(Zeroizing<[u8; 32]>);

impl SessionToken {
    /// From 32 random bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }
    /// Parses the cookie's text.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        Some(Self::from_bytes(bytes.try_into().ok()?))
    }
    /// The cookie's text.
    pub fn cookie_text(&self) -> String {
        data_encoding::BASE64URL_NOPAD.encode(&*self.0)
    }
    /// What storage keeps.
    pub fn hash(&self) -> [u8; 32] {
        use sha2::Digest;
        sha2::Sha256::digest(*self.0).into()
    }
}

/// A second factor that a person may answer a challenge with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A code of RFC 6238.
    Totp,
    /// WebAuthn.
    Passkey,
}

/// Why there is no answer, in codes only: this is what stands on the wire.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeskError {
    /// Values that do not fit, all at once.
    #[error("invalid")]
    Invalid(Vec<Fault>),
    /// Ask a factor, then send the request again with this challenge.
    #[error("step_up_required")]
    StepUpRequired {
        /// Bound to the refused act.
        challenge: Challenge,
        /// What may answer it.
        methods: Vec<Method>,
    },
    /// Wait before trying again.
    #[error("{code}")]
    Wait {
        /// Why.
        code: Code,
        /// Seconds.
        retry_after: u32,
    },
    /// Any other refusal.
    #[error("{0}")]
    Refused(Code),
}

impl DeskError {
    /// The code on the wire and in the log.
    pub const fn code(&self) -> Code {
        match self {
            DeskError::Invalid(_) => Code::Invalid,
            DeskError::StepUpRequired { .. } => Code::StepUpRequired,
            DeskError::Wait { code, .. } | DeskError::Refused(code) => *code,
        }
    }
}

impl From<Code> for DeskError {
    fn from(code: Code) -> Self {
        DeskError::Refused(code)
    }
}
