//! Opening the back office of a configuration.

use crate::config::Config;
use anyhow::{Context, bail};
use backoffice::auth::RelyingParty;
use backoffice::hooks::NoHooks;
use backoffice::policy;
use backoffice::store::WriteCache;
use backoffice::system::{SystemClock, SystemEntropy};
use backoffice::{BackOffice, Parts};
use domain::audit::checkpoint::Origin;
use domain::catalogue::Catalogue;
use domain::notice::Notice;
use domain::purpose::Purposes;
use std::path::Path;
use std::sync::Arc;

/// The back office of an existing data folder, to be served.
pub async fn office(config: &Config) -> anyhow::Result<Arc<BackOffice>> {
    existing(config, WriteCache::Serving).await
}

/// The same, to be filled.
pub async fn office_for_import(config: &Config) -> anyhow::Result<Arc<BackOffice>> {
    existing(config, WriteCache::Importing).await
}

async fn existing(config: &Config, write_cache: WriteCache) -> anyhow::Result<Arc<BackOffice>> {
    let database = config.database()?;
    if !database.exists().await? {
        bail!("there is no database at {database}: run `grille init` first");
    }
    put_together(config, write_cache).await
}

/// What a bank has decided: a catalogue, purposes and policies that fit each other.
pub struct Rules {
    catalogue: Catalogue,
    purposes: Purposes,
    policy: String,
    notice: Notice,
}

/// Reads and checks them. It comes before anything is made: a refusal leaves nothing behind.
pub fn rules(config: &Config) -> anyhow::Result<Rules> {
    let catalogue = match &config.catalogue {
        Some(path) => Catalogue::parse(&read(path)?).with_context(|| format!("{}", path.display()))?,
        None => Catalogue::shipped().context("the shipped catalogue")?,
    };
    let purposes = match &config.purposes {
        Some(path) => Purposes::parse(&read(path)?).with_context(|| format!("{}", path.display()))?,
        None => Purposes::shipped().context("the shipped purposes")?,
    };
    purposes.check(&catalogue).context("purposes and catalogue contradict each other")?;
    let policy = match &config.policy {
        Some(path) => read(path)?,
        None => policy::SHIPPED.to_owned(),
    };
    policy::Policy::parse(&policy, &[])?;
    let notice = match &config.notice {
        Some(path) => Notice::parse(&read(path)?).with_context(|| format!("{}", path.display()))?,
        None => Notice::shipped().context("the shipped notice")?,
    };
    Ok(Rules { catalogue, purposes, policy, notice })
}

/// The back office; makes the database if it is missing.
pub async fn make(config: &Config) -> anyhow::Result<Arc<BackOffice>> {
    put_together(config, WriteCache::Serving).await
}

async fn put_together(config: &Config, write_cache: WriteCache) -> anyhow::Result<Arc<BackOffice>> {
    let Rules { catalogue, purposes, policy, notice } = rules(config)?;
    make_dir(&config.exports())?;
    let db = config.database()?.open().await?;
    let parts = Parts {
        db,
        keys: config.keys(),
        checkpoint: config.checkpoint(),
        exports: config.exports(),
        origin: Origin::parse(&config.log_origin).context("log_origin")?,
        relying_party: RelyingParty::of_origin(&config.served_origin()),
        catalogue,
        purposes,
        policy,
        notice,
        settings: config.settings(),
        write_cache,
        gather: config.server.gather()?,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        hooks: Arc::new(NoHooks),
    };
    Ok(BackOffice::open(parts).await?)
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// Makes a private folder.
pub fn make_dir(path: &Path) -> anyhow::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).with_context(|| format!("{} cannot be made", path.display()))
}
