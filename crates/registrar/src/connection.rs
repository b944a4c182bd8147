//! One connection of a phone: what it says goes to the engine, message by message; what is said to it, now or after a
//! commit, leaves over it in the order in which it was decided.

use std::io;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, Interest};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout};
use tonalite_core::line_state::{Source, Transport};
use tonalite_sip::framer::PONG;
use tonalite_sip::{Frame, Framer};

use crate::commit::Outlet;
use crate::engine::{Outcome, Scratch};
use crate::stream::{Course, Service};

/// Bytes that may wait for a phone to take them: some fifty answers. One that falls behind further is cut off, and
/// comes back when it can read again.
const QUEUE: usize = 64 * 1024;

/// Bytes that are read at once. No state between two reads is larger than a message, so this bounds a turn, not a message.
const READ: usize = 8 * 1024;

/// How long the last words to a phone may take. After a fault of its own that includes listening to what it still had on
/// the way: closing before would make the network throw our last words away.
const FAREWELL: Duration = Duration::from_secs(1);

/// Bytes that are listened to after the last words.
const LEFTOVERS: u64 = 256 * 1024;

/// The side of a connection that others hold.
pub(crate) struct Connection {
    peer: SocketAddr,
    outgoing: Mutex<Outgoing>,
    wake: Notify,
}

#[derive(Default)]
struct Outgoing {
    bytes: Vec<u8>,
    /// Nothing is taken any more: it is over, or it was too much.
    is_closed: bool,
}

/// Why a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The phone closed it, or the network did.
    Theirs,
    /// Nothing came for too long.
    Silence,
    /// Nobody can tell where the next message would begin.
    Broken,
    /// The phone does not take what is said to it.
    Slow,
    /// The server stops.
    Stop,
}

impl Connection {
    pub(crate) fn new(peer: SocketAddr) -> Self {
        Self { peer, outgoing: Mutex::default(), wake: Notify::new() }
    }

    pub(crate) fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Says something to the phone, without waiting. Lost when the connection is over.
    pub(crate) fn send(&self, bytes: &[u8]) {
        let mut outgoing = self.lock();
        if outgoing.is_closed {
            return;
        }
        if outgoing.bytes.len() + bytes.len() > QUEUE {
            outgoing.is_closed = true;
        } else {
            outgoing.bytes.extend_from_slice(bytes);
        }
        drop(outgoing);
        self.wake.notify_one();
    }

    /// From now on nothing is taken.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
    }

    /// Bytes that wait.
    pub(crate) fn waiting(&self) -> usize {
        self.lock().bytes.len()
    }

    fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    fn lock(&self) -> MutexGuard<'_, Outgoing> {
        self.outgoing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands the kernel what it has room for.
    fn write_to(&self, stream: &TcpStream) -> io::Result<()> {
        let mut outgoing = self.lock();
        while !outgoing.bytes.is_empty() {
            match stream.try_write(&outgoing.bytes) {
                Ok(written) => drop(outgoing.bytes.drain(..written)),
                Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(cause) => return Err(cause),
            }
        }
        // At rest it keeps no memory: there are thousands.
        outgoing.bytes = Vec::new();
        Ok(())
    }
}

/// Serves one connection to its end.
pub(crate) async fn serve(mut stream: TcpStream, connection: &Arc<Connection>, service: &Service) {
    let peer = connection.peer();
    let Some(outlet) = service.engine.connections.outlet(peer) else { return };
    let mut session = Session {
        connection,
        service,
        outlet,
        framer: Framer::new(),
        is_proven: false,
        ends_at: service.unproven(),
    };
    let end = session.run(&stream).await;
    drop(session);
    tracing::debug!(sip.source = %peer, end = ?end, "a connection ends");
    if matches!(end, End::Broken | End::Stop | End::Theirs) {
        let farewell = say_the_last(&mut stream, connection, end == End::Broken);
        // Whether it was heard or not, it is over.
        let _ = timeout(FAREWELL, farewell).await;
    }
}

async fn say_the_last(stream: &mut TcpStream, connection: &Connection, listens: bool) -> io::Result<()> {
    let last = std::mem::take(&mut connection.lock().bytes);
    stream.write_all(&last).await?;
    stream.shutdown().await?;
    if listens {
        tokio::io::copy(&mut stream.take(LEFTOVERS), &mut tokio::io::sink()).await?;
    }
    Ok(())
}

/// What a connection knows while it is served.
struct Session<'s> {
    connection: &'s Arc<Connection>,
    service: &'s Service,
    outlet: Outlet,
    framer: Framer,
    /// A phone of ours proved itself here.
    is_proven: bool,
    ends_at: Instant,
}

impl Session<'_> {
    async fn run(&mut self, stream: &TcpStream) -> End {
        let mut course = self.service.course.clone();
        loop {
            let stands = *course.borrow_and_update();
            if stands == Course::Close {
                return End::Stop;
            }
            if self.connection.write_to(stream).is_err() {
                return End::Theirs;
            }
            // After it was too much: what was taken before does not help a phone that reads nothing.
            if self.connection.is_closed() {
                return End::Slow;
            }
            let interest = match (stands, self.connection.waiting()) {
                (Course::Run, 0) => Some(Interest::READABLE),
                (Course::Run, _) => Some(Interest::READABLE | Interest::WRITABLE),
                (_, 0) => None,
                (..) => Some(Interest::WRITABLE),
            };
            let ready = async {
                match interest {
                    Some(interest) => stream.ready(interest).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                changed = course.changed() => if changed.is_err() {
                    return End::Stop;
                },
                () = sleep_until(self.ends_at) => return End::Silence,
                () = self.connection.wake.notified() => {}
                ready = ready => match ready {
                    Err(_) => return End::Theirs,
                    Ok(ready) if ready.is_readable() && stands == Course::Run => {
                        if let Some(end) = self.read(stream) {
                            return end;
                        }
                    }
                    Ok(_) => {}
                },
            }
        }
    }

    fn read(&mut self, stream: &TcpStream) -> Option<End> {
        let mut buffer = [0; READ];
        match stream.try_read(&mut buffer) {
            Ok(0) => return Some(End::Theirs),
            Ok(length) => self.framer.push(&buffer[..length]),
            Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => return None,
            Err(_) => return Some(End::Theirs),
        }
        let end = self.service.with_scratch(|scratch| self.take_frames(scratch));
        if self.is_proven {
            self.ends_at = self.service.silence();
        }
        end
    }

    fn take_frames(&mut self, scratch: &mut Scratch) -> Option<End> {
        let Self { connection, service, outlet, framer, is_proven, .. } = self;
        let source = Source { transport: Transport::Tcp, address: connection.peer() };
        while let Some(frame) = framer.frame() {
            scratch.proven = false;
            // A fault in our code that one message finds must not end the service for all phones.
            let handled = catch_unwind(AssertUnwindSafe(|| match frame {
                Frame::Ping => {
                    connection.send(PONG);
                    (Outcome::Silent, None)
                }
                Frame::Message(bytes) => (service.engine.receive(scratch, bytes, source, outlet), None),
                Frame::Broken { head, fault } => {
                    (service.engine.reject(scratch, head, fault, source.address), Some(End::Broken))
                }
            }));
            let Ok((outcome, end)) = handled else {
                tracing::error!(sip.source = %source.address, "a message made the registrar panic");
                return Some(End::Broken);
            };
            if outcome == Outcome::Send {
                connection.send(&scratch.out);
            }
            *is_proven |= scratch.proven;
            if end.is_some() {
                return end;
            }
        }
        None
    }
}
