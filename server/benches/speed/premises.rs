//! What an office is made in: a folder with keys, a database with customers, and who works there.

use crate::counter::now;
use crate::engine::Place;
use anyhow::Context;
use backoffice::audit::Gather;
use backoffice::hooks::NoHooks;
use backoffice::imports::RejectFile;
use backoffice::samples::{self, Columns};
use backoffice::store::WriteCache;
use backoffice::system::{SystemClock, SystemEntropy};
use backoffice::vault::KeyRing;
use backoffice::{BackOffice, Parts, Settings, policy};
use domain::audit::checkpoint::Origin;
use domain::budget::Limits;
use domain::catalogue::Catalogue;
use domain::notice::Notice;
use domain::purpose::Purposes;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The log's name.
pub const ORIGIN: &str = "grille.bench/log";
/// Whose customers tellers search.
pub const BRANCH: &str = "0101";
const SEED: u64 = 7;

/// A folder laid out as the program's own, and a database.
pub struct Premises {
    /// The folder.
    pub dir: PathBuf,
    /// The database.
    pub place: Place,
}

impl Premises {
    /// New ones: keys, and nothing else yet.
    pub fn make(dir: &Path, place: Place) -> anyhow::Result<Self> {
        fs::create_dir_all(dir)?;
        KeyRing::create_all(&dir.join("keys"), &SystemEntropy)?;
        fs::create_dir(dir.join("exports"))?;
        Ok(Self { dir: dir.into(), place })
    }

    /// A copy of premises whose database is the file `grille.db`, which nobody has open.
    pub fn copy(from: &Path, dir: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(dir.join("keys"))?;
        fs::create_dir(dir.join("exports"))?;
        for key in fs::read_dir(from.join("keys"))? {
            let key = key?;
            fs::copy(key.path(), dir.join("keys").join(key.file_name()))?;
        }
        let file = dir.join("grille.db");
        for name in ["id_numbers", "grille.db"] {
            fs::copy(from.join(name), dir.join(name)).with_context(|| format!("{name} was not copied"))?;
        }
        // What is still to be written would be written during the measurement.
        File::open(&file)?.sync_all()?;
        Ok(Self { dir: dir.into(), place: Place::File(file) })
    }

    /// Puts the office together; nothing is begun.
    pub async fn open(&self, write_cache: WriteCache) -> anyhow::Result<Arc<BackOffice>> {
        self.open_gathering(write_cache, Gather::NONE).await
    }

    /// The same, where batches wait for company.
    pub async fn open_gathering(&self, write_cache: WriteCache, gather: Gather) -> anyhow::Result<Arc<BackOffice>> {
        let parts = Parts {
            db: self.place.open().await?,
            keys: self.dir.join("keys"),
            checkpoint: self.dir.join("checkpoint"),
            exports: self.dir.join("exports"),
            origin: Origin::parse(ORIGIN)?,
            relying_party: None,
            catalogue: Catalogue::shipped()?,
            purposes: Purposes::shipped()?,
            policy: policy::SHIPPED.to_owned(),
            notice: Notice::shipped()?,
            // Tellers of a benchmark do in a minute what others do in a year.
            settings: Settings { budgets: Limits::NONE, ..Settings::default() },
            write_cache,
            gather,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            hooks: Arc::new(NoHooks),
        };
        Ok(BackOffice::open(parts).await?)
    }

    /// Brings sample customers in, as `grille import` does; gives back rows a second.
    pub async fn fill(&self, customers: u64) -> anyhow::Result<f64> {
        let csv = self.dir.join("customers.csv");
        let mut out = BufWriter::new(File::create(&csv)?);
        samples::write(customers, SEED, Columns::Catalogue, &mut out)?;
        out.flush()?;
        let office = self.open(WriteCache::Importing).await?;
        let mut rejects = RejectFile::at(self.dir.join("rejects.csv"))?;
        let begun = now();
        let summary = office.importer(None).run(File::open(&csv)?, None, &mut rejects, |_| ()).await?;
        let rate = customers as f64 / begun.elapsed().as_secs_f64();
        anyhow::ensure!(summary.counts.added == customers, "{} of {customers} came in", summary.counts.added);
        fs::write(self.dir.join("id_numbers"), id_numbers(&csv)?)?;
        fs::remove_file(csv)?;
        office.ledger().settled().await;
        drop(office);
        if let Place::File(file) = &self.place {
            close(file)?;
        }
        Ok(rate)
    }

    /// The ID numbers of our branch's customers.
    pub fn id_numbers(&self) -> anyhow::Result<Vec<String>> {
        let text = fs::read_to_string(self.dir.join("id_numbers"))?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// Bytes of the database, if it is a file.
    pub fn bytes(&self) -> u64 {
        let Place::File(file) = &self.place else { return 0 };
        let length = |file: &Path| fs::metadata(file).map_or(0, |meta| meta.len());
        length(file) + length(&file.with_extension("db-wal"))
    }
}

/// Moves all that was committed into the file itself: what lies beside it then says nothing more.
fn close(file: &Path) -> anyhow::Result<()> {
    let conn = rusqlite::Connection::open(file)?;
    conn.busy_timeout(std::time::Duration::from_secs(60))?;
    let busy: i64 = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    anyhow::ensure!(busy == 0, "somebody holds {}", file.display());
    Ok(())
}

/// Column `id_no` of the rows of our branch, a line each. No sample cell holds a comma.
fn id_numbers(csv: &Path) -> anyhow::Result<String> {
    let mut lines = BufReader::new(File::open(csv)?).lines();
    let header = lines.next().context("no header")??;
    let place = |name: &str| header.split(',').position(|known| known == name).context("no such column");
    let (id_no, branch) = (place("id_no")?, place("branch")?);
    let mut found = String::new();
    for line in lines {
        let line = line?;
        let cells: Vec<&str> = line.split(',').collect();
        if cells.get(branch) == Some(&BRANCH) {
            found += cells.get(id_no).copied().unwrap_or_default();
            found.push('\n');
        }
    }
    Ok(found)
}
