//! The one transaction that writes an import: devices, changes, the audit record and the state of the job, or nothing.

use tonalite_core::Result;
use tonalite_core::id::PartyKey;
use tonalite_core::time::Timestamp;

use super::job::ImportRecord;
use crate::AuditRecord;
use crate::audit::add_audit;
use crate::db::{Store, transaction};
use crate::error::Fault;

/// By key: each row goes beside the one before it, in the table as in every index.
const CREATE: &str = "INSERT INTO device (id, uid, mac, device_type, site_id, customer_id, operator_id, provider_id, name, serial, \
     inventory_id, note, critical, lines_total, lines_assigned, version, created_at) \
     SELECT i.device_id, i.uid, i.mac, i.device_type, i.site_id, CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), \
     i.name, i.serial, i.inventory_id, i.note, 0, i.lines_total, 0, 1, CAST($5 AS BIGINT) \
     FROM import_device i WHERE i.import_id = $1 ORDER BY i.device_id ON CONFLICT (mac) DO NOTHING";

/// A name is what tells devices without an address apart, and no index holds it. Identities below 0 are theirs.
const NAMES_TAKEN: &str = "SELECT count(*) FROM import_row i JOIN device d ON d.site_id = i.site_id \
     AND COALESCE(d.mac, 281474976710656) = 281474976710656 AND d.name = i.name \
     WHERE i.import_id = $1 AND i.identity < 0 AND i.outcome = 'create'";

const UPDATE: &str = "UPDATE device SET device_type = i.device_type, site_id = i.site_id, name = i.name, serial = i.serial, \
     inventory_id = i.inventory_id, note = i.note, lines_total = i.lines_total, version = device.version + 1 \
     FROM import_row i WHERE i.import_id = $1 AND i.outcome = 'update' AND device.id = i.device_id \
     AND device.version = i.version AND (device.lines_assigned = 0 \
     OR (device.site_id = i.site_id AND device.device_type = i.device_type))";

impl Store {
    /// Writes what the plan says. `false`: something has changed since, and nothing was written.
    /// `kept_until`: until then it may be undone.
    pub async fn apply_import(
        &self,
        job: &ImportRecord,
        kept_until: Timestamp,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<bool> {
        let counts = job.progress.counts;
        let written = transaction!(self.db, writer, |tx| {
            let held = sqlx::query(
                "UPDATE import_job SET state = 'applied', settled = 0, applied_at = $2, updated_at = $2, expires_at = $3 \
                 WHERE id = $1 AND state = 'applying'",
            )
            .bind(job.key.0)
            .bind(now.0)
            .bind(kept_until.0)
            .execute(&mut *tx)
            .await?;
            let (taken,): (i64,) = sqlx::query_as(NAMES_TAKEN).bind(job.key.0).fetch_one(&mut *tx).await?;
            let created = sqlx::query(CREATE)
                .bind(job.key.0)
                .bind(job.customer.0)
                .bind(job.tenancy.operator.map(|key| key.0))
                .bind(job.tenancy.provider.map_or(PartyKey::PLATFORM.0, |key| key.0))
                .bind(now.0)
                .execute(&mut *tx)
                .await?;
            let changed = sqlx::query(UPDATE).bind(job.key.0).execute(&mut *tx).await?;
            let as_planned = (held.rows_affected(), taken) == (1, 0)
                && created.rows_affected() == counts.create
                && changed.rows_affected() == counts.update;
            if !as_planned {
                return Err(Fault::Said(tonalite_core::Error::Stale));
            }
            add_audit!(tx, audit)
        });
        match written {
            Ok(()) => Ok(true),
            // What the plan rests on is not so any more; a site that is gone shows as a reference to nothing.
            Err(tonalite_core::Error::Stale | tonalite_core::Error::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
