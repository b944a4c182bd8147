//! What devices are found by: one folded text each, indexed by trigrams (FTS5 or `pg_trgm`), written again in the
//! transaction of whatever changes it. How it is asked is in `device_candidates`.

use serde::Serialize;
use tonalite_core::Result;
use tonalite_core::id::DeviceKey;
use tonalite_core::search::searchable;

use crate::db::{Store, transaction};
use crate::error::{Fault, OpenError};
use crate::row::row;
use crate::sql::{Twin, batch};

row! {
    /// All that a device is found by.
    SourceRow {
        id: i64,
        mac: Option<i64>,
        device_type: String,
        name: Option<String>,
        serial: Option<String>,
        inventory_id: Option<String>,
        site_name: String,
        users: Option<String>,
    }
}

/// Rows of one batch: one JSON text each, and what an import holds in memory.
pub(crate) const BATCH: usize = 500;

/// The devices that a condition names, after a key, one batch.
macro_rules! sources {
    ($condition:literal) => {
        concat!(
            "SELECT d.id, d.mac, d.device_type, d.name, d.serial, d.inventory_id, s.name AS site_name, \
             (SELECT string_agg(u.name || ' ' || u.extension || ' ' || COALESCE(u.number, ''), ' ') \
             FROM line l JOIN \"user\" u ON u.id = l.user_id WHERE l.device_id = d.id) AS users \
             FROM device d JOIN site s ON s.id = d.site_id WHERE ",
            $condition,
            " AND d.id > $2 ORDER BY d.id LIMIT 500"
        )
    };
}

/// `$1`: the device.
pub(crate) const ONE_DEVICE: &str = sources!("d.id = $1");
/// `$1`: the site.
pub(crate) const DEVICES_OF_SITE: &str = sources!("d.site_id = $1");
/// `$1`: the last key that is known already.
pub(crate) const DEVICES_AFTER: &str = sources!("d.id > $1");
/// `$1`: a user who has lines of them.
pub(crate) const DEVICES_OF_USER: &str = sources!("d.id IN (SELECT device_id FROM line WHERE user_id = $1)");
/// `$1`: a JSON text of keys.
pub(crate) const DEVICES_OF_KEYS: Twin = Twin {
    sqlite: sources!("d.id IN (SELECT CAST(value->>'id' AS BIGINT) FROM json_each($1))"),
    postgres: sources!("d.id IN (SELECT CAST(value->>'id' AS BIGINT) FROM json_array_elements($1::json))"),
};
/// `$1`: the last key.
const DEVICES_UP_TO: &str = sources!("d.id <= $1");

/// Forgets one device.
pub(crate) const UNINDEX: &str = "DELETE FROM device_search WHERE rowid = $1";

/// Forgets those of a JSON text of keys.
pub(crate) const UNINDEX_ALL: Twin =
    batch!("DELETE FROM device_search WHERE rowid IN (SELECT CAST(value->>'id' AS BIGINT) FROM", ")");

/// An FTS5 table replaces a row that is there already, and knows no other word for it.
pub(crate) const FILL: Twin = Twin {
    sqlite: "INSERT OR REPLACE INTO device_search (rowid, document) \
             SELECT CAST(value->>'id' AS BIGINT), value->>'document' FROM json_each($1)",
    postgres: "INSERT INTO device_search (rowid, document) \
               SELECT CAST(value->>'id' AS BIGINT), value->>'document' FROM json_array_elements($1::json) \
               ON CONFLICT (rowid) DO UPDATE SET document = excluded.document",
};

#[derive(Serialize)]
struct Document {
    id: i64,
    document: String,
}

/// One batch as a JSON text, and the key of its last device; `None` at the end.
pub(crate) fn documents(rows: Vec<SourceRow>) -> std::result::Result<Option<(String, i64)>, Fault> {
    let Some(last) = rows.last().map(|row| row.id) else { return Ok(None) };
    let documents: Vec<Document> =
        rows.into_iter().map(|row| Document { id: row.id, document: document(&row) }).collect();
    Ok(Some((serde_json::to_string(&documents)?, last)))
}

