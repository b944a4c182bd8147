//! The rows of an import: what the database knows about them, and what they come to.

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use serde::Serialize;
use tonalite_core::dect::ChainId;
use tonalite_core::id::{DeviceKey, ImportKey, PartyKey, SiteKey};
use tonalite_core::import::RowOutcome;
use tonalite_core::mac::Mac;
use tonalite_core::party::Tenancy;
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};

use super::job::{ImportProgress, count, count_column};
use crate::db::{Db, Store, read, transaction};
use crate::error::{BadRow, Fault};
use crate::row::{row, small};
use crate::sql::{Twin, batch};

/// One row of the plan, to be written and as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StagedRow {
    /// Its line in the file.
    pub line: u64,
    /// What it comes to.
    #[serde(serialize_with = "as_word")]
    pub outcome: RowOutcome,
    /// Its address, or what stands for it; 0 is none.
    pub identity: i64,
    /// Its address.
    #[serde(serialize_with = "as_number")]
    pub mac: Option<Mac>,
    /// Id of its type.
    pub device_type: Option<String>,
    /// Its site.
    pub site: Option<i64>,
    /// Name, as it will be.
    pub name: Option<String>,
    /// Serial number, as it will be.
    pub serial: Option<String>,
    /// Inventory number, as it will be.
    pub inventory_id: Option<String>,
    /// Note, as it will be.
    pub note: Option<String>,
    /// Chain id of the DECT system that it is to be in; an empty text takes it out of the one that it is in.
    pub chain_id: Option<String>,
    /// Ports of its type.
    pub lines_total: Option<u16>,
    /// The device that is there already.
    pub device: Option<i64>,
    /// Its version when it was looked at.
    pub version: Option<i64>,
    /// What is wrong or doubtful; the application's JSON.
    pub findings: Option<String>,
    /// What an update changes, as it was; the application's JSON.
    pub previous: Option<String>,
}

/// What is wrong with one row, for the result file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedFinding {
    /// Its line in the file.
    pub line: u64,
    /// What it comes to.
    pub outcome: RowOutcome,
    /// The application's JSON.
    pub findings: Option<String>,
}

/// A device that is there already, wherever it is. Who imports must not be told more than that it exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDevice {
    /// Storage key.
    pub key: DeviceKey,
    /// Address.
    pub mac: Option<Mac>,
    /// Type.
    pub device_type: String,
    /// Site.
    pub site: SiteKey,
    /// Place in the tree.
    pub tenancy: Tenancy,
    /// Name.
    pub name: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// Inventory number.
    pub inventory_id: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// Chain id of its DECT system.
    pub chain_id: Option<ChainId>,
    /// Ports assigned.
    pub lines_assigned: u16,
    /// Version.
    pub version: i64,
}

/// Where the file has had an identity already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// The identity.
    pub identity: i64,
    /// The first line.
    pub line: u64,
    /// How many rows.
    pub rows: u64,
}

/// A name at a site, for types without an address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Placed {
    /// The site.
    pub site: i64,
    /// The name.
    pub name: String,
}

row! {
    KnownRow {
        id: i64, mac: Option<i64>, device_type: String, site_id: i64, customer_id: i64, operator_id: Option<i64>,
        provider_id: i64, name: Option<String>, serial: Option<String>, inventory_id: Option<String>,
        note: Option<String>, lines_assigned: i64, version: i64, chain_id: Option<i64>,
    }
}

row! {
    RowRow {
        line: i64, outcome: String, identity: i64, mac: Option<i64>, device_type: Option<String>, site_id: Option<i64>,
        name: Option<String>, serial: Option<String>, inventory_id: Option<String>, note: Option<String>,
        chain_id: Option<String>, lines_total: Option<i64>, device_id: Option<i64>, version: Option<i64>,
        findings: Option<String>, previous: Option<String>,
    }
}

macro_rules! known_columns {
    () => {
        "SELECT d.id, d.mac, d.device_type, d.site_id, d.customer_id, d.operator_id, d.provider_id, d.name, d.serial, \
         d.inventory_id, d.note, d.lines_assigned, d.version, \
         (SELECT ds.chain_id FROM dect_system ds WHERE ds.id = d.dect_system_id) AS chain_id FROM"
    };
}

const KNOWN: Twin =
    batch!(known_columns!(), "r CROSS JOIN device d WHERE d.mac = CAST(r.value->>'mac' AS BIGINT)");

/// 2^48: where devices without an address stand in the index of a site.
const KNOWN_BY_NAME: Twin = batch!(
    known_columns!(),
    "r CROSS JOIN device d WHERE d.site_id = CAST(r.value->>'site' AS BIGINT) \
     AND COALESCE(d.mac, 281474976710656) = 281474976710656 AND d.name = r.value->>'name' LIMIT 5000"
);

const OCCURRENCES: Twin = batch!(
    "SELECT i.identity, min(i.line), count(*) FROM",
    "r CROSS JOIN import_row i WHERE i.import_id = $2 AND i.identity = CAST(r.value->>'identity' AS BIGINT) GROUP BY i.identity"
);

