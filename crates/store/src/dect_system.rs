//! DECT systems: groups of base devices of one customer. Reboots of whole systems are in `dect_reboot`, how an import
//! joins bases by chain ID in `dect_join`.

use tonalite_core::access::{Actor, Scope};
use tonalite_core::dect::{ChainId, ChainSource, DectSystem, MAX_BASES};
use tonalite_core::device::Device;
use tonalite_core::error::FieldError;
use tonalite_core::id::{DectSystemId, DectSystemKey, DeviceKey, PartyId, PartyKey, SiteKey};
use tonalite_core::name::fold;
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::party::{Party, Tenancy};
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};
use uuid::Uuid;

use crate::AuditRecord;
use crate::audit::{add_audit, cut};
use crate::db::{Store, read, transaction};
use crate::dect_join::{DectJoin, join_dect_systems};
use crate::device::{DeviceRow, read_device, select_device, select_device_from};
use crate::error::{BadRow, Fault};
use crate::row::row;
use crate::sql::{Query, TenantColumns, Value, bind_all};

row! {
    /// As stored.
    SystemRow {
        id: i64,
        uid: Uuid,
        customer_id: i64,
        customer_uid: Uuid,
        customer_name: String,
        operator_id: Option<i64>,
        provider_id: i64,
        name: String,
        chain_id: Option<i64>,
        chain_source: Option<String>,
        bases: i64,
        version: i64,
        created_at: i64,
    }
}

macro_rules! select_system {
    ($tail:literal) => {
        concat!(
            "SELECT ds.id, ds.uid, ds.customer_id, p.uid AS customer_uid, p.name AS customer_name, ds.operator_id, \
             ds.provider_id, ds.name, ds.chain_id, ds.chain_source, \
             (SELECT count(*) FROM device b WHERE b.dect_system_id = ds.id) AS bases, ds.version, ds.created_at \
             FROM dect_system ds JOIN party p ON p.id = ds.customer_id",
            $tail
        )
    };
}

const TENANT: TenantColumns = TenantColumns {
    provider: "ds.provider_id = ?",
    operator: "ds.operator_id = ?",
    customer: "ds.customer_id = ?",
    site: None,
};

/// A system to be written.
pub struct DectSystemInsert<'a> {
    /// Public id.
    pub id: DectSystemId,
    /// Whose it is.
    pub customer: &'a Party,
    /// Name.
    pub name: &'a str,
    /// Chain ID.
    pub chain_id: Option<ChainId>,
    /// Its first bases; they leave the systems that they were in.
    pub bases: &'a [DeviceKey],
    /// When.
    pub now: Timestamp,
}

/// Puts a device into a system; another customer's stays where it is.
const JOIN_BASE: &str = "UPDATE device SET dect_system_id = $1 WHERE id = $2 AND customer_id = $3";

impl Store {
    /// A system by its public id.
    pub async fn find_dect_system(&self, id: DectSystemId) -> Result<Option<DectSystem>> {
        let row: Option<SystemRow> = read!(self.db, |db| {
            sqlx::query_as(select_system!(" WHERE ds.uid = $1")).bind(id.uuid()).fetch_optional(db)
        })?;
        row.map(read_system).transpose().map_err(Error::from)
    }

    /// A customer's system with this chain ID. Of the factory default, which several may have, the first.
    pub async fn find_dect_system_by_chain(
        &self,
        customer: PartyKey,
        chain_id: ChainId,
    ) -> Result<Option<DectSystem>> {
        let row: Option<SystemRow> = read!(self.db, |db| {
            sqlx::query_as(select_system!(
                " WHERE ds.customer_id = $1 AND ds.chain_id = $2 ORDER BY ds.id LIMIT 1"
            ))
            .bind(customer.0)
            .bind(chain_id.as_i64())
            .fetch_optional(db)
        })?;
        row.map(read_system).transpose().map_err(Error::from)
    }

    /// By name, of what the actor sees, narrowed to a party's subtree. Who is narrowed to some sites sees the systems that
    /// have a base there.
    pub async fn page_dect_systems(
        &self,
        actor: &Actor,
        below: Option<Scope>,
        limit: Limit,
        after: Option<&Cursor>,
    ) -> Result<Page<DectSystem>> {
        let mut query = Query::new(select_system!(""));
        query.and_seen_by(actor, &TENANT);
        if let Some(sites) = &actor.sites {
            query.and(
                "EXISTS (SELECT 1 FROM device b WHERE b.dect_system_id = ds.id AND b.site_id IN (??))",
                sites.iter().map(|SiteKey(key)| Value::Int(*key)),
            );
        }
        if let Some(scope) = below {
            query.and_scope(scope, &TENANT);
        }
        if let Some(cursor) = after {
            query.and(
                "(ds.name_folded, ds.id) > (?, ?)",
                [Value::Text(cursor.value.clone()), Value::Int(cursor.key)],
            );
        }
        query.push(" ORDER BY ds.name_folded, ds.id").limit(i64::from(limit.get()) + 1);
        let mut rows: Vec<SystemRow> =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
        let next = cut(&mut rows, limit).map(|row| Cursor { value: fold(&row.name), key: row.id });
        let items = rows.into_iter().map(read_system).collect::<std::result::Result<_, Fault>>()?;
        Ok(Page { items, next })
    }

