//! What a backup lacks.

use std::fmt;
use std::str::FromStr;

/// How many events that were known do not come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// So many.
    Events(u64),
    /// Nothing is known to compare with, so nobody can tell.
    Unknown,
}

/// It was neither a number nor `unknown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a number of events, or `unknown`")]
pub struct BadLoss;

impl Loss {
    /// The number, if there is one.
    pub const fn events(self) -> Option<u64> {
        match self {
            Loss::Events(events) => Some(events),
            Loss::Unknown => None,
        }
    }
}

impl FromStr for Loss {
    type Err = BadLoss;

    fn from_str(text: &str) -> Result<Self, BadLoss> {
        match text {
            "unknown" => Ok(Loss::Unknown),
            number => number.parse().map(Loss::Events).map_err(|_| BadLoss),
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Loss::Events(events) => events.fmt(f),
            Loss::Unknown => f.write_str("unknown"),
        }
    }
}
