//! `grille restore PATH`: a backup put in the place of what is lost, if its log is whole and not older than is known
//! (O3).

use super::backup::MB;
use super::progress::Progress;
use super::{open, os_user, say, warn};
use crate::config::{Config, Database};
use anyhow::{Context, bail};
use backoffice::audit::KeySigner;
use backoffice::backup::{Backup, Known, Proven, RestoreError, Target};
use backoffice::store::{Db, log};
use backoffice::vault::KeyRing;
use clap::Args;
use domain::audit::checkpoint::{Origin, VerifierKey};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

#[derive(Debug, Args)]
pub struct Options {
    /// The backup.
    path: PathBuf,
    /// A checkpoint that was kept elsewhere, to compare with besides those that are found here.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// The log's public key; that of `log.key` if left out.
    #[arg(long, value_name = "VKEY")]
    key: Option<String>,
    /// Moves a database file that is there aside.
    #[arg(long)]
    replace: bool,
    /// Takes a backup that is older than a known checkpoint; say too how many events that loses.
    #[arg(long, requires = "yes_lose_events")]
    older_than_known: bool,
    /// So many known events may be lost: the very number that the refusal names.
    #[arg(long, value_name = "N", requires = "older_than_known")]
    yes_lose_events: Option<u64>,
}

pub async fn run(config: &Config, options: &Options, json: bool) -> anyhow::Result<ExitCode> {
    let origin = Origin::parse(&config.log_origin).context("log_origin")?;
    let own = KeySigner::new(Arc::new(KeyRing::open(&config.keys())), origin).verifier_key();
    let key = options.key.clone().or(own);
    let key =
        key.context("the log cannot be verified: put log.key into the keys folder, or name its public half by --key")?;
    let key = VerifierKey::parse(key.trim()).context("the log's public key")?;
    let database = config.database()?;
    if let Database::File(path) = &database
        && path.exists()
        && !options.replace
    {
        bail!("{} is there already: stop the server, then move it aside by --replace", path.display());
    }
    open::make_dir(&config.data_dir)?;
    let backup = Backup::open(&options.path).with_context(|| format!("{}", options.path.display()))?;
    let place = match &database {
        Database::File(path) => path.clone(),
        Database::Server(_) => config.data_dir.join("log"),
    };
    let existing = existing(&database).await;
    let known = known(config, options, existing.as_ref()).await?;
    if known.is_empty() {
        warn("grille: no checkpoint of this log is known here, so whether the backup is the newest is not known");
    }
    let progress = Progress::of("MB", json);
    let tell = |done: u64, all: u64| progress.show_bytes(done / MB, done, Some(all));
    let proven = Proven::of(backup, &key, &known, existing.as_ref(), options.yes_lose_events, &place, tell).await;
    if let Some(Db::Sqlite(pool)) = &existing {
        pool.close().await;
    }
    let proven = proven.map_err(how_on)?;
    let (size, lost) = (proven.size(), proven.lost());
    let target = match &database {
        Database::File(path) => Target::Sqlite(path),
        Database::Server(address) => Target::Postgres(address),
    };
    let moved = proven.take_effect(target, options.replace, os_user().as_ref(), tell).await;
    progress.finish();
    let moved = moved.map_err(how_on)?;
    if lost > 0 {
        set_aside(&config.checkpoint())?;
    }
    if json {
        say(serde_json::json!({ "size": size, "lost": lost, "moved": moved }));
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!("{database} is what the backup holds: {size} events, verified; {lost} known ones are lost"));
    if let Some(moved) = moved {
        say(format_args!("what was there before is {}", moved.display()));
    }
    say("Start the server: it ends the sessions of then and records the restore. Codes serve again after a minute.");
    Ok(ExitCode::SUCCESS)
}

/// The database that is there, as far as it can be read.
async fn existing(database: &Database) -> Option<Db> {
    match database {
        Database::File(path) if path.exists() => Db::open_sqlite_read_only(path).await.ok(),
        Database::File(_) | Database::Server(_) => None,
    }
}

/// Every checkpoint that can be found.
async fn known(config: &Config, options: &Options, existing: Option<&Db>) -> anyhow::Result<Vec<Known>> {
    let read = |path: &Path| {
        let note = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        anyhow::Ok(Known { from: path.display().to_string(), note })
    };
    let mut known = Vec::new();
    known.extend(options.checkpoint.as_deref().map(read).transpose()?);
    let own = config.checkpoint();
    known.extend(own.exists().then(|| read(&own)).transpose()?);
    if let Some(db) = existing {
        match log::read_head(db).await {
            Ok(Some(head)) if !head.note.is_empty() => {
                known.push(Known { from: "the database that is there".into(), note: head.note });
            }
            Ok(_) => (),
            Err(_) => warn("grille: the database that is there cannot be read, so the backup is not compared with it"),
        }
    }
    Ok(known)
}

/// A checkpoint of what is lost would never give way to those of what goes on. It is evidence: it stays.
fn set_aside(checkpoint: &Path) -> anyhow::Result<()> {
    if !checkpoint.exists() {
        return Ok(());
    }
    let mut names = (1_u32..).map(|n| checkpoint.with_extension(format!("replaced-{n}")));
    let aside = names.find(|name| !name.exists()).context("no name is free for the old checkpoint")?;
    std::fs::rename(checkpoint, &aside).with_context(|| format!("{} cannot be moved aside", checkpoint.display()))
}

/// With what to do about it.
fn how_on(error: RestoreError) -> anyhow::Error {
    let todo = match &error {
        RestoreError::Older { lost, .. } => {
            Some(format!("look for a newer one; if there is none, add --older-than-known --yes-lose-events {lost}"))
        }
        RestoreError::Forked(_) | RestoreError::NotWhole(_) => Some("do not use it; ask who had it".to_owned()),
        RestoreError::KnownUnsigned(_) => Some("compare log_origin and log.key with those of then".to_owned()),
        RestoreError::Backup(_)
        | RestoreError::Copy(_)
        | RestoreError::Open(_)
        | RestoreError::Sqlx(_)
        | RestoreError::Io(_)
        | RestoreError::OtherDatabase
        | RestoreError::InTheWay(_)
        | RestoreError::InUse(_) => None,
    };
    match todo {
        Some(todo) => anyhow::Error::from(error).context(format!("nothing was restored ({todo})")),
        None => anyhow::Error::from(error).context("nothing was restored"),
    }
}
