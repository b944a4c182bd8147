//! Sites.

use tonalite_core::access::{Actor, Scope};
use tonalite_core::error::FieldError;
use tonalite_core::id::{PartyId, PartyKey, SiteId, SiteKey};
use tonalite_core::name::fold;
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::party::{Party, PartyKind, Tenancy};
use tonalite_core::search::Search;
use tonalite_core::site::{NewSite, Site, TimeZoneName};
use tonalite_core::text::Language;
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::{Error, Result};
use uuid::Uuid;

use crate::AuditRecord;
use crate::audit::{add_audit, cut};
use crate::db::{Store, read, transaction};
use crate::device_search::{DEVICES_OF_SITE, index_devices};
use crate::error::{BadRow, Fault};
use crate::party_close::SITE_REMAINDER;
use crate::row::row;
use crate::sql::{Query, TenantColumns, Value, bind_all};

row! {
    /// As stored.
    SiteRow {
        id: i64,
        uid: Uuid,
        customer_id: i64,
        customer_uid: Uuid,
        customer_name: String,
        customer_closed_at: Option<i64>,
        operator_id: Option<i64>,
        provider_id: i64,
        name: String,
        code: Option<String>,
        time_zone: String,
        language: String,
        version: i64,
    }
}

macro_rules! select_site {
    ($tail:literal) => {
        concat!(
            "SELECT s.id, s.uid, s.customer_id, p.uid AS customer_uid, p.name AS customer_name, p.closed_at AS customer_closed_at, s.operator_id, s.provider_id, \
             s.name, s.code, s.time_zone, s.language, s.version FROM site s JOIN party p ON p.id = s.customer_id",
            $tail
        )
    };
}

const TENANT: TenantColumns = TenantColumns {
    provider: "s.provider_id = ?",
    operator: "s.operator_id = ?",
    customer: "s.customer_id = ?",
    site: Some("s.id"),
};

impl Store {
    /// A site by its public id.
    pub async fn find_site(&self, id: SiteId) -> Result<Option<Site>> {
        let row: Option<SiteRow> = read!(self.db, |db| {
            sqlx::query_as(select_site!(" WHERE s.uid = $1")).bind(id.uuid()).fetch_optional(db)
        })?;
        row.map(read_site).transpose().map_err(Error::from)
    }

    /// A site by its key.
    pub async fn find_site_by_key(&self, key: SiteKey) -> Result<Option<Site>> {
        let row: Option<SiteRow> = read!(self.db, |db| {
            sqlx::query_as(select_site!(" WHERE s.id = $1")).bind(key.0).fetch_optional(db)
        })?;
        row.map(read_site).transpose().map_err(Error::from)
    }

    /// By name, of what the actor sees, narrowed to a party's subtree.
    pub async fn page_sites(
        &self,
        actor: &Actor,
        below: Option<Scope>,
        limit: Limit,
        after: Option<&Cursor>,
    ) -> Result<Page<Site>> {
        self.search_sites(actor, below, None, limit, after).await
    }

    /// The same, of those alone that have each word in their name, their code or the name of their customer. Sites of closed
    /// customers are found where one asks for that customer.
    pub async fn search_sites(
        &self,
        actor: &Actor,
        below: Option<Scope>,
        search: Option<&Search>,
        limit: Limit,
        after: Option<&Cursor>,
    ) -> Result<Page<Site>> {
        let mut query = Query::new(select_site!(""));
        query.and_seen_by(actor, &TENANT);
        if let Some(scope) = below {
            query.and_scope(scope, &TENANT);
        }
        if below.is_none_or(|scope| scope.kind != PartyKind::Customer) {
            query.and("p.closed_at IS NULL", []);
        }
        if let Some(search) = search {
            // Nothing of what was typed is a letter or a digit: that finds nothing.
            if search.terms().is_empty() {
                query.and("1 = 0", []);
            }
            for term in search.terms() {
                // A term has letters and digits alone, so that no sign of LIKE can stand in it.
                query.and(
                    "s.name_folded || ' ' || COALESCE(s.code_folded, '') || ' ' || p.name_folded LIKE ?",
                    [Value::Text(format!("%{}%", term.text))],
                );
            }
        }
        if let Some(cursor) = after {
            let value = Value::Text(cursor.value.clone());
            query.and(
                "s.name_folded > ? OR (s.name_folded = ? AND s.id > ?)",
                [value.clone(), value, Value::Int(cursor.key)],
            );
        }
        query.push(" ORDER BY s.name_folded, s.id").limit(i64::from(limit.get()) + 1);
        let mut rows: Vec<SiteRow> =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
        let next = cut(&mut rows, limit).map(|row| Cursor { value: fold(&row.name), key: row.id });
        let items = rows.into_iter().map(read_site).collect::<std::result::Result<_, Fault>>()?;
        Ok(Page { items, next })
    }

