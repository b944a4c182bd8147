//! Uploaded files, kept under the id of their job until it is thrown away: the result file is made of the person's own rows,
//! and a reading that a crash broke off begins anew.

use std::io::{self, BufReader, BufWriter};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use tonalite_core::csv::import::{Finding, MAX_BYTES};
use tonalite_core::id::ImportId;
use tonalite_core::time::Span;
use tonalite_core::{Error, Result};

use crate::workbook::{WorkbookLimits, workbook_to_csv};

/// What our files begin with; others keep theirs here as well.
const PREFIX: &str = "import-";
/// Bytes of all files: ten of the largest.
const QUOTA: u64 = 10 * MAX_BYTES;
/// After which somebody may find room again.
const COME_BACK: Span = Span::from_mins(1);

/// The folder, and what is taken of it.
pub(crate) struct Spool {
    folder: PathBuf,
    used: AtomicU64,
}

impl Spool {
    /// Counts what lies there, and removes what belongs to no job.
    pub(crate) fn open(folder: &Path, wanted: &[ImportId]) -> io::Result<Arc<Spool>> {
        let mut used = 0;
        match std::fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
            Ok(entries) => {
                for entry in entries {
                    let entry = entry?;
                    let name = entry.file_name();
                    let Some(id) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else { continue };
                    if id.parse().is_ok_and(|id: ImportId| wanted.contains(&id)) {
                        used += entry.metadata()?.size();
                    } else {
                        std::fs::remove_file(entry.path())?;
                    }
                }
            }
        }
        Ok(Arc::new(Spool { folder: folder.to_owned(), used: AtomicU64::new(used) }))
    }

    /// Where the file of a job lies.
    pub(crate) fn path(&self, id: ImportId) -> PathBuf {
        self.folder.join(format!("{PREFIX}{id}"))
    }

    /// Begins a file.
    pub(crate) async fn begin(self: &Arc<Self>, id: ImportId) -> Result<SpoolUpload> {
        let (folder, path) = (self.folder.clone(), self.path(id));
        let upload = Held { spool: Arc::clone(self), path: path.clone(), bytes: 0, keep: false };
        let made = tokio::task::spawn_blocking(move || {
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
            std::fs::File::options().write(true).create_new(true).mode(0o600).open(path)
        });
        let file = File::from_std(made.await??);
        Ok(SpoolUpload { file, digest: Sha256::new(), held: upload })
    }

    /// Opens a file to be read from its beginning.
    ///
    /// # Errors
    /// [`Error::Conflict`] `import_file_gone`.
    pub(crate) async fn open_file(&self, id: ImportId) -> Result<File> {
        match File::open(self.path(id)).await {
            Ok(file) => Ok(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(Error::Conflict(tonalite_core::error::FieldError::new("id", "import_file_gone")))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Puts the rows of a workbook in its place, as CSV.
    ///
    /// # Errors
    /// Inside: what is wrong with the workbook, which then stays as it is.
    pub(crate) async fn unpack_workbook(self: &Arc<Self>, id: ImportId) -> Result<Result<(), Finding>> {
        let (path, spool) = (self.path(id), Arc::clone(self));
        let unpacked = tokio::task::spawn_blocking(move || {
            let new = path.with_extension("new");
            let workbook = std::fs::File::open(&path)?;
            let before = workbook.metadata()?.size();
            let mut options = std::fs::File::options();
            let file = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
            let mut output = BufWriter::new(file);
            let read = workbook_to_csv(BufReader::new(workbook), &mut output, WorkbookLimits::default())?;
            if read.is_err() {
                std::fs::remove_file(&new)?;
                return Ok(read);
            }
            let file = output.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            file.sync_all()?;
            let after = file.metadata()?.size();
            std::fs::rename(&new, &path)?;
            spool.used.fetch_add(after, Ordering::Relaxed);
            spool.used.fetch_sub(before, Ordering::Relaxed);
            Ok::<_, io::Error>(read)
        });
        Ok(unpacked.await??)
    }

    /// Removes the file of a job, if it is there.
    pub(crate) async fn remove(&self, id: ImportId) -> Result<()> {
        let path = self.path(id);
        let removed = tokio::task::spawn_blocking(move || match std::fs::metadata(&path) {
            Ok(metadata) => std::fs::remove_file(&path).map(|()| metadata.size()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        });
        let bytes = removed.await??;
        self.used.fetch_sub(bytes, Ordering::Relaxed);
        Ok(())
    }
}

/// A file with its share of the quota; both go when this is dropped before it is kept.
struct Held {
    spool: Arc<Spool>,
    path: PathBuf,
    bytes: u64,
    keep: bool,
}

impl Drop for Held {
    fn drop(&mut self) {
        if !self.keep {
            self.spool.used.fetch_sub(self.bytes, Ordering::Relaxed);
            // What cannot be removed now is removed by the next start.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// A file being uploaded. Dropping it leaves nothing.
pub(crate) struct SpoolUpload {
    file: File,
    digest: Sha256,
    held: Held,
}

/// A file that is complete, and still leaves nothing when it is dropped before it is kept.
pub(crate) struct Uploaded {
    pub(crate) sha256: String,
    pub(crate) bytes: u64,
    held: Held,
}

impl SpoolUpload {
    /// Adds bytes.
    ///
    /// # Errors
    /// [`Error::Refused`] `file_too_large`; [`Error::TooMany`] when the spool is full.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let more = bytes.len() as u64;
        if self.held.bytes + more > MAX_BYTES {
            return Err(Error::Refused("file_too_large"));
        }
        let spool = &self.held.spool;
        let fits = |used: u64| used.checked_add(more).filter(|sum| *sum <= QUOTA);
        if spool.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_err() {
            tracing::warn!(most = QUOTA, "the spool of imports is full");
            return Err(Error::TooMany(COME_BACK));
        }
        self.held.bytes += more;
        self.digest.update(bytes);
        Ok(self.file.write_all(bytes).await?)
    }

    /// Ends the file: it is on disk, whatever happens.
    pub(crate) async fn finish(mut self) -> Result<Uploaded> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        let sha256 = self.digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Uploaded { sha256, bytes: self.held.bytes, held: self.held })
    }
}

impl Uploaded {
    /// From now on the file is its job's.
    pub(crate) fn keep(mut self) {
        self.held.keep = true;
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn id(n: u128) -> ImportId {
        ImportId::from_uuid(uuid::Uuid::from_u128(n))
    }

    #[tokio::test]
    async fn a_file_is_private_and_stays_only_when_it_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::open(folder.path(), &[]).unwrap();
        let mut upload = spool.begin(id(1)).await.unwrap();
        upload.write(b"abc").await.unwrap();
        assert_eq!(std::fs::metadata(spool.path(id(1))).unwrap().permissions().mode() & 0o777, 0o600);
        drop(upload.finish().await.unwrap());
        assert!(!spool.path(id(1)).exists());
        assert_eq!(spool.used.load(Ordering::Relaxed), 0);

        let mut upload = spool.begin(id(2)).await.unwrap();
        upload.write(b"abc").await.unwrap();
        let uploaded = upload.finish().await.unwrap();
        assert_eq!(uploaded.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        uploaded.keep();
        assert_eq!(spool.used.load(Ordering::Relaxed), 3);

        std::fs::write(folder.path().join("export-1"), "another's").unwrap();
        std::fs::write(spool.path(id(3)), "left").unwrap();
        let spool = Spool::open(folder.path(), &[id(2), id(4)]).unwrap();
        assert_eq!(spool.used.load(Ordering::Relaxed), 3);
        assert!(spool.path(id(2)).exists() && !spool.path(id(3)).exists());
        assert!(folder.path().join("export-1").exists());
        spool.remove(id(2)).await.unwrap();
        spool.remove(id(2)).await.unwrap();
        assert_eq!(spool.used.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn a_file_and_all_files_have_a_bound() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::open(folder.path(), &[]).unwrap();
        let mut upload = spool.begin(id(1)).await.unwrap();
        upload.held.bytes = MAX_BYTES - 1;
        spool.used.store(MAX_BYTES - 1, Ordering::Relaxed);
        upload.write(b"a").await.unwrap();
        assert!(matches!(upload.write(b"a").await, Err(Error::Refused("file_too_large"))));
        drop(upload);
        spool.used.store(QUOTA, Ordering::Relaxed);
        let mut upload = spool.begin(id(2)).await.unwrap();
        assert!(matches!(upload.write(b"a").await, Err(Error::TooMany(_))));
    }
}
