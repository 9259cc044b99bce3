//! How much leaves, and how long each step of it may wait: what a bank may set of exports.

use domain::clock::Span;
use domain::export::{Caps, FILE_LIFE, RECIPIENT_REST, REQUEST_LIFE};

/// What a bank may set of exports. That they take other people, two kinds of factor and a sealed file is not among it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportSettings {
    /// How much leaves (E1).
    pub caps: Caps,
    /// How long a file waits to be fetched (E5).
    pub file_life: Span,
    /// How long a submitted request waits for its votes, and an approved one for its run.
    pub request_life: Span,
    /// How long neither of the two who entered a recipient may ask for, or approve, an export to it (E1).
    pub recipient_rest: Span,
}

impl Default for ExportSettings {
    fn default() -> Self {
        Self { caps: Caps::default(), file_life: FILE_LIFE, request_life: REQUEST_LIFE, recipient_rest: RECIPIENT_REST }
    }
}
