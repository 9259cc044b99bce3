//! `make bench`: how fast the audited way is, beside floors that the same run measures on the same machine.
//!
//! Floors: F1, a bare handler that appends one event-sized row by the same group commit; F2, F1 and one
//! indexed SELECT; F3, SHA-256 over the bytes of the log. Each ratio is ours by its floor; 1 would mean that
//! sessions, policy, masks, ciphers, tree and signature cost nothing.

mod client;
mod counter;
mod floors;
mod latency;
mod office;
mod past;

use anyhow::Context;
use client::Client;
use counter::{Rate, count};
use office::Office;
use std::time::Duration;

/// Clients at once.
const CROWDS: [usize; 3] = [1, 8, 64];

/// What may be chosen.
struct Options {
    customers: u64,
    events: u64,
    seconds: Duration,
}

impl Options {
    /// `--customers N`, `--events N` and `--seconds N`; what cargo adds is passed over.
    fn read() -> anyhow::Result<Self> {
        let mut options = Self { customers: 10_000, events: 100_000, seconds: Duration::from_secs(10) };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut number = || words.next().context("a number is missing")?.parse().context("not a number");
            match word.as_str() {
                "--customers" => options.customers = number()?,
                "--events" => options.events = number()?,
                "--seconds" => options.seconds = Duration::from_secs(number()?),
                "--bench" => (),
                other => anyhow::bail!("{other} is not known; --customers N, --events N, --seconds N"),
            }
        }
        anyhow::ensure!(options.customers >= 1000, "at least 1000 customers, so that a search has something to miss");
        Ok(options)
    }
}

fn main() -> anyhow::Result<()> {
    let options = Options::read()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(&options))
}

async fn run(options: &Options) -> anyhow::Result<()> {
    // Beside the build, not in the system's temporary folder, which may be memory: a sync must be one.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let cores = std::thread::available_parallelism()?;
    say(format_args!("{} customers, {cores} cores, {:?} a figure", options.customers, options.seconds));

    let office = Office::open(&folder.path().join("office"), options.customers).await?;
    say(format_args!("import {:.0} rows/s", office.import_rate));
    let event_bytes = office.some_event_bytes().await?;
    let floors = floors::Floors::open(&folder.path().join("floors"), event_bytes, options.customers).await?;
    say(format_args!("rows of the floors are {event_bytes} bytes long, as a reveal's event is"));

    let mut at_most = None;
    for clients in CROWDS {
        at_most = Some(side_by_side(&office, &floors, clients, options.seconds).await?);
    }

    let begun = counter::now();
    past::write(office.ledger(), options.events).await?;
    say(format_args!("{} more events, {:.0}/s", options.events, options.events as f64 / begun.elapsed().as_secs_f64()));
    let mut reader = office.reader().await?;
    let mut alone = office.crowd(1).await?;
    for teller in &mut alone {
        for waits in latency::measure(&office, teller, &mut reader).await? {
            say(format_args!("{waits}"));
        }
    }

    let bytes = office.log_bytes().await?;
    let f3 = floors::hash_all(&bytes);
    let verify = office.verify().await?;
    let entries = bytes.len() as f64;
    say(format_args!("verify {entries} entries: {:.0}/s, floor F3 {:.0}/s", entries / verify, entries / f3));
    say(format_args!("memory at its highest, clients and floors included: {}", peak_memory()));

    for (name, ratio) in at_most.into_iter().flatten() {
        say(format_args!("ratio {name}_64 {ratio:.2}"));
    }
    say(format_args!("ratio verify {:.2}", f3 / verify));
    Ok(())
}

/// How often ours and its floor take turns: the disk stalls now and then, for both.
const TURNS: u32 = 5;

/// One crowd's figures, each taken in turns with its floor; ours by the floor, of the median turns.
async fn side_by_side(
    office: &Office,
    floors: &floors::Floors,
    clients: usize,
    seconds: Duration,
) -> anyhow::Result<[(&'static str, f64); 3]> {
    let mut crowd = office.crowd(clients).await?;
    let turn = seconds / TURNS;
    let mut rates: [Vec<Rate>; 5] = Default::default();
    for _ in 0..TURNS {
        let [f1, reveals, f2, searches, views] = &mut rates;
        f1.push(floor(floors, "/append", clients, turn).await?);
        let (rate, back) = count(crowd, turn, |one, _| Box::pin(one.reveal())).await?;
        reveals.push(rate);
        f2.push(floor(floors, "/select-and-append", clients, turn).await?);
        let (rate, back) = count(back, turn, |one, nth| Box::pin(one.search(nth))).await?;
        searches.push(rate);
        let (rate, back) = count(back, turn, |one, _| Box::pin(one.view())).await?;
        views.push(rate);
        crowd = back;
    }
    let tell = |name: &str, rates: Vec<Rate>| {
        let rate = counter::median(rates);
        say(format_args!("{name:<9} {clients:>2} clients  {rate}"));
        rate.per_second
    };
    let [f1, reveals, f2, searches, views] = rates;
    let (f1, reveals) = (tell("floor F1", f1), tell("reveal", reveals));
    let (f2, searches, views) = (tell("floor F2", f2), tell("search", searches), tell("view", views));
    Ok([("reveal", reveals / f1), ("search", searches / f2), ("view", views / f2)])
}

async fn floor(floors: &floors::Floors, path: &'static str, clients: usize, turn: Duration) -> anyhow::Result<Rate> {
    let mut crowd = Vec::new();
    for _ in 0..clients {
        crowd.push(floors::Caller::new(Client::connect(floors.addr).await?, path, floors.keys));
    }
    let (rate, _) = count(crowd, turn, |one, nth| Box::pin(one.call(nth))).await?;
    Ok(rate)
}

/// The kernel's word for it, where there is one.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".into(), |rest| rest.trim().into())
}

#[expect(clippy::print_stdout, reason = "a benchmark speaks here")]
fn say(line: impl std::fmt::Display) {
    println!("{line}");
}
