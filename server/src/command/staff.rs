//! `grille staff …`: who there is, and taking rights away at once. Giving rights takes two administrators
//! and has no place on a command line, but for one: an administrator is certified here when too few are left.

use super::{open, os_user, say};
use crate::config::Config;
use anyhow::{Context, anyhow};
use clap::Subcommand;
use domain::code::Code;
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
    /// Certifies an administrator's rights anew, lapsed or not, while fewer than two others serve; all else is done
    /// in the browser. The record names the operating system's user.
    Certify {
        /// The staff number.
        staff_no: String,
    },
}

/// Runs the command.
pub async fn run(config: &Config, command: Command, json: bool) -> anyhow::Result<ExitCode> {
    let office = open::office(config).await?;
    match command {
        Command::List => {
            let now = office.clock().now();
            for row in office.all_staff().await? {
                let state = match row.has_lapsed(now) {
                    true => "lapsed",
                    false if row.active => "active",
                    false => "suspended",
                };
                let until = row.certified_until;
                let (staff_no, role, unit) = (row.staff_no.as_str(), row.role.as_str(), row.unit.as_str());
                match json {
                    true => say(serde_json::json!({
                        "staff_no": staff_no, "role": role, "unit": unit, "state": state,
                        "certified_until": until, "name": row.name.as_str(),
                    })),
                    false => say(format_args!(
                        "{staff_no:<10} {role:<10} {unit:<6} {state:<9} {until} {}",
                        row.name.as_str()
                    )),
                }
            }
        }
        Command::Suspend { staff_no } => {
            let staff_no = StaffNo::parse(&staff_no).context("a staff number is lower-case letters and digits")?;
            office.suspend(&staff_no, os_user()).await.with_context(|| format!("{staff_no} was not suspended"))?;
            say(format_args!("{staff_no} is suspended"));
        }
        Command::Certify { staff_no } => {
            let staff_no = StaffNo::parse(&staff_no).context("a staff number is lower-case letters and digits")?;
            let until = office.certify(&staff_no, os_user()).await.map_err(|error| match error.code() {
                Code::SecondPersonRequired => anyhow!("two others serve as administrators: they do it in the browser"),
                Code::ChangeUnfit => anyhow!("administrators alone are certified here, and none whom one suspended"),
                _ => error.into(),
            });
            let until = until.with_context(|| format!("{staff_no} was not certified"))?;
            say(format_args!("{staff_no} is certified until {until}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
