//! How often one person may begin an export.

use quick_cache::sync::Cache;
use tonalite_core::id::PortalUserKey;
use tonalite_core::time::{Span, Timestamp};

/// In the long run one export in this time: nobody reads faster.
const INTERVAL: Span = Span::from_secs(2);
/// Exports that somebody may begin at once, after a pause: one for each site of a small operator.
const AT_ONCE: i64 = 30;
/// People remembered. Who is forgotten begins anew.
const REMEMBERED: usize = 10_000;

/// When each person's exports would be worked off, at one per [`INTERVAL`].
pub(crate) struct Pace(Cache<PortalUserKey, Timestamp>);

impl Default for Pace {
    fn default() -> Self {
        Pace(Cache::new(REMEMBERED))
    }
}

impl Pace {
    /// Counts one export, or says how long to wait.
    pub(crate) fn take(&self, who: PortalUserKey, now: Timestamp) -> Result<(), Span> {
        let worked_off = self.0.get(&who).map_or(now, |at| at.max(now));
        let ahead = Span((AT_ONCE - 1) * INTERVAL.0);
        let wait = (worked_off - ahead).since(now);
        if wait > Span::ZERO {
            return Err(wait);
        }
        self.0.insert(who, worked_off + INTERVAL);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_at_once_then_one_in_two_seconds() {
        let (pace, somebody, another) = (Pace::default(), PortalUserKey(1), PortalUserKey(2));
        let now = Timestamp(1_000_000);
        for n in 0..30 {
            assert_eq!(pace.take(somebody, now), Ok(()), "{n}");
        }
        assert_eq!(pace.take(somebody, now), Err(Span::from_secs(2)));
        assert_eq!(pace.take(somebody, now + Span(1_999)), Err(Span(1)));
        assert_eq!(pace.take(another, now), Ok(()));
        assert_eq!(pace.take(somebody, now + Span::from_secs(2)), Ok(()));
        assert!(pace.take(somebody, now + Span::from_secs(2)).is_err());
        for n in 0..30 {
            assert_eq!(pace.take(somebody, now + Span::from_mins(2)), Ok(()), "{n} after a pause");
        }
    }
}
