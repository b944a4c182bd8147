//! What a line proves itself with, and whether a given answer is that proof. No sockets, no store: secrets are opened
//! by a function given.

use std::hint::black_box;
use std::net::IpAddr;
use std::sync::Arc;

use tonalite_core::line::Algorithms;
use tonalite_core::registration::{LineCredential, LineSecret, SealedSecret};
use tonalite_core::time::{Span, Timestamp};
use tonalite_sip::digest::{Algorithm, Credentials, Ha1, Qop};
use tonalite_sip::nonce::{Nonces, Verdict};

use crate::nonce_counts::NonceCounts;
use crate::table::Key;

/// Nonces older than this are refused whatever happened to them since.
const NONCE_LIFE_SECONDS: u32 = 24 * 3600;

/// Wrong answers for one line since the last right one: the plainest cause that a phone is not registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusals {
    /// How many.
    pub count: u32,
    /// The first of them.
    pub first: Timestamp,
    /// The last of them.
    pub last: Timestamp,
    /// Where the last one came from.
    pub address: IpAddr,
}

/// What an answer to a challenge is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// The password is right, and this is no replay. `renewed`: it was the new one of two.
    Right { renewed: bool },
    /// The password is right; nonce or count are used up.
    Stale,
    /// Not the password.
    Wrong,
    /// The password cannot be opened: our trouble, not the phone's.
    Unknown,
}

/// The name of one line, its secrets, and what was done with them. A million of these are in memory: what can be said
/// by the key is not kept twice.
pub(crate) struct LineAuth {
    key: Key,
    algorithms: Algorithms,
    secret: SealedSecret,
    derived: Derived,
    next: Option<Box<Next>>,
    counts: NonceCounts,
    refusals: Option<Box<Refusals>>,
}

/// The new secret, while the one in force is still valid beside it.
struct Next {
    secret: SealedSecret,
    derived: Derived,
    /// When the other one ends.
    until: Timestamp,
}

/// Hashes of one password, made when first needed: a start with a million lines need not open a million secrets.
#[derive(Default)]
struct Derived {
    md5: Option<Box<Ha1>>,
    sha256: Option<Box<Ha1>>,
}

/// What checking needs besides the line.
pub(crate) struct Check<'a> {
    pub(crate) nonces: &'a Nonces,
    pub(crate) open: &'a dyn Fn(&SealedSecret) -> Option<LineSecret>,
    pub(crate) now: Timestamp,
    /// How long a nonce that succeeded may lie unused.
    pub(crate) idle: Span,
    pub(crate) address: IpAddr,
    pub(crate) method: &'a [u8],
}

impl LineAuth {
    pub(crate) fn new(key: Key, credential: LineCredential) -> Self {
        let LineCredential { sip, secret, next } = credential;
        let next = next.map(|(secret, until)| Box::new(Next { secret, derived: Derived::default(), until }));
        let (derived, counts) = (Derived::default(), NonceCounts::default());
        Self { key, algorithms: sip.algorithms, secret, derived, next, counts, refusals: None }
    }

    /// Puts other secrets in place. What was counted against the old ones is forgotten; which nonces were used is not.
    pub(crate) fn replace(&mut self, credential: LineCredential) {
        let counts = std::mem::take(&mut self.counts);
        *self = Self { counts, ..Self::new(Arc::clone(&self.key), credential) };
    }

    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    /// The secret in force: after a proof by a new one, that one.
    pub(crate) fn secret(&self) -> &SealedSecret {
        &self.secret
    }

    pub(crate) fn algorithms(&self) -> Algorithms {
        self.algorithms
    }

    /// User name and domain.
    pub(crate) fn identity(&self) -> (&[u8], &[u8]) {
        split(&self.key)
    }

    /// What follows the last `@`: a domain has none of its own.
    pub(crate) fn domain(&self) -> &[u8] {
        split(&self.key).1
    }

    pub(crate) fn refusals(&self) -> Option<Refusals> {
        self.refusals.as_deref().copied()
    }

