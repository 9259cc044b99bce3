//! Which customers: those of one's own cases, or those who opened an account in a bounded window (E1). There is no
//! third way: no list of keys, no *all*.

use crate::clock::Timestamp;
use crate::id::{BranchNo, CaseId};
use serde::{Deserialize, Deserializer, Serialize};

/// The longest window, both days counted.
pub const LONGEST_WINDOW: i64 = 92;

/// A day of the calendar, `2026-01-31`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Day(Box<str>);

impl Day {
    /// Reads that one spelling.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 10).then(|| Timestamp::parse_civil(&format!("{text}T00:00"))).flatten()?;
        Some(Self(text.into()))
    }
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// When it is over, at Greenwich.
    pub fn end(&self) -> Timestamp {
        Timestamp::from_millis(self.number().saturating_add(1).saturating_mul(86_400_000))
    }
    /// Days since 1970-01-01.
    fn number(&self) -> i64 {
        Timestamp::parse_civil(&format!("{}T00:00", self.0)).map_or(0, |day| day.seconds().div_euclid(86_400))
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        crate::spelled::spelled(d, |text| Self::parse(text).ok_or("not a day"))
    }
}

/// From one day to another, both counted: 92 days at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    from: Day,
    to: Day,
}

/// Why two days are no window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadWindow {
    /// The last day is before the first.
    #[error("backwards")]
    Backwards,
    /// More than 92 days.
    #[error("window_too_long")]
    TooLong,
}

impl Window {
    /// From `from` to `to`.
    ///
    /// # Errors
    /// If it is none.
    pub fn new(from: Day, to: Day) -> Result<Self, BadWindow> {
        match to.number() - from.number() {
            ..0 => Err(BadWindow::Backwards),
            LONGEST_WINDOW.. => Err(BadWindow::TooLong),
            _ => Ok(Self { from, to }),
        }
    }
    /// The first day.
    pub fn from(&self) -> &Day {
        &self.from
    }
    /// The last day.
    pub fn to(&self) -> &Day {
        &self.to
    }
}

/// Which customers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Selection {
    /// The customers that these cases of the requester's own are bound to.
    Cases {
        /// In ascending order, each once.
        cases: Vec<CaseId>,
    },
    /// The customers of the requester's branch who were taken on in the window, of one product perhaps.
    Opened {
        /// The branch.
        branch: BranchNo,
        /// When.
        window: Window,
        /// The product's code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        product: Option<String>,
    },
}
