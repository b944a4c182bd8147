//! All lines with their bindings, in memory: shards under one lock each, found by `user@domain`.
//! Holds and finds; what happens to a line is decided elsewhere.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tonalite_core::id::LineKey;
use tonalite_core::line::SipIdentity;
use tonalite_core::line_state::{LineRegistrations, Policy};
use tonalite_core::registration::{LineRef, RegistrarLine, Renewal};
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::timeline::TimelineKind;

use crate::auth::LineAuth;
use crate::wheel::{Entry, Wheel};

const SHARDS: usize = 64;

/// How long after the queue was full it is tried again, unless the phone speaks first.
const TRY_AGAIN: Span = Span::from_secs(2);

/// `user@domain`, the domain in lower case.
pub(crate) type Key = Arc<[u8]>;

pub(crate) struct Table {
    shards: Box<[Mutex<Shard>]>,
    hasher: RandomState,
    by_line: Mutex<HashMap<LineKey, Key>>,
    bindings: AtomicI64,
}

/// One line.
pub(crate) struct Slot {
    pub(crate) line: LineRef,
    pub(crate) auth: LineAuth,
    pub(crate) registrations: LineRegistrations,
    /// Changes submitted whose commit is not known yet.
    pub(crate) in_flight: u32,
    /// What a full queue left to be written; the next change carries it.
    pub(crate) unsaved: Option<Box<Unsaved>>,
    /// The second under which the line is filed in the wheel.
    scheduled: Option<i64>,
}

/// What memory knows and the store does not, beyond the bindings themselves.
#[derive(Default)]
pub(crate) struct Unsaved {
    pub(crate) removed: Vec<i64>,
    pub(crate) observed: Vec<TimelineKind>,
}

impl Unsaved {
    /// Adds what one refused change held. Both lists are bounded: a queue that is full for hours must not cost memory
    /// for each try. A forgotten row of a binding that ended expires by itself after the next start.
    pub(crate) fn add(&mut self, removed: &[i64], observed: &[TimelineKind]) {
        self.removed.extend(removed.iter().take(64_usize.saturating_sub(self.removed.len())));
        self.observed.extend(observed.iter().take(16_usize.saturating_sub(self.observed.len())));
    }
}

pub(crate) struct Shard {
    /// Boxed: a growing shard must not move its lines, nor hold room for as many again.
    slots: Vec<Option<Box<Slot>>>,
    free: Vec<u32>,
    by_key: HashMap<Key, u32>,
    wheel: Wheel,
    due: Vec<Entry>,
    /// Renewals to be written behind, newest of each binding.
    pub(crate) renewals: HashMap<i64, Renewal>,
}

impl Table {
    pub(crate) fn new(now: Timestamp) -> Self {
        let shard = || Mutex::new(Shard::new(now.seconds()));
        Self {
            shards: (0..SHARDS).map(|_| shard()).collect(),
            hasher: RandomState::new(),
            by_line: Mutex::default(),
            bindings: AtomicI64::new(0),
        }
    }

    /// The shard in which a line of this key lies, or would lie.
    pub(crate) fn lock(&self, key: &[u8]) -> MutexGuard<'_, Shard> {
        let spread = self.hasher.hash_one(key).to_le_bytes();
        lock(&self.shards[usize::from(spread[7]) % SHARDS])
    }

    /// The shard and place of a line.
    pub(crate) fn find_line(&self, line: LineKey) -> Option<(MutexGuard<'_, Shard>, u32)> {
        let key = lock(&self.by_line).get(&line).cloned()?;
        let shard = self.lock(&key);
        let index =
            shard.find(&key).filter(|&index| shard.slot(index).is_some_and(|slot| slot.line.key == line))?;
        Some((shard, index))
    }

    /// Adds a line. Another line of the same `user@domain` gives way and is returned.
    pub(crate) fn insert(&self, line: RegistrarLine, policy: &Policy) -> Option<Box<Slot>> {
        self.count(0, line.registrations.bindings.len());
        let key: Key = key_of(&line.credential.sip).into();
        let replaced = self.lock(&key).insert(key.clone(), line, policy);
        let mut by_line = lock(&self.by_line);
        if let Some(replaced) = &replaced.1 {
            self.count(replaced.registrations.bindings.len(), 0);
            by_line.remove(&replaced.line.key);
        }
        by_line.insert(replaced.0, key);
        replaced.1
    }

    /// Takes a line out.
    pub(crate) fn remove(&self, line: LineKey) -> Option<Box<Slot>> {
        let (mut shard, index) = self.find_line(line)?;
        let slot = shard.remove(index);
        drop(shard);
        lock(&self.by_line).remove(&line);
        if let Some(slot) = &slot {
            self.count(slot.registrations.bindings.len(), 0);
        }
        slot
    }

    /// Every shard in turn; no two are locked at once.
    pub(crate) fn shards(&self) -> impl Iterator<Item = MutexGuard<'_, Shard>> {
        self.shards.iter().map(lock)
    }

    /// A line had `before` contacts and has `after`.
    pub(crate) fn count(&self, before: usize, after: usize) {
        let narrow = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.bindings.fetch_add(narrow(after) - narrow(before), Ordering::Relaxed);
    }

    /// Contacts of all lines.
    pub(crate) fn bindings(&self) -> i64 {
        self.bindings.load(Ordering::Relaxed)
    }
}

