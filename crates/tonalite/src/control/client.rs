//! The command's end: finds out whether a server lives, hands it the order, and shows what comes back.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::frame::{
    self, FrameError, Hello, LONGEST_HELLO, LONGEST_ORDER, LONGEST_REPLY, Order, Reply, VERSION,
};
use super::place::{Place, SOCKET};
use crate::commands::Screen;

/// For the first answer. A server says it at once, unless it has hung.
const WELCOME: Duration = Duration::from_secs(15);
/// Between two signs of life, which come every three seconds.
const SILENCE: Duration = Duration::from_secs(30);

/// A server that waits for an order.
pub(crate) struct Connection(UnixStream);

/// The server of this data folder; `None` when there is none.
///
/// # Errors
/// There is one, but not for this command: another user's, another version, too busy, hung.
pub(crate) async fn connect(folder: &Path) -> anyhow::Result<Option<Connection>> {
    let shown = folder.join(SOCKET);
    let shown = shown.display();
    let place = match Place::of(folder, SOCKET) {
        Ok(place) => place,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("cannot look for a server at {shown}")),
    };
    let greeting = async {
        let mut stream = UnixStream::connect(&place.path).await?;
        let hello = Hello { version: VERSION.to_owned() };
        frame::write(&mut stream, &hello, LONGEST_HELLO).await?;
        let reply: Reply = frame::read(&mut stream, LONGEST_REPLY).await?;
        Ok::<_, FrameError>((stream, reply))
    };
    let greeted = timeout(WELCOME, greeting).await.map_err(|_| {
        anyhow!("the server at {shown} does not answer; if it has hung, end it and try again")
    })?;
    match greeted {
        Ok((stream, Reply::Welcome)) => Ok(Some(Connection(stream))),
        Ok((_, Reply::Failed(words))) => bail!(words),
        Ok(_) => bail!("the server at {shown} answers in an unknown way; restart it with this program"),
        // No file, the file of a server that was killed, or one that left as we came: nothing was asked of it yet.
        Err(FrameError::Broken(error))
            if matches!(
                error.kind(),
                ErrorKind::NotFound
                    | ErrorKind::ConnectionRefused
                    | ErrorKind::ConnectionReset
                    | ErrorKind::BrokenPipe
                    | ErrorKind::UnexpectedEof
            ) =>
        {
            Ok(None)
        }
        Err(FrameError::Broken(error)) if error.kind() == ErrorKind::PermissionDenied => {
            bail!("{shown} belongs to another user; run the command as the user of the server")
        }
        Err(error) => Err(error).with_context(|| format!("cannot speak to the server at {shown}")),
    }
}

impl Connection {
    /// Has the order carried out, and shows what comes back.
    pub(crate) async fn carry_out(mut self, order: &Order, screen: &mut Screen) -> anyhow::Result<()> {
        const UNKNOWN: &str = "whether the change was made is not known: look before you repeat it";
        frame::write(&mut self.0, order, LONGEST_ORDER)
            .await
            .context("the server does not take the command")?;
        loop {
            let reply = timeout(SILENCE, frame::read(&mut self.0, LONGEST_REPLY))
                .await
                .map_err(|_| anyhow!("the server has fallen silent; {UNKNOWN}"))?
                .map_err(|error| anyhow!("the server broke off ({error}); {UNKNOWN}"))?;
            match reply {
                Reply::Done => return Ok(()),
                Reply::Failed(words) => bail!(words),
                reply => {
                    if screen.show(reply)?.is_break() {
                        return Ok(());
                    }
                }
            }
        }
    }
}
