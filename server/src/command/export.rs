//! `grille export …`: files that left the bank.

use super::{open, os_user, say};
use crate::config::Config;
use anyhow::{Context, bail};
use backoffice::{MOST_TRACED, TraceCandidate, TraceReport, TraceVerdict};
use clap::Subcommand;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Tells from which copy a leaked file comes: CSV, TSV or XLSX, any part of it, in any order; recorded. Exit 1 if
    /// from none.
    Trace {
        /// The file.
        file: PathBuf,
    },
}

/// Runs the command. Nothing of the file's content is in its output.
pub async fn run(config: &Config, command: Command, json: bool) -> anyhow::Result<ExitCode> {
    let Command::Trace { file } = command;
    let content = read(&file)?;
    let office = open::office(config).await?;
    let report = office.trace(content, os_user()).await?;
    let named = report.candidates.iter().any(|one| one.verdict != TraceVerdict::None);
    match json {
        true => say(serde_json::to_string(&report)?),
        false => tell(&report),
    }
    Ok(ExitCode::from(u8::from(!named)))
}

/// No more of it than is taken, whatever its metadata say.
fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let cannot = || format!("{} cannot be read", path.display());
    let mut content = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MOST_TRACED as u64 + 1).read_to_end(&mut content))
        .with_context(cannot)?;
    if content.len() > MOST_TRACED {
        bail!("{} is too large: give a part of it ({} MB at most)", path.display(), MOST_TRACED >> 20);
    }
    Ok(content)
}

fn tell(report: &TraceReport) {
    say(format_args!(
        "{} rows, {} cells, compared with {} copies; event {} says so",
        report.rows, report.cells, report.copies, report.event
    ));
    for one in &report.candidates {
        say(line(one));
    }
    if report.unreadable > 0 {
        say(format_args!(
            "not compared with {} copies: what the books say of them is not what was approved",
            report.unreadable
        ));
    }
    if report.candidates.is_empty() {
        say("nothing of any copy is in it");
    }
}

fn line(one: &TraceCandidate) -> String {
    let verdict = match one.verdict {
        TraceVerdict::Certain => "certain",
        TraceVerdict::Likely => "likely",
        TraceVerdict::None => "none",
    };
    format!(
        "{verdict}: export {}, recipient {}: {} references, {} tokens, {} canaries ({:.2e} to be expected by chance; wrong \
         with a chance of {:.1e} at most)",
        one.export_id, one.recipient_id, one.refs, one.tokens, one.canaries, one.expected, one.chance
    )
}
