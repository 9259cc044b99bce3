//! `cargo xtask site [--release]`: builds the browser's half into `target/site`.
//! `cargo xtask postgres -- COMMAND…`: runs COMMAND beside a PostgreSQL of its own.
//!
//! The server's half is plain `cargo build -p grille`; nothing else about the build is special.

mod children;
mod postgres;
mod site;
mod squeeze;
mod style;

use anyhow::{Result, bail};

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["site"] => site::build(site::Profile::Dev),
        ["site", "--release"] => site::build(site::Profile::Release),
        ["postgres", "--", command @ ..] => postgres::beside(command),
        _ => bail!("usage: cargo xtask site [--release] | cargo xtask postgres -- COMMAND…"),
    }
}
