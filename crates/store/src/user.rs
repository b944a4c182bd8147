//! Users of sites.

use tonalite_core::access::Actor;
use tonalite_core::error::FieldError;
use tonalite_core::id::{PartyKey, SiteId, SiteKey, UserId, UserKey};
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::party::Tenancy;
use tonalite_core::site::Site;
use tonalite_core::text::Language;
use tonalite_core::time::Timestamp;
use tonalite_core::user::{NewUser, User};
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
    UserRow {
        id: i64,
        uid: Uuid,
        site_id: i64,
        site_uid: Uuid,
        customer_id: i64,
        operator_id: Option<i64>,
        provider_id: i64,
        name: String,
        extension: String,
        number: Option<String>,
        email: Option<String>,
        language: Option<String>,
        version: i64,
    }
}

macro_rules! select_user {
    ($tail:literal) => {
        concat!(
            "SELECT u.id, u.uid, u.site_id, s.uid AS site_uid, u.customer_id, u.operator_id, u.provider_id, u.name, \
             u.extension, u.number, u.email, u.language, u.version FROM \"user\" u JOIN site s ON s.id = u.site_id",
            $tail
        )
    };
}

const TENANT: TenantColumns = TenantColumns {
    provider: "u.provider_id = ?",
    operator: "u.operator_id = ?",
    customer: "u.customer_id = ?",
    site: Some("u.site_id"),
};

impl Store {
    /// A user by its public id.
    pub async fn find_user(&self, id: UserId) -> Result<Option<User>> {
        let row: Option<UserRow> = read!(self.db, |db| {
            sqlx::query_as(select_user!(" WHERE u.uid = $1")).bind(id.uuid()).fetch_optional(db)
        })?;
        row.map(read_user).transpose().map_err(Error::from)
    }

    /// In the order in which they were made, of what the actor sees, narrowed to one site.
    pub async fn page_users(
        &self,
        actor: &Actor,
        site: Option<SiteKey>,
        limit: Limit,
        after: Option<&Cursor>,
    ) -> Result<Page<User>> {
        let mut query = Query::new(select_user!(""));
        query.and_seen_by(actor, &TENANT);
        if let Some(site) = site {
            query.and("u.site_id = ?", [Value::Int(site.0)]);
        }
        if let Some(cursor) = after {
            query.and("u.id > ?", [Value::Int(cursor.key)]);
        }
        query.push(" ORDER BY u.id").limit(i64::from(limit.get()) + 1);
        let mut rows: Vec<UserRow> =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
        let next = cut(&mut rows, limit).map(|row| Cursor { value: String::new(), key: row.id });
        let items = rows.into_iter().map(read_user).collect::<std::result::Result<_, Fault>>()?;
        Ok(Page { items, next })
    }

    /// Adds a user to a site.
    ///
    /// # Errors
    /// [`Error::Taken`] `extension_taken`.
    pub async fn insert_user(
        &self,
        id: UserId,
        site: &Site,
        new: &NewUser,
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<User> {
        transaction!(self.db, writer, |tx| {
            sqlx::query(
                "INSERT INTO \"user\" (uid, site_id, customer_id, operator_id, provider_id, name, extension, number, email, language, version, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11)",
            )
            .bind(id.uuid())
            .bind(site.key.0)
            .bind(site.customer_key.0)
            .bind(site.tenancy.operator.map(|key| key.0))
            .bind(site.tenancy.provider.map(|key| key.0))
            .bind(&new.name)
            .bind(new.extension.as_str())
            .bind(new.number.as_ref().map(|number| number.as_str()))
            .bind(&new.email)
            .bind(new.language.map(Language::as_str))
            .bind(now.0)
            .execute(&mut *tx)
            .await
            .map_err(|error| {
                let fault = Fault::from(error);
                if fault.is_unique_violation() {
                    let extension = new.extension.as_str();
                    Fault::Said(Error::Taken(FieldError::new("extension", "extension_taken").with("value", extension)))
                } else {
                    fault
                }
            })?;
            add_audit!(tx, audit)
        })?;
        self.find_user(id).await?.ok_or(Error::NotFound)
    }
}

fn read_user(row: UserRow) -> std::result::Result<User, Fault> {
    let bad = |column| BadRow { table: "user", column, row: row.id };
    let details = NewUser::parse(
        &row.name,
        &row.extension,
        row.number.as_deref(),
        row.email.as_deref(),
        row.language.as_deref(),
    )
    .map_err(|_| bad("name, extension, number, email or language"))?;
    Ok(User {
        key: UserKey(row.id),
        id: UserId::from_uuid(row.uid),
        site_key: SiteKey(row.site_id),
        site_id: SiteId::from_uuid(row.site_uid),
        tenancy: Tenancy {
            provider: Some(PartyKey(row.provider_id)),
            operator: row.operator_id.map(PartyKey),
            customer: Some(PartyKey(row.customer_id)),
        },
        details,
        version: row.version,
    })
}