/// A space between any two things: no term has one, so that none is found across two.
fn document(row: &SourceRow) -> String {
    let mut document = row.mac.map_or_else(String::new, |mac| format!("{mac:012x} "));
    let texts = [
        Some(&row.device_type),
        row.name.as_ref(),
        row.serial.as_ref(),
        row.inventory_id.as_ref(),
        Some(&row.site_name),
        row.users.as_ref(),
    ];
    for text in texts.into_iter().flatten() {
        document.push_str(&searchable(text));
        document.push(' ');
    }
    document
}

/// Writes the texts of the devices that `$sources` names with `$bound`, in this transaction.
macro_rules! index_devices {
    ($tx:ident, $engine:expr, $sources:expr, $bound:expr) => {{
        let mut after = 0_i64;
        loop {
            let rows: Vec<$crate::device_search::SourceRow> =
                sqlx::query_as($sources).bind($bound).bind(after).fetch_all(&mut *$tx).await?;
            let full = rows.len() == $crate::device_search::BATCH;
            let Some((documents, last)) = $crate::device_search::documents(rows)? else { break };
            let fill = $crate::device_search::FILL.text($engine);
            sqlx::query(fill).bind(&documents).execute(&mut *$tx).await?;
            if !full {
                break;
            }
            after = last;
        }
    }};
}
pub(crate) use index_devices;

impl Store {
    /// Writes the search texts of all devices with keys from `from` to `to`, for whoever fills in devices by the thousand
    /// without this store's own functions. Each batch is a transaction of its own; doing it again changes nothing.
    pub async fn index_devices(&self, from: DeviceKey, to: DeviceKey) -> Result<()> {
        let mut next = Some(from.0.saturating_sub(1));
        while let Some(after) = next {
            next = transaction!(self.db, writer, |tx| {
                let rows: Vec<SourceRow> =
                    sqlx::query_as(DEVICES_UP_TO).bind(to.0).bind(after).fetch_all(&mut *tx).await?;
                let batch = documents(rows)?;
                if let Some((documents, _)) = &batch {
                    sqlx::query(FILL.text(self.engine())).bind(documents).execute(&mut *tx).await?;
                }
                Ok::<_, Fault>(batch.map(|(_, last)| last))
            })?;
        }
        Ok(())
    }

    /// Fills the index for devices that are older than it, from where a start before this one ended.
    pub(crate) async fn finish_index(&self) -> std::result::Result<(), OpenError> {
        let mut said = false;
        loop {
            match self.index_more().await {
                Ok(Some(last)) if !said => {
                    said = true;
                    tracing::info!(device.after = last, "the devices are being indexed for the search, once");
                }
                Ok(Some(_)) => {}
                Ok(None) => return Ok(()),
                Err(error) => return Err(OpenError::Reconcile(format!("{error:?}"))),
            }
        }
    }

    /// One batch of what is unfinished; `None` when nothing is.
    async fn index_more(&self) -> Result<Option<i64>> {
        transaction!(self.db, writer, |tx| {
            let unfinished: Option<(i64,)> =
                sqlx::query_as("SELECT after_key FROM unfinished_index WHERE name = 'device_search'")
                    .fetch_optional(&mut *tx)
                    .await?;
            let mut batch = None;
            if let Some((after,)) = unfinished {
                let rows: Vec<SourceRow> =
                    sqlx::query_as(DEVICES_UP_TO).bind(i64::MAX).bind(after).fetch_all(&mut *tx).await?;
                batch = documents(rows)?;
                let done = match &batch {
                    Some((documents, last)) => {
                        sqlx::query(FILL.text(self.engine())).bind(documents).execute(&mut *tx).await?;
                        sqlx::query("UPDATE unfinished_index SET after_key = $1 WHERE name = 'device_search'")
                            .bind(last)
                    }
                    None => sqlx::query("DELETE FROM unfinished_index WHERE name = 'device_search'"),
                };
                done.execute(&mut *tx).await?;
            }
            Ok::<_, Fault>(batch.map(|(_, last)| last))
        })
    }
}
