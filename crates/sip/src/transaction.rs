//! What makes two datagrams the same request: the key of the server transaction (RFC 3261 §17.2.3).

use sha2::{Digest, Sha256};

use crate::header::via::MAGIC_COOKIE;
use crate::message::Request;
use crate::method::Method;

/// A server transaction's name in sixteen bytes. Collisions cannot be made on purpose: it is a cut SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransactionKey([u8; 16]);

impl TransactionKey {
    /// The key of a request from `source`, whatever identifies the peer there (its address as bytes): without it a
    /// stranger who guesses a branch would be sent somebody else's answer.
    ///
    /// Branch, sent-by and method, where the branch is of RFC 3261; else, for older clients, all that must be equal
    /// in a retransmission.
    #[must_use]
    pub fn new(request: &Request<'_>, source: &[u8]) -> Self {
        let mut hash = Sha256::new();
        // Each part is preceded by its length, or "ab"+"c" would be "a"+"bc".
        let mut part = |bytes: &[u8]| {
            hash.update(bytes.len().to_le_bytes());
            hash.update(bytes);
        };
        // An ACK belongs to the transaction of its INVITE.
        let method = if request.method == Method::Ack { Method::Invite } else { request.method };
        let branch = request.via.branch();
        part(source);
        part(method.as_bytes());
        part(branch);
        part(&request.via.host.to_ascii_lowercase());
        part(&request.via.port.unwrap_or(0).to_le_bytes());
        if !branch.starts_with(MAGIC_COOKIE) {
            part(request.uri_text);
            part(request.call_id);
            part(&request.cseq.number.to_le_bytes());
            part(request.from.tag().unwrap_or_default());
            part(request.to.tag().unwrap_or_default());
        }
        let mut key = [0; 16];
        key.copy_from_slice(&hash.finalize()[..16]);
        Self(key)
    }

    /// The sixteen bytes, evenly spread: good for choosing a shard.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}
