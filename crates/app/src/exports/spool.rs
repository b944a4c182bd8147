//! Private files between making and sending. A file has no name any more once it is open: whatever happens to the
//! process, its disk space comes back by itself.

use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncSeekExt, AsyncWriteExt, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonalite_core::time::Span;
use tonalite_core::world::{Entropy, random_bytes};
use tonalite_core::{Error, Result};

/// Only what begins like this is cleared at start: others keep their files here as well.
const PREFIX: &str = "export-";
/// After which somebody may find room again.
const COME_BACK: Span = Span::from_secs(5);

/// How much may lie in the spool.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Bytes of all files, those being sent included.
    pub(crate) bytes: u64,
    /// Files being read from the store at once, of those that pass no gate.
    pub(crate) running: usize,
    /// The same of those that do; it lets through no more. The store has a connection for each of both (`BULK_READERS`).
    pub(crate) gated: usize,
    /// Files being put into a listener's form at once: who comes later waits, a second or two for each.
    pub(crate) formed: usize,
}

/// What a file is made from, hence whose place it takes while it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// From the store.
    Read,
    /// From the store, behind the gate.
    ReadGated,
    /// From another file.
    Form,
}

impl Default for Limits {
    fn default() -> Self {
        // Four exports of a million devices with every column fit.
        Limits { bytes: 2 << 30, running: 5, gated: 3, formed: 2 }
    }
}

/// The folder, and what is taken of it.
pub(crate) struct Spool {
    folder: PathBuf,
    most: u64,
    used: AtomicU64,
    running: Arc<Semaphore>,
    gated: Arc<Semaphore>,
    formed: Arc<Semaphore>,
}

impl Spool {
    /// Clears what a crash left. The folder itself is made when the first file is.
    pub(crate) fn open(folder: &Path, limits: Limits) -> io::Result<Arc<Spool>> {
        match std::fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
            Ok(entries) => {
                for entry in entries {
                    let entry = entry?;
                    if entry.file_name().to_string_lossy().starts_with(PREFIX) {
                        std::fs::remove_file(entry.path())?;
                    }
                }
            }
        }
        Ok(Arc::new(Spool {
            folder: folder.to_owned(),
            most: limits.bytes,
            used: AtomicU64::new(0),
            running: Arc::new(Semaphore::new(limits.running)),
            gated: Arc::new(Semaphore::new(limits.gated)),
            formed: Arc::new(Semaphore::new(limits.formed)),
        }))
    }

    /// Begins a file.
    ///
    /// # Errors
    /// [`Error::TooMany`] when as many are being read as may be.
    pub(crate) async fn begin(self: &Arc<Self>, work: Work, entropy: &dyn Entropy) -> Result<SpoolWriter> {
        let place = match work {
            Work::Read => Arc::clone(&self.running).try_acquire_owned().ok(),
            // The gate counts; one that was stopped an instant ago may still be letting go.
            Work::ReadGated => Arc::clone(&self.gated).acquire_owned().await.ok(),
            Work::Form => Arc::clone(&self.formed).acquire_owned().await.ok(),
        };
        let place = place.ok_or(Error::TooMany(COME_BACK))?;
        let name = u128::from_le_bytes(random_bytes(entropy));
        let (folder, path) = (self.folder.clone(), self.folder.join(format!("{PREFIX}{name:032x}")));
        // In one piece that nothing interrupts: who hangs up between the two would leave a file with a name.
        let opened = tokio::task::spawn_blocking(move || open_nameless(&folder, &path)).await??;
        let file = File::from_std(opened);
        Ok(SpoolWriter { file, held: Held { spool: Arc::clone(self), bytes: 0 }, _place: place })
    }
}

fn open_nameless(folder: &Path, path: &Path) -> io::Result<std::fs::File> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let mut options = std::fs::File::options();
    let file = options.read(true).write(true).create_new(true).mode(0o600).open(path)?;
    std::fs::remove_file(path)?;
    Ok(file)
}

/// Bytes of the quota; they come back when this is dropped.
struct Held {
    spool: Arc<Spool>,
    bytes: u64,
}

impl Held {
    fn take(&mut self, bytes: u64) -> Result<()> {
        let most = self.spool.most;
        let fits = |used: u64| used.checked_add(bytes).filter(|sum| *sum <= most);
        match self.spool.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits) {
            Ok(_) => {
                self.bytes += bytes;
                Ok(())
            }
            Err(used) => {
                tracing::warn!(used, most, "the spool of exports is full");
                Err(Error::TooMany(COME_BACK))
            }
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.spool.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// A file being made. Dropping it leaves nothing.
pub(crate) struct SpoolWriter {
    file: File,
    held: Held,
    _place: OwnedSemaphorePermit,
}

impl SpoolWriter {
    /// Adds bytes.
    ///
    /// # Errors
    /// [`Error::TooMany`] when the spool is full, [`Error::Internal`] when the disk is.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.held.take(bytes.len() as u64)?;
        Ok(self.file.write_all(bytes).await?)
    }

    /// Ends the file.
    ///
    /// # Errors
    /// What is written last may find the disk full as well.
    pub(crate) async fn finish(mut self) -> Result<SpoolFile> {
        self.file.flush().await?;
        self.file.rewind().await?;
        Ok(SpoolFile { length: self.held.bytes, file: self.file, _held: self.held })
    }

    /// Ends a file that several read, each from its own place.
    ///
    /// # Errors
    /// As [`SpoolWriter::finish`].
    pub(crate) async fn finish_shared(mut self) -> Result<SharedFile> {
        self.file.flush().await?;
        let length = self.held.bytes;
        Ok(SharedFile { file: Arc::new(self.file.into_std().await), length, _held: self.held })
    }
}

/// A finished file that several read at once. Dropping it deletes it.
pub(crate) struct SharedFile {
    file: Arc<std::fs::File>,
    length: u64,
    _held: Held,
}

impl SharedFile {
    /// Bytes in it.
    pub(crate) const fn length(&self) -> u64 {
        self.length
    }

