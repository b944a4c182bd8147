//! Accepts connections: bounded in number, in all and per address, bounded in the time that headers may take, and ended
//! in order. TLS is the reverse proxy's.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service;

use crate::config::Network;

/// Some 20 KiB each: 160 MiB at the most. Further clients wait in the kernel's queue.
const MOST_CONNECTIONS: usize = 8192;
/// One address alone must not take all places; a large office behind one address needs some six for each open page.
/// Proxies, behind which everybody comes, are not counted: trusted ones, and whatever runs on this machine.
const MOST_PER_ADDRESS: usize = MOST_CONNECTIONS / 4;
/// A browser sends its headers at once; who needs longer is broken or holds the place on purpose. It is as well how long
/// a connection may idle between two requests.
const HEADER_TIMEOUT: Duration = Duration::from_secs(20);
/// Request line and headers, the default of common proxies.
const HEADER_BYTES: usize = 32 * 1024;
/// After the end was announced, requests under way have this long.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until `shutdown`, then lets the requests under way finish, up to ten seconds.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    trusted_proxies: Vec<Network>,
    shutdown: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let addresses = Arc::new(Addresses::default());
    let connections = TaskTracker::new();
    loop {
        let place = tokio::select! {
            () = shutdown.cancelled() => break,
            place = places.clone().acquire_owned() => place,
        };
        let accepted = tokio::select! {
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, most likely: the next accept would fail at once, again and again.
                tracing::warn!(error = %error, "could not accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let address = peer.ip().to_canonical();
        let is_proxy =
            address.is_loopback() || trusted_proxies.iter().any(|network| network.contains(address));
        let Some(seat) = addresses.take(address, !is_proxy) else { continue };
        let connection = serve_connection(stream, peer, router.clone(), shutdown.clone());
        connections.spawn(async move {
            connection.await;
            drop((place, seat));
        });
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(GRACE, connections.wait()).await.is_err() {
        tracing::warn!(connections = connections.len(), "requests were cut off at the end");
    }
}

async fn serve_connection(stream: TcpStream, peer: SocketAddr, router: Router, shutdown: CancellationToken) {
    // Answers leave at once: an event of 200 bytes must not wait for a full segment.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(peer = %peer, error = %error, "the connection ended before it began");
        return;
    }
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(peer = %peer, error = %error, "a connection ended early");
    }
}

/// Open connections per address.
#[derive(Default)]
struct Addresses(Mutex<HashMap<IpAddr, usize>>);

/// One open connection of an address.
struct Seat {
    addresses: Arc<Addresses>,
    address: Option<IpAddr>,
}

impl Addresses {
    fn take(self: &Arc<Self>, address: IpAddr, counted: bool) -> Option<Seat> {
        if !counted {
            return Some(Seat { addresses: self.clone(), address: None });
        }
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_default();
        if *count >= MOST_PER_ADDRESS {
            return None;
        }
        *count += 1;
        Some(Seat { addresses: self.clone(), address: Some(address) })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Some(address) = self.address else { return };
        let mut open = self.addresses.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_does_not_take_all_places() {
        let addresses = Arc::new(Addresses::default());
        let greedy = "192.0.2.1".parse().unwrap();
        let mut seats: Vec<_> = (0..MOST_PER_ADDRESS).filter_map(|_| addresses.take(greedy, true)).collect();
        assert_eq!(seats.len(), MOST_PER_ADDRESS);
        assert!(addresses.take(greedy, true).is_none());
        assert!(addresses.take("192.0.2.2".parse().unwrap(), true).is_some());
        assert!(addresses.take(greedy, false).is_some(), "a proxy is not counted");
        seats.pop();
        assert!(addresses.take(greedy, true).is_some());
        seats.clear();
        assert!(addresses.0.lock().unwrap().is_empty(), "nothing is remembered of who left");
    }
}
