//! The memory of the process that serves, under a crowd that reveals, searches and views in turn.

use crate::counter::now;
use crate::engine::{Engine, Place};
use crate::options::Options;
use crate::premises::Premises;
use crate::served::Served;
use crate::tellers::{Teller, Tellers, enrol};
use crate::{AT_ONCE, say};
use backoffice::store::{Db, WriteCache, log};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Between two looks.
const LOOK: Duration = Duration::from_secs(30);
/// What is left on the disk when a run stops before its time.
const ROOM: u64 = 2 << 30;

/// What one look saw.
struct Look {
    hours: f64,
    rss: f64,
}

/// Loads it for a figure's time; and watches it, if minutes were asked for and it keeps a file.
pub async fn measure(engine: &Engine, folder: &Path, options: &Options) -> anyhow::Result<()> {
    let (suffix, dir) = (engine.suffix(), folder.join(format!("memory{}", engine.suffix())).join("data"));
    let premises = Premises::make(&dir, engine.place(&dir, "memory").await?)?;
    premises.fill(options.customers).await?;
    let office = premises.open(WriteCache::Serving).await?;
    enrol(&office, AT_ONCE).await?;
    // The same database, for counting what another process writes.
    let db = office.db().clone();
    office.ledger().settled().await;
    drop(office);

    let mut served = Served::start(&["serve"], &premises.dir, &premises.place)?;
    served.ready().await?;
    let crowd = Tellers::at(served.addr, &premises)?.crowd(AT_ONCE).await?;
    let load = Load::begin(crowd);
    tokio::time::sleep(options.seconds).await;
    say(format_args!("loaded{suffix} {:.1} MB at its highest", served.memory("VmHWM")?));
    if let (Some(minutes), Place::File(_)) = (options.minutes, &premises.place) {
        watch(&served, &db, &premises, &load, Duration::from_secs(60 * minutes)).await?;
    }
    load.end().await?;
    served.stop()
}

/// Tellers at work until they are told to stop.
struct Load {
    over: Arc<AtomicBool>,
    tellers: JoinSet<anyhow::Result<()>>,
}

impl Load {
    fn begin(crowd: Vec<Teller>) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let mut tellers = JoinSet::new();
        for mut teller in crowd {
            let over = over.clone();
            tellers.spawn(async move {
                let mut turn = 0;
                while !over.load(Ordering::Relaxed) {
                    teller.reveal_all_day().await?;
                    teller.search(turn).await?;
                    teller.view().await?;
                    turn += 1;
                }
                Ok(())
            });
        }
        Self { over, tellers }
    }

    fn all_at_work(&self) -> bool {
        self.tellers.len() == AT_ONCE
    }

    async fn end(mut self) -> anyhow::Result<()> {
        self.over.store(true, Ordering::Relaxed);
        while let Some(ended) = self.tellers.join_next().await {
            ended??;
        }
        Ok(())
    }
}

async fn watch(served: &Served, db: &Db, premises: &Premises, load: &Load, length: Duration) -> anyhow::Result<()> {
    let begun = now();
    let mut looks = vec![Look { hours: 0.0, rss: served.memory("VmRSS")? }];
    let (mut last, mut before) = (begun, events(db).await?);
    while begun.elapsed() < length && load.all_at_work() {
        tokio::time::sleep(LOOK).await;
        let (rss, at, size) = (served.memory("VmRSS")?, now(), events(db).await?);
        say(format_args!(
            "minute {:>5.1}  VmRSS {rss:>6.1} MB  {:>6.0} events/s  {size} in the log, {} MB of files",
            (at - begun).as_secs_f64() / 60.0,
            (size - before) as f64 / (at - last).as_secs_f64(),
            premises.bytes() >> 20,
        ));
        (last, before) = (at, size);
        looks.push(Look { hours: hours(begun, at), rss });
        let disk = rustix::fs::statvfs(&premises.dir)?;
        if disk.f_bavail * disk.f_frsize < ROOM {
            say("the disk is nearly full: it ends here");
            break;
        }
    }
    let second = looks.split_off(looks.len() / 2);
    say(format_args!("memory_flat {:.1} MB/h over the second half", slope(&second)));
    say(format_args!("memory_highest {:.1} MB", served.memory("VmHWM")?));
    Ok(())
}

async fn events(db: &Db) -> anyhow::Result<u64> {
    Ok(log::read_head(db).await?.map_or(0, |head| head.size))
}

fn hours(from: Instant, to: Instant) -> f64 {
    (to - from).as_secs_f64() / 3600.0
}

/// By least squares.
fn slope(looks: &[Look]) -> f64 {
    let mean = |of: fn(&Look) -> f64| looks.iter().map(of).sum::<f64>() / looks.len() as f64;
    let (hours, rss) = (mean(|look| look.hours), mean(|look| look.rss));
    let (mut above, mut below) = (0.0, 0.0);
    for look in looks {
        above += (look.hours - hours) * (look.rss - rss);
        below += (look.hours - hours).powi(2);
    }
    above / below
}
