//! How long the program takes to start, and its memory while nobody asks.

use crate::counter::now;
use crate::engine::Engine;
use crate::say;
use crate::served::Served;
use std::path::Path;

/// Starts that the median is of.
const STARTS: usize = 5;

/// Makes a demonstration, stops it, and starts it again a few times.
pub async fn measure(engine: &Engine, folder: &Path) -> anyhow::Result<()> {
    let data = folder.join(format!("start{}", engine.suffix())).join("data");
    let place = engine.place(&data, "start").await?;
    let mut first = Served::start(&["demo"], &data, &place)?;
    first.ready().await?;
    first.stop()?;
    let (mut took, mut idle) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let begun = now();
        let mut served = Served::start(&["demo"], &data, &place)?;
        served.ready().await?;
        took.push(begun.elapsed().as_secs_f64() * 1000.0);
        idle.push(served.memory("VmRSS")?);
        served.stop()?;
    }
    let suffix = engine.suffix();
    say(format_args!("start{suffix} {:.0} ms", median(took)));
    say(format_args!("idle{suffix} {:.1} MB", median(idle)));
    Ok(())
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}
