//! A fleet at one moment.

use std::time::Duration;

use crate::outbox::Tally;

/// What a fleet has done so far and how it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    /// Time since the fleet was started.
    pub at: Duration,
    /// Phones in it.
    pub phones: usize,
    /// Phones that hold themselves for registered.
    pub registered: usize,
    /// Datagrams that the network did not take.
    pub send_failures: u64,
    /// Everything that was counted.
    pub total: Tally,
}

impl Stats {
    /// Registrations and refreshes a second since `earlier`; 0 where no time has passed.
    #[must_use]
    pub fn registers_per_second(&self, earlier: &Stats) -> f64 {
        let seconds = self.at.saturating_sub(earlier.at).as_secs_f64();
        let done = |stats: &Stats| stats.total.registrations + stats.total.refreshes;
        // Counts of a process' life stay far below 2^52, where an f64 is exact.
        let count = done(self).saturating_sub(done(earlier)) as f64;
        if seconds > 0.0 { count / seconds } else { 0.0 }
    }

    /// Mean time from the first REGISTER of an exchange to its 200, since `earlier`; `None` where there was none.
    #[must_use]
    pub fn mean_register_time(&self, earlier: &Stats) -> Option<Duration> {
        let done = |stats: &Stats| stats.total.registrations + stats.total.refreshes;
        let count = u32::try_from(done(self).saturating_sub(done(earlier))).unwrap_or(u32::MAX);
        self.total.register_time.saturating_sub(earlier.total.register_time).checked_div(count)
    }
}
