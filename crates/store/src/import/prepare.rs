//! Before an import is written: its devices get their keys, in the order of their addresses, and their texts for the
//! search, in short transactions. Nobody finds a text whose device does not exist. What is left to the one transaction is
//! to copy rows that lie beside one another in every index.

use serde::Serialize;
use tonalite_core::Result;
use tonalite_core::id::ImportKey;
use tonalite_core::mac::Mac;
use uuid::Uuid;

use super::job::{count, count_column};
use crate::db::{Engine, Store, read, transaction};
use crate::device_search::{FILL, SourceRow, documents};
use crate::error::{BadRow, Fault};
use crate::row::{row, small};
use crate::sql::{Twin, batch};

/// A device that is about to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedDevice {
    /// Line in the file.
    pub line: u64,
    /// Its address, or what stands for it.
    pub identity: i64,
    /// Address.
    pub mac: Option<Mac>,
    /// Type.
    pub device_type: String,
    /// Site.
    pub site: i64,
    /// Name of the site.
    pub site_name: String,
    /// Name.
    pub name: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// Inventory number.
    pub inventory_id: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// Ports of its type.
    pub lines_total: u16,
}

row! {
    PlannedRow {
        line: i64, identity: i64, mac: Option<i64>, device_type: String, site_id: i64, site_name: String,
        name: Option<String>, serial: Option<String>, inventory_id: Option<String>, note: Option<String>,
        lines_total: i64,
    }
}

#[derive(Serialize)]
struct DeviceJson<'a> {
    id: i64,
    line: u64,
    identity: i64,
    uid: String,
    mac: Option<u64>,
    device_type: &'a str,
    site: i64,
    name: Option<&'a str>,
    serial: Option<&'a str>,
    inventory_id: Option<&'a str>,
    note: Option<&'a str>,
    lines_total: u16,
}

/// The outcome as an expression: SQLite would rather sort a million rows of that outcome than walk the identities in order.
const PLANNED: &str = "SELECT i.line, i.identity, i.mac, i.device_type, i.site_id, s.name AS site_name, i.name, i.serial, i.inventory_id, \
     i.note, i.lines_total FROM import_row i JOIN site s ON s.id = i.site_id \
     WHERE i.import_id = $1 AND i.outcome || '' = 'create' AND (i.identity, i.line) > ($2, $3) \
     ORDER BY i.identity, i.line LIMIT $4";

/// SQLite keeps the last key that AUTOINCREMENT gave in a table like any other, and gives the one after it next.
const RESERVE: Twin = Twin {
    sqlite: "UPDATE sqlite_sequence SET seq = seq + $1 WHERE name = 'device' RETURNING seq",
    postgres: "SELECT nextval(pg_get_serial_sequence('device', 'id')) FROM generate_series(1, $1)",
};
const RESERVE_FIRST: &str = "INSERT INTO sqlite_sequence (name, seq) VALUES ('device', $1) RETURNING seq";

macro_rules! insert_devices {
    ($uid:literal) => {
        concat!(
            "INSERT INTO import_device (import_id, device_id, line, identity, mac, device_type, site_id, name, serial, \
             inventory_id, note, lines_total, kept, uid) \
             SELECT CAST($2 AS BIGINT), CAST(value->>'id' AS BIGINT), CAST(value->>'line' AS BIGINT), \
             CAST(value->>'identity' AS BIGINT), CAST(value->>'mac' AS BIGINT), value->>'device_type', \
             CAST(value->>'site' AS BIGINT), value->>'name', value->>'serial', value->>'inventory_id', value->>'note', \
             CAST(value->>'lines_total' AS BIGINT), 0, ",
            $uid,
            " FROM "
        )
    };
}

const INSERT: Twin = Twin {
    sqlite: concat!(insert_devices!("unhex(value->>'uid')"), "json_each($1)"),
    postgres: concat!(insert_devices!("CAST(value->>'uid' AS UUID)"), "json_array_elements($1::json)"),
};

const GONE_TEXTS: Twin = batch!(
    "DELETE FROM device_search WHERE rowid IN (SELECT CAST(r.value->>'id' AS BIGINT) FROM",
    "r WHERE NOT EXISTS (SELECT 1 FROM device d WHERE d.id = CAST(r.value->>'id' AS BIGINT)))"
);
const GONE_DEVICES: Twin = batch!(
    "DELETE FROM import_device WHERE import_id = $2 AND device_id IN (SELECT CAST(value->>'id' AS BIGINT) FROM",
    ")"
);

#[derive(Serialize)]
pub(super) struct IdJson {
    pub(super) id: i64,
}

