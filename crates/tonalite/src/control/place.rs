//! Where the socket lies, also where its path is longer than the address of a socket may be.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

/// `sun_path` holds 108 bytes, the last of which ends the text (unix(7)).
const LONGEST: usize = 107;
/// The socket that commands look for.
pub(super) const SOCKET: &str = "control.sock";

/// A name in a folder, as short as the address of a socket must be.
pub(super) struct Place {
    /// To bind or connect to, as long as this value lives.
    pub(super) path: PathBuf,
    _folder: Option<File>,
}

impl Place {
    /// # Errors
    /// The folder cannot be opened.
    pub(super) fn of(folder: &Path, name: &str) -> io::Result<Place> {
        let path = folder.join(name);
        if path.as_os_str().len() <= LONGEST {
            return Ok(Place { path, _folder: None });
        }
        // The kernel follows this link to the very folder that is open, however long the way to it is.
        let folder = File::open(folder)?;
        let path = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd())).join(name);
        Ok(Place { path, _folder: Some(folder) })
    }
}
