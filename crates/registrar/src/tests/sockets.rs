//! Real datagrams over the loopback, with real threads.

use std::net::UdpSocket;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use tonalite_core::line_state::Policy;
use tonalite_core::world::Entropy;

use super::{Bench, FakeEntropy, Mood, Phone, code};
use crate::config::{RegistrarConfig, StartError};
use crate::connections::StreamLimits;
use crate::registrar::Registrar;

fn config(listen: &str, workers: usize) -> RegistrarConfig {
    RegistrarConfig {
        listen: vec![listen.parse().unwrap()],
        workers,
        policy: Policy::default(),
        public_address: None,
        streams: StreamLimits::default(),
    }
}

fn open(bench: &Bench, config: &RegistrarConfig) -> Result<Registrar, StartError> {
    // Another server of the same engine must not draw the same nonces again.
    static ENTROPY: LazyLock<Arc<dyn Entropy>> = LazyLock::new(|| Arc::new(FakeEntropy::new()));
    Registrar::open(Arc::clone(&bench.engine), config, &ENTROPY)
}

/// One question, one answer. The read times out after 10 s: then the test fails.
fn ask(socket: &UdpSocket, registrar: &Registrar, question: &str) -> String {
    socket.send_to(question.as_bytes(), registrar.udp_addresses()[0]).unwrap();
    let mut buffer = [0; 65_536];
    let (len, _) = socket.recv_from(&mut buffer).expect("an answer within 10 s");
    String::from_utf8(buffer[..len].to_vec()).unwrap()
}

fn phone_socket(address: &str) -> UdpSocket {
    let socket = UdpSocket::bind(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    socket
}

#[test]
fn phones_register_over_udp() {
    let bench = Bench::new();
    *bench.store.mood.lock().unwrap() = Mood::Commit;
    for listen in ["127.0.0.1:0", "[::1]:0"] {
        let registrar = open(&bench, &config(listen, 2)).unwrap();
        for n in 0..4 {
            let socket = phone_socket(if listen.starts_with('[') { "[::1]:0" } else { "127.0.0.1:0" });
            let mut phone = Phone::new("alice");
            phone.call_id = format!("{listen}{n}").replace([':', '[', ']'], "");
            let contact = format!("Contact: <sip:alice@{}>\r\n", socket.local_addr().unwrap());
            let challenge = ask(&socket, &registrar, &phone.request(&contact));
            assert_eq!(code(&challenge), 401);
            assert!(
                challenge.contains(&format!("rport={}", socket.local_addr().unwrap().port())),
                "{challenge}"
            );
            phone.challenged(&challenge);
            assert_eq!(code(&ask(&socket, &registrar, &phone.request(&contact))), 200, "after its commit");
            assert_eq!(code(&ask(&socket, &registrar, &phone.request(&contact))), 200, "a refresh, at once");
        }
        registrar.close();
    }
    assert!(bench.store.take_renewals().len() >= 8, "the end writes what was to be written behind");
}

#[test]
fn noise_does_not_silence_it() {
    let bench = Bench::new();
    let registrar = open(&bench, &config("127.0.0.1:0", 1)).unwrap();
    let socket = phone_socket("127.0.0.1:0");
    let to = registrar.udp_addresses()[0];
    socket.send_to(&[], to).unwrap();
    socket.send_to(&[0xff; 1_400], to).unwrap();
    socket.send_to(&vec![b'<'; 60_000], to).unwrap();
    socket.send_to(b"\r\n\r\n", to).unwrap();
    let options = "OPTIONS sip:pbx.example.com SIP/2.0\r\nVia: SIP/2.0/UDP x;branch=z9hG4bKo\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: o\r\nCSeq: 1 OPTIONS\r\n\r\n";
    assert_eq!(code(&ask(&socket, &registrar, options)), 200);
    registrar.close();
}

#[test]
fn a_second_server_on_the_same_port_does_not_start() {
    let bench = Bench::new();
    let first = open(&bench, &config("127.0.0.1:0", 1)).unwrap();
    let taken = first.udp_addresses()[0].to_string();
    assert!(matches!(open(&bench, &config(&taken, 1)), Err(StartError::Bind { .. })));
    first.close();
    open(&bench, &config(&taken, 2)).unwrap().close();
    assert!(matches!(
        open(&bench, &RegistrarConfig { listen: Vec::new(), ..config(&taken, 1) }),
        Err(StartError::NoAddress)
    ));
}