impl Store {
    /// How far the keys of an import's devices have been given: identity and line of the last one.
    pub async fn last_prepared(&self, job: ImportKey) -> Result<Option<(i64, u64)>> {
        let row: Option<(i64, i64)> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT identity, line FROM import_device WHERE import_id = $1 ORDER BY device_id DESC LIMIT 1",
            )
            .bind(job.0)
            .fetch_optional(db)
        })?;
        Ok(row.map(|(identity, line)| (identity, count(line))))
    }

    /// The next devices that have no key yet, by address, at most `limit`.
    pub async fn find_planned_devices(
        &self,
        job: ImportKey,
        after: Option<(i64, u64)>,
        limit: u16,
    ) -> Result<Vec<PlannedDevice>> {
        let (identity, line) = after.unwrap_or((i64::MIN, 0));
        let rows: Vec<PlannedRow> = read!(self.db, |db| {
            sqlx::query_as(PLANNED)
                .bind(job.0)
                .bind(identity)
                .bind(count_column(line))
                .bind(i64::from(limit))
                .fetch_all(db)
        })?;
        let read = |row: PlannedRow| {
            let bad = BadRow { table: "import_row", column: "mac", row: row.line };
            let mac = match row.mac {
                None => None,
                Some(mac) => Some(u64::try_from(mac).ok().and_then(Mac::from_u64).ok_or(bad)?),
            };
            Ok::<_, Fault>(PlannedDevice {
                line: count(row.line),
                identity: row.identity,
                mac,
                device_type: row.device_type,
                site: row.site_id,
                site_name: row.site_name,
                name: row.name,
                serial: row.serial,
                inventory_id: row.inventory_id,
                note: row.note,
                lines_total: small(row.lines_total),
            })
        };
        Ok(rows.into_iter().map(read).collect::<std::result::Result<_, Fault>>()?)
    }

    /// Gives devices their keys, and writes their texts for the search. `false`: the import is no longer being written.
    pub async fn prepare_import_devices(
        &self,
        job: ImportKey,
        devices: &[PlannedDevice],
        ids: &[Uuid],
    ) -> Result<bool> {
        let wanted = i64::try_from(devices.len()).unwrap_or(i64::MAX);
        transaction!(self.db, writer, |tx| {
            let held = sqlx::query("UPDATE import_job SET settled = 1 WHERE id = $1 AND state = 'applying'")
                .bind(job.0)
                .execute(&mut *tx)
                .await?;
            if held.rows_affected() == 0 {
                return Ok(false);
            }
            let mut keys: Vec<(i64,)> =
                sqlx::query_as(RESERVE.text(self.engine())).bind(wanted).fetch_all(&mut *tx).await?;
            if keys.is_empty() {
                keys = sqlx::query_as(RESERVE_FIRST).bind(wanted).fetch_all(&mut *tx).await?;
            }
            if let (Engine::Sqlite, Some((last,))) = (self.engine(), keys.first().copied()) {
                keys = (last - wanted + 1..=last).map(|key| (key,)).collect();
            }
            let rows: Vec<DeviceJson<'_>> = devices
                .iter()
                .zip(ids)
                .zip(&keys)
                .map(|((device, id), (key,))| device_json(device, *id, *key))
                .collect();
            let texts: Vec<SourceRow> =
                devices.iter().zip(&keys).map(|(device, (key,))| source(device, *key)).collect();
            sqlx::query(INSERT.text(self.engine()))
                .bind(serde_json::to_string(&rows)?)
                .bind(job.0)
                .execute(&mut *tx)
                .await?;
            if let Some((texts, _)) = documents(texts)? {
                sqlx::query(FILL.text(self.engine())).bind(&texts).execute(&mut *tx).await?;
            }
            Ok::<_, Fault>(true)
        })
    }

    /// Forgets the keys that were given, and the texts of devices that did not come to be, batch by batch.
    pub async fn forget_import_devices(&self, job: ImportKey) -> Result<()> {
        loop {
            let left = transaction!(self.db, writer, |tx| {
                let keys: Vec<(i64,)> = sqlx::query_as(
                    "SELECT device_id FROM import_device WHERE import_id = $1 ORDER BY device_id LIMIT 500",
                )
                .bind(job.0)
                .fetch_all(&mut *tx)
                .await?;
                if !keys.is_empty() {
                    let ids: Vec<IdJson> = keys.iter().map(|(id,)| IdJson { id: *id }).collect();
                    let json = serde_json::to_string(&ids)?;
                    sqlx::query(GONE_TEXTS.text(self.engine())).bind(&json).execute(&mut *tx).await?;
                    let done = sqlx::query(GONE_DEVICES.text(self.engine())).bind(&json).bind(job.0);
                    done.execute(&mut *tx).await?;
                }
                Ok::<_, Fault>(keys.len())
            })?;
            if left == 0 {
                return Ok(());
            }
        }
    }
}

fn device_json(device: &PlannedDevice, id: Uuid, key: i64) -> DeviceJson<'_> {
    DeviceJson {
        id: key,
        line: device.line,
        identity: device.identity,
        uid: id.simple().to_string(),
        mac: device.mac.map(Mac::as_u64),
        device_type: &device.device_type,
        site: device.site,
        name: device.name.as_deref(),
        serial: device.serial.as_deref(),
        inventory_id: device.inventory_id.as_deref(),
        note: device.note.as_deref(),
        lines_total: device.lines_total,
    }
}

fn source(device: &PlannedDevice, key: i64) -> SourceRow {
    SourceRow {
        id: key,
        mac: device.mac.map(crate::device::mac_column),
        device_type: device.device_type.clone(),
        name: device.name.clone(),
        serial: device.serial.clone(),
        inventory_id: device.inventory_id.clone(),
        site_name: device.site_name.clone(),
        users: None,
    }
}