/// `user@domain`
pub(crate) fn key_of(sip: &SipIdentity) -> Vec<u8> {
    [sip.username.as_bytes(), b"@", sip.domain.as_str().as_bytes()].concat()
}

impl Shard {
    fn new(now: i64) -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            by_key: HashMap::new(),
            wheel: Wheel::new(now),
            due: Vec::new(),
            renewals: HashMap::new(),
        }
    }

    pub(crate) fn find(&self, key: &[u8]) -> Option<u32> {
        self.by_key.get(key).copied()
    }

    pub(crate) fn slot(&self, index: u32) -> Option<&Slot> {
        self.slots.get(usize::try_from(index).ok()?)?.as_deref()
    }

    pub(crate) fn slot_mut(&mut self, index: u32) -> Option<&mut Slot> {
        self.slots.get_mut(usize::try_from(index).ok()?)?.as_deref_mut()
    }

    fn insert(&mut self, key: Key, line: RegistrarLine, policy: &Policy) -> (LineKey, Option<Box<Slot>>) {
        let RegistrarLine { line, credential, registrations } = line;
        let replaced = self.find(&key).and_then(|index| self.remove(index));
        let slot = Slot {
            line,
            auth: LineAuth::new(key.clone(), credential),
            registrations,
            in_flight: 0,
            unsaved: None,
            scheduled: None,
        };
        let index = match self.free.pop() {
            Some(index) => index,
            None => {
                self.slots.push(None);
                // A shard with 2^32 lines does not fit any machine; the last place would be shared, not the program ended.
                u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
            }
        };
        if let Some(place) = usize::try_from(index).ok().and_then(|at| self.slots.get_mut(at)) {
            *place = Some(Box::new(slot));
        }
        self.by_key.insert(key, index);
        self.schedule(index, policy);
        (line.key, replaced)
    }

    fn remove(&mut self, index: u32) -> Option<Box<Slot>> {
        let slot = self.slots.get_mut(usize::try_from(index).ok()?)?.take()?;
        self.by_key.remove(slot.auth.key());
        self.free.push(index);
        self.forget_renewals(&slot);
        Some(slot)
    }

    /// Drops what was to be written behind for a line: a change that goes out now holds newer facts.
    fn forget_renewals(&mut self, slot: &Slot) {
        for binding in &slot.registrations.bindings {
            self.renewals.remove(&binding.id);
        }
    }

    /// Files a line under its next deadline, unless it is filed under an earlier one: then that entry, when it comes
    /// due, files it again.
    pub(crate) fn schedule(&mut self, index: u32, policy: &Policy) {
        let Some(deadline) = self.slot(index).and_then(|slot| slot.registrations.next_deadline(policy))
        else {
            return;
        };
        self.schedule_at(index, deadline);
    }

    /// Files a line so that a change that found no room is tried again.
    pub(crate) fn schedule_retry(&mut self, index: u32, now: Timestamp) {
        self.schedule_at(index, now + TRY_AGAIN);
    }

    fn schedule_at(&mut self, index: u32, deadline: Timestamp) {
        let tick = deadline.0.saturating_add(999).div_euclid(1000);
        let Some(slot) =
            self.slots.get_mut(usize::try_from(index).unwrap_or(usize::MAX)).and_then(Option::as_mut)
        else {
            return;
        };
        if slot.scheduled.is_none_or(|scheduled| tick < scheduled) {
            slot.scheduled = Some(self.wheel.schedule(tick, index));
        }
    }

    /// Turns the wheel; the lines that came due, taken out of it.
    pub(crate) fn due(&mut self, now: Timestamp) -> Vec<u32> {
        let mut due = std::mem::take(&mut self.due);
        self.wheel.advance(now.seconds(), &mut due);
        let mut lines = Vec::with_capacity(due.len());
        for entry in due.drain(..) {
            if let Some(slot) = self.slot_mut(entry.owner)
                && slot.scheduled == Some(entry.tick)
            {
                slot.scheduled = None;
                lines.push(entry.owner);
            }
        }
        self.due = due;
        lines
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic of another thread left the map itself whole: every write to it is one call.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
