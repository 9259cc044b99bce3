//! What staff see.
//!
//! Read in this order: [`lang`] and [`words`] say things in the reader's language; [`page`] lists the
//! pages and [`context`] what one is drawn from; [`render`] is the one function that the server calls;
//! [`pages`] and [`ui`] are views. All of it runs on the server. What needs a browser is the crate
//! `frontend`, which moves what is drawn here and brings no words and no markup of its own.
//!
//! A page fetches through [`domain::desk::Desk`] before it draws, so that its status is exact and it
//! reads the same without JavaScript. Nothing a page fetched is serialised into it: a browser gets
//! the drawn masks, and beside them names and words.

pub mod context;
pub mod lang;
pub mod line;
pub mod page;
pub mod words;

mod pages;
mod render;
mod shell;
mod ui;

pub use pages::second_factor;
pub use render::{render, to_notice, to_sign_in};
