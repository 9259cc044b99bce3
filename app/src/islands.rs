//! The verbs that need a browser. An island gets ids and words, never a customer's value.

mod clock;
mod listen;
pub mod reveal;
pub mod tail;
mod wire;
