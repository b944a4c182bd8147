//! The accept loop, over real connections on the loopback.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::response::sse::{Event, Sse};
use axum::routing::get;
use futures_util::{StreamExt, stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonalite_http::serve;

struct Server {
    address: SocketAddr,
    shutdown: CancellationToken,
    task: JoinHandle<()>,
}

async fn start() -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let shutdown = CancellationToken::new();
    let until = shutdown.clone();
    let router = Router::new()
        .route("/peer", get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.ip().to_string()))
        .route(
            "/stream",
            get(async move || {
                let first = stream::iter([Ok::<_, std::convert::Infallible>(Event::default().data("first"))]);
                let end = stream::once(until.cancelled_owned()).filter_map(async |()| None);
                Sse::new(first.chain(end))
            }),
        );
    let task = tokio::spawn(serve(listener, router, Vec::new(), shutdown.clone()));
    Server { address, shutdown, task }
}

/// What the server answers until it closes the connection.
async fn answer(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(request).await.expect("sent");
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut bytes)).await;
    // A reset after the answer is as good as an end.
    let _ =
        read.unwrap_or_else(|_| panic!("no end in time of {:?}", String::from_utf8_lossy(request).get(..60)));
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn requests_are_answered_with_the_peer_known() {
    let server = start().await;
    let text = answer(server.address, b"GET /peer HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.ends_with("\r\n\r\n127.0.0.1"), "{text}");
}

#[tokio::test]
async fn what_is_not_http_is_refused() {
    let server = start().await;
    let long = format!("GET /peer HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "a".repeat(100_000));
    let many = format!("GET /peer HTTP/1.1\r\nhost: x\r\n{}\r\n", "a: b\r\n".repeat(200));
    for (request, status) in [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".as_slice(), "400"),
        (b"REGISTER sip:example.net SIP/2.0\r\n\r\n", "400"),
        (b"GET /peer HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n", "400"),
        (long.as_bytes(), "431"),
        (many.as_bytes(), "431"),
    ] {
        let text = answer(server.address, request).await;
        assert!(text.starts_with(&format!("HTTP/1.1 {status} ")), "{text:?}");
    }
    let text = answer(server.address, b"GET /peer HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(text.starts_with("HTTP/1.1 200"), "the server lives on: {text}");
}

#[tokio::test]
async fn the_end_waits_for_requests_under_way_and_ends_streams() {
    let server = start().await;
    let mut stream = TcpStream::connect(server.address).await.expect("a connection");
    stream.write_all(b"GET /stream HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("sent");
    let mut text = Vec::new();
    while !text.windows(5).any(|window| window == b"first") {
        let mut chunk = [0; 1024];
        let n = stream.read(&mut chunk).await.expect("read");
        assert!(n > 0, "the stream goes on");
        text.extend_from_slice(&chunk[..n]);
    }
    let idle = TcpStream::connect(server.address).await.expect("a connection");
    server.shutdown.cancel();
    tokio::time::timeout(Duration::from_secs(9), server.task)
        .await
        .expect("sooner than the grace")
        .expect("no panic");
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.expect("an orderly end");
    assert!(rest.ends_with("0\r\n\r\n"), "{rest:?}");
    assert!(TcpStream::connect(server.address).await.is_err(), "nobody listens any more");
    drop(idle);
}
