//! Reproducible randomness for jitter and identifiers. Not for keys: whoever knows the seed knows all of it.

use std::time::Duration;

/// SplitMix64 (Steele, Lea, Flood 2014): eight bytes of state, so that a hundred thousand phones each have their own.
#[derive(Debug, Clone)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// Begins at a seed. Equal seeds give equal sequences; neighbouring ones have nothing in common.
    #[must_use]
    pub const fn new(seed: u64) -> SplitMix64 {
        SplitMix64(seed)
    }

    /// The next 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A duration from `low` to `high`; `low` where the two are in the wrong order.
    pub fn between(&mut self, low: Duration, high: Duration) -> Duration {
        let span = u64::try_from(high.saturating_sub(low).as_micros()).unwrap_or(u64::MAX);
        // The remainder's bias is below span / 2^64: for spans of hours, one part in a thousand million.
        low + Duration::from_micros(self.next() % span.saturating_add(1).max(1))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::SplitMix64;

    #[test]
    fn the_sequence_is_the_published_one() {
        // Reference values for seed 1234567, as given with the algorithm.
        let mut random = SplitMix64::new(1_234_567);
        let drawn: [u64; 3] = std::array::from_fn(|_| random.next());
        assert_eq!(drawn, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn durations_stay_within_their_bounds_and_vary() {
        let mut random = SplitMix64::new(1);
        let (low, high) = (Duration::from_secs(5), Duration::from_secs(9));
        let drawn: Vec<Duration> = (0..1000).map(|_| random.between(low, high)).collect();
        assert!(drawn.iter().all(|d| (low..=high).contains(d)));
        assert!(
            drawn.iter().any(|d| *d < Duration::from_secs(6))
                && drawn.iter().any(|d| *d > Duration::from_secs(8))
        );
        assert_eq!(random.between(high, low), high);
        assert_eq!(random.between(low, low), low);
        let _ = random.between(Duration::ZERO, Duration::MAX);
    }
}
