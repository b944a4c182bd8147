//! The one transaction that writes an import: devices, changes, the audit record and the state of the job, or nothing.

use tonalite_core::Result;
use tonalite_core::id::{DectSystemId, PartyKey};
use tonalite_core::party::Party;
use tonalite_core::time::Timestamp;

use super::chains::ImportedChain;
use super::job::ImportRecord;
use crate::AuditRecord;
use crate::audit::add_audit;
use crate::db::{Store, transaction};
use crate::dect_join::{DectJoin, join_dect_systems};
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

/// Takes bases out of their systems, where the file says so.
const LEAVE: &str = "UPDATE device SET dect_system_id = NULL WHERE dect_system_id IS NOT NULL AND id IN \
     (SELECT i.device_id FROM import_row i WHERE i.import_id = $1 AND i.outcome = 'update' AND i.chain_id = '')";

/// What became of the writing of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportWritten {
    /// All of it is written.
    All,
    /// Something has changed since; nothing is written.
    Changed,
    /// A DECT system would have too many bases, those of these lines among them; nothing is written.
    SystemFull(Vec<u64>),
}

/// What a plan says of DECT systems.
pub struct ImportChains<'a> {
    /// Whose they are.
    pub customer: &'a Party,
    /// Devices and their chain ids.
    pub chains: &'a [ImportedChain],
    /// Ids of systems that have to be made, one for each of the devices.
    pub ids: &'a [DectSystemId],
    /// Devices leave their systems.
    pub leave: bool,
}

impl Store {
    /// Writes what the plan says, or nothing. `kept_until`: until then it may be undone.
    pub async fn apply_import(
        &self,
        job: &ImportRecord,
        dect: &ImportChains<'_>,
        kept_until: Timestamp,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<ImportWritten> {
        let counts = job.progress.counts;
        let joins: Vec<DectJoin> = dect
            .chains
            .iter()
            .zip(dect.ids)
            .map(|(chain, id)| DectJoin { device: chain.device, chain_id: chain.chain_id, id_if_new: *id })
            .collect();
        let full = std::sync::Mutex::new(Vec::new());
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
            if dect.leave {
                sqlx::query(LEAVE).bind(job.key.0).execute(&mut *tx).await?;
            }
            if !joins.is_empty() {
                join_dect_systems!(tx, dect.customer, &joins, now, |bases: &Vec<i64>| {
                    full.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(bases);
                })
                // Somebody has made a system with one of these chain ids meanwhile.
                .map_err(|fault| match fault.is_unique_violation() {
                    true => Fault::Said(tonalite_core::Error::Stale),
                    false => fault,
                })?;
            }
            add_audit!(tx, audit)
        });
        let full = full.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        match written {
            Ok(()) => Ok(ImportWritten::All),
            Err(tonalite_core::Error::Conflict(_)) if !full.is_empty() => {
                let bases: std::collections::HashSet<i64> = full.into_iter().collect();
                let lines = dect.chains.iter().filter(|chain| bases.contains(&chain.device.0));
                Ok(ImportWritten::SystemFull(lines.map(|chain| chain.line).collect()))
            }
            // What the plan rests on is not so any more; a site that is gone shows as a reference to nothing.
            Err(tonalite_core::Error::Stale | tonalite_core::Error::NotFound) => Ok(ImportWritten::Changed),
            Err(error) => Err(error),
        }
    }
}
