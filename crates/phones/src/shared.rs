//! What the tasks of a fleet tell and its owner reads: states, counts, and a bell for whoever waits for a change.

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::outbox::Tally;
use crate::phone::PhoneState;
use crate::stats::Stats;

/// What all cells of a fleet write into.
pub(crate) struct Shared {
    pub(crate) started: Instant,
    states: Box<[AtomicU32]>,
    registered: AtomicUsize,
    send_failures: AtomicU64,
    tally: Mutex<Tally>,
    changed: Notify,
}

impl Shared {
    /// For so many phones, of which none has begun.
    pub(crate) fn new(phones: usize) -> Shared {
        Shared {
            started: Instant::now(),
            states: (0..phones).map(|_| AtomicU32::new(encode(PhoneState::Waiting))).collect(),
            registered: AtomicUsize::new(0),
            send_failures: AtomicU64::new(0),
            tally: Mutex::new(Tally::default()),
            changed: Notify::new(),
        }
    }

    /// How many phones there are.
    pub(crate) fn len(&self) -> usize {
        self.states.len()
    }

    pub(crate) fn note_state(&self, phone: usize, before: PhoneState, after: PhoneState) {
        match (before == PhoneState::Registered, after == PhoneState::Registered) {
            (false, true) => _ = self.registered.fetch_add(1, Ordering::Relaxed),
            (true, false) => _ = self.registered.fetch_sub(1, Ordering::Relaxed),
            _ => {}
        }
        if let Some(state) = self.states.get(phone) {
            state.store(encode(after), Ordering::Relaxed);
        }
    }

    pub(crate) fn book(&self, tally: &Tally, failures: u64) {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner).add(tally);
        self.send_failures.fetch_add(failures, Ordering::Relaxed);
        self.changed.notify_waiters();
    }

    pub(crate) fn state(&self, phone: usize) -> PhoneState {
        self.states.get(phone).map_or(PhoneState::Waiting, |state| decode(state.load(Ordering::Relaxed)))
    }

    pub(crate) fn stats(&self) -> Stats {
        Stats {
            at: self.started.elapsed(),
            phones: self.states.len(),
            registered: self.registered.load(Ordering::Relaxed),
            send_failures: self.send_failures.load(Ordering::Relaxed),
            total: *self.tally.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Waits until `is_met`; false when `limit` passes first.
    pub(crate) async fn wait_until(&self, limit: Duration, is_met: impl Fn() -> bool) -> bool {
        let met = async {
            loop {
                let changed = self.changed.notified();
                tokio::pin!(changed);
                // From here on no change is missed, also one between the look and the wait.
                changed.as_mut().enable();
                if is_met() {
                    return;
                }
                changed.await;
            }
        };
        tokio::time::timeout(limit, met).await.is_ok()
    }
}

fn encode(state: PhoneState) -> u32 {
    match state {
        PhoneState::Waiting => 0,
        PhoneState::Registering => 1,
        PhoneState::Registered => 2,
        PhoneState::Refused(code) => 3 | u32::from(code) << 8,
        PhoneState::NoAnswer => 4,
        PhoneState::Withdrawing => 5,
        PhoneState::Withdrawn => 6,
        PhoneState::Vanished => 7,
    }
}

fn decode(bits: u32) -> PhoneState {
    match bits & 0xff {
        1 => PhoneState::Registering,
        2 => PhoneState::Registered,
        3 => PhoneState::Refused(u16::try_from(bits >> 8).unwrap_or(0)),
        4 => PhoneState::NoAnswer,
        5 => PhoneState::Withdrawing,
        6 => PhoneState::Withdrawn,
        7 => PhoneState::Vanished,
        _ => PhoneState::Waiting,
    }
}
