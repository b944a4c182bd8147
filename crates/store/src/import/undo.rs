//! Undo: removes what an import added and nobody has used since, in one transaction.

use tonalite_core::Result;
use tonalite_core::id::{DeviceId, DeviceKey};
use tonalite_core::mac::Mac;
use tonalite_core::time::Timestamp;
use uuid::Uuid;

use super::job::ImportRecord;
use super::prepare::IdJson;
use crate::AuditRecord;
use crate::audit::add_audit;
use crate::db::{Store, read, transaction};
use crate::error::Fault;
use crate::sql::{Twin, batch};

/// A device that an import added and that is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptDevice {
    /// Storage key.
    pub key: DeviceKey,
    /// Public id.
    pub id: DeviceId,
    /// Address.
    pub mac: Option<Mac>,
    /// Name.
    pub name: Option<String>,
    /// Whether a line is assigned; else it has registered once.
    pub assigned: bool,
}

const KEEP: Twin = batch!(
    "UPDATE import_device SET kept = 1 WHERE import_id = $2 AND device_id IN (SELECT CAST(value->>'id' AS BIGINT) FROM",
    ")"
);

/// The DECT systems that an import has made for its devices, and that nobody is in any more.
const MADE: &str = "SELECT DISTINCT ds.id FROM import_device i JOIN device d ON d.id = i.device_id \
     JOIN dect_system ds ON ds.id = d.dect_system_id WHERE i.import_id = $1 AND i.kept = 0 AND ds.created_at = $2";
const UNMAKE: &str = "DELETE FROM dect_system WHERE id = $1 \
     AND NOT EXISTS (SELECT 1 FROM device d WHERE d.dect_system_id = dect_system.id)";

/// Key, id, address, name and assigned lines of a device.
type UsedRow = (i64, Uuid, Option<i64>, Option<String>, i64);

impl Store {
    /// Devices of an import, after a key, that have a line or were heard of, at most 500.
    pub async fn find_used_of_import(&self, job: &ImportRecord, after: DeviceKey) -> Result<Vec<KeptDevice>> {
        let rows: Vec<UsedRow> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT d.id, d.uid, d.mac, d.name, d.lines_assigned FROM import_device i JOIN device d ON d.id = i.device_id \
                 LEFT JOIN live.device_state st ON st.device_id = d.id WHERE i.import_id = $1 AND i.device_id > $2 \
                 AND (d.lines_assigned > 0 OR st.last_seen IS NOT NULL) ORDER BY i.device_id LIMIT 500",
            )
            .bind(job.key.0)
            .bind(after.0)
            .fetch_all(db)
        })?;
        let kept = |(key, uid, mac, name, assigned): UsedRow| KeptDevice {
            key: DeviceKey(key),
            id: DeviceId::from_uuid(uid),
            mac: mac.and_then(|mac| u64::try_from(mac).ok()).and_then(Mac::from_u64),
            name,
            assigned: assigned > 0,
        };
        Ok(rows.into_iter().map(kept).collect())
    }

    /// Marks devices of an import that stay.
    pub async fn keep_of_import(&self, job: &ImportRecord, keys: &[DeviceKey]) -> Result<()> {
        let ids: Vec<IdJson> = keys.iter().map(|key| IdJson { id: key.0 }).collect();
        let json = serde_json::to_string(&ids).map_err(Fault::from)?;
        transaction!(self.db, writer, |tx| {
            let done = sqlx::query(KEEP.text(self.engine())).bind(&json).bind(job.key.0);
            done.execute(&mut *tx).await.map(|_| ()).map_err(Fault::from)
        })
    }

    /// Removes the devices of an import that are not marked and have no line, and the DECT systems that it made and that are
    /// empty then. Gives how many devices; `None` when it is not, or
    /// not any more, an import that is written. `undo` makes the application's JSON of that number.
    pub async fn undo_import(
        &self,
        job: &ImportRecord,
        undo: &(dyn Fn(u64) -> serde_json::Value + Sync),
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<Option<u64>> {
        transaction!(self.db, writer, |tx| {
            // Taken first: two people who undo the same import at once are one after the other.
            let held = sqlx::query(
                "UPDATE import_job SET state = 'undone', settled = 0, updated_at = $2 \
                 WHERE id = $1 AND state = 'applied' AND settled = 1",
            )
            .bind(job.key.0)
            .bind(now.0)
            .execute(&mut *tx)
            .await?;
            if held.rows_affected() == 0 {
                return Ok(None);
            }
            let made: Vec<(i64,)> = sqlx::query_as(MADE)
                .bind(job.key.0)
                .bind(job.applied_at.map_or(-1, |at| at.0))
                .fetch_all(&mut *tx)
                .await?;
            let removed = sqlx::query(
                "DELETE FROM device WHERE lines_assigned = 0 AND id IN \
                 (SELECT device_id FROM import_device WHERE import_id = $1 AND kept = 0)",
            )
            .bind(job.key.0)
            .execute(&mut *tx)
            .await?
            .rows_affected();
            for (system,) in made {
                sqlx::query(UNMAKE).bind(system).execute(&mut *tx).await?;
            }
            let undo = undo(removed);
            sqlx::query("UPDATE import_job SET undo = $2 WHERE id = $1")
                .bind(job.key.0)
                .bind(undo.to_string())
                .execute(&mut *tx)
                .await?;
            let audit = AuditRecord { detail: undo, ..audit.clone() };
            add_audit!(tx, &audit)?;
            Ok::<_, Fault>(Some(removed))
        })
    }
}
