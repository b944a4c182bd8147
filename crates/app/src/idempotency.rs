//! Answers remembered for a day, so that a POST with the same `Idempotency-Key` is carried out once.

use tonalite_core::Result;
use tonalite_core::time::{Span, Timestamp};
use tonalite_store::Remembered;

use crate::{App, Session};

const REMEMBERED: Span = Span::from_hours(24);

impl App {
    /// Claims a key for a request with this fingerprint, or tells what is known of it.
    pub async fn claim_idempotency_key(
        &self,
        session: &Session,
        key: &str,
        fingerprint: &[u8],
        now: Timestamp,
    ) -> Result<Remembered> {
        self.store
            .claim_idempotency_key(session.portal_user.key, key, fingerprint, now, now - REMEMBERED)
            .await
    }

    /// Remembers the answer of a claimed key. Never call it with an answer that holds a secret.
    pub async fn remember_answer(&self, session: &Session, key: &str, status: u16, body: &str) -> Result<()> {
        self.store.remember_answer(session.portal_user.key, key, status, body).await
    }

    /// Gives a claimed key free again: the request failed in a way that may be tried again.
    pub async fn forget_idempotency_key(&self, session: &Session, key: &str) -> Result<()> {
        self.store.forget_idempotency_key(session.portal_user.key, key).await
    }
}
