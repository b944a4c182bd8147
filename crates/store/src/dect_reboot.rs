//! Reboots of whole DECT systems as stored: one row, and one for each base in the order of their turns. The base's own
//! reboot is a row of `operation`.

use tonalite_core::access::Identity;
use tonalite_core::dect::{DectReboot, DectRebootBase, DectRebootState, DectRebootStop, DectSystem};
use tonalite_core::id::{
    DectRebootId, DectRebootKey, DectSystemId, DectSystemKey, DeviceId, DeviceKey, PartyKey, RebootId,
    SiteKey,
};
use tonalite_core::mac::Mac;
use tonalite_core::party::Tenancy;
use tonalite_core::reboot::RebootState;
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};
use uuid::Uuid;

use crate::audit::{AuditRecord, actor_columns, add_audit};
use crate::db::{Store, read, transaction};
use crate::dect_system::most_bases;
use crate::error::{BadRow, Fault};
use crate::row::row;

row! {
    /// As stored.
    RunRow {
        id: i64,
        uid: Uuid,
        system_uid: Uuid,
        system_name: String,
        customer_id: i64,
        operator_id: Option<i64>,
        provider_id: i64,
        username: Option<String>,
        state: String,
        stop_reason: Option<String>,
        requested_at: i64,
        updated_at: i64,
    }
}

row! {
    /// One base of a run.
    BaseRow {
        device_id: i64,
        device_uid: Uuid,
        site_id: i64,
        mac: Option<i64>,
        reboot_uid: Option<Uuid>,
        state: Option<String>,
    }
}

macro_rules! select_run {
    ($tail:literal) => {
        concat!(
            "SELECT r.id, r.uid, ds.uid AS system_uid, ds.name AS system_name, r.customer_id, r.operator_id, r.provider_id, \
             u.username, r.state, r.stop_reason, r.requested_at, r.updated_at FROM dect_reboot r \
             JOIN dect_system ds ON ds.id = r.dect_system_id LEFT JOIN portal_user u ON u.id = r.portal_user_id ",
            $tail
        )
    };
}

