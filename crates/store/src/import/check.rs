//! What has changed between the plan and its writing: found without a lock, after the transaction that found it had to
//! give up.

use serde::Serialize;
use tonalite_core::Result;
use tonalite_core::id::{DeviceId, ImportKey, PartyKey, SiteKey};
use tonalite_core::import::RowOutcome;
use tonalite_core::time::Timestamp;
use uuid::Uuid;

use super::job::{count, count_column};
use crate::db::{Store, read, transaction};
use crate::error::Fault;
use crate::sql::{Twin, batch};

/// A row that is not any more what the plan says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedRow {
    /// Line in the file.
    pub line: u64,
    /// What was found before; the application's JSON.
    pub findings: Option<String>,
    /// The device that stands there now, if there is one.
    pub device: Option<DeviceId>,
}

const CHANGED: [&str; 3] = [
    "SELECT i.line, i.findings, d.uid FROM import_row i JOIN device d ON d.mac = i.mac \
     WHERE i.import_id = $1 AND i.outcome = 'create' AND i.line > $2 ORDER BY i.line LIMIT 500",
    "SELECT i.line, min(i.findings), NULL AS uid FROM import_row i \
     WHERE i.import_id = $1 AND i.outcome = 'create' AND i.line > $2 AND (NOT EXISTS (SELECT 1 FROM site s WHERE s.id = i.site_id) \
     OR (i.identity < 0 AND EXISTS (SELECT 1 FROM device d WHERE d.site_id = i.site_id \
     AND COALESCE(d.mac, 281474976710656) = 281474976710656 AND d.name = i.name))) GROUP BY i.line ORDER BY i.line LIMIT 500",
    "SELECT i.line, i.findings, d.uid FROM import_row i LEFT JOIN device d ON d.id = i.device_id \
     WHERE i.import_id = $1 AND i.outcome IN ('update', 'unchanged') AND i.line > $2 AND (d.id IS NULL OR d.version <> i.version \
     OR (i.outcome = 'update' AND d.lines_assigned > 0 AND (d.site_id <> i.site_id OR d.device_type <> i.device_type))) \
     ORDER BY i.line LIMIT 500",
];

const REJECT: Twin = batch!(
    "UPDATE import_row SET outcome = 'rejected', findings = r.findings FROM (SELECT CAST(value->>'line' AS BIGINT) AS line, \
     value->>'findings' AS findings FROM",
    ") r WHERE import_row.import_id = $2 AND import_row.line = r.line"
);

#[derive(Serialize)]
struct RejectJson<'a> {
    line: u64,
    findings: &'a str,
}

impl Store {
    /// At most 500 rows, after a line, that are not any more what the plan says. `kind`: 0 to 2, of three kinds of change.
    pub async fn find_changed_import_rows(
        &self,
        job: ImportKey,
        kind: usize,
        after_line: u64,
    ) -> Result<Vec<ChangedRow>> {
        let Some(text) = CHANGED.get(kind) else { return Ok(Vec::new()) };
        let rows: Vec<(i64, Option<String>, Option<Uuid>)> = read!(self.db, |db| {
            sqlx::query_as(*text).bind(job.0).bind(count_column(after_line)).fetch_all(db)
        })?;
        let changed = |(line, findings, uid): (i64, Option<String>, Option<Uuid>)| ChangedRow {
            line: count(line),
            findings,
            device: uid.map(DeviceId::from_uuid),
        };
        Ok(rows.into_iter().map(changed).collect())
    }

