//! The registrar of the testkit answers on its address, and a restart finds what phones told it.

use std::time::Duration;

use tokio::net::UdpSocket;
use tonalite_testkit::{TestApp, TestRegistrar};

#[tokio::test]
async fn it_answers_on_its_address_and_lets_go_of_the_application() {
    let t = TestApp::start().await;
    let registrar = TestRegistrar::start(&t).await;
    assert_eq!(t.app.registrar_address(), registrar.address().to_string());

    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let from = socket.local_addr().unwrap();
    let options = format!(
        "OPTIONS sip:sip.example.net SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bK1;rport\r\n\
         Max-Forwards: 70\r\nFrom: <sip:x@sip.example.net>;tag=1\r\nTo: <sip:sip.example.net>\r\n\
         Call-ID: 1@test\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
    );
    socket.send_to(options.as_bytes(), registrar.address()).await.unwrap();
    let mut answer = [0; 2048];
    let received = tokio::time::timeout(Duration::from_secs(10), socket.recv(&mut answer)).await;
    let answer = &answer[..received.expect("an answer").unwrap()];
    assert!(answer.starts_with(b"SIP/2.0 200 "), "{}", String::from_utf8_lossy(answer));

    registrar.shutdown().await;
    t.restart().await;
}
