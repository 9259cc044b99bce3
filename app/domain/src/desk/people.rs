//! Staff administration: who there is, what administrators propose, decide and take away. No customer anywhere.

use super::{DeskError, ExportState, SessionToken};
use crate::audit::event::PersonName;
use crate::clock::Timestamp;
use crate::id::{BranchNo, Challenge, ExportId, PersonNo, ProposalId, StaffNo};
use crate::role::Role;
use crate::staff_change::{ChangeKind, DecisionNote};
use serde::Serialize;

/// The part of the desk that administers staff. All but [`People::told`] is for administrators.
#[async_trait::async_trait]
pub trait People: Send + Sync {
    /// Every member of staff, by number.
    async fn staff_list(&self) -> Result<Vec<StaffEntry>, DeskError>;
    /// One of them.
    async fn staff_entry(&self, staff_no: StaffNo) -> Result<StaffEntry, DeskError>;
    /// Proposes a change; a second person confirms it.
    async fn propose_change(&self, form: Propose) -> Result<ProposalId, DeskError>;
    /// Proposals that wait, and those of the last month, the newest first.
    async fn proposals(&self) -> Result<Vec<ProposalView>, DeskError>;
    /// One of them, and who would gain what.
    async fn proposal(&self, proposal: ProposalId) -> Result<(ProposalView, Vec<Power>), DeskError>;
    /// Confirms or rejects somebody else's proposal. To confirm is refused first with a challenge that is bound
    /// to the whole proposal.
    async fn decide_change(&self, form: Decide) -> Result<(), DeskError>;
    /// The one-time link of one's own confirmed proposal, once.
    async fn take_link(&self, proposal: ProposalId) -> Result<EnrolLink, DeskError>;
    /// Takes every right away at once: one administrator is enough.
    async fn suspend_staff(&self, staff_no: StaffNo) -> Result<(), DeskError>;
    /// Lets somebody in again whom ten failures locked out (U3).
    async fn unlock_staff(&self, staff_no: StaffNo) -> Result<(), DeskError>;
    /// What happened to one's own proposals and factors, and what waits: for anyone's home.
    async fn told(&self) -> Result<Vec<Told>, DeskError>;
}

/// Whether a member of staff may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StaffState {
    /// Yes.
    Active,
    /// Not until the lock's half hour is over, or an administrator unlocks.
    Locked,
    /// No.
    Suspended,
    /// No: nobody certified their rights in time.
    Lapsed,
}

/// A member of staff as administrators see them.
#[derive(Clone, Debug, Serialize)]
pub struct StaffEntry {
    /// The login.
    pub staff_no: StaffNo,
    /// The person: duties are checked on it.
    pub person: PersonNo,
    /// As colleagues know them.
    pub name: String,
    /// Their job.
    pub role: Role,
    /// Branch or department.
    pub unit: BranchNo,
    /// Whether they may sign in.
    pub state: StaffState,
    /// When they last asked for something, to the minute.
    pub seen: Option<Timestamp>,
    /// Until when their rights are certified: from then on they have none.
    pub certified_until: Timestamp,
    /// Until when they reveal nothing, after a reset of their factor.
    pub reveals_frozen_until: Option<Timestamp>,
}

/// What is proposed, as it was asked for.
#[derive(Clone, Debug)]
pub enum Propose {
    /// A new record.
    Invite {
        /// The login that it will have.
        staff_no: StaffNo,
        /// The person's HR number.
        person: PersonNo,
        /// As colleagues know them.
        name: PersonName,
        /// Their job.
        role: Role,
        /// Branch or department.
        unit: BranchNo,
    },
    /// A suspended record serves again.
    Reinstate(StaffNo),
    /// Another role or branch.
    Move {
        /// Whose.
        staff_no: StaffNo,
        /// Their job afterwards.
        role: Role,
        /// Branch or department afterwards.
        unit: BranchNo,
    },
    /// A new second factor.
    ResetFactor(StaffNo),
    /// A new password, chosen by whoever forgot theirs.
    ResetPassword(StaffNo),
}

