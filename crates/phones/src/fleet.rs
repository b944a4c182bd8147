//! Many phones: starting them, giving them orders, counting, ending.
//!
//! Over UDP, up to [`FleetOptions::max_sockets`] phones have a socket and thus a source port each, as phones behind a site's NAT
//! have; beyond that, phones share sockets and are told apart by the user part of their Contact.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::net::UdpSocket;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::cell::{Cell, Course, GOODBYE};
use crate::config::PhoneConfig;
use crate::group::Groups;
use crate::phone::{Command, Phone, PhoneState, Place};
use crate::random::SplitMix64;
use crate::shared::Shared;
use crate::stats::Stats;
use crate::stream::{self, Transport};

/// Orders that may wait at one socket; who gives more waits.
pub(crate) const COMMANDS: usize = 64;

/// Bytes of receive buffer that a shared socket asks for: the kernel's default holds some hundred answers.
const SHARED_BUFFER: usize = 1024 * 1024;

/// How a fleet is run.
#[derive(Debug, Clone)]
pub struct FleetOptions {
    /// Local address; `None`: the one from which the first phone's registrar is reached.
    pub bind: Option<IpAddr>,
    /// Most sockets; fewer where the process may not open so many files.
    pub max_sockets: usize,
    /// How many phones begin in a second; 0: all at once.
    pub starts_per_second: u32,
    /// Equal seeds give equal jitter, Call-IDs, tags and branches.
    pub seed: u64,
    /// How the phones reach their registrar.
    pub transport: Transport,
}

impl Default for FleetOptions {
    fn default() -> FleetOptions {
        FleetOptions {
            bind: None,
            max_sockets: 2000,
            starts_per_second: 500,
            seed: 1,
            transport: Transport::Udp,
        }
    }
}

/// Why a fleet did not start.
#[derive(Debug, thiserror::Error)]
pub enum FleetError {
    /// No local address reaches the registrar.
    #[error("no way to {registrar}: {source}")]
    NoRoute {
        /// The registrar.
        registrar: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// A socket could not be opened.
    #[error("cannot open a UDP socket at {address}: {source}")]
    Socket {
        /// The local address.
        address: IpAddr,
        /// What the system says.
        source: std::io::Error,
    },
}

/// A running fleet. Dropped without [`Fleet::shutdown`], it ends as if the power failed.
pub struct Fleet {
    shared: Arc<Shared>,
    commands: Vec<mpsc::Sender<(usize, Command)>>,
    course: watch::Sender<Course>,
    tasks: JoinSet<()>,
}

impl Fleet {
    /// Opens the sockets and lets the phones begin. Must be called within a tokio runtime with time and I/O.
    ///
    /// The process' limit of open files is raised as far as needed and allowed.
    ///
    /// # Errors
    /// When there is no local address or not a single socket to be had.
    pub async fn start(configs: Vec<PhoneConfig>, options: &FleetOptions) -> Result<Fleet, FleetError> {
        let shared = Arc::new(Shared::new(configs.len()));
        let (course, watched) = watch::channel(Course::Run);
        if options.transport == Transport::Tcp {
            let (commands, tasks) = stream::start(configs, options, &shared, &watched).await?;
            return Ok(Fleet { shared, commands, course, tasks });
        }
        let sockets = match configs.first() {
            Some(first) => open_sockets(configs.len(), first.registrar, options).await?,
            None => Vec::new(),
        };
        let stride = sockets.len();
        let is_shared = configs.len() > stride;
        let (commands, receivers): (Vec<_>, Vec<_>) = sockets.iter().map(|_| mpsc::channel(COMMANDS)).unzip();
        let groups = Groups::new(configs.iter().map(|config| config.group), commands.clone());
        let groups = Arc::new(groups);
        let mut phones: Vec<Vec<Phone>> = sockets.iter().map(|_| Vec::new()).collect();
        let mut random = SplitMix64::new(options.seed);
        for (index, config) in configs.into_iter().enumerate() {
            let (_, address) = sockets[index % stride];
            // Two lines of different domains may have the same user name, and must not meet behind one socket.
            let contact_user =
                if is_shared { format!("{}-{index:x}", config.username) } else { config.username.clone() };
            let start = start_of(index, options.starts_per_second, &mut random);
            let place = Place { address, contact_user, index };
            phones[index % stride].push(Phone::new(config, place, random.next(), start));
        }
        let mut tasks = JoinSet::new();
        let cells = sockets.into_iter().zip(phones).zip(receivers);
        for (first, (((socket, _), phones), receiver)) in cells.enumerate() {
            let cell = Cell {
                socket,
                phones,
                first,
                stride,
                commands: receiver,
                course: watched.clone(),
                groups: Arc::clone(&groups),
                shared: Arc::clone(&shared),
            };
            tasks.spawn(cell.run());
        }
        Ok(Fleet { shared, commands, course, tasks })
    }

    /// How many phones there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shared.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Sockets in use; over TCP one for each phone.
    #[must_use]
    pub fn sockets(&self) -> usize {
        self.commands.len()
    }

