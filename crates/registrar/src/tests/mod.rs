//! The registrar against a store that does as it is told and a clock that stands still until it is moved.

mod asking;
mod challenged;
mod commits;
mod decisions;
mod expiry;
mod registering;
mod sockets;
mod strangers;
mod streams;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use tonalite_core::id::{DeviceId, DeviceKey, LineId, LineKey, PartyKey, SiteKey};
use tonalite_core::line::{Algorithms, SipIdentity};
use tonalite_core::line_state::{
    Binding, LineRegistrations, LineState, Policy, Source, StateDetail, Transport,
};
use tonalite_core::party::{SipDomain, Tenancy};
use tonalite_core::registration::{
    DeviceRef, LineChange, LineCredential, LineRef, LineSecret, RegistrarLine, Renewal, SealedSecret,
};
use tonalite_core::secret::Secret;
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::world::{Clock, Entropy};
use tonalite_sip::digest::{Answer, Challenge};
use tonalite_sip::{Message, Name, StartLine};

use crate::backend::{Backend, Done, Full};
use crate::commit::Outlet;
use crate::engine::{Engine, Outcome, Scratch};

pub(crate) const DOMAIN: &str = "pbx.example.com";
pub(crate) const START: Timestamp = Timestamp(1_790_000_000_000);

pub(crate) struct FakeClock(AtomicI64);

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// Counts instead of drawing: the same in every run.
pub(crate) struct FakeEntropy(AtomicU64);

impl FakeEntropy {
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(1))
    }
}

impl Entropy for FakeEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = self.0.fetch_add(37, Ordering::SeqCst).to_le_bytes()[0];
        }
    }
}

/// What the store does with a change.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Takes it and decides nothing until told.
    Hold,
    /// Commits it, on a thread of its own.
    Commit,
    /// Has no room.
    Full,
}

pub(crate) struct FakeStore {
    pub(crate) mood: Mutex<Mood>,
    held: Mutex<Vec<Done>>,
    pub(crate) changes: Mutex<Vec<LineChange>>,
    pub(crate) renewals: Mutex<Vec<Renewal>>,
    pub(crate) confirmed: Mutex<Vec<(LineKey, SealedSecret)>>,
    pub(crate) degraded: Mutex<bool>,
}

impl FakeStore {
    /// Decides all changes that are held; how many.
    pub(crate) fn decide(&self, committed: bool) -> usize {
        let held: Vec<Done> = self.held.lock().unwrap().drain(..).collect();
        let count = held.len();
        held.into_iter().for_each(|done| done(committed));
        count
    }

    pub(crate) fn take_changes(&self) -> Vec<LineChange> {
        self.changes.lock().unwrap().drain(..).collect()
    }

    pub(crate) fn take_renewals(&self) -> Vec<Renewal> {
        self.renewals.lock().unwrap().drain(..).collect()
    }
}

impl Backend for Arc<FakeStore> {
    fn open_secret(&self, _line: LineId, secret: &SealedSecret) -> Option<LineSecret> {
        (secret.0 != b"sealed with another key").then(|| {
            let text = Secret::new(String::from_utf8(secret.0.clone()).unwrap());
            // A hash of a password is told from a password by its length: none of these tests' is as long.
            if secret.0.len() == 32 { LineSecret::Ha1(text) } else { LineSecret::Password(text) }
        })
    }

    fn change(&self, change: LineChange, done: Done) -> Result<(), Full> {
        let mood = *self.mood.lock().unwrap();
        if mood == Mood::Full {
            return Err(Full);
        }
        self.changes.lock().unwrap().push(change);
        if mood == Mood::Commit {
            std::thread::spawn(move || done(true));
        } else {
            self.held.lock().unwrap().push(done);
        }
        Ok(())
    }

    fn renew(&self, renewals: Vec<Renewal>) -> Result<(), Full> {
        if *self.mood.lock().unwrap() == Mood::Full {
            return Err(Full);
        }
        self.renewals.lock().unwrap().extend(renewals);
        Ok(())
    }

    fn confirmed(&self, line: LineKey, secret: SealedSecret) {
        self.confirmed.lock().unwrap().push((line, secret));
    }

    fn degraded(&self, degraded: bool) {
        *self.degraded.lock().unwrap() = degraded;
    }
}

