//! Changes on their way to disk, and the answers that wait for them (invariant 8: refreshes are soft, changes are facts).
//! A change is submitted under its line's lock, so changes of one line reach the store in order.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tonalite_core::id::LineKey;
use tonalite_core::line_state::Effect;
use tonalite_core::registration::LineChange;
use tonalite_core::time::{Span, Timestamp};
use tonalite_sip::transaction::TransactionKey;

use crate::backend::Full;
use crate::engine::Engine;
use crate::table::{Key, Shard, Unsaved};

/// A commit that takes longer leaves the phone without an answer until its transaction dies: it gets its 200 from
/// memory instead.
const PATIENCE: Span = Span::from_secs(2);

/// How an answer leaves that could not leave at once.
pub(crate) type Outlet = Arc<dyn Fn(&[u8], SocketAddr) + Send + Sync>;

/// An answer that waits for a commit.
pub(crate) struct Waiting {
    pub(crate) bytes: Vec<u8>,
    pub(crate) to: SocketAddr,
    pub(crate) outlet: Outlet,
    pub(crate) transaction: TransactionKey,
    pub(crate) since: Timestamp,
}

/// Answers that wait, by number; bounded by the queue that their changes went into.
#[derive(Default)]
pub(crate) struct Pending {
    waiting: Mutex<Numbered>,
    degraded: AtomicBool,
}

#[derive(Default)]
struct Numbered {
    last: u64,
    answers: BTreeMap<u64, Waiting>,
}

impl Pending {
    fn lock(&self) -> MutexGuard<'_, Numbered> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, answer: Waiting) -> u64 {
        let mut waiting = self.lock();
        waiting.last += 1;
        let number = waiting.last;
        waiting.answers.insert(number, answer);
        number
    }

    fn take(&self, number: u64) -> Option<Waiting> {
        self.lock().answers.remove(&number)
    }

    /// The answers that have waited too long.
    fn overdue(&self, now: Timestamp) -> Vec<Waiting> {
        let mut waiting = self.lock();
        let mut overdue = Vec::new();
        // In the order of their numbers they are in the order of their age.
        while let Some(first) = waiting.answers.first_entry()
            && now.since(first.get().since) > PATIENCE
        {
            overdue.push(first.remove());
        }
        overdue
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.lock().answers.len()
    }
}

/// Which message caused a change; an expiry has none.
#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) ip: Option<String>,
    pub(crate) user_agent: Option<String>,
}

impl Engine {
    /// Submits what happened to a line, with all that a full queue left behind. The answer, if there is one, leaves
    /// after the commit.
    ///
    /// # Errors
    /// [`Full`]: nothing was submitted, the line remembers what is to be written, and the answer is dropped.
    pub(crate) fn submit(
        self: &Arc<Self>,
        shard: &mut Shard,
        index: u32,
        effect: Effect,
        heard: Heard,
        answer: Option<Waiting>,
        now: Timestamp,
    ) -> Result<(), Full> {
        for ended in &effect.removed {
            shard.renewals.remove(ended);
        }
        let Some(slot) = shard.slot_mut(index) else { return Ok(()) };
        let catching_up = slot.unsaved.is_some() || slot.in_flight > 0;
        let Unsaved { mut removed, mut observed } =
            slot.unsaved.take().map(|unsaved| *unsaved).unwrap_or_default();
        removed.extend(effect.removed);
        observed.extend(effect.observed);
        let known = &slot.registrations;
        let stored: Vec<_> = known
            .bindings
            .iter()
            .filter(|binding| catching_up || effect.stored.contains(&binding.id))
            .cloned()
            .collect();
        let change = LineChange {
            line: slot.line,
            at: now,
            state: known.state,
            detail: known.detail,
            since: known.since,
            registered_at: known.registered_at,
            expires_at: known.expires_at(),
            stored,
            removed: removed.clone(),
            observed: observed.clone(),
            ip: heard.ip,
            user_agent: heard.user_agent,
        };
        // The change is newer than what waits to be written behind for the same bindings.
        let renewed: Vec<i64> = change.stored.iter().map(|binding| binding.id).collect();
        let (key, line) = (slot.auth.key().clone(), slot.line.key);
        let transaction = answer.as_ref().map(|answer| answer.transaction);
        let number = answer.map(|answer| self.pending.add(answer));
        let engine = Arc::clone(self);
        let done = Box::new(move |committed| engine.settle(&key, line, number, committed));
        if self.backend.change(change, done).is_err() {
            let unsaved = slot.unsaved.get_or_insert_default();
            unsaved.add(&removed, &observed);
            if let Some(number) = number {
                self.pending.take(number);
            }
            shard.schedule_retry(index, now);
            self.degrade();
            return Err(Full);
        }
        slot.in_flight += 1;
        for binding in renewed {
            shard.renewals.remove(&binding);
        }
        if let Some(transaction) = transaction {
            self.replies.begin(transaction, now);
        }
        Ok(())
    }

    /// A commit is decided: lets the answer go. A change that the store could not write stays with the store, in its
    /// place among the others.
    fn settle(self: &Arc<Self>, key: &Key, line: LineKey, number: Option<u64>, committed: bool) {
        let mut shard = self.table.lock(key);
        if let Some(index) = shard.find(key)
            && let Some(slot) = shard.slot_mut(index).filter(|slot| slot.line.key == line)
        {
            slot.in_flight = slot.in_flight.saturating_sub(1);
        }
        drop(shard);
        let answer = number.and_then(|number| self.pending.take(number));
        let too_late = number.is_some() && answer.is_none();
        if !committed {
            self.degrade();
        } else if !too_late {
            self.recover();
        }
        if let Some(answer) = answer {
            self.release(&answer, committed, self.clock.now());
        }
    }

    /// Sends the answers whose commit takes too long.
    pub(crate) fn release_overdue(&self, now: Timestamp) {
        let overdue = self.pending.overdue(now);
        if !overdue.is_empty() {
            self.degrade();
        }
        for answer in overdue {
            self.release(&answer, false, now);
        }
    }

    fn release(&self, answer: &Waiting, committed: bool, now: Timestamp) {
        if !committed {
            self.meters.uncommitted.increment(1);
        }
        self.replies.finish(answer.transaction, &answer.bytes, now);
        (answer.outlet)(&answer.bytes, answer.to);
    }

    fn degrade(&self) {
        if !self.pending.degraded.swap(true, Ordering::Relaxed) {
            tracing::warn!("registrations are answered from memory: the store is full, broken or slow");
            self.backend.degraded(true);
        }
    }

    fn recover(&self) {
        if self.pending.degraded.swap(false, Ordering::Relaxed) {
            tracing::info!("registrations are written to disk again");
            self.backend.degraded(false);
        }
    }
}
