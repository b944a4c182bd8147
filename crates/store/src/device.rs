//! Devices, read together with their committed registration state.

use tonalite_core::access::{Actor, Scope};
use tonalite_core::device::{Device, DeviceStatus, Labels, NewDevice};
use tonalite_core::filter::{DeviceFilter, DeviceSort, StatusCounts, StatusFilter};
use tonalite_core::id::{DeviceId, DeviceKey, LineKey, PartyId, PartyKey, SiteId, SiteKey};
use tonalite_core::line_state::{DeviceState, LineState, StateDetail};
use tonalite_core::mac::Mac;
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::party::Tenancy;
use tonalite_core::site::Site;
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};
use uuid::Uuid;

use crate::AuditRecord;
use crate::audit::{add_audit, cut};
use crate::db::{Store, read, transaction};
use crate::error::{BadRow, Fault};
use crate::row::{row, small};
use crate::sql::{Query, TenantColumns, Value, bind_all};

row! {
    /// As stored, in both schemas.
    DeviceRow {
        id: i64,
        uid: Uuid,
        mac: Option<i64>,
        device_type: String,
        site_id: i64,
        site_uid: Uuid,
        site_name: String,
        customer_id: i64,
        customer_uid: Uuid,
        customer_name: String,
        operator_id: Option<i64>,
        provider_id: i64,
        name: Option<String>,
        serial: Option<String>,
        inventory_id: Option<String>,
        note: Option<String>,
        critical: i64,
        lines_total: i64,
        lines_assigned: i64,
        created_at: i64,
        version: i64,
        state: Option<i64>,
        detail: Option<String>,
        since: Option<i64>,
        live_registered: Option<i64>,
        live_assigned: Option<i64>,
        last_ip: Option<String>,
        user_agent: Option<String>,
        last_seen: Option<i64>,
        expires_at: Option<i64>,
    }
}

macro_rules! select_device {
    ($tail:literal) => {
        concat!(
            "SELECT d.id, d.uid, d.mac, d.device_type, d.site_id, s.uid AS site_uid, s.name AS site_name, d.customer_id, \
             p.uid AS customer_uid, p.name AS customer_name, d.operator_id, d.provider_id, d.name, d.serial, d.inventory_id, \
             d.note, d.critical, d.lines_total, d.lines_assigned, d.created_at, d.version, st.state, st.detail, st.since, \
             st.lines_registered AS live_registered, st.lines_assigned AS live_assigned, st.last_ip, st.user_agent, \
             st.last_seen, st.expires_at \
             FROM device d JOIN site s ON s.id = d.site_id JOIN party p ON p.id = d.customer_id \
             LEFT JOIN live.device_state st ON st.device_id = d.id",
            $tail
        )
    };
}

const TENANT: TenantColumns = TenantColumns {
    provider: "d.provider_id = ?",
    operator: "d.operator_id = ?",
    customer: "d.customer_id = ?",
    site: Some("d.site_id"),
};

const COUNT_TENANT: TenantColumns = TenantColumns {
    provider: "c.provider_id = ?",
    operator: "c.operator_id = ?",
    customer: "c.customer_id = ?",
    site: Some("c.site_id"),
};

/// A device to be written.
pub struct DeviceInsert<'a> {
    /// Public id.
    pub id: DeviceId,
    /// Its site.
    pub site: &'a Site,
    /// What it is.
    pub device: &'a NewDevice,
    /// Ports of its type.
    pub lines_total: u16,
    /// When.
    pub now: Timestamp,
}

/// Fields of a device that people change.
pub struct DeviceFields<'a> {
    /// Free texts.
    pub labels: &'a Labels,
    /// Critical mark.
    pub critical: bool,
}

