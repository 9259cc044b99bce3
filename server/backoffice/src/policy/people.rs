//! What may be done about members of staff.

use super::{Permission, Question};

/// Seeing who is signed in, and ending their sessions.
#[derive(Debug)]
pub struct EndSessions;

impl Permission for EndSessions {
    type On<'a> = ();
    const ACTION: &'static str = "endSessions";
    fn question((): &()) -> Question {
        Question { branch: None, context: Vec::new() }
    }
}
