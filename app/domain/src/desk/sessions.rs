//! Sessions: how long one's own goes on, which there were, and ending them (U5).

use super::DeskError;
use crate::clock::Timestamp;
use crate::id::{BranchNo, Lineage, StaffNo};
use crate::role::Role;
use serde::Serialize;

/// The part of the desk that knows sessions.
#[async_trait::async_trait]
pub trait Sessions: Send + Sync {
    /// How long this one goes on. Whoever asks by `/api/session/status` makes it no longer.
    fn session(&self) -> SessionLeft;
    /// This person's, the newest first: the live one, and those of the last month.
    async fn own_sessions(&self) -> Result<Vec<OwnSession>, DeskError>;
    /// Ends a live session of this person's.
    async fn end_own_session(&self, session: Lineage) -> Result<(), DeskError>;
    /// Everyone's live sessions, for administrators: who is there, and nothing of what they do.
    async fn live_sessions(&self) -> Result<Vec<LiveSession>, DeskError>;
    /// Ends whatever session the person of this number has, for administrators: one is enough, since it takes
    /// a right away.
    async fn end_sessions_of(&self, staff_no: StaffNo) -> Result<(), DeskError>;
}

/// Seconds until a session ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SessionLeft {
    /// Unless something is asked before.
    pub idle_seconds: i64,
    /// Whatever is asked.
    pub absolute_seconds: i64,
    /// How long before its end a person is told.
    pub notice_seconds: i64,
}

impl SessionLeft {
    /// A minute, or a quarter of a short idle time (WCAG 2.2.1 wants twenty seconds or more).
    pub fn new(idle: i64, absolute: i64, idle_setting: i64) -> Self {
        Self { idle_seconds: idle, absolute_seconds: absolute, notice_seconds: (idle_setting / 4).clamp(1, 60) }
    }
}

/// A session as its owner sees it.
#[derive(Clone, Debug, Serialize)]
pub struct OwnSession {
    /// Its name to the server; no secret.
    pub session_id: Lineage,
    /// Since when.
    pub started: Timestamp,
    /// When it last asked for something, to the minute.
    pub seen: Timestamp,
    /// When and why it ended; none if it lives.
    #[serde(flatten)]
    pub end: Option<SessionEnd>,
    /// From where, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<std::net::IpAddr>,
    /// Whether it is the one that asks.
    pub current: bool,
    /// Whether its browser calls itself as the asking one does.
    pub same_browser: bool,
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SessionEnd {
    /// When.
    pub ended: Timestamp,
    /// Why.
    pub ended_by: EndedBy,
}

/// What ended a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// Its person signed out, or ended it from the list.
    SignOut,
    /// Its person signed in elsewhere.
    SignIn,
    /// An administrator.
    Admin,
    /// Nobody used it.
    Idle,
    /// It was as old as one may be.
    Age,
}

impl EndedBy {
    /// All five.
    pub const ALL: [EndedBy; 5] = [EndedBy::SignOut, EndedBy::SignIn, EndedBy::Admin, EndedBy::Idle, EndedBy::Age];

    /// Its word in storage and on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            EndedBy::SignOut => "sign_out",
            EndedBy::SignIn => "sign_in",
            EndedBy::Admin => "admin",
            EndedBy::Idle => "idle",
            EndedBy::Age => "age",
        }
    }

    /// The one of that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.name() == text)
    }
}

/// A live session as an administrator sees it: no address, no case, no customer.
#[derive(Clone, Debug, Serialize)]
pub struct LiveSession {
    /// Whose.
    pub staff_no: StaffNo,
    /// As colleagues know them.
    pub name: String,
    /// Their job.
    pub role: Role,
    /// Branch or department.
    pub unit: BranchNo,
    /// Since when.
    pub started: Timestamp,
    /// When it last asked for something, to the minute.
    pub seen: Timestamp,
    /// Whether it is the one that asks.
    pub current: bool,
}
