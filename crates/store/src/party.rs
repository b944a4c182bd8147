//! Parties.

use serde_json::{Map, Value as Json};
use tonalite_core::access::{Actor, Scope};
use tonalite_core::error::FieldError;
use tonalite_core::id::{PartyId, PartyKey};
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::party::{Feature, FeatureSettings, Party, PartyKind, SipDomain, Tenancy};
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};
use uuid::Uuid;

use crate::AuditRecord;
use crate::audit::{add_audit, cut};
use crate::db::{Store, read, transaction};
use crate::error::{BadRow, Fault};
use crate::row::row;
use crate::sql::{Query, TenantColumns, Value, bind_all};

row! {
    /// As stored.
    PartyRow {
        id: i64,
        uid: Uuid,
        kind: String,
        parent_id: Option<i64>,
        parent_uid: Option<Uuid>,
        provider_id: Option<i64>,
        operator_id: Option<i64>,
        customer_id: Option<i64>,
        name: String,
        sip_domain: Option<String>,
        features: String,
        version: i64,
    }
}

macro_rules! select_party {
    ($tail:literal) => {
        concat!(
            "SELECT p.id, p.uid, p.kind, p.parent_id, above.uid AS parent_uid, p.provider_id, p.operator_id, \
             p.customer_id, p.name, p.sip_domain, p.features, p.version FROM party p LEFT JOIN party above ON above.id = p.parent_id",
            $tail
        )
    };
}

const TENANT: TenantColumns = TenantColumns {
    provider: "p.provider_id = ?",
    operator: "p.operator_id = ?",
    customer: "p.customer_id = ?",
    site: None,
};

impl Store {
    /// A party by its public id.
    pub async fn find_party(&self, id: PartyId) -> Result<Option<Party>> {
        const SQL: &str = select_party!(" WHERE p.uid = $1");
        let row: Option<PartyRow> =
            read!(self.db, |db| sqlx::query_as(SQL).bind(id.uuid()).fetch_optional(db))?;
        row.map(read_party).transpose().map_err(Error::from)
    }

    /// A party by its key.
    pub async fn find_party_by_key(&self, key: PartyKey) -> Result<Option<Party>> {
        const SQL: &str = select_party!(" WHERE p.id = $1");
        let row: Option<PartyRow> = read!(self.db, |db| sqlx::query_as(SQL).bind(key.0).fetch_optional(db))?;
        row.map(read_party).transpose().map_err(Error::from)
    }

    /// The party and all above it, root first.
    pub async fn find_ancestry(&self, party: PartyKey) -> Result<Vec<Party>> {
        let mut chain = Vec::with_capacity(4);
        let mut next = Some(party);
        while let Some(key) = next {
            let Some(party) = self.find_party_by_key(key).await? else { break };
            next = party.parent_key;
            chain.push(party);
        }
        chain.reverse();
        Ok(chain)
    }

    /// By key, of what the actor sees.
    pub async fn page_parties(
        &self,
        actor: &Actor,
        below: Option<Scope>,
        kind: Option<PartyKind>,
        limit: Limit,
        after: Option<&Cursor>,
    ) -> Result<Page<Party>> {
        let mut query = Query::new(select_party!(""));
        query.and_seen_by(actor, &TENANT);
        if let Some(scope) = below {
            query.and_scope(scope, &TENANT);
        }
        if let Some(kind) = kind {
            query.and("p.kind = ?", [Value::Text(kind.as_str().to_owned())]);
        }
        if let Some(cursor) = after {
            query.and("p.id > ?", [Value::Int(cursor.key)]);
        }
        query.push(" ORDER BY p.id").limit(i64::from(limit.get()) + 1);
        let mut rows: Vec<PartyRow> =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
        let next = cut(&mut rows, limit).map(|row| Cursor { value: String::new(), key: row.id });
        let items = rows.into_iter().map(read_party).collect::<std::result::Result<_, Fault>>()?;
        Ok(Page { items, next })
    }

