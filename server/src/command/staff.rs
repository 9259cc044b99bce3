//! `grille staff …`: who there is, and taking rights away at once. Giving rights takes two administrators
//! and has no place on a command line.

use super::{open, os_user, say};
use crate::config::Config;
use anyhow::Context;
use clap::Subcommand;
use domain::id::StaffNo;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lists staff, by number.
    List,
    /// Suspends somebody: their next request, and an act that has begun, are refused. The record names the
    /// operating system's user.
    Suspend {
        /// The staff number.
        staff_no: String,
    },
}

/// Runs the command.
pub async fn run(config: &Config, command: Command, json: bool) -> anyhow::Result<ExitCode> {
    let office = open::office(config).await?;
    match command {
        Command::List => {
            for row in office.all_staff().await? {
                let state = if row.active { "active" } else { "suspended" };
                let (staff_no, role, unit) = (row.staff_no.as_str(), row.role.as_str(), row.unit.as_str());
                match json {
                    true => say(serde_json::json!({
                        "staff_no": staff_no, "role": role, "unit": unit, "state": state, "name": row.name.as_str(),
                    })),
                    false => say(format_args!("{staff_no:<10} {role:<10} {unit:<6} {state:<9} {}", row.name.as_str())),
                }
            }
        }
        Command::Suspend { staff_no } => {
            let staff_no = StaffNo::parse(&staff_no).context("a staff number is lower-case letters and digits")?;
            office.suspend(&staff_no, os_user()).await.with_context(|| format!("{staff_no} was not suspended"))?;
            say(format_args!("{staff_no} is suspended"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
