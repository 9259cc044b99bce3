//! `grille remask`: every stored mask anew, after a mask rule was changed.

use super::progress::Progress;
use super::{open, os_user, say};
use crate::config::Config;
use anyhow::Context;
use std::process::ExitCode;

/// Runs the job; exit 1 if it stopped, or if a customer could not be opened.
pub async fn run(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    let office = open::office_for_import(config).await?;
    let progress = Progress::of("customers", json);
    let done = office.remask(os_user(), |done, all| progress.show(done, Some(all))).await;
    progress.finish();
    let done = done.context("the masks are not all made anew; running it again is safe")?;
    match json {
        true => say(serde_json::json!({
            "changed": done.changed, "unchanged": done.unchanged, "unreadable": done.unreadable,
        })),
        false => say(format_args!(
            "{} customers have other masks now, {} the same; {} could not be opened",
            done.changed, done.unchanged, done.unreadable
        )),
    }
    Ok(ExitCode::from(u8::from(done.unreadable > 0)))
}
