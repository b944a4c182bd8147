//! The live connections by their far end: how many may be, and the way back to a phone that came over one.
//! No connection is ever opened from here: behind NAT nobody would answer, and who could be reached is not for us to try.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use metrics::{Counter, Gauge, counter, gauge};

use crate::commit::Outlet;
use crate::connection::Connection;

/// Limits for phones that come over TCP.
#[derive(Debug, Clone, Copy)]
pub struct StreamLimits {
    /// Connections in all; fewer where the process may not open so many files. One at rest costs some 2 kB here, and
    /// its buffers in the kernel.
    pub connections: usize,
    /// Connections from one address, behind which a whole site may lie.
    pub per_address: usize,
    /// How long a connection may last over which no phone proved itself.
    pub unproven: Duration,
}

impl Default for StreamLimits {
    fn default() -> Self {
        Self { connections: 20_000, per_address: 1_000, unproven: Duration::from_secs(30) }
    }
}

/// All connections.
pub(crate) struct Connections {
    live: Mutex<Live>,
    open: Gauge,
    accepted: Counter,
    full: Counter,
    crowded: Counter,
}

#[derive(Default)]
struct Live {
    by_peer: HashMap<SocketAddr, Arc<Connection>>,
    by_address: HashMap<IpAddr, usize>,
    count: usize,
}

/// A place among the connections, given back when it is dropped.
pub(crate) struct Place {
    connections: Arc<Connections>,
    connection: Arc<Connection>,
}

impl Connections {
    pub(crate) fn new() -> Self {
        let outcome =
            |outcome: &'static str| counter!("tonalite_sip_connections_total", "outcome" => outcome);
        Self {
            live: Mutex::default(),
            open: gauge!("tonalite_sip_connections"),
            accepted: outcome("accepted"),
            full: outcome("refused_full"),
            crowded: outcome("refused_per_address"),
        }
    }

    /// Takes a connection in, unless there are too many.
    pub(crate) fn admit(
        self: &Arc<Self>,
        connection: Arc<Connection>,
        limits: &StreamLimits,
    ) -> Option<Place> {
        let peer = connection.peer();
        let mut live = self.lock();
        if live.count >= limits.connections {
            self.full.increment(1);
            return None;
        }
        let of_address = live.by_address.entry(peer.ip()).or_default();
        if *of_address >= limits.per_address {
            self.crowded.increment(1);
            return None;
        }
        *of_address += 1;
        live.count += 1;
        live.by_peer.insert(peer, Arc::clone(&connection));
        self.accepted.increment(1);
        self.open.set(live.count as f64);
        Some(Place { connections: Arc::clone(self), connection })
    }

    /// The way to whoever is at the other end of the connection from `peer`; `None` when there is none any more.
    pub(crate) fn outlet(&self, peer: SocketAddr) -> Option<Outlet> {
        let connection = self.lock().by_peer.get(&peer).cloned()?;
        Some(Arc::new(move |bytes, _| connection.send(bytes)))
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.lock().count
    }

    fn lock(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connection.close();
        let peer = self.connection.peer();
        let mut live = self.connections.lock();
        live.count -= 1;
        self.connections.open.set(live.count as f64);
        if let Some(of_address) = live.by_address.get_mut(&peer.ip()) {
            *of_address -= 1;
            if *of_address == 0 {
                live.by_address.remove(&peer.ip());
            }
        }
        // The same far end may have come to another of our addresses meanwhile.
        if live.by_peer.get(&peer).is_some_and(|current| Arc::ptr_eq(current, &self.connection)) {
            live.by_peer.remove(&peer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(peer: &str) -> Arc<Connection> {
        Arc::new(Connection::new(peer.parse().unwrap()))
    }

    #[test]
    fn each_limit_holds_and_a_place_is_given_back() {
        let connections = Arc::new(Connections::new());
        let limits = StreamLimits { connections: 3, per_address: 2, ..StreamLimits::default() };
        let admit = |peer: &str| connections.admit(connection(peer), &limits);
        let first = admit("192.0.2.1:1");
        let (second, third) = (admit("192.0.2.1:2"), admit("192.0.2.1:3"));
        assert!(first.is_some() && second.is_some());
        assert!(third.is_none(), "the third of one address");
        let other = admit("192.0.2.2:1");
        assert!(other.is_some());
        assert!(admit("192.0.2.3:1").is_none(), "the fourth of all");
        drop(first);
        assert!(connections.outlet("192.0.2.1:1".parse().unwrap()).is_none());
        assert!(connections.outlet("192.0.2.1:2".parse().unwrap()).is_some());
        assert!(admit("192.0.2.1:3").is_some());
    }

    #[test]
    fn the_newer_of_two_with_one_far_end_is_the_way_back() {
        let connections = Arc::new(Connections::new());
        let limits = StreamLimits::default();
        let peer = "192.0.2.1:1";
        let older = connections.admit(connection(peer), &limits);
        let newer = connection(peer);
        let _place = connections.admit(Arc::clone(&newer), &limits);
        drop(older);
        let outlet = connections.outlet(peer.parse().unwrap()).expect("the newer");
        outlet(b"x", peer.parse().unwrap());
        assert_eq!(newer.waiting(), 1);
    }
}
