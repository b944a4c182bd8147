//! One act on many parties: features or lists of device types, in one transaction, with one audit record a party; and the acts
//! that were done on one.

use tonalite_core::party::{FeatureSettings, Party};
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};

use crate::AuditRecord;
use crate::audit::add_audit;
use crate::db::{Store, read, transaction};
use crate::error::Fault;
use crate::party::write_features;
use crate::row::row;

/// What one party of many is changed to.
pub struct PartyChangeRow {
    /// As it was read.
    pub party: Party,
    /// Features set there from now on.
    pub features: FeatureSettings,
    /// Its list of device types from now on; `None` leaves it.
    pub device_types: Option<Vec<&'static str>>,
    /// What to write down.
    pub audit: AuditRecord,
}

/// An act on a party, as its page tells of it.
#[derive(Debug, Clone, PartialEq)]
pub struct PartyAct {
    /// When.
    pub at: Timestamp,
    /// `cli`, `system`, `portal_user` or `token`.
    pub actor: String,
    /// Name of the portal user, as long as it is known.
    pub actor_name: Option<String>,
    /// What.
    pub action: String,
    /// What was and what is.
    pub detail: serde_json::Value,
}

row! {
    /// As stored.
    Stored { at: i64, actor: String, username: Option<String>, action: String, detail: String }
}

impl Store {
    /// Changes all of them, or none.
    ///
    /// # Errors
    /// [`Error::Stale`] when one was changed since it was read.
    pub async fn change_parties(&self, rows: &[PartyChangeRow]) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            for row in rows {
                let key = row.party.key.0;
                let done = sqlx::query(
                    "UPDATE party SET features = $1, version = version + 1 \
                     WHERE id = $2 AND version = $3 AND closed_at IS NULL",
                )
                .bind(write_features(&row.features))
                .bind(key)
                .bind(row.party.version)
                .execute(&mut *tx)
                .await?;
                if done.rows_affected() == 0 {
                    return Err(Fault::Said(Error::Stale));
                }
                if let Some(ids) = &row.device_types {
                    sqlx::query(
                        "DELETE FROM approved_device_type WHERE owner_kind = 'party' AND owner_id = $1",
                    )
                    .bind(key)
                    .execute(&mut *tx)
                    .await?;
                    for id in ids {
                        sqlx::query(
                            "INSERT INTO approved_device_type (owner_kind, owner_id, device_type) \
                             VALUES ('party', $1, $2)",
                        )
                        .bind(key)
                        .bind(*id)
                        .execute(&mut *tx)
                        .await?;
                    }
                }
                add_audit!(tx, &row.audit)?;
            }
            Ok::<_, Fault>(())
        })
    }

    /// The newest changes of a party and of its list of device types.
    pub async fn find_acts_on_party(&self, party: &Party, most: i64) -> Result<Vec<PartyAct>> {
        let rows: Vec<Stored> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT a.at, a.actor, u.username, a.action, a.detail FROM audit a \
                 LEFT JOIN portal_user u ON u.id = a.portal_user_id \
                 WHERE a.target_uid = $1 AND a.target_kind = 'party' AND a.result = 'ok' \
                 AND a.action IN ('party.update', 'party.close', 'party.reopen', 'approved_device_types.update') \
                 ORDER BY a.id DESC LIMIT $2",
            )
            .bind(party.id.uuid())
            .bind(most)
            .fetch_all(db)
        })?;
        let act = |row: Stored| {
            Ok(PartyAct {
                at: Timestamp(row.at),
                actor: row.actor,
                actor_name: row.username,
                action: row.action,
                detail: serde_json::from_str(&row.detail)?,
            })
        };
        Ok(rows.into_iter().map(act).collect::<std::result::Result<_, Fault>>()?)
    }
}
