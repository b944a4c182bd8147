//! Answers kept for retransmissions (RFC 3261 §17.2.2): keyed by transaction, for at least 32 s, bounded.
//! While an answer still waits for its commit, the transaction is *working*, and retransmissions are absorbed.

use std::collections::HashMap;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tonalite_core::time::{Span, Timestamp};
use tonalite_sip::transaction::TransactionKey;

/// 64·T1 over UDP (RFC 3261 §17.2.2, timer J).
const KEPT: Span = Span::from_secs(32);

const SHARDS: usize = 16;

/// Answers of one generation. Two generations of some 700 bytes an answer: 90 MB at the very most, reached at 2,000
/// registrations a second; beyond that they are kept for less than 32 s.
pub(crate) const CAPACITY: usize = 65_536;

pub(crate) struct Replies {
    shards: [Mutex<Generations>; SHARDS],
    /// Of one generation in one shard.
    capacity: usize,
}

/// Entries go with their whole generation: dropping one costs nothing.
#[derive(Default)]
struct Generations {
    young: HashMap<TransactionKey, Entry>,
    old: HashMap<TransactionKey, Entry>,
    turned: Timestamp,
}

enum Entry {
    Working,
    Done(Box<[u8]>),
}

/// What is known of a transaction.
pub(crate) enum Known {
    /// Never seen, or long ago.
    New,
    /// Its answer waits for a commit: say nothing.
    Working,
    /// Its answer now lies in the buffer.
    Answered,
}

impl Replies {
    /// Keeps up to twice `capacity` answers.
    pub(crate) fn new(capacity: usize) -> Self {
        Self { shards: std::array::from_fn(|_| Mutex::default()), capacity: capacity.div_ceil(SHARDS) }
    }

    /// Looks a transaction up; an answer is copied into `out`.
    pub(crate) fn find(&self, key: &TransactionKey, out: &mut Vec<u8>) -> Known {
        let shard = self.lock(key);
        match shard.young.get(key).or_else(|| shard.old.get(key)) {
            None => Known::New,
            Some(Entry::Working) => Known::Working,
            Some(Entry::Done(bytes)) => {
                out.clear();
                out.extend_from_slice(bytes);
                Known::Answered
            }
        }
    }

    /// Marks a transaction as being worked on.
    pub(crate) fn begin(&self, key: TransactionKey, now: Timestamp) {
        self.put(key, Entry::Working, now);
    }

    /// Keeps an answer.
    pub(crate) fn finish(&self, key: TransactionKey, answer: &[u8], now: Timestamp) {
        self.put(key, Entry::Done(answer.into()), now);
    }

    fn put(&self, key: TransactionKey, entry: Entry, now: Timestamp) {
        let mut shard = self.lock(&key);
        shard.turn(now, self.capacity);
        shard.young.insert(key, entry);
    }

    /// Lets go of what is old, also where nothing new comes.
    pub(crate) fn turn(&self, now: Timestamp) {
        for shard in &self.shards {
            shard.lock().unwrap_or_else(PoisonError::into_inner).turn(now, self.capacity);
        }
    }

    fn lock(&self, key: &TransactionKey) -> MutexGuard<'_, Generations> {
        let shard = usize::from(key.as_bytes()[0]) % SHARDS;
        self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn turn(&mut self, now: Timestamp, capacity: usize) {
        let age = now.since(self.turned);
        if age < Span::ZERO || age >= KEPT || self.young.len() >= capacity {
            self.old = mem::take(&mut self.young);
            self.turned = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonalite_sip::Message;

    fn key(branch: usize) -> TransactionKey {
        let text = format!(
            "OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK{branch}\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:a>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n\r\n"
        );
        TransactionKey::new(&Message::parse(text.as_bytes()).unwrap().request().unwrap(), b"")
    }

    #[test]
    fn an_answer_lives_32_seconds_and_not_for_ever() {
        let (replies, mut out) = (Replies::new(CAPACITY), Vec::new());
        assert!(matches!(replies.find(&key(1), &mut out), Known::New));
        replies.begin(key(1), Timestamp(100_000));
        assert!(matches!(replies.find(&key(1), &mut out), Known::Working));
        replies.finish(key(1), b"200", Timestamp(100_500));
        replies.turn(Timestamp(132_400));
        assert!(matches!(replies.find(&key(1), &mut out), Known::Answered));
        assert_eq!(out, b"200");
        replies.turn(Timestamp(170_000));
        assert!(matches!(replies.find(&key(1), &mut out), Known::New));
    }

    #[test]
    fn a_flood_does_not_grow_it_without_bound() {
        let replies = Replies::new(SHARDS * 8);
        for branch in 0..24 * SHARDS {
            replies.finish(key(branch), b"x", Timestamp(100_000));
        }
        let kept: usize = replies
            .shards
            .iter()
            .map(|shard| {
                let shard = shard.lock().unwrap();
                shard.young.len() + shard.old.len()
            })
            .sum();
        assert!(kept <= 16 * SHARDS, "{kept}");
        assert!(matches!(replies.find(&key(24 * SHARDS - 1), &mut Vec::new()), Known::Answered));
    }
}
