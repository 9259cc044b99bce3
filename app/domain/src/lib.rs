//! The rules of Grille. No IO, no clock, no randomness, no async runtime; compiles to WASM.
//!
//! Read in this order: [`id`], [`role`] and [`clock`] name things; [`catalogue`] says what a customer is;
//! [`normalise`] and [`mask`] what a value looks like inside and outside; [`purpose`] and [`note`] why
//! anyone may look, and [`notice`] what they acknowledge before they do; [`search`] what may be asked and [`budget`] how much of it; [`step_up`] what a second
//! factor is bound to, and [`passkey`] what one of them signs; [`export`] what leaves the bank, and who answers for it; [`code`] how a refusal is named; [`audit`]
//! what is written down and how it is proved; [`desk`] the one port through which a screen reaches all this.

pub mod audit;
pub mod budget;
pub mod catalogue;
pub mod certification;
pub mod clock;
pub mod code;
pub mod desk;
pub mod export;
pub mod id;
pub mod mask;
pub mod normalise;
pub mod note;
pub mod notice;
pub mod passkey;
pub mod password;
pub mod purpose;
pub mod role;
pub mod search;
pub mod staff_change;
pub mod step_up;

mod spelled;
mod strict_toml;
