//! What may be done with the log itself.

use super::{Permission, Question};

/// Reading events and proofs.
#[derive(Debug)]
pub struct ReadLog;
/// Holding the log against its hashes and signature.
#[derive(Debug)]
pub struct VerifyLog;
/// Taking bundles of whole entries away.
#[derive(Debug)]
pub struct ReadEntries;

const ABOUT_THE_LOG: Question = Question { branch: None, context: Vec::new() };

impl Permission for ReadLog {
    type On<'a> = ();
    const ACTION: &'static str = "readLog";
    fn question((): &()) -> Question {
        ABOUT_THE_LOG
    }
}

impl Permission for VerifyLog {
    type On<'a> = ();
    const ACTION: &'static str = "verifyLog";
    fn question((): &()) -> Question {
        ABOUT_THE_LOG
    }
}

impl Permission for ReadEntries {
    type On<'a> = ();
    const ACTION: &'static str = "readEntries";
    fn question((): &()) -> Question {
        ABOUT_THE_LOG
    }
}
