//! What may be wrong with a bundle: a closed list, each with its sentence.

use crate::audit::NoteFault;
use serde::Serialize;
use std::fmt;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BundleFinding {
    /// The entry it is about, or the first that it is about.
    pub leaf: Option<u64>,
    /// The file it is about, within the bundle.
    pub file: Option<String>,
    /// What.
    pub wrong: BundleWrong,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BundleWrong {
    /// The file is not there, or cannot be read.
    Missing,
    /// It is there and should not be.
    Extra,
    /// It is cut off, or holds another number of hashes or entries than its name says.
    Malformed,
    /// The entry was altered: the hashes are those that were signed.
    Entry,
    /// The hash was altered: the entries are those that were signed.
    Hash,
    /// Entry and hash disagree, and neither is what was signed.
    Either,
    /// The hashes are not those of the tiles below.
    Above,
    /// The checkpoint is not one that this key has signed.
    Checkpoint(NoteFault),
    /// The entries are not those that the checkpoint was signed for.
    Root,
    /// The public key in the bundle is not the one that was given.
    OtherKey,
    /// The checkpoint kept elsewhere is not one that this key has signed.
    Outside(NoteFault),
    /// The log ends before the checkpoint kept elsewhere.
    OutsideAhead,
    /// The entries are not those of the checkpoint kept elsewhere.
    OutsideRoot,
}

impl fmt::Display for BundleWrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BundleWrong::Missing => "is missing or cannot be read",
            BundleWrong::Extra => "should not be there",
            BundleWrong::Malformed => "is not as long as its name says",
            BundleWrong::Entry => "was altered: its bytes are not those that were signed",
            BundleWrong::Hash => "has a hash that was altered",
            BundleWrong::Either => "does not fit its hash",
            BundleWrong::Above => "does not have the hashes of the tiles below it",
            BundleWrong::Checkpoint(fault) => return write!(f, "{fault}"),
            BundleWrong::Root => "was signed for other entries than these",
            BundleWrong::OtherKey => "is not the key that was given",
            BundleWrong::Outside(fault) => return write!(f, "the checkpoint kept elsewhere {fault}"),
            BundleWrong::OutsideAhead => "truncated or rolled back: the checkpoint kept elsewhere has more entries",
            BundleWrong::OutsideRoot => {
                "rewritten or forked: the entries are not those of the checkpoint kept elsewhere"
            }
        })
    }
}

impl fmt::Display for BundleFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(leaf) = self.leaf {
            write!(f, "entry {leaf}: ")?;
        }
        if let Some(file) = &self.file {
            write!(f, "{file} ")?;
        }
        write!(f, "{}", self.wrong)
    }
}
