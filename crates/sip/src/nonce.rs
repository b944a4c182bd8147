//! Nonces that the server need not remember: they carry their time and a seal (RFC 7616 §3.3, §5.4).
//! Which nonce counts were seen is the registrar's memory, not this file's.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

const VERSION: u8 = 1;
/// Version, time, random.
const HEAD: usize = 1 + 4 + 8;
const SEAL: usize = 16;
/// 29 bytes in base64.
const TEXT: usize = 39;

/// What a nonce that came back is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Ours, and young enough.
    Fresh {
        /// Unix seconds at which it was given out.
        issued: u32,
        /// Its random part: names it in the table of nonce counts.
        id: u64,
    },
    /// Ours, too old: a right answer to it earns `stale=true`, a wrong one does not (RFC 7616 §3.3).
    Stale,
    /// Not ours.
    Forged,
}

/// Makes and checks nonces. Two keys, so that yesterday's nonces outlive a change of keys.
#[derive(Clone)]
pub struct Nonces {
    current: Hmac<Sha256>,
    previous: Option<Hmac<Sha256>>,
}

impl Nonces {
    /// From the keys, which all nodes share.
    #[must_use]
    pub fn new(current: &[u8; 32], previous: Option<&[u8; 32]>) -> Self {
        Self { current: keyed(current), previous: previous.map(keyed) }
    }

    /// Appends a nonce: 39 characters that need no escaping. `now` in Unix seconds; `random` must not repeat.
    pub fn issue(&self, realm: &[u8], now: u32, random: u64, out: &mut Vec<u8>) {
        let mut bytes = [0; HEAD + SEAL];
        bytes[0] = VERSION;
        bytes[1..5].copy_from_slice(&now.to_be_bytes());
        bytes[5..HEAD].copy_from_slice(&random.to_be_bytes());
        let seal = seal(&self.current, &bytes[..HEAD], realm);
        bytes[HEAD..].copy_from_slice(&seal);
        let start = out.len();
        out.resize(start + TEXT, 0);
        // 29 bytes are 39 characters: the slice is exactly as long as it must be.
        let written = URL_SAFE_NO_PAD.encode_slice(bytes, &mut out[start..]);
        out.truncate(start + written.unwrap_or(0));
    }

    /// Judges a nonce that came back. `life` in seconds.
    #[must_use]
    pub fn check(&self, text: &[u8], realm: &[u8], now: u32, life: u32) -> Verdict {
        let mut bytes = [0; HEAD + SEAL];
        if text.len() != TEXT || URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) != Ok(HEAD + SEAL) {
            return Verdict::Forged;
        }
        let (head, sealed) = bytes.split_at(HEAD);
        let genuine = |key: &Hmac<Sha256>| bool::from(seal(key, head, realm).ct_eq(sealed));
        let ours =
            head[0] == VERSION && (genuine(&self.current) || self.previous.as_ref().is_some_and(genuine));
        let (&[a, b, c, d], &[e, f, g, h, i, j, k, l]) = (&bytes[1..5], &bytes[5..HEAD]) else {
            return Verdict::Forged;
        };
        let issued = u32::from_be_bytes([a, b, c, d]);
        if !ours {
            Verdict::Forged
        } else if now.saturating_sub(issued) <= life {
            Verdict::Fresh { issued, id: u64::from_be_bytes([e, f, g, h, i, j, k, l]) }
        } else {
            Verdict::Stale
        }
    }
}

pub(crate) fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    // HMAC itself pads a short key with zeros to a block (RFC 2104 §2).
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    Hmac::new(&block.into())
}

fn seal(key: &Hmac<Sha256>, head: &[u8], realm: &[u8]) -> [u8; SEAL] {
    let mut mac = key.clone();
    mac.update(head);
    mac.update(realm);
    let mut seal = [0; SEAL];
    seal.copy_from_slice(&mac.finalize().into_bytes()[..SEAL]);
    seal
}
