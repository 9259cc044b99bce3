//! What a bank may set of exports.

use super::ConfigError;
use backoffice::ExportSettings;
use domain::clock::Span;
use domain::export::Caps;
use serde::{Deserialize, Serialize};

/// How much leaves, and how long each step of it waits. How many people it takes is not to be set (E2).
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Export {
    /// Rows of one request of C1 alone.
    pub rows_visible: u64,
    /// Rows of one request with C2 as masks or tokens.
    pub rows_masked: u64,
    /// Rows of one request with opened values.
    pub rows_opened: u64,
    /// Bytes of one sealed file of C1 alone.
    pub bytes_visible: u64,
    /// Bytes of one sealed file with C2 as masks or tokens.
    pub bytes_masked: u64,
    /// Bytes of one sealed file with opened values.
    pub bytes_opened: u64,
    /// Rows of one person's requests in thirty days.
    pub rows_month: u64,
    /// Requests that one person may have under way.
    pub requests: u64,
    /// Votes of one approver for one requester in thirty days.
    pub pair_votes: u64,
    /// Seconds that a file waits to be fetched (E5).
    pub file_life: u32,
    /// Days that a request waits for its next step.
    pub request_life_days: u16,
    /// Days for which whoever entered a recipient stands back (E1).
    pub recipient_rest_days: u16,
}

impl Default for Export {
    fn default() -> Self {
        let caps = Caps::default();
        Self {
            rows_visible: caps.rows_visible,
            rows_masked: caps.rows_masked,
            rows_opened: caps.rows_opened,
            bytes_visible: caps.bytes_visible,
            bytes_masked: caps.bytes_masked,
            bytes_opened: caps.bytes_opened,
            rows_month: caps.rows_month,
            requests: caps.requests,
            pair_votes: caps.pair_votes,
            file_life: 15 * 60,
            request_life_days: 7,
            recipient_rest_days: 7,
        }
    }
}

impl Export {
    /// Refuses what contradicts a rule or itself.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |what| Err(ConfigError::Contradiction(what));
        if self.rows_opened > self.rows_masked || self.rows_masked > self.rows_visible {
            return wrong("export: rows_opened is not above rows_masked, nor that above rows_visible (E1)");
        }
        if self.requests == 0 || self.pair_votes == 0 {
            return wrong(
                "export: requests and pair_votes are at least 1; where nothing may leave, set rows_month = 0",
            );
        }
        if self.file_life == 0 || self.file_life > 15 * 60 {
            return wrong("export.file_life: 1 to 900 seconds (E5)");
        }
        if self.request_life_days == 0 || self.request_life_days > 30 {
            return wrong("export.request_life_days: 1 to 30 days");
        }
        if !(7..=30).contains(&self.recipient_rest_days) {
            return wrong("export.recipient_rest_days: 7 to 30 days (E1)");
        }
        Ok(())
    }

    /// The same for the back office.
    pub(super) const fn settings(&self) -> ExportSettings {
        ExportSettings {
            caps: Caps {
                rows_visible: self.rows_visible,
                rows_masked: self.rows_masked,
                rows_opened: self.rows_opened,
                bytes_visible: self.bytes_visible,
                bytes_masked: self.bytes_masked,
                bytes_opened: self.bytes_opened,
                rows_month: self.rows_month,
                requests: self.requests,
                pair_votes: self.pair_votes,
            },
            file_life: Span::seconds(self.file_life as i64),
            request_life: Span::days(self.request_life_days as i64),
            recipient_rest: Span::days(self.recipient_rest_days as i64),
        }
    }
}
