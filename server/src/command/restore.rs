//! `grille restore PATH`: a backup put in the place of what is lost, if its log is whole and not older than is known
//! (O3).

use super::backup::MB;
use super::progress::Progress;
use super::{open, os_user, say, warn};
use crate::config::{Config, Database};
use anyhow::{Context, bail};
use backoffice::audit::{CheckpointFile, KeySigner, Standing};
use backoffice::backup::{Backup, Known, Lacking, Loss, Proven, RestoreError, Target};
use backoffice::store::{Db, log};
use backoffice::vault::KeyRing;
use clap::Args;
use domain::audit::checkpoint::{self, Origin, VerifierKey};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

#[derive(Debug, Args)]
pub struct Options {
    /// The backup.
    #[arg(required_unless_present = "what_is_there")]
    path: Option<PathBuf>,
    /// Takes the database that is there, which was put back by other means, for what is left.
    #[arg(long, conflicts_with_all = ["path", "replace"])]
    what_is_there: bool,
    /// A checkpoint that was kept elsewhere, to compare with besides those that are found here.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// The log's public key; that of `log.key` if left out.
    #[arg(long, value_name = "VKEY")]
    key: Option<String>,
    /// Moves a database file that is there aside.
    #[arg(long)]
    replace: bool,
    /// Takes a backup that is older than a known checkpoint, or may be; say too how many events that loses.
    #[arg(long, requires = "yes_lose_events")]
    older_than_known: bool,
    /// So many known events may be lost: the very number that the refusal names, or `unknown`.
    #[arg(long, value_name = "N", requires = "older_than_known")]
    yes_lose_events: Option<Loss>,
}

pub async fn run(config: &Config, options: &Options, json: bool) -> anyhow::Result<ExitCode> {
    let origin = Origin::parse(&config.log_origin).context("log_origin")?;
    let own = KeySigner::new(Arc::new(KeyRing::open(&config.keys())), origin).verifier_key();
    let key = options.key.clone().or(own);
    let key =
        key.context("the log cannot be verified: put log.key into the keys folder, or name its public half by --key")?;
    let key = VerifierKey::parse(key.trim()).context("the log's public key")?;
    match &options.path {
        Some(path) => put_back(config, options, path, &key, json).await,
        None => agree(config, options, &key, json).await,
    }
}

