//! What we ask of phones, and what we make of their answers (`core::contact_request` is the contract). A challenge is
//! answered once; whatever else comes is the end.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use tonalite_core::contact_request::{ContactAnswer, ContactRequest};
use tonalite_core::id::{LineId, LineKey};
use tonalite_core::line_state::Transport;
use tonalite_core::registration::LineSecret;
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::world::{Entropy, random_bytes};
use tonalite_sip::client::{Challenged, Names};
use tonalite_sip::{Fault, Message};

use crate::engine::Engine;
use crate::exchanges::{Beginning, Exchange, Exchanges, Heard, Joined, Kind, Subject, Told};
use crate::outgoing::Outgoing;

/// Characters of a reason phrase; what is longer is cut.
const MAX_REASON: usize = 80;

/// What asking needs beside the engine.
pub(crate) struct Asking {
    pub(crate) exchanges: Exchanges,
    names: Names,
    last: AtomicU64,
}

impl Asking {
    pub(crate) fn new(entropy: &dyn Entropy) -> Self {
        let names = Names::new(&random_bytes(entropy));
        Self { exchanges: Exchanges::default(), names, last: AtomicU64::new(0) }
    }

    fn next(&self) -> u64 {
        self.last.fetch_add(1, Ordering::Relaxed)
    }
}

/// Why nothing was sent.
enum Unasked {
    /// No such line, binding or way.
    NoPath,
    /// What was registered, or what was asked, must not stand in a request.
    Unwritable(LineId, Fault),
}

impl Engine {
    /// Asks a contact; `told` hears the end. Never blocks.
    pub(crate) fn ask(&self, request: ContactRequest, told: Told) {
        let now = self.clock.now();
        let subject = Subject { binding: request.binding, kind: Kind::of(&request.kind) };
        let meters = self.meters.asked(subject.kind);
        let told = match self.asking.exchanges.join(subject, told) {
            Joined::None(told) => told,
            Joined::Sharing => return,
            Joined::Refused(told) => {
                meters.busy.increment(1);
                let _ = told.send(ContactAnswer::Busy);
                return;
            }
        };
        let beginning = match self.prepare(request, subject) {
            Ok(beginning) => beginning,
            Err(unasked) => {
                if let Unasked::Unwritable(line, fault) = unasked {
                    tracing::debug!(line.id = %line, error = %fault, "a contact cannot be asked");
                }
                meters.no_path.increment(1);
                let _ = told.send(ContactAnswer::NoPath);
                return;
            }
        };
        let exchange = Exchange::new(beginning, told, now);
        let (outlet, to, bytes) = (exchange.outlet.clone(), exchange.to, exchange.bytes.clone());
        // Before it leaves: the answer may be here before we are back.
        match self.asking.exchanges.begin(exchange) {
            Ok(()) => {
                meters.sent.increment(1);
                outlet(&bytes, to);
            }
            Err(refused) => {
                meters.busy.increment(1);
                refused.tell(&ContactAnswer::Busy);
            }
        }
    }

    fn prepare(&self, request: ContactRequest, subject: Subject) -> Result<Beginning, Unasked> {
        let ContactRequest { line, binding, kind } = request;
        let (shard, index) = self.table.find_line(line).ok_or(Unasked::NoPath)?;
        let slot = shard.slot(index).ok_or(Unasked::NoPath)?;
        let binding = slot.registrations.bindings.iter().find(|known| known.id == binding);
        let binding = binding.ok_or(Unasked::NoPath)?;
        let outlet = self.outlet_to(&binding.source).ok_or(Unasked::NoPath)?;
        let sent_by = self.sent_by(&binding.source).ok_or(Unasked::NoPath)?;
        let number = self.asking.next();
        let naming = (&self.asking.names, number);
        let outgoing = Outgoing::new(&slot.line, slot.auth.identity(), binding, kind, sent_by, naming);
        let branch = self.asking.names.branch(number);
        let bytes =
            outgoing.write(&branch, 1, None).map_err(|fault| Unasked::Unwritable(slot.line.id, fault))?;
        Ok(Beginning {
            subject,
            line,
            outgoing,
            outlet,
            to: binding.source.address,
            reliable: binding.source.transport != Transport::Udp,
            number,
            branch,
            bytes,
        })
    }

