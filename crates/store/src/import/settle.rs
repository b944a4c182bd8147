//! After the commit: what the live rows and the search have to learn, read back batch by batch. Doing it again changes
//! nothing, so a crash in between costs only the time.

use tonalite_core::Result;
use tonalite_core::id::{DeviceId, DeviceKey, ImportKey, SiteKey};
use uuid::Uuid;

use super::job::ImportRecord;
use super::prepare::IdJson;
use crate::db::{Store, read, transaction};
use crate::device_search::{DEVICES_OF_KEYS, FILL, SourceRow, UNINDEX_ALL, documents};
use crate::error::Fault;
use tonalite_core::registration::DeviceRef;

/// A device that an import wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportedDevice {
    /// What the next batch begins after.
    pub place: i64,
    /// The device.
    pub device: DeviceRef,
}

const CREATED: &str = "SELECT i.device_id, i.device_id, d.uid, d.site_id FROM import_device i JOIN device d ON d.id = i.device_id \
     WHERE i.import_id = $1 AND i.device_id > $2 ORDER BY i.device_id LIMIT $3";
const UPDATED: &str = "SELECT i.line, d.id, d.uid, d.site_id FROM import_row i JOIN device d ON d.id = i.device_id \
     WHERE i.import_id = $1 AND i.outcome = 'update' AND i.line > $2 ORDER BY i.line LIMIT $3";
const UNDONE: &str = "SELECT i.device_id, i.device_id, i.uid, i.site_id FROM import_device i \
     WHERE i.import_id = $1 AND i.device_id > $2 AND NOT EXISTS (SELECT 1 FROM device d WHERE d.id = i.device_id) \
     ORDER BY i.device_id LIMIT $3";

impl Store {
    /// Devices that an import added, after a place.
    pub async fn find_created_by_import(
        &self,
        job: &ImportRecord,
        after: i64,
        limit: u16,
    ) -> Result<Vec<ImportedDevice>> {
        self.imported(CREATED, job, after, limit).await
    }

    /// Devices that an import changed, after a place.
    pub async fn find_updated_by_import(
        &self,
        job: &ImportRecord,
        after: i64,
        limit: u16,
    ) -> Result<Vec<ImportedDevice>> {
        self.imported(UPDATED, job, after, limit).await
    }

    /// Devices that an import had added and that are gone, after a place.
    pub async fn find_undone_of_import(
        &self,
        job: &ImportRecord,
        after: i64,
        limit: u16,
    ) -> Result<Vec<ImportedDevice>> {
        self.imported(UNDONE, job, after, limit).await
    }

    async fn imported(
        &self,
        text: &'static str,
        job: &ImportRecord,
        after: i64,
        limit: u16,
    ) -> Result<Vec<ImportedDevice>> {
        let rows: Vec<(i64, i64, Uuid, i64)> = read!(self.db, |db| {
            sqlx::query_as(text).bind(job.key.0).bind(after).bind(i64::from(limit)).fetch_all(db)
        })?;
        let imported = |(place, key, uid, site): (i64, i64, Uuid, i64)| ImportedDevice {
            place,
            device: DeviceRef {
                key: DeviceKey(key),
                id: DeviceId::from_uuid(uid),
                site: SiteKey(site),
                tenancy: job.tenancy,
            },
        };
        Ok(rows.into_iter().map(imported).collect())
    }

    /// Writes the search texts of these devices anew.
    pub async fn index_these_devices(&self, keys: &[DeviceKey]) -> Result<()> {
        let ids: Vec<IdJson> = keys.iter().map(|key| IdJson { id: key.0 }).collect();
        let json = serde_json::to_string(&ids).map_err(Fault::from)?;
        transaction!(self.db, writer, |tx| {
            let mut after = 0_i64;
            loop {
                let rows: Vec<SourceRow> = sqlx::query_as(DEVICES_OF_KEYS.text(self.engine()))
                    .bind(&json)
                    .bind(after)
                    .fetch_all(&mut *tx)
                    .await?;
                let Some((texts, last)) = documents(rows)? else { break };
                sqlx::query(FILL.text(self.engine())).bind(&texts).execute(&mut *tx).await?;
                after = last;
            }
            Ok::<_, Fault>(())
        })
    }

    /// Forgets the search texts of these devices.
    pub async fn unindex_devices(&self, keys: &[DeviceKey]) -> Result<()> {
        let ids: Vec<IdJson> = keys.iter().map(|key| IdJson { id: key.0 }).collect();
        let json = serde_json::to_string(&ids).map_err(Fault::from)?;
        transaction!(self.db, writer, |tx| {
            let done = sqlx::query(UNINDEX_ALL.text(self.engine())).bind(&json);
            done.execute(&mut *tx).await.map(|_| ()).map_err(Fault::from)
        })
    }

    /// Notes that search and live rows know of all that an import did.
    pub async fn settle_import(&self, job: ImportKey) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            let done = sqlx::query("UPDATE import_job SET settled = 1 WHERE id = $1").bind(job.0);
            done.execute(&mut *tx).await.map(|_| ()).map_err(Fault::from)
        })
    }
}