impl Store {
    /// Writes down that the bases of a system are to be rebooted, in this order. `None`: one is under way already.
    pub async fn insert_dect_reboot(
        &self,
        id: DectRebootId,
        system: &DectSystem,
        identity: &Identity,
        bases: &[DeviceKey],
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<Option<DectRebootKey>> {
        let (actor, user, token) = actor_columns(identity);
        transaction!(self.db, writer, |tx| {
            // Taken first: two who ask at once come one after the other.
            sqlx::query("UPDATE dect_system SET version = version WHERE id = $1")
                .bind(system.key.0)
                .execute(&mut *tx)
                .await?;
            let running: Option<(i64,)> = sqlx::query_as(
                "SELECT id FROM dect_reboot WHERE dect_system_id = $1 AND state = 'running' LIMIT 1",
            )
            .bind(system.key.0)
            .fetch_optional(&mut *tx)
            .await?;
            if running.is_some() {
                return Ok(None);
            }
            let (key,): (i64,) = sqlx::query_as(
                "INSERT INTO dect_reboot (uid, dect_system_id, customer_id, operator_id, provider_id, actor, portal_user_id, \
                 token_uid, state, requested_at, updated_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'running', $9, $9) RETURNING id",
            )
            .bind(id.uuid())
            .bind(system.key.0)
            .bind(system.customer_key.0)
            .bind(system.tenancy.operator.map(|key| key.0))
            .bind(system.tenancy.provider.map(|key| key.0))
            .bind(actor)
            .bind(user)
            .bind(token)
            .bind(now.0)
            .fetch_one(&mut *tx)
            .await?;
            for (place, base) in (0_i64..).zip(bases) {
                sqlx::query(
                    "INSERT INTO dect_reboot_base (dect_reboot_id, place, device_id) VALUES ($1, $2, $3)",
                )
                .bind(key)
                .bind(place)
                .bind(base.0)
                .execute(&mut *tx)
                .await?;
            }
            add_audit!(tx, audit)?;
            Ok::<_, Fault>(Some(DectRebootKey(key)))
        })
    }

    /// Notes which reboot a base's turn was. `false`: the run is over.
    pub async fn update_dect_reboot_base(
        &self,
        run: DectRebootKey,
        base: DeviceKey,
        reboot: RebootId,
        now: Timestamp,
    ) -> Result<bool> {
        transaction!(self.db, writer, |tx| {
            let held =
                sqlx::query("UPDATE dect_reboot SET updated_at = $1 WHERE id = $2 AND state = 'running'")
                    .bind(now.0)
                    .bind(run.0)
                    .execute(&mut *tx)
                    .await?;
            if held.rows_affected() == 0 {
                return Ok(false);
            }
            sqlx::query(
                "UPDATE dect_reboot_base SET reboot_uid = $1 WHERE dect_reboot_id = $2 AND device_id = $3",
            )
            .bind(reboot.uuid())
            .bind(run.0)
            .bind(base.0)
            .execute(&mut *tx)
            .await?;
            Ok::<_, Fault>(true)
        })
    }

    /// Ends a run that is under way.
    pub async fn end_dect_reboot(
        &self,
        run: DectRebootKey,
        stop: Option<DectRebootStop>,
        now: Timestamp,
    ) -> Result<()> {
        let state = if stop.is_some() { DectRebootState::Stopped } else { DectRebootState::Done };
        transaction!(self.db, writer, |tx| {
            sqlx::query(
                "UPDATE dect_reboot SET state = $1, stop_reason = $2, updated_at = $3 WHERE id = $4 AND state = 'running'",
            )
            .bind(state.as_str())
            .bind(stop.map(DectRebootStop::as_str))
            .bind(now.0)
            .bind(run.0)
            .execute(&mut *tx)
            .await?;
            Ok::<_, Fault>(())
        })
    }

    /// Ends every run that was asked for before a moment and is still under way: what an earlier life of the program left.
    /// Gives how many.
    pub async fn interrupt_dect_reboots(&self, before: Timestamp, now: Timestamp) -> Result<u64> {
        transaction!(self.db, writer, |tx| {
            let done = sqlx::query(
                "UPDATE dect_reboot SET state = 'stopped', stop_reason = 'interrupted', updated_at = $1 \
                 WHERE state = 'running' AND requested_at < $2",
            )
            .bind(now.0)
            .bind(before.0)
            .execute(&mut *tx)
            .await?;
            Ok::<_, Fault>(done.rows_affected())
        })
    }

    /// A run by its public id.
    pub async fn find_dect_reboot(&self, id: DectRebootId) -> Result<Option<DectReboot>> {
        let row: Option<RunRow> = read!(self.db, |db| {
            sqlx::query_as(select_run!("WHERE r.uid = $1")).bind(id.uuid()).fetch_optional(db)
        })?;
        match row {
            Some(row) => self.with_bases(row).await.map(Some),
            None => Ok(None),
        }
    }

    /// The newest run of a system.
    pub async fn find_newest_dect_reboot(&self, system: DectSystemKey) -> Result<Option<DectReboot>> {
        let row: Option<RunRow> = read!(self.db, |db| {
            sqlx::query_as(select_run!("WHERE r.dect_system_id = $1 ORDER BY r.id DESC LIMIT 1"))
                .bind(system.0)
                .fetch_optional(db)
        })?;
        match row {
            Some(row) => self.with_bases(row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn with_bases(&self, row: RunRow) -> Result<DectReboot> {
        let bases: Vec<BaseRow> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT b.device_id, d.uid AS device_uid, d.site_id, d.mac, b.reboot_uid, o.state FROM dect_reboot_base b \
                 JOIN device d ON d.id = b.device_id LEFT JOIN operation o ON o.uid = b.reboot_uid \
                 WHERE b.dect_reboot_id = $1 ORDER BY b.place LIMIT $2",
            )
            .bind(row.id)
            .bind(most_bases())
            .fetch_all(db)
        })?;
        read_run(row, bases).map_err(Error::from)
    }
}

fn read_run(row: RunRow, bases: Vec<BaseRow>) -> std::result::Result<DectReboot, Fault> {
    let bad = |column| BadRow { table: "dect_reboot", column, row: row.id };
    let stop = match &row.stop_reason {
        None => None,
        Some(word) => Some(DectRebootStop::parse(word).ok_or_else(|| bad("stop_reason"))?),
    };
    let base = |base: BaseRow| -> std::result::Result<DectRebootBase, Fault> {
        let mac = match base.mac {
            None => None,
            Some(mac) => Some(u64::try_from(mac).ok().and_then(Mac::from_u64).ok_or_else(|| bad("mac"))?),
        };
        let reboot = match base.reboot_uid.zip(base.state.as_deref()) {
            None => None,
            Some((uid, state)) => {
                let state = RebootState::parse(state).ok_or_else(|| bad("state"))?;
                Some((RebootId::from_uuid(uid), state))
            }
        };
        Ok(DectRebootBase {
            device_key: DeviceKey(base.device_id),
            device_id: DeviceId::from_uuid(base.device_uid),
            site: SiteKey(base.site_id),
            mac,
            reboot,
        })
    };
    Ok(DectReboot {
        key: DectRebootKey(row.id),
        id: DectRebootId::from_uuid(row.uid),
        system_id: DectSystemId::from_uuid(row.system_uid),
        system_name: row.system_name,
        tenancy: Tenancy {
            provider: Some(PartyKey(row.provider_id)),
            operator: row.operator_id.map(PartyKey),
            customer: Some(PartyKey(row.customer_id)),
        },
        asked_by: row.username,
        state: DectRebootState::parse(&row.state).ok_or_else(|| bad("state"))?,
        stop,
        requested_at: Timestamp(row.requested_at),
        updated_at: Timestamp(row.updated_at),
        bases: bases.into_iter().map(base).collect::<std::result::Result<_, Fault>>()?,
    })
}
