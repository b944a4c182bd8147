//! The ways to phones. A message of ours takes the way by which the contact registered, and no other: behind NAT there
//! is none, and a phone tells what comes from elsewhere from what its registrar sends
//! ([ADR 0011](../../../docs/adr/0011-back-the-way-a-phone-came.md)).

use std::net::{IpAddr, SocketAddr};
use std::sync::{PoisonError, RwLock};

use tonalite_core::line_state::{Source, Transport};
use tonalite_sip::{Scheme, Uri};

use crate::commit::Outlet;
use crate::engine::Engine;
use crate::socket;

/// All ways that are open now.
pub(crate) struct Flows {
    /// In the order of the configuration; one socket of each address, since phones see the address, not the socket.
    udp: RwLock<Vec<Listening>>,
    /// Host, and port where one is named, by which phones know us.
    public: Option<(String, Option<u16>)>,
}

struct Listening {
    address: SocketAddr,
    outlet: Outlet,
}

impl Flows {
    /// `public_address` as configured: a host, perhaps with a port.
    pub(crate) fn new(public_address: Option<&str>) -> Self {
        let public = public_address.and_then(|address| {
            let uri = format!("sip:{address}");
            let Ok(Uri { scheme: Scheme::Sip, user: None, host, port, .. }) = Uri::parse(uri.as_bytes())
            else {
                return None;
            };
            Some((String::from_utf8_lossy(host).into_owned(), port))
        });
        Self { udp: RwLock::default(), public }
    }

    /// Datagrams are received at this address now, and this sends from it.
    pub(crate) fn listen_udp(&self, address: SocketAddr, outlet: Outlet) {
        self.udp.write().unwrap_or_else(PoisonError::into_inner).push(Listening { address, outlet });
    }

    /// No way is open any more: lets go of the sockets.
    pub(crate) fn close(&self) {
        self.udp.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The listening address from which `peer` can be reached. Which of several a phone registered at is not kept: where
    /// they are of one family, the first serves all.
    fn udp_to<T>(&self, peer: SocketAddr, take: impl FnOnce(&Listening) -> T) -> Option<T> {
        let suits = |listening: &&Listening| {
            let ours = listening.address;
            let near = ours.ip().is_loopback() == peer.ip().is_loopback();
            ours.is_ipv4() == peer.is_ipv4() && (near || ours.ip().is_unspecified())
        };
        self.udp.read().unwrap_or_else(PoisonError::into_inner).iter().find(suits).map(take)
    }
}

impl Engine {
    /// The way back to where a contact registered from; `None` when it is not open, or closed.
    pub(crate) fn outlet_to(&self, source: &Source) -> Option<Outlet> {
        match source.transport {
            Transport::Udp => self.flows.udp_to(source.address, |listening| listening.outlet.clone()),
            // A contact of a connection that is not there cannot be called back: its port takes no calls.
            Transport::Tcp | Transport::Tls => None,
        }
    }

    /// Host and port at which a phone that came from there knows us, for Via and Contact. Phones answer to where our
    /// request came from (`rport`); this is for those that do not.
    pub(crate) fn sent_by(&self, source: &Source) -> Option<String> {
        let ours = self.flows.udp_to(source.address, |listening| listening.address)?;
        let (host, port) = match &self.flows.public {
            Some((host, port)) => (host.clone(), port.unwrap_or(ours.port())),
            None => (host_of(ours.ip(), source.address), ours.port()),
        };
        Some(format!("{host}:{port}"))
    }
}

/// Our address as this peer sees it, if there is no translation between us.
fn host_of(ours: IpAddr, peer: SocketAddr) -> String {
    let address = if ours.is_unspecified() { socket::address_facing(peer).unwrap_or(ours) } else { ours };
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}
