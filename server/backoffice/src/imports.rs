//! Import (L1): a bank's CSV comes in, row by row all or nothing, and leaves masks, ciphertext and digests.
//!
//! A file is the whole of each customer in it: what a row leaves out is gone from that customer. The same row
//! twice changes nothing. Reading, preparing (on all cores) and writing go on side by side, a thousand rows
//! at a time, so that memory does not grow with the file.

mod act;
pub(crate) mod chosen_by;
mod chunk;
mod columns;
mod csv;
mod formats;
mod mapping;
pub(crate) mod prepare;
mod rejects;
mod row;
#[cfg(test)]
mod tests;

pub use act::Counts;
pub use columns::{ColumnError, FLAGGED};
pub use csv::{CsvError, CsvFault};
pub use mapping::{Mapping, MappingError};
pub use rejects::RejectFile;
pub use row::RowFault;

use crate::audit::{ActError, Ledger, Receipt};
use crate::store::Db;
use crate::system::{Entropy, new_id};
use crate::vault::{BlindIndex, Vault, VaultError};
use act::WriteChunk;
use chunk::{ChunkReader, PreparedChunk};
use columns::Plan;
use domain::audit::event::SourceName;
use domain::catalogue::Catalogue;
use domain::clock::Clock;
use domain::id::BatchId;
use prepare::Preparer;
use row::RowReader;
use std::collections::{HashSet, VecDeque};
use std::io::Read;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// Brings customers in.
pub struct Importer {
    /// Where reads go.
    pub db: Db,
    /// The way to change anything.
    pub ledger: Ledger,
    /// Seals.
    pub vault: Vault,
    /// Digests for search.
    pub index: BlindIndex,
    /// What a customer is.
    pub catalogue: Arc<Catalogue>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Who runs the command, for the event.
    pub os_user: Option<SourceName>,
}

/// How far an import has come, and at its end, what it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// This run, as its events name it.
    pub batch: BatchId,
    /// Rows dealt with.
    pub rows: u64,
    /// Bytes of the file that these took, header included.
    pub bytes: u64,
    /// Rows by what became of them.
    pub counts: Counts,
}

/// Why an import stopped. Rows before it are in, and recorded; running it again changes nothing for them.
#[derive(Debug, thiserror::Error)]
#[error("{cause}")]
pub struct Stopped {
    /// Why.
    #[source]
    pub cause: ImportError,
    /// What was done before.
    pub so_far: Summary,
}

