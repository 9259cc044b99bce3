//! The ledger: the one way to change anything, and the record that each change leaves.
//!
//! An [`Act`] is handed to the [`Ledger`]; the writer runs it in a savepoint of its own, appends its
//! event to the log in the same transaction, and after COMMIT gives back a [`Receipt`]. There is no
//! other write, but for housekeeping that the code names `unaudited("why")` (A2).

mod accord;
mod act;
mod bundle;
mod checkpoint;
mod gather;
mod leaving;
mod ledger;
mod pending;
mod published;
mod receipt;
mod standing;
mod tree;
mod verify;
pub(crate) mod writer;

pub(crate) use accord::{Accord, Unsettled};
pub use act::{Act, Verdict};
pub use bundle::{BundleError, BundleFinding, BundleUnreadable, BundleWrong, Bundled, Checked, check as check_bundle};
pub use checkpoint::{CheckpointFile, KeySigner, Signer};
pub use gather::Gather;
pub(crate) use leaving::{Leaves, Leaving};
pub(crate) use ledger::WeakLedger;
pub use ledger::{ActError, Housekeeping, Ledger, unaudited};
pub use published::Newest;
pub use receipt::Receipt;
pub use standing::Standing;
pub use verify::{Column, Finding, NoteFault, Verified, VerifyError, Wrong, verify};
pub(crate) use writer::CLOCK_TOLERANCE;
