//! The log in a folder: what an auditor takes home, and checks with the public key alone (A4).
//!
//! ```text
//! tile/<L>/<N>, tile/entries/<N>   hashes and entries (C2SP tlog-tiles), the last ones partial (`.p/<W>`)
//! vkey                             the log's public key, as C2SP's signed notes write it
//! README.md                        how to check with other tools
//! SHA256SUMS                       every file above, for `sha256sum -c`
//! checkpoint                       the signed head of exactly these tiles; written last
//! ```
//!
//! Making one is an act: its event is durable before the first entry leaves (A7), and is itself in the bundle.

mod check;
mod finding;
mod write;

pub use check::{BundleUnreadable, Checked, check};
pub use finding::{BundleFinding, BundleWrong};
pub use write::{BundleError, Bundled};

/// Names of the files beside the tiles.
const CHECKPOINT: &str = "checkpoint";
const VKEY: &str = "vkey";
const README: &str = "README.md";
const SUMS: &str = "SHA256SUMS";

/// What stands in the bundle's README.
const README_TEXT: &str = include_str!("bundle/README.md");
