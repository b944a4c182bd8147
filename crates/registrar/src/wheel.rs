//! A hashed timer wheel with slots of one second (Varghese, Lauck 1987): scheduling costs one push, and a refresh
//! costs nothing, because an entry that comes due too early is simply filed again by its owner.

/// More than the longest usual deadline (600 s and grace), so that an entry is rarely looked at before its time.
const SLOTS: usize = 1024;

pub(crate) struct Wheel {
    slots: Vec<Vec<Entry>>,
    at: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Unix second.
    pub(crate) tick: i64,
    /// Whose.
    pub(crate) owner: u32,
}

impl Wheel {
    /// A wheel that stands at `now`, a Unix second.
    pub(crate) fn new(now: i64) -> Self {
        Self { slots: vec![Vec::new(); SLOTS], at: now }
    }

    /// Files an entry; one for the past comes due at the next turn. Returns the tick it was filed under.
    pub(crate) fn schedule(&mut self, tick: i64, owner: u32) -> i64 {
        let tick = tick.max(self.at + 1);
        self.slots[slot(tick)].push(Entry { tick, owner });
        tick
    }

    /// Turns to `now` and moves all that is due into `due`. A clock that was set back turns the wheel back: what was
    /// filed stays filed.
    pub(crate) fn advance(&mut self, now: i64, due: &mut Vec<Entry>) {
        let mut visit = |slot: &mut Vec<Entry>| {
            slot.retain(|entry| {
                let keep = entry.tick > now;
                if !keep {
                    due.push(*entry);
                }
                keep
            });
            // A burst must not hold its memory for ever.
            if slot.is_empty() && slot.capacity() > 256 {
                *slot = Vec::new();
            }
        };
        let passed = now.saturating_sub(self.at);
        if usize::try_from(passed).is_ok_and(|passed| passed >= SLOTS) {
            self.slots.iter_mut().for_each(visit);
        } else {
            for tick in self.at + 1..=now {
                visit(&mut self.slots[slot(tick)]);
            }
        }
        self.at = now;
    }
}

fn slot(tick: i64) -> usize {
    // The remainder is below SLOTS.
    usize::try_from(tick.rem_euclid(SLOTS as i64)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: [u32; 0] = [];

    fn turn(wheel: &mut Wheel, now: i64) -> Vec<u32> {
        let mut due = Vec::new();
        wheel.advance(now, &mut due);
        let mut owners: Vec<u32> = due.iter().map(|entry| entry.owner).collect();
        owners.sort_unstable();
        owners
    }

    #[test]
    fn comes_due_at_its_second_and_once() {
        let mut wheel = Wheel::new(1_000);
        assert_eq!(wheel.schedule(1_005, 1), 1_005);
        assert_eq!(wheel.schedule(1_005 + 3 * 1024, 2), 1_005 + 3 * 1024);
        assert_eq!(wheel.schedule(10, 3), 1_001, "the past comes due next");
        assert_eq!(turn(&mut wheel, 1_000), NONE);
        assert_eq!(turn(&mut wheel, 1_004), [3]);
        assert_eq!(turn(&mut wheel, 1_005), [1]);
        assert_eq!(turn(&mut wheel, 1_005 + 1024), NONE, "another turn's entry waits in the same slot");
        assert_eq!(turn(&mut wheel, 1_005 + 3 * 1024 - 1), NONE);
        assert_eq!(turn(&mut wheel, 1_005 + 3 * 1024), [2]);
    }

    #[test]
    fn a_leap_forward_finds_everything_and_a_leap_back_loses_nothing() {
        let mut wheel = Wheel::new(0);
        for owner in 0..3_000 {
            wheel.schedule(i64::from(owner) + 1, owner);
        }
        assert_eq!(turn(&mut wheel, 2_000).len(), 2_000);
        assert_eq!(turn(&mut wheel, 500), NONE);
        assert_eq!(turn(&mut wheel, 1_999), NONE);
        assert_eq!(turn(&mut wheel, i64::MAX).len(), 1_000);
    }
}
