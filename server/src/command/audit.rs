//! `grille audit …`: the log, proved.

use super::progress::Progress;
use super::{open, os_user, say};
use crate::config::Config;
use anyhow::Context;
use backoffice::audit::{KeySigner, Verified, check_bundle, verify};
use backoffice::store::{Db, log};
use backoffice::vault::KeyRing;
use clap::Subcommand;
use domain::audit::checkpoint::{Origin, VerifierKey};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Verifies every entry, column, tile and signature; exit 1 if anything is wrong.
    Verify {
        /// Verifies a bundle instead: no database, no configuration, the public key alone.
        #[arg(long, value_name = "DIR")]
        bundle: Option<PathBuf>,
        /// The log's public key, from where its checkpoints are kept; this log's own if left out.
        #[arg(long, value_name = "VKEY")]
        key: Option<String>,
        /// A checkpoint that was kept elsewhere: a log that was cut, rewritten or rolled back disagrees.
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
    },
    /// Prints the newest signed checkpoint, to be kept elsewhere.
    Checkpoint,
    /// Writes the whole log into an empty folder, for anyone to check; recorded.
    Bundle {
        /// The folder.
        dir: PathBuf,
    },
}

impl Command {
    /// Whether it touches nothing of the bank's, so that it needs no configuration.
    pub fn stands_alone(&self) -> bool {
        matches!(self, Command::Verify { bundle: Some(_), .. })
    }
}

/// Verifies a bundle with the public key alone.
pub fn run_alone(command: &Command, json: bool) -> anyhow::Result<ExitCode> {
    let Command::Verify { bundle: Some(dir), key, checkpoint } = command else {
        anyhow::bail!("this command needs a configuration");
    };
    let key = key.as_deref().map(|key| VerifierKey::parse(key.trim())).transpose().context("--key")?;
    let checked = check_bundle(dir, key.as_ref(), kept(checkpoint.as_deref())?.as_deref())
        .with_context(|| format!("{}", dir.display()))?;
    match json {
        true => say(serde_json::to_string(&checked)?),
        false => say(&checked),
    }
    Ok(ExitCode::from(u8::from(!checked.ok())))
}

/// Runs the command. But for a bundle, it reads alone: not a byte of the database is written, and a log that
/// does not verify is not made longer.
pub async fn run(config: &Config, command: Command, json: bool) -> anyhow::Result<ExitCode> {
    let origin = Origin::parse(&config.log_origin).context("log_origin")?;
    let key = KeySigner::new(Arc::new(KeyRing::open(&config.keys())), origin.clone()).verifier_key();
    match command {
        Command::Bundle { dir } => bundle(config, &dir, json).await,
        Command::Verify { bundle: _, key: given, checkpoint } => {
            let key = given.map(|key| key.trim().to_owned()).or(key);
            let db = read_only(config).await?;
            let verified = prove(&db, key.as_deref(), kept(checkpoint.as_deref())?.as_deref()).await?;
            tell(&verified, json)?;
            Ok(ExitCode::from(u8::from(!verified.ok())))
        }
        Command::Checkpoint => {
            let db = read_only(config).await?;
            print_checkpoint(&db, &origin, key.as_deref(), json).await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn read_only(config: &Config) -> anyhow::Result<Db> {
    config.database()?.open_read_only().await
}

/// A checkpoint that was kept elsewhere.
fn kept(path: Option<&Path>) -> anyhow::Result<Option<String>> {
    let read =
        |path: &Path| std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()));
    path.map(read).transpose()
}

async fn bundle(config: &Config, dir: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let office = open::office(config).await?;
    let progress = Progress::of("entries", json);
    let made = office.bundle(dir, os_user(), |done, all| progress.show(done, Some(all))).await;
    progress.finish();
    let made = made.with_context(|| format!("{} is no bundle", dir.display()))?;
    match json {
        true => say(serde_json::json!({ "event": made.event, "size": made.size, "files": made.files })),
        false => say(format_args!(
            "{} entries in {} files; event {} says so and is among them",
            made.size, made.files, made.event
        )),
    }
    Ok(ExitCode::SUCCESS)
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
