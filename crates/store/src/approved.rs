//! Lists of approved device types. A list exists where it has a row; who has none inherits.

use tonalite_core::Result;
use tonalite_core::id::{PartyKey, SiteKey};

use crate::AuditRecord;
use crate::audit::add_audit;
use crate::db::{Store, read, transaction};

/// Whose list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A party's.
    Party(PartyKey),
    /// A site's.
    Site(SiteKey),
}

impl Owner {
    const fn columns(self) -> (&'static str, i64) {
        match self {
            Owner::Party(key) => ("party", key.0),
            Owner::Site(key) => ("site", key.0),
        }
    }
}

impl Store {
    /// The owner's own list, by id; empty where it has none.
    pub async fn find_approved_device_types(&self, owner: Owner) -> Result<Vec<String>> {
        let (kind, key) = owner.columns();
        let rows: Vec<(String,)> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT device_type FROM approved_device_type WHERE owner_kind = $1 AND owner_id = $2 ORDER BY device_type",
            )
            .bind(kind)
            .bind(key)
            .fetch_all(db)
        })?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// Puts a list in the place of what was there.
    pub async fn replace_approved_device_types(
        &self,
        owner: Owner,
        ids: &[&str],
        audit: &AuditRecord,
    ) -> Result<()> {
        let (kind, key) = owner.columns();
        transaction!(self.db, writer, |tx| {
            sqlx::query("DELETE FROM approved_device_type WHERE owner_kind = $1 AND owner_id = $2")
                .bind(kind)
                .bind(key)
                .execute(&mut *tx)
                .await?;
            for id in ids {
                sqlx::query("INSERT INTO approved_device_type (owner_kind, owner_id, device_type) VALUES ($1, $2, $3)")
                    .bind(kind)
                    .bind(key)
                    .bind(*id)
                    .execute(&mut *tx)
                    .await?;
            }
            add_audit!(tx, audit)
        })
    }
}
