//! A thousand rows at a time: read on one thread, prepared on all.

use super::act::Counts;
use super::columns::{ColumnError, Plan};
use super::csv::{CsvError, Reader, Record};
use super::prepare::{Before, PreparedCustomer, Preparer};
use super::row::{Row, RowFault, RowReader};
use super::{ImportError, Importer};
use crate::store::imports as rows;
use crate::system::new_id;
use crate::vault::VaultError;
use domain::id::CustomerId;
use std::collections::HashSet;
use std::io::{BufReader, Read};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Rows in a chunk: one event each, one transaction each.
pub(super) const ROWS: usize = 1000;

/// Records, and how far into the file they reach.
pub(super) struct Chunk {
    records: Vec<Record>,
    bytes: u64,
}

/// Reads a file chunk by chunk.
pub(super) struct ChunkReader;

impl ChunkReader {
    /// Reads the header, then the rest on a thread of its own, never more than two chunks ahead.
    pub async fn start(
        input: impl Read + Send + 'static,
        plan: impl FnOnce(&Record) -> Result<Plan, ColumnError> + Send + 'static,
    ) -> Result<(Plan, mpsc::Receiver<Result<Chunk, CsvError>>), ImportError> {
        let opened = tokio::task::spawn_blocking(move || {
            let mut reader = Reader::new(BufReader::with_capacity(256 * 1024, input));
            let mut header = Record::default();
            if !reader.read(&mut header)? {
                return Err(ImportError::from(ColumnError::Empty));
            }
            Ok((plan(&header)?, reader))
        });
        let (plan, mut reader) = opened.await.map_err(|_| ImportError::Interrupted)??;
        let (send, chunks) = mpsc::channel(2);
        tokio::task::spawn_blocking(move || {
            loop {
                let (chunk, end) = read_chunk(&mut reader);
                // The rows above a broken line are good: they go first.
                if !chunk.records.is_empty() && send.blocking_send(Ok(chunk)).is_err() {
                    return;
                }
                match end {
                    End::More => {}
                    End::Done => return,
                    End::Broken(error) => return drop(send.blocking_send(Err(error))),
                }
            }
        });
        Ok((plan, chunks))
    }
}

enum End {
    More,
    Done,
    Broken(CsvError),
}

fn read_chunk<R: std::io::BufRead>(reader: &mut Reader<R>) -> (Chunk, End) {
    let mut records = Vec::with_capacity(ROWS);
    let end = loop {
        if records.len() == ROWS {
            break End::More;
        }
        let mut record = Record::default();
        match reader.read(&mut record) {
            Ok(true) => records.push(record),
            Ok(false) => break End::Done,
            Err(error) => break End::Broken(error),
        }
    };
    (Chunk { records, bytes: reader.bytes() }, end)
}

/// A chunk, ready to be written.
pub(super) struct PreparedChunk {
    pub changes: Vec<PreparedCustomer>,
    pub faults: Vec<RowFault>,
    pub counts: Counts,
    pub rows: u64,
    pub bytes: u64,
}

impl Importer {
    /// Reads a chunk's rows, compares them with what is stored, and prepares what is new or changed.
    pub(super) async fn prepare(
        &self,
        chunk: Chunk,
        reader: &Arc<RowReader>,
        preparer: &Arc<Preparer>,
        seen: &mut HashSet<u64>,
    ) -> Result<PreparedChunk, ImportError> {
        let Chunk { records, bytes } = chunk;
        let rows = records.len() as u64;
        let (mut faults, mut counts) = (Vec::new(), Counts::default());
        let mut good: Vec<Row> = Vec::with_capacity(records.len());
        let parser = reader.clone();
        for read in on_all_cores(records, move |record| parser.read(&record)).await? {
            match read? {
                Ok(row) if seen.insert(short(&row.source_tag)) => good.push(row),
                Ok(row) => {
                    counts.rejected += 1;
                    faults.push(RowFault {
                        line: row.line,
                        column: reader.customer_no_column(),
                        code: "duplicate_source_key",
                    });
                }
                Err(mut of_row) => {
                    counts.rejected += 1;
                    faults.append(&mut of_row);
                }
            }
        }
        let tags: Vec<[u8; 32]> = good.iter().map(|row| row.source_tag).collect();
        let stored = rows::stored(&self.db, &tags).await?;
        let mut todo: Vec<(Row, Option<Before>, CustomerId)> = Vec::with_capacity(good.len());
        for row in good {
            let before = match stored.get(&row.source_tag) {
                Some((_, content)) if *content == row.content_tag => {
                    counts.unchanged += 1;
                    continue;
                }
                Some((id, content)) => Some(rows::before(&self.db, *id, *content).await?),
                None => None,
            };
            todo.push((row, before, CustomerId::from_bytes(new_id(self.clock.now(), &*self.entropy))));
        }
        let preparer = preparer.clone();
        let mut changes = Vec::with_capacity(todo.len());
        for prepared in on_all_cores(todo, move |(row, before, id)| preparer.prepare(row, before, id)).await? {
            match prepared? {
                Ok(change) => changes.push(change),
                Err(fault) => {
                    counts.rejected += 1;
                    faults.push(fault);
                }
            }
        }
        counts.changed = changes.iter().filter(|change| change.was.is_some()).count() as u64;
        counts.added = changes.len() as u64 - counts.changed;
        faults.sort_by_key(|fault| fault.line);
        Ok(PreparedChunk { changes, faults, counts, rows, bytes })
    }
}

/// Eight bytes tell the source keys of one file apart, at eight bytes a row: they are of a keyed digest, so nobody
/// can make two collide, and by chance a million rows do so once in thirty million files.
fn short(tag: &[u8; 32]) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *tag;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// Does the work in equal parts on all cores, and keeps the order.
async fn on_all_cores<T: Send + 'static, U: Send + 'static>(
    items: Vec<T>,
    work: impl Fn(T) -> Result<U, VaultError> + Send + Sync + 'static,
) -> Result<Vec<Result<U, VaultError>>, ImportError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let part = items.len().div_ceil(cores).max(1);
    let work = Arc::new(work);
    let mut items = items.into_iter();
    let mut parts = Vec::with_capacity(cores);
    loop {
        let some: Vec<T> = items.by_ref().take(part).collect();
        if some.is_empty() {
            break;
        }
        let work = work.clone();
        parts.push(tokio::task::spawn_blocking(move || some.into_iter().map(|item| work(item)).collect::<Vec<_>>()));
    }
    let mut done = Vec::new();
    for part in parts {
        done.extend(part.await.map_err(|_| ImportError::Interrupted)?);
    }
    Ok(done)
}