impl Store {
    /// A device by its public id. `ready_at`: what was last heard before is *unconfirmed*.
    pub async fn find_device(
        &self,
        id: DeviceId,
        ready_at: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Device>> {
        let row: Option<DeviceRow> = read!(self.db, |db| {
            sqlx::query_as(select_device!(" WHERE d.uid = $1")).bind(id.uuid()).fetch_optional(db)
        })?;
        row.map(|row| read_device(row, ready_at, now)).transpose().map_err(Error::from)
    }

    /// A device by its address, wherever it is. Who asks must not be told more than that it exists.
    pub async fn find_device_by_mac(
        &self,
        mac: Mac,
        ready_at: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Device>> {
        let row: Option<DeviceRow> = read!(self.db, |db| {
            sqlx::query_as(select_device!(" WHERE d.mac = $1")).bind(mac_column(mac)).fetch_optional(db)
        })?;
        row.map(|row| read_device(row, ready_at, now)).transpose().map_err(Error::from)
    }

    /// One page of what the actor sees.
    pub async fn page_devices(
        &self,
        actor: &Actor,
        filter: &DeviceFilter,
        limit: Limit,
        after: Option<&Cursor>,
        ready_at: Timestamp,
        now: Timestamp,
    ) -> Result<Page<Device>> {
        let mut query = Query::new(select_device!(""));
        narrow(&mut query, actor, filter);
        if let Some(status) = filter.status {
            let classes = status.classes().iter().map(|class| Value::Int(*class as i64));
            // A device without a live row (a crash in between, mended at start) has no line yet.
            query.and_in("COALESCE(st.class, 4)", classes);
        }
        match filter.sort {
            DeviceSort::Mac => {
                if let Some(cursor) = after {
                    match cursor.value.parse::<i64>() {
                        Ok(mac) => query.and("d.mac > ?", [Value::Int(mac)]),
                        Err(_) => query.and("d.mac IS NOT NULL OR d.id > ?", [Value::Int(cursor.key)]),
                    };
                }
                query.push(" ORDER BY d.mac NULLS FIRST, d.id");
            }
            DeviceSort::Newest => {
                if let Some(cursor) = after {
                    query.and("d.id < ?", [Value::Int(cursor.key)]);
                }
                query.push(" ORDER BY d.id DESC");
            }
        }
        query.limit(i64::from(limit.get()) + 1);
        let mut rows: Vec<DeviceRow> =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
        let next = cut(&mut rows, limit)
            .map(|row| Cursor { value: row.mac.map_or(String::new(), |mac| mac.to_string()), key: row.id });
        let items = rows
            .into_iter()
            .map(|row| read_device(row, ready_at, now))
            .collect::<std::result::Result<_, Fault>>()?;
        Ok(Page { items, next })
    }

    /// Devices per class, whatever status the filter asks for: from the maintained rollup where the filter allows it.
    pub async fn count_devices(&self, actor: &Actor, filter: &DeviceFilter) -> Result<StatusCounts> {
        if filter.device_types.is_some() {
            let mut query = Query::new(
                "SELECT COALESCE(st.class, 4) AS class, count(*) AS n FROM device d \
                 LEFT JOIN live.device_state st ON st.device_id = d.id",
            );
            narrow(&mut query, actor, filter);
            query.push(" GROUP BY COALESCE(st.class, 4)");
            let rows: Vec<(i64, i64)> =
                read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
            let of =
                |class: StatusFilter| rows.iter().find(|row| row.0 == class as i64).map_or(0, |row| row.1);
            return Ok(StatusCounts {
                registered: of(StatusFilter::Registered),
                partial: of(StatusFilter::Partial),
                aged: of(StatusFilter::Aged),
                unregistered: of(StatusFilter::Unregistered),
                no_line: of(StatusFilter::NoLine),
            });
        }
        // PostgreSQL sums BIGINT into NUMERIC; the cast keeps one type on both engines.
        let mut query = Query::new(
            "SELECT CAST(COALESCE(sum(c.registered), 0) AS BIGINT), CAST(COALESCE(sum(c.partial), 0) AS BIGINT), \
             CAST(COALESCE(sum(c.aged), 0) AS BIGINT), CAST(COALESCE(sum(c.unregistered), 0) AS BIGINT), \
             CAST(COALESCE(sum(c.no_line), 0) AS BIGINT) FROM live.site_count c",
        );
        query.and_seen_by(actor, &COUNT_TENANT);
        if let Some((kind, party)) = filter.party {
            query.and_scope(Scope { kind, party }, &COUNT_TENANT);
        }
        if let Some(site) = filter.site {
            query.and("c.site_id = ?", [Value::Int(site.0)]);
        }
        let row: (i64, i64, i64, i64, i64) =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_one(db))?;
        Ok(StatusCounts {
            registered: row.0,
            partial: row.1,
            aged: row.2,
            unregistered: row.3,
            no_line: row.4,
        })
    }

    /// Adds a device. `None`: its address is taken.
    pub async fn insert_device(
        &self,
        new: &DeviceInsert<'_>,
        audit: &AuditRecord,
    ) -> Result<Option<DeviceKey>> {
        transaction!(self.db, writer, |tx| {
            let labels = &new.device.labels;
            let inserted: Option<(i64,)> = sqlx::query_as(
                "INSERT INTO device (uid, mac, device_type, site_id, customer_id, operator_id, provider_id, name, serial, \
                 inventory_id, note, critical, lines_total, lines_assigned, version, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, 1, $14) \
                 ON CONFLICT (mac) DO NOTHING RETURNING id",
            )
            .bind(new.id.uuid())
            .bind(new.device.mac.map(mac_column))
            .bind(&new.device.device_type)
            .bind(new.site.key.0)
            .bind(new.site.customer_key.0)
            .bind(new.site.tenancy.operator.map(|key| key.0))
            .bind(new.site.tenancy.provider.map(|key| key.0))
            .bind(&labels.name)
            .bind(&labels.serial)
            .bind(&labels.inventory_id)
            .bind(&labels.note)
            .bind(i64::from(new.device.critical))
            .bind(i64::from(new.lines_total))
            .bind(new.now.0)
            .fetch_optional(&mut *tx)
            .await?;
            if inserted.is_some() {
                add_audit!(tx, audit)?;
            }
            Ok::<_, Fault>(inserted.map(|(key,)| DeviceKey(key)))
        })
    }

    /// Writes a device's fields, if the version is still the one that was read.
    ///
    /// # Errors
    /// [`Error::Stale`].
    pub async fn update_device(
        &self,
        device: &Device,
        fields: &DeviceFields<'_>,
        audit: &AuditRecord,
    ) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            let done = sqlx::query(
                "UPDATE device SET name = $1, serial = $2, inventory_id = $3, note = $4, critical = $5, version = version + 1 \
                 WHERE id = $6 AND version = $7",
            )
            .bind(&fields.labels.name)
            .bind(&fields.labels.serial)
            .bind(&fields.labels.inventory_id)
            .bind(&fields.labels.note)
            .bind(i64::from(fields.critical))
            .bind(device.key.0)
            .bind(device.version)
            .execute(&mut *tx)
            .await?;
            if done.rows_affected() == 0 {
                return Err(Fault::Said(Error::Stale));
            }
            add_audit!(tx, audit)
        })
    }

    /// Deletes a device and its lines; gives the keys of the lines.
    ///
    /// # Errors
    /// [`Error::NotFound`] when somebody was faster.
    pub async fn delete_device(&self, device: DeviceKey, audit: &AuditRecord) -> Result<Vec<LineKey>> {
        transaction!(self.db, writer, |tx| {
            // Taken first: who assigns a line meanwhile waits for this row, and then finds it gone.
            let held = sqlx::query("UPDATE device SET lines_assigned = 0 WHERE id = $1")
                .bind(device.0)
                .execute(&mut *tx)
                .await?;
            if held.rows_affected() == 0 {
                return Err(Fault::Said(Error::NotFound));
            }
            let lines: Vec<(i64,)> = sqlx::query_as("DELETE FROM line WHERE device_id = $1 RETURNING id")
                .bind(device.0)
                .fetch_all(&mut *tx)
                .await?;
            sqlx::query("DELETE FROM device WHERE id = $1").bind(device.0).execute(&mut *tx).await?;
            add_audit!(tx, audit)?;
            Ok::<_, Fault>(lines.into_iter().map(|(key,)| LineKey(key)).collect::<Vec<_>>())
        })
    }
}

