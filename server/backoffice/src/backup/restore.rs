//! The way back: unpacked aside, verified, held against every checkpoint that is known, and only then put in place.

use super::archive::{Backup, BackupError, beside, create_private, sync_folder_of};
use super::{Holds, Loss, SQLITE_PART, log_parts, part_of};
use crate::audit::{Verified, VerifyError, Wrong, verify};
use crate::store::backups::{CopyError, Filling};
use crate::store::restores::Restored;
use crate::store::{Address, Db, OpenError, log, sqlite_backups, sqlite_schema};
use domain::audit::checkpoint::{self, VerifierKey};
use domain::audit::event::SourceName;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where it goes.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// A file that is not there, or one that is moved aside.
    Sqlite(&'a Path),
    /// A database without a row.
    Postgres(&'a Address),
}

/// A checkpoint of the log that is known, and from where.
#[derive(Clone, Debug)]
pub struct Known {
    /// To name it by.
    pub from: String,
    /// The signed note.
    pub note: String,
}

/// Why nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The file.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The server.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// The database.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database.
    #[error("the database: {0}")]
    Sqlx(#[from] sqlx::Error),
    /// A file.
    #[error("a file cannot be written: {0}")]
    Io(#[from] io::Error),
    /// One kind does not go into the other.
    #[error("it is a backup of the other kind of database than database_url names")]
    OtherDatabase,
    /// The log in it is not what its signature says.
    #[error("its log is not whole:\n{0}")]
    NotWhole(Box<Verified>),
    /// Something in it would run, or would be let in, that this program did not make.
    #[error("its schema is not this program's: {0} is more, less or other than it should be")]
    OtherSchema(String),
    /// A checkpoint that should be compared is none of this log's.
    #[error("the checkpoint of {0} is not signed by this log's key, so the backup was not compared with it")]
    KnownUnsigned(String),
    /// Two histories.
    #[error("its log is not the one that {0} knows: it was forked or rewritten, or is another's")]
    Forked(String),
    /// There was more.
    #[error("it is older than {from}: {lost} events would be lost, and with them whatever they changed")]
    Older {
        /// Which checkpoint says so.
        from: String,
        /// How many.
        lost: u64,
    },
    /// It may be the newest, or not.
    #[error("no checkpoint of its log is known here, so how many events would be lost cannot be told")]
    NothingKnown,
    /// It is newer than a checkpoint, and other entries stand where that one's stood.
    #[error("its log lacks entries that {0} knows, and goes on with others: how many are lost cannot be told")]
    LacksUncounted(String),
    /// There is nothing to agree to.
    #[error("the log that is there holds all that is known of it here")]
    NothingLacks,
    /// A file is where it should go.
    #[error("{0} is there already")]
    InTheWay(PathBuf),
    /// Somebody has that file open.
    #[error("{0} is in use: stop the server first")]
    InUse(PathBuf),
}

impl From<VerifyError> for RestoreError {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Sqlx(error) => RestoreError::Sqlx(error),
            VerifyError::KeyWanted | VerifyError::CutShort => RestoreError::Io(io::ErrorKind::Interrupted.into()),
        }
    }
}

/// What is unpacked, and goes away unless it is taken.
struct Unpacked(PathBuf);

impl Drop for Unpacked {
    fn drop(&mut self) {
        for more in ["", "-wal", "-shm", "-journal"] {
            drop(fs::remove_file(beside(&self.0, more)));
        }
    }
}

/// A backup whose log is whole, and whose loss is known.
pub struct Proven {
    backup: Backup,
    unpacked: Unpacked,
    size: u64,
    lost: Loss,
}