/// An engine with two lines, `alice` and `bob`, whose passwords are `alice-pw` and `bob-pw`.
pub(crate) struct Bench {
    pub(crate) engine: Arc<Engine>,
    pub(crate) store: Arc<FakeStore>,
    pub(crate) clock: Arc<FakeClock>,
    scratch: Scratch,
    outlet: Outlet,
    late: Receiver<(String, SocketAddr)>,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with_policy(Policy::default())
    }

    pub(crate) fn with_policy(policy: Policy) -> Self {
        let store = Arc::new(FakeStore {
            mood: Mutex::new(Mood::Hold),
            held: Mutex::default(),
            changes: Mutex::default(),
            renewals: Mutex::default(),
            confirmed: Mutex::default(),
            degraded: Mutex::default(),
        });
        let clock = Arc::new(FakeClock(AtomicI64::new(START.0)));
        let entropy = FakeEntropy::new();
        let backend = Box::new(Arc::clone(&store));
        let engine = Engine::new(backend, clock.clone(), &entropy, policy, Some("sip.example.net:5060"));
        engine.add_line(line(1, "alice"));
        engine.add_line(line(2, "bob"));
        let (sender, late) = channel();
        let sender = Mutex::new(sender);
        let outlet: Outlet = Arc::new(move |bytes, to| {
            let _ = sender.lock().unwrap().send((String::from_utf8(bytes.to_vec()).unwrap(), to));
        });
        engine.flows.listen_udp("192.0.2.1:5060".parse().unwrap(), Arc::clone(&outlet));
        Self { engine: Arc::new(engine), store, clock, scratch: Scratch::new(&entropy), outlet, late }
    }

    /// Moves the clock and turns the timer.
    pub(crate) fn pass(&self, span: Span) {
        self.clock.0.fetch_add(span.0, Ordering::SeqCst);
        self.engine.turn();
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Hands a datagram in; the answer that leaves at once.
    pub(crate) fn send(&mut self, datagram: &str, source: &str) -> Option<String> {
        self.send_bytes(datagram.as_bytes(), source).map(|answer| String::from_utf8(answer).unwrap())
    }

    pub(crate) fn send_bytes(&mut self, datagram: &[u8], source: &str) -> Option<Vec<u8>> {
        let source = Source { transport: Transport::Udp, address: source.parse().unwrap() };
        match self.engine.receive(&mut self.scratch, datagram, source, &self.outlet) {
            Outcome::Send => Some(self.scratch.out.clone()),
            Outcome::Silent => None,
        }
    }

    /// The answers that left later.
    pub(crate) fn late(&self) -> Vec<String> {
        self.late.try_iter().map(|(answer, _)| answer).collect()
    }

    /// The requests that left, and where to.
    pub(crate) fn left(&self) -> Vec<(String, SocketAddr)> {
        self.late.try_iter().collect()
    }

    /// What is known of a line.
    pub(crate) fn known(&self, line: i64) -> LineRegistrations {
        let (shard, index) = self.engine.table.find_line(LineKey(line)).unwrap();
        shard.slot(index).unwrap().registrations.clone()
    }

    /// REGISTER, challenge, REGISTER; the answer to the second, now or after a commit.
    pub(crate) fn register(&mut self, phone: &mut Phone, contacts: &str) -> String {
        let challenge = self.send(&phone.request(contacts), phone.source).unwrap();
        assert_eq!(code(&challenge), 401, "{challenge}");
        phone.challenged(&challenge);
        self.renew(phone, contacts)
    }

    /// REGISTER with the nonce that the phone has.
    pub(crate) fn renew(&mut self, phone: &mut Phone, contacts: &str) -> String {
        if let Some(answer) = self.send(&phone.request(contacts), phone.source) {
            return answer;
        }
        assert!(self.store.decide(true) > 0, "neither an answer nor a change");
        let late = self.late();
        assert_eq!(late.len(), 1);
        late[0].clone()
    }
}

pub(crate) fn line_ref(key: i64) -> LineRef {
    let number = u128::try_from(key).unwrap();
    LineRef {
        key: LineKey(key),
        id: LineId::from_uuid(uuid::Uuid::from_u128(number)),
        port: 1,
        device: DeviceRef {
            key: DeviceKey(key),
            id: DeviceId::from_uuid(uuid::Uuid::from_u128(number)),
            site: SiteKey(1),
            tenancy: Tenancy { provider: Some(PartyKey(2)), operator: None, customer: Some(PartyKey(4)) },
        },
    }
}

pub(crate) fn line(key: i64, user: &str) -> RegistrarLine {
    RegistrarLine {
        line: line_ref(key),
        credential: credential(user, &format!("{user}-pw")),
        registrations: LineRegistrations::never_seen(START),
    }
}

