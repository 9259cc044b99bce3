//! What may be asked about a reveal of one's own, after it was made (V4, V9). It is named by the sequence
//! number of its event; another's is not there.

use super::DeskError;
use crate::audit::event::AttemptName;
use crate::clock::Timestamp;
use crate::id::{BadId, CaseId, Handle};
use serde::Serialize;

/// The part of a desk that keeps what was shown within its time.
#[async_trait::async_trait]
pub trait Reveals: Send + Sync {
    /// As long again, once, while the value is still on the screen; no new code (V4).
    async fn more(&self, reveal: RevealNo) -> Result<More, DeskError>;
    /// Records that the value is about to be copied: once, for a field with `copy = "audited"` (V4).
    async fn copied(&self, reveal: RevealNo) -> Result<(), DeskError>;
    /// Records an attempt that the browser blocked; the first few of a sort, so that a key held down does
    /// not fill the log (V4).
    async fn attempted(&self, reveal: RevealNo, attempt: AttemptName) -> Result<(), DeskError>;
    /// Records whether the value was needed, once (V9).
    async fn rated(&self, reveal: RevealNo, needed: bool) -> Result<(), DeskError>;
    /// How often values of this customer were revealed within 30 days, by anyone.
    async fn revealed_lately(&self, case: CaseId, customer: Handle) -> Result<RevealedLately, DeskError>;
}

/// The sequence number of a reveal's event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevealNo(u64);

impl RevealNo {
    /// Parses decimal digits without sign or leading zero, as answers write it.
    pub fn parse(text: &str) -> Result<Self, BadId> {
        let seq: i64 = text.parse().map_err(|_| BadId)?;
        let seq = u64::try_from(seq).map_err(|_| BadId)?;
        (seq.to_string() == text).then_some(Self(seq)).ok_or(BadId)
    }
    /// As it stands in the log.
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// A reveal that lasts longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct More {
    /// How much longer than before.
    pub seconds: u32,
    /// Sequence number of the event that says so.
    pub event: u64,
}

/// How much was seen of a customer: for whoever is about to look again. Nobody is named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RevealedLately {
    /// Reveals within 30 days.
    pub count: u32,
    /// The newest of them.
    pub last: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v4_a_reveals_number_has_one_spelling() {
        assert_eq!(RevealNo::parse("0").map(RevealNo::get), Ok(0));
        assert_eq!(RevealNo::parse("9223372036854775807").map(RevealNo::get), Ok(i64::MAX as u64));
        for text in ["", "+1", "-1", "01", " 1", "1 ", "1.0", "1e3", "９", "0x1", "9223372036854775808"] {
            assert_eq!(RevealNo::parse(text), Err(BadId), "{text}");
        }
    }
}
