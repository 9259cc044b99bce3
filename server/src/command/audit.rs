//! `grille audit …`: the log, proved.

use super::say;
use crate::config::Config;
use anyhow::Context;
use backoffice::audit::{KeySigner, Verified, verify};
use backoffice::store::{Db, log};
use backoffice::vault::KeyRing;
use clap::Subcommand;
use domain::audit::checkpoint::{Origin, VerifierKey};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

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

/// Runs the command. It reads alone: not a byte of the database is written, and a log that does not
/// verify is not made longer.
pub async fn run(config: &Config, command: Command, json: bool) -> anyhow::Result<ExitCode> {
    let path = config.database();
    if !path.exists() {
        anyhow::bail!("there is no database at {}", path.display());
    }
    let db = Db::open_sqlite_read_only(&path).await?;
    let origin = Origin::parse(&config.log_origin).context("log_origin")?;
    let key = KeySigner::new(Arc::new(KeyRing::open(&config.keys())), origin.clone()).verifier_key();
    match command {
        Command::Verify { checkpoint } => {
            let kept = match checkpoint {
                Some(path) => {
                    Some(std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?)
                }
                None => None,
            };
            let verified = prove(&db, key.as_deref(), kept.as_deref()).await?;
            tell(&verified, json)?;
            Ok(ExitCode::from(u8::from(!verified.ok())))
        }
        Command::Checkpoint => {
            print_checkpoint(&db, &origin, key.as_deref(), json).await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Verifies the whole log, against this log's own key if it is there.
pub async fn prove(db: &Db, key: Option<&str>, kept: Option<&str>) -> anyhow::Result<Verified> {
    let key = key.map(VerifierKey::parse).transpose().context("the log's public key")?;
    Ok(verify(db, key.as_ref(), kept).await?)
}

fn tell(verified: &Verified, json: bool) -> anyhow::Result<()> {
    if json {
        say(serde_json::to_string(verified)?);
        return Ok(());
    }
    say(verified);
    Ok(())
}

async fn print_checkpoint(db: &Db, origin: &Origin, vkey: Option<&str>, json: bool) -> anyhow::Result<()> {
    let head = log::read_head(db).await?.context("the log is empty")?;
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
