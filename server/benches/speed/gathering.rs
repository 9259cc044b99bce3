//! Whether acts gain by waiting for company before they are written.

use crate::engine::Engine;
use crate::office::Office;
use crate::options::Options;
use crate::premises::Premises;
use crate::{AT_ONCE, say, turns};
use anyhow::Context;
use backoffice::audit::Gather;
use std::path::Path;

/// Microseconds.
const WAIT: u16 = 200;
/// Beside the crowd that targets are of, one in which batches are small.
const CROWDS: [usize; 2] = [8, AT_ONCE];

/// Measures an office that waits beside one that does not, in turns.
pub async fn measure(engine: &Engine, folder: &Path, options: &Options) -> anyhow::Result<()> {
    let gathers = [Gather::micros(WAIT).context("too long")?, Gather::NONE];
    let mut offices = Vec::new();
    for (name, gather) in ["waits", "waits_not"].into_iter().zip(gathers) {
        let dir = folder.join(format!("{name}{}", engine.suffix()));
        let premises = Premises::make(&dir, engine.place(&dir, name).await?)?;
        premises.fill(options.customers).await?;
        offices.push(Office::open_gathering(&premises, CROWDS.iter().sum(), gather).await?);
    }
    let names = [format!("waits {WAIT} us"), "does not wait".to_owned()];
    for clients in CROWDS {
        let each = [(names[0].as_str(), &offices[0]), (names[1].as_str(), &offices[1])];
        for (act, ratio) in turns::beside_each_other(each, clients, options.seconds).await? {
            say(format_args!("ratio commit_wait_{act}_{clients}{} {ratio:.2}", engine.suffix()));
        }
    }
    for office in offices {
        office.close().await?;
    }
    Ok(())
}
