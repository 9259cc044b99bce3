//! The verbs that need a browser. An island gets ids and words, never a customer's value.

mod clock;
pub mod passkey;
pub mod reveal;
mod wire;
