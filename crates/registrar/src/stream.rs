//! TCP beside UDP: the listeners, and the threads that serve connections (ADR 0012).

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use socket2::{Domain, SockRef, Socket, TcpKeepalive, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use tonalite_core::world::Entropy;

use crate::config::StartError;
use crate::connection::{self, Connection};
use crate::connections::StreamLimits;
use crate::engine::{Engine, Scratch};
use crate::socket;

/// Connections that the kernel keeps for us until we take them: all phones of a provider come back in one second.
const BACKLOG: i32 = 4_096;

/// Ports that are tried until one is free for both transports, where the system chooses.
const TRIES: usize = 32;

/// How long an accept that failed waits for files or memory to come free.
const BREATH: Duration = Duration::from_millis(100);

/// A phone that is gone without a word is noticed after 60 s and four questions, 15 s apart: the kernel asks, since
/// many phones send no pings.
const KEEP_ALIVE: TcpKeepalive = TcpKeepalive::new()
    .with_time(Duration::from_secs(60))
    .with_interval(Duration::from_secs(15))
    .with_retries(4);

/// After this, what was said and not acknowledged ends the connection.
const UNACKNOWLEDGED: Duration = Duration::from_secs(30);

/// A line that expired may still be in its grace, and its phone late by a transaction.
const AFTER_EXPIRY: Duration = Duration::from_secs(64);

/// How long an end waits for the last words to all phones.
const FAREWELL: Duration = Duration::from_secs(2);

/// What is to become of all connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Course {
    /// Carry on.
    Run,
    /// Take nothing new, but let answers leave.
    Drain,
    /// End.
    Close,
}

/// What serving a connection needs.
pub(crate) struct Service {
    pub(crate) engine: Arc<Engine>,
    pub(crate) course: watch::Receiver<Course>,
    limits: StreamLimits,
    entropy: Arc<dyn Entropy>,
    /// As many as threads have served at once.
    scratches: Mutex<Vec<Scratch>>,
}

impl Service {
    /// When a connection ends over which nobody proves himself.
    pub(crate) fn unproven(&self) -> Instant {
        Instant::now() + self.limits.unproven
    }

    /// When a connection ends over which nothing more comes: by then all that was registered over it is over.
    pub(crate) fn silence(&self) -> Instant {
        let longest = u64::try_from(self.engine.policy.max_expires.0).unwrap_or(0);
        Instant::now() + Duration::from_millis(longest) + AFTER_EXPIRY
    }

    pub(crate) fn with_scratch<T>(&self, work: impl FnOnce(&mut Scratch) -> T) -> T {
        let kept = self.scratches.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut scratch = kept.unwrap_or_else(|| Scratch::new(&*self.entropy));
        let done = work(&mut scratch);
        self.scratches.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
        done
    }
}

/// Listeners and connections as they run. Dropping it ends them at once.
pub(crate) struct Streams {
    runtime: Option<Runtime>,
    course: watch::Sender<Course>,
    tasks: TaskTracker,
    pub(crate) addresses: Vec<SocketAddr>,
}

impl Streams {
    /// Starts serving on `threads` threads of its own.
    pub(crate) fn open(
        engine: &Arc<Engine>,
        listeners: Vec<std::net::TcpListener>,
        limits: StreamLimits,
        threads: usize,
        entropy: &Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_name("sip-tcp")
            .enable_all()
            .build()
            .map_err(StartError::Thread)?;
        let limits = StreamLimits { connections: allowed(limits.connections), ..limits };
        let (course, watched) = watch::channel(Course::Run);
        let service = Arc::new(Service {
            engine: Arc::clone(engine),
            course: watched,
            limits,
            entropy: Arc::clone(entropy),
            scratches: Mutex::default(),
        });
        let tasks = TaskTracker::new();
        let mut addresses = Vec::with_capacity(listeners.len());
        let entered = runtime.enter();
        for listener in listeners {
            addresses.push(listener.local_addr().map_err(StartError::Thread)?);
            let listener = TcpListener::from_std(listener).map_err(StartError::Thread)?;
            tasks.spawn(accept(listener, Arc::clone(&service), tasks.clone()));
        }
        drop(entered);
        Ok(Self { runtime: Some(runtime), course, tasks, addresses })
    }

