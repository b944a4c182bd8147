//! Sealing of SIP secrets: XChaCha20-Poly1305 with a random nonce, bound to the line it belongs to, so that a sealed
//! secret moved to another row does not open. Layout: a byte that says what is inside (1 a password, 2 its MD5 hash with
//! user name and realm), 24 bytes of nonce, ciphertext with tag.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use tonalite_core::id::LineId;
use tonalite_core::registration::{LineSecret, SealedSecret};
use tonalite_core::secret::Secret;
use tonalite_core::world::{Entropy, random_bytes};
use tonalite_core::{Error, Result, error::Cause};

const PASSWORD: u8 = 1;
const HA1: u8 = 2;
const NONCE: usize = 24;

pub(crate) struct Sealer(XChaCha20Poly1305);

/// The secret does not open: another key, or a damaged or moved row.
#[derive(Debug, thiserror::Error)]
#[error("the sealed secret of line {0} does not open with this key")]
struct DoesNotOpen(LineId);

impl Sealer {
    pub(crate) fn new(key: &Secret<[u8; 32]>) -> Self {
        Sealer(XChaCha20Poly1305::new(&Key::from(*key.expose())))
    }

    /// Seals a password.
    pub(crate) fn seal(
        &self,
        line: LineId,
        secret: &Secret<String>,
        entropy: &dyn Entropy,
    ) -> Result<SealedSecret> {
        self.seal_as(PASSWORD, line, secret, entropy)
    }

    /// Seals what was taken over.
    pub(crate) fn seal_secret(
        &self,
        line: LineId,
        secret: &LineSecret,
        entropy: &dyn Entropy,
    ) -> Result<SealedSecret> {
        match secret {
            LineSecret::Password(password) => self.seal_as(PASSWORD, line, password, entropy),
            LineSecret::Ha1(hash) => self.seal_as(HA1, line, hash, entropy),
        }
    }

    fn seal_as(
        &self,
        kind: u8,
        line: LineId,
        secret: &Secret<String>,
        entropy: &dyn Entropy,
    ) -> Result<SealedSecret> {
        let nonce = random_bytes::<NONCE>(entropy);
        let payload = Payload { msg: secret.expose().as_bytes(), aad: &bound_to(kind, line) };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload).map_err(|_| does_not_open(line))?;
        let mut bytes = Vec::with_capacity(1 + NONCE + sealed.len());
        bytes.push(kind);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&sealed);
        Ok(SealedSecret(bytes))
    }

    pub(crate) fn open(&self, line: LineId, sealed: &SealedSecret) -> Result<LineSecret> {
        let open = || {
            let (kind, rest) = sealed.0.split_first()?;
            let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>()?;
            let payload = Payload { msg: ciphertext, aad: &bound_to(*kind, line) };
            let bytes = self.0.decrypt(&XNonce::from(*nonce), payload).ok()?;
            let secret = String::from_utf8(bytes).ok().map(Secret::new)?;
            match *kind {
                PASSWORD => Some(LineSecret::Password(secret)),
                HA1 => Some(LineSecret::Ha1(secret)),
                _ => None,
            }
        };
        open().ok_or_else(|| does_not_open(line))
    }
}

fn does_not_open(line: LineId) -> Error {
    Error::Internal(Cause::new(DoesNotOpen(line)))
}

/// What is inside is sealed with it: a hash that is called a password does not open.
fn bound_to(kind: u8, line: LineId) -> Vec<u8> {
    let mut data = format!("line.secret.{kind}:").into_bytes();
    data.extend_from_slice(line.uuid().as_bytes());
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);
    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            for byte in buffer {
                *byte = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn a_secret_opens_only_for_its_line_and_key() {
        let (key, other) = (Sealer::new(&Secret::new([1; 32])), Sealer::new(&Secret::new([2; 32])));
        let line = LineId::from_uuid(uuid::Uuid::from_u128(1));
        let entropy = Counting(0.into());
        let Ok(sealed) = key.seal(line, &Secret::new("hunter2".into()), &entropy) else {
            panic!("not sealed")
        };
        assert!(
            matches!(key.open(line, &sealed), Ok(LineSecret::Password(open)) if open.expose() == "hunter2")
        );
        let hash = LineSecret::Ha1(Secret::new("0".repeat(32)));
        let Ok(mut hashed) = key.seal_secret(line, &hash, &entropy) else { panic!("not sealed") };
        assert!(matches!(key.open(line, &hashed), Ok(LineSecret::Ha1(_))));
        hashed.0[0] = PASSWORD;
        assert!(key.open(line, &hashed).is_err(), "a hash is no password");
        assert!(key.open(LineId::from_uuid(uuid::Uuid::from_u128(2)), &sealed).is_err());
        assert!(other.open(line, &sealed).is_err());
        for i in 0..sealed.0.len() {
            let mut damaged = sealed.clone();
            damaged.0[i] ^= 1;
            assert!(key.open(line, &damaged).is_err(), "byte {i}");
        }
        assert!(key.open(line, &SealedSecret(Vec::new())).is_err());
    }
}
