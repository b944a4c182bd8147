//! Which nonce counts were used already (RFC 7616 §3.4.5), for the nonces that a line answered rightly.
//! Bounded by being part of the line: strangers cannot fill it.

use tonalite_core::time::{Span, Timestamp};

/// Nonces remembered for one line: some for each of its phones, of which some want a new nonce for every renewal. Only
/// more than this many *within one second* would be challenged once too often.
const KEPT: usize = 16;

/// How long a nonce may wait for its first right answer.
const FIRST_USE: Span = Span::from_secs(300);

/// A client that sends no count used its nonce up.
const USED_UP: u32 = u32::MAX;

#[derive(Default)]
pub(crate) struct NonceCounts {
    used: Vec<Used>,
    /// Nonces given out until then (Unix seconds) and no longer remembered are refused: they may be replays.
    forgotten: u32,
}

struct Used {
    id: u64,
    issued: u32,
    highest: u32,
    /// Bit n: `highest - n` was used.
    window: u64,
    last: Timestamp,
}

impl NonceCounts {
    /// Whether this use of a genuine nonce is its first. `count` is `None` without `qop`; `idle` is how long a nonce
    /// that succeeded stays usable without being used.
    pub(crate) fn accept(
        &mut self,
        id: u64,
        issued: u32,
        count: Option<u32>,
        now: Timestamp,
        idle: Span,
    ) -> bool {
        let count = count.unwrap_or(USED_UP);
        if let Some(used) = self.used.iter_mut().find(|used| used.id == id) {
            let fits = now.since(used.last) <= idle && used.take(count);
            if fits {
                used.last = now;
            }
            return fits;
        }
        if now.since(seconds(issued)) > FIRST_USE || issued <= self.forgotten {
            return false;
        }
        // What is left idle so long would be refused in any case, and too old for a first use it is as well.
        self.used.retain(|used| now.since(used.last) <= idle || now.since(seconds(used.issued)) <= FIRST_USE);
        if self.used.len() == KEPT
            && let Some(oldest) = (0..KEPT).min_by_key(|&at| self.used[at].issued)
        {
            let gone = self.used.swap_remove(oldest);
            if gone.issued > issued {
                self.forgotten = self.forgotten.max(issued);
                self.used.push(gone);
                return false;
            }
            self.forgotten = self.forgotten.max(gone.issued);
        }
        // Most lines have one phone, and most phones keep their nonce.
        self.used.reserve_exact(1);
        self.used.push(Used { id, issued, highest: count, window: 1, last: now });
        true
    }
}

fn seconds(unix: u32) -> Timestamp {
    Timestamp(i64::from(unix) * 1000)
}

impl Used {
    fn take(&mut self, count: u32) -> bool {
        if self.highest == USED_UP || count == USED_UP {
            return false;
        }
        if count > self.highest {
            self.window = self.window.checked_shl(count - self.highest).unwrap_or(0) | 1;
            self.highest = count;
            return true;
        }
        let behind = self.highest - count;
        let bit = 1_u64.checked_shl(behind).unwrap_or(0);
        let free = bit != 0 && self.window & bit == 0;
        self.window |= bit;
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);
    const IDLE: Span = Span::from_secs(660);

    fn accept(counts: &mut NonceCounts, id: u64, count: u32) -> bool {
        counts.accept(id, 1_000, Some(count), NOW, IDLE)
    }

    #[test]
    fn each_count_once_in_a_window_of_64() {
        let mut counts = NonceCounts::default();
        assert!(accept(&mut counts, 1, 1));
        assert!(!accept(&mut counts, 1, 1), "a replay");
        assert!(accept(&mut counts, 1, 3));
        assert!(accept(&mut counts, 1, 2), "overtaken on its way");
        assert!(!accept(&mut counts, 1, 2));
        assert!(accept(&mut counts, 1, 100));
        assert!(!accept(&mut counts, 1, 4), "too far behind to know");
        assert!(accept(&mut counts, 1, 37));
        assert!(!accept(&mut counts, 1, 37));
    }

    #[test]
    fn without_a_count_once() {
        let mut counts = NonceCounts::default();
        assert!(counts.accept(1, 1_000, None, NOW, IDLE));
        assert!(!counts.accept(1, 1_000, None, NOW, IDLE));
        assert!(!counts.accept(1, 1_000, Some(2), NOW, IDLE));
    }

    #[test]
    fn first_use_soon_later_uses_while_it_is_in_use() {
        let mut counts = NonceCounts::default();
        let late = NOW + Span::from_secs(301);
        assert!(!counts.accept(1, 1_000, Some(1), late, IDLE));
        assert!(accept(&mut counts, 1, 1));
        assert!(counts.accept(1, 1_000, Some(2), late, IDLE));
        assert!(!counts.accept(1, 1_000, Some(3), late + IDLE + Span(1), IDLE), "left idle");
    }

    #[test]
    fn what_is_left_idle_is_let_go() {
        let mut counts = NonceCounts::default();
        assert!(accept(&mut counts, 1, 1));
        let later = NOW + Span::from_secs(700);
        assert!(counts.accept(2, 1_700, Some(1), later, IDLE));
        assert_eq!(counts.used.len(), 1);
        assert!(!counts.accept(1, 1_000, Some(1), later, IDLE), "too old for a first use");
    }

    #[test]
    fn what_was_pushed_out_cannot_be_replayed() {
        let mut counts = NonceCounts::default();
        for id in 0..17 {
            assert!(counts.accept(id, 1_000 + u32::try_from(id).unwrap(), Some(1), NOW, IDLE));
        }
        assert!(!counts.accept(0, 1_000, Some(1), NOW, IDLE), "the oldest was forgotten");
        assert!(!counts.accept(0, 1_000, Some(2), NOW, IDLE));
        assert!(counts.accept(16, 1_016, Some(2), NOW, IDLE));
        assert!(!counts.accept(77, 999, Some(1), NOW, IDLE), "older than all that is remembered");
    }
}
