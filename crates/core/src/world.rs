//! What only the outside world can give: the time and chance. The binary and the testkit own the implementations;
//! everything else receives them (invariant 4 of `docs/architecture.md`).

use uuid::Uuid;

use crate::time::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The present moment by the wall clock.
    fn now(&self) -> Timestamp;
}

/// Draws unpredictable bytes, fit for keys and session ids.
pub trait Entropy: Send + Sync + 'static {
    /// Fills the whole buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// `N` random bytes.
pub fn random_bytes<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

/// A new UUIDv7 (RFC 9562 §5.7): ids made later sort later, which keeps indexes compact.
pub fn new_id(now: Timestamp, entropy: &dyn Entropy) -> Uuid {
    let millis = u64::try_from(now.0).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random_bytes::<10>(entropy)).into_uuid()
}

/// A random name of `length` characters out of digits and lower-case letters without the look-alikes 0 1 i l o u:
/// it can be read out over a telephone. Each character carries 4.9 bits.
pub fn random_name(length: usize, entropy: &dyn Entropy) -> String {
    const ALPHABET: &[u8; 30] = b"23456789abcdefghjkmnpqrstvwxyz";
    let mut name = String::with_capacity(length);
    while name.len() < length {
        for byte in random_bytes::<32>(entropy) {
            // 240 is the largest multiple of 30 in a byte: no character is likelier than another.
            if byte < 240 && name.len() < length {
                name.push(char::from(ALPHABET[usize::from(byte % 30)]));
            }
        }
    }
    name
}
