//! Signed-in sessions. Only the hash of a session's id is stored: a copy of the database opens no session.

use tonalite_core::Result;
use tonalite_core::id::{PartyKey, PortalUserKey};
use tonalite_core::time::Timestamp;

use crate::AuditRecord;
use crate::audit::add_audit;
use crate::db::{Store, read, transaction};
use crate::error::Fault;
use crate::row::row;

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

/// A session as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionRow {
    /// Who.
    pub portal_user: PortalUserKey,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last seen.
    pub seen_at: Timestamp,
    /// The customer for which it acts, and until when.
    pub acting: Option<(PartyKey, Timestamp)>,
}

row! {
    Stored {
        portal_user_id: i64, created_at: i64, seen_at: i64, acting_for: Option<i64>, acting_until: Option<i64>,
    }
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

    /// A session by the hash of its id.
    pub async fn find_session(&self, id_hash: &[u8]) -> Result<Option<SessionRow>> {
        let row: Option<Stored> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT portal_user_id, created_at, seen_at, acting_for, acting_until FROM session WHERE id_hash = $1",
            )
            .bind(id_hash)
            .fetch_optional(db)
        })?;
        Ok(row.map(|row| SessionRow {
            portal_user: PortalUserKey(row.portal_user_id),
            created_at: Timestamp(row.created_at),
            seen_at: Timestamp(row.seen_at),
            acting: row.acting_for.map(PartyKey).zip(row.acting_until.map(Timestamp)),
        }))
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
