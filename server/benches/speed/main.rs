//! `make bench`: how fast the audited way is, beside floors that the same run measures on the same machine.
//!
//! Floors: F1, a bare handler that appends one event-sized row by the same group commit; F2, F1 and one
//! indexed SELECT; F3, SHA-256 over the bytes of the log. Each ratio is ours by its floor; 1 would mean that
//! sessions, policy, masks, ciphers, tree and signature cost nothing. All of it on files, and on PostgreSQL if
//! `cargo xtask postgres` started one.

mod begin;
mod client;
mod counter;
mod engine;
mod floors;
mod gathering;
mod latency;
mod memory;
mod million;
mod office;
mod options;
mod past;
mod premises;
mod served;
mod tellers;
mod turns;

use engine::{Engine, Place};
use office::Office;
use options::Options;
use premises::Premises;
use std::path::Path;

/// Clients at once.
const CROWDS: [usize; 3] = [1, 8, AT_ONCE];
/// The crowd that targets are of.
const AT_ONCE: usize = 64;

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
    for engine in Engine::all() {
        let measured = all(&engine, folder.path(), options).await;
        engine.sweep().await?;
        measured?;
    }
    Ok(())
}

async fn all(engine: &Engine, folder: &Path, options: &Options) -> anyhow::Result<()> {
    match engine {
        Engine::Sqlite => say("\nSQLite"),
        Engine::Postgres(_) => say("\nPostgreSQL"),
    }
    if let Some(folder) = engine.in_memory().await? {
        say(format_args!("{folder} IS IN MEMORY: a sync there costs nothing, so these figures flatter"));
    }
    begin::measure(engine, folder).await?;
    ratios(engine, folder, options).await?;
    gathering::measure(engine, folder, options).await?;
    if let Some(many) = options.million
        && (matches!(engine, Engine::Sqlite) || options.million_pg)
    {
        million::measure(engine, folder, options, many).await?;
    }
    memory::measure(engine, folder, options).await
}

/// Ours beside its floors.
async fn ratios(engine: &Engine, folder: &Path, options: &Options) -> anyhow::Result<()> {
    let suffix = engine.suffix();
    let dir = folder.join(format!("office{suffix}"));
    let premises = Premises::make(&dir, engine.place(&dir, "office").await?)?;
    say(format_args!("import {:.0} rows/s", premises.fill(options.customers).await?));
    // One for the sample event, one for each client of each crowd, one who is alone at last.
    let office = Office::open(&premises, 2 + CROWDS.iter().sum::<usize>()).await?;
    let event_bytes = office.some_event_bytes().await?;
    let dir = folder.join(format!("floors{suffix}"));
    std::fs::create_dir(&dir)?;
    let place = engine.place(&dir, "floors").await?;
    let floors = floors::Floors::open(&place, event_bytes, options.customers).await?;
    say(format_args!("rows of the floors are {event_bytes} bytes long, as a reveal's event is"));

    for clients in CROWDS {
        let ratios = turns::beside_floors(&office, &floors, clients, options.seconds).await?;
        for (name, ratio) in ratios.into_iter().filter(|_| clients == AT_ONCE) {
            say(format_args!("ratio {name}_{AT_ONCE}{suffix} {ratio:.2}"));
        }
    }

    let begun = counter::now();
    past::write(office.ledger(), options.events).await?;
    say(format_args!("{} more events, {:.0}/s", options.events, options.events as f64 / begun.elapsed().as_secs_f64()));
    if let Place::File(file) = &premises.place {
        let mut reader = office.tellers.reader().await?;
        for mut teller in office.crowd(1).await? {
            for waits in latency::measure(file, &mut teller, &mut reader).await? {
                say(format_args!("{waits}"));
            }
        }
    }

    let bytes = office.log_bytes().await?;
    let f3 = floors::hash_all(&bytes);
    let verify = office.verify().await?;
    let entries = bytes.len() as f64;
    say(format_args!("verify {entries} entries: {:.0}/s, floor F3 {:.0}/s", entries / verify, entries / f3));
    say(format_args!("ratio verify{suffix} {:.2}", f3 / verify));
    office.close().await
}

#[expect(clippy::print_stdout, reason = "a benchmark speaks here")]
fn say(line: impl std::fmt::Display) {
    println!("{line}");
}
