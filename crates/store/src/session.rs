//! Signed-in sessions. Only the hash of a session's id is stored: a copy of the database opens no session.

use tonalite_core::Result;
use tonalite_core::id::PortalUserKey;
use tonalite_core::time::Timestamp;

use crate::AuditRecord;
use crate::audit::add_audit;
use crate::db::{Store, read, transaction};
use crate::error::Fault;

/// A session to be written.
pub struct SessionInsert<'a> {
    /// SHA-256 of the id.
    pub id_hash: &'a [u8],
    /// Who.
    pub portal_user: PortalUserKey,
    /// When.
    pub now: Timestamp,
    /// From where.
    pub address: Option<String>,
    /// With what.
    pub user_agent: Option<&'a str>,
}

impl Store {
    /// Opens a session.
    pub async fn insert_session(&self, new: &SessionInsert<'_>, audit: &AuditRecord) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            sqlx::query(
                "INSERT INTO session (id_hash, portal_user_id, created_at, seen_at, address, user_agent) \
                 VALUES ($1, $2, $3, $3, $4, $5)",
            )
            .bind(new.id_hash)
            .bind(new.portal_user.0)
            .bind(new.now.0)
            .bind(new.address.as_deref())
            .bind(new.user_agent)
            .execute(&mut *tx)
            .await?;
            add_audit!(tx, audit)
        })
    }

    /// Who holds the session, since when, and when it was last seen.
    pub async fn find_session(
        &self,
        id_hash: &[u8],
    ) -> Result<Option<(PortalUserKey, Timestamp, Timestamp)>> {
        let row: Option<(i64, i64, i64)> = read!(self.db, |db| {
            sqlx::query_as("SELECT portal_user_id, created_at, seen_at FROM session WHERE id_hash = $1")
                .bind(id_hash)
                .fetch_optional(db)
        })?;
        Ok(row.map(|(user, created, seen)| (PortalUserKey(user), Timestamp(created), Timestamp(seen))))
    }

    /// Notes that a session was used.
    pub async fn touch_session(&self, id_hash: &[u8], now: Timestamp) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            sqlx::query("UPDATE session SET seen_at = $1 WHERE id_hash = $2")
                .bind(now.0)
                .bind(id_hash)
                .execute(&mut *tx)
                .await?;
            Ok::<_, Fault>(())
        })
    }

    /// Ends a session.
    pub async fn delete_session(&self, id_hash: &[u8], audit: Option<&AuditRecord>) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            sqlx::query("DELETE FROM session WHERE id_hash = $1").bind(id_hash).execute(&mut *tx).await?;
            match audit {
                Some(record) => add_audit!(tx, record),
                None => Ok(()),
            }
        })
    }

    /// Ends every session that was opened before `created` or unused since `seen`.
    pub async fn delete_old_sessions(&self, created: Timestamp, seen: Timestamp) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            sqlx::query("DELETE FROM session WHERE created_at < $1 OR seen_at < $2")
                .bind(created.0)
                .bind(seen.0)
                .execute(&mut *tx)
                .await?;
            Ok::<_, Fault>(())
        })
    }
}
