//! One phone as a state machine: what comes in — datagrams, the passing of time, orders — and what it does about it.
//! No sockets and no clock: `now` is the time since any fixed moment. Its REGISTER is in `register`, its answers in `answer`.

use std::net::SocketAddr;
use std::time::Duration;

use tonalite_sip::uri::escape_user;
use tonalite_sip::{Message, StartLine};

use crate::config::{Behaviour, PhoneConfig};
use crate::outbox::Outbox;
use crate::random::SplitMix64;
use crate::reboot::{OnReboot, Told};
use crate::register::{Auth, Exchange, Purpose};
use crate::stream::Transport;

/// Where a phone stands on the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Source address of its datagrams, which is also the address of its Contact.
    pub address: SocketAddr,
    /// User part of its Contact; it tells phones behind one socket apart.
    pub contact_user: String,
    /// Its number, which begins the branch of its requests, so that answers find it (see [`Phone::index_of_answer`]).
    pub index: usize,
}

/// An order to a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Register with the right password; a vanished phone is switched on first.
    Register,
    /// Withdraw the registration and leave it so.
    Withdraw,
    /// Lose power: not a word more, and no answer to anybody.
    Vanish,
    /// Register with a wrong password from now on.
    WrongPassword,
    /// Restart, as if told so by a NOTIFY.
    Restart,
}

/// How a phone stands, in its own view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneState {
    /// Not yet begun.
    Waiting,
    /// Asks for the first time.
    Registering,
    /// Registered; perhaps renewing at this moment.
    Registered,
    /// Refused with this status code; will try again.
    Refused(u16),
    /// Nobody answered, and it is not registered; will try again.
    NoAnswer,
    /// Takes back its registration.
    Withdrawing,
    /// Not registered, by its own will.
    Withdrawn,
    /// Without power.
    Vanished,
}

/// A simulated phone.
pub struct Phone {
    pub(crate) config: PhoneConfig,
    pub(crate) place: Place,
    pub(crate) transport: Transport,
    pub(crate) random: SplitMix64,
    pub(crate) aor: String,
    pub(crate) request_uri: String,
    pub(crate) contact_uri: String,
    pub(crate) boot: Boot,
    pub(crate) state: PhoneState,
    pub(crate) wrong_password: bool,
    /// Seconds to ask for: as configured, until a registrar wants more.
    pub(crate) expires: u32,
    pub(crate) registered_until: Option<Duration>,
    pub(crate) attempt_at: Option<Duration>,
    pub(crate) exchange: Option<Exchange>,
    pub(crate) auth: Option<Auth>,
    pub(crate) told: Option<Told>,
    /// Of the challenge that it sent last, until it is answered.
    pub(crate) nonce: Option<String>,
    /// What it will do of its own accord, and when.
    pub(crate) step: Option<(Duration, Step)>,
    is_away: bool,
    step_done: bool,
}

/// What a phone does when a time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// What its [`Behaviour`] asks for.
    Behaves,
    /// A restart begins: goodbye, where it says one.
    GoesDown,
    /// It has said goodbye.
    LosesPower,
    /// A restart ends.
    ComesUp,
}

/// What a phone chooses anew whenever it starts.
pub(crate) struct Boot {
    pub(crate) call_id: String,
    pub(crate) tag: String,
    pub(crate) cseq: u32,
}

impl Boot {
    fn new(random: &mut SplitMix64) -> Boot {
        Boot {
            call_id: format!("{:016x}{:08x}", random.next(), random.next() >> 32),
            tag: format!("{:012x}", random.next() >> 16),
            // Anywhere in the lower half of what is allowed: phones differ, and it must never wrap.
            cseq: u32::try_from(random.next() % 100_000).unwrap_or(0),
        }
    }
}

impl Phone {
    /// A phone that registers for the first time at `start`.
    #[must_use]
    pub fn new(config: PhoneConfig, place: Place, seed: u64, start: Duration) -> Phone {
        let mut random = SplitMix64::new(seed);
        let boot = Boot::new(&mut random);
        Phone {
            aor: format!("sip:{}@{}", escape_user(&config.username), config.domain),
            request_uri: format!("sip:{}", config.domain),
            contact_uri: format!("sip:{}@{}", escape_user(&place.contact_user), place.address),
            wrong_password: config.behaviour == Behaviour::WrongPassword,
            expires: config.expires,
            config,
            place,
            transport: Transport::Udp,
            random,
            boot,
            state: PhoneState::Waiting,
            registered_until: None,
            attempt_at: Some(start),
            exchange: None,
            auth: None,
            told: None,
            nonce: None,
            step: None,
            is_away: false,
            step_done: false,
        }
    }

    /// How it stands.
    #[must_use]
    pub fn state(&self) -> PhoneState {
        self.state
    }

    /// When [`Phone::on_timer`] wants to be called; `None`: not before something else happens.
    #[must_use]
    pub fn next_timer(&self) -> Option<Duration> {
        let exchange = self.exchange.as_ref().map(Exchange::due_at);
        let attempt = self.attempt_at.filter(|_| exchange.is_none());
        let expiry = self.registered_until.filter(|_| self.state == PhoneState::Registered);
        [exchange, attempt, expiry, self.step.map(|(at, _)| at)].into_iter().flatten().min()
    }

