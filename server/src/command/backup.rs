//! `grille backup PATH`: everything that the database holds, in one file, beside the running server (O3).

use super::progress::Progress;
use super::{open, os_user, say};
use crate::config::Config;
use anyhow::{Context, bail};
use std::path::Path;
use std::process::ExitCode;

/// A megabyte: what progress is told in.
pub const MB: u64 = 1_000_000;

pub async fn run(config: &Config, path: &Path, json: bool) -> anyhow::Result<ExitCode> {
    if path.exists() {
        bail!("{} is there already, and stays as it is: name another file", path.display());
    }
    let office = open::office(config).await?;
    let progress = Progress::of("MB", json);
    let tell = |done: u64, all: Option<u64>| progress.show_bytes(done / MB, done, all);
    let made = office.back_up(path, os_user(), tell).await;
    progress.finish();
    let made = made.with_context(|| format!("there is no backup at {}", path.display()))?;
    let sha256 = data_encoding::HEXLOWER.encode(&made.sha256);
    if json {
        say(serde_json::json!({
            "event": made.event, "size": made.size, "bytes": made.bytes, "sha256": sha256,
        }));
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!(
        "{} events and all beside them in {} MB; event {} says so and is among them",
        made.size,
        made.bytes.div_ceil(MB),
        made.event
    ));
    say(format_args!("SHA-256 {sha256}"));
    say(format_args!(
        "The four keys are not in it: keep {} elsewhere, for nothing can be opened without them",
        config.keys().display()
    ));
    Ok(ExitCode::SUCCESS)
}
