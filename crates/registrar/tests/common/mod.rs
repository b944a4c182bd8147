//! A portal with a registrar on the loopback: what every test of this folder stands on.

#![expect(dead_code, reason = "each test binary uses its own part")]

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::UdpSocket;
use tonalite_core::access::Actor;
use tonalite_core::contact_request::{ContactAnswer, ContactRequest, ContactRequestKind};
use tonalite_core::device::Device;
use tonalite_core::id::LineKey;
use tonalite_core::line_state::{Binding, LineState, Policy, StateDetail};
use tonalite_core::page::Limit;
use tonalite_core::time::Span;
use tonalite_core::timeline::TimelineKind;
use tonalite_registrar::{Registrar, RegistrarConfig, StreamLimits};
use tonalite_sip::digest::{Answer, Challenge};
use tonalite_sip::{Message, Name, StartLine, build};
use tonalite_testkit::{TestApp, eventually};

/// A phone's identity, as the portal hands it out.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) domain: String,
}

/// A portal, its registrar, and one device with one line.
pub(crate) struct Portal {
    pub(crate) test: TestApp,
    pub(crate) registrar: Option<Registrar>,
    pub(crate) device: Device,
    pub(crate) line: LineKey,
    pub(crate) identity: Identity,
    policy: Policy,
}

impl Portal {
    pub(crate) async fn start() -> Portal {
        Self::with_policy(Policy::default()).await
    }

    pub(crate) async fn with_policy(policy: Policy) -> Portal {
        let test = TestApp::start().await;
        let site = test.tree.a.sites[0].clone();
        let device = test.add_device(&site, "yealink-t54w", Some("001565abcdef")).await;
        let user = test.add_user(&site, "Ada Lovelace", "1001").await;
        let line = test.assign_line(&device, 1, &user).await.key;
        let (username, password, domain) = test.credentials(&device, 1).await;
        let identity = Identity { username, password, domain };
        let mut portal = Portal { test, registrar: None, device, line, identity, policy };
        portal.open("127.0.0.1:0").await;
        portal
    }

    pub(crate) async fn open(&mut self, listen: &str) {
        let config = RegistrarConfig {
            listen: vec![listen.parse().expect("an address")],
            workers: 2,
            policy: self.policy,
            public_address: None,
            streams: StreamLimits::default(),
        };
        let TestApp { app, clock, entropy, .. } = &self.test;
        let registrar = Registrar::start(app.clone(), config, clock.clone(), entropy.clone()).await;
        self.registrar =
            Some(registrar.unwrap_or_else(|error| panic!("the registrar does not start: {error}")));
    }

    /// Stops everything in good order and starts it again on the same port, so many seconds later.
    pub(crate) async fn restart(mut self, away: i64) -> Portal {
        let address = self.address().to_string();
        if let Some(registrar) = self.registrar.take() {
            registrar.shutdown().await;
        }
        self.advance(away);
        self.test = self.test.restart().await;
        self.open(&address).await;
        self
    }

    pub(crate) fn running(&self) -> &Registrar {
        self.registrar.as_ref().expect("a running registrar")
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.running().udp_addresses()[0]
    }

    /// The device as the portal shows it.
    pub(crate) async fn shown(&self) -> Device {
        let found = self.test.app.find_device(&Actor::system(), self.device.id, self.test.now()).await;
        found.unwrap_or_else(|error| panic!("the device is gone: {error:?}")).into_inner()
    }

    pub(crate) async fn state(&self) -> (LineState, Option<StateDetail>) {
        let state = self.shown().await.status.state;
        (state.state, state.detail)
    }

    /// Waits until the portal shows this state.
    pub(crate) async fn becomes(&self, state: LineState) {
        eventually(&format!("{state:?}"), async || (self.state().await.0 == state).then_some(())).await;
    }

    /// The addresses of the live contacts.
    pub(crate) async fn contacts(&self) -> Vec<String> {
        self.bindings().await.into_iter().map(|binding| binding.contact).collect()
    }

    /// The live contacts, as they are stored.
    pub(crate) async fn bindings(&self) -> Vec<Binding> {
        let system = Actor::system();
        let found = self.test.app.find_device(&system, self.device.id, self.test.now()).await;
        let view = found.unwrap_or_else(|error| panic!("the device is gone: {error:?}"));
        let contacts = self.test.app.contacts_of_device(&view).await;
        let contacts = contacts.unwrap_or_else(|error| panic!("no contacts: {error:?}"));
        contacts.into_iter().map(|contact| contact.binding).collect()
    }

    /// What the device's timeline tells.
    pub(crate) async fn timeline(&self) -> Vec<TimelineKind> {
        let system = Actor::system();
        let found = self.test.app.find_device(&system, self.device.id, self.test.now()).await;
        let view = found.unwrap_or_else(|error| panic!("the device is gone: {error:?}"));
        let rows = self.test.app.timeline_of_device(&view, Limit::DEFAULT).await;
        rows.unwrap_or_else(|error| panic!("no timeline: {error:?}"))
            .into_iter()
            .map(|row| row.kind)
            .collect()
    }

