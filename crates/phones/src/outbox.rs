//! What a phone leaves behind when it was handed something: datagrams to send, and counts of what happened.

use std::net::SocketAddr;
use std::time::Duration;

/// A datagram to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datagram {
    /// Where to.
    pub to: SocketAddr,
    /// The SIP message.
    pub bytes: Vec<u8>,
}

/// Collects the output of phones; its buffers are used again and again.
#[derive(Debug, Default)]
pub struct Outbox {
    datagrams: Vec<Datagram>,
    spare: Vec<Vec<u8>>,
    /// The phone was told to restart, which its neighbours in the same device have to hear.
    pub(crate) restarting: bool,
    /// What happened since it was last taken.
    pub tally: Tally,
}

impl Outbox {
    /// The datagrams, oldest first. Give their buffers back with [`Outbox::recycle`].
    pub fn take(&mut self) -> Vec<Datagram> {
        std::mem::take(&mut self.datagrams)
    }

    /// Takes back buffers that were sent. At most sixteen are kept: a phone seldom says two things at once.
    pub fn recycle(&mut self, datagrams: Vec<Datagram>) {
        let room = 16_usize.saturating_sub(self.spare.len());
        self.spare.extend(datagrams.into_iter().take(room).map(|datagram| datagram.bytes));
    }

    pub(crate) fn buffer(&mut self) -> Vec<u8> {
        self.spare.pop().unwrap_or_else(|| Vec::with_capacity(1024))
    }

    pub(crate) fn send(&mut self, to: SocketAddr, bytes: Vec<u8>) {
        self.tally.sent += 1;
        self.datagrams.push(Datagram { to, bytes });
    }
}

/// Counts of what happened to phones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Datagrams handed to the network, retransmissions included.
    pub sent: u64,
    /// SIP messages that came in.
    pub received: u64,
    /// Requests that were sent again because no answer had come.
    pub retransmitted: u64,
    /// Challenges that were answered.
    pub challenged: u64,
    /// Times that a phone became registered.
    pub registrations: u64,
    /// Times that a registered phone renewed.
    pub refreshes: u64,
    /// Times that a phone withdrew and was told so.
    pub withdrawals: u64,
    /// Exchanges that ended in a refusal.
    pub refused: u64,
    /// Exchanges that ended in silence (timer F, 32 s).
    pub no_answer: u64,
    /// OPTIONS that were answered.
    pub options: u64,
    /// NOTIFY that were answered.
    pub notifies: u64,
    /// Times that a phone came up again after it was told to restart.
    pub restarts: u64,
    /// Time from the first REGISTER of an exchange to its 200, over all of them.
    pub register_time: Duration,
    /// The longest of these.
    pub slowest_register: Duration,
}

impl Tally {
    /// Adds another one.
    pub fn add(&mut self, other: &Tally) {
        self.sent += other.sent;
        self.received += other.received;
        self.retransmitted += other.retransmitted;
        self.challenged += other.challenged;
        self.registrations += other.registrations;
        self.refreshes += other.refreshes;
        self.withdrawals += other.withdrawals;
        self.refused += other.refused;
        self.no_answer += other.no_answer;
        self.options += other.options;
        self.notifies += other.notifies;
        self.restarts += other.restarts;
        self.register_time += other.register_time;
        self.slowest_register = self.slowest_register.max(other.slowest_register);
    }
}
