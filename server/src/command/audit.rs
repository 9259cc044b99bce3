//! `grille audit …`: the log, proved.

use super::{open, say};
use crate::config::Config;
use anyhow::Context;
use backoffice::BackOffice;
use backoffice::audit::{Verified, verify};
use backoffice::store::log;
use clap::Subcommand;
use domain::audit::checkpoint::VerifierKey;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Verifies every entry, column, tile and signature; exit 1 if anything is wrong.
    Verify {
        /// A checkpoint that was kept elsewhere: a log that was cut, rewritten or rolled back disagrees.
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
    },
    /// Prints the newest signed checkpoint, to be kept elsewhere.
    Checkpoint,
}

/// Runs the command.
pub async fn run(config: &Config, command: Command, json: bool) -> anyhow::Result<ExitCode> {
    let office = open::office(config).await?;
    match command {
        Command::Verify { checkpoint } => {
            let kept = match checkpoint {
                Some(path) => Some(
                    std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?,
                ),
                None => None,
            };
            let verified = prove(&office, kept.as_deref()).await?;
            tell(&verified, json)?;
            Ok(ExitCode::from(u8::from(!verified.ok())))
        }
        Command::Checkpoint => {
            print_checkpoint(&office, json).await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Verifies the whole log, against this log's own key if it is there.
pub async fn prove(office: &BackOffice, kept: Option<&str>) -> anyhow::Result<Verified> {
    let (_, key) = office.log_identity();
    let key = key.map(|text| VerifierKey::parse(&text)).transpose().context("the log's public key")?;
    Ok(verify(office.db(), key.as_ref(), kept).await?)
}

fn tell(verified: &Verified, json: bool) -> anyhow::Result<()> {
    if json {
        say(serde_json::to_string(verified)?);
        return Ok(());
    }
    for finding in &verified.findings {
        say(finding);
    }
    match verified.ok() {
        true => say(format_args!("the log verifies: {} entries, root {}", verified.size, verified.root)),
        false => say(format_args!("THE LOG DOES NOT VERIFY: {} findings", verified.findings.len())),
    }
    Ok(())
}

async fn print_checkpoint(office: &BackOffice, json: bool) -> anyhow::Result<()> {
    let head = log::read_head(office.db()).await?.context("the log is empty")?;
    let (origin, vkey) = office.log_identity();
    if json {
        say(serde_json::json!({
            "note": head.note, "origin": origin.as_str(), "size": head.size,
            "root": head.root.to_string(), "vkey": vkey,
        }));
    } else {
        say(head.note.trim_end());
    }
    Ok(())
}
