//! One socket and the phones behind it: a task that hands them datagrams, orders and the passing of time.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tonalite_sip::{Message, StartLine, Uri};

use crate::group::Groups;
use crate::outbox::Outbox;
use crate::phone::{Command, Phone, PhoneState};
use crate::shared::Shared;

/// Bytes of the largest datagram that is read whole; the rest of a larger one is cut, and it then fails to parse.
const MAX_DATAGRAM: usize = 8 * 1024;

/// Datagrams that are read in a row before timers and orders have their turn.
const BATCH: usize = 64;

/// How long phones have for their goodbye when the fleet is shut down: three copies of a REGISTER and a challenge.
pub(crate) const GOODBYE: Duration = Duration::from_secs(8);

/// What is to become of a fleet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Course {
    /// Carry on.
    Run,
    /// Withdraw every registration, then end.
    Withdraw,
    /// End, as if the power failed.
    Stop,
}

/// Everything that one task owns.
pub(crate) struct Cell {
    pub(crate) socket: UdpSocket,
    /// Phones by their place within the cell.
    pub(crate) phones: Vec<Phone>,
    /// Number of the first phone within the fleet, and the step to the next.
    pub(crate) first: usize,
    pub(crate) stride: usize,
    pub(crate) commands: mpsc::Receiver<(usize, Command)>,
    pub(crate) course: watch::Receiver<Course>,
    pub(crate) groups: Arc<Groups>,
    pub(crate) shared: Arc<Shared>,
}

/// What a cell derives from its phones, and its output.
struct Work {
    /// The one pending timer of each phone that has one.
    timers: BTreeSet<(Duration, usize)>,
    due: Vec<Option<Duration>>,
    by_user: HashMap<Vec<u8>, usize>,
    out: Outbox,
}

impl Cell {
    /// Runs until the fleet ends.
    pub(crate) async fn run(mut self) {
        let mut work = Work {
            timers: BTreeSet::new(),
            due: vec![None; self.phones.len()],
            by_user: HashMap::with_capacity(self.phones.len()),
            out: Outbox::default(),
        };
        for (at, phone) in self.phones.iter().enumerate() {
            work.by_user.insert(phone.place.contact_user.clone().into_bytes(), at);
        }
        for at in 0..self.phones.len() {
            self.settle(&mut work, at, PhoneState::Waiting);
        }
        let mut buffer = vec![0; MAX_DATAGRAM];
        let mut ends_at: Option<Instant> = None;
        loop {
            let wakes_at = work.timers.first().map(|(at, _)| self.shared.started + *at);
            let until = [wakes_at, ends_at].into_iter().flatten().min();
            tokio::select! {
                changed = self.course.changed() => {
                    let course = if changed.is_ok() { *self.course.borrow_and_update() } else { Course::Stop };
                    match course {
                        Course::Run => {}
                        Course::Stop => return,
                        Course::Withdraw => {
                            ends_at = Some(Instant::now() + GOODBYE);
                            for at in 0..self.phones.len() {
                                self.with_phone(&mut work, at, |phone, now, out| phone.on_command(now, Command::Withdraw, out));
                            }
                        }
                    }
                }
                Some((at, command)) = self.commands.recv() => {
                    self.with_phone(&mut work, at, |phone, now, out| phone.on_command(now, command, out));
                }
                () = sleep_until(until) => self.run_timers(&mut work),
                received = self.socket.recv_from(&mut buffer) => self.receive(&mut work, &mut buffer, received),
            }
            self.flush(&mut work).await;
            let is_over =
                ends_at.is_some_and(|end| end <= Instant::now() || self.phones.iter().all(is_silent));
            if is_over {
                return;
            }
        }
    }

    fn receive(&mut self, work: &mut Work, buffer: &mut [u8], first: std::io::Result<(usize, SocketAddr)>) {
        let mut received = first;
        for _ in 0..BATCH {
            match received {
                Ok((length, from)) => self.on_datagram(work, &buffer[..length], from),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return,
                // Linux reports an ICMP error of an earlier datagram so; that phone's timers deal with the silence.
                Err(error) => tracing::debug!(%error, "a simulated phone's socket reported an error"),
            }
            received = self.socket.try_recv_from(buffer);
        }
    }

    fn on_datagram(&mut self, work: &mut Work, bytes: &[u8], from: SocketAddr) {
        let Ok(message) = Message::parse(bytes) else { return };
        let at = match message.start() {
            StartLine::Request { uri, .. } => {
                let user = Uri::parse(uri).ok().and_then(|uri| uri.user);
                // A user that nobody here has: the first phone answers 404, as a phone of one's own would.
                Some(user.and_then(|user| work.by_user.get(user)).copied().unwrap_or(0))
            }
            StartLine::Status { .. } => self.place_of_answer(&message),
        };
        if let Some(at) = at {
            self.with_phone(work, at, |phone, now, out| phone.on_message(now, from, &message, out));
        }
    }

    fn place_of_answer(&self, message: &Message<'_>) -> Option<usize> {
        let index = Phone::index_of_answer(message.response().ok()?.via.branch())?;
        let distance = index.checked_sub(self.first)?;
        distance.is_multiple_of(self.stride).then_some(distance / self.stride)
    }

    fn run_timers(&mut self, work: &mut Work) {
        let now = self.shared.started.elapsed();
        // A phone's timer may be due again at once: no more than one turn each before datagrams are read.
        for _ in 0..self.phones.len() {
            let Some(&(due, at)) = work.timers.first() else { return };
            if due > now {
                return;
            }
            self.with_phone(work, at, Phone::on_timer);
        }
    }

    /// Lets a phone act and books what came of it.
    fn with_phone(
        &mut self,
        work: &mut Work,
        at: usize,
        act: impl FnOnce(&mut Phone, Duration, &mut Outbox),
    ) {
        let now = self.shared.started.elapsed();
        let Some(phone) = self.phones.get_mut(at) else { return };
        let before = phone.state();
        act(phone, now, &mut work.out);
        if std::mem::take(&mut work.out.restarting) {
            self.groups.restart_others(self.first + at * self.stride);
        }
        self.settle(work, at, before);
    }

    fn settle(&self, work: &mut Work, at: usize, before: PhoneState) {
        let phone = &self.phones[at];
        let due = phone.next_timer();
        if due != work.due[at] {
            if let Some(old) = work.due[at] {
                work.timers.remove(&(old, at));
            }
            work.timers.extend(due.map(|due| (due, at)));
            work.due[at] = due;
        }
        if phone.state() != before {
            self.shared.note_state(self.first + at * self.stride, before, phone.state());
        }
    }

    async fn flush(&self, work: &mut Work) {
        let datagrams = work.out.take();
        let mut failures = 0;
        for datagram in &datagrams {
            if let Err(error) = self.socket.send_to(&datagram.bytes, datagram.to).await {
                failures += 1;
                tracing::debug!(%error, to = %datagram.to, "a simulated phone could not send");
            }
        }
        work.out.recycle(datagrams);
        self.shared.book(&std::mem::take(&mut work.out.tally), failures);
    }
}

fn is_silent(phone: &Phone) -> bool {
    matches!(phone.state(), PhoneState::Withdrawn | PhoneState::Vanished)
}

async fn sleep_until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
