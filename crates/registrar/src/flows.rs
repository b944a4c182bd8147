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

    /// The listening address from which `peer` is reached. Which of several a phone registered at is not kept: of those
    /// of its family it is the first that is on the same side of the loopback, else the first.
    fn udp_to<T>(&self, peer: SocketAddr, take: impl FnOnce(&Listening) -> T) -> Option<T> {
        let udp = self.udp.read().unwrap_or_else(PoisonError::into_inner);
        let family = || udp.iter().filter(|listening| listening.address.is_ipv4() == peer.is_ipv4());
        let near = |listening: &&Listening| {
            let ours = listening.address.ip();
            ours.is_unspecified() || ours.is_loopback() == peer.ip().is_loopback()
        };
        family().find(near).or_else(|| family().next()).map(take)
    }

    fn sent_by(&self, peer: SocketAddr) -> Option<String> {
        let ours = self.udp_to(peer, |listening| listening.address)?;
        let (host, port) = match &self.public {
            Some((host, port)) => (host.clone(), port.unwrap_or(ours.port())),
            None => (host_of(ours.ip(), peer), ours.port()),
        };
        Some(format!("{host}:{port}"))
    }
}

impl Engine {
    /// The way back to where a contact registered from; `None` when it is not open, or closed.
    pub(crate) fn outlet_to(&self, source: &Source) -> Option<Outlet> {
        match source.transport {
            Transport::Udp => self.flows.udp_to(source.address, |listening| listening.outlet.clone()),
            // The connection itself: a contact whose connection is gone cannot be called back, its port takes no calls.
            Transport::Tcp => self.connections.outlet(source.address),
            Transport::Tls => None,
        }
    }

    /// Host and port at which a phone that came from there knows us, for Via and Contact. Phones answer to where our
    /// request came from (`rport`); this is for those that do not.
    pub(crate) fn sent_by(&self, source: &Source) -> Option<String> {
        self.flows.sent_by(source.address)
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn flows(public: Option<&str>, addresses: &[&str]) -> Flows {
        let flows = Flows::new(public);
        for address in addresses {
            flows.listen_udp(address.parse().unwrap(), Arc::new(|_, _| ()));
        }
        flows
    }

    #[test]
    fn each_phone_is_reached_from_an_address_that_leads_there() {
        let several = ["127.0.0.1:5060", "0.0.0.0:5070", "192.0.2.1:5080", "[2001:db8::1]:5090"];
        for (addresses, peer, port) in [
            (&several[..], "127.0.0.9:1", Some(5060)),
            (&several[..], "192.0.2.9:1", Some(5070)),
            (&several[1..], "127.0.0.9:1", Some(5070)),
            (&several[2..], "192.0.2.9:1", Some(5080)),
            (&several[2..], "127.0.0.9:1", Some(5080)),
            (&several[..1], "192.0.2.9:1", Some(5060)),
            (&several[..3], "[2001:db8::9]:1", None),
            (&several[..], "[2001:db8::9]:1", Some(5090)),
            (&[], "192.0.2.9:1", None),
        ] {
            let found =
                flows(None, addresses).udp_to(peer.parse().unwrap(), |listening| listening.address.port());
            assert_eq!(found, port, "{peer} from {addresses:?}");
        }
        let closed = flows(None, &several);
        closed.close();
        assert!(closed.udp_to("127.0.0.9:1".parse().unwrap(), drop_it).is_none());
    }

    fn drop_it(_: &Listening) {}

    #[test]
    fn phones_are_told_the_name_that_they_know() {
        for (public, address, expected) in [
            (Some("sip.example.net"), "127.0.0.1:5062", "sip.example.net:5062"),
            (Some("sip.example.net:5060"), "127.0.0.1:5062", "sip.example.net:5060"),
            (Some("[2001:db8::7]"), "127.0.0.1:5062", "[2001:db8::7]:5062"),
            (Some("2001:db8::7"), "127.0.0.1:5062", "127.0.0.1:5062"),
            (Some("two words"), "127.0.0.1:5062", "127.0.0.1:5062"),
            (None, "0.0.0.0:5062", "127.0.0.1:5062"),
        ] {
            let told = flows(public, &[address]).sent_by("127.0.0.1:9".parse().unwrap());
            assert_eq!(told.as_deref(), Some(expected), "{public:?}");
        }
        let told = flows(None, &["[::]:5062"]).sent_by("[::1]:9".parse().unwrap());
        assert_eq!(told.as_deref(), Some("[::1]:5062"));
    }
}
