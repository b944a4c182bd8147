//! NOTIFY, by which a server has a phone restart: who may send it, which events mean it, and how this phone takes it.

use std::net::SocketAddr;
use std::time::Duration;

use tonalite_sip::digest::{Algorithm, Challenge, Credentials, Ha1, Qop};
use tonalite_sip::header::Event;
use tonalite_sip::{Message, Name, Request};

use crate::outbox::Outbox;
use crate::phone::{Phone, Step};

/// How long a phone takes to shut down, and again to say goodbye. A phone that is soon back is no slower than that.
const SHUTTING_DOWN: Duration = Duration::from_secs(1);

/// The phone's own realm: not the line's domain, so that no hash made for the registrar fits.
const REALM: &str = "simulated phone";

/// What a phone does when it is told to restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnReboot {
    /// Says 200, is silent for a while, and registers as after a start.
    #[default]
    Obeys,
    /// Says 200 and stays up, like a phone that finds no new files.
    AcceptsOnly,
    /// Answers every NOTIFY with this status code.
    Refuses(u16),
    /// Wants to be shown the line's password first (401), then obeys.
    Challenges,
    /// Says 200, goes down, and stays so until it is switched on by [`Command::Register`](crate::Command::Register).
    NeverBack,
    /// Answers no request at all, though it registers.
    Silent,
}

impl OnReboot {
    /// One of each kind, in the order in which people are told of them.
    pub const ALL: [OnReboot; 6] = [
        OnReboot::Obeys,
        OnReboot::AcceptsOnly,
        OnReboot::Refuses(REFUSAL),
        OnReboot::Challenges,
        OnReboot::NeverBack,
        OnReboot::Silent,
    ];

    /// Its word; that of a refusal does not tell the code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            OnReboot::Obeys => "obeys",
            OnReboot::AcceptsOnly => "accepts-only",
            OnReboot::Refuses(_) => "refuses",
            OnReboot::Challenges => "challenges",
            OnReboot::NeverBack => "never-back",
            OnReboot::Silent => "silent",
        }
    }

    /// What this word means; `refuses` is 481, the commonest refusal.
    #[must_use]
    pub fn parse(word: &str) -> Option<OnReboot> {
        OnReboot::ALL.into_iter().find(|known| known.as_str() == word)
    }
}

/// What strict user agents say to a NOTIFY for which they never subscribed (RFC 6665 §4.1.3).
const REFUSAL: u16 = 481;

/// What an `Event` means to phones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Restart,
    /// Read the configuration again; these phones have none that they could read.
    Resync,
}

impl Wish {
    /// `None`: no phone knows this event.
    fn of(event: &Event<'_>, user_agent: &str) -> Option<Wish> {
        let is = |name: &str| event.package.eq_ignore_ascii_case(name.as_bytes());
        if is("check-sync") {
            let stays = event
                .params
                .get("reboot")
                .is_some_and(|param| param.value.is_some_and(|value| value.eq_ignore_ascii_case(b"false")));
            return Some(if stays { Wish::Resync } else { Wish::Restart });
        }
        if is("reboot_now") || is("restart_now") {
            return Some(Wish::Restart);
        }
        // An OBi has no other way to fetch than to restart.
        let restarts = user_agent.starts_with("OBIHAI/");
        is("resync").then_some(if restarts { Wish::Restart } else { Wish::Resync })
    }
}

/// The last NOTIFY and what it was told: a copy of it must neither restart the phone twice nor get another answer.
pub(crate) struct Told {
    branch: Vec<u8>,
    answer: Vec<u8>,
}

impl Phone {
    /// A NOTIFY for this phone has come.
    pub(crate) fn on_notify(
        &mut self,
        now: Duration,
        from: SocketAddr,
        (message, request): (&Message<'_>, &Request<'_>),
        out: &mut Outbox,
    ) {
        let registrar = self.config.registrar;
        if (from.ip().to_canonical(), from.port()) != (registrar.ip().to_canonical(), registrar.port()) {
            self.reply(from, message, 403, None, out);
            return;
        }
        if let Some(told) = self.told.as_ref().filter(|told| told.branch == request.via.branch()) {
            let mut copy = out.buffer();
            copy.clear();
            copy.extend_from_slice(&told.answer);
            out.send(from, copy);
            return;
        }
        let (code, restarts) = self.verdict(message, request);
        let challenge = (code == 401).then(|| self.challenge());
        if challenge.is_none() {
            self.nonce = None;
        }
        if let Some(answer) = self.reply(from, message, code, challenge.as_deref(), out) {
            self.told = Some(Told { branch: request.via.branch().to_vec(), answer });
        }
        if restarts {
            self.restart(now);
            out.restarting = true;
        }
    }

    /// The status code, and whether the phone now restarts.
    fn verdict(&self, message: &Message<'_>, request: &Request<'_>) -> (u16, bool) {
        if let OnReboot::Refuses(code) = self.config.on_reboot {
            return (code, false);
        }
        let event = message.header(Name::Event).and_then(|value| Event::parse(value).ok());
        let Some(wish) = event.and_then(|event| Wish::of(&event, &self.config.user_agent)) else {
            return (489, false);
        };
        let obeys = match self.config.on_reboot {
            OnReboot::Challenges if !self.is_authorized(message, request) => return (401, false),
            OnReboot::Obeys | OnReboot::Challenges | OnReboot::NeverBack => true,
            OnReboot::AcceptsOnly | OnReboot::Refuses(_) | OnReboot::Silent => false,
        };
        (200, obeys && wish == Wish::Restart)
    }

    /// The value of a challenge with a nonce of its own, good for one answer.
    fn challenge(&mut self) -> Vec<u8> {
        let nonce = format!("{:016x}", self.random.next());
        let mut value = Vec::with_capacity(128);
        Challenge {
            realm: REALM.as_bytes(),
            nonce: nonce.as_bytes(),
            opaque: None,
            algorithm: Algorithm::Md5,
            qop_auth: true,
            stale: false,
        }
        .write(&mut value);
        self.nonce = Some(nonce);
        value
    }

    /// Whether the request answers the last challenge, to the letter: these phones test who sends it.
    fn is_authorized(&self, message: &Message<'_>, request: &Request<'_>) -> bool {
        let given = message.header(Name::Authorization).and_then(|value| Credentials::parse(value).ok());
        let (Some(given), Some(nonce)) = (given.flatten(), &self.nonce) else { return false };
        let username = self.config.auth_user().as_bytes();
        let ha1 = Ha1::new(Algorithm::Md5, username, REALM.as_bytes(), self.config.password.as_bytes());
        *given.username() == *username
            && given.realm == REALM.as_bytes()
            && given.nonce == nonce.as_bytes()
            && given.uri == request.uri_text
            && given.qop == Qop::Auth
            && given.nonce_count == Some(1)
            && given.verify(&ha1, b"NOTIFY")
    }

    /// Plans to go down, unless that is planned already.
    pub(crate) fn restart(&mut self, now: Duration) {
        if !self.is_restarting() {
            self.step = Some((now + self.shutting_down(), Step::GoesDown));
        }
    }

    /// Whether it is about to go down, or is down and will come up by itself.
    pub(crate) fn is_restarting(&self) -> bool {
        matches!(self.step, Some((_, Step::GoesDown | Step::LosesPower | Step::ComesUp)))
    }

    pub(crate) fn shutting_down(&self) -> Duration {
        SHUTTING_DOWN.min(self.config.reboot_time)
    }
}
