//! The file: parts are streamed into it, hashed as they go, and read back only as they were.

use super::{FORMAT, MANIFEST, Manifest, Part, SIGNATURE, UNSIGNED_FORMAT};
use domain::audit::backup_note;
use domain::audit::checkpoint::VerifierKey;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use zip::result::ZipError;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// A manifest that is longer is none.
const LONGEST_MANIFEST: u64 = 1024 * 1024;
/// How much is read at once.
const PIECE: usize = 256 * 1024;

/// Why a file is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It has no end, or no manifest: it was cut, or is something else.
    #[error("it is no backup of Grille, or not a whole one")]
    NotOne,
    /// Another layout.
    #[error("it is a backup of another layout ({0}): use the version of Grille that made it")]
    OtherFormat(u32),
    /// The layout before this one.
    #[error(
        "it was made by a version of Grille that signed no backup, so nothing vouches for what is in it beside the log: \
         make a new one with this version; if what it holds is lost, restore it with the version that made it"
    )]
    UnsignedFormat,
    /// Nobody signed it.
    #[error("its manifest is not signed: it was altered, or something else than Grille made it")]
    Unsigned,
    /// Something else was signed, or by another key.
    #[error("its manifest is not what this log's key signed: it was altered, or is another log's, or log_origin is")]
    WrongSignature,
    /// A part is not what the manifest says.
    #[error("its part {0} is not what it was: it was cut or altered")]
    Altered(String),
}

/// What is written, and its digest.
struct Hashed {
    file: File,
    sum: Sha256,
    bytes: u64,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.sum.update(bytes.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A backup that is being written, beside its place: it is there when it is whole, or not at all.
pub(super) struct Writer {
    zip: Option<ZipWriter<StreamWriter<Hashed>>>,
    parts: Vec<Part>,
    aside: PathBuf,
    path: PathBuf,
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Nothing is left of one that was given up; of one that is whole, nothing lies there any more.
        drop(fs::remove_file(&self.aside));
    }
}

/// A file for its owner alone, which was not there.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The same, held by this process. What nobody holds was left by one that was killed, and makes room.
fn create_alone(path: &Path) -> io::Result<File> {
    let held = |_| io::Error::new(io::ErrorKind::AlreadyExists, "another is being made there");
    let file = match create_private(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            File::options().write(true).open(path)?.try_lock().map_err(held)?;
            fs::remove_file(path)?;
            create_private(path)?
        }
        created => created?,
    };
    file.try_lock().map_err(held)?;
    Ok(file)
}

/// Makes a renamed file's name durable.
pub(super) fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// The same path with more at its end.
pub(super) fn beside(path: &Path, more: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(more);
    name.into()
}

impl Writer {
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        if path.exists() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let aside = beside(path, ".part");
        let file = create_alone(&aside)?;
        let zip = ZipWriter::new_stream(Hashed { file, sum: Sha256::new(), bytes: 0 });
        Ok(Self { zip: Some(zip), parts: Vec::new(), aside, path: path.into() })
    }

    fn begin(&mut self, name: &str) -> io::Result<&mut ZipWriter<StreamWriter<Hashed>>> {
        // Most of it is ciphertext and digests, which nothing makes smaller: the quickest will do.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(1))
            .large_file(true);
        let zip = self.zip.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        zip.start_file(name, options)?;
        Ok(zip)
    }

    /// Begins a part, whose bytes go to what comes back.
    pub(super) fn part(&mut self, name: &str) -> io::Result<PartWriter<'_>> {
        self.begin(name)?;
        Ok(PartWriter { name: name.into(), sum: Sha256::new(), bytes: 0, writer: self })
    }

    /// Ends it with what it says of itself, and with what `sign` makes of that one's SHA-256; gives back its own digest
    /// and size. Nothing if it cannot be signed: then there is no file either.
    pub(super) fn finish(
        mut self,
        mut manifest: Manifest,
        sign: impl FnOnce(&[u8; 32]) -> Option<String>,
    ) -> io::Result<Option<([u8; 32], u64)>> {
        manifest.parts = std::mem::take(&mut self.parts);
        let text = serde_json::to_vec_pretty(&manifest)?;
        let Some(note) = sign(&Sha256::digest(&text).into()) else { return Ok(None) };
        self.begin(MANIFEST)?.write_all(&text)?;
        self.begin(SIGNATURE)?.write_all(note.as_bytes())?;
        let zip = self.zip.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let Hashed { file, sum, bytes } = zip.finish()?.into_inner();
        file.sync_all()?;
        fs::rename(&self.aside, &self.path)?;
        sync_folder_of(&self.path)?;
        Ok(Some((sum.finalize().into(), bytes)))
    }
}