    /// Asks the one contact that is registered.
    pub(crate) async fn ask(&self, kind: ContactRequestKind) -> ContactAnswer {
        let binding = self.bindings().await[0].id;
        self.test.app.phones().request(ContactRequest { line: self.line, binding, kind }).await
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.test.advance(Span::from_secs(seconds));
    }
}

/// A phone of bytes and one socket.
pub(crate) struct Phone {
    socket: UdpSocket,
    registrar: SocketAddr,
    pub(crate) identity: Identity,
    call_id: String,
    cseq: u32,
    challenge: Option<Vec<u8>>,
    nonce_count: u32,
}

/// What most phones reboot for.
pub(crate) fn reboot() -> ContactRequestKind {
    ContactRequestKind::Notify { event: "check-sync;reboot=true".into(), user: None }
}

/// Code and whether it was challenged before.
#[track_caller]
pub(crate) fn code_of(answer: ContactAnswer) -> (u16, bool) {
    match answer {
        ContactAnswer::Answered { code, authenticated, .. } => (code, authenticated),
        other => panic!("no answer: {other:?}"),
    }
}

impl Phone {
    pub(crate) async fn new(registrar: SocketAddr, identity: &Identity, call_id: &str) -> Phone {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
        let (identity, call_id) = (identity.clone(), call_id.to_owned());
        Phone { socket, registrar, identity, call_id, cseq: 0, challenge: None, nonce_count: 0 }
    }

    pub(crate) fn contact(&self) -> String {
        format!("sip:{}@{}", self.identity.username, self.socket.local_addr().expect("an address"))
    }

    /// The next datagram, and where it came from.
    pub(crate) async fn hears(&self) -> (String, SocketAddr) {
        let mut buffer = vec![0; 65_536];
        let heard = tokio::time::timeout(Duration::from_secs(10), self.socket.recv_from(&mut buffer)).await;
        let (len, from) = heard.expect("a request within 10 s").expect("a datagram");
        buffer.truncate(len);
        (String::from_utf8(buffer).expect("text"), from)
    }

    /// Answers a request of the portal.
    pub(crate) async fn answers(&self, request: &str, code: u16, challenge: Option<&str>) {
        let message = Message::parse(request.as_bytes()).expect("a message");
        let mut out = Vec::new();
        let writer = build::response(&mut out, &message, self.registrar, code, "Phone", Some(b"t"));
        let mut writer = writer.expect("a Via");
        if let Some(challenge) = challenge {
            writer = writer.header("WWW-Authenticate", challenge);
        }
        writer.finish();
        self.socket.send_to(&out, self.registrar).await.expect("sent");
    }

    /// REGISTER for so many seconds, answering one challenge; the final code.
    pub(crate) async fn register(&mut self, expires: u32) -> u16 {
        match self.try_register(expires).await {
            401 => self.try_register(expires).await,
            code => code,
        }
    }

    /// One REGISTER with what is known; a challenge is kept for the next.
    pub(crate) async fn try_register(&mut self, expires: u32) -> u16 {
        let answer = self.ask(expires).await;
        let message = Message::parse(&answer).expect("a message");
        if let Some(challenge) = message.header(Name::WwwAuthenticate) {
            self.challenge = Some(challenge.to_vec());
            self.nonce_count = 0;
        }
        match message.start() {
            StartLine::Status { code, .. } => code,
            StartLine::Request { .. } => panic!("no answer"),
        }
    }

    async fn ask(&mut self, expires: u32) -> Vec<u8> {
        self.cseq += 1;
        self.nonce_count += 1;
        let Identity { username, password, domain } = &self.identity;
        let uri = format!("sip:{domain}");
        let mut out = Vec::new();
        let (call_id, cseq) = (&self.call_id, self.cseq);
        let mut writer = build::request(&mut out, "REGISTER", uri.as_bytes())
            .header_fmt("Via", format_args!("SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK{call_id}{cseq};rport"))
            .header("Max-Forwards", "70")
            .header_fmt("From", format_args!("<sip:{username}@{domain}>;tag=f"))
            .header_fmt("To", format_args!("<sip:{username}@{domain}>"))
            .header("Call-ID", call_id)
            .header_fmt("CSeq", format_args!("{cseq} REGISTER"))
            .header_fmt("Contact", format_args!("<{}>", self.contact()))
            .header_fmt("Expires", format_args!("{expires}"))
            .header("User-Agent", "Yealink SIP-T54W 96.86.0.70");
        if let Some(challenge) = &self.challenge {
            let challenge = Challenge::parse(challenge).expect("a challenge");
            let answer = Answer {
                username: username.as_bytes(),
                password: password.as_bytes(),
                method: b"REGISTER",
                uri: uri.as_bytes(),
                cnonce: b"c",
                nonce_count: self.nonce_count,
            };
            writer = writer.header_with("Authorization", |out| challenge.answer(out, &answer));
        }
        writer.finish();
        self.socket.send_to(&out, self.registrar).await.expect("sent");
        let mut buffer = vec![0; 65_536];
        let heard = tokio::time::timeout(Duration::from_secs(10), self.socket.recv(&mut buffer)).await;
        buffer.truncate(heard.expect("an answer within 10 s").expect("an answer"));
        buffer
    }
}
