//! The server's end: listens in the data folder, for the same user of the machine only, and carries commands out.
//! A command that has begun goes on to its end, also when the terminal that sent it is gone.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::net::unix::OwnedWriteHalf;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonalite_app::App;

use super::frame::{
    self, FrameError, Hello, LONGEST_HELLO, LONGEST_ORDER, LONGEST_REPLY, Order, Reply, VERSION,
};
use super::place::{Place, SOCKET};
use crate::commands::{self, Out};

/// Commands at work at once; one more is told to come again.
const JOBS: usize = 8;
/// Connections at once; more wait in the kernel, for at most [`PATIENCE`] twice, since every one is done by then or at work.
const CONNECTIONS: usize = 32;
/// For a frame that the other side has only to send or to take.
const PATIENCE: Duration = Duration::from_secs(5);
/// For a terminal that takes no output: stopped, or scrolled back.
const STALLED: Duration = Duration::from_secs(60);
/// Signs of life between replies: a client gives up after several of them are missing.
const ALIVE: Duration = Duration::from_secs(3);
/// For commands at work when the server stops. What is not done by then fails at its next statement, as a whole.
const FAREWELL: Duration = Duration::from_secs(10);
/// Replies on their way to a slow terminal; then the command waits.
const QUEUE: usize = 16;

/// The listening socket.
pub(crate) struct ControlSocket {
    path: PathBuf,
    accepting: JoinHandle<()>,
    closing: CancellationToken,
    at_work: TaskTracker,
}

impl ControlSocket {
    /// Listens in the data folder, in the place of a socket that a killed server left there.
    pub(crate) async fn open(folder: &Path, app: Arc<App>) -> anyhow::Result<ControlSocket> {
        let path = folder.join(SOCKET);
        let (listener, owner) = listen(folder)
            .await
            .with_context(|| format!("cannot listen for commands at {}", path.display()))?;
        let closing = CancellationToken::new();
        let at_work = TaskTracker::new();
        let accepting = tokio::spawn(accept(listener, owner, app, closing.clone(), at_work.clone()));
        Ok(ControlSocket { path, accepting, closing, at_work })
    }

    /// Takes no more commands, and waits for those at work.
    pub(crate) async fn close(self) {
        // First the name, so that a command that comes now waits for the data folder instead of a server that leaves.
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "the control socket cannot be removed");
        }
        self.closing.cancel();
        if self.accepting.await.is_err() {
            tracing::error!("the control socket had failed");
        }
        self.at_work.close();
        if timeout(FAREWELL, self.at_work.wait()).await.is_err() {
            tracing::warn!("a command is broken off by the end of the server");
        }
    }
}

