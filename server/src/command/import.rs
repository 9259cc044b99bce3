//! `grille import`: a bank's CSV comes in, with the server stopped or running.

use super::progress::Progress;
use super::{open, os_user, say, warn};
use crate::config::Config;
use anyhow::Context;
use backoffice::imports::{Mapping, RejectFile, Stopped, Summary};
use clap::Args;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

/// What to import.
#[derive(Debug, Args)]
pub struct Options {
    /// A CSV file, or `-` for standard input.
    file: PathBuf,
    /// Which column is which field; without it headers are catalogue names.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Where rejected rows are told, by line, column and reason; `FILE.rejects.csv` if left out.
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

/// Imports, and says what came of it.
pub async fn run(config: &Config, options: &Options, json: bool) -> anyhow::Result<ExitCode> {
    let mapping = match &options.mapping {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
            Some(Mapping::parse(&text).with_context(|| format!("{}", path.display()))?)
        }
        None => None,
    };
    let from_pipe = options.file.as_os_str() == "-";
    let (input, length): (Box<dyn Read + Send>, Option<u64>) = if from_pipe {
        (Box::new(std::io::stdin()), None)
    } else {
        let file = File::open(&options.file).with_context(|| format!("{} cannot be read", options.file.display()))?;
        let length = file.metadata().ok().map(|meta| meta.len());
        (Box::new(file), length)
    };
    let beside = match from_pipe {
        true => PathBuf::from("stdin.rejects.csv"),
        false => {
            let mut name = options.file.clone().into_os_string();
            name.push(".rejects.csv");
            PathBuf::from(name)
        }
    };
    let rejects_at = options.rejects.clone().unwrap_or(beside);
    let mut rejects = RejectFile::at(rejects_at.clone())
        .with_context(|| format!("the reject file {} cannot be replaced", rejects_at.display()))?;
    let office = open::office_for_import(config).await?;
    let importer = office.importer(os_user());
    let progress = Progress::of("rows", json);
    let done = importer
        .run(input, mapping, &mut rejects, |so_far| {
            progress.show_bytes(so_far.rows, so_far.bytes, length);
        })
        .await;
    progress.finish();
    let (summary, failure) = match done {
        Ok(summary) => (summary, None),
        Err(Stopped { cause, so_far }) => (so_far, Some(cause)),
    };
    tell(&summary, json);
    if rejects.was_written() {
        warn(format_args!("rejected rows are told in {}", rejects_at.display()));
    }
    match failure {
        Some(cause) => Err(anyhow::Error::new(cause).context("the import stopped; running it again is safe")),
        None => Ok(ExitCode::SUCCESS),
    }
}

fn tell(summary: &Summary, json: bool) {
    let counts = &summary.counts;
    if json {
        say(serde_json::json!({
            "batch": summary.batch.to_string(), "rows": summary.rows, "added": counts.added,
            "changed": counts.changed, "unchanged": counts.unchanged, "rejected": counts.rejected,
        }));
    } else {
        say(format_args!(
            "{} rows: {} added, {} changed, {} unchanged, {} rejected (batch {})",
            summary.rows, counts.added, counts.changed, counts.unchanged, counts.rejected, summary.batch
        ));
    }
}
