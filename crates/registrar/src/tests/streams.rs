//! Real connections over the loopback: what phones do over TCP, and what strangers do.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use tonalite_core::line_state::{LineState, Policy, Transport};
use tonalite_core::time::Span;
use tonalite_core::world::Entropy;

use super::{Bench, FakeEntropy, Mood, Phone, code};
use crate::config::RegistrarConfig;
use crate::connections::StreamLimits;
use crate::registrar::Registrar;

const OPTIONS: &str = "OPTIONS sip:pbx.example.com SIP/2.0\r\nVia: SIP/2.0/TCP x;branch=z9hG4bKo;rport\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: o\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

struct Server {
    bench: Bench,
    registrar: Registrar,
}

impl Server {
    fn start() -> Server {
        Self::with(StreamLimits::default())
    }

    fn with(streams: StreamLimits) -> Server {
        static ENTROPY: LazyLock<Arc<dyn Entropy>> = LazyLock::new(|| Arc::new(FakeEntropy::new()));
        let bench = Bench::new();
        *bench.store.mood.lock().unwrap() = Mood::Commit;
        let config = RegistrarConfig {
            listen: vec!["127.0.0.1:0".parse().unwrap()],
            workers: 2,
            policy: Policy::default(),
            public_address: None,
            streams,
        };
        let registrar = Registrar::open(Arc::clone(&bench.engine), &config, &ENTROPY).unwrap();
        Server { bench, registrar }
    }

    fn connect(&self) -> Line {
        let stream = TcpStream::connect(self.registrar.tcp_addresses()[0]).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        Line { stream, heard: Vec::new() }
    }
}

/// A phone's end of a connection. Reads time out after 10 s: then the test fails.
struct Line {
    stream: TcpStream,
    heard: Vec<u8>,
}

impl Line {
    fn say(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).unwrap();
    }

    /// The next answer; none of them has a body.
    fn hear(&mut self) -> String {
        loop {
            if let Some(at) = self.heard.windows(4).position(|four| four == b"\r\n\r\n") {
                let rest = self.heard.split_off(at + 4);
                return String::from_utf8(std::mem::replace(&mut self.heard, rest)).unwrap();
            }
            let mut buffer = [0; 4096];
            let length = self.stream.read(&mut buffer).expect("an answer within 10 s");
            assert!(length > 0, "closed after {:?}", String::from_utf8_lossy(&self.heard));
            self.heard.extend_from_slice(&buffer[..length]);
        }
    }

    fn ask(&mut self, question: &str) -> String {
        self.say(question);
        self.hear()
    }

    /// What comes until the other side closes.
    fn until_closed(&mut self) -> String {
        let mut all = std::mem::take(&mut self.heard);
        match self.stream.read_to_end(&mut all) {
            Ok(_) => {}
            Err(cause) => assert_eq!(cause.kind(), ErrorKind::ConnectionReset, "closed within 10 s"),
        }
        String::from_utf8(all).unwrap()
    }

    fn contact(&self) -> String {
        format!("Contact: <sip:alice@{};transport=tcp>\r\n", self.stream.local_addr().unwrap())
    }

    fn register(&mut self, phone: &mut Phone, contacts: &str) -> String {
        let challenge = self.ask(&over_tcp(phone, contacts));
        assert_eq!(code(&challenge), 401);
        phone.challenged(&challenge);
        self.ask(&over_tcp(phone, contacts))
    }
}

fn over_tcp(phone: &mut Phone, contacts: &str) -> String {
    phone.request(contacts).replacen("SIP/2.0/UDP", "SIP/2.0/TCP", 1)
}

fn live(server: &Server) -> usize {
    server.bench.engine.connections.len()
}