    /// Judges an answer. The password is checked first: only who knows it learns that a nonce is stale, and a nonce
    /// that another run of this server sealed is merely stale to a phone that renews after our restart.
    pub(crate) fn check(&mut self, given: &Credentials<'_>, check: &Check<'_>) -> Proof {
        let renewed = match self.verify(given, check) {
            Err(Sealed) => return Proof::Unknown,
            Ok(None) => {
                self.refuse(check);
                return Proof::Wrong;
            }
            Ok(Some(renewed)) => renewed,
        };
        let count = match given.qop {
            Qop::Auth => given.nonce_count,
            Qop::Absent | Qop::Other => None,
        };
        let now = u32::try_from(check.now.seconds()).unwrap_or(0);
        let fresh = match check.nonces.check(given.nonce, given.realm, now, NONCE_LIFE_SECONDS) {
            Verdict::Fresh { issued, id } => self.counts.accept(id, issued, count, check.now, check.idle),
            Verdict::Stale | Verdict::Forged => false,
        };
        if !fresh {
            return Proof::Stale;
        }
        self.refusals = None;
        if renewed {
            self.promote();
        }
        Proof::Right { renewed }
    }

    /// `Some(true)`: right by the new secret, or by the one whose predecessor's time is up.
    fn verify(&mut self, given: &Credentials<'_>, check: &Check<'_>) -> Result<Option<bool>, Sealed> {
        let algorithm = match given.algorithm {
            Some(Algorithm::Md5) if self.algorithms.md5 => Algorithm::Md5,
            Some(Algorithm::Sha256) if self.algorithms.sha256 => Algorithm::Sha256,
            // Not offered; the same work all the same.
            _ => {
                black_box(given.verify(&Ha1::new(Algorithm::Md5, b"", b"", b""), check.method));
                return Ok(None);
            }
        };
        let identity = split(&self.key);
        if let Some(next) = &mut self.next {
            let ha1 = next.derived.ha1(algorithm, identity, &next.secret, check.open)?;
            if given.verify(ha1, check.method) {
                return Ok(Some(true));
            }
            if check.now >= next.until {
                return Ok(None);
            }
        }
        let ha1 = self.derived.ha1(algorithm, identity, &self.secret, check.open)?;
        Ok(given.verify(ha1, check.method).then_some(false))
    }

    fn promote(&mut self) {
        if let Some(next) = self.next.take() {
            self.secret = next.secret;
            self.derived = next.derived;
        }
    }

    fn refuse(&mut self, check: &Check<'_>) {
        let new = Refusals { count: 0, first: check.now, last: check.now, address: check.address };
        let refusals = self.refusals.get_or_insert_with(|| Box::new(new));
        refusals.count = refusals.count.saturating_add(1);
        refusals.last = check.now;
        refusals.address = check.address;
    }
}

/// The secret cannot be opened.
struct Sealed;

/// User name and domain.
fn split(key: &[u8]) -> (&[u8], &[u8]) {
    let at = key.iter().rposition(|&byte| byte == b'@').unwrap_or(key.len());
    (&key[..at], key.get(at + 1..).unwrap_or_default())
}

impl Derived {
    fn ha1(
        &mut self,
        algorithm: Algorithm,
        (username, realm): (&[u8], &[u8]),
        secret: &SealedSecret,
        open: &dyn Fn(&SealedSecret) -> Option<LineSecret>,
    ) -> Result<&Ha1, Sealed> {
        let place = match algorithm {
            Algorithm::Md5 => &mut self.md5,
            Algorithm::Sha256 => &mut self.sha256,
        };
        match place {
            Some(ha1) => Ok(ha1),
            None => {
                let ha1 = match open(secret).ok_or(Sealed)? {
                    LineSecret::Password(password) => {
                        Ha1::new(algorithm, username, realm, password.expose().as_bytes())
                    }
                    // Of another algorithm than asked for, it proves nothing: no response of that algorithm matches it.
                    LineSecret::Ha1(hash) => Ha1::from_hex(hash.expose().as_bytes()).ok_or(Sealed)?,
                };
                Ok(place.insert(Box::new(ha1)))
            }
        }
    }
}

/// Does for a user name that nobody has what [`LineAuth::check`] does for a wrong password: the two must cost the same.
pub(crate) fn check_nobody(given: &Credentials<'_>, nobody: &Ha1, method: &[u8]) {
    black_box(given.verify(nobody, method));
}
