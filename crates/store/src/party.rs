//! Parties: one, its chain up to the root, and changes. Their list is in `party_list`.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};
use tonalite_core::error::FieldError;
use tonalite_core::id::{PartyId, PartyKey};
use tonalite_core::party::{Feature, FeatureSettings, Party, PartyKind, SipDomain, Tenancy};
use tonalite_core::search::searchable;
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};

use crate::AuditRecord;
use crate::audit::add_audit;
use crate::db::{Store, read, transaction};
use crate::error::Fault;
use crate::sql::{Query, Value, bind_all};

/// Declares a row that begins with the columns of a party and goes on with others.
macro_rules! party_row {
    ($(#[$doc:meta])* $name:ident { $($extra:ident: $type:ty),* $(,)? }) => {
        $crate::row::row! {
            $(#[$doc])*
            $name {
                id: i64,
                uid: uuid::Uuid,
                kind: String,
                parent_id: Option<i64>,
                parent_uid: Option<uuid::Uuid>,
                provider_id: Option<i64>,
                operator_id: Option<i64>,
                customer_id: Option<i64>,
                name: String,
                sip_domain: Option<String>,
                features: String,
                contact: Option<String>,
                closed_at: Option<i64>,
                version: i64,
                $($extra: $type),*
            }
        }

        impl $name {
            /// The party.
            pub(crate) fn party(&self) -> std::result::Result<tonalite_core::party::Party, $crate::error::Fault> {
                use tonalite_core::id::{PartyId, PartyKey};
                use tonalite_core::party::{Party, PartyKind, SipDomain, Tenancy};
                let bad = |column| $crate::error::BadRow { table: "party", column, row: self.id };
                Ok(Party {
                    key: PartyKey(self.id),
                    id: PartyId::from_uuid(self.uid),
                    kind: PartyKind::parse(&self.kind).ok_or_else(|| bad("kind"))?,
                    parent_key: self.parent_id.map(PartyKey),
                    parent_id: self.parent_uid.map(PartyId::from_uuid),
                    tenancy: Tenancy {
                        provider: self.provider_id.map(PartyKey),
                        operator: self.operator_id.map(PartyKey),
                        customer: self.customer_id.map(PartyKey),
                    },
                    sip_domain: match &self.sip_domain {
                        Some(domain) => Some(SipDomain::parse(domain).map_err(|_| bad("sip_domain"))?),
                        None => None,
                    },
                    features: $crate::party::read_features(&self.features).ok_or_else(|| bad("features"))?,
                    name: self.name.clone(),
                    contact: self.contact.clone(),
                    closed_at: self.closed_at.map(tonalite_core::time::Timestamp),
                    version: self.version,
                })
            }
        }
    };
}
pub(crate) use party_row;

/// The columns of [`party_row`], from `party p` and its parent as `above`.
macro_rules! select_party {
    ($tail:literal) => {
        $crate::party::select_party!("", "party p", $tail)
    };
    ($more:literal, $from:literal, $tail:expr) => {
        concat!(
            "SELECT p.id, p.uid, p.kind, p.parent_id, above.uid AS parent_uid, p.provider_id, p.operator_id, \
             p.customer_id, p.name, p.sip_domain, p.features, p.contact, p.closed_at, p.version",
            $more,
            " FROM ",
            $from,
            " LEFT JOIN party above ON above.id = p.parent_id",
            $tail
        )
    };
}
pub(crate) use select_party;

party_row! {
    /// As stored.
    PartyRow {}
}

party_row! {
    /// A party of the chain of `below_id`.
    LinkRow { below_id: i64 }
}

/// 1 is the platform, which no row names.
const CHAINS: &str = select_party!(
    ", below.id AS below_id",
    "party below JOIN party p ON p.id IN (1, below.provider_id, below.operator_id, below.customer_id)",
    ""
);

/// What a party is changed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyUpdate {
    /// Display name.
    pub name: String,
    /// Features set here.
    pub features: FeatureSettings,
    /// How those below reach it.
    pub contact: Option<String>,
    /// Its own SIP domain.
    pub sip_domain: Option<SipDomain>,
}

impl Store {
    /// A party by its public id.
    pub async fn find_party(&self, id: PartyId) -> Result<Option<Party>> {
        const SQL: &str = select_party!(" WHERE p.uid = $1");
        let row: Option<PartyRow> =
            read!(self.db, |db| sqlx::query_as(SQL).bind(id.uuid()).fetch_optional(db))?;
        row.map(|row| row.party()).transpose().map_err(Error::from)
    }

    /// A party by its key.
    pub async fn find_party_by_key(&self, key: PartyKey) -> Result<Option<Party>> {
        const SQL: &str = select_party!(" WHERE p.id = $1");
        let row: Option<PartyRow> = read!(self.db, |db| sqlx::query_as(SQL).bind(key.0).fetch_optional(db))?;
        row.map(|row| row.party()).transpose().map_err(Error::from)
    }

    /// The party and all above it, root first.
    pub async fn find_ancestry(&self, party: PartyKey) -> Result<Vec<Party>> {
        Ok(self.find_ancestries(&[party]).await?.remove(&party).unwrap_or_default())
    }

    /// The same of several parties, in one statement.
    pub async fn find_ancestries(&self, parties: &[PartyKey]) -> Result<HashMap<PartyKey, Vec<Party>>> {
        let mut query = Query::new(CHAINS);
        query.and_in("below.id", parties.iter().map(|PartyKey(key)| Value::Int(*key)));
        let rows: Vec<LinkRow> =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
        let mut chains: HashMap<PartyKey, Vec<Party>> = HashMap::with_capacity(parties.len());
        for row in rows {
            chains.entry(PartyKey(row.below_id)).or_default().push(row.party()?);
        }
        for chain in chains.values_mut() {
            chain.sort_by_key(|party| party.kind);
        }
        Ok(chains)
    }

    /// Adds a party below another. The record's tenancy is completed with the new party's own place.
    ///
    /// # Errors
    /// [`Error::Taken`] `sip_domain_taken`, [`Error::Conflict`] `party_closed` when the parent was closed meanwhile.
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
        contact: Option<&str>,
        now: Timestamp,
        mut audit: AuditRecord,
    ) -> Result<Party> {
        let outcome = transaction!(self.db, writer, |tx| {
            {
                let (key,): (i64,) = sqlx::query_as(
                    "INSERT INTO party (uid, kind, parent_id, provider_id, operator_id, name, name_folded, sip_domain, features, version, created_at, contact) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '{}', 1, $9, $10) RETURNING id",
                )
                .bind(id.uuid())
                .bind(kind.as_str())
                .bind(parent.key.0)
                .bind(parent.tenancy.provider.map(|key| key.0))
                .bind(parent.tenancy.operator.map(|key| key.0))
                .bind(name)
                .bind(searchable(name))
                .bind(sip_domain.map(SipDomain::as_str))
                .bind(now.0)
                .bind(contact)
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
                // Read after the reference was taken: who closes the parent waits for it, or was waited for.
                let (closed_at,): (Option<i64>,) =
                    sqlx::query_as("SELECT closed_at FROM party WHERE id = $1")
                        .bind(parent.key.0)
                        .fetch_one(&mut *tx)
                        .await?;
                if closed_at.is_some() {
                    return Err(Fault::Said(Error::Conflict(FieldError::new("parent_id", "party_closed"))));
                }
                sqlx::query("INSERT INTO party_search (rowid, document) VALUES ($1, $2)")
                    .bind(key)
                    .bind(search_document(name, sip_domain.map(SipDomain::as_str)))
                    .execute(&mut *tx)
                    .await?;
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

    /// Writes name, features, contact and SIP domain, if the version is still the one that was read.
    ///
    /// # Errors
    /// [`Error::Stale`], [`Error::Taken`] `sip_domain_taken`.
    pub async fn update_party(
        &self,
        party: &Party,
        update: &PartyUpdate,
        audit: &AuditRecord,
    ) -> Result<Party> {
        transaction!(self.db, writer, |tx| {
            let done = sqlx::query(
                "UPDATE party SET name = $1, name_folded = $2, features = $3, contact = $4, sip_domain = $5, \
                 version = version + 1 WHERE id = $6 AND version = $7",
            )
            .bind(&update.name)
            .bind(searchable(&update.name))
            .bind(write_features(&update.features))
            .bind(&update.contact)
            .bind(update.sip_domain.as_ref().map(SipDomain::as_str))
            .bind(party.key.0)
            .bind(party.version)
            .execute(&mut *tx)
            .await
            .map_err(|error| taken(error.into()))?;
            if done.rows_affected() == 0 {
                return Err(Fault::Said(Error::Stale));
            }
            sqlx::query("UPDATE party_search SET document = $1 WHERE rowid = $2")
                .bind(search_document(&update.name, update.sip_domain.as_ref().map(SipDomain::as_str)))
                .bind(party.key.0)
                .execute(&mut *tx)
                .await?;
            add_audit!(tx, audit)
        })?;
        self.find_party_by_key(party.key).await?.ok_or(Error::NotFound)
    }
}

/// What a party is found by.
pub(crate) fn search_document(name: &str, sip_domain: Option<&str>) -> String {
    match sip_domain {
        Some(domain) => format!("{} {}", searchable(name), searchable(domain)),
        None => searchable(name),
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

pub(crate) fn read_features(text: &str) -> Option<FeatureSettings> {
    let map: Map<String, Json> = serde_json::from_str(text).ok()?;
    let mut settings = FeatureSettings::default();
    for (name, value) in map {
        settings.set(Feature::parse(&name)?, Some(value.as_bool()?));
    }
    Some(settings)
}

pub(crate) fn write_features(settings: &FeatureSettings) -> String {
    let map: Map<String, Json> = Feature::ALL
        .into_iter()
        .filter_map(|feature| settings.get(feature).map(|on| (feature.as_str().to_owned(), Json::Bool(on))))
        .collect();
    Json::Object(map).to_string()
}
