//! The verbs that need a browser. An island gets ids and words, never a customer's value.

mod clock;
pub mod draft;
mod listen;
pub mod reveal;
pub mod start;
pub mod tail;
mod wire;