pub(crate) fn narrow(query: &mut Query, actor: &Actor, filter: &DeviceFilter) {
    query.and_seen_by(actor, &TENANT);
    if let Some((kind, party)) = filter.party {
        query.and_scope(Scope { kind, party }, &TENANT);
    }
    if let Some(site) = filter.site {
        query.and("d.site_id = ?", [Value::Int(site.0)]);
    }
    if let Some(types) = &filter.device_types {
        query.and_in("d.device_type", types.iter().map(|id| Value::Text(id.clone())));
    }
}

pub(crate) fn mac_column(mac: Mac) -> i64 {
    // 48 bits fit a signed 64-bit number.
    i64::try_from(mac.as_u64()).unwrap_or(0)
}

fn read_device(row: DeviceRow, ready_at: Timestamp, now: Timestamp) -> std::result::Result<Device, Fault> {
    let bad = |column| BadRow { table: "device", column, row: row.id };
    let mac = match row.mac {
        None => None,
        Some(mac) => Some(u64::try_from(mac).ok().and_then(Mac::from_u64).ok_or_else(|| bad("mac"))?),
    };
    let state = match row.state {
        None => LineState::Unregistered,
        Some(state) => LineState::from_i64(state).ok_or_else(|| bad("state"))?,
    };
    let stored_detail = match (&row.detail, row.state) {
        (Some(detail), _) => Some(StateDetail::parse(detail).ok_or_else(|| bad("detail"))?),
        (None, Some(_)) => None,
        (None, None) => Some(StateDetail::NoLine),
    };
    let detail = soft_detail(state, stored_detail, row.last_seen, row.expires_at, ready_at, now);
    Ok(Device {
        key: DeviceKey(row.id),
        id: DeviceId::from_uuid(row.uid),
        mac,
        device_type: row.device_type,
        site_key: SiteKey(row.site_id),
        site_id: SiteId::from_uuid(row.site_uid),
        site_name: row.site_name,
        customer_id: PartyId::from_uuid(row.customer_uid),
        customer_name: row.customer_name,
        tenancy: Tenancy {
            provider: Some(PartyKey(row.provider_id)),
            operator: row.operator_id.map(PartyKey),
            customer: Some(PartyKey(row.customer_id)),
        },
        labels: Labels { name: row.name, serial: row.serial, inventory_id: row.inventory_id, note: row.note },
        critical: row.critical != 0,
        lines_total: small(row.lines_total),
        lines_assigned: small(row.lines_assigned),
        created_at: Timestamp(row.created_at),
        version: row.version,
        status: DeviceStatus {
            state: DeviceState { state, detail },
            since: Timestamp(row.since.unwrap_or(row.created_at)),
            lines_registered: small(row.live_registered.unwrap_or(0)),
            lines_assigned: small(row.live_assigned.unwrap_or(0)),
            last_ip: row.last_ip,
            user_agent: row.user_agent,
            last_seen: row.last_seen.map(Timestamp),
        },
    })
}

/// What only the present moment tells about a registered state: in its grace, or not heard of since we started.
pub(crate) fn soft_detail(
    state: LineState,
    stored: Option<StateDetail>,
    last_seen: Option<i64>,
    expires_at: Option<i64>,
    ready_at: Timestamp,
    now: Timestamp,
) -> Option<StateDetail> {
    if state != LineState::Registered {
        stored
    } else if last_seen.is_some_and(|seen| seen < ready_at.0) {
        Some(StateDetail::Unconfirmed)
    } else if expires_at.is_some_and(|expires| expires < now.0) {
        Some(StateDetail::Overdue)
    } else {
        stored
    }
}