    /// The bases of a system at all sites, in the order in which they were added; [`MAX_BASES`] at most.
    pub async fn find_dect_bases(
        &self,
        system: DectSystemKey,
        ready_at: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<Device>> {
        let rows: Vec<DeviceRow> = read!(self.db, |db| {
            sqlx::query_as(select_device!(" WHERE d.dect_system_id = $1 ORDER BY d.id LIMIT $2"))
                .bind(system.0)
                .bind(most_bases())
                .fetch_all(db)
        })?;
        let read = |row| read_device(row, ready_at, now);
        rows.into_iter().map(read).collect::<std::result::Result<_, Fault>>().map_err(Error::from)
    }

    /// Adds a system.
    ///
    /// # Errors
    /// [`Error::Taken`] `chain_id_taken`, [`Error::Conflict`] `dect_system_full`, [`Error::NotFound`] when a base is gone.
    pub async fn insert_dect_system(
        &self,
        new: &DectSystemInsert<'_>,
        audit: &AuditRecord,
    ) -> Result<DectSystem> {
        if new.bases.len() > MAX_BASES {
            return Err(full());
        }
        transaction!(self.db, writer, |tx| {
            let (key,): (i64,) = sqlx::query_as(INSERT_SYSTEM)
                .bind(new.id.uuid())
                .bind(new.customer.key.0)
                .bind(new.customer.tenancy.operator.map(|key| key.0))
                .bind(new.customer.tenancy.provider.map(|key| key.0))
                .bind(new.name)
                .bind(fold(new.name))
                .bind(new.chain_id.map(ChainId::as_i64))
                .bind(new.chain_id.map(|_| ChainSource::Entered.as_str()))
                .bind(new.now.0)
                .fetch_one(&mut *tx)
                .await
                .map_err(|error| taken(error.into()))?;
            for base in new.bases {
                let done = sqlx::query(JOIN_BASE)
                    .bind(key)
                    .bind(base.0)
                    .bind(new.customer.key.0)
                    .execute(&mut *tx)
                    .await?;
                if done.rows_affected() == 0 {
                    return Err(Fault::Said(Error::NotFound));
                }
            }
            add_audit!(tx, audit)
        })?;
        self.find_dect_system(new.id).await?.ok_or(Error::NotFound)
    }

    /// Writes name and chain ID, if the version is still the one that was read.
    ///
    /// # Errors
    /// [`Error::Stale`], [`Error::Taken`] `chain_id_taken`.
    pub async fn update_dect_system(
        &self,
        system: &DectSystem,
        name: &str,
        chain_id: Option<ChainId>,
        audit: &AuditRecord,
    ) -> Result<DectSystem> {
        transaction!(self.db, writer, |tx| {
            let done = sqlx::query(
                "UPDATE dect_system SET name = $1, name_folded = $2, chain_id = $3, chain_source = $4, \
                 version = version + 1 WHERE id = $5 AND version = $6",
            )
            .bind(name)
            .bind(fold(name))
            .bind(chain_id.map(ChainId::as_i64))
            .bind(chain_id.map(|_| ChainSource::Entered.as_str()))
            .bind(system.key.0)
            .bind(system.version)
            .execute(&mut *tx)
            .await
            .map_err(|error| taken(error.into()))?;
            if done.rows_affected() == 0 {
                return Err(Fault::Said(Error::Stale));
            }
            add_audit!(tx, audit)
        })?;
        self.find_dect_system(system.id).await?.ok_or(Error::NotFound)
    }

    /// Deletes a system; its bases stay in the inventory, on their own.
    ///
    /// # Errors
    /// [`Error::NotFound`] when somebody was faster.
    pub async fn delete_dect_system(&self, system: DectSystemKey, audit: &AuditRecord) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            sqlx::query("UPDATE device SET dect_system_id = NULL WHERE dect_system_id = $1")
                .bind(system.0)
                .execute(&mut *tx)
                .await?;
            let done =
                sqlx::query("DELETE FROM dect_system WHERE id = $1").bind(system.0).execute(&mut *tx).await?;
            if done.rows_affected() == 0 {
                return Err(Fault::Said(Error::NotFound));
            }
            add_audit!(tx, audit)
        })
    }

    /// Puts a device into a system; it leaves the one that it was in.
    ///
    /// # Errors
    /// [`Error::Conflict`] `dect_system_full`, [`Error::NotFound`] when system or device is gone.
    pub async fn add_dect_base(
        &self,
        system: &DectSystem,
        base: DeviceKey,
        audit: &AuditRecord,
    ) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            // Taken first: two who add at once are counted one after the other.
            let held = sqlx::query("UPDATE dect_system SET version = version + 1 WHERE id = $1")
                .bind(system.key.0)
                .execute(&mut *tx)
                .await?;
            let done = sqlx::query(JOIN_BASE)
                .bind(system.key.0)
                .bind(base.0)
                .bind(system.customer_key.0)
                .execute(&mut *tx)
                .await?;
            if held.rows_affected() == 0 || done.rows_affected() == 0 {
                return Err(Fault::Said(Error::NotFound));
            }
            let (bases,): (i64,) = sqlx::query_as("SELECT count(*) FROM device WHERE dect_system_id = $1")
                .bind(system.key.0)
                .fetch_one(&mut *tx)
                .await?;
            if bases > most_bases() {
                return Err(Fault::Said(full()));
            }
            add_audit!(tx, audit)
        })
    }

    /// Joins bases by chain ID, as `join_dect_systems!` does, in a transaction of its own; gives how many changed.
    ///
    /// # Errors
    /// [`Error::Conflict`] `dect_system_full`; then nothing was written.
    pub async fn join_dect_systems(
        &self,
        customer: &Party,
        joins: &[DectJoin],
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<usize> {
        transaction!(self.db, writer, |tx| {
            let changed = join_dect_systems!(tx, customer, joins, now)?;
            add_audit!(tx, audit)?;
            Ok::<_, Fault>(changed)
        })
    }

    /// Takes a device out of its system.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not in it.
    pub async fn remove_dect_base(
        &self,
        system: DectSystemKey,
        base: DeviceKey,
        audit: &AuditRecord,
    ) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            let done =
                sqlx::query("UPDATE device SET dect_system_id = NULL WHERE id = $1 AND dect_system_id = $2")
                    .bind(base.0)
                    .bind(system.0)
                    .execute(&mut *tx)
                    .await?;
            if done.rows_affected() == 0 {
                return Err(Fault::Said(Error::NotFound));
            }
            sqlx::query("UPDATE dect_system SET version = version + 1 WHERE id = $1")
                .bind(system.0)
                .execute(&mut *tx)
                .await?;
            add_audit!(tx, audit)
        })
    }
}