fn wait_until(what: &str, mut is_met: impl FnMut() -> bool) {
    for _ in 0..1_000 {
        if is_met() {
            return;
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
    panic!("waited in vain: {what}");
}

#[test]
fn a_phone_registers_renews_withdraws_and_ages_over_tcp() {
    let server = Server::start();
    assert_eq!(server.registrar.tcp_addresses(), server.registrar.udp_addresses());
    let (mut line, mut phone) = (server.connect(), Phone::new("alice"));
    let contact = line.contact();
    let answer = line.register(&mut phone, &contact);
    assert_eq!(code(&answer), 200, "{answer}");
    let port = line.stream.local_addr().unwrap().port();
    assert!(answer.contains(&format!(";rport={port}")) && answer.contains("received=127.0.0.1"), "{answer}");
    let known = server.bench.known(1);
    assert_eq!(known.bindings[0].source.transport, Transport::Tcp);
    assert_eq!(known.bindings[0].source.address, line.stream.local_addr().unwrap());
    assert_eq!(code(&line.ask(&over_tcp(&mut phone, &contact))), 200, "a refresh");
    assert_eq!(code(&line.ask(&over_tcp(&mut phone, &format!("{contact}Expires: 0\r\n")))), 200);
    assert_eq!(server.bench.known(1).state, LineState::Unregistered);

    assert_eq!(code(&line.ask(&over_tcp(&mut phone, &contact))), 200);
    drop(line);
    wait_until("the end of the connection", || live(&server) == 0);
    // The flow is dead, the registration is not.
    assert_eq!(server.bench.known(1).state, LineState::Registered);
    server.bench.pass(Span::from_secs(660));
    assert_eq!(server.bench.known(1).state, LineState::Aged);
    server.registrar.close();
}

#[test]
fn a_request_said_again_is_harmless() {
    let server = Server::start();
    let (mut line, mut phone) = (server.connect(), Phone::new("alice"));
    let contact = line.contact();
    let challenge = line.ask(&over_tcp(&mut phone, &contact));
    phone.challenged(&challenge);
    let request = over_tcp(&mut phone, &contact);
    let answer = line.ask(&request);
    assert_eq!(code(&answer), 200);
    assert_eq!(line.ask(&request), answer);
    assert_eq!(server.connect().ask(&request), answer, "over another connection, too");
    assert_eq!(server.bench.known(1).bindings.len(), 1);
    assert_eq!(server.bench.known(1).bindings[0].cseq, 2);
    server.registrar.close();
}

#[test]
fn no_split_matters_and_many_at_once_are_all_answered() {
    let server = Server::start();
    let mut line = server.connect();
    for byte in OPTIONS.bytes() {
        line.stream.write_all(&[byte]).unwrap();
    }
    assert_eq!(code(&line.hear()), 200);
    line.say(&OPTIONS.repeat(20));
    for _ in 0..20 {
        assert_eq!(code(&line.hear()), 200);
    }
    // A phone with two lines asks for both at once.
    let (mut alice, mut bob) = (Phone::new("alice"), Phone::new("bob"));
    line.say(&format!(
        "{}{}",
        over_tcp(&mut alice, "Contact: <sip:a@x>\r\n"),
        over_tcp(&mut bob, "Contact: <sip:b@x>\r\n")
    ));
    let (first, second) = (line.hear(), line.hear());
    alice.challenged(&first);
    bob.challenged(&second);
    line.say(&format!(
        "{}{}",
        over_tcp(&mut alice, "Contact: <sip:a@x>\r\n"),
        over_tcp(&mut bob, "Contact: <sip:b@x>\r\n")
    ));
    assert_eq!((code(&line.hear()), code(&line.hear())), (200, 200));
    server.registrar.close();
}

#[test]
fn a_long_answer_is_whole() {
    let server = Server::start();
    let (mut line, mut phone) = (server.connect(), Phone::new("alice"));
    let contacts: String =
        (0..5).map(|n| format!("Contact: <sip:a{n}@x;pad={}>\r\n", "p".repeat(400))).collect();
    let answer = line.register(&mut phone, &contacts);
    assert_eq!(code(&answer), 200);
    let answer =
        line.ask(&over_tcp(&mut phone, "Contact: <sip:a0@x>\r\n").replace("Contact: <sip:a0@x>\r\n", ""));
    assert_eq!(answer.matches("Contact: ").count(), 5, "{answer}");
    assert!(answer.len() > 1_300);
    server.registrar.close();
}

#[test]
fn a_ping_gets_its_pong() {
    let server = Server::start();
    let mut line = server.connect();
    line.say("\r\n\r\n");
    let mut pong = [0; 2];
    line.stream.read_exact(&mut pong).unwrap();
    assert_eq!(&pong, b"\r\n");
    line.say(&format!("\r\n{OPTIONS}"));
    assert!(line.hear().starts_with("SIP/2.0 200"), "a single line end is no ping");
    server.registrar.close();
}

#[test]
fn where_framing_is_lost_the_connection_ends() {
    let server = Server::start();
    let without_length = OPTIONS.replace("Content-Length: 0\r\n", "");
    let headers = OPTIONS.replace("Content-Length", &format!("{}Content-Length", "X: y\r\n".repeat(3_000)));
    for (said, expected) in [
        (format!("{without_length}{OPTIONS}"), "SIP/2.0 400 Missing Content-Length\r\n"),
        (OPTIONS.replace("Length: 0", "Length: x"), "SIP/2.0 400 Wrong Content-Length\r\n"),
        (headers, "SIP/2.0 400 Too Many Headers\r\n"),
        (format!("{}\r\n\r\n", "x".repeat(200)), ""),
        ("GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), ""),
        (without_length.replace("OPTIONS", "ACK"), ""),
    ] {
        let mut line = server.connect();
        line.say(&said);
        let heard = line.until_closed();
        assert!(heard.starts_with(expected), "{said:?}: {heard:?}");
        assert_eq!(heard.matches("SIP/2.0 ").count(), usize::from(!expected.is_empty()), "{heard:?}");
    }
    // What is wrong within a message does not hurt the next.
    let mut line = server.connect();
    assert_eq!(code(&line.ask(&OPTIONS.replace("CSeq: 1 OPTIONS", "CSeq: x"))), 400);
    assert_eq!(code(&line.ask(OPTIONS)), 200);
    drop(line);
    wait_until("all connections to end", || live(&server) == 0);
    server.registrar.close();
}

#[test]
fn who_does_not_listen_is_cut_off() {
    let server = Server::start();
    let mut deaf = server.connect();
    deaf.stream.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
    // More answers than the kernel and the queue hold; a kernel holds some megabytes.
    let many = OPTIONS.repeat(200);
    let failure = (0..2_000).find_map(|_| deaf.stream.write_all(many.as_bytes()).err());
    assert!(failure.is_some(), "it may say no more");
    wait_until("its end", || live(&server) == 0);
    assert_eq!(code(&server.connect().ask(OPTIONS)), 200);
    server.registrar.close();
}

#[test]
fn too_many_are_turned_away() {
    let server = Server::with(StreamLimits { connections: 3, ..StreamLimits::default() });
    let mut lines: Vec<Line> = (0..3).map(|_| server.connect()).collect();
    for line in &mut lines {
        assert_eq!(code(&line.ask(OPTIONS)), 200);
    }
    assert_eq!(server.connect().until_closed(), "");
    lines.pop();
    wait_until("a free place", || live(&server) == 2);
    assert_eq!(code(&server.connect().ask(OPTIONS)), 200);
    server.registrar.close();
}

#[test]
fn strangers_do_not_stay_and_phones_do() {
    let server = Server::with(StreamLimits { unproven: Duration::from_secs(2), ..StreamLimits::default() });
    let (mut phone_line, mut phone) = (server.connect(), Phone::new("alice"));
    let contact = phone_line.contact();
    assert_eq!(code(&phone_line.register(&mut phone, &contact)), 200);
    let (mut silent, mut asking) = (server.connect(), server.connect());
    assert_eq!(code(&asking.ask(OPTIONS)), 200);
    assert_eq!((silent.until_closed(), asking.until_closed()), (String::new(), String::new()));
    assert_eq!(code(&phone_line.ask(&over_tcp(&mut phone, &contact))), 200);
    assert_eq!(live(&server), 1);
    server.registrar.close();
}

#[test]
fn an_end_lets_the_last_answer_leave() {
    let server = Server::start();
    *server.bench.store.mood.lock().unwrap() = Mood::Hold;
    let (mut line, mut phone) = (server.connect(), Phone::new("alice"));
    let contact = line.contact();
    let challenge = line.ask(&over_tcp(&mut phone, &contact));
    phone.challenged(&challenge);
    line.say(&over_tcp(&mut phone, &contact));
    wait_until("its change", || !server.bench.store.changes.lock().unwrap().is_empty());
    let Server { bench, registrar } = server;
    let closing = std::thread::spawn(move || registrar.close());
    bench.store.decide(true);
    assert!(line.until_closed().starts_with("SIP/2.0 200"));
    closing.join().unwrap();
    assert_eq!(bench.engine.connections.len(), 0);
}

#[test]
fn the_way_back_to_a_phone_is_its_connection() {
    let server = Server::start();
    let mut line = server.connect();
    let peer = line.stream.local_addr().unwrap();
    assert_eq!(code(&line.ask(OPTIONS)), 200);
    let outlet = server.bench.engine.connections.outlet(peer).expect("a live connection");
    outlet(b"NOTIFY sip:a@x SIP/2.0\r\n\r\n", peer);
    assert!(line.hear().starts_with("NOTIFY"));
    // A half-closed connection is over, too: phones do not do that.
    line.stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(line.until_closed(), "");
    wait_until("its end", || live(&server) == 0);
    assert!(server.bench.engine.connections.outlet(peer).is_none());
    server.registrar.close();
}
