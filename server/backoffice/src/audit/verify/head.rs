//! The head, its signed note, and the checkpoint kept outside, held against what the entries come to.

use super::finding::{NoteFault, Report, Wrong};
use super::walk::Walk;
use crate::store::log::raw::RawHead;
use domain::audit::checkpoint::{self, BadNote, Checkpoint, VerifierKey};

/// The head's note; `None` for a log that has no entries and was never signed.
pub(super) fn open(head: &RawHead, key: &VerifierKey) -> Result<Option<Checkpoint>, NoteFault> {
    match &head.note {
        Some(note) if note.is_empty() && head.size == Some(0) => Ok(None),
        Some(note) => checkpoint::open(note, key).map(Some).map_err(NoteFault::from),
        None => Err(NoteFault::Malformed),
    }
}

/// Size, root and newest time.
pub(super) fn check(head: Option<&RawHead>, walk: &Walk, report: &mut Report) {
    let Some(head) = head else {
        if walk.size() > 0 {
            report.of_the_log(Wrong::HeadMissing);
        }
        return;
    };
    if head.size.is_none() {
        report.of_the_log(Wrong::HeadSize);
    }
    let root = walk.root_at(walk.size());
    // Without a root of our own something is missing, and that was said.
    if head.root.is_none() || root.is_some_and(|root| head.root.as_ref() != Some(root.as_bytes())) {
        report.of_the_log(Wrong::HeadRoot);
    }
    let no_entries = (walk.size() == 0).then_some(0);
    if head.latest.is_none() || walk.latest().or(no_entries).is_some_and(|latest| head.latest != Some(latest)) {
        report.of_the_log(Wrong::HeadLatest);
    }
}

/// What the head's own signature vouches for.
pub(super) fn check_note(note: Result<Option<Checkpoint>, NoteFault>, walk: &Walk, report: &mut Report) -> Option<u64> {
    let checkpoint = match note {
        Ok(None) => return None,
        Ok(Some(checkpoint)) => checkpoint,
        Err(fault) => {
            report.of_the_log(Wrong::HeadNote { fault });
            return None;
        }
    };
    let size = checkpoint.size;
    if size > walk.size() {
        report.of_the_log(Wrong::NoteAhead { size });
        return None;
    }
    if size < walk.size() {
        report.at(size, Wrong::Unsigned);
    }
    let root = walk.root_at(size)?;
    if root != checkpoint.root {
        report.of_the_log(Wrong::NoteRoot { size });
        return None;
    }
    Some(size)
}

/// What the checkpoint kept outside vouches for (A3).
pub(super) fn check_outside(outside: Result<Checkpoint, BadNote>, walk: &Walk, report: &mut Report) -> Option<u64> {
    let checkpoint = match outside {
        Ok(checkpoint) => checkpoint,
        Err(bad) => {
            report.of_the_log(Wrong::OutsideNote { fault: bad.into() });
            return None;
        }
    };
    let size = checkpoint.size;
    if size > walk.size() {
        report.at(walk.size(), Wrong::OutsideAhead { size });
        return None;
    }
    let root = walk.root_at(size)?;
    if root != checkpoint.root {
        report.of_the_log(Wrong::OutsideRoot { size });
        return None;
    }
    Some(size)
}
