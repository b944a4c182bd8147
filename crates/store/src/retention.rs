//! What goes after its time, in small transactions of a bounded number of rows: nobody waits for a broom. How long things
//! are kept, and in which order the rooms are swept, `app` says.

use tonalite_core::Result;
use tonalite_core::line_state::LineState;
use tonalite_core::time::Timestamp;

use crate::db::{Store, read, transaction};
use crate::error::Fault;

/// Rows of one step.
const STEP: i64 = 500;

/// Where a walk through a table goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Rows that lost something.
    pub rows: u64,
    /// What to hand in for the next step; `None` at the end.
    pub next: Option<i64>,
}

impl Store {
    /// Takes the addresses from rows of the log older than this. No seal covers them.
    pub async fn forget_audit_addresses(&self, before: Timestamp) -> Result<u64> {
        transaction!(self.db, writer, |tx| {
            let done = sqlx::query(
                "UPDATE audit SET address = NULL WHERE id IN \
                 (SELECT id FROM audit WHERE address IS NOT NULL AND at < $1 ORDER BY at LIMIT $2)",
            )
            .bind(before.0)
            .bind(STEP)
            .execute(&mut *tx)
            .await?;
            Ok::<_, Fault>(done.rows_affected())
        })
    }

    /// Removes what people typed in passing (searches, names of files, names at sign-in) from before this. What is about a
    /// known person stays as long as the row.
    pub async fn forget_typed(&self, before: Timestamp) -> Result<u64> {
        transaction!(self.db, writer, |tx| {
            let done = sqlx::query(
                "DELETE FROM audit_personal WHERE audit_id IN \
                 (SELECT audit_id FROM audit_personal WHERE subject IS NULL AND at < $1 ORDER BY at LIMIT $2)",
            )
            .bind(before.0)
            .bind(STEP)
            .execute(&mut *tx)
            .await?;
            Ok::<_, Fault>(done.rows_affected())
        })
    }

    /// Removes the rows of the oldest batch of the log, if all of them are older than this; its seal stays and says so.
    /// The newest batch is never removed: its last id is what the next ones follow. Gives the number of rows.
    pub async fn remove_audit_batch(&self, before: Timestamp, now: Timestamp) -> Result<Option<u64>> {
        transaction!(self.db, writer, |tx| {
            let oldest: Option<(i64, i64, i64)> = sqlx::query_as(
                "SELECT s.id, coalesce((SELECT b.last_id FROM audit_seal b WHERE b.id = s.id - 1), 0), s.last_id \
                 FROM audit_seal s WHERE s.removed_at IS NULL AND s.id < (SELECT max(id) FROM audit_seal) \
                 AND s.newest_at < $1 ORDER BY s.id LIMIT 1",
            )
            .bind(before.0)
            .fetch_optional(&mut *tx)
            .await?;
            let Some((seal, after, last)) = oldest else { return Ok(None) };
            for text in [
                "DELETE FROM audit_personal WHERE audit_id > $1 AND audit_id <= $2",
                "DELETE FROM audit WHERE id > $1 AND id <= $2",
            ] {
                sqlx::query(text).bind(after).bind(last).execute(&mut *tx).await?;
            }
            let (rows,): (i64,) =
                sqlx::query_as("UPDATE audit_seal SET removed_at = $1 WHERE id = $2 RETURNING row_count")
                    .bind(now.0)
                    .bind(seal)
                    .fetch_one(&mut *tx)
                    .await?;
            Ok::<_, Fault>(Some(rows.unsigned_abs()))
        })
    }

    /// Removes timeline rows from before this.
    pub async fn forget_timeline(&self, before: Timestamp) -> Result<u64> {
        transaction!(self.db, live, |tx| {
            let done = sqlx::query(
                "DELETE FROM live.timeline WHERE id IN \
                 (SELECT id FROM live.timeline WHERE at < $1 ORDER BY at LIMIT $2)",
            )
            .bind(before.0)
            .bind(STEP)
            .execute(&mut *tx)
            .await?;
            Ok::<_, Fault>(done.rows_affected())
        })
    }

    /// Takes the addresses from timeline rows between these moments.
    pub async fn forget_timeline_addresses(&self, from: Timestamp, before: Timestamp) -> Result<Swept> {
        let found: Vec<(i64, i64)> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT id, at FROM live.timeline WHERE at >= $1 AND at < $2 AND ip IS NOT NULL ORDER BY at, id LIMIT $3",
            )
            .bind(from.0)
            .bind(before.0)
            .bind(STEP)
            .fetch_all(db)
        })?;
        transaction!(self.db, live, |tx| {
            for (id, _) in &found {
                sqlx::query("UPDATE live.timeline SET ip = NULL WHERE id = $1")
                    .bind(id)
                    .execute(&mut *tx)
                    .await?;
            }
            Ok::<_, Fault>(())
        })?;
        Ok(swept(found.len(), found.last().map(|(_, at)| *at)))
    }

    /// Takes address and User-Agent from devices that have no live registration and were not heard of since `before`.
    /// `after`: the key to go on from.
    pub async fn forget_device_addresses(&self, after: i64, before: Timestamp) -> Result<Swept> {
        let found: Vec<(i64,)> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT device_id FROM live.device_state WHERE device_id > $1 AND state <> $2 \
                 AND (last_ip IS NOT NULL OR user_agent IS NOT NULL) AND coalesce(last_seen, 0) < $3 \
                 AND coalesce(expires_at, 0) < $3 ORDER BY device_id LIMIT $4",
            )
            .bind(after)
            .bind(LineState::Registered.as_i64())
            .bind(before.0)
            .bind(STEP)
            .fetch_all(db)
        })?;
        transaction!(self.db, live, |tx| {
            for (id,) in &found {
                // Registered meanwhile, it keeps what it has just said.
                sqlx::query(
                    "UPDATE live.device_state SET last_ip = NULL, user_agent = NULL WHERE device_id = $1 AND state <> $2 \
                     AND coalesce(last_seen, 0) < $3 AND coalesce(expires_at, 0) < $3",
                )
                .bind(id)
                .bind(LineState::Registered.as_i64())
                .bind(before.0)
                .execute(&mut *tx)
                .await?;
            }
            Ok::<_, Fault>(())
        })?;
        Ok(swept(found.len(), found.last().map(|(id,)| *id)))
    }
}

fn swept(rows: usize, last: Option<i64>) -> Swept {
    Swept { rows: rows as u64, next: last.filter(|_| rows as i64 == STEP) }
}
