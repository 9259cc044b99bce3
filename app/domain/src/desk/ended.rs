//! Why a session that was is no more.

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
    /// It was ended, by a sign-out or by another sign-in.
    Otherwise,
}
