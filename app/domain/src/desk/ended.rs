//! Why a session that was is no more.

use crate::clock::Timestamp;

/// As the sign-in page tells it to whoever still has the cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Nobody used it for that long.
    Idle {
        /// The limit.
        minutes: i64,
    },
    /// It was as old as a session may be.
    Age {
        /// The limit.
        hours: i64,
    },
    /// Its person signed in elsewhere, and one has one session (U5).
    Elsewhere {
        /// When.
        at: Timestamp,
    },
    /// An administrator ended it.
    ByAdmin,
    /// Its person was suspended.
    Suspended,
    /// Its person's rights lapsed, since nobody certified them in time.
    Lapsed,
    /// Its person signed out.
    Otherwise,
}