const STAGE: Twin = batch!(
    "INSERT INTO import_row (import_id, line, outcome, identity, mac, device_type, site_id, name, serial, inventory_id, note, \
     chain_id, lines_total, device_id, version, findings, previous) \
     SELECT CAST($2 AS BIGINT), CAST(value->>'line' AS BIGINT), value->>'outcome', CAST(value->>'identity' AS BIGINT), \
     CAST(value->>'mac' AS BIGINT), value->>'device_type', CAST(value->>'site' AS BIGINT), value->>'name', value->>'serial', \
     value->>'inventory_id', value->>'note', value->>'chain_id', CAST(value->>'lines_total' AS BIGINT), \
     CAST(value->>'device' AS BIGINT), CAST(value->>'version' AS BIGINT), value->>'findings', value->>'previous' FROM",
    ""
);

#[derive(Serialize)]
struct MacJson {
    mac: u64,
}

#[derive(Serialize)]
struct IdentityJson {
    identity: i64,
}

impl Store {
    /// The devices with these addresses, wherever they are.
    pub async fn find_devices_of_macs(&self, macs: &[Mac]) -> Result<Vec<KnownDevice>> {
        let macs: Vec<MacJson> = macs.iter().map(|mac| MacJson { mac: mac.as_u64() }).collect();
        let json = serde_json::to_string(&macs).map_err(Fault::from)?;
        let rows: Vec<KnownRow> =
            read!(self.db, |db| sqlx::query_as(KNOWN.text(self.engine())).bind(&json).fetch_all(db))?;
        read_known(rows)
    }

    /// The devices without an address that are called so at those sites.
    pub async fn find_devices_of_names(&self, places: &[Placed]) -> Result<Vec<KnownDevice>> {
        let json = serde_json::to_string(places).map_err(Fault::from)?;
        let rows: Vec<KnownRow> =
            read!(self.db, |db| sqlx::query_as(KNOWN_BY_NAME.text(self.engine())).bind(&json).fetch_all(db))?;
        read_known(rows)
    }

    /// How many devices of a type without an address a site has; only those without a name where `nameless`: a name
    /// that reads like an empty cell in a file is none.
    pub async fn count_devices_without_mac(
        &self,
        site: SiteKey,
        device_type: &str,
        nameless: bool,
    ) -> Result<u64> {
        let (rows,): (i64,) = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT count(*) FROM device WHERE site_id = $1 AND COALESCE(mac, 281474976710656) = 281474976710656 \
                 AND device_type = $2 AND ($3 = 0 OR name IS NULL OR lower(name) IN ('(empty)', '(vide)'))",
            )
            .bind(site.0)
            .bind(device_type)
            .bind(i64::from(nameless))
            .fetch_one(db)
        })?;
        Ok(count(rows))
    }

    /// Where these identities stand among the rows that are staged.
    pub async fn find_import_occurrences(
        &self,
        job: ImportKey,
        identities: &[i64],
    ) -> Result<Vec<Occurrence>> {
        let identities: Vec<IdentityJson> =
            identities.iter().map(|identity| IdentityJson { identity: *identity }).collect();
        let json = serde_json::to_string(&identities).map_err(Fault::from)?;
        let rows: Vec<(i64, i64, i64)> = read!(self.db, |db| {
            sqlx::query_as(OCCURRENCES.text(self.engine())).bind(&json).bind(job.0).fetch_all(db)
        })?;
        let occurrence =
            |(identity, line, rows)| Occurrence { identity, line: count(line), rows: count(rows) };
        Ok(rows.into_iter().map(occurrence).collect())
    }

    /// Writes rows of the plan, with how far the reading has come. `false`: nobody wants them any more.
    pub async fn stage_import_rows(
        &self,
        job: ImportKey,
        rows: &[StagedRow],
        progress: &ImportProgress,
        now: Timestamp,
    ) -> Result<bool> {
        let json = serde_json::to_string(rows).map_err(Fault::from)?;
        transaction!(self.db, writer, |tx| {
            let wanted = sqlx::query(
                "UPDATE import_job SET bytes_read = $2, rows_create = $3, rows_update = $4, rows_unchanged = $5, \
                 rows_rejected = $6, comments = $7, elsewhere = $8, updated_at = $9 WHERE id = $1 AND state = 'reading'",
            )
            .bind(job.0)
            .bind(count_column(progress.bytes_read))
            .bind(count_column(progress.counts.create))
            .bind(count_column(progress.counts.update))
            .bind(count_column(progress.counts.unchanged))
            .bind(count_column(progress.counts.rejected))
            .bind(count_column(progress.comments))
            .bind(count_column(progress.elsewhere))
            .bind(now.0)
            .execute(&mut *tx)
            .await?
            .rows_affected()
                > 0;
            if wanted && !rows.is_empty() {
                sqlx::query(STAGE.text(self.engine())).bind(&json).bind(job.0).execute(&mut *tx).await?;
            }
            Ok::<_, Fault>(wanted)
        })
    }

    /// Rows of the plan by line, at most `limit`, after a line; of one outcome where one is named.
    pub async fn find_import_rows(
        &self,
        job: ImportKey,
        outcome: Option<RowOutcome>,
        after_line: u64,
        limit: u16,
    ) -> Result<Vec<StagedRow>> {
        macro_rules! rows {
            ($condition:literal, $word:expr) => {
                read!(self.db, |db| {
                    sqlx::query_as(concat!(
                        "SELECT line, outcome, identity, mac, device_type, site_id, name, serial, inventory_id, note, chain_id, \
                         lines_total, device_id, version, findings, previous FROM import_row WHERE import_id = $1 AND ",
                        $condition,
                        " AND line > $3 ORDER BY line LIMIT $4"
                    ))
                    .bind(job.0)
                    .bind($word)
                    .bind(count_column(after_line))
                    .bind(i64::from(limit))
                    .fetch_all(db)
                })?
            };
        }
        let rows: Vec<RowRow> = match outcome {
            Some(outcome) => rows!("outcome = $2", outcome.as_str()),
            None => rows!("$2 = ''", ""),
        };
        rows.into_iter().map(read_row).collect::<std::result::Result<_, Fault>>().map_err(Error::from)
    }

    /// What every row came to, in the order of the file.
    pub fn stream_import_findings(&self, job: ImportKey) -> BoxStream<'_, Result<StagedFinding>> {
        let read = |row: sqlx::Result<(i64, String, Option<String>)>| {
            let (line, outcome, findings) = row.map_err(Fault::from)?;
            let bad = BadRow { table: "import_row", column: "outcome", row: line };
            let outcome = RowOutcome::parse(&outcome).ok_or(bad).map_err(Fault::from)?;
            Ok(StagedFinding { line: count(line), outcome, findings })
        };
        let text = "SELECT line, outcome, findings FROM import_row WHERE import_id = $1 ORDER BY line";
        match &self.db {
            Db::Sqlite(db) => sqlx::query_as(text).bind(job.0).fetch(&db.bulk).map(read).boxed(),
            Db::Postgres(db) => sqlx::query_as(text).bind(job.0).fetch(&db.bulk).map(read).boxed(),
        }
    }
}