/// A part that is being written.
pub(super) struct PartWriter<'a> {
    name: String,
    sum: Sha256,
    bytes: u64,
    writer: &'a mut Writer,
}

impl PartWriter<'_> {
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.bytes += bytes.len() as u64;
        self.writer.zip.as_mut().ok_or(io::ErrorKind::BrokenPipe)?.write_all(bytes)
    }

    pub(super) fn end(self) {
        let sha256 = data_encoding::HEXLOWER.encode(&self.sum.finalize());
        self.writer.parts.push(Part { name: self.name, bytes: self.bytes, sha256 });
    }
}

/// A backup that lies there.
pub struct Backup {
    zip: ZipArchive<BufReader<File>>,
    manifest: Manifest,
    digest: [u8; 32],
}

impl std::fmt::Debug for Backup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.manifest.fmt(f)
    }
}

impl Backup {
    /// Reads what it says of itself, if the log's key signed that.
    pub fn open(path: &Path, key: &VerifierKey) -> Result<Self, BackupError> {
        let digest = digest_of(&mut File::open(path)?)?;
        let mut zip = ZipArchive::new(BufReader::new(File::open(path)?)).map_err(|_| BackupError::NotOne)?;
        let text = short(&mut zip, MANIFEST)?.ok_or(BackupError::NotOne)?;
        #[derive(serde::Deserialize)]
        struct Format {
            format: u32,
        }
        let Format { format } = serde_json::from_slice(&text).map_err(|_| BackupError::NotOne)?;
        match format {
            FORMAT => (),
            UNSIGNED_FORMAT => return Err(BackupError::UnsignedFormat),
            other => return Err(BackupError::OtherFormat(other)),
        }
        let note = short(&mut zip, SIGNATURE)?.ok_or(BackupError::Unsigned)?;
        let note = String::from_utf8(note).map_err(|_| BackupError::WrongSignature)?;
        if backup_note::open(&note, key) != Ok(Sha256::digest(&text).into()) {
            return Err(BackupError::WrongSignature);
        }
        let manifest = serde_json::from_slice(&text).map_err(|_| BackupError::NotOne)?;
        Ok(Self { zip, manifest, digest })
    }

    /// What it says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// SHA-256 of the whole file.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// Reads a part to its end, and only as it was.
    pub(super) fn read(
        &mut self,
        name: &str,
        mut each: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), BackupError> {
        let mut part = self.part(name)?;
        while let Some(bytes) = part.next()? {
            each(&bytes)?;
        }
        Ok(())
    }

    /// A part, to be read a piece at a time.
    pub(super) fn part(&mut self, name: &str) -> Result<PartReader<'_>, BackupError> {
        let altered = || BackupError::Altered(name.into());
        let part = self.manifest.parts.iter().find(|part| part.name == name).ok_or_else(altered)?.clone();
        let inside = self.zip.by_name(name).map_err(|_| altered())?;
        Ok(PartReader { inside: Box::new(inside), part, sum: Sha256::new(), bytes: 0 })
    }
}

/// A file in it that fits into memory; nothing if there is none of that name.
fn short(zip: &mut ZipArchive<BufReader<File>>, name: &str) -> Result<Option<Vec<u8>>, BackupError> {
    let file = match zip.by_name(name) {
        Err(ZipError::FileNotFound) => return Ok(None),
        file => file.map_err(|_| BackupError::NotOne)?,
    };
    let mut bytes = Vec::new();
    file.take(LONGEST_MANIFEST).read_to_end(&mut bytes).map_err(|_| BackupError::NotOne)?;
    Ok(Some(bytes))
}

/// A part that is being read.
pub(super) struct PartReader<'a> {
    inside: Box<dyn Read + Send + 'a>,
    part: Part,
    sum: Sha256,
    bytes: u64,
}

impl PartReader<'_> {
    /// The next piece; its end is `None`, once the whole part was what the manifest says.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, BackupError> {
        let altered = || BackupError::Altered(self.part.name.clone());
        let mut piece = vec![0; PIECE];
        // The zip has a sum of its own, which fails here.
        let read = self.inside.read(&mut piece).map_err(|_| altered())?;
        piece.truncate(read);
        self.sum.update(&piece);
        self.bytes += read as u64;
        if read > 0 && self.bytes <= self.part.bytes {
            return Ok(Some(piece));
        }
        let sha256 = data_encoding::HEXLOWER.encode(&self.sum.clone().finalize());
        if self.bytes != self.part.bytes || sha256 != self.part.sha256 {
            return Err(altered());
        }
        Ok(None)
    }
}

fn digest_of(file: &mut File) -> io::Result<[u8; 32]> {
    let mut sum = Sha256::new();
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(sum.finalize().into()),
            read => sum.update(piece.get(..read).unwrap_or_default()),
        }
    }
}