    /// Adds what follows after `at` to a buffer, at most `most` bytes; nothing at the end.
    ///
    /// # Errors
    /// The disk does not give it back.
    pub(crate) async fn read_at(&self, at: u64, most: usize, mut buffer: Vec<u8>) -> Result<Vec<u8>> {
        let rest = usize::try_from(self.length.saturating_sub(at)).unwrap_or(usize::MAX);
        let (file, wanted) = (Arc::clone(&self.file), rest.min(most));
        let read = tokio::task::spawn_blocking(move || {
            let kept = buffer.len();
            buffer.resize(kept + wanted, 0);
            file.read_exact_at(&mut buffer[kept..], at)?;
            Ok::<_, io::Error>(buffer)
        });
        Ok(read.await??)
    }
}

/// A finished file, to be read once from its beginning. Dropping it deletes it.
pub struct SpoolFile {
    file: File,
    length: u64,
    _held: Held,
}

impl SpoolFile {
    /// Bytes in it.
    pub const fn length(&self) -> u64 {
        self.length
    }
}

impl AsyncRead for SpoolFile {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_read(context, buffer)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use tokio::io::AsyncReadExt;
    use tonalite_testkit::SeededEntropy;

    use super::*;

    fn files(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    #[tokio::test]
    async fn a_file_is_private_nameless_and_read_from_its_beginning() {
        let folder = tempfile::tempdir().unwrap();
        let (folder, entropy) = (folder.path().join("spool"), SeededEntropy::new(1));
        let spool = Spool::open(&folder, Limits::default()).unwrap();
        assert!(!folder.exists());
        let mut writer = spool.begin(Work::Read, entropy.as_ref()).await.unwrap();
        let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        assert_eq!(writer.file.metadata().await.unwrap().permissions().mode() & 0o777, 0o600);
        writer.write(b"one ").await.unwrap();
        writer.write(b"two").await.unwrap();
        assert!(files(&folder).is_empty());
        let mut file = writer.finish().await.unwrap();
        assert_eq!(file.length(), 7);
        let mut text = String::new();
        file.read_to_string(&mut text).await.unwrap();
        assert_eq!(text, "one two");
        assert_eq!(spool.used.load(Ordering::Relaxed), 7);
        drop(file);
        assert_eq!(spool.used.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn a_shared_file_is_read_from_any_place_by_several() {
        let folder = tempfile::tempdir().unwrap();
        let entropy = SeededEntropy::new(1);
        let spool = Spool::open(folder.path(), Limits::default()).unwrap();
        let mut writer = spool.begin(Work::ReadGated, entropy.as_ref()).await.unwrap();
        writer.write(b"one two").await.unwrap();
        let file = writer.finish_shared().await.unwrap();
        assert_eq!((file.length(), files(folder.path())), (7, Vec::new()));
        let (a, b) = tokio::join!(file.read_at(4, 2, b"kept ".to_vec()), file.read_at(0, 100, Vec::new()));
        assert_eq!((a.unwrap(), b.unwrap()), (b"kept tw".to_vec(), b"one two".to_vec()));
        assert_eq!(file.read_at(7, 100, Vec::new()).await.unwrap(), b"");
        drop(file);
        assert_eq!(spool.used.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn the_quota_counts_files_until_they_are_sent() {
        let folder = tempfile::tempdir().unwrap();
        let entropy = SeededEntropy::new(1);
        let spool =
            Spool::open(folder.path(), Limits { bytes: 10, running: 2, ..Limits::default() }).unwrap();
        let mut one = spool.begin(Work::Read, entropy.as_ref()).await.unwrap();
        one.write(&[0; 6]).await.unwrap();
        let one = one.finish().await.unwrap();
        let mut two = spool.begin(Work::Read, entropy.as_ref()).await.unwrap();
        two.write(&[0; 4]).await.unwrap();
        assert!(matches!(two.write(&[0; 1]).await, Err(Error::TooMany(_))));
        drop(one);
        two.write(&[0; 1]).await.unwrap();
        drop(two);
        assert_eq!(spool.used.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn so_many_are_made_at_once_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let entropy = SeededEntropy::new(1);
        let spool =
            Spool::open(folder.path(), Limits { bytes: 10, running: 2, ..Limits::default() }).unwrap();
        let one = spool.begin(Work::Read, entropy.as_ref()).await.unwrap();
        let two = spool.begin(Work::Read, entropy.as_ref()).await.unwrap();
        assert!(matches!(spool.begin(Work::Read, entropy.as_ref()).await, Err(Error::TooMany(_))));
        // One that waits to be sent is no longer being made.
        let sent_slowly = one.finish().await.unwrap();
        let three = spool.begin(Work::Read, entropy.as_ref()).await.unwrap();
        assert!(matches!(spool.begin(Work::Read, entropy.as_ref()).await, Err(Error::TooMany(_))));
        // Those behind the gate have places of their own.
        assert!(spool.begin(Work::ReadGated, entropy.as_ref()).await.is_ok());
        drop((two, three, sent_slowly));
        assert!(spool.begin(Work::Read, entropy.as_ref()).await.is_ok());
    }

    #[tokio::test]
    async fn what_a_crash_left_is_cleared_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("export-0123"), "left").unwrap();
        std::fs::write(folder.path().join("import-0123"), "another's").unwrap();
        Spool::open(folder.path(), Limits::default()).unwrap();
        assert_eq!(files(folder.path()), ["import-0123"]);
    }
}
