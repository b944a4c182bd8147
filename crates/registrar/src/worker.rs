//! One thread with one socket: takes datagrams in batches, answers each, holds nothing between them but its buffers.

use std::io::IoSliceMut;
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::AsRawFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg};
use socket2::Socket;
use tonalite_core::line_state::{Source, Transport};
use tonalite_core::world::Entropy;

use crate::engine::{Engine, Outcome, Scratch};
use crate::socket;

/// Datagrams of one system call.
const BATCH: usize = 32;

/// The largest datagram there is; pages that are never written cost nothing.
const DATAGRAM: usize = 65_536;

/// Runs until `stop` is set.
pub(crate) fn run(engine: &Arc<Engine>, socket: &Arc<Socket>, entropy: &dyn Entropy, stop: &AtomicBool) {
    let outlet = socket::outlet(socket);
    let mut scratch = Scratch::new(entropy);
    let mut memory = vec![0_u8; BATCH * DATAGRAM];
    let mut headers = MultiHeaders::<SockaddrStorage>::preallocate(BATCH, None);
    while !stop.load(Ordering::Relaxed) {
        let mut slices: Vec<[IoSliceMut<'_>; 1]> =
            memory.chunks_exact_mut(DATAGRAM).map(|buffer| [IoSliceMut::new(buffer)]).collect();
        // Waits for the first datagram (as long as the socket's read timeout), then takes what is there.
        let flags = MsgFlags::MSG_WAITFORONE;
        match recvmmsg(socket.as_raw_fd(), &mut headers, slices.iter_mut(), flags, None) {
            Ok(received) => {
                for datagram in received {
                    let Some(source) = datagram.address.and_then(|address| to_std(&address)) else {
                        continue;
                    };
                    let Some(bytes) = datagram.iovs().next() else { continue };
                    let from = Source { transport: Transport::Udp, address: source };
                    // A fault in our code that one datagram finds must not end the service for all phones.
                    let handled =
                        catch_unwind(AssertUnwindSafe(|| engine.receive(&mut scratch, bytes, from, &outlet)));
                    match handled {
                        Ok(Outcome::Send) => socket::send(socket, &scratch.out, source),
                        Ok(Outcome::Silent) => {}
                        Err(_) => {
                            tracing::error!(sip.source = %source, "a datagram made the registrar panic")
                        }
                    }
                }
            }
            // Nothing came; a signal; or an ICMP message about an answer that found nobody.
            Err(Errno::EAGAIN | Errno::EINTR | Errno::ECONNREFUSED) => {}
            Err(cause) => {
                tracing::error!(error = %cause, "the SIP socket cannot be read");
                thread::sleep(Duration::from_millis(100));
            }
        }
    }
}

fn to_std(address: &SockaddrStorage) -> Option<SocketAddr> {
    if let Some(v4) = address.as_sockaddr_in() {
        return Some(SocketAddrV4::from(*v4).into());
    }
    address.as_sockaddr_in6().map(|v6| SocketAddrV6::from(*v6).into())
}
