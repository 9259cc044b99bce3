//! `grille`: the one binary.

use clap::Parser;
use grille::command::Cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    Cli::parse().run()
}