impl Propose {
    /// Which change it is.
    pub const fn kind(&self) -> ChangeKind {
        match self {
            Propose::Invite { .. } => ChangeKind::Invite,
            Propose::Reinstate(_) => ChangeKind::Reinstate,
            Propose::Move { .. } => ChangeKind::Move,
            Propose::ResetFactor(_) => ChangeKind::ResetFactor,
            Propose::ResetPassword(_) => ChangeKind::ResetPassword,
        }
    }
    /// Whom it is about.
    pub const fn staff_no(&self) -> &StaffNo {
        match self {
            Propose::Invite { staff_no, .. } | Propose::Move { staff_no, .. } => staff_no,
            Propose::Reinstate(staff_no) | Propose::ResetFactor(staff_no) | Propose::ResetPassword(staff_no) => {
                staff_no
            }
        }
    }
}

/// Where a proposal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposalState {
    /// A second person has yet to decide.
    Waiting,
    /// Nobody did in time.
    Expired,
    /// It was done.
    Confirmed,
    /// It was not done.
    Rejected,
}

/// Where the link of a confirmed proposal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// Its proposer has not taken it yet.
    Waiting,
    /// Taken, and not used yet.
    Taken,
    /// The person has set their factors.
    Used,
    /// Nobody did in time.
    Expired,
}

/// A proposal, and what was decided.
#[derive(Clone, Debug, Serialize)]
pub struct ProposalView {
    /// Its name.
    pub proposal_id: ProposalId,
    /// What it changes.
    pub change: ChangeKind,
    /// Whose record.
    pub staff_no: StaffNo,
    /// The person.
    pub person: PersonNo,
    /// As colleagues know them.
    pub name: String,
    /// Their job afterwards.
    pub role: Role,
    /// Branch or department afterwards.
    pub unit: BranchNo,
    /// Their job before; none where there was no record.
    pub role_before: Option<Role>,
    /// Branch or department before.
    pub unit_before: Option<BranchNo>,
    /// Who proposed it.
    pub proposed_by: StaffNo,
    /// When.
    pub proposed: Timestamp,
    /// Until when it waits.
    pub expires: Timestamp,
    /// Where it stands.
    pub state: ProposalState,
    /// Who decided, when and why.
    pub decision: Option<DecisionView>,
    /// Where its link stands, if it gives one and was confirmed.
    pub link: Option<LinkState>,
    /// Whether the asking person proposed it, by whichever login.
    pub own: bool,
    /// Whether it is about the asking person.
    pub about_me: bool,
}

/// What a second person decided.
#[derive(Clone, Debug, Serialize)]
pub struct DecisionView {
    /// Who.
    pub by: StaffNo,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub note: String,
}

/// Something that a policy may permit, and whether it does, before and after a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Power {
    /// What.
    pub verb: Verb,
    /// At which branch; none where the branch does not matter.
    pub unit: Option<BranchNo>,
    /// As the record stands.
    pub before: bool,
    /// As it would stand.
    pub after: bool,
}

/// The actions of the policy's schema: a test holds the two lists against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "each is the schema's action of the same name, explained there")]
pub enum Verb {
    OpenCase,
    CloseCase,
    ReopenCase,
    SearchCustomers,
    ViewCustomer,
    RevealField,
    ReadLog,
    VerifyLog,
    ReadEntries,
    EndSessions,
    ListStaff,
    ProposeStaffChange,
    DecideStaffChange,
    SuspendStaff,
    UnlockStaff,
    CertifyStaff,
    ProposeRecipient,
    DecideRecipient,
    EndRecipient,
    RequestExport,
    DecideExport,
    ReadExports,
    CheckChannels,
}

