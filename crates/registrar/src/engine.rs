//! The registrar without sockets, threads and clock ticks: a datagram in, an answer out or kept for later.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use tonalite_core::line_state::{Policy, Source, Transport};
use tonalite_core::time::Timestamp;
use tonalite_core::world::{Clock, Entropy, random_bytes};
use tonalite_sip::digest::{Algorithm, Ha1};
use tonalite_sip::nonce::Nonces;
use tonalite_sip::transaction::TransactionKey;
use tonalite_sip::{Fault, Ignored, Message, Method, Request, StartLine};

use crate::answer::{Answering, Reply};
use crate::ask::Asking;
use crate::backend::Backend;
use crate::chance::Chance;
use crate::commit::{Outlet, Pending};
use crate::connections::Connections;
use crate::domains::Domains;
use crate::flows::Flows;
use crate::meters::Meters;
use crate::replies::{self, Known, Replies};
use crate::screen::{Screened, screen};
use crate::table::Table;

/// What all workers share.
pub(crate) struct Engine {
    pub(crate) backend: Box<dyn Backend>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) policy: Policy,
    pub(crate) domains: Domains,
    pub(crate) table: Table,
    pub(crate) replies: Replies,
    pub(crate) pending: Pending,
    pub(crate) connections: Arc<Connections>,
    pub(crate) nonces: Nonces,
    /// Stands in for the password of users whom nobody knows.
    pub(crate) nobody: Ha1,
    /// The highest key of a binding so far.
    pub(crate) last_binding: AtomicI64,
    pub(crate) flows: Flows,
    pub(crate) asking: Asking,
    pub(crate) meters: Meters,
}

/// What one worker uses again and again.
pub(crate) struct Scratch {
    /// The answer.
    pub(crate) out: Vec<u8>,
    pub(crate) key: Vec<u8>,
    pub(crate) domain: Vec<u8>,
    pub(crate) chance: Chance,
    /// The sender of the last request proved to be a phone of ours.
    pub(crate) proven: bool,
}

impl Scratch {
    pub(crate) fn new(entropy: &dyn Entropy) -> Self {
        Self {
            out: Vec::with_capacity(2_048),
            key: Vec::new(),
            domain: Vec::new(),
            chance: Chance::seeded(entropy),
            proven: false,
        }
    }
}

/// A request being handled.
pub(crate) struct Incoming<'m, 'a> {
    pub(crate) message: &'m Message<'a>,
    pub(crate) request: &'m Request<'a>,
    pub(crate) transaction: TransactionKey,
    pub(crate) source: SocketAddr,
    pub(crate) transport: Transport,
    pub(crate) now: Timestamp,
    pub(crate) outlet: &'m Outlet,
}

/// What is to be done with the worker's socket now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing: no answer is due, or not yet.
    Silent,
    /// Send [`Scratch::out`] back to where the datagram came from.
    Send,
}

impl Engine {
    pub(crate) fn new(
        backend: Box<dyn Backend>,
        clock: Arc<dyn Clock>,
        entropy: &dyn Entropy,
        policy: Policy,
        public_address: Option<&str>,
    ) -> Self {
        let now = clock.now();
        let secret: [u8; 32] = random_bytes(entropy);
        Self {
            backend,
            clock,
            policy,
            domains: Domains::new(public_address),
            table: Table::new(now),
            replies: Replies::new(replies::CAPACITY),
            pending: Pending::default(),
            connections: Arc::new(Connections::new()),
            nonces: Nonces::new(&random_bytes(entropy), None),
            nobody: Ha1::new(Algorithm::Md5, b"", b"", &secret),
            last_binding: AtomicI64::new(0),
            flows: Flows::new(public_address),
            asking: Asking::new(entropy),
            meters: Meters::new(),
        }
    }

    /// Handles one datagram, or one message of a stream. `outlet` is for an answer that must wait.
    pub(crate) fn receive(
        self: &Arc<Self>,
        scratch: &mut Scratch,
        datagram: &[u8],
        source: Source,
        outlet: &Outlet,
    ) -> Outcome {
        let Source { transport, address: source } = source;
        let now = self.clock.now();
        let message = match Message::parse(datagram) {
            Ok(message) => message,
            Err(Ignored::KeepAlive) => return Outcome::Silent,
            Err(Ignored::NotSip) => {
                self.meters.ignored.increment(1);
                return Outcome::Silent;
            }
        };
        let StartLine::Request { method, .. } = message.start() else {
            if !self.hear_response(&message, source, now) {
                self.meters.ignored.increment(1);
            }
            return Outcome::Silent;
        };
        let request = match message.request() {
            Ok(request) => request,
            Err(fault) => {
                self.meters.faulty.increment(1);
                if method == Method::Ack {
                    return Outcome::Silent;
                }
                return self.reply(scratch, &message, source, now, &Reply::Fault(fault));
            }
        };
        match screen(&message, &request, &self.domains) {
            Screened::Drop => {
                self.meters.ignored.increment(1);
                Outcome::Silent
            }
            Screened::Answer(reply) => {
                let counter =
                    if method == Method::Register { &self.meters.refused } else { &self.meters.other };
                counter.increment(1);
                self.reply(scratch, &message, source, now, &reply)
            }
            Screened::Register => {
                let transaction = match source {
                    SocketAddr::V4(source) => TransactionKey::new(&request, &source.ip().octets()),
                    SocketAddr::V6(source) => TransactionKey::new(&request, &source.ip().octets()),
                };
                match self.replies.find(&transaction, &mut scratch.out) {
                    Known::Working => {
                        self.meters.retransmitted.increment(1);
                        Outcome::Silent
                    }
                    Known::Answered => {
                        self.meters.retransmitted.increment(1);
                        Outcome::Send
                    }
                    Known::New => {
                        let (message, request) = (&message, &request);
                        self.register(
                            scratch,
                            &Incoming { message, request, transaction, source, transport, now, outlet },
                        )
                    }
                }
            }
        }
    }

    /// Says what is wrong with a stream after which nothing can be understood, if that can be said at all.
    pub(crate) fn reject(
        &self,
        scratch: &mut Scratch,
        head: &[u8],
        fault: Option<Fault>,
        source: SocketAddr,
    ) -> Outcome {
        let (Some(fault), Ok(message)) = (fault, Message::parse(head)) else {
            self.meters.ignored.increment(1);
            return Outcome::Silent;
        };
        self.meters.faulty.increment(1);
        match message.start() {
            StartLine::Request { method, .. } if method != Method::Ack => {
                self.reply(scratch, &message, source, self.clock.now(), &Reply::Fault(fault))
            }
            StartLine::Request { .. } | StartLine::Status { .. } => Outcome::Silent,
        }
    }

    /// Writes an answer that no state is kept of.
    pub(crate) fn reply(
        &self,
        scratch: &mut Scratch,
        message: &Message<'_>,
        source: SocketAddr,
        now: Timestamp,
        reply: &Reply<'_>,
    ) -> Outcome {
        let Scratch { out, chance, .. } = scratch;
        let mut answering = Answering { nonces: &self.nonces, chance, now, source };
        if answering.reply(out, message, reply) { Outcome::Send } else { Outcome::Silent }
    }
}
