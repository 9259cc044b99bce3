//! What may be chosen.

use anyhow::Context;
use std::time::Duration;

const KNOWN: &str = "--customers N, --events N, --seconds N, --minutes N, --million N and, with it, --million-pg";

/// What a run measures, and for how long.
pub struct Options {
    /// Customers of each office.
    pub customers: u64,
    /// Events that are written besides, for verification and pages of the log to have a past.
    pub events: u64,
    /// All turns of one figure together.
    pub seconds: Duration,
    /// How long memory is watched.
    pub minutes: Option<u64>,
    /// Customers of the large office that `scale_1m` holds against a small one.
    pub million: Option<u64>,
    /// Whether a server's database is filled with as many, which no run keeps for the next.
    pub million_pg: bool,
}

impl Options {
    /// From the command line; what cargo adds is passed over.
    pub fn read() -> anyhow::Result<Self> {
        let mut options = Self {
            customers: 10_000,
            events: 100_000,
            seconds: Duration::from_secs(10),
            minutes: None,
            million: None,
            million_pg: false,
        };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut number = || words.next().context("a number is missing")?.parse::<u64>().context("not a number");
            match word.as_str() {
                "--customers" => options.customers = number()?,
                "--events" => options.events = number()?,
                "--seconds" => options.seconds = Duration::from_secs(number()?),
                "--minutes" => options.minutes = Some(number()?),
                "--million" => options.million = Some(number()?),
                "--million-pg" => options.million_pg = true,
                "--bench" => (),
                other => anyhow::bail!("{other} is not known; {KNOWN}"),
            }
        }
        let fewest = options.million.unwrap_or(options.customers).min(options.customers);
        anyhow::ensure!(fewest >= 1000, "at least 1000 customers, so that a search has something to miss");
        anyhow::ensure!(!options.seconds.is_zero() && options.minutes != Some(0), "some time must pass");
        anyhow::ensure!(options.million.is_some() || !options.million_pg, "--million-pg goes with --million N");
        Ok(options)
    }
}