/// Binds under another name, closes the file to others, and only then gives it its name: nobody finds it half-made.
async fn listen(folder: &Path) -> anyhow::Result<(UnixListener, u32)> {
    let place = Place::of(folder, SOCKET)?;
    if UnixStream::connect(&place.path).await.is_ok() {
        bail!("another server listens there");
    }
    let new = Place::of(folder, "control.new")?;
    match std::fs::remove_file(&new.path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let listener = UnixListener::bind(&new.path)?;
    std::fs::set_permissions(&new.path, std::fs::Permissions::from_mode(0o600))?;
    let owner = std::fs::metadata(&new.path)?.uid();
    std::fs::rename(&new.path, &place.path)?;
    Ok((listener, owner))
}

async fn accept(
    listener: UnixListener,
    owner: u32,
    app: Arc<App>,
    closing: CancellationToken,
    at_work: TaskTracker,
) {
    let connections = Arc::new(Semaphore::new(CONNECTIONS));
    let jobs = Arc::new(Semaphore::new(JOBS));
    loop {
        let next = async {
            let room = Arc::clone(&connections).acquire_owned().await.ok();
            (room, listener.accept().await)
        };
        let (room, accepted) = tokio::select! {
            () = closing.cancelled() => return,
            next = next => next,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // No file descriptor left, most likely: it passes, and trying at once would only burn the processor.
                tracing::warn!(%error, "a command cannot be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let visit = Visit { app: Arc::clone(&app), owner, jobs: Arc::clone(&jobs), at_work: at_work.clone() };
        let closing = closing.clone();
        at_work.spawn(async move {
            if let Err(error) = visit.receive(stream, closing).await {
                tracing::debug!(%error, "a command did not come through");
            }
            drop(room);
        });
    }
}

/// One connection.
struct Visit {
    app: Arc<App>,
    owner: u32,
    jobs: Arc<Semaphore>,
    at_work: TaskTracker,
}

impl Visit {
    async fn receive(self, stream: UnixStream, closing: CancellationToken) -> Result<(), FrameError> {
        let peer = stream.peer_cred()?.uid();
        let (mut from, mut to) = stream.into_split();
        let hello: Hello = unless(&closing, patiently(frame::read(&mut from, LONGEST_HELLO))).await?;
        if peer != self.owner {
            let owner = self.owner;
            let words = format!(
                "the server runs as the user with id {owner}, this command as {peer}; run it as that user: sudo -u '#{owner}' tonalite …"
            );
            return say(&mut to, &Reply::Failed(words)).await;
        }
        if hello.version != VERSION {
            let words = format!(
                "the running server is tonalite {VERSION}, this command is {}; use the server's program, or restart the server with this one",
                short(&hello.version)
            );
            return say(&mut to, &Reply::Failed(words)).await;
        }
        let Ok(room) = self.jobs.try_acquire_owned() else {
            let words =
                format!("the server is busy with {JOBS} other commands; try again when one has ended");
            return say(&mut to, &Reply::Failed(words)).await;
        };
        say(&mut to, &Reply::Welcome).await?;
        let order = unless(&closing, patiently(frame::read::<Order>(&mut from, LONGEST_ORDER)));
        let order = match order.await {
            Ok(order) => order,
            Err(FrameError::Strange(what)) => {
                tracing::debug!(what, "an order is not understood");
                let words = "the running server does not understand this command; it is of another build: restart it with this program";
                return say(&mut to, &Reply::Failed(words.to_owned())).await;
            }
            Err(error) => return Err(error),
        };
        tracing::debug!(command = order.job.name(), "a command from the command line");
        let (replies, received) = mpsc::channel(QUEUE);
        let app = self.app;
        // A task of its own: whoever asked may go, the change does not stop half-way.
        self.at_work.spawn(async move {
            let _room = room;
            let out = Out::new(order.json, replies.clone());
            let last = match commands::carry_out(&app, order, &out).await {
                Ok(()) => Reply::Done,
                Err(error) => Reply::Failed(format!("{error:#}")),
            };
            // Who is not there any more has no need to know.
            let _ = replies.send(last).await;
        });
        pass_on(received, &mut to, &closing).await
    }
}

/// Sends replies as they come, with signs of life in between.
async fn pass_on(
    mut replies: mpsc::Receiver<Reply>,
    to: &mut OwnedWriteHalf,
    closing: &CancellationToken,
) -> Result<(), FrameError> {
    let mut alive = interval(ALIVE);
    alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let reply = tokio::select! {
            reply = replies.recv() => match reply {
                Some(reply) => reply,
                None => return Ok(()),
            },
            _ = alive.tick() => Reply::Alive,
        };
        // A terminal that takes nothing must not hold up the end of the server.
        let longest = if closing.is_cancelled() { PATIENCE } else { STALLED };
        within(longest, frame::write(to, &reply, LONGEST_REPLY)).await?;
    }
}

async fn say(to: &mut OwnedWriteHalf, reply: &Reply) -> Result<(), FrameError> {
    patiently(frame::write(to, reply, LONGEST_REPLY)).await
}

/// Who has not said yet what it wants must not hold up the end of the server.
async fn unless<T>(
    closing: &CancellationToken,
    act: impl Future<Output = Result<T, FrameError>>,
) -> Result<T, FrameError> {
    tokio::select! {
        outcome = act => outcome,
        () = closing.cancelled() => Err(std::io::Error::from(std::io::ErrorKind::ConnectionAborted).into()),
    }
}

async fn patiently<T>(act: impl Future<Output = Result<T, FrameError>>) -> Result<T, FrameError> {
    within(PATIENCE, act).await
}

async fn within<T>(
    longest: Duration,
    act: impl Future<Output = Result<T, FrameError>>,
) -> Result<T, FrameError> {
    timeout(longest, act)
        .await
        .unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()))
}

/// What a stranger calls its version, for an error line.
fn short(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_graphic()).take(20).collect()
}

#[cfg(test)]
mod tests {
    use tonalite_testkit::TestApp;

    use super::*;

    #[tokio::test]
    async fn another_user_is_told_whose_server_it_is() {
        let test = TestApp::start().await;
        let (mut here, there) = UnixStream::pair().unwrap();
        let own = here.peer_cred().unwrap().uid();
        let jobs = Arc::new(Semaphore::new(1));
        let visit = Visit { app: Arc::clone(&test.app), owner: own + 1, jobs, at_work: TaskTracker::new() };
        let hello = Hello { version: VERSION.to_owned() };
        frame::write(&mut here, &hello, LONGEST_HELLO).await.unwrap();
        visit.receive(there, CancellationToken::new()).await.unwrap();
        let reply = frame::read(&mut here, LONGEST_REPLY).await.unwrap();
        let Reply::Failed(words) = reply else { panic!("a stranger is welcome") };
        assert!(words.contains(&format!("sudo -u '#{}'", own + 1)), "{words}");
    }
}