    /// Takes no more connections and nothing more from those that there are.
    pub(crate) fn drain(&self) {
        self.course.send_replace(Course::Drain);
    }

    /// Says the last words, and ends. Blocks.
    pub(crate) fn close(&mut self) {
        self.course.send_replace(Course::Close);
        self.tasks.close();
        if let Some(runtime) = self.runtime.take() {
            let ended = runtime.block_on(async { tokio::time::timeout(FAREWELL, self.tasks.wait()).await });
            if ended.is_err() {
                tracing::warn!("some connections of phones did not end in good order");
            }
            runtime.shutdown_background();
        }
    }
}

impl Drop for Streams {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Binds an address for both transports: `count` sockets for datagrams and one listener, all on one port.
pub(crate) fn bind(
    address: SocketAddr,
    count: usize,
) -> io::Result<(Vec<Arc<Socket>>, std::net::TcpListener)> {
    let mut tries = TRIES;
    loop {
        let sockets = socket::bind(address, count)?;
        let first = sockets.first().ok_or_else(|| io::Error::other("no socket was asked for"))?;
        tries -= 1;
        match listen(socket::local_address(first)?) {
            Ok(listener) => return Ok((sockets, listener)),
            // What is free for datagrams need not be free for connections.
            Err(cause) if address.port() == 0 && cause.kind() == io::ErrorKind::AddrInUse && tries > 0 => {}
            Err(cause) => return Err(cause),
        }
    }
}

fn listen(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // Connections of the run before may linger in the kernel for a minute.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// How many connections there may be without starving the rest of the process: half of its files, whose limit is
/// raised as far as needed and allowed.
fn allowed(wanted: usize) -> usize {
    let files = u64::try_from(wanted).unwrap_or(u64::MAX).saturating_mul(2).saturating_add(1_024);
    let Ok((mut soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return wanted.min(512) };
    if soft < files && setrlimit(Resource::RLIMIT_NOFILE, files.min(hard), hard).is_ok() {
        soft = files.min(hard);
    }
    let allowed = wanted.min(usize::try_from(soft / 2).unwrap_or(usize::MAX));
    if allowed < wanted {
        tracing::warn!(
            allowed,
            wanted,
            "fewer phones than configured may connect over TCP: this process may not open more files"
        );
    }
    allowed
}

async fn accept(listener: TcpListener, service: Arc<Service>, tasks: TaskTracker) {
    let mut course = service.course.clone();
    let mut is_failing = false;
    loop {
        let accepted = tokio::select! {
            _ = course.wait_for(|course| *course != Course::Run) => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                is_failing = false;
                if let Err(cause) = prepare(&stream) {
                    tracing::debug!(sip.source = %peer, error = %cause, "a connection was gone at once");
                    continue;
                }
                let connection = Arc::new(Connection::new(peer));
                // One too many is closed here: a flood must not cost a task each.
                let admitted = service.engine.connections.admit(Arc::clone(&connection), &service.limits);
                if let Some(place) = admitted {
                    let service = Arc::clone(&service);
                    tasks.spawn(async move {
                        connection::serve(stream, &connection, &service).await;
                        drop(place);
                    });
                }
            }
            Err(cause) if cause.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(cause) => {
                // Once, not ten times a second for as long as it lasts.
                if !is_failing {
                    tracing::error!(error = %cause, "no connection of a phone can be accepted");
                }
                is_failing = true;
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    socket.set_tcp_keepalive(&KEEP_ALIVE)?;
    socket.set_tcp_user_timeout(Some(UNACKNOWLEDGED))
}
