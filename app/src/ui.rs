//! Parts of pages.

pub mod case;
pub mod demo_slip;
pub mod field;
pub mod found;
pub mod label;
pub mod masked;
pub mod next_page;
pub mod problems;
pub mod section;
pub mod time;
pub mod trail;
pub mod why;
