//! Slows down who guesses. Bounded: what is least used is forgotten. Nobody is ever locked out for good.

use std::net::{IpAddr, Ipv6Addr};

use quick_cache::sync::Cache;
use tonalite_core::id::PortalUserKey;
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::{Error, Result};

/// Names and networks remembered: an attacker with more of either only forgets its own past.
const REMEMBERED: usize = 100_000;
/// Failures of one name before it has to wait.
const FREE_TRIES: u32 = 5;
/// The longest wait for a name.
const LONGEST: Span = Span::from_mins(15);
/// Failures of one network within [`WINDOW`].
const PER_NETWORK: u32 = 50;
const WINDOW: Span = Span::from_mins(10);
/// MAC addresses of others that a person may hit within [`WINDOW`].
const FREE_PROBES: u32 = 10;

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
}

/// Failed sign-ins, per name and per network.
pub(crate) struct SignIns {
    names: Cache<String, Failures>,
    networks: Cache<IpAddr, Failures>,
}

impl Default for SignIns {
    fn default() -> Self {
        SignIns { names: Cache::new(REMEMBERED), networks: Cache::new(REMEMBERED) }
    }
}

impl SignIns {
    /// Whether a try may be evaluated now. The answer is the same for names that exist and names that do not.
    pub(crate) fn check(&self, name: &str, address: Option<IpAddr>, now: Timestamp) -> Result<()> {
        if let Some(failures) = self.names.get(name) {
            let wait = wait_after(failures.count);
            let rest = (failures.last + wait).since(now);
            if rest > Span::ZERO {
                return Err(Error::TooMany(rest));
            }
        }
        if let Some(network) = address.map(network_of)
            && let Some(failures) = self.networks.get(&network)
            && failures.count >= PER_NETWORK
        {
            let rest = (failures.last + WINDOW).since(now);
            if rest > Span::ZERO {
                return Err(Error::TooMany(rest));
            }
        }
        Ok(())
    }

    pub(crate) fn failed(&self, name: &str, address: Option<IpAddr>, now: Timestamp) {
        note(&self.names, name.to_owned(), now, Span::from_hours(1));
        if let Some(network) = address.map(network_of) {
            note(&self.networks, network, now, WINDOW);
        }
    }

    pub(crate) fn succeeded(&self, name: &str) {
        self.names.remove(name);
    }
}

/// Who adds or imports addresses that belong to others: told that they are in use, counted and slowed.
pub(crate) struct Probes(Cache<PortalUserKey, Failures>);

impl Default for Probes {
    fn default() -> Self {
        Probes(Cache::new(REMEMBERED))
    }
}

impl Probes {
    pub(crate) fn check(&self, who: PortalUserKey, now: Timestamp) -> Result<()> {
        match self.0.get(&who) {
            Some(hits) if hits.count >= FREE_PROBES && (hits.last + WINDOW) > now => {
                Err(Error::TooMany((hits.last + WINDOW).since(now)))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn hit(&self, who: PortalUserKey, now: Timestamp) {
        note(&self.0, who, now, WINDOW);
    }
}

fn note<K: std::hash::Hash + Eq + Clone>(
    cache: &Cache<K, Failures>,
    key: K,
    now: Timestamp,
    forget_after: Span,
) {
    let count = match cache.get(&key) {
        Some(failures) if failures.last + forget_after > now => failures.count.saturating_add(1),
        _ => 1,
    };
    cache.insert(key, Failures { count, last: now });
}

/// 2, 4, 8… seconds from the fifth failure on.
fn wait_after(count: u32) -> Span {
    match count.checked_sub(FREE_TRIES) {
        None => Span::ZERO,
        Some(over) => Span::from_secs(2_i64.saturating_pow(over.saturating_add(1).min(20))).min(LONGEST),
    }
}

/// /24 of IPv4, /56 of IPv6: what one subscriber usually holds.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            IpAddr::from([a, b, c, 0])
        }
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !((1 << 72) - 1))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let sign_ins = SignIns::default();
        let mut now = Timestamp(1_000_000);
        for failure in 1..=20 {
            assert!(sign_ins.check("anne", None, now).is_ok(), "failure {failure}");
            sign_ins.failed("anne", None, now);
            if let Err(Error::TooMany(rest)) = sign_ins.check("anne", None, now) {
                assert!(failure >= 5 && rest <= LONGEST, "{failure} {rest:?}");
                now = now + rest;
            } else {
                assert!(failure < 5, "{failure}");
            }
        }
        sign_ins.succeeded("anne");
        assert!(sign_ins.check("anne", None, now).is_ok());
    }

    #[test]
    fn a_network_is_slowed_whatever_names_it_tries() {
        let sign_ins = SignIns::default();
        let now = Timestamp(1_000_000);
        let address = |last: u8| Some(IpAddr::from([203, 0, 113, last]));
        for i in 0..50 {
            sign_ins.failed(&format!("name{i}"), address(i), now);
        }
        assert!(matches!(sign_ins.check("another", address(200), now), Err(Error::TooMany(_))));
        assert!(sign_ins.check("another", Some(IpAddr::from([198, 51, 100, 1])), now).is_ok());
        assert!(sign_ins.check("another", address(200), now + WINDOW).is_ok());
    }
}