impl Verb {
    /// Every one.
    pub const ALL: [Self; 23] = [
        Self::OpenCase,
        Self::CloseCase,
        Self::ReopenCase,
        Self::SearchCustomers,
        Self::ViewCustomer,
        Self::RevealField,
        Self::ReadLog,
        Self::VerifyLog,
        Self::ReadEntries,
        Self::EndSessions,
        Self::ListStaff,
        Self::ProposeStaffChange,
        Self::DecideStaffChange,
        Self::SuspendStaff,
        Self::UnlockStaff,
        Self::CertifyStaff,
        Self::ProposeRecipient,
        Self::DecideRecipient,
        Self::EndRecipient,
        Self::RequestExport,
        Self::DecideExport,
        Self::ReadExports,
        Self::CheckChannels,
    ];
}

/// A decision on a proposal.
#[derive(Clone, Debug)]
pub struct Decide {
    /// Which proposal.
    pub proposal: ProposalId,
    /// Whether it is to be done.
    pub confirm: bool,
    /// Why.
    pub note: DecisionNote,
    /// The answered challenge; none at the first try.
    pub challenge: Option<Challenge>,
}

/// The secret of a one-time link: 256 random bits, of which storage keeps the hash.
pub type EnrolToken = SessionToken;

/// A one-time link, to be handed to the person whom it is for.
pub struct EnrolLink {
    /// Its secret.
    pub token: EnrolToken,
    /// Until when it is good.
    pub expires: Timestamp,
}

/// Something that a person should know when they come home.
#[derive(Clone, Debug)]
pub enum Told {
    /// Somebody tried to sign in as the asking person, in vain, before they did (ASVS 6.3.5).
    FailedBefore {
        /// How often in a row.
        count: i64,
        /// Since when.
        since: Timestamp,
    },
    /// The asking person's password was changed lately (ASVS 6.3.7).
    PasswordChanged {
        /// When.
        at: Timestamp,
    },
    /// A factor of the asking person was reset: if they did not ask for it, somebody else did.
    FactorReset {
        /// The password, or the second one.
        change: ChangeKind,
        /// Of which login.
        staff_no: StaffNo,
        /// Who proposed it.
        proposed_by: StaffNo,
        /// Who confirmed it.
        confirmed_by: StaffNo,
        /// When.
        at: Timestamp,
        /// Until when nothing is revealed, if that is to come.
        frozen_until: Option<Timestamp>,
    },
    /// The asking person was invited under another number: whoever sets its factors is them to every rule.
    SecondLogin {
        /// The other number.
        staff_no: StaffNo,
        /// Who proposed it.
        proposed_by: StaffNo,
        /// Who confirmed it.
        confirmed_by: StaffNo,
        /// When.
        at: Timestamp,
    },
    /// The asking person's proposal was decided.
    Decided {
        /// Which.
        proposal: ProposalId,
        /// What it changes.
        change: ChangeKind,
        /// Whose record.
        staff_no: StaffNo,
        /// Whether it was done.
        confirmed: bool,
        /// Who decided.
        by: StaffNo,
        /// When.
        at: Timestamp,
        /// Where its link stands.
        link: Option<LinkState>,
    },
    /// So many proposals wait for the asking person.
    Waiting {
        /// How many.
        count: usize,
    },
    /// The asking person's rights lapse soon.
    CertifiedUntil {
        /// When.
        until: Timestamp,
    },
    /// Other people's rights lapse soon, and the asking person may certify them.
    Lapsing {
        /// How many.
        count: usize,
        /// Within how many days.
        days: i64,
    },
    /// So many exports wait for the asking person's vote.
    ExportsWait {
        /// How many.
        count: usize,
    },
    /// Something came of the asking person's export.
    OwnExport {
        /// Which.
        export: ExportId,
        /// How far it is.
        state: ExportState,
        /// Since when.
        at: Timestamp,
        /// Until when its file may be fetched.
        until: Option<Timestamp>,
    },
}
