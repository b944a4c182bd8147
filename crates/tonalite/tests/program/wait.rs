//! Real time: how long something took, and waiting with an end. Nothing else in these tests pauses.

use std::time::{Duration, Instant};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// This moment.
#[expect(
    clippy::disallowed_methods,
    reason = "what is promised to people in seconds is held to the real clock"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Looks until the answer is `Some`, and gives it; panics with `what` when `limit` passes first.
pub(crate) fn within<T>(limit: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(started.elapsed() < limit, "waited in vain for {limit:?}: {what}");
        std::thread::sleep(PAUSE);
    }
}
