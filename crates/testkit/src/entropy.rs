//! Randomness that repeats: the same seed gives the same bytes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tonalite_core::world::Entropy;

/// SplitMix64 (Steele, Lea, Flood 2014): a Weyl sequence whose terms are mixed. Predictable, hence only for tests.
#[derive(Debug)]
pub struct SeededEntropy(AtomicU64);

/// 2⁶⁴ divided by the golden ratio, odd: the step of the sequence.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl SeededEntropy {
    /// The sequence of a seed.
    pub fn new(seed: u64) -> Arc<SeededEntropy> {
        Arc::new(SeededEntropy(AtomicU64::new(seed)))
    }

    /// The next 64 bits.
    pub fn next(&self) -> u64 {
        let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, for choices in tests; `bound` must not be 0. Its bias is far below what a test sees.
    pub fn below(&self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap_or(0)
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_sequence() {
        // The first terms of the reference implementation for the seed 1234567.
        let entropy = SeededEntropy::new(1_234_567);
        let terms = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!(terms, [entropy.next(), entropy.next(), entropy.next()]);
    }

    #[test]
    fn a_seed_repeats_and_another_differs() {
        let bytes = |seed| {
            let mut buffer = [0; 21];
            SeededEntropy::new(seed).fill(&mut buffer);
            buffer
        };
        assert_eq!(bytes(7), bytes(7));
        assert_ne!(bytes(7), bytes(8));
        assert!(bytes(7)[16..].iter().any(|byte| *byte != 0), "the rest of a buffer is filled too");
    }
}
