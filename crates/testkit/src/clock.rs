//! A clock that stands still until a test moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tonalite_core::time::{Span, Timestamp};
use tonalite_core::world::Clock;

/// Tells the time that the test says. Shared behind an [`Arc`].
#[derive(Debug)]
pub struct VirtualClock(AtomicI64);

impl VirtualClock {
    /// Where every test begins: Monday 5 January 2026, 08:00:00 UTC.
    pub const START: Timestamp = Timestamp(1_767_600_000_000);

    /// A clock that stands at [`VirtualClock::START`].
    pub fn new() -> Arc<VirtualClock> {
        Arc::new(VirtualClock(AtomicI64::new(Self::START.0)))
    }

    /// Moves the clock, and tells the new time. A negative span moves it back, as a clock that is set does.
    pub fn advance(&self, span: Span) -> Timestamp {
        Timestamp(self.0.fetch_add(span.0, Ordering::SeqCst) + span.0)
    }

    /// Sets the clock.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.0, Ordering::SeqCst);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_passes_only_by_hand() {
        let clock = VirtualClock::new();
        assert_eq!(clock.now(), VirtualClock::START);
        assert_eq!(clock.advance(Span::from_mins(2)).since(VirtualClock::START), Span::from_secs(120));
        assert_eq!(clock.advance(Span::from_mins(-3)), VirtualClock::START - Span::from_mins(1));
        assert_eq!(clock.now(), VirtualClock::START - Span::from_mins(1));
    }
}