/// What stops an import. No value is in any of these.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The header.
    #[error(transparent)]
    Columns(#[from] ColumnError),
    /// The file is no CSV.
    #[error(transparent)]
    Csv(#[from] CsvError),
    /// A key is missing, or a stored customer cannot be opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database could not be read.
    #[error("the database could not be read")]
    Store(#[from] sqlx::Error),
    /// The chunk was refused or could not be recorded.
    #[error("the rows could not be written: {0}")]
    Act(#[from] ActError),
    /// The reject file could not be written.
    #[error("the reject file could not be written: {0}")]
    Rejects(#[from] std::io::Error),
    /// A thread of the import died.
    #[error("the import was interrupted")]
    Interrupted,
}

/// Files without a mapping file come from here.
const UNNAMED_SOURCE: &str = "csv";

/// Chunks that wait for their commit at once. Those that wait together share it: a page of the index that several
/// of them touch is written once.
const IN_FLIGHT: usize = 4;

/// A chunk that was handed to the ledger, and how far into the file it reaches.
struct Writing {
    receipt: JoinHandle<Result<Receipt<Counts>, ActError>>,
    rows: u64,
    bytes: u64,
}

impl Importer {
    /// Imports a file. `progress` is called after each chunk.
    pub async fn run(
        &self,
        input: impl Read + Send + 'static,
        mapping: Option<Mapping>,
        rejects: &mut RejectFile,
        mut progress: impl FnMut(&Summary) + Send,
    ) -> Result<Summary, Stopped> {
        let batch = BatchId::from_bytes(new_id(self.clock.now(), &*self.entropy));
        let mut done = Summary { batch, rows: 0, bytes: 0, counts: Counts::default() };
        match self.run_into(&mut done, input, mapping, rejects, &mut progress).await {
            Ok(()) => Ok(done),
            Err(cause) => Err(Stopped { cause, so_far: done }),
        }
    }

    async fn run_into(
        &self,
        done: &mut Summary,
        input: impl Read + Send + 'static,
        mapping: Option<Mapping>,
        rejects: &mut RejectFile,
        progress: &mut (impl FnMut(&Summary) + Send),
    ) -> Result<(), ImportError> {
        let catalogue = self.catalogue.clone();
        let planned = mapping.clone();
        let plan = move |header: &csv::Record| Plan::read(header, planned.as_ref(), &catalogue);
        let (plan, mut chunks) = ChunkReader::start(input, plan).await?;
        let source =
            mapping.as_ref().map(|mapping| mapping.source.clone()).or_else(|| SourceName::parse(UNNAMED_SOURCE));
        let source = source.ok_or(ImportError::Interrupted)?;
        let batch_name = mapping.as_ref().and_then(|mapping| mapping.batch.clone());
        let reader = Arc::new(RowReader {
            catalogue: self.catalogue.clone(),
            index: self.index.clone(),
            plan,
            formats: mapping.map(|mapping| mapping.formats).unwrap_or_default(),
            source,
        });
        let preparer = Arc::new(Preparer {
            catalogue: self.catalogue.clone(),
            vault: self.vault.clone(),
            index: self.index.clone(),
        });
        let mut seen = HashSet::new();
        let mut writing = VecDeque::with_capacity(IN_FLIGHT);
        let read = loop {
            let Some(chunk) = chunks.recv().await else { break Ok(()) };
            let prepared = match chunk {
                Ok(chunk) => self.prepare(chunk, &reader, &preparer, &mut seen).await,
                Err(error) => Err(error.into()),
            };
            let written = prepared.and_then(|prepared| {
                rejects.write(&prepared.faults, &reader.plan.headers)?;
                Ok(self.write(done.batch, &reader.source, batch_name.as_ref(), prepared))
            });
            match written {
                Ok(chunk) => writing.push_back(chunk),
                Err(error) => break Err(error),
            }
            if writing.len() >= IN_FLIGHT
                && let Some(oldest) = writing.pop_front()
                && let Err(error) = settle(oldest, done, progress).await
            {
                break Err(error);
            }
        };
        // Whatever happened, each chunk that was handed in is waited for and counted; the first error is told.
        let mut ended = Ok(());
        for chunk in writing {
            ended = ended.and(settle(chunk, done, progress).await);
        }
        ended.and(read)
    }

    /// Hands a chunk to the ledger.
    fn write(
        &self,
        batch: BatchId,
        source: &SourceName,
        batch_name: Option<&SourceName>,
        prepared: PreparedChunk,
    ) -> Writing {
        let PreparedChunk { changes, counts, rows, bytes, .. } = prepared;
        let (source, batch_name, os_user) = (source.clone(), batch_name.cloned(), self.os_user.clone());
        let act = WriteChunk { batch, source, batch_name, os_user, changes, counts };
        let ledger = self.ledger.clone();
        Writing { receipt: tokio::spawn(async move { ledger.act(act).await }), rows, bytes }
    }
}

/// Waits for a chunk's receipt and counts what it says.
async fn settle(
    writing: Writing,
    done: &mut Summary,
    progress: &mut (impl FnMut(&Summary) + Send),
) -> Result<(), ImportError> {
    let counts = writing.receipt.await.map_err(|_| ImportError::Interrupted)??.into_fact();
    done.rows += writing.rows;
    done.bytes = writing.bytes;
    done.counts.added += counts.added;
    done.counts.changed += counts.changed;
    done.counts.unchanged += counts.unchanged;
    done.counts.rejected += counts.rejected;
    progress(done);
    Ok(())
}
