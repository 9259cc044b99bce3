//! The few words that an event may hold, each of a form that has no room for free text.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident $max:literal $ok:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[serde(transparent)]
        pub struct $name(Box<str>);

        impl $name {
            /// The word, if it is of the form that an event may hold.
            pub fn parse(text: &str) -> Option<Self> {
                let ok: fn(char) -> bool = $ok;
                (!text.is_empty() && text.len() <= $max && text.chars().all(ok)).then(|| Self(text.into()))
            }
            /// As text.
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                crate::spelled::spelled(d, |text| Self::parse(text).ok_or("not of its form"))
            }
        }
    )*};
}

words! {
    /// A ticket that matched its purpose's pattern.
    TicketText 64 |c| c.is_ascii_alphanumeric() || "-_/.#".contains(c);
    /// `id_no`, or names joined by `+`.
    KeyName 96 |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '+';
    /// What a supervisor should know at once: `budget.person.customers_day.mark`.
    AlertName 64 |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.';
    /// Sixteen hexadecimal digits.
    DeviceTag 16 |c| c.is_ascii_hexdigit();
    /// A short name: letters, digits, `-`, `_`, `.`.
    SourceName 64 |c| c.is_alphanumeric() || "-_.".contains(c);
    /// A name of staff as colleagues know them.
    PersonName 96 |c| !c.is_control();
}

impl SourceName {
    /// A version of this program; the workspace's version is always of the form.
    pub fn of_version(version: &'static str) -> Self {
        Self(version.into())
    }
}

/// Which second factor was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorName {
    /// Password and a code of RFC 6238.
    Totp,
    /// WebAuthn.
    Passkey,
}

/// What a person tried to do with a value on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptName {
    /// To copy.
    Copy,
    /// To cut.
    Cut,
    /// To select.
    Select,
    /// To print.
    Print,
    /// To drag it elsewhere.
    Drag,
    /// To open the browser's menu.
    ContextMenu,
    /// A key that takes a picture of the screen.
    ScreenshotKey,
}

impl AttemptName {
    /// Every one.
    pub const ALL: [Self; 7] =
        [Self::Copy, Self::Cut, Self::Select, Self::Print, Self::Drag, Self::ContextMenu, Self::ScreenshotKey];
    /// As it stands on the wire and in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::Cut => "cut",
            Self::Select => "select",
            Self::Print => "print",
            Self::Drag => "drag",
            Self::ContextMenu => "context_menu",
            Self::ScreenshotKey => "screenshot_key",
        }
    }
    /// Reads it.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// Why a file is no more, or never came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndingName {
    /// It was fetched, once.
    Downloaded,
    /// Nobody fetched it in time.
    Expired,
    /// Whoever asked took it back.
    Withdrawn,
    /// Making it failed.
    Failed,
    /// Somebody who answers for it has no rights any more.
    Revoked,
    /// It was not where it was put: somebody else took it away.
    Absent,
}

/// How a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeName {
    /// One to five.
    Found,
    /// None.
    None,
    /// More than five.
    TooMany,
}

/// What a verification came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictName {
    /// Nothing is wrong.
    Whole,
    /// Something is.
    NotWhole,
}

impl VerdictName {
    /// As it stands in the log and in storage.
    pub const fn as_str(self) -> &'static str {
        match self {
            VerdictName::Whole => "whole",
            VerdictName::NotWhole => "not_whole",
        }
    }
}

/// What came of an identity provider's word for somebody (U9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SsoName {
    /// It stands for the password; the second factor is Grille's own.
    Vouched,
    /// The answer is not one to what this browser asked in the last minutes.
    State,
    /// The answer was used before.
    Replayed,
    /// The provider let nobody in.
    Denied,
    /// The provider did not take its own code.
    Code,
    /// The provider could not be asked.
    Unreachable,
    /// The token is none.
    Malformed,
    /// It is signed in a way that is not allowed, or not at all.
    Algorithm,
    /// It is not signed by a key of the provider's.
    Signature,
    /// It is another provider's.
    Issuer,
    /// It is for another program.
    Audience,
    /// It is not for what this browser asked.
    Nonce,
    /// It is over, or from a time to come.
    Expired,
    /// The person proved themselves to the provider too long ago.
    AuthTime,
    /// It names nobody, or not in the form of a staff number.
    Claim,
    /// Nobody has the number.
    Unknown,
    /// Whoever has the number is suspended.
    Suspended,
    /// Whoever has the number is locked (U3).
    Locked,
}

impl SsoName {
    /// Every one.
    pub const ALL: [Self; 18] = [
        Self::Vouched,
        Self::State,
        Self::Replayed,
        Self::Denied,
        Self::Code,
        Self::Unreachable,
        Self::Malformed,
        Self::Algorithm,
        Self::Signature,
        Self::Issuer,
        Self::Audience,
        Self::Nonce,
        Self::Expired,
        Self::AuthTime,
        Self::Claim,
        Self::Unknown,
        Self::Suspended,
        Self::Locked,
    ];
    /// As it stands in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Vouched => "vouched",
            Self::State => "state",
            Self::Replayed => "replayed",
            Self::Denied => "denied",
            Self::Code => "code",
            Self::Unreachable => "unreachable",
            Self::Malformed => "malformed",
            Self::Algorithm => "algorithm",
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Nonce => "nonce",
            Self::Expired => "expired",
            Self::AuthTime => "auth_time",
            Self::Claim => "claim",
            Self::Unknown => "unknown",
            Self::Suspended => "suspended",
            Self::Locked => "locked",
        }
    }
}
