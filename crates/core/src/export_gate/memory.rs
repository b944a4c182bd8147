//! What the gate remembers of what is over: the windows that are still open, finished files that still serve, and when each
//! customer was served last. Each forgets by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hash;

use super::{FlightId, FlightKey, SessionId};
use crate::id::PartyKey;
use crate::time::{Span, Timestamp};

/// Windows per session, and per customer: until when, and which run opened it.
#[derive(Debug)]
pub(super) struct Windows<K>(BTreeMap<K, (Timestamp, FlightId)>);

impl<K> Default for Windows<K> {
    fn default() -> Self {
        Windows(BTreeMap::new())
    }
}

impl<K: Ord + Copy + Hash> Windows<K> {
    pub(super) fn open(&mut self, whose: K, until: Timestamp, flight: FlightId) {
        self.0.insert(whose, (until, flight));
    }

    /// Takes back a window of a run that never started. One that another run opened meanwhile stays.
    pub(super) fn free(&mut self, whose: K, flight: FlightId) {
        if self.0.get(&whose).is_some_and(|(_, opened_by)| *opened_by == flight) {
            self.0.remove(&whose);
        }
    }

    /// How much of it is left; nothing when it is over.
    pub(super) fn rest(&self, whose: K, now: Timestamp) -> Span {
        self.0.get(&whose).map_or(Span::ZERO, |(until, _)| until.since(now).max(Span::ZERO))
    }

    pub(super) fn prune(&mut self, now: Timestamp) {
        self.0.retain(|_, (until, _)| *until > now);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Who has been served by a run. Beyond so many, the next are served as well, only not noted: a session more that finds
/// the cache where it would have been refused costs nothing.
const MOST_SEEN: usize = 1024;

/// The sessions that a run, or its file, has served already.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen(BTreeSet<SessionId>);

impl Seen {
    pub(super) fn note(&mut self, session: SessionId) {
        if self.0.len() < MOST_SEEN {
            self.0.insert(session);
        }
    }

    pub(super) fn contains(&self, session: SessionId) -> bool {
        self.0.contains(&session)
    }
}

/// A finished file that serves others.
#[derive(Debug)]
pub(super) struct Cached {
    pub(super) flight: FlightId,
    pub(super) started: Timestamp,
    pub(super) until: Timestamp,
    pub(super) seen: Seen,
}

/// The finished files. At most one a key, and each ends its window after it was made: there are as many as runs end in one.
#[derive(Debug, Default)]
pub(super) struct Files(BTreeMap<FlightKey, Cached>);

impl Files {
    /// The one of that key that still serves.
    pub(super) fn get(&mut self, key: &FlightKey, now: Timestamp) -> Option<&mut Cached> {
        self.0.get_mut(key).filter(|cached| now < cached.until)
    }

    /// Gives the run whose file it takes the place of.
    pub(super) fn put(&mut self, key: FlightKey, cached: Cached) -> Option<FlightId> {
        self.0.insert(key, cached).map(|earlier| earlier.flight)
    }

    /// Gives the runs whose files serve no longer.
    pub(super) fn prune(&mut self, now: Timestamp) -> Vec<FlightId> {
        let mut over = Vec::new();
        self.0.retain(|_, cached| {
            let serves = now < cached.until;
            if !serves {
                over.push(cached.flight);
            }
            serves
        });
        over
    }

    pub(super) fn contains(&self, flight: FlightId) -> bool {
        self.0.values().any(|cached| cached.flight == flight)
    }

    pub(super) fn next_end(&self) -> Option<Timestamp> {
        self.0.values().map(|cached| cached.until).min()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Who was served an hour ago has waited as long as who never was.
const SERVED_FOR: Span = Span::from_hours(1);
/// Customers remembered; who was served longest ago is forgotten first.
const MOST_SERVED: usize = 4096;

/// When each customer's last run started.
#[derive(Debug, Default)]
pub(super) struct Served(BTreeMap<PartyKey, Timestamp>);

impl Served {
    pub(super) fn note(&mut self, customer: PartyKey, now: Timestamp) {
        self.0.insert(customer, now);
        if self.0.len() > MOST_SERVED
            && let Some((oldest, _)) = self.last_of_all()
        {
            self.0.remove(&oldest);
        }
    }

    fn last_of_all(&self) -> Option<(PartyKey, Timestamp)> {
        self.0.iter().map(|(customer, at)| (*customer, *at)).min_by_key(|(_, at)| *at)
    }

    pub(super) fn last(&self, customer: PartyKey) -> Option<Timestamp> {
        self.0.get(&customer).copied()
    }

    pub(super) fn prune(&mut self, now: Timestamp) {
        self.0.retain(|_, at| *at + SERVED_FOR > now);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
