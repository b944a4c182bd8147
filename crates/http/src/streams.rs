//! The bound on open event streams, per session and in all, and the ids that events carry outside.
//! An event's number counts the events of the whole installation: told openly, it would tell one customer how much
//! happens at the others. So it leaves the house under a key of this process, which is forgotten with it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};
use tonalite_core::world::{Entropy, random_bytes};

/// Six connections is what a browser opens to one origin; two more for a program beside it.
const PER_SESSION: u32 = 8;
/// Each open stream costs a connection and some 20 KiB: 80 MiB at the most.
const IN_ALL: u32 = 4096;

/// Counts streams, and names events.
pub(crate) struct Streams {
    open: Arc<Mutex<Open>>,
    key: [u8; 32],
}

#[derive(Default)]
struct Open {
    by_session: HashMap<[u8; 32], u32>,
    in_all: u32,
}

/// The right to one open stream; given back when dropped.
pub(crate) struct StreamSlot {
    open: Arc<Mutex<Open>>,
    session: [u8; 32],
}

impl Streams {
    pub(crate) fn new(entropy: &dyn Entropy) -> Streams {
        Streams { open: Arc::default(), key: random_bytes(entropy) }
    }

    /// `None` when this session, or the installation, has as many as it may.
    pub(crate) fn open(&self, session: [u8; 32]) -> Option<StreamSlot> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = open.by_session.get(&session).copied().unwrap_or(0);
        if mine >= PER_SESSION || open.in_all >= IN_ALL {
            return None;
        }
        open.by_session.insert(session, mine + 1);
        open.in_all += 1;
        Some(StreamSlot { open: self.open.clone(), session })
    }

    /// The id under which event `number` is told: 32 hexadecimal digits that say nothing without the key.
    pub(crate) fn event_id(&self, number: u64) -> String {
        let (mut left, mut right) = (number, 0);
        for round in 0..ROUNDS {
            (left, right) = (right, left ^ self.mix(round, right));
        }
        format!("{left:016x}{right:016x}")
    }

    /// The number behind an id of this process; `None` for any other text, such as an id from before a restart.
    pub(crate) fn event_number(&self, id: &str) -> Option<u64> {
        if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut left = u64::from_str_radix(&id[..16], 16).ok()?;
        let mut right = u64::from_str_radix(&id[16..], 16).ok()?;
        for round in (0..ROUNDS).rev() {
            (left, right) = (right ^ self.mix(round, left), left);
        }
        (right == 0).then_some(left)
    }

    fn mix(&self, round: u8, half: u64) -> u64 {
        let digest =
            Sha256::new().chain_update(self.key).chain_update([round]).chain_update(half.to_be_bytes());
        let digest = digest.finalize();
        digest.iter().take(8).fold(0, |value, byte| value << 8 | u64::from(*byte))
    }
}

/// A Feistel network is a permutation at any number of rounds, and a strong one from four (Luby and Rackoff, 1988).
const ROUNDS: u8 = 4;

impl Drop for StreamSlot {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.in_all = open.in_all.saturating_sub(1);
        if let Some(count) = open.by_session.get_mut(&self.session) {
            *count -= 1;
            if *count == 0 {
                open.by_session.remove(&self.session);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);
    impl Entropy for Fixed {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    #[test]
    fn event_ids_come_back_and_are_of_this_process_only() {
        let streams = Streams::new(&Fixed(1));
        let later = Streams::new(&Fixed(2));
        for number in [0, 1, 2, 1 << 40, u64::MAX] {
            let id = streams.event_id(number);
            assert_eq!(streams.event_number(&id), Some(number));
            assert_eq!(later.event_number(&id), None);
        }
        assert_ne!(streams.event_id(1)[..8], streams.event_id(2)[..8]);
        for hostile in ["", "1", "é", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "+fffffffffffffffffffffffffffffff"]
        {
            assert_eq!(streams.event_number(hostile), None, "{hostile}");
        }
    }

    #[test]
    fn streams_are_counted_per_session_and_given_back() {
        let streams = Streams::new(&Fixed(1));
        let mut mine: Vec<_> = (0..PER_SESSION).filter_map(|_| streams.open([1; 32])).collect();
        assert_eq!(mine.len(), 8);
        assert!(streams.open([1; 32]).is_none());
        assert!(streams.open([2; 32]).is_some());
        mine.pop();
        assert!(streams.open([1; 32]).is_some());
    }
}
