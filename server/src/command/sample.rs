//! `grille sample-customers`: synthetic customers as CSV, streamed.

use anyhow::Context;
use backoffice::samples::{self, Columns};
use clap::Args;
use std::io::{BufWriter, Write};
use std::process::ExitCode;

/// How many, and which.
#[derive(Debug, Args)]
pub struct Options {
    /// How many customers.
    #[arg(long)]
    count: u64,
    /// The same seed gives the same customers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Writes to standard output.
pub fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let written = samples::write(options.count, options.seed, Columns::Catalogue, &mut out).and_then(|()| out.flush());
    match written {
        // A reader that has seen enough is no failure.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        other => other.map(|()| ExitCode::SUCCESS).context("the customers could not be written"),
    }
}