fn read_mac(mac: Option<i64>, bad: BadRow) -> std::result::Result<Option<Mac>, BadRow> {
    match mac {
        None => Ok(None),
        Some(mac) => u64::try_from(mac).ok().and_then(Mac::from_u64).map(Some).ok_or(bad),
    }
}

fn read_known(rows: Vec<KnownRow>) -> Result<Vec<KnownDevice>> {
    let read = |row: KnownRow| {
        let bad = |column| BadRow { table: "device", column, row: row.id };
        Ok::<_, Fault>(KnownDevice {
            key: DeviceKey(row.id),
            mac: read_mac(row.mac, bad("mac"))?,
            device_type: row.device_type,
            site: SiteKey(row.site_id),
            tenancy: Tenancy {
                provider: Some(PartyKey(row.provider_id)),
                operator: row.operator_id.map(PartyKey),
                customer: Some(PartyKey(row.customer_id)),
            },
            name: row.name,
            serial: row.serial,
            inventory_id: row.inventory_id,
            note: row.note,
            chain_id: match row.chain_id {
                None => None,
                Some(number) => Some(ChainId::from_i64(number).ok_or(bad("dect_system_id"))?),
            },
            lines_assigned: small(row.lines_assigned),
            version: row.version,
        })
    };
    rows.into_iter().map(read).collect::<std::result::Result<_, Fault>>().map_err(Error::from)
}

fn read_row(row: RowRow) -> std::result::Result<StagedRow, Fault> {
    let bad = |column| BadRow { table: "import_row", column, row: row.line };
    Ok(StagedRow {
        line: count(row.line),
        outcome: RowOutcome::parse(&row.outcome).ok_or_else(|| bad("outcome"))?,
        identity: row.identity,
        mac: read_mac(row.mac, bad("mac"))?,
        device_type: row.device_type,
        site: row.site_id,
        name: row.name,
        serial: row.serial,
        inventory_id: row.inventory_id,
        note: row.note,
        chain_id: row.chain_id,
        lines_total: row.lines_total.map(small),
        device: row.device_id,
        version: row.version,
        findings: row.findings,
        previous: row.previous,
    })
}

fn as_word<S: serde::Serializer>(outcome: &RowOutcome, to: S) -> std::result::Result<S::Ok, S::Error> {
    to.serialize_str(outcome.as_str())
}

#[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
fn as_number<S: serde::Serializer>(mac: &Option<Mac>, to: S) -> std::result::Result<S::Ok, S::Error> {
    match mac {
        Some(mac) => to.serialize_u64(mac.as_u64()),
        None => to.serialize_none(),
    }
}