    /// The phone made of the configuration at `index`; `None` beyond the last.
    #[must_use]
    pub fn phone(&self, index: usize) -> Option<PhoneHandle<'_>> {
        (index < self.len()).then_some(PhoneHandle { fleet: self, index })
    }

    /// What has been done and how it stands.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.shared.stats()
    }

    /// Waits until the figures are as wanted; false when `limit` passes first.
    pub async fn wait_until(&self, limit: Duration, is_met: impl Fn(&Stats) -> bool) -> bool {
        self.shared.wait_until(limit, || is_met(&self.stats())).await
    }

    /// Ends the fleet: with `withdraw` every phone takes back its registration first (for at most 8 s), else all vanish.
    /// Returns the last figures.
    pub async fn shutdown(mut self, withdraw: bool) -> Stats {
        self.course.send_replace(if withdraw { Course::Withdraw } else { Course::Stop });
        // The cells end by themselves within GOODBYE; should one be stuck, it is not waited for.
        let all = async { while self.tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(GOODBYE * 2, all).await;
        self.shared.stats()
    }
}

/// One phone of a running fleet. Orders return once they are handed over, not once they are carried out.
#[derive(Clone, Copy)]
pub struct PhoneHandle<'a> {
    fleet: &'a Fleet,
    index: usize,
}

impl PhoneHandle<'_> {
    /// How it stands.
    #[must_use]
    pub fn state(&self) -> PhoneState {
        self.fleet.shared.state(self.index)
    }

    /// Waits until its state is as wanted; false when `limit` passes first.
    pub async fn wait_for(&self, limit: Duration, is_met: impl Fn(PhoneState) -> bool) -> bool {
        self.fleet.shared.wait_until(limit, || is_met(self.state())).await
    }

    /// Registers now, with the right password; a vanished phone is switched on.
    pub async fn register(&self) {
        self.order(Command::Register).await;
    }

    /// Withdraws its registration.
    pub async fn withdraw(&self) {
        self.order(Command::Withdraw).await;
    }

    /// Loses its power.
    pub async fn vanish(&self) {
        self.order(Command::Vanish).await;
    }

    /// Registers now, with a wrong password until [`PhoneHandle::register`].
    pub async fn wrong_password(&self) {
        self.order(Command::WrongPassword).await;
    }

    async fn order(&self, command: Command) {
        let stride = self.fleet.commands.len();
        // A cell only ends with its fleet, which this handle borrows: the order cannot be lost.
        let _ = self.fleet.commands[self.index % stride].send((self.index / stride, command)).await;
    }
}

pub(crate) fn start_of(index: usize, per_second: u32, random: &mut SplitMix64) -> Duration {
    if per_second == 0 {
        return Duration::ZERO;
    }
    let step = Duration::from_secs(1) / per_second;
    let before = u32::try_from(index).map_or(Duration::MAX, |index| step.saturating_mul(index));
    before.saturating_add(random.between(Duration::ZERO, step))
}

async fn open_sockets(
    phones: usize,
    registrar: SocketAddr,
    options: &FleetOptions,
) -> Result<Vec<(UdpSocket, SocketAddr)>, FleetError> {
    let address = match options.bind {
        Some(address) => address,
        None => local_address(registrar).await.map_err(|source| FleetError::NoRoute { registrar, source })?,
    };
    let wanted = phones.min(options.max_sockets.max(1));
    let count = wanted.min(allowed_sockets(wanted));
    let is_shared = phones > count;
    let mut sockets = Vec::with_capacity(count);
    while sockets.len() < count {
        let opened = async {
            let socket = UdpSocket::bind((address, 0)).await?;
            if is_shared {
                socket2::SockRef::from(&socket).set_recv_buffer_size(SHARED_BUFFER)?;
            }
            let local = socket.local_addr()?;
            Ok((socket, local))
        };
        match opened.await {
            Ok(opened) => sockets.push(opened),
            // Out of ports or files: the phones share what there is.
            Err(_) if !sockets.is_empty() => break,
            Err(source) => return Err(FleetError::Socket { address, source }),
        }
    }
    Ok(sockets)
}

/// The address that the system would send from; nothing is sent to find out.
pub(crate) async fn local_address(registrar: SocketAddr) -> std::io::Result<IpAddr> {
    let any: IpAddr =
        if registrar.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(registrar).await?;
    Ok(socket.local_addr()?.ip())
}

/// How many sockets may be opened without starving the rest of the process: half of its files.
pub(crate) fn allowed_sockets(wanted: usize) -> usize {
    let files = u64::try_from(wanted).unwrap_or(u64::MAX).saturating_mul(2).max(1024);
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return 256 };
    let mut allowed = soft;
    if soft < files && setrlimit(Resource::RLIMIT_NOFILE, files.min(hard), hard).is_ok() {
        allowed = files.min(hard);
    }
    usize::try_from(allowed / 2).unwrap_or(usize::MAX).max(1)
}
