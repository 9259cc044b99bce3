//! What an act costs among a million customers, beside the same among a few.

use crate::engine::Engine;
use crate::office::Office;
use crate::options::Options;
use crate::premises::Premises;
use crate::{AT_ONCE, say, turns};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// Measures both offices in turns; the worst of the three acts is what counts.
pub async fn measure(engine: &Engine, folder: &Path, options: &Options, many: u64) -> anyhow::Result<()> {
    let dir = folder.join(format!("few{}", engine.suffix()));
    let few = Premises::make(&dir, engine.place(&dir, "few").await?)?;
    few.fill(options.customers).await?;
    let dir = folder.join(format!("many{}", engine.suffix()));
    let large = match engine {
        Engine::Sqlite => Premises::copy(&kept(many).await?, &dir)?,
        // A cluster goes away with its run, and so does what was filled into it.
        Engine::Postgres(_) => {
            let large = Premises::make(&dir, engine.place(&dir, "many").await?)?;
            say(format_args!("import {:.0} rows/s of {many}", large.fill(many).await?));
            large
        }
    };
    let (small, large) = (Office::open(&few, AT_ONCE).await?, Office::open(&large, AT_ONCE).await?);
    let names = [format!("of {many} customers"), format!("of {} customers", options.customers)];
    let offices = [(names[0].as_str(), &large), (names[1].as_str(), &small)];
    let ratios = turns::beside_each_other(offices, AT_ONCE, options.seconds).await?;
    for (act, ratio) in ratios {
        say(format_args!("ratio scale_1m{}_{act} {ratio:.2}", engine.suffix()));
    }
    let worst = ratios.iter().map(|(_, ratio)| *ratio).fold(0.0, f64::max);
    say(format_args!("ratio scale_1m{} {worst:.2}", engine.suffix()));
    small.close().await?;
    large.close().await?;
    // Gigabytes, and more is measured after this.
    std::fs::remove_dir_all(dir)?;
    Ok(())
}

/// The premises that runs share: made once for these migrations and so many customers, and never opened but to copy.
async fn kept(customers: u64) -> anyhow::Result<PathBuf> {
    let mut migrations = Sha256::new();
    for migration in sqlx::migrate!("../migrations/sqlite").iter() {
        migrations.update(migration.version.to_be_bytes());
        migrations.update(migration.description.as_bytes());
        migrations.update(&migration.checksum);
    }
    let digest = data_encoding::HEXLOWER.encode(&migrations.finalize()[..8]);
    let all = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let dir = all.join(format!("bench-million-{digest}-{customers}"));
    if dir.exists() {
        say(format_args!("{customers} customers are there from an earlier run"));
        return Ok(dir);
    }
    // It has its name when it is whole: one that a run left half made is made anew.
    let unfinished = dir.with_extension("unfinished");
    if unfinished.exists() {
        std::fs::remove_dir_all(&unfinished)?;
    }
    let premises = Premises::make(&unfinished, Engine::Sqlite.place(&unfinished, "million").await?)?;
    say(format_args!("import {:.0} rows/s of {customers}, kept for later runs", premises.fill(customers).await?));
    std::fs::rename(unfinished, &dir)?;
    Ok(dir)
}
