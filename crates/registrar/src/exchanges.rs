//! Questions under way: client transactions by branch (RFC 3261 §17.1.2), their copies and their ends. Bounded, and
//! without sockets and clock: what is to be sent or told is handed to the caller.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tonalite_core::contact_request::{ContactAnswer, ContactRequestKind};
use tonalite_core::id::LineKey;
use tonalite_core::time::{Span, Timestamp};
use tonalite_sip::client::{TIMER_F, TimerE, branch_of, is_answer_to};
use tonalite_sip::{Message, Response};

use crate::commit::Outlet;
use crate::outgoing::Outgoing;

/// Questions under way: 2 kB each. Forty times what a fleet is rebooted by, and the probes of as many devices; beyond it
/// who asks is told that we are busy.
pub(crate) const CAPACITY: usize = 4_096;

/// Who may wait for one answer: a page that many look at must not make a list without end.
const LISTENERS: usize = 16;

/// OPTIONS go out at 0, 0.5 and 1.5 s: three lost in a row are no accident.
const OPTIONS_COPIES: u32 = 2;
/// And are given up after this: a person waits for it.
const OPTIONS_PATIENCE: Span = Span::from_secs(4);

/// Told once, what came of it.
pub(crate) type Told = oneshot::Sender<ContactAnswer>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Options,
    Notify,
}

impl Kind {
    pub(crate) fn of(kind: &ContactRequestKind) -> Self {
        match kind {
            ContactRequestKind::Options => Self::Options,
            ContactRequestKind::Notify { .. } => Self::Notify,
        }
    }

    pub(crate) fn patience(self) -> Span {
        match self {
            Self::Options => OPTIONS_PATIENCE,
            Self::Notify => span(TIMER_F),
        }
    }
}

/// The binding that is asked, and what: one question of a kind at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Subject {
    pub(crate) binding: i64,
    pub(crate) kind: Kind,
}

/// One question, from its first sending to its end.
pub(crate) struct Exchange {
    pub(crate) subject: Subject,
    pub(crate) line: LineKey,
    pub(crate) outgoing: Outgoing,
    pub(crate) outlet: Outlet,
    pub(crate) to: SocketAddr,
    /// Over a connection nothing is sent twice.
    pub(crate) reliable: bool,
    pub(crate) began: Timestamp,
    /// Number of its transaction: names branch and client nonce.
    pub(crate) number: u64,
    pub(crate) branch: String,
    pub(crate) cseq: u32,
    pub(crate) bytes: Arc<[u8]>,
    /// The challenge that was answered, should nothing follow it.
    pub(crate) challenged: Option<ContactAnswer>,
    told: Vec<Told>,
    timer: TimerE,
    resend_at: Option<Timestamp>,
    copies_left: u32,
}

/// What an exchange begins with.
pub(crate) struct Beginning {
    pub(crate) subject: Subject,
    pub(crate) line: LineKey,
    pub(crate) outgoing: Outgoing,
    pub(crate) outlet: Outlet,
    pub(crate) to: SocketAddr,
    pub(crate) reliable: bool,
    pub(crate) number: u64,
    pub(crate) branch: String,
    pub(crate) bytes: Vec<u8>,
}

impl Exchange {
    pub(crate) fn new(beginning: Beginning, told: Told, now: Timestamp) -> Self {
        let Beginning { subject, line, outgoing, outlet, to, reliable, number, branch, bytes } = beginning;
        let mut exchange = Self {
            subject,
            line,
            outgoing,
            outlet,
            to,
            reliable,
            began: now,
            number,
            branch,
            cseq: 1,
            bytes: bytes.into(),
            challenged: None,
            told: vec![told],
            timer: TimerE::new(),
            resend_at: None,
            copies_left: 0,
        };
        exchange.start_timer(now);
        exchange
    }

    /// Another transaction of the same question. The time that it may take runs on: somebody waits.
    pub(crate) fn repeat(&mut self, number: u64, branch: String, bytes: Vec<u8>, now: Timestamp) {
        (self.number, self.branch, self.bytes) = (number, branch, bytes.into());
        self.cseq += 1;
        self.start_timer(now);
    }

    fn start_timer(&mut self, now: Timestamp) {
        self.timer = TimerE::new();
        self.resend_at = (!self.reliable).then(|| now + span(self.timer.wait()));
        self.copies_left = match self.subject.kind {
            Kind::Options => OPTIONS_COPIES,
            Kind::Notify => u32::MAX,
        };
    }

    /// Says the end to all who wait; some may have left.
    pub(crate) fn tell(self, answer: &ContactAnswer) {
        for told in self.told {
            let _ = told.send(answer.clone());
        }
    }

    pub(crate) fn gives_up_at(&self) -> Timestamp {
        self.began + self.subject.kind.patience()
    }

    /// Whether a copy is due. Copies keep to their plan, however late the timer turned.
    fn copy_due(&mut self, now: Timestamp) -> bool {
        let Some(at) = self.resend_at.filter(|at| *at <= now && self.copies_left > 0) else { return false };
        self.copies_left -= 1;
        self.resend_at = Some((at + span(self.timer.fired())).max(now));
        true
    }

    /// A clock that was set back must not make somebody wait for an hour: the waiting begins anew.
    fn follow_clock(&mut self, now: Timestamp) {
        if now < self.began {
            self.began = now;
            self.resend_at = self.resend_at.map(|_| now + span(self.timer.wait()));
        }
    }