    /// Takes a response; `false` when nobody waits for it.
    pub(crate) fn hear_response(&self, message: &Message<'_>, source: SocketAddr, now: Timestamp) -> bool {
        let Ok(response) = message.response() else { return false };
        let exchange = match self.asking.exchanges.hear(message, &response, source, now) {
            Heard::Nobody => return false,
            Heard::Provisional => return true,
            Heard::Final(exchange) => *exchange,
        };
        let after = Span(now.since(exchange.began).0.max(0));
        let authenticated = exchange.challenged.is_some();
        let reason = reason_text(response.reason);
        let answer = |authenticated| {
            let (code, reason) = (response.code, reason.clone());
            ContactAnswer::Answered { code, reason, after, authenticated }
        };
        let exchange = match Challenged::find(message, response.code) {
            Some(challenged) if !authenticated => {
                match self.answer_challenge(exchange, &challenged, answer(true), now) {
                    Ok(()) => return true,
                    Err(exchange) => *exchange,
                }
            }
            _ => exchange,
        };
        self.asking.exchanges.release(&exchange);
        self.end(exchange, answer(authenticated));
        true
    }

    /// Sends the question again, with the password of the line.
    ///
    /// # Errors
    /// The exchange comes back: the line is gone, or its password is not known here.
    fn answer_challenge(
        &self,
        mut exchange: Exchange,
        challenged: &Challenged<'_>,
        if_silent: ContactAnswer,
        now: Timestamp,
    ) -> Result<(), Box<Exchange>> {
        // The secret in force: the phone proved itself with it. A new one that it never used, it does not have.
        let secret = self
            .table
            .find_line(exchange.line)
            .and_then(|(shard, index)| shard.slot(index).map(|slot| slot.auth.secret().clone()));
        // A phone challenges in a realm of its own; the hash of a password that was taken over answers in ours alone.
        let Some(password) = secret
            .and_then(|secret| self.backend.open_secret(exchange.outgoing.line, &secret))
            .and_then(LineSecret::into_password)
        else {
            return Err(Box::new(exchange));
        };
        let number = self.asking.next();
        let (branch, cnonce) = (self.asking.names.branch(number), self.asking.names.name(number, "cnonce"));
        let value = exchange.outgoing.answer(challenged, password.expose(), &cnonce);
        let authorization = Some((challenged.answer_in, &value[..]));
        let Ok(bytes) = exchange.outgoing.write(&branch, exchange.cseq + 1, authorization) else {
            return Err(Box::new(exchange));
        };
        exchange.challenged = Some(if_silent);
        exchange.repeat(number, branch, bytes, now);
        let (outlet, to, bytes) = (exchange.outlet.clone(), exchange.to, exchange.bytes.clone());
        self.meters.asked(exchange.subject.kind).challenged.increment(1);
        self.asking.exchanges.resume(exchange);
        outlet(&bytes, to);
        Ok(())
    }

    /// Sends what is due to be sent again, and gives up on who stays silent.
    pub(crate) fn turn_exchanges(&self, now: Timestamp) {
        let due = self.asking.exchanges.due(now);
        for (outlet, to, bytes, kind) in due.copies {
            self.meters.asked(kind).retransmitted.increment(1);
            outlet(&bytes, to);
        }
        for exchange in due.silent {
            self.end(exchange, ContactAnswer::NoAnswer);
        }
        self.meters.exchanges.set(self.asking.exchanges.len() as f64);
    }

    /// A line is no more: nobody is left to be asked.
    pub(crate) fn drop_exchanges(&self, line: LineKey) {
        for exchange in self.asking.exchanges.take(Some(line)) {
            self.end(exchange, ContactAnswer::NoPath);
        }
    }

    /// We end: nothing more is asked, and what has not been answered will not be.
    pub(crate) fn stop_asking(&self) {
        self.flows.close();
        for exchange in self.asking.exchanges.take(None) {
            self.end(exchange, ContactAnswer::NoAnswer);
        }
    }

    fn end(&self, mut exchange: Exchange, answer: ContactAnswer) {
        let answer = match (answer, exchange.challenged.take(), exchange.subject.kind) {
            // It was there to challenge us, which is what was asked.
            (ContactAnswer::NoAnswer, Some(challenge), Kind::Options) => challenge,
            (answer, ..) => answer,
        };
        let meters = self.meters.asked(exchange.subject.kind);
        match answer {
            ContactAnswer::Answered { .. } => &meters.answered,
            ContactAnswer::NoAnswer => &meters.unanswered,
            ContactAnswer::NoPath => &meters.no_path,
            ContactAnswer::Busy => &meters.busy,
        }
        .increment(1);
        exchange.tell(&answer);
    }
}

/// Hostile text, as the contract wants it.
fn reason_text(reason: &[u8]) -> String {
    let text = String::from_utf8_lossy(reason);
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_REASON).collect()
}
