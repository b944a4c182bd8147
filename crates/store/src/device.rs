//! Devices, read together with their committed registration state. Their list is in `device_list`, their search in
//! `device_search`.

use tonalite_core::dect::DectMember;
use tonalite_core::device::{Device, DeviceStatus, Labels, NewDevice};
use tonalite_core::id::{DectSystemId, DeviceId, DeviceKey, LineKey, PartyId, PartyKey, SiteId, SiteKey};
use tonalite_core::line_state::{DeviceState, LineState, StateDetail};
use tonalite_core::mac::Mac;
use tonalite_core::party::Tenancy;
use tonalite_core::site::Site;
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};
use uuid::Uuid;

use crate::AuditRecord;
use crate::audit::add_audit;
use crate::db::{Store, read, transaction};
use crate::device_search::{ONE_DEVICE, UNINDEX, index_devices};
use crate::error::{BadRow, Fault};
use crate::row::{row, small};

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
        dect_uid: Option<Uuid>,
        dect_name: Option<String>,
        dect_others: i64,
        state: Option<i64>,
        class: Option<i64>,
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

/// All columns of a [`DeviceRow`], from device `d`, site `s`, customer `p` and live state `st`; then the rest of the text.
/// The DECT system is read for the rows that are shown, and is no part of the walk.
macro_rules! select_device_from {
    ($tail:expr) => {
        concat!(
            "SELECT d.id, d.uid, d.mac, d.device_type, d.site_id, s.uid AS site_uid, s.name AS site_name, d.customer_id, \
             p.uid AS customer_uid, p.name AS customer_name, d.operator_id, d.provider_id, d.name, d.serial, d.inventory_id, \
             d.note, d.critical, d.lines_total, d.lines_assigned, d.created_at, d.version, \
             (SELECT ds.uid FROM dect_system ds WHERE ds.id = d.dect_system_id) AS dect_uid, \
             (SELECT ds.name FROM dect_system ds WHERE ds.id = d.dect_system_id) AS dect_name, \
             (SELECT count(*) FROM (SELECT 1 FROM device o WHERE o.dect_system_id = d.dect_system_id AND o.id <> d.id \
             LIMIT 1) o) AS dect_others, \
             st.state, st.class, st.detail, st.since, st.lines_registered AS live_registered, st.lines_assigned AS live_assigned, st.last_ip, \
             st.user_agent, st.last_seen, st.expires_at ",
            $tail
        )
    };
}
pub(crate) use select_device_from;

macro_rules! select_device {
    ($tail:literal) => {
        select_device_from!(concat!(
            "FROM device d JOIN site s ON s.id = d.site_id JOIN party p ON p.id = d.customer_id \
             LEFT JOIN live.device_state st ON st.device_id = d.id",
            $tail
        ))
    };
}
pub(crate) use select_device;

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
            if let Some((key,)) = inserted {
                index_devices!(tx, self.engine(), ONE_DEVICE, key);
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
            index_devices!(tx, self.engine(), ONE_DEVICE, device.key.0);
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
            sqlx::query(UNINDEX).bind(device.0).execute(&mut *tx).await?;
            add_audit!(tx, audit)?;
            Ok::<_, Fault>(lines.into_iter().map(|(key,)| LineKey(key)).collect::<Vec<_>>())
        })
    }
}

pub(crate) fn mac_column(mac: Mac) -> i64 {
    // 48 bits fit a signed 64-bit number.
    i64::try_from(mac.as_u64()).unwrap_or(0)
}

pub(crate) fn read_device(
    row: DeviceRow,
    ready_at: Timestamp,
    now: Timestamp,
) -> std::result::Result<Device, Fault> {
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
        dect: row.dect_uid.zip(row.dect_name).map(|(uid, name)| DectMember {
            system: DectSystemId::from_uuid(uid),
            name,
            has_others: row.dect_others > 0,
        }),
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