    /// Adds a party below another. The record's tenancy is completed with the new party's own place.
    ///
    /// # Errors
    /// [`Error::Taken`] `sip_domain_taken`.
    #[expect(
        clippy::too_many_arguments,
        reason = "one column each; a struct would be the same list once more"
    )]
    pub async fn insert_party(
        &self,
        id: PartyId,
        kind: PartyKind,
        parent: &Party,
        name: &str,
        sip_domain: Option<&SipDomain>,
        now: Timestamp,
        mut audit: AuditRecord,
    ) -> Result<Party> {
        let outcome = transaction!(self.db, writer, |tx| {
            {
                let (key,): (i64,) = sqlx::query_as(
                    "INSERT INTO party (uid, kind, parent_id, provider_id, operator_id, name, sip_domain, features, version, created_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, '{}', 1, $8) RETURNING id",
                )
                .bind(id.uuid())
                .bind(kind.as_str())
                .bind(parent.key.0)
                .bind(parent.tenancy.provider.map(|key| key.0))
                .bind(parent.tenancy.operator.map(|key| key.0))
                .bind(name)
                .bind(sip_domain.map(SipDomain::as_str))
                .bind(now.0)
                .fetch_one(&mut *tx)
                .await
                .map_err(|error| taken(error.into()))?;
                let own = match kind {
                    PartyKind::Provider => "UPDATE party SET provider_id = id WHERE id = $1",
                    PartyKind::Operator => "UPDATE party SET operator_id = id WHERE id = $1",
                    PartyKind::Customer | PartyKind::Platform => {
                        "UPDATE party SET customer_id = id WHERE id = $1"
                    }
                };
                sqlx::query(own).bind(key).execute(&mut *tx).await?;
                let key = PartyKey(key);
                audit.party = key;
                audit.tenancy = tenancy_below(parent.tenancy, kind, key);
                add_audit!(tx, &audit)?;
                Ok::<_, Fault>(())
            }
        });
        outcome?;
        self.find_party(id).await?.ok_or(Error::NotFound)
    }

    /// Writes name and features, if the version is still the one that was read.
    ///
    /// # Errors
    /// [`Error::Stale`].
    pub async fn update_party(
        &self,
        party: &Party,
        name: &str,
        features: &FeatureSettings,
        audit: &AuditRecord,
    ) -> Result<Party> {
        transaction!(self.db, writer, |tx| {
            {
                let done = sqlx::query(
                    "UPDATE party SET name = $1, features = $2, version = version + 1 WHERE id = $3 AND version = $4",
                )
                .bind(name)
                .bind(write_features(features))
                .bind(party.key.0)
                .bind(party.version)
                .execute(&mut *tx)
                .await?;
                if done.rows_affected() == 0 {
                    return Err(Fault::Said(Error::Stale));
                }
                add_audit!(tx, audit)
            }
        })?;
        self.find_party_by_key(party.key).await?.ok_or(Error::NotFound)
    }
}

/// Where a party of this kind and key stands when its parent stands at `above`.
fn tenancy_below(above: Tenancy, kind: PartyKind, key: PartyKey) -> Tenancy {
    match kind {
        PartyKind::Platform => above,
        PartyKind::Provider => Tenancy { provider: Some(key), ..above },
        PartyKind::Operator => Tenancy { operator: Some(key), ..above },
        PartyKind::Customer => Tenancy { customer: Some(key), ..above },
    }
}

fn taken(fault: Fault) -> Fault {
    if fault.is_unique_violation() {
        Fault::Said(Error::Taken(FieldError::new("sip_domain", "sip_domain_taken")))
    } else {
        fault
    }
}

pub(crate) fn read_party(row: PartyRow) -> std::result::Result<Party, Fault> {
    let bad = |column| BadRow { table: "party", column, row: row.id };
    Ok(Party {
        key: PartyKey(row.id),
        id: PartyId::from_uuid(row.uid),
        kind: PartyKind::parse(&row.kind).ok_or_else(|| bad("kind"))?,
        parent_key: row.parent_id.map(PartyKey),
        parent_id: row.parent_uid.map(PartyId::from_uuid),
        tenancy: Tenancy {
            provider: row.provider_id.map(PartyKey),
            operator: row.operator_id.map(PartyKey),
            customer: row.customer_id.map(PartyKey),
        },
        sip_domain: match &row.sip_domain {
            Some(domain) => Some(SipDomain::parse(domain).map_err(|_| bad("sip_domain"))?),
            None => None,
        },
        features: read_features(&row.features).ok_or_else(|| bad("features"))?,
        name: row.name,
        version: row.version,
    })
}

fn read_features(text: &str) -> Option<FeatureSettings> {
    let map: Map<String, Json> = serde_json::from_str(text).ok()?;
    let mut settings = FeatureSettings::default();
    for (name, value) in map {
        settings.set(Feature::parse(&name)?, Some(value.as_bool()?));
    }
    Some(settings)
}

fn write_features(settings: &FeatureSettings) -> String {
    let map: Map<String, Json> = Feature::ALL
        .into_iter()
        .filter_map(|feature| settings.get(feature).map(|on| (feature.as_str().to_owned(), Json::Bool(on))))
        .collect();
    Json::Object(map).to_string()
}
