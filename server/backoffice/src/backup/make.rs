//! Making a backup: the event first, then a copy of what is there at that instant.

use super::archive::{Writer, beside};
use super::{FORMAT, Holds, Manifest, SQLITE_PART, part_of};
use crate::audit::{ActError, Leaves, Leaving};
use crate::backoffice::BackOffice;
use crate::store::backups::{CopyError, Snapshot};
use crate::store::{Db, OpenError, Postgres, Readers, log, sqlite_backups, sqlite_schema};
use domain::audit::event::SourceName;
use domain::desk::DeskError;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A file's copy lies beside the backup under its name with this, while that is made.
const COPY: &str = ".db.part";

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeBackup {
    /// Number of the event that says so; it is in the backup.
    pub event: u64,
    /// How many entries the log in it has.
    pub size: u64,
    /// The file's size.
    pub bytes: u64,
    /// The file's SHA-256.
    pub sha256: [u8; 32],
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// It was refused, or could not be recorded; nothing was copied.
    #[error("not recorded, so nothing was copied: {0}")]
    NotRecorded(DeskError),
    /// The database.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// The file.
    #[error("the file cannot be written: {0}")]
    Io(#[from] io::Error),
    /// The log key went away meanwhile.
    #[error("the log key is gone, so the backup could not be signed, and was not kept: put log.key back")]
    Unsigned,
    /// It would not come back.
    #[error("the database's schema is not this program's ({0}), so no backup of it would be restored; `grille doctor`")]
    OtherSchema(String),
}

impl From<OpenError> for MakeError {
    fn from(error: OpenError) -> Self {
        MakeError::Copy(error.into())
    }
}

impl From<ActError> for MakeError {
    fn from(error: ActError) -> Self {
        MakeError::NotRecorded(error.into())
    }
}

impl From<sqlx::Error> for MakeError {
    fn from(error: sqlx::Error) -> Self {
        MakeError::Copy(error.into())
    }
}

impl BackOffice {
    /// Writes everything that the database holds into a new file; `progress` is told bytes done, and in all if that is
    /// known. Others work on meanwhile.
    pub async fn back_up(
        &self,
        path: &Path,
        os_user: Option<SourceName>,
        mut progress: impl FnMut(u64, Option<u64>),
    ) -> Result<MadeBackup, MakeError> {
        let begun_at = self.clock().now().millis();
        let mut writer = Writer::create(path)?;
        // One who was killed left theirs; who is at work holds the file beside it, which is ours now.
        drop(std::fs::remove_file(beside(path, COPY)));
        if matches!(self.db(), Db::Sqlite(_))
            && let Some(differs) = sqlite_schema::other_than_ours(self.db()).await?
        {
            return Err(MakeError::OtherSchema(differs));
        }
        let event = self.ledger().act(Leaves { what: Leaving::Backup, os_user }).await?.seq();
        let (schema, (size, note), holds) = match self.db() {
            Db::Sqlite(readers) => sqlite(readers, path, &mut writer, &mut progress).await?,
            Db::Postgres(postgres) => self::postgres(postgres, &mut writer, &mut progress).await?,
        };
        let grille = env!("CARGO_PKG_VERSION").into();
        let manifest = Manifest { format: FORMAT, grille, schema, begun_at, size, note, holds, parts: Vec::new() };
        let finished = writer.finish(manifest, |manifest| self.sign_backup(manifest))?;
        let (sha256, bytes) = finished.ok_or(MakeError::Unsigned)?;
        Ok(MadeBackup { event, size, bytes, sha256 })
    }
}

/// Schema, the log's size and note, and what there is.
type Copied = (i64, (u64, String), Holds);

/// A copy that goes away.
struct Aside(PathBuf);

impl Drop for Aside {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

async fn sqlite(
    readers: &Readers,
    path: &Path,
    writer: &mut Writer,
    progress: &mut impl FnMut(u64, Option<u64>),
) -> Result<Copied, MakeError> {
    let aside = Aside(beside(path, COPY));
    // SQLite fills an empty file, and leaves its mode.
    drop(super::archive::create_private(&aside.0)?);
    sqlite_backups::copy_into(readers, &aside.0).await?;
    let copy = sqlite_backups::open_as_it_lies(&aside.0)?;
    let head = log::read_head(&copy).await?.ok_or(sqlx::Error::RowNotFound)?;
    let (schema, rows) = (sqlite_backups::schema(&copy).await?, sqlite_backups::rows(&copy).await?);
    if let Db::Sqlite(readers) = &copy {
        readers.close();
    }
    let mut file = std::fs::File::open(&aside.0)?;
    let (mut done, all) = (0, file.metadata()?.len());
    let mut part = writer.part(SQLITE_PART)?;
    let mut piece = vec![0; 256 * 1024];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            break;
        }
        part.write(piece.get(..read).unwrap_or_default())?;
        done += read as u64;
        progress(done, Some(all));
    }
    part.end();
    Ok((schema, (head.size, head.note), Holds::Sqlite { rows }))
}

async fn postgres(
    postgres: &Postgres,
    writer: &mut Writer,
    progress: &mut impl FnMut(u64, Option<u64>),
) -> Result<Copied, MakeError> {
    let mut snapshot = Snapshot::of(postgres).await?;
    let (schema, head) = (snapshot.schema().await?, snapshot.head().await?);
    let tables = snapshot.tables().await?;
    let mut done = 0;
    for table in &tables {
        let mut part = writer.part(&part_of(table))?;
        snapshot
            .copy(table, |bytes| {
                done += bytes.len() as u64;
                progress(done, None);
                part.write(bytes)
            })
            .await?;
        part.end();
    }
    Ok((schema, head, Holds::Postgres { tables }))
}
