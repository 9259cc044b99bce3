//! What staff may do. One way in ([`BackOffice`]), one way to change anything (the [`audit`] ledger), one
//! way out for a value (the [`vault`], for a receipt).
//!
//! Read in this order: [`store`] keeps rows; [`audit`] records and gives receipts; [`vault`] seals and
//! opens; [`policy`] permits; [`auth`] knows who asks; `cases`, `customers` and `reveals` are what the
//! [`domain::desk::Desk`] does, one verb a file; [`imports`] brings customers in.

pub mod audit;
pub mod auth;
mod backoffice;
pub mod backup;
mod budgets;
mod cases;
mod customers;
mod desk;
mod drafts;
pub mod enrol;
mod exports;
mod floods;
mod grounds;
pub mod guests;
pub mod hooks;
pub mod imports;
mod lapses;
pub mod measure;
mod notes;
mod own_password;
mod passkeys;
mod people;
pub mod policy;
mod readiness;
pub mod remask;
mod reveals;
pub mod samples;
mod secrecy;
mod sessions;
pub mod spans;
pub mod staff;
pub mod store;
mod supervise;
pub mod system;
mod turns;
pub mod vault;
mod vitals;
mod wrong_person;

pub use backoffice::{BackOffice, Entry, OpenError, Parts, Settings};
pub use exports::trace::{MOST_BYTES as MOST_TRACED, TraceCandidate, TraceError, TraceReport, TraceVerdict};
pub use exports::{BadSealingKey, DEMO_RECIPIENTS, DemoRecipient, ExportSettings, SealingKey};
pub use readiness::Lack;
pub use secrecy::NoticeAsked;
