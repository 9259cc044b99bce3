//! How much leaves: rows of one request, and of one person in thirty days (E1, abuse case 4).

use crate::code::Code;
use serde::{Deserialize, Serialize};

/// The most open thing in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// C1 alone, clear on every screen.
    Visible,
    /// C2 as masks or tokens.
    Masked,
    /// Values opened for the file.
    Opened,
}

impl Weight {
    /// How many approvers it takes: two for C2, in whatever form (E2).
    pub const fn votes(self) -> u8 {
        match self {
            Weight::Visible => 1,
            Weight::Masked | Weight::Opened => 2,
        }
    }
}

/// What a bank lets out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caps {
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
    /// Rows that one person's requests may have in thirty days.
    pub rows_month: u64,
    /// Requests that one person may have under way.
    pub requests: u64,
    /// Votes of one approver for one requester in thirty days, after which another must decide.
    pub pair_votes: u64,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            rows_visible: 1_000_000,
            rows_masked: 50_000,
            rows_opened: 1_000,
            bytes_visible: 512 << 20,
            bytes_masked: 64 << 20,
            bytes_opened: 4 << 20,
            rows_month: 2_000_000,
            requests: 10,
            pair_votes: 10,
        }
    }
}

impl Caps {
    /// Whether so many rows of that weight may leave, when the person's requests of thirty days have so many already.
    ///
    /// # Errors
    /// The cap that says no.
    pub const fn permits(&self, weight: Weight, rows: u64, in_period: u64) -> Result<(), Code> {
        let most = match weight {
            Weight::Visible => self.rows_visible,
            Weight::Masked => self.rows_masked,
            Weight::Opened => self.rows_opened,
        };
        if rows > most {
            return Err(Code::RowCap);
        }
        if rows.saturating_add(in_period) > self.rows_month {
            return Err(Code::PeriodCap);
        }
        Ok(())
    }

    /// The most bytes that a sealed file of that weight may have.
    pub const fn most_bytes(&self, weight: Weight) -> u64 {
        match weight {
            Weight::Visible => self.bytes_visible,
            Weight::Masked => self.bytes_masked,
            Weight::Opened => self.bytes_opened,
        }
    }

    /// How many requests one person may draw up in a day, whatever became of them.
    pub const fn drawn_a_day(&self) -> u64 {
        self.requests.saturating_mul(5)
    }

    /// How many rows those may have together.
    pub const fn rows_drawn_a_day(&self) -> u64 {
        self.rows_month.saturating_mul(2)
    }

    /// The most rows that any request may have.
    pub const fn most(&self, weight: Weight) -> u64 {
        match weight {
            Weight::Visible => self.rows_visible,
            Weight::Masked => self.rows_masked,
            Weight::Opened => self.rows_opened,
        }
    }
}