    /// Where an import would write what: sites, types and outcomes, each once.
    pub async fn find_import_places(&self, job: ImportKey) -> Result<Vec<(SiteKey, String, RowOutcome)>> {
        let rows: Vec<(i64, String, String)> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT DISTINCT site_id, device_type, outcome FROM import_row WHERE import_id = $1 \
                 AND outcome IN ('create', 'update') AND site_id IS NOT NULL AND device_type IS NOT NULL \
                 UNION SELECT DISTINCT d.site_id, d.device_type, i.outcome FROM import_row i JOIN device d ON d.id = i.device_id \
                 WHERE i.import_id = $1 AND i.outcome = 'update'",
            )
            .bind(job.0)
            .fetch_all(db)
        })?;
        let place = |(site, device_type, outcome): (i64, String, String)| {
            let outcome = if outcome == "update" { RowOutcome::Update } else { RowOutcome::Create };
            (SiteKey(site), device_type, outcome)
        };
        Ok(rows.into_iter().map(place).collect())
    }

    /// Some rows, at most 500, that would write there.
    pub async fn find_import_rows_at(
        &self,
        job: ImportKey,
        (site, device_type): (SiteKey, &str),
        outcome: RowOutcome,
    ) -> Result<Vec<ChangedRow>> {
        let rows: Vec<(i64, Option<String>)> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT i.line, i.findings FROM import_row i LEFT JOIN device d ON d.id = i.device_id \
                 WHERE i.import_id = $1 AND i.outcome = $2 AND ((i.site_id = $3 AND i.device_type = $4) \
                 OR (d.site_id = $3 AND d.device_type = $4)) ORDER BY i.line LIMIT 500",
            )
            .bind(job.0)
            .bind(outcome.as_str())
            .bind(site.0)
            .bind(device_type)
            .fetch_all(db)
        })?;
        let row = |(line, findings)| ChangedRow { line: count(line), findings, device: None };
        Ok(rows.into_iter().map(row).collect())
    }

    /// The sites of the devices that an import added.
    pub async fn find_sites_of_import(&self, job: ImportKey) -> Result<Vec<SiteKey>> {
        let rows: Vec<(i64,)> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT DISTINCT d.site_id FROM import_device i JOIN device d ON d.id = i.device_id WHERE i.import_id = $1",
            )
            .bind(job.0)
            .fetch_all(db)
        })?;
        Ok(rows.into_iter().map(|(site,)| SiteKey(site)).collect())
    }

    /// Makes rows wrong: each a line and what is said of it.
    pub async fn reject_import_rows(&self, job: ImportKey, rows: &[(u64, String)]) -> Result<()> {
        let json: Vec<RejectJson<'_>> =
            rows.iter().map(|(line, findings)| RejectJson { line: *line, findings }).collect();
        let json = serde_json::to_string(&json).map_err(Fault::from)?;
        transaction!(self.db, writer, |tx| {
            let done = sqlx::query(REJECT.text(self.engine())).bind(&json).bind(job.0);
            done.execute(&mut *tx).await.map(|_| ()).map_err(Fault::from)
        })
    }

    /// Counts the rows of an import anew.
    pub async fn recount_import(&self, job: ImportKey, now: Timestamp) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            sqlx::query(
                "UPDATE import_job SET updated_at = $2, \
                 rows_create = (SELECT count(*) FROM import_row r WHERE r.import_id = $1 AND r.outcome = 'create'), \
                 rows_update = (SELECT count(*) FROM import_row r WHERE r.import_id = $1 AND r.outcome = 'update'), \
                 rows_unchanged = (SELECT count(*) FROM import_row r WHERE r.import_id = $1 AND r.outcome = 'unchanged'), \
                 rows_rejected = (SELECT count(*) FROM import_row r WHERE r.import_id = $1 AND r.outcome = 'rejected') \
                 WHERE id = $1",
            )
            .bind(job.0)
            .bind(now.0)
            .execute(&mut *tx)
            .await
            .map(|_| ())
            .map_err(Fault::from)
        })
    }

    /// Who did something to devices of a customer since a moment, newest first, at most a thousand acts: the device, where
    /// it was one, and a name.
    pub async fn find_who_changed(
        &self,
        customer: PartyKey,
        since: Timestamp,
    ) -> Result<Vec<(Option<DeviceId>, String)>> {
        let rows: Vec<(Option<Uuid>, String)> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT CASE WHEN a.target_kind = 'device' THEN a.target_uid END, COALESCE(u.username, a.actor) FROM audit a \
                 LEFT JOIN portal_user u ON u.id = a.portal_user_id WHERE a.customer_id = $1 AND a.at >= $2 \
                 AND (a.target_kind = 'device' OR a.action = 'import.apply') ORDER BY a.id DESC LIMIT 1000",
            )
            .bind(customer.0)
            .bind(since.0)
            .fetch_all(db)
        })?;
        Ok(rows.into_iter().map(|(uid, who)| (uid.map(DeviceId::from_uuid), who)).collect())
    }
}
