//! A session that works in a customer's portal for a while.

use tonalite_core::Result;
use tonalite_core::id::PartyKey;
use tonalite_core::time::Timestamp;

use crate::AuditRecord;
use crate::audit::add_audit;
use crate::db::{Store, transaction};
use crate::error::Fault;

impl Store {
    /// Begins it, or ends it with `None`.
    pub async fn set_acting(
        &self,
        id_hash: &[u8],
        acting: Option<(PartyKey, Timestamp)>,
        audit: &AuditRecord,
    ) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            sqlx::query("UPDATE session SET acting_for = $1, acting_until = $2 WHERE id_hash = $3")
                .bind(acting.map(|(customer, _)| customer.0))
                .bind(acting.map(|(_, until)| until.0))
                .bind(id_hash)
                .execute(&mut *tx)
                .await?;
            add_audit!(tx, audit)
        })
    }

    /// Ends what should have ended by itself, once: whether it was still there.
    pub async fn end_acting(&self, id_hash: &[u8], now: Timestamp, audit: &AuditRecord) -> Result<bool> {
        transaction!(self.db, writer, |tx| {
            let ended = sqlx::query(
                "UPDATE session SET acting_for = NULL, acting_until = NULL WHERE id_hash = $1 AND acting_until <= $2",
            )
            .bind(id_hash)
            .bind(now.0)
            .execute(&mut *tx)
            .await?
            .rows_affected()
                > 0;
            if ended {
                add_audit!(tx, audit)?;
            }
            Ok::<_, Fault>(ended)
        })
    }
}
