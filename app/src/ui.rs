//! Parts of pages.

pub mod bank_wide;
pub mod budget;
pub mod case;
pub mod demo_slip;
pub mod drafted;
pub mod field;
pub mod found;
pub mod idle;
pub mod label;
pub mod masked;
pub mod next_page;
pub mod passkey;
pub mod problems;
pub mod qr;
pub mod reveal;
pub mod revealed_lately;
pub mod said;
pub mod sso;
pub mod time;
pub mod told;
pub mod trail;
pub mod why;
pub mod wrong_person;