impl Proven {
    /// Unpacks beside `place`, and verifies. `accepted` is what may be lost; `existing` is the database that
    /// is there, if it can be read. `progress` is told bytes done, and in all.
    pub async fn of(
        mut backup: Backup,
        key: &VerifierKey,
        known: &[Known],
        existing: Option<&Db>,
        accepted: Option<Loss>,
        place: &Path,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<Self, RestoreError> {
        let unpacked = Unpacked(beside(place, ".restoring"));
        // Of one that died.
        drop(Unpacked(unpacked.0.clone()));
        let mut file = create_private(&unpacked.0)?;
        let manifest = backup.manifest().clone();
        let (mut done, all) = (0, manifest.parts.iter().map(|part| part.bytes).sum());
        let mut progress = |more| {
            done += more;
            progress(done, all);
        };
        match &manifest.holds {
            Holds::Sqlite { .. } => {
                backup.read(SQLITE_PART, |bytes| {
                    progress(bytes.len() as u64);
                    io::Write::write_all(&mut file, bytes)
                })?;
                file.sync_all()?;
            }
            Holds::Postgres { tables } => log_parts::extract(&mut backup, tables, &unpacked.0, progress).await?,
        }
        drop(file);
        let db = sqlite_backups::open_as_it_lies(&unpacked.0)?;
        let altered = || BackupError::Altered(super::MANIFEST.into());
        if let Holds::Sqlite { rows } = &manifest.holds {
            if sqlite_backups::schema(&db).await? > sqlite_schema::newest() {
                return Err(CopyError::Newer.into());
            }
            if let Some(differs) = sqlite_schema::other_than_ours(&db).await? {
                return Err(RestoreError::OtherSchema(differs));
            }
            // Its tables are ours by name: nothing is asked by a name that another gave.
            if sqlite_backups::rows(&db).await? != *rows {
                return Err(altered().into());
            }
        }
        let head = log::read_head(&db).await?.ok_or_else(altered)?;
        if (head.size, &head.note) != (manifest.size, &manifest.note) {
            return Err(altered().into());
        }
        let lost = compared(&db, &head.note, head.size, key, known, existing).await?;
        if let Db::Sqlite(readers) = &db {
            readers.close();
        }
        match lost {
            Some((from, lost)) if accepted != Some(Loss::Events(lost)) => Err(RestoreError::Older { from, lost }),
            None if known.is_empty() && accepted != Some(Loss::Unknown) => Err(RestoreError::NothingKnown),
            None if known.is_empty() => Ok(Self { backup, unpacked, size: head.size, lost: Loss::Unknown }),
            newer => {
                let lost = Loss::Events(newer.map_or(0, |(_, lost)| lost));
                Ok(Self { backup, unpacked, size: head.size, lost })
            }
        }
    }

    /// How many events its log has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What is lost.
    pub fn lost(&self) -> Loss {
        self.lost
    }

    /// Puts it in place. A file that is there is moved aside if `replace`, and its new name given back.
    pub async fn take_effect(
        mut self,
        target: Target<'_>,
        replace: bool,
        os_user: Option<&SourceName>,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<Option<PathBuf>, RestoreError> {
        let restored = Restored {
            digest: self.backup.digest().to_vec(),
            size: self.size,
            lost: self.lost.events(),
            os_user: os_user.map(|name| name.as_str().to_owned()),
        };
        let manifest = self.backup.manifest().clone();
        match (target, manifest.holds) {
            (Target::Sqlite(path), Holds::Sqlite { .. }) => {
                sqlite_backups::finish(&self.unpacked.0, &restored).await?;
                put(&self.unpacked.0, path, replace).await
            }
            (Target::Postgres(address), Holds::Postgres { tables }) => {
                let (mut done, all) = (0, manifest.parts.iter().map(|part| part.bytes).sum());
                let mut filling = Filling::begin(address, manifest.schema).await?;
                filling.fits(&tables).await?;
                for table in &tables {
                    let mut part = self.backup.part(&part_of(table))?;
                    let next = || {
                        let piece = part.next().map_err(io::Error::other)?;
                        done += piece.as_ref().map_or(0, Vec::len) as u64;
                        progress(done, all);
                        Ok(piece)
                    };
                    filling.fill(table, next).await?;
                }
                filling.finish(&restored).await?;
                Ok(None)
            }
            (Target::Sqlite(_), Holds::Postgres { .. }) | (Target::Postgres(_), Holds::Sqlite { .. }) => {
                Err(RestoreError::OtherDatabase)
            }
        }
    }
}

/// Verifies the log, and holds it against what is known. Gives back how much newer the newest of that is.
async fn compared(
    db: &Db,
    note: &str,
    size: u64,
    key: &VerifierKey,
    known: &[Known],
    existing: Option<&Db>,
) -> Result<Option<(String, u64)>, RestoreError> {
    let mut newest: Option<(String, u64)> = None;
    let mut compared = None;
    for one in known {
        let signed = checkpoint::open(&one.note, key).map_err(|_| RestoreError::KnownUnsigned(one.from.clone()))?;
        let Some(lost) = signed.size.checked_sub(size).filter(|lost| *lost > 0) else {
            whole(verify(db, Some(key), Some(&one.note)).await?, &one.from)?;
            compared = Some(());
            continue;
        };
        if newest.as_ref().is_none_or(|(_, most)| *most < lost) {
            newest = Some((one.from.clone(), lost));
        }
    }
    if compared.is_none() {
        whole(verify(db, Some(key), None).await?, "")?;
    }
    // A newer log that is there must have grown out of this one. One that cannot be read proves nothing.
    if let Some(existing) = existing.filter(|_| newest.is_some())
        && let Ok(there) = verify(existing, Some(key), Some(note)).await
        && there.findings.iter().any(|finding| matches!(finding.what, Wrong::OutsideRoot { .. }))
    {
        return Err(RestoreError::Forked("the database that is there".into()));
    }
    Ok(newest)
}

pub(super) fn whole(verified: Verified, from: &str) -> Result<(), RestoreError> {
    if verified.findings.iter().any(|finding| matches!(finding.what, Wrong::OutsideRoot { .. })) {
        return Err(RestoreError::Forked(from.into()));
    }
    if verified.ok() { Ok(()) } else { Err(RestoreError::NotWhole(Box::new(verified))) }
}

async fn put(unpacked: &Path, path: &Path, replace: bool) -> Result<Option<PathBuf>, RestoreError> {
    let there = path.exists();
    if there && !replace {
        return Err(RestoreError::InTheWay(path.into()));
    }
    if there && sqlite_backups::is_in_use(path)? {
        return Err(RestoreError::InUse(path.into()));
    }
    // A WAL that is left of another file would be played into this one.
    let left: Vec<&str> =
        ["", "-wal", "-shm", "-journal"].into_iter().filter(|more| beside(path, more).exists()).collect();
    let mut names = (1_u32..).map(|n| beside(path, &format!(".replaced-{n}")));
    let aside = names.find(|name| left.iter().all(|more| !beside(name, more).exists()));
    let aside = aside.ok_or_else(|| io::Error::from(io::ErrorKind::AlreadyExists))?;
    for more in left {
        fs::rename(beside(path, more), beside(&aside, more))?;
    }
    fs::rename(unpacked, path)?;
    sync_folder_of(path)?;
    Ok(there.then_some(aside))
}