/// uid, customer, operator, provider, name, folded name, chain ID, its source, now.
pub(crate) const INSERT_SYSTEM: &str = "INSERT INTO dect_system (uid, customer_id, operator_id, provider_id, name, name_folded, chain_id, \
     chain_source, version, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9) RETURNING id";

pub(crate) fn most_bases() -> i64 {
    i64::try_from(MAX_BASES).unwrap_or(i64::MAX)
}

pub(crate) fn full() -> Error {
    Error::Conflict(FieldError::new("device_id", "dect_system_full").with("max", MAX_BASES))
}

fn taken(fault: Fault) -> Fault {
    if fault.is_unique_violation() {
        Fault::Said(Error::Taken(FieldError::new("chain_id", "chain_id_taken")))
    } else {
        fault
    }
}

fn read_system(row: SystemRow) -> std::result::Result<DectSystem, Fault> {
    let bad = |column| BadRow { table: "dect_system", column, row: row.id };
    let chain = match row.chain_id {
        None => None,
        Some(number) => {
            let chain_id = ChainId::from_i64(number).ok_or_else(|| bad("chain_id"))?;
            let source = row.chain_source.as_deref().and_then(ChainSource::parse);
            Some((chain_id, source.ok_or_else(|| bad("chain_source"))?))
        }
    };
    Ok(DectSystem {
        key: DectSystemKey(row.id),
        id: DectSystemId::from_uuid(row.uid),
        customer_key: PartyKey(row.customer_id),
        customer_id: PartyId::from_uuid(row.customer_uid),
        customer_name: row.customer_name,
        tenancy: Tenancy {
            provider: Some(PartyKey(row.provider_id)),
            operator: row.operator_id.map(PartyKey),
            customer: Some(PartyKey(row.customer_id)),
        },
        name: row.name,
        chain,
        bases: u32::try_from(row.bases.max(0)).unwrap_or(u32::MAX),
        version: row.version,
        created_at: Timestamp(row.created_at),
    })
}