/// Puts a backup in its place.
async fn put_back(
    config: &Config,
    options: &Options,
    path: &Path,
    key: &VerifierKey,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let database = config.database()?;
    if let Database::File(path) = &database
        && path.exists()
        && !options.replace
    {
        bail!("{} is there already: stop the server, then move it aside by --replace", path.display());
    }
    open::make_dir(&config.data_dir)?;
    let backup = Backup::open(path, key).with_context(|| format!("{}", path.display()))?;
    let place = match &database {
        Database::File(path) => path.clone(),
        Database::Server(_) => config.data_dir.join("log"),
    };
    let mut known = known(config, options)?;
    let existing = existing(&database, &known, key).await;
    known.extend(match &existing {
        Some(db) => known_there(db).await,
        None => None,
    });
    let progress = Progress::of("MB", json);
    let tell = |done: u64, all: u64| progress.show_bytes(done / MB, done, Some(all));
    let proven = Proven::of(backup, key, &known, existing.as_ref(), options.yes_lose_events, &place, tell).await;
    if let Some(Db::Sqlite(pool)) = &existing {
        pool.close();
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
    set_aside(config, lost)?;
    if json {
        say(serde_json::json!({ "size": size, "lost": lost.events(), "moved": moved }));
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!("{database} is what the backup holds: {size} events, verified; known ones that are lost: {lost}"));
    if let Some(moved) = moved {
        say(format_args!("what was there before is {}", moved.display()));
    }
    say(NOW);
    Ok(ExitCode::SUCCESS)
}

const NOW: &str =
    "Start the server: it ends the sessions of then and records the restore. Codes serve again after a minute.";

/// Goes on with what is there, though it lacks what is known.
async fn agree(config: &Config, options: &Options, key: &VerifierKey, json: bool) -> anyhow::Result<ExitCode> {
    let database = config.database()?;
    // Before the log: it may go on, and the file with it.
    let known = known(config, options)?;
    let there = database.open_read_only().await?;
    let lacking = Lacking::of(&there, key, &known, options.yes_lose_events).await;
    if let Db::Sqlite(readers) = &there {
        readers.close();
    }
    let lacking = lacking.map_err(how_on)?;
    let target = match &database {
        Database::File(path) => Target::Sqlite(path),
        Database::Server(address) => Target::Postgres(address),
    };
    lacking.agree(target, os_user().as_ref()).await.map_err(how_on)?;
    let (size, lost) = (lacking.size(), lacking.lost());
    set_aside(config, lost)?;
    if json {
        say(serde_json::json!({ "size": size, "lost": lost.events() }));
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!("{database} goes on from event {size}; known ones that are lost: {lost}"));
    say(NOW);
    Ok(ExitCode::SUCCESS)
}

/// The file of what is lost would never give way to what goes on.
fn set_aside(config: &Config, lost: Loss) -> anyhow::Result<()> {
    if lost == Loss::Events(0) {
        return Ok(());
    }
    let file = config.checkpoint();
    let aside = CheckpointFile::at(file.clone()).set_aside();
    aside.with_context(|| format!("{} cannot be moved aside", file.display()))
}

/// The database that is there, as far as it can be read, and unless it is what a newer backup is to mend.
async fn existing(database: &Database, known: &[Known], key: &VerifierKey) -> Option<Db> {
    let path = match database {
        Database::File(path) if path.exists() => path,
        Database::File(_) | Database::Server(_) => return None,
    };
    let db = Db::open_sqlite_read_only(path).await.map_err(|error| not_compared(&error)).ok()?;
    for one in known {
        let Ok(signed) = checkpoint::open(&one.note, key) else { continue };
        if matches!(Standing::of(&db, &signed).await, Ok(Standing::Behind { .. } | Standing::Forked { .. })) {
            warn(format_args!(
                "grille: the database that is there lacks what {} knows, so it is not compared",
                one.from
            ));
            return None;
        }
    }
    Some(db)
}

fn not_compared(why: &dyn std::error::Error) {
    warn(format_args!(
        "grille: the database that is there cannot be read, so the backup is not compared with it: {why}"
    ));
}

/// Every checkpoint that lies outside of a database.
fn known(config: &Config, options: &Options) -> anyhow::Result<Vec<Known>> {
    let read = |path: &Path| {
        let note = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        anyhow::Ok(Known { from: path.display().to_string(), note })
    };
    let mut known = Vec::new();
    known.extend(options.checkpoint.as_deref().map(read).transpose()?);
    let own = config.checkpoint();
    known.extend(own.exists().then(|| read(&own)).transpose()?);
    Ok(known)
}

/// The head of a database that is there.
async fn known_there(db: &Db) -> Option<Known> {
    let head = log::read_head(db).await.map_err(|error| not_compared(&error)).ok()?;
    let note = head.map(|head| head.note).filter(|note| !note.is_empty())?;
    Some(Known { from: "the database that is there".into(), note })
}

/// With what to do about it.
fn how_on(error: RestoreError) -> anyhow::Error {
    let todo = match &error {
        RestoreError::Older { lost, .. } => {
            Some(format!("look for a newer one; if there is none, add --older-than-known --yes-lose-events {lost}"))
        }
        RestoreError::NothingKnown => Some(
            "fetch the newest checkpoint from its witness, and name it by --checkpoint; if there is none, add \
            --older-than-known --yes-lose-events unknown"
                .to_owned(),
        ),
        RestoreError::LacksUncounted(_) => Some(
            "find out who put it there; if it is to stay, add --older-than-known --yes-lose-events unknown".to_owned(),
        ),
        RestoreError::Forked(_) | RestoreError::NotWhole(_) | RestoreError::OtherSchema(_) => {
            Some("do not use it; ask who had it".to_owned())
        }
        RestoreError::KnownUnsigned(_) => Some("compare log_origin and log.key with those of then".to_owned()),
        RestoreError::Backup(_)
        | RestoreError::Copy(_)
        | RestoreError::Open(_)
        | RestoreError::Sqlx(_)
        | RestoreError::Io(_)
        | RestoreError::NothingLacks
        | RestoreError::OtherDatabase
        | RestoreError::InTheWay(_)
        | RestoreError::InUse(_) => None,
    };
    match todo {
        Some(todo) => anyhow::Error::from(error).context(format!("nothing was restored ({todo})")),
        None => anyhow::Error::from(error).context("nothing was restored"),
    }
}
