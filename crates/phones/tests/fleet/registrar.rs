//! A tiny registrar on loopback for the tests of the fleet: digest, expiry, and faults on demand. It forgets nothing
//! and limits nothing: it is no model for a real one.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::net::UdpSocket;
use tokio::task::JoinHandle;
use tonalite_sip::digest::{Algorithm, Challenge, Credentials, Ha1};
use tonalite_sip::header::{Contacts, expires_seconds};
use tonalite_sip::{Message, Method, Name, StartLine, build, reason_phrase};

/// What the registrar does.
#[derive(Clone)]
pub(crate) struct Rules {
    /// Algorithms of its challenges, in order.
    pub(crate) algorithms: Vec<Algorithm>,
    /// Password of a user; `None`: nobody of that name.
    pub(crate) password: fn(&str) -> Option<String>,
    /// Shorter expiries are 423.
    pub(crate) min_expires: u32,
    /// Granted at most.
    pub(crate) max_expires: u32,
    /// So many REGISTERs are first answered 503 with `Retry-After: 0`.
    pub(crate) busy: usize,
    /// So many are first dropped.
    pub(crate) deaf: usize,
    /// A nonce is good for so many answers; then 401 with stale=true.
    pub(crate) nonce_uses: u32,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            algorithms: vec![Algorithm::Md5],
            password: |user| Some(format!("pw-{user}")),
            min_expires: 1,
            max_expires: 3600,
            busy: 0,
            deaf: 0,
            nonce_uses: u32::MAX,
        }
    }
}

/// A binding: the newest contact of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Binding {
    pub(crate) contact: String,
    pub(crate) source: SocketAddr,
    pub(crate) expires: u32,
    pub(crate) nonce_count: u32,
    pub(crate) user_agent: String,
}

#[derive(Default)]
struct Seen {
    bindings: HashMap<String, Binding>,
    withdrawn: Vec<String>,
    answers: Vec<(u16, String)>,
}

pub(crate) struct Registrar {
    pub(crate) address: SocketAddr,
    socket: Arc<UdpSocket>,
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

impl Drop for Registrar {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Registrar {
    pub(crate) async fn start(rules: Rules) -> Registrar {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        socket2::SockRef::from(&socket).set_recv_buffer_size(4 * 1024 * 1024).unwrap();
        let socket = Arc::new(socket);
        let seen = Arc::new(Mutex::new(Seen::default()));
        let task = tokio::spawn(serve(Arc::clone(&socket), Arc::clone(&seen), rules));
        Registrar { address: socket.local_addr().unwrap(), socket, seen, task }
    }

    pub(crate) fn bindings(&self) -> HashMap<String, Binding> {
        self.seen.lock().unwrap().bindings.clone()
    }

    pub(crate) fn withdrawn(&self) -> Vec<String> {
        self.seen.lock().unwrap().withdrawn.clone()
    }

    /// Status codes of answers to requests of ours, with their Call-ID.
    pub(crate) fn answers(&self) -> Vec<(u16, String)> {
        self.seen.lock().unwrap().answers.clone()
    }

    /// Sends a request to a binding's source, over the socket that it registered with.
    pub(crate) async fn ask(&self, method: &str, binding: &Binding, call_id: &str) {
        self.ask_for(method, "check-sync;reboot=false", binding, call_id).await;
    }

    /// Tells a phone to restart.
    pub(crate) async fn reboot(&self, binding: &Binding, call_id: &str) {
        self.ask_for("NOTIFY", "check-sync;reboot=true", binding, call_id).await;
    }

