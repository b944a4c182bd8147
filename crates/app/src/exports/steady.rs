//! A time that never goes back, made of a clock that may be set.

use tonalite_core::time::{Span, Timestamp};

/// While the clock stands behind where it stood, the steady time goes on from there.
#[derive(Debug, Default)]
pub(super) struct Steady {
    last: Option<Timestamp>,
    ahead: Span,
}

impl Steady {
    /// The steady time of this moment of the clock.
    pub(super) fn tell(&mut self, clock: Timestamp) -> Timestamp {
        if let Some(last) = self.last
            && clock < last
        {
            self.ahead = Span(self.ahead.0.saturating_add(last.since(clock).0));
        }
        self.last = Some(clock);
        clock + self.ahead
    }

    /// When the clock will show that steady time, if nobody sets it.
    pub(super) fn on_the_clock(&self, steady: Timestamp) -> Timestamp {
        steady - self.ahead
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_back_neither_stops_nor_repeats_the_time() {
        let mut steady = Steady::default();
        for (clock, expected) in [(1_000, 1_000), (2_000, 2_000), (500, 2_000), (700, 2_200), (600, 2_200)] {
            assert_eq!(steady.tell(Timestamp(clock)), Timestamp(expected), "{clock}");
        }
        assert_eq!(steady.on_the_clock(Timestamp(2_300)), Timestamp(700));
    }
}