    /// Time has passed.
    pub fn on_timer(&mut self, now: Duration, out: &mut Outbox) {
        if let Some((at, step)) = self.step
            && at <= now
        {
            self.step = None;
            self.take_step(now, step, out);
        }
        if self.exchange.as_ref().is_some_and(|exchange| exchange.due_at() <= now) {
            self.on_silence(now, out);
        }
        if self.exchange.is_none() && self.attempt_at.is_some_and(|at| at <= now) {
            self.begin(now, Purpose::Register, out);
        }
        if self.state == PhoneState::Registered && self.registered_until.is_some_and(|until| until <= now) {
            self.registered_until = None;
            self.state = PhoneState::NoAnswer;
        }
    }

    /// A message has come in.
    pub fn on_message(&mut self, now: Duration, from: SocketAddr, message: &Message<'_>, out: &mut Outbox) {
        if self.state == PhoneState::Vanished {
            return;
        }
        out.tally.received += 1;
        match message.start() {
            StartLine::Request { .. } => self.answer(now, from, message, out),
            StartLine::Status { .. } => self.on_response(now, message, out),
        }
    }

    /// An order was given.
    pub fn on_command(&mut self, now: Duration, command: Command, out: &mut Outbox) {
        if command == Command::Restart {
            // Without power it hears nothing.
            if self.state != PhoneState::Vanished {
                self.restart(now);
            }
            return;
        }
        self.step = None;
        self.is_away = false;
        match command {
            Command::Register => self.order_register(now, false, out),
            Command::WrongPassword => self.order_register(now, true, out),
            Command::Withdraw => self.withdraw(now, out),
            Command::Vanish => self.vanish(),
            Command::Restart => {}
        }
    }

    /// The number of the phone that sent the request which this branch names.
    #[must_use]
    pub fn index_of_answer(branch: &[u8]) -> Option<usize> {
        let rest = branch.strip_prefix(tonalite_sip::header::via::MAGIC_COOKIE)?;
        let end = rest.iter().position(|byte| *byte == b'.')?;
        usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?, 16).ok()
    }

    /// It was registered just now, and had not been before.
    pub(crate) fn plan_step(&mut self, now: Duration) {
        if self.is_restarting() {
            return;
        }
        let behaviour = self.config.behaviour.clone();
        let at = match behaviour {
            Behaviour::WithdrawAfter(after) | Behaviour::VanishAfter(after) if !self.step_done => {
                Some(now + after)
            }
            Behaviour::Flap { up, .. } => Some(now + self.about(up)),
            _ => None,
        };
        self.step = at.map(|at| (at, Step::Behaves));
    }

    fn take_step(&mut self, now: Duration, step: Step, out: &mut Outbox) {
        match step {
            Step::Behaves => self.behave(now, out),
            Step::GoesDown if self.config.withdraws_on_reboot => {
                self.withdraw(now, out);
                self.step = Some((now + self.shutting_down(), Step::LosesPower));
            }
            Step::GoesDown | Step::LosesPower => {
                self.vanish();
                let returns = self.config.on_reboot != OnReboot::NeverBack;
                self.step = returns.then_some((now + self.config.reboot_time, Step::ComesUp));
            }
            Step::ComesUp => {
                self.is_away = false;
                out.tally.restarts += 1;
                self.order_register(now, self.wrong_password, out);
            }
        }
    }

    fn behave(&mut self, now: Duration, out: &mut Outbox) {
        match self.config.behaviour.clone() {
            Behaviour::WithdrawAfter(_) => {
                self.step_done = true;
                self.withdraw(now, out);
            }
            Behaviour::VanishAfter(_) => {
                self.step_done = true;
                self.vanish();
            }
            Behaviour::Flap { .. } if self.is_away => {
                self.is_away = false;
                self.order_register(now, self.wrong_password, out);
            }
            Behaviour::Flap { down, withdraws, .. } => {
                self.is_away = true;
                if withdraws {
                    self.withdraw(now, out)
                } else {
                    self.vanish()
                }
                self.step = Some((now + self.about(down), Step::Behaves));
            }
            Behaviour::Steady | Behaviour::WrongPassword => {}
        }
    }

    fn order_register(&mut self, now: Duration, wrong_password: bool, out: &mut Outbox) {
        if self.state == PhoneState::Vanished {
            self.boot = Boot::new(&mut self.random);
            self.auth = None;
            self.expires = self.config.expires;
        }
        if self.wrong_password != wrong_password {
            self.auth = None;
        }
        self.wrong_password = wrong_password;
        if self.state != PhoneState::Registered {
            self.state = PhoneState::Registering;
        }
        self.begin(now, Purpose::Register, out);
    }

    fn withdraw(&mut self, now: Duration, out: &mut Outbox) {
        self.attempt_at = None;
        // A REGISTER that is under way may have been taken already: it has to be taken back too.
        let may_be_known = self.registered_until.is_some() || self.exchange.is_some();
        if self.state == PhoneState::Vanished || !may_be_known {
            if self.state != PhoneState::Vanished {
                self.state = PhoneState::Withdrawn;
            }
            return;
        }
        self.state = PhoneState::Withdrawing;
        self.registered_until = None;
        self.begin(now, Purpose::Withdraw, out);
    }

    fn vanish(&mut self) {
        self.state = PhoneState::Vanished;
        self.exchange = None;
        self.attempt_at = None;
        self.registered_until = None;
    }

    fn about(&mut self, span: Duration) -> Duration {
        self.random.between(span / 2, span.saturating_mul(3) / 2)
    }
}
