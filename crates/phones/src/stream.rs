//! Phones over TCP: a connection each, held open by pings (RFC 5626 §4.4.1), made again when it is lost. The phone itself
//! is the same state machine as over UDP.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};
use tonalite_sip::framer::PONG;
use tonalite_sip::{Frame, Framer, Message};

use crate::cell::{Course, GOODBYE};
use crate::config::PhoneConfig;
use crate::fleet::{COMMANDS, FleetError, FleetOptions, allowed_sockets, local_address, start_of};
use crate::outbox::Outbox;
use crate::phone::{Command, Phone, PhoneState, Place};
use crate::random::SplitMix64;
use crate::register::Purpose;
use crate::shared::Shared;

/// Between two pings: below what NATs and firewalls forget, above what would be noise.
const PING_EVERY: Duration = Duration::from_secs(90);

/// A pong that takes longer means that the connection is dead (RFC 5626 §4.4.1).
const PONG_WITHIN: Duration = Duration::from_secs(10);

/// How long making a connection, or saying something over it, may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// First and longest wait before a lost connection is made again; each is spread up to twice that.
const RECONNECT: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));

/// Bytes read at once.
const READ: usize = 4 * 1024;

/// How phones reach their registrar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// A connection for each phone.
    Tcp,
}

impl Phone {
    /// The same phone over this transport; to be said before it begins.
    #[must_use]
    pub fn over(mut self, transport: Transport) -> Phone {
        if transport == Transport::Tcp && self.transport != transport {
            self.contact_uri.push_str(";transport=tcp");
        }
        self.transport = transport;
        self
    }

    /// What was said over the old connection, and whatever came by it, is lost: asks again, if it had anything to ask
    /// or to keep.
    fn on_connected_anew(&mut self, now: Duration, out: &mut Outbox) {
        if self.needs_connection() {
            let purpose =
                if self.state == PhoneState::Withdrawing { Purpose::Withdraw } else { Purpose::Register };
            self.begin(now, purpose, out);
        }
    }

    fn needs_connection(&self) -> bool {
        self.exchange.is_some() || self.state == PhoneState::Registered
    }
}

/// What a fleet keeps of its connected phones: an order box and a task each.
pub(crate) type Started = (Vec<mpsc::Sender<(usize, Command)>>, JoinSet<()>);

/// Starts a task for each phone.
pub(crate) async fn start(
    configs: Vec<PhoneConfig>,
    options: &FleetOptions,
    shared: &Arc<Shared>,
    course: &watch::Receiver<Course>,
) -> Result<Started, FleetError> {
    let (mut commands, mut tasks) = (Vec::with_capacity(configs.len()), JoinSet::new());
    let Some(registrar) = configs.first().map(|first| first.registrar) else { return Ok((commands, tasks)) };
    let bind = match options.bind {
        Some(address) => address,
        None => local_address(registrar).await.map_err(|source| FleetError::NoRoute { registrar, source })?,
    };
    // Raises the limit of open files; phones beyond what is allowed find no way, which is counted.
    allowed_sockets(configs.len());
    let mut random = SplitMix64::new(options.seed);
    for (index, config) in configs.into_iter().enumerate() {
        let begins = start_of(index, options.starts_per_second, &mut random);
        // The port is where a phone would listen: nobody can connect to it, as behind NAT.
        let address = SocketAddr::new(bind, 5060);
        let contact_user = format!("{}-{index:x}", config.username);
        let place = Place { address, contact_user, index };
        let registrar = config.registrar;
        let phone = Phone::new(config, place, random.next(), begins).over(Transport::Tcp);
        let (sender, receiver) = mpsc::channel(COMMANDS);
        commands.push(sender);
        let connected = Connected {
            phone,
            index,
            registrar,
            bind,
            commands: receiver,
            course: course.clone(),
            shared: Arc::clone(shared),
            random: SplitMix64::new(random.next()),
            out: Outbox::default(),
            link: None,
            unplugged: None,
            reconnect_at: None,
            backoff: RECONNECT.0,
        };
        tasks.spawn(connected.run());
    }
    Ok((commands, tasks))
}

/// A phone and its connection.
struct Connected {
    phone: Phone,
    index: usize,
    registrar: SocketAddr,
    bind: IpAddr,
    commands: mpsc::Receiver<(usize, Command)>,
    course: watch::Receiver<Course>,
    shared: Arc<Shared>,
    random: SplitMix64,
    out: Outbox,
    link: Option<Link>,
    /// The connection of a phone that lost its power: neither end hears of it.
    unplugged: Option<Link>,
    reconnect_at: Option<Instant>,
    backoff: Duration,
}

struct Link {
    stream: TcpStream,
    framer: Framer,
    ping_at: Instant,
    pong_by: Option<Instant>,
}

