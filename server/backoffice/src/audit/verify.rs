//! Is the log what it was? Every row of every log table is read as it lies there and worked out anew
//! from the entries' bytes: hashes, filter columns, numbers, order, tiles, head, signature (A1, A4).
//!
//! What it cannot see by itself is a log that was replaced as a whole by an older or another one that was
//! once signed: for that it takes a checkpoint that was kept elsewhere (A3).

mod entries;
mod finding;
mod head;
mod packed;
mod walk;

pub use crate::store::log::raw::Column;
pub use finding::{Finding, NoteFault, Wrong};

use crate::store::Db;
use crate::store::log::raw;
use domain::audit::checkpoint::{self, VerifierKey};
use domain::audit::merkle::Hash;
use finding::Report;
use serde::Serialize;
use walk::Walk;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// How many entries the head says there are; or, without a head, how many were read.
    pub size: u64,
    /// The root over them, worked out from their bytes; `None` if some are missing.
    pub root: Option<Hash>,
    /// How many of them the head's own signature vouches for; `None` without a key to check it by.
    pub checkpoint_size: Option<u64>,
    /// How many of them the checkpoint kept outside vouches for.
    pub outside_size: Option<u64>,
    /// What is wrong: the first wrong leaf first, then what belongs to no leaf. The first hundred.
    pub findings: Vec<Finding>,
    /// How many findings there are in all.
    pub found: u64,
}

impl Verified {
    /// Whether nothing is wrong.
    pub fn ok(&self) -> bool {
        self.found == 0
    }
}

impl std::fmt::Display for Verified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        let more = self.found - self.findings.len() as u64;
        if more > 0 {
            writeln!(f, "and {more} more")?;
        }
        write!(f, "{} entries", self.size)?;
        if let Some(root) = self.root {
            write!(f, ", root {root}")?;
        }
        match self.checkpoint_size {
            Some(size) => write!(f, ", signed at {size}")?,
            None => write!(f, ", signature not checked")?,
        }
        if let Some(size) = self.outside_size {
            write!(f, ", as the checkpoint kept outside has it at {size}")?;
        }
        write!(f, ": {}", if self.ok() { "whole" } else { "NOT WHOLE" })
    }
}

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The database does not answer.
    #[error("the log could not be read: {0}")]
    Sqlx(#[from] sqlx::Error),
    /// A checkpoint without a key to check its signature by proves nothing.
    #[error("a checkpoint kept outside is checked by the log's public key, and none was given")]
    KeyWanted,
    /// The program is ending.
    #[error("the verification was cut short")]
    CutShort,
}

/// Verifies the whole log, a page at a time. `key` is the log's public key, best taken from where its
/// checkpoints are kept and not from beside the log; `outside` a checkpoint that was kept elsewhere.
///
/// The log may grow meanwhile: what the head counted at the beginning is what is verified.
pub async fn verify(db: &Db, key: Option<&VerifierKey>, outside: Option<&str>) -> Result<Verified, VerifyError> {
    let outside = match (outside, key) {
        (None, _) => None,
        (Some(note), Some(key)) => Some(checkpoint::open(note, key)),
        (Some(_), None) => return Err(VerifyError::KeyWanted),
    };
    let head = raw::head(db).await?;
    let note = key.zip(head.as_ref()).map(|(key, head)| head::open(head, key));
    let mut report = Report::default();
    let size = head.as_ref().and_then(|head| head.size);
    let signed =
        [note.as_ref().and_then(|note| note.as_ref().ok()?.as_ref()), outside.as_ref().and_then(|o| o.as_ref().ok())];
    let wanted = signed.into_iter().flatten().map(|checkpoint| checkpoint.size).chain(size);
    let walk = Walk::over(db, size, wanted, &mut report).await?;
    walk::strays(db, &mut report).await?;
    head::check(head.as_ref(), &walk, &mut report);
    let checkpoint_size = note.and_then(|note| head::check_note(note, &walk, &mut report));
    let outside_size = outside.and_then(|outside| head::check_outside(outside, &walk, &mut report));
    let (findings, found) = report.into_findings();
    Ok(Verified { size: walk.size(), root: walk.root_at(walk.size()), checkpoint_size, outside_size, findings, found })
}
