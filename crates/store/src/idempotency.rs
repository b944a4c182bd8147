//! Answers remembered for a day, so that a POST with the same `Idempotency-Key` is carried out once.

use tonalite_core::Result;
use tonalite_core::id::PortalUserKey;
use tonalite_core::time::Timestamp;

use crate::db::{Store, read, transaction};
use crate::error::Fault;

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remembered {
    /// Never seen; it is claimed now, and the caller goes ahead.
    New,
    /// The same request is under way, or died in the middle.
    Underway,
    /// The same request was answered with this status and body.
    Answered(u16, String),
    /// The key was used for another request.
    Different,
}

impl Store {
    /// Claims a key for a request with this fingerprint, or tells what is known of it.
    pub async fn claim_idempotency_key(
        &self,
        user: PortalUserKey,
        key: &str,
        fingerprint: &[u8],
        now: Timestamp,
        forget_before: Timestamp,
    ) -> Result<Remembered> {
        let claimed = transaction!(self.db, writer, |tx| {
            sqlx::query("DELETE FROM idempotency WHERE created_at < $1")
                .bind(forget_before.0)
                .execute(&mut *tx)
                .await?;
            let done = sqlx::query(
                "INSERT INTO idempotency (portal_user_id, request_key, fingerprint, created_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (portal_user_id, request_key) DO NOTHING",
            )
            .bind(user.0)
            .bind(key)
            .bind(fingerprint)
            .bind(now.0)
            .execute(&mut *tx)
            .await?;
            Ok::<_, Fault>(done.rows_affected() > 0)
        })?;
        if claimed {
            return Ok(Remembered::New);
        }
        let row: Option<(Vec<u8>, Option<i64>, Option<String>)> = read!(self.db, |db| {
            sqlx::query_as("SELECT fingerprint, status, body FROM idempotency WHERE portal_user_id = $1 AND request_key = $2")
                .bind(user.0)
                .bind(key)
                .fetch_optional(db)
        })?;
        Ok(match row {
            Some((stored, _, _)) if stored != fingerprint => Remembered::Different,
            Some((_, Some(status), Some(body))) => Remembered::Answered(crate::row::small(status), body),
            _ => Remembered::Underway,
        })
    }

    /// Remembers the answer of a claimed key.
    pub async fn remember_answer(
        &self,
        user: PortalUserKey,
        key: &str,
        status: u16,
        body: &str,
    ) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            sqlx::query("UPDATE idempotency SET status = $1, body = $2 WHERE portal_user_id = $3 AND request_key = $4")
                .bind(i64::from(status))
                .bind(body)
                .bind(user.0)
                .bind(key)
                .execute(&mut *tx)
                .await?;
            Ok::<_, Fault>(())
        })
    }

    /// Gives a claimed key free again: the request failed in a way that may be tried again.
    pub async fn forget_idempotency_key(&self, user: PortalUserKey, key: &str) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            sqlx::query("DELETE FROM idempotency WHERE portal_user_id = $1 AND request_key = $2")
                .bind(user.0)
                .bind(key)
                .execute(&mut *tx)
                .await?;
            Ok::<_, Fault>(())
        })
    }
}
