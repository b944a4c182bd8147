//! UDP sockets: several on one port, so that each worker has its own queue in the kernel.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::commit::Outlet;

/// How long a worker waits for a datagram before it looks whether it shall stop.
const PATIENCE: Duration = Duration::from_millis(100);

/// Asked of the kernel, which may give less: at 4,000 datagrams a second it holds a stall of about a second.
const BUFFER: usize = 4 * 1024 * 1024;

/// Binds `count` sockets to one address; with port 0 all of them to the port that the first was given.
pub(crate) fn bind(address: SocketAddr, count: usize) -> io::Result<Vec<Arc<Socket>>> {
    // SO_REUSEPORT would let a second server of the same user take half of our phones without a word: a socket
    // without it finds the port taken.
    drop(open(address, false)?);
    let first = open(address, true)?;
    let address = local_address(&first)?;
    let mut sockets = vec![Arc::new(first)];
    for _ in 1..count {
        sockets.push(Arc::new(open(address, true)?));
    }
    Ok(sockets)
}

/// The address that a socket is bound to.
pub(crate) fn local_address(socket: &Socket) -> io::Result<SocketAddr> {
    socket.local_addr()?.as_socket().ok_or_else(|| io::Error::other("no internet address"))
}

fn open(address: SocketAddr, shared: bool) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, None)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_reuse_port(shared)?;
    if let Err(cause) = socket.set_recv_buffer_size(BUFFER) {
        tracing::debug!(error = %cause, "the socket keeps its default receive buffer");
    }
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// Sends without waiting: an answer that the kernel has no room for is lost as any datagram may be, and the phone asks
/// again.
pub(crate) fn send(socket: &Socket, bytes: &[u8], to: SocketAddr) {
    let flags = nix::sys::socket::MsgFlags::MSG_DONTWAIT.bits();
    if let Err(cause) = socket.send_to_with_flags(bytes, &to.into(), flags) {
        tracing::debug!(error = %cause, "an answer could not be sent");
    }
}

/// An [`Outlet`] through this socket.
pub(crate) fn outlet(socket: &Arc<Socket>) -> Outlet {
    let socket = Arc::clone(socket);
    Arc::new(move |bytes, to| send(&socket, bytes, to))
}

/// Our address on the way to a peer, from the kernel's routes. Sends nothing.
pub(crate) fn address_facing(peer: SocketAddr) -> Option<IpAddr> {
    let probe = Socket::new(Domain::for_address(peer), Type::DGRAM, None).ok()?;
    probe.connect(&peer.into()).ok()?;
    local_address(&probe).ok().map(|address| address.ip())
}
