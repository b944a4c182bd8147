//! Lists of approved device types. A list exists where it has a row; who has none inherits.

use std::collections::HashMap;

use tonalite_core::access::Scope;
use tonalite_core::id::{PartyKey, SiteKey};
use tonalite_core::{Error, Result};

use crate::AuditRecord;
use crate::audit::add_audit;
use crate::db::{Store, read, transaction};
use crate::error::Fault;
use crate::sql::{Query, TenantColumns, Value, bind_all};

/// Whose list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// A party's.
    Party(PartyKey),
    /// A site's.
    Site(SiteKey),
}

/// Where devices are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At a site.
    Site(SiteKey),
    /// Below a party.
    Below(Scope),
}

const DEVICE_TENANT: TenantColumns = TenantColumns {
    provider: "d.provider_id = ?",
    operator: "d.operator_id = ?",
    customer: "d.customer_id = ?",
    site: None,
};

impl Owner {
    const fn columns(self) -> (&'static str, i64) {
        match self {
            Owner::Party(key) => ("party", key.0),
            Owner::Site(key) => ("site", key.0),
        }
    }
}

impl Store {
    /// The owner's own list, by id; empty where it has none.
    pub async fn find_approved_device_types(&self, owner: Owner) -> Result<Vec<String>> {
        let (kind, key) = owner.columns();
        let rows: Vec<(String,)> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT device_type FROM approved_device_type WHERE owner_kind = $1 AND owner_id = $2 ORDER BY device_type",
            )
            .bind(kind)
            .bind(key)
            .fetch_all(db)
        })?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// The lists of several owners of one kind, in one statement. Who has none is absent.
    pub async fn find_lists_of_device_types(&self, owners: &[Owner]) -> Result<HashMap<Owner, Vec<String>>> {
        let mut query = Query::new("SELECT owner_kind, owner_id, device_type FROM approved_device_type");
        let of_kind = |wanted: &'static str| {
            let keys = owners.iter().map(|owner| owner.columns()).filter(move |(kind, _)| *kind == wanted);
            keys.map(|(_, key)| Value::Int(key)).collect()
        };
        query.and_any([
            ("owner_kind = 'party' AND owner_id IN (??)", of_kind("party")),
            ("owner_kind = 'site' AND owner_id IN (??)", of_kind("site")),
        ]);
        query.push(" ORDER BY device_type");
        let rows: Vec<(String, i64, String)> =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
        let mut lists: HashMap<Owner, Vec<String>> = HashMap::new();
        for (kind, key, device_type) in rows {
            let owner = if kind == "site" { Owner::Site(SiteKey(key)) } else { Owner::Party(PartyKey(key)) };
            lists.entry(owner).or_default().push(device_type);
        }
        Ok(lists)
    }

    /// How many devices below a party or at a site are of each of these types. Types without any are absent.
    pub async fn count_devices_of_types(&self, place: Place, types: &[&str]) -> Result<Vec<(String, i64)>> {
        let mut query = Query::new("SELECT d.device_type, count(*) FROM device d");
        match place {
            Place::Site(SiteKey(key)) => query.and("d.site_id = ?", [Value::Int(key)]),
            Place::Below(scope) => query.and_scope(scope, &DEVICE_TENANT),
        };
        query.and_in("d.device_type", types.iter().map(|id| Value::Text((*id).to_owned())));
        query.push(" GROUP BY d.device_type ORDER BY d.device_type");
        read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))
    }

    /// Puts a list in the place of what was there, if the owner still has the version that was read; gives it the next one.
    ///
    /// # Errors
    /// [`Error::Stale`].
    pub async fn replace_approved_device_types(
        &self,
        owner: Owner,
        version: i64,
        ids: &[&str],
        audit: &AuditRecord,
    ) -> Result<()> {
        let (kind, key) = owner.columns();
        let next = match owner {
            Owner::Party(_) => "UPDATE party SET version = version + 1 WHERE id = $1 AND version = $2",
            Owner::Site(_) => "UPDATE site SET version = version + 1 WHERE id = $1 AND version = $2",
        };
        transaction!(self.db, writer, |tx| {
            let done = sqlx::query(next).bind(key).bind(version).execute(&mut *tx).await?;
            if done.rows_affected() == 0 {
                return Err(Fault::Said(Error::Stale));
            }
            sqlx::query("DELETE FROM approved_device_type WHERE owner_kind = $1 AND owner_id = $2")
                .bind(kind)
                .bind(key)
                .execute(&mut *tx)
                .await?;
            for id in ids {
                sqlx::query("INSERT INTO approved_device_type (owner_kind, owner_id, device_type) VALUES ($1, $2, $3)")
                    .bind(kind)
                    .bind(key)
                    .bind(*id)
                    .execute(&mut *tx)
                    .await?;
            }
            add_audit!(tx, audit)
        })
    }
}
