//! A phone on a bench: its clock is turned and its registrar played by hand.

use std::net::SocketAddr;
use std::time::Duration;

use tonalite_phones::{Command, Outbox, Phone, PhoneConfig, PhoneState, Place, instance_of_mac};
use tonalite_sip::digest::{Algorithm, Challenge, Credentials, Ha1};
use tonalite_sip::{Message, Name, build};

pub(crate) const REGISTRAR: &str = "192.0.2.1:5060";
pub(crate) const PHONE: &str = "198.51.100.7:40000";

/// A phone, its clock and what it sent.
pub(crate) struct Bench {
    pub(crate) phone: Phone,
    pub(crate) now: Duration,
    pub(crate) out: Outbox,
    pub(crate) sent: Vec<Vec<u8>>,
}

pub(crate) fn config() -> PhoneConfig {
    let mut config = PhoneConfig::new("k7q2", "one.example", "s3cret", REGISTRAR.parse().unwrap());
    config.user_agent = "Yealink SIP-T54W 96.86.0.70".to_owned();
    config.instance = Some(instance_of_mac(0x0015_65ab_cdef));
    config
}

impl Bench {
    /// A phone that has sent its first REGISTER.
    pub(crate) fn new(config: PhoneConfig) -> Bench {
        let place = Place { address: PHONE.parse().unwrap(), contact_user: "k7q2".to_owned(), index: 10 };
        let phone = Phone::new(config, place, 7, Duration::from_secs(5));
        let mut bench = Bench { phone, now: Duration::ZERO, out: Outbox::default(), sent: Vec::new() };
        assert_eq!(bench.phone.state(), PhoneState::Waiting);
        assert_eq!(bench.wait(), Duration::from_secs(5));
        assert_eq!(bench.phone.state(), PhoneState::Registering);
        bench
    }

    /// A phone that was registered for `granted` seconds without a challenge.
    pub(crate) fn registered(config: PhoneConfig, granted: u32) -> Bench {
        let mut bench = Bench::new(config);
        bench.answer(200, &[("Expires", granted.to_string())]);
        assert_eq!(bench.phone.state(), PhoneState::Registered);
        bench
    }

    pub(crate) fn collect(&mut self) -> usize {
        let datagrams = self.out.take();
        for datagram in &datagrams {
            self.sent.push(datagram.bytes.clone());
        }
        let count = datagrams.len();
        self.out.recycle(datagrams);
        count
    }

    /// Lets time pass until the next timer; tells how long that was.
    pub(crate) fn wait(&mut self) -> Duration {
        let at = self.phone.next_timer().expect("a timer");
        let waited = at - self.now;
        self.now = at;
        self.phone.on_timer(self.now, &mut self.out);
        self.collect();
        waited
    }

    pub(crate) fn order(&mut self, command: Command) -> usize {
        self.phone.on_command(self.now, command, &mut self.out);
        self.collect()
    }

    pub(crate) fn receive(&mut self, bytes: &[u8]) -> usize {
        let Ok(message) = Message::parse(bytes) else { return 0 };
        self.phone.on_message(self.now, REGISTRAR.parse().unwrap(), &message, &mut self.out);
        self.collect()
    }

    /// Answers the last request; tells how many datagrams the phone sent in return.
    pub(crate) fn answer(&mut self, code: u16, headers: &[(&str, String)]) -> usize {
        let request = self.sent.last().expect("a request").clone();
        let answer = respond(&request, code, headers);
        self.receive(&answer)
    }

    pub(crate) fn last(&self) -> Seen {
        Seen::of(self.sent.last().expect("a request"))
    }
}

pub(crate) fn respond(request: &[u8], code: u16, headers: &[(&str, String)]) -> Vec<u8> {
    let message = Message::parse(request).unwrap();
    let mut bytes = Vec::new();
    let source: SocketAddr = PHONE.parse().unwrap();
    let mut writer = build::response(&mut bytes, &message, source, code, "x", Some(b"srv")).unwrap();
    for (name, value) in headers {
        writer = writer.header(name, value);
    }
    writer.finish();
    bytes
}

/// What matters of a REGISTER.
#[derive(Debug, PartialEq, Eq, Clone)]
pub(crate) struct Seen {
    pub(crate) call_id: String,
    pub(crate) cseq: u32,
    pub(crate) branch: Vec<u8>,
    pub(crate) expires: u32,
    pub(crate) authorization: Option<String>,
}

impl Seen {
    pub(crate) fn of(bytes: &[u8]) -> Seen {
        let message = Message::parse(bytes).unwrap();
        let request = message.request().unwrap();
        Seen {
            call_id: String::from_utf8(request.call_id.to_vec()).unwrap(),
            cseq: request.cseq.number,
            branch: request.via.branch().to_vec(),
            expires: tonalite_sip::header::expires_seconds(message.header(Name::Expires).unwrap()),
            authorization: message
                .header(Name::Authorization)
                .map(|v| String::from_utf8(v.to_vec()).unwrap()),
        }
    }

    /// The nonce count and whether the response is right for this password.
    pub(crate) fn check(&self, algorithm: Algorithm, password: &str) -> (Option<u32>, bool) {
        let value = self.authorization.as_ref().expect("an Authorization");
        let credentials = Credentials::parse(value.as_bytes()).unwrap().unwrap();
        let ha1 = Ha1::new(algorithm, b"k7q2", b"one.example", password.as_bytes());
        assert_eq!(credentials.uri, b"sip:one.example");
        (credentials.nonce_count, credentials.verify(&ha1, b"REGISTER"))
    }
}

pub(crate) fn challenge(
    algorithm: Algorithm,
    nonce: &str,
    qop_auth: bool,
    stale: bool,
) -> (&'static str, String) {
    let challenge = Challenge {
        realm: b"one.example",
        nonce: nonce.as_bytes(),
        opaque: Some(b"op"),
        algorithm,
        qop_auth,
        stale,
    };
    let mut value = Vec::new();
    challenge.write(&mut value);
    ("WWW-Authenticate", String::from_utf8(value).unwrap())
}

pub(crate) fn md5(nonce: &str) -> (&'static str, String) {
    challenge(Algorithm::Md5, nonce, true, false)
}

pub(crate) fn seconds(duration: Duration) -> u64 {
    duration.as_secs()
}

/// A request to the phone, as its registrar sends it.
pub(crate) fn request(method: &str, user: &str, extra: &str) -> Vec<u8> {
    format!(
        "{method} sip:{user}@198.51.100.7:40000 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx1;rport\r\n\
         From: <sip:ping@one.example>;tag=a\r\nTo: <sip:k7q2@one.example>\r\nCall-ID: c1\r\nCSeq: 7 {method}\r\n\
         Max-Forwards: 70\r\n{extra}Content-Length: 0\r\n\r\n"
    )
    .into_bytes()
}

/// OPTIONS to this user of the phone.
pub(crate) fn options(user: &str) -> Vec<u8> {
    request("OPTIONS", user, "")
}