    fn proceed(&mut self, now: Timestamp) {
        let wait = span(self.timer.proceeding());
        self.resend_at = self.resend_at.map(|_| now + wait);
    }
}

/// Whether there was a question to join.
pub(crate) enum Joined {
    /// None of this subject is under way.
    None(Told),
    /// Its answer is told to this one, too.
    Sharing,
    /// It does not take another one.
    Refused(Told),
}

/// A response, judged.
pub(crate) enum Heard {
    /// Nobody waits for it.
    Nobody,
    /// Somebody works on it.
    Provisional,
    /// The end of its transaction. To be given back by [`Exchanges::resume`] or [`Exchanges::release`].
    Final(Box<Exchange>),
}

/// What time has brought.
#[derive(Default)]
pub(crate) struct Due {
    pub(crate) copies: Vec<(Outlet, SocketAddr, Arc<[u8]>, Kind)>,
    pub(crate) silent: Vec<Exchange>,
}

#[derive(Default)]
pub(crate) struct Exchanges(Mutex<Open>);

#[derive(Default)]
struct Open {
    by_branch: HashMap<String, Exchange>,
    /// The branch of each subject; also while its exchange is in somebody's hands.
    by_subject: HashMap<Subject, String>,
}

impl Exchanges {
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins a question that is under way: who asks OPTIONS shares its answer. Who would send a NOTIFY beside another is
    /// refused, for two reboots are not one.
    pub(crate) fn join(&self, subject: Subject, told: Told) -> Joined {
        let mut open = self.lock();
        let Some(branch) = open.by_subject.get(&subject).cloned() else { return Joined::None(told) };
        match open.by_branch.get_mut(&branch) {
            Some(exchange) if subject.kind == Kind::Options && exchange.told.len() < LISTENERS => {
                exchange.told.push(told);
                Joined::Sharing
            }
            _ => Joined::Refused(told),
        }
    }

    /// Begins to wait for the answer.
    ///
    /// # Errors
    /// The exchange comes back: too many are under way, or one of its subject is.
    pub(crate) fn begin(&self, exchange: Exchange) -> Result<(), Box<Exchange>> {
        let mut open = self.lock();
        if open.by_subject.len() >= CAPACITY || open.by_subject.contains_key(&exchange.subject) {
            return Err(Box::new(exchange));
        }
        open.by_subject.insert(exchange.subject, exchange.branch.clone());
        open.by_branch.insert(exchange.branch.clone(), exchange);
        Ok(())
    }

    /// Judges a response. It must come from where the question went: a stranger must not answer for a phone.
    pub(crate) fn hear(
        &self,
        message: &Message<'_>,
        response: &Response<'_>,
        source: SocketAddr,
        now: Timestamp,
    ) -> Heard {
        // What is no text is no branch of ours.
        let Ok(branch) = std::str::from_utf8(branch_of(message)) else { return Heard::Nobody };
        let mut open = self.lock();
        let Some(exchange) = open.by_branch.get_mut(branch) else { return Heard::Nobody };
        let from_there = exchange.to.ip().to_canonical() == source.ip().to_canonical()
            && exchange.to.port() == source.port();
        let method = exchange.outgoing.method();
        if !from_there || !is_answer_to(message, response, branch.as_bytes(), exchange.cseq, method) {
            return Heard::Nobody;
        }
        if response.code < 200 {
            exchange.proceed(now);
            return Heard::Provisional;
        }
        match open.by_branch.remove(branch) {
            Some(exchange) => Heard::Final(Box::new(exchange)),
            None => Heard::Nobody,
        }
    }

    /// Goes on with an exchange under its new branch.
    pub(crate) fn resume(&self, exchange: Exchange) {
        let mut open = self.lock();
        open.by_subject.insert(exchange.subject, exchange.branch.clone());
        open.by_branch.insert(exchange.branch.clone(), exchange);
    }

    /// An exchange that was handed out has ended.
    pub(crate) fn release(&self, exchange: &Exchange) {
        self.lock().by_subject.remove(&exchange.subject);
    }

    /// What is due.
    pub(crate) fn due(&self, now: Timestamp) -> Due {
        let mut due = Due::default();
        let mut open = self.lock();
        let open = &mut *open;
        let silent = |_: &String, exchange: &mut Exchange| {
            exchange.follow_clock(now);
            exchange.gives_up_at() <= now
        };
        for (_, exchange) in open.by_branch.extract_if(silent) {
            open.by_subject.remove(&exchange.subject);
            due.silent.push(exchange);
        }
        for exchange in open.by_branch.values_mut() {
            if exchange.copy_due(now) {
                let bytes = Arc::clone(&exchange.bytes);
                due.copies.push((Arc::clone(&exchange.outlet), exchange.to, bytes, exchange.subject.kind));
            }
        }
        due
    }

    /// Takes out those that a line is asked by, or all.
    pub(crate) fn take(&self, line: Option<LineKey>) -> Vec<Exchange> {
        let mut open = self.lock();
        let open = &mut *open;
        let taken: Vec<Exchange> = open
            .by_branch
            .extract_if(|_, exchange| line.is_none_or(|line| exchange.line == line))
            .map(|(_, exchange)| exchange)
            .collect();
        for exchange in &taken {
            open.by_subject.remove(&exchange.subject);
        }
        taken
    }

    /// How many are under way.
    pub(crate) fn len(&self) -> usize {
        self.lock().by_subject.len()
    }
}

fn span(duration: Duration) -> Span {
    Span(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX))
}