impl Connected {
    /// Runs until the fleet ends.
    async fn run(mut self) {
        let mut ends_at: Option<Instant> = None;
        loop {
            let timer = self.phone.next_timer().map(|at| self.shared.started + at);
            let link = self.link.as_ref().map(|link| link.pong_by.unwrap_or(link.ping_at));
            let until = [timer, link, self.reconnect_at, ends_at].into_iter().flatten().min();
            let before = self.phone.state();
            tokio::select! {
                changed = self.course.changed() => {
                    let course = if changed.is_ok() { *self.course.borrow_and_update() } else { Course::Stop };
                    match course {
                        Course::Run => {}
                        Course::Stop => return,
                        Course::Withdraw => {
                            ends_at = Some(Instant::now() + GOODBYE);
                            self.phone.on_command(self.now(), Command::Withdraw, &mut self.out);
                        }
                    }
                }
                Some((_, command)) = self.commands.recv() => {
                    self.phone.on_command(self.now(), command, &mut self.out);
                }
                () = sleep_to(until) => self.on_time().await,
                () = readable(self.link.as_ref()) => self.read(),
            }
            if self.phone.state() == PhoneState::Vanished && self.link.is_some() {
                self.unplugged = self.link.take();
            }
            self.flush().await;
            let after = self.phone.state();
            if after != before {
                self.shared.note_state(self.index, before, after);
            }
            self.plan_reconnection();
            self.shared.book(&std::mem::take(&mut self.out.tally), 0);
            let is_silent = matches!(after, PhoneState::Withdrawn | PhoneState::Vanished);
            if ends_at.is_some_and(|end| is_silent || end <= Instant::now()) {
                return;
            }
        }
    }

    fn now(&self) -> Duration {
        self.shared.started.elapsed()
    }

    async fn on_time(&mut self) {
        let moment = Instant::now();
        if self.phone.next_timer().is_some_and(|at| at <= self.now()) {
            self.phone.on_timer(self.now(), &mut self.out);
        }
        if self.reconnect_at.is_some_and(|at| at <= moment) {
            self.reconnect_at = None;
            if self.connect().await {
                self.phone.on_connected_anew(self.now(), &mut self.out);
            }
        }
        let Some(link) = &mut self.link else { return };
        if link.pong_by.is_some_and(|by| by <= moment) {
            self.link = None;
        } else if link.ping_at <= moment {
            link.ping_at = moment + PING_EVERY;
            link.pong_by = Some(moment + PONG_WITHIN);
            self.say(b"\r\n\r\n").await;
        }
    }

    fn read(&mut self) {
        let Some(link) = &mut self.link else { return };
        let mut buffer = [0; READ];
        match link.stream.try_read(&mut buffer) {
            Ok(length) if length > 0 => link.framer.push(&buffer[..length]),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return,
            Ok(_) | Err(_) => {
                self.link = None;
                return;
            }
        }
        link.pong_by = None;
        self.backoff = RECONNECT.0;
        let now = self.shared.started.elapsed();
        while let Some(frame) = link.framer.frame() {
            match frame {
                Frame::Message(bytes) => {
                    if let Ok(message) = Message::parse(bytes) {
                        self.phone.on_message(now, self.registrar, &message, &mut self.out);
                    }
                }
                Frame::Ping => self.out.send(self.registrar, PONG.to_vec()),
                Frame::Broken { .. } => {
                    self.link = None;
                    return;
                }
            }
        }
    }

    async fn flush(&mut self) {
        let messages = self.out.take();
        for message in &messages {
            if self.link.is_none() && !self.connect().await {
                self.shared.book(&Default::default(), 1);
                continue;
            }
            self.say(&message.bytes).await;
        }
        self.out.recycle(messages);
    }

    async fn say(&mut self, bytes: &[u8]) {
        let Some(link) = &mut self.link else { return };
        if !matches!(timeout(PATIENCE, link.stream.write_all(bytes)).await, Ok(Ok(()))) {
            self.link = None;
            self.shared.book(&Default::default(), 1);
        }
    }

    async fn connect(&mut self) -> bool {
        let connecting = async {
            let socket = if self.bind.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
            socket.bind(SocketAddr::new(self.bind, 0))?;
            let stream = socket.connect(self.registrar).await?;
            stream.set_nodelay(true)?;
            Ok::<_, std::io::Error>(stream)
        };
        match timeout(PATIENCE, connecting).await {
            Ok(Ok(stream)) => {
                let ping_at = Instant::now() + self.random.between(PING_EVERY / 2, PING_EVERY);
                self.link = Some(Link { stream, framer: Framer::new(), ping_at, pong_by: None });
                self.unplugged = None;
                self.reconnect_at = None;
                true
            }
            Ok(Err(error)) => {
                tracing::debug!(%error, "a simulated phone could not connect");
                false
            }
            Err(_) => false,
        }
    }

    /// A phone that has something to ask or to keep does not wait for its timers to find the connection gone.
    fn plan_reconnection(&mut self) {
        if self.link.is_none() && self.reconnect_at.is_none() && self.phone.needs_connection() {
            let wait = self.random.between(self.backoff, self.backoff * 2);
            self.reconnect_at = Some(Instant::now() + wait);
            self.backoff = (self.backoff * 2).min(RECONNECT.1);
        }
    }
}

async fn readable(link: Option<&Link>) {
    match link {
        // An error shows when reading.
        Some(link) => _ = link.stream.readable().await,
        None => std::future::pending().await,
    }
}

async fn sleep_to(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
