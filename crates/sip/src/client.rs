//! The client's side of a request outside any dialog: its names, the waits between its copies, which answer is its
//! own, and the challenge in it (RFC 3261 §8.1, §17.1.2, §22). When and over what it is sent is decided elsewhere.

use std::time::Duration;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::digest::Challenge;
use crate::header::via::MAGIC_COOKIE;
use crate::header::{Name, Via};
use crate::message::{Message, Response};
use crate::method::Method;
use crate::nonce::keyed;
use crate::scan::List;

/// An estimate of the way to and fro (RFC 3261 §17.1.1.1): the first copy goes out after it.
pub const T1: Duration = Duration::from_millis(500);
/// The longest wait between two copies.
pub const T2: Duration = Duration::from_secs(4);
/// No answer after this is no answer (timer F, 64 × T1).
pub const TIMER_F: Duration = Duration::from_secs(32);

/// How long to wait before the next copy of a request over UDP (§17.1.2.2, timer E): 0.5, 1, 2, 4, 4, … s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerE(Duration);

impl TimerE {
    /// For a request that goes out now.
    #[must_use]
    pub const fn new() -> Self {
        Self(T1)
    }

    /// The wait from now on.
    #[must_use]
    pub const fn wait(self) -> Duration {
        self.0
    }

    /// It has fired: the next wait.
    pub fn fired(&mut self) -> Duration {
        self.0 = (self.0 * 2).min(T2);
        self.0
    }

    /// A provisional answer came: somebody works on it, and copies only show that we still wait.
    pub fn proceeding(&mut self) -> Duration {
        self.0 = T2;
        self.0
    }
}

impl Default for TimerE {
    fn default() -> Self {
        Self::new()
    }
}

/// Makes branches, tags and the like that nobody can guess who saw others of them: who could guess a branch could answer
/// for somebody else.
#[derive(Clone)]
pub struct Names(Hmac<Sha256>);

impl Names {
    /// From a key that only we know.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(keyed(key))
    }

    /// 32 hexadecimal digits for a number and what it is used for; the same pair gives the same name.
    #[must_use]
    pub fn name(&self, number: u64, purpose: &str) -> String {
        let mut mac = self.0.clone();
        mac.update(&number.to_be_bytes());
        mac.update(purpose.as_bytes());
        let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
        mac.finalize().into_bytes()[..16]
            .iter()
            .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
            .collect()
    }

    /// A branch of RFC 3261 for a transaction.
    #[must_use]
    pub fn branch(&self, number: u64) -> String {
        format!("{}{}", String::from_utf8_lossy(MAGIC_COOKIE), self.name(number, "branch"))
    }
}

/// Whether a response answers the request of this branch, CSeq and method (§17.1.3). One with a second Via is for
/// somebody else (§8.1.3.3).
#[must_use]
pub fn is_answer_to(
    message: &Message<'_>,
    response: &Response<'_>,
    branch: &[u8],
    cseq: u32,
    method: Method<'_>,
) -> bool {
    response.via.branch() == branch
        && response.cseq.number == cseq
        && response.cseq.method == method
        && message.headers(Name::Via).flat_map(List::new).nth(1).is_none()
}

/// The branch of a response's topmost Via; empty where there is none to read.
#[must_use]
pub fn branch_of<'a>(message: &Message<'a>) -> &'a [u8] {
    message.header(Name::Via).and_then(|via| Via::first(via).ok()).map(|via| via.branch()).unwrap_or_default()
}

/// A challenge that can be answered.
#[derive(Clone, Copy, Debug)]
pub struct Challenged<'a> {
    /// The header's value.
    pub line: &'a [u8],
    /// The same, read.
    pub challenge: Challenge<'a>,
    /// Name of the header that the answer belongs into.
    pub answer_in: &'static str,
}

impl<'a> Challenged<'a> {
    /// The first challenge of a 401 or 407 that we understand: they stand in the order of preference of who sent them
    /// (RFC 8760 §2.4). `None` for another code, or where none can be answered.
    #[must_use]
    pub fn find(message: &Message<'a>, code: u16) -> Option<Self> {
        let (asked_in, answer_in) = match code {
            401 => (Name::WwwAuthenticate, "Authorization"),
            407 => (Name::ProxyAuthenticate, "Proxy-Authorization"),
            _ => return None,
        };
        message
            .headers(asked_in)
            .find_map(|line| Some(Self { line, challenge: Challenge::parse(line)?, answer_in }))
    }
}
