//! `grille doctor`: is everything as it should be? It reads alone, and prints no secret.

mod database;
mod files;
mod server;

use super::{Everywhere, open, say, serve};
use crate::config::Config;
use anyhow::Context;
use serde::Serialize;
use std::process::ExitCode;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Level {
    Ok,
    /// It works, and should not stay so.
    Warning,
    /// Something is refused, or will be.
    Problem,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
struct Finding {
    check: &'static str,
    level: Level,
    says: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    todo: Option<&'static str>,
}

/// What was found so far.
#[derive(Default)]
struct Report(Vec<Finding>);

impl Report {
    fn ok(&mut self, check: &'static str, says: impl Into<String>) {
        self.0.push(Finding { check, level: Level::Ok, says: says.into(), todo: None });
    }
    fn warning(&mut self, check: &'static str, says: impl Into<String>, todo: &'static str) {
        self.0.push(Finding { check, level: Level::Warning, says: says.into(), todo: Some(todo) });
    }
    fn problem(&mut self, check: &'static str, says: impl Into<String>, todo: &'static str) {
        self.0.push(Finding { check, level: Level::Problem, says: says.into(), todo: Some(todo) });
    }
    fn sound(&self) -> bool {
        self.0.iter().all(|finding| finding.level != Level::Problem)
    }
}

/// Looks at everything, in the order in which one thing rests on another.
pub async fn run(everywhere: &Everywhere) -> anyhow::Result<ExitCode> {
    let mut report = Report::default();
    match Config::load(everywhere.config.as_deref()).context("the configuration") {
        Ok(mut config) => {
            config.data_dir = everywhere.data_dir.clone().unwrap_or(config.data_dir);
            report.ok("config", "read, and without contradiction");
            served(&config, &mut report);
            rules(&config, &mut report);
            files::look(&config, &mut report);
            single_sign_on(&config, &mut report).await;
            database::look(&config, &mut report).await;
        }
        Err(error) => report.problem("config", format!("{error:#}"), "mend the key or the file that it names"),
    }
    tell(&report, everywhere.json)?;
    Ok(ExitCode::from(u8::from(!report.sound())))
}

/// Does the address fit the origin? A page under another origin than its own refuses every form.
fn served(config: &Config, report: &mut Report) {
    let origin = config.served_origin();
    let port = origin.rsplit(':').next().and_then(|port| port.parse::<u16>().ok());
    match origin.strip_prefix("http://") {
        None => report.ok("origin", format!("{origin}, by a TLS proxy that passes Host on to {}", config.addr)),
        Some(host) if !["localhost", "127.0.0.1", "[::1]"].iter().any(|name| host.starts_with(name)) => report.problem(
            "origin",
            format!("{origin} is plain HTTP for other machines: browsers keep no session cookie there (U5, U8)"),
            "put a TLS proxy on this machine in front, and set origin to its https:// address",
        ),
        Some(_) if port.unwrap_or(80) != config.addr.port() => report.warning(
            "origin",
            format!("{origin} is not the port of {}", config.addr),
            "set origin and addr to one port, unless something in between changes it",
        ),
        Some(_) => report.ok("origin", format!("{origin} on {}", config.addr)),
    }
}

/// Catalogue, purposes and policies, each by itself and together.
fn rules(config: &Config, report: &mut Report) {
    match open::rules(config) {
        Ok(_) => report.ok("rules", "catalogue, purposes and policies are read and fit each other"),
        Err(error) => report.problem("rules", format!("{error:#}"), "mend the line that it names"),
    }
}

/// The provider is asked what it says of itself, as at a start; nothing is said where there is none (U9).
async fn single_sign_on(config: &Config, report: &mut Report) {
    match serve::single_sign_on(config) {
        Ok(None) => (),
        Err(error) => report.problem("sso", format!("{error:#}"), "mend the file that it names"),
        Ok(Some(sso)) if sso.answers().await => report.ok("sso", "the provider answers, and is the one that is named"),
        Ok(Some(sso)) if sso.is_only() => report.problem(
            "sso",
            "the provider does not answer, or describes another issuer, and is the only way in",
            "mend sso.issuer or the way there; meanwhile sso.only = false lets passwords in",
        ),
        Ok(Some(_)) => report.warning(
            "sso",
            "the provider does not answer, or describes another issuer",
            "compare sso.issuer with what the provider calls itself, letter by letter; then the way there, and sso.ca_file",
        ),
    }
}

fn tell(report: &Report, json: bool) -> anyhow::Result<()> {
    if json {
        say(serde_json::to_string(&serde_json::json!({ "ok": report.sound(), "findings": report.0 }))?);
        return Ok(());
    }
    for Finding { check, level, says, todo } in &report.0 {
        let mark = match level {
            Level::Ok => "ok     ",
            Level::Warning => "warning",
            Level::Problem => "PROBLEM",
        };
        say(format_args!("{mark}  {check:<11} {says}"));
        if let Some(todo) = todo {
            say(format_args!("                     {todo}"));
        }
    }
    Ok(())
}
