//! The log out of PostgreSQL's parts, into a scratch file in which it can be verified before anything else is touched.

use super::archive::{Backup, BackupError};
use super::part_of;
use super::restore::RestoreError;
use crate::store::backups::Table;
use crate::store::sqlite_backups::{LOG, Scratch};
use std::path::Path;

/// What a file of COPY's binary format begins with; 32 bits of flags and the length of nothing follow.
const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// Rows out of pieces.
#[derive(Default)]
struct Rows {
    buffer: Vec<u8>,
    begun: bool,
}

/// One row: a value, or none, for each column.
type Row = Vec<Option<Vec<u8>>>;

impl Rows {
    fn push(&mut self, piece: &[u8]) {
        self.buffer.extend_from_slice(piece);
    }

    /// Every row that is whole by now; an error for what is none.
    fn take(&mut self, columns: usize) -> Result<Vec<Row>, ()> {
        let mut rest = self.buffer.as_slice();
        if !self.begun {
            if rest.len() < SIGNATURE.len() {
                return Ok(Vec::new());
            }
            rest = rest.strip_prefix(SIGNATURE).ok_or(())?;
            self.begun = true;
        }
        let mut rows = Vec::new();
        while let Some((row, after)) = row_of(rest, columns)? {
            rest = after;
            rows.extend(row);
        }
        self.buffer = rest.to_vec();
        Ok(rows)
    }
}

/// The first row of these bytes and what follows it; nothing if more bytes must come, no row at the end of all.
#[expect(clippy::type_complexity, reason = "a row and a rest, each of which may not be there")]
fn row_of(bytes: &[u8], columns: usize) -> Result<Option<(Option<Row>, &[u8])>, ()> {
    let Some((count, mut rest)) = bytes.split_first_chunk::<2>() else { return Ok(None) };
    let count = i16::from_be_bytes(*count);
    if count == -1 {
        return Ok(Some((None, rest)));
    }
    if usize::try_from(count) != Ok(columns) {
        return Err(());
    }
    let mut row = Vec::with_capacity(columns);
    for _ in 0..columns {
        let Some((length, after)) = rest.split_first_chunk::<4>() else { return Ok(None) };
        let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else {
            row.push(None);
            rest = after;
            continue;
        };
        let Some((value, after)) = after.split_at_checked(length) else { return Ok(None) };
        row.push(Some(value.to_vec()));
        rest = after;
    }
    Ok(Some((Some(row), rest)))
}

/// Reads every part to its end, and writes what is the log's into a new file.
pub(super) async fn extract(
    backup: &mut Backup,
    tables: &[Table],
    to: &Path,
    mut progress: impl FnMut(u64),
) -> Result<(), RestoreError> {
    let mut scratch = Scratch::create(to).await?;
    for table in tables {
        let name = part_of(table);
        let altered = || RestoreError::from(BackupError::Altered(name.clone()));
        let log = LOG.iter().find(|log| log.table == table.name);
        if log.is_some_and(|log| !log.columns.iter().map(|(name, _)| name).eq(&table.columns)) {
            return Err(altered());
        }
        let (mut rows, mut count) = (Rows::default(), 0);
        let mut part = backup.part(&name)?;
        while let Some(piece) = part.next()? {
            progress(piece.len() as u64);
            let Some(log) = log else { continue };
            rows.push(&piece);
            for row in rows.take(log.columns.len()).map_err(|()| altered())? {
                count += 1;
                scratch.insert(log, row).await?;
            }
        }
        if log.is_some() && (count != table.rows || !rows.buffer.is_empty()) {
            return Err(altered());
        }
    }
    if LOG.iter().any(|log| tables.iter().all(|table| table.name != log.table)) {
        return Err(BackupError::Altered(super::MANIFEST.into()).into());
    }
    Ok(scratch.finish().await?)
}
