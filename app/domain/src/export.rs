//! Exports: many rows that leave the bank, once, sealed to one recipient (E1–E6; JR/T 0171 6.1.4.2).
//!
//! Read in this order: [`Asked`] is what of a customer leaves and as what; [`Selection`] which customers;
//! [`Frozen`] the request whose bytes are hashed, shown and voted on; [`Submitted`], [`Approved`] and
//! [`Release`] are the steps from asking to opening, one type each, so that none can be left out;
//! [`Caps`] says how much leaves at all.

mod acts;
mod asked;
mod caps;
mod frozen;
mod selection;
mod votes;
mod words;

pub use acts::{DeciderAct, ExportAct, RecipientAct};
pub use asked::{Asked, AskedField, BadAsked};
pub use caps::{Caps, Weight};
pub use frozen::{ExportDigest, Frozen, FrozenRows, RowsHasher};
pub use selection::{BadWindow, Day, LONGEST_WINDOW, Selection, Window};
pub use votes::{Approved, Cast, Party, Release, Standing, Submitted, Vote};
pub use words::{Basis, Channel, ExportFormat, Form, RecipientKind};

use crate::clock::Span;

/// How long a draft may be submitted.
pub const DRAFT_LIFE: Span = Span::days(1);
/// How long a submitted request waits for its votes, and an approved one for its run.
pub const REQUEST_LIFE: Span = Span::days(7);
/// How long a file waits to be fetched (E5).
pub const FILE_LIFE: Span = Span::minutes(15);
/// How long a proposed recipient waits for the second person.
pub const RECIPIENT_LIFE: Span = Span::days(7);
/// How long neither of the two who entered a recipient may ask for, or approve, an export to it (E1).
pub const RECIPIENT_REST: Span = Span::days(7);
/// How far back exports of one person count together, and votes of one pair.
pub const PERIOD: Span = Span::days(30);

#[cfg(test)]
mod tests;