    /// Adds a site to a customer.
    ///
    /// # Errors
    /// [`Error::Taken`] `site_name_taken`, `site_code_taken`; [`Error::Conflict`] `party_closed`.
    pub async fn insert_site(
        &self,
        id: SiteId,
        customer: &Party,
        new: &NewSite,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<Site> {
        transaction!(self.db, writer, |tx| {
            sqlx::query(
                "INSERT INTO site (uid, customer_id, operator_id, provider_id, name, name_folded, code, time_zone, language, version, created_at, code_folded) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11)",
            )
            .bind(id.uuid())
            .bind(customer.key.0)
            .bind(customer.tenancy.operator.map(|key| key.0))
            .bind(customer.tenancy.provider.map(|key| key.0))
            .bind(&new.name)
            .bind(fold(&new.name))
            .bind(&new.code)
            .bind(new.time_zone.as_str())
            .bind(new.language.as_str())
            .bind(now.0)
            .bind(new.code.as_deref().map(fold))
            .execute(&mut *tx)
            .await
            .map_err(|error| taken(error.into()))?;
            // Read after the reference was taken: who closes the customer waits for it, or was waited for.
            let (closed_at,): (Option<i64>,) = sqlx::query_as("SELECT closed_at FROM party WHERE id = $1")
                .bind(customer.key.0)
                .fetch_one(&mut *tx)
                .await?;
            if closed_at.is_some() {
                return Err(Fault::Said(Error::Conflict(FieldError::new("party_id", "party_closed"))));
            }
            add_audit!(tx, audit)
        })?;
        self.find_site(id).await?.ok_or(Error::NotFound)
    }

    /// Writes a site's fields, if the version is still the one that was read.
    ///
    /// # Errors
    /// [`Error::Stale`], [`Error::Taken`].
    pub async fn update_site(&self, site: &Site, new: &NewSite, audit: &AuditRecord) -> Result<Site> {
        transaction!(self.db, writer, |tx| {
            let done = sqlx::query(
                "UPDATE site SET name = $1, name_folded = $2, code = $3, time_zone = $4, language = $5, \
                 code_folded = $6, version = version + 1 WHERE id = $7 AND version = $8",
            )
            .bind(&new.name)
            .bind(fold(&new.name))
            .bind(&new.code)
            .bind(new.time_zone.as_str())
            .bind(new.language.as_str())
            .bind(new.code.as_deref().map(fold))
            .bind(site.key.0)
            .bind(site.version)
            .execute(&mut *tx)
            .await
            .map_err(|error| taken(error.into()))?;
            if done.rows_affected() == 0 {
                return Err(Fault::Said(Error::Stale));
            }
            if site.name != new.name {
                // Held, so that nobody who assigns a line meanwhile writes their texts with the old name after us.
                sqlx::query("UPDATE device SET site_id = site_id WHERE site_id = $1")
                    .bind(site.key.0)
                    .execute(&mut *tx)
                    .await?;
                index_devices!(tx, self.engine(), DEVICES_OF_SITE, site.key.0);
            }
            add_audit!(tx, audit)
        })?;
        self.find_site_by_key(site.key).await?.ok_or(Error::NotFound)
    }

    /// Deletes a site that holds nothing.
    ///
    /// # Errors
    /// [`Error::Conflict`] `site_not_empty`, [`Error::NotFound`] when somebody was faster.
    pub async fn delete_site(&self, site: &Site, audit: &AuditRecord) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            let (devices, users): (i64, i64) =
                sqlx::query_as(SITE_REMAINDER).bind(site.key.0).fetch_one(&mut *tx).await?;
            if devices + users > 0 {
                return Err(Fault::Said(not_empty(devices, users)));
            }
            let mut deleted = 0;
            for text in [
                "DELETE FROM approved_device_type WHERE owner_kind = 'site' AND owner_id = $1",
                "DELETE FROM portal_user_site WHERE site_id = $1",
                "DELETE FROM site WHERE id = $1",
            ] {
                let done = sqlx::query(text).bind(site.key.0).execute(&mut *tx).await.map_err(Fault::from);
                match done {
                    // Filled in the moment between looking and deleting.
                    Err(fault) if fault.is_reference_violation() => {
                        return Err(Fault::Said(Error::Unavailable(Span::from_secs(1))));
                    }
                    done => deleted = done?.rows_affected(),
                }
            }
            if deleted == 0 {
                return Err(Fault::Said(Error::NotFound));
            }
            add_audit!(tx, audit)
        })
    }
}

fn not_empty(devices: i64, users: i64) -> Error {
    let error = FieldError::new("site_id", "site_not_empty");
    Error::Conflict(error.with("devices", devices).with("users", users))
}

fn taken(fault: Fault) -> Fault {
    if !fault.is_unique_violation() {
        return fault;
    }
    // SQLite names the columns, PostgreSQL the index.
    let is_code = fault.violates("code_folded") || fault.violates("site_code");
    let (field, code) = if is_code { ("code", "site_code_taken") } else { ("name", "site_name_taken") };
    Fault::Said(Error::Taken(FieldError::new(field, code)))
}

pub(crate) fn read_site(row: SiteRow) -> std::result::Result<Site, Fault> {
    let bad = |column| BadRow { table: "site", column, row: row.id };
    Ok(Site {
        key: SiteKey(row.id),
        id: SiteId::from_uuid(row.uid),
        customer_key: PartyKey(row.customer_id),
        customer_id: PartyId::from_uuid(row.customer_uid),
        customer_name: row.customer_name,
        customer_closed: row.customer_closed_at.is_some(),
        tenancy: Tenancy {
            provider: Some(PartyKey(row.provider_id)),
            operator: row.operator_id.map(PartyKey),
            customer: Some(PartyKey(row.customer_id)),
        },
        name: row.name,
        code: row.code,
        time_zone: TimeZoneName::parse(&row.time_zone).map_err(|_| bad("time_zone"))?,
        language: Language::parse(&row.language).ok_or_else(|| bad("language"))?,
        version: row.version,
    })
}
