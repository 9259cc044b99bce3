//! Programs that we start.

use anyhow::{Context, Result, ensure};
use std::process::Command;

/// What `cargo run -p xtask` leaves in our environment. Build scripts watch these, so a child `cargo`
/// that inherited them would make each later plain `cargo build` rebuild whatever has a build script.
const LEFT_BY_CARGO: [&str; 4] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];

/// Gives `command` an environment as a person's shell would.
pub fn clean(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if LEFT_BY_CARGO.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command
}

/// Runs `command` to its end, in such an environment.
pub fn run(command: &mut Command) -> Result<()> {
    let status =
        clean(command).status().with_context(|| format!("cannot start {}", command.get_program().display()))?;
    ensure!(status.success(), "{} ended with {status}", command.get_program().display());
    Ok(())
}
