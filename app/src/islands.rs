//! The verbs that need a browser. An island gets ids and words, never a customer's value.

mod clock;
pub mod draft;
pub mod reveal;
pub mod start;
mod wire;
