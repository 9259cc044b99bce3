//! What staff see.
//!
//! Read in this order: [`lang`] and [`words`] say things in the reader's language; [`page`] lists the
//! pages and [`context`] what one is drawn from; [`render`] is the one function that the server calls;
//! [`pages`] and [`ui`] are views that run on the server only; [`islands`] are the verbs that need a
//! browser, and all of this crate that is ever sent to one.
//!
//! A page fetches through [`domain::desk::Desk`] before it draws, so that its status is exact and it
//! reads the same without JavaScript. Nothing a page fetched is serialised into it: a browser gets
//! the drawn masks, and ids and words as an island's properties.

pub mod islands;
pub mod lang;
pub mod line;
pub mod words;

#[cfg(feature = "ssr")]
pub mod context;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
mod render;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
mod ui;

#[cfg(feature = "ssr")]
pub use render::{render, to_notice, to_sign_in};
