//! What travels over the control socket: frames of four bytes of length and as many of JSON, each with a bound.
//! First versions are compared, by the two frames that stay the same for ever; then an order goes, and replies come.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tonalite_core::secret::Secret;

use crate::cli::Job;

/// Both ends must be of one version: a command is what the program of that day takes it for.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// A version, with room to grow.
pub(super) const LONGEST_HELLO: usize = 1 << 10;
/// An order is what fits on a command line (128 KiB an argument on Linux), escaped.
pub(super) const LONGEST_ORDER: usize = 1 << 20;
/// Printed text comes in pieces of [`PIECE`]; escaped as JSON, a byte becomes six at worst.
pub(super) const LONGEST_REPLY: usize = 1 << 19;
/// Printed text of one reply, in bytes.
pub(crate) const PIECE: usize = 1 << 16;

/// The first frame of a client.
#[derive(Serialize, Deserialize)]
pub(super) struct Hello {
    pub(super) version: String,
}

/// A command as it travels. It has no `Debug`: it may hold a password.
#[derive(Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) job: Job,
    /// Whether the output is for a program.
    pub(crate) json: bool,
    /// What came on standard input, for the commands that ask for it.
    pub(crate) password: Option<Password>,
}

/// A password on its way to the process that hashes it: over a socket that only the same user may open, never to a log.
pub(crate) struct Password(pub(crate) Secret<String>);

impl Serialize for Password {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Password(Secret::new(text)))
    }
}

/// What comes back.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reply {
    /// The versions are the same, and there is room for another command.
    Welcome,
    /// For standard output.
    Print(String),
    /// For standard error: a word beside the output.
    Note(String),
    /// How far a long work has come.
    Progress { done: u64, total: u64 },
    /// Still at it.
    Alive,
    /// The end: it has happened.
    Done,
    /// The end: it has not happened, in words for who typed the command.
    Failed(String),
}

/// Why no frame came.
#[derive(Debug, thiserror::Error)]
pub(super) enum FrameError {
    /// The other side ended, or the system says no.
    #[error("{0}")]
    Broken(#[from] std::io::Error),
    /// Longer than allowed, or not what was expected.
    #[error("{0}")]
    Strange(String),
}

/// Reads one frame of at most `longest` bytes.
pub(super) async fn read<T: DeserializeOwned>(
    from: &mut (impl AsyncRead + Unpin),
    longest: usize,
) -> Result<T, FrameError> {
    let length = from.read_u32().await? as usize;
    if length > longest {
        return Err(FrameError::Strange(format!("a frame of {length} bytes, where {longest} are allowed")));
    }
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes).await?;
    // What serde says may quote the frame, hence a password: the place is enough.
    serde_json::from_slice(&bytes).map_err(|error| {
        FrameError::Strange(format!("a frame that is not understood at byte {}", error.column()))
    })
}

/// Writes one frame.
pub(super) async fn write<T: Serialize>(
    to: &mut (impl AsyncWrite + Unpin),
    frame: &T,
    longest: usize,
) -> Result<(), FrameError> {
    let bytes = serde_json::to_vec(frame).map_err(|error| FrameError::Strange(error.to_string()))?;
    match u32::try_from(bytes.len()) {
        Ok(length) if bytes.len() <= longest => to.write_u32(length).await?,
        _ => return Err(FrameError::Strange(format!("{} bytes, where {longest} are allowed", bytes.len()))),
    }
    to.write_all(&bytes).await?;
    Ok(to.flush().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_frame_has_a_bound_at_both_ends() {
        let (mut here, mut there) = tokio::io::duplex(64);
        write(&mut here, &"twelve bytes", 14).await.unwrap();
        assert_eq!(read::<String>(&mut there, 14).await.unwrap(), "twelve bytes");
        assert!(matches!(write(&mut here, &"thirteen byte", 14).await, Err(FrameError::Strange(_))));
        // The length alone is enough to refuse: nothing is made room for.
        here.write_u32(u32::MAX).await.unwrap();
        assert!(matches!(read::<String>(&mut there, 14).await, Err(FrameError::Strange(_))));
    }

    #[tokio::test]
    async fn a_frame_that_is_not_understood_is_not_repeated() {
        let (mut here, mut there) = tokio::io::duplex(64);
        write(&mut here, &"hunter2", 64).await.unwrap();
        let Err(error) = read::<Hello>(&mut there, 64).await else { panic!("a text is no hello") };
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn the_longest_piece_fits_into_a_reply() {
        let worst = Reply::Print("\u{1}".repeat(PIECE));
        assert!(serde_json::to_vec(&worst).unwrap().len() <= LONGEST_REPLY);
    }
}
