//! Points in time and spans, as the whole program counts them: Unix milliseconds, 64-bit.
//! Words and zones are made at the edge.

use std::ops::{Add, Sub};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Timestamp(pub i64);

/// A span of time in milliseconds; may be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span(pub i64);

impl Timestamp {
    /// Whole seconds since the epoch, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The span from `earlier` to `self`.
    pub const fn since(self, earlier: Timestamp) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);

    /// A span of whole seconds.
    pub const fn from_secs(seconds: i64) -> Span {
        Span(seconds.saturating_mul(1000))
    }

    /// A span of whole minutes.
    pub const fn from_mins(minutes: i64) -> Span {
        Span::from_secs(minutes.saturating_mul(60))
    }

    /// A span of whole hours.
    pub const fn from_hours(hours: i64) -> Span {
        Span::from_mins(hours.saturating_mul(60))
    }

    /// Whole seconds, rounded up: what `Retry-After` and `expires=` want.
    pub const fn seconds_up(self) -> i64 {
        (self.0 + 999).div_euclid(1000)
    }
}

impl Add<Span> for Timestamp {
    type Output = Timestamp;
    fn add(self, span: Span) -> Timestamp {
        Timestamp(self.0.saturating_add(span.0))
    }
}

impl Sub<Span> for Timestamp {
    type Output = Timestamp;
    fn sub(self, span: Span) -> Timestamp {
        Timestamp(self.0.saturating_sub(span.0))
    }
}
