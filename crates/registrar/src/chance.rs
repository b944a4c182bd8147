//! Numbers that must differ, not be secret: tags, nonces' random parts, the spread of expiries.
//! One generator a worker, seeded once: no system call for each datagram.

use tonalite_core::world::{Entropy, random_bytes};

/// SplitMix64 (Steele, Lea, Flood 2014): a bijection of a counter, hence no repetition within 2^64 draws.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn seeded(entropy: &dyn Entropy) -> Self {
        Self(u64::from_le_bytes(random_bytes(entropy)))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Sixteen bits for `Policy::grant`.
    pub(crate) fn spread(&mut self) -> u16 {
        let [low, high, ..] = self.next().to_le_bytes();
        u16::from_le_bytes([low, high])
    }

    /// A To tag: sixteen hexadecimal digits.
    pub(crate) fn tag(&mut self) -> [u8; 16] {
        let number = self.next();
        std::array::from_fn(|at| {
            let digit = (number >> (4 * at)) & 15;
            b"0123456789abcdef"[usize::try_from(digit).unwrap_or(0)]
        })
    }

    /// Seconds after which to try again, spread so that those sent away do not come back together.
    pub(crate) fn retry_after(&mut self) -> u64 {
        5 + self.next() % 26
    }
}