    async fn ask_for(&self, method: &str, event: &str, binding: &Binding, call_id: &str) {
        let mut bytes = Vec::new();
        build::request(&mut bytes, method, binding.contact.as_bytes())
            .header_fmt("Via", format_args!("SIP/2.0/UDP {};branch=z9hG4bK{call_id};rport", self.address))
            .header("From", "<sip:ping@one.example>;tag=ping")
            .header_fmt("To", format_args!("<{}>", binding.contact))
            .header("Call-ID", call_id)
            .header_fmt("CSeq", format_args!("1 {method}"))
            .header("Max-Forwards", "70")
            .header("Event", event)
            .finish();
        self.socket.send_to(&bytes, binding.source).await.unwrap();
    }
}

async fn serve(socket: Arc<UdpSocket>, seen: Arc<Mutex<Seen>>, mut rules: Rules) {
    let mut buffer = vec![0; 8192];
    loop {
        let (length, source) = socket.recv_from(&mut buffer).await.unwrap();
        let Ok(message) = Message::parse(&buffer[..length]) else { continue };
        if let StartLine::Status { code, .. } = message.start() {
            let call_id = String::from_utf8_lossy(message.header(Name::CallId).unwrap()).into_owned();
            seen.lock().unwrap().answers.push((code, call_id));
            continue;
        }
        if rules.deaf > 0 {
            rules.deaf -= 1;
            continue;
        }
        let answer = register(&message, source, &seen, &mut rules);
        socket.send_to(&answer, source).await.unwrap();
    }
}

fn register(message: &Message<'_>, source: SocketAddr, seen: &Mutex<Seen>, rules: &mut Rules) -> Vec<u8> {
    let request = message.request().unwrap();
    assert_eq!(request.method, Method::Register);
    let user = String::from_utf8(request.to.uri().unwrap().user.unwrap().to_vec()).unwrap();
    let mut bytes = Vec::new();
    let mut begin = |code: u16, headers: &[(&str, Vec<u8>)]| {
        let mut writer =
            build::response(&mut bytes, message, source, code, reason_phrase(code), Some(b"srv")).unwrap();
        for (name, value) in headers {
            writer = writer.header(name, value);
        }
        writer.finish();
    };
    if rules.busy > 0 {
        rules.busy -= 1;
        begin(503, &[("Retry-After", b"0".to_vec())]);
        return bytes;
    }
    let challenges = |stale: bool| -> Vec<(&'static str, Vec<u8>)> {
        let nonce = format!("nonce-of-{user}-{}", request.cseq.number);
        let one = |algorithm: &Algorithm| {
            let mut value = Vec::new();
            let nonce = nonce.as_bytes();
            let algorithm = *algorithm;
            Challenge { realm: b"one.example", nonce, opaque: None, algorithm, qop_auth: true, stale }
                .write(&mut value);
            ("WWW-Authenticate", value)
        };
        rules.algorithms.iter().map(one).collect()
    };
    let Some(value) = message.header(Name::Authorization) else {
        begin(401, &challenges(false));
        return bytes;
    };
    let credentials = Credentials::parse(value).unwrap().unwrap();
    let is_right = (rules.password)(&user).is_some_and(|password| {
        let algorithm = credentials.algorithm.unwrap();
        rules.algorithms.contains(&algorithm)
            && credentials.verify(
                &Ha1::new(algorithm, user.as_bytes(), b"one.example", password.as_bytes()),
                b"REGISTER",
            )
    });
    let count = credentials.nonce_count.unwrap();
    if !is_right || count > rules.nonce_uses {
        begin(401, &challenges(is_right));
        return bytes;
    }
    let expires = expires_seconds(message.header(Name::Expires).unwrap());
    if expires > 0 && expires < rules.min_expires {
        begin(423, &[("Min-Expires", rules.min_expires.to_string().into_bytes())]);
        return bytes;
    }
    let Ok(Contacts::Some(list)) = Contacts::of(message) else { panic!("a REGISTER without a contact") };
    let contact = String::from_utf8(list.iter().next().unwrap().address.uri_text.to_vec()).unwrap();
    let expires = expires.min(rules.max_expires);
    let mut seen = seen.lock().unwrap();
    if expires == 0 {
        seen.bindings.remove(&user);
        seen.withdrawn.push(user);
        begin(200, &[]);
    } else {
        begin(200, &[("Contact", format!("<{contact}>;expires={expires}").into_bytes())]);
        let user_agent = String::from_utf8(message.header(Name::UserAgent).unwrap().to_vec()).unwrap();
        seen.bindings.insert(user, Binding { contact, source, expires, nonce_count: count, user_agent });
    }
    bytes
}