pub(crate) fn credential(user: &str, password: &str) -> LineCredential {
    LineCredential {
        sip: SipIdentity {
            username: user.into(),
            domain: SipDomain::parse(DOMAIN).unwrap(),
            algorithms: Algorithms::default(),
        },
        secret: SealedSecret(password.as_bytes().to_vec()),
        next: None,
    }
}

/// Writes REGISTERs as a phone does.
#[derive(Clone)]
pub(crate) struct Phone {
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) source: &'static str,
    pub(crate) call_id: String,
    pub(crate) cseq: u32,
    pub(crate) extra: String,
    challenge: Option<String>,
    nonce_count: u32,
    branch: u32,
}

impl Phone {
    pub(crate) fn new(user: &str) -> Self {
        Self {
            user: user.into(),
            password: format!("{user}-pw"),
            source: "192.0.2.10:5060",
            call_id: format!("call-{user}"),
            cseq: 0,
            extra: String::new(),
            challenge: None,
            nonce_count: 0,
            branch: 0,
        }
    }

    /// Takes the challenge out of a 401; `stale` is of no interest here.
    pub(crate) fn challenged(&mut self, answer: &str) {
        let message = Message::parse(answer.as_bytes()).unwrap();
        let value = message.header(Name::WwwAuthenticate).unwrap();
        self.challenge = Some(String::from_utf8(value.to_vec()).unwrap());
        self.nonce_count = 0;
    }

    /// The next REGISTER. `contacts` are whole header lines, each with its line end.
    pub(crate) fn request(&mut self, contacts: &str) -> String {
        self.cseq += 1;
        self.branch += 1;
        let user = self.user.clone();
        self.write(&user, contacts)
    }

    /// A REGISTER for another's address, by these credentials.
    pub(crate) fn write(&mut self, aor_user: &str, contacts: &str) -> String {
        let mut authorization = String::new();
        if let Some(challenge) = &self.challenge {
            self.nonce_count += 1;
            let mut value = Vec::new();
            Challenge::parse(challenge.as_bytes()).unwrap().answer(
                &mut value,
                &Answer {
                    username: self.user.as_bytes(),
                    password: self.password.as_bytes(),
                    method: b"REGISTER",
                    uri: format!("sip:{DOMAIN}").as_bytes(),
                    cnonce: b"c0ffee",
                    nonce_count: self.nonce_count,
                },
            );
            authorization = format!("Authorization: {}\r\n", String::from_utf8(value).unwrap());
        }
        format!(
            "REGISTER sip:{DOMAIN} SIP/2.0\r\nVia: SIP/2.0/UDP {source};branch=z9hG4bK{call}{branch};rport\r\nMax-Forwards: 70\r\n\
             From: <sip:{aor_user}@{DOMAIN}>;tag=f1\r\nTo: <sip:{aor_user}@{DOMAIN}>\r\nCall-ID: {call}\r\nCSeq: {cseq} REGISTER\r\n\
             {contacts}{authorization}{extra}Content-Length: 0\r\n\r\n",
            source = self.source,
            call = self.call_id,
            branch = self.branch,
            cseq = self.cseq,
            extra = self.extra,
        )
    }
}

pub(crate) fn code(answer: &str) -> u16 {
    match Message::parse(answer.as_bytes()).unwrap().start() {
        StartLine::Status { code, .. } => code,
        StartLine::Request { .. } => panic!("no answer: {answer}"),
    }
}

/// The values of one header.
pub(crate) fn values(answer: &str, name: Name) -> Vec<String> {
    let message = Message::parse(answer.as_bytes()).unwrap();
    message.headers(name).map(|value| String::from_utf8_lossy(value).into_owned()).collect()
}

/// A binding as it is read back at a start.
pub(crate) fn binding(id: i64, contact: &str, expires_at: Timestamp, not_before: Timestamp) -> Binding {
    Binding {
        id,
        contact: contact.into(),
        instance: None,
        reg_id: None,
        call_id: "old".into(),
        cseq: 1,
        source: tonalite_core::line_state::Source {
            transport: tonalite_core::line_state::Transport::Udp,
            address: "192.0.2.10:5060".parse().unwrap(),
        },
        path: Vec::new(),
        user_agent: None,
        registered_at: START,
        refreshed_at: START,
        expires_at,
        granted: Span::from_secs(600),
        not_before,
    }
}

pub(crate) fn registered(bindings: Vec<Binding>) -> LineRegistrations {
    LineRegistrations {
        bindings,
        state: LineState::Registered,
        detail: None::<StateDetail>,
        since: START,
        registered_at: Some(START),
    }
}
