//! The command line. Exit 0, 1 (it failed, or verification found something) or 2 (usage).

mod audit;
mod backup;
mod demo;
mod doctor;
mod export;
mod import;
mod init;
mod open;
mod progress;
mod remask;
mod restore;
mod sample;
mod serve;
mod staff;

use crate::config::{Config, LogFormat};
use crate::telemetry::{Collector, Telemetry};
use backoffice::spans;
use clap::{Args, Parser, Subcommand};
use domain::audit::event::SourceName;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tokio::runtime::Handle;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// A back-office console for bank operations staff: masked by default, revealed by receipt.
#[derive(Debug, Parser)]
#[command(name = "grille", version, about)]
pub struct Cli {
    #[command(flatten)]
    everywhere: Everywhere,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, Args)]
pub struct Everywhere {
    /// The configuration file; `grille.toml` in this folder if there is one.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder; goes before the configuration.
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Answers for machines.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes the data folder, its four keys, the database and the first two administrators.
    Init,
    /// Serves the console.
    Serve {
        /// Where to listen; goes before the configuration.
        #[arg(long)]
        addr: Option<std::net::SocketAddr>,
    },
    /// Serves a demonstration with invented customers and known staff, on loopback only.
    Demo(demo::Options),
    /// Imports customers from a CSV file, or from standard input (`-`).
    Import(import::Options),
    /// Writes synthetic customers as CSV to standard output.
    SampleCustomers(sample::Options),
    /// Staff: who there is, and taking rights away.
    #[command(subcommand)]
    Staff(staff::Command),
    /// The log: proof and checkpoints.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Exports: which copy a leaked file comes from.
    #[command(subcommand)]
    Export(export::Command),
    /// Makes every stored mask anew, after a mask rule was changed; recorded, and no value is shown.
    Remask,
    /// Writes everything that the database holds into a new file, beside the running server; recorded. No key is in it.
    Backup {
        /// The file.
        path: PathBuf,
    },
    /// Puts a backup in the place of what is lost: verified first, and not if it is older than is known.
    Restore(restore::Options),
    /// Looks whether everything is as it should be, and says what to do; exit 1 if something is not.
    Doctor,
}

impl Cli {
    /// Runs the command.
    pub fn run(self) -> ExitCode {
        match self.try_run() {
            Ok(code) => code,
            Err(error) => {
                report(&error);
                ExitCode::from(1)
            }
        }
    }

    fn try_run(self) -> anyhow::Result<ExitCode> {
        let Cli { everywhere, command } = self;
        // Needs no configuration: it touches nothing of the bank's.
        if let Command::SampleCustomers(options) = command {
            return sample::run(&options);
        }
        if let Command::Audit(command) = &command
            && command.stands_alone()
        {
            return audit::run_alone(command, everywhere.json);
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        if let Command::Doctor = &command {
            // A configuration that cannot be read is a finding too.
            return runtime.block_on(doctor::run(&everywhere));
        }
        let mut config = Config::load(everywhere.config.as_deref())?;
        if let Some(dir) = &everywhere.data_dir {
            config.data_dir = dir.clone();
        }
        let telemetry = start_log(&config, runtime.handle())?;
        let ended = runtime.block_on(async {
            match command {
                Command::Init => init::run(&config, everywhere.json).await,
                Command::Serve { addr } => {
                    config.addr = addr.unwrap_or(config.addr);
                    config.check()?;
                    serve::run(&config).await
                }
                Command::Demo(options) => demo::run(config, &everywhere, options).await,
                Command::Import(options) => import::run(&config, &options, everywhere.json).await,
                Command::SampleCustomers(options) => sample::run(&options),
                Command::Staff(command) => staff::run(&config, command, everywhere.json).await,
                Command::Audit(command) => audit::run(&config, command, everywhere.json).await,
                Command::Export(command) => export::run(&config, command, everywhere.json).await,
                Command::Remask => remask::run(&config, everywhere.json).await,
                Command::Backup { path } => backup::run(&config, &path, everywhere.json).await,
                Command::Restore(options) => restore::run(&config, &options, everywhere.json).await,
                Command::Doctor => doctor::run(&everywhere).await,
            }
        });
        if let Some(telemetry) = telemetry {
            telemetry.end();
        }
        // A disk that hangs keeps the thread that asked it, and is to keep no more than that.
        runtime.shutdown_timeout(Duration::from_secs(1));
        ended
    }
}

/// Lines on standard error, so that standard output stays the command's own. Ids and numbers, never data. Spans go to
/// the collector, if one is named, and to nobody else.
fn start_log(config: &Config, runtime: &Handle) -> anyhow::Result<Option<Telemetry>> {
    let no_spans = format!("{}=off", spans::TARGET).parse()?;
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log)?.add_directive(no_spans);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match config.log_format {
        LogFormat::Json => lines.json().with_filter(filter).boxed(),
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).with_filter(filter).boxed(),
    };
    let collector = config.telemetry.otlp.as_deref().and_then(Collector::parse);
    let telemetry = collector.map(|known| Telemetry::to(known, runtime.clone())).transpose()?;
    let spans = telemetry.as_ref().map(Telemetry::layer);
    tracing_subscriber::registry().with(lines).with(spans).init();
    Ok(telemetry)
}

/// Who runs the command, as the operating system's environment has it.
fn os_user() -> Option<SourceName> {
    let name = std::env::var("SUDO_USER").or_else(|_| std::env::var("USER")).or_else(|_| std::env::var("LOGNAME"));
    SourceName::parse(&name.ok()?)
}

/// A line for people.
#[expect(clippy::print_stdout, reason = "the command line speaks here")]
fn say(line: impl std::fmt::Display) {
    println!("{line}");
}

/// A word of warning, beside the command's own output.
#[expect(clippy::print_stderr, reason = "the command line speaks here")]
fn warn(line: impl std::fmt::Display) {
    eprintln!("{line}");
}

fn report(error: &anyhow::Error) {
    warn(format_args!("grille: {error:#}"));
}
