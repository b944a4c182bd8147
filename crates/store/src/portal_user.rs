//! Portal users and the sites they are narrowed to.

use tonalite_core::access::{Actor, Scope};
use tonalite_core::error::FieldError;
use tonalite_core::id::{PartyId, PartyKey, PortalUserId, PortalUserKey, SiteKey};
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::portal_user::{PortalUser, Role, Username};
use tonalite_core::secret::Secret;
use tonalite_core::text::Language;
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
    PortalUserRow {
        id: i64,
        uid: Uuid,
        username: String,
        party_id: i64,
        party_uid: Uuid,
        party_name: String,
        role: String,
        language: Option<String>,
    }
}

macro_rules! select_portal_user {
    ($tail:literal) => {
        concat!(
            "SELECT u.id, u.uid, u.username, u.party_id, p.uid AS party_uid, p.name AS party_name, u.role, u.language \
             FROM portal_user u JOIN party p ON p.id = u.party_id",
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

/// A portal user to be written.
pub struct PortalUserInsert<'a> {
    /// Public id.
    pub id: PortalUserId,
    /// Whose.
    pub party: PartyKey,
    /// Name to sign in with.
    pub username: &'a Username,
    /// Argon2id hash of the password, in PHC form.
    pub password_hash: &'a str,
    /// Role.
    pub role: Role,
    /// Chosen language.
    pub language: Option<Language>,
    /// When.
    pub now: Timestamp,
}

impl Store {
    /// A portal user by its key.
    pub async fn find_portal_user(&self, key: PortalUserKey) -> Result<Option<PortalUser>> {
        let row: Option<PortalUserRow> = read!(self.db, |db| {
            sqlx::query_as(select_portal_user!(" WHERE u.id = $1")).bind(key.0).fetch_optional(db)
        })?;
        row.map(read_portal_user).transpose().map_err(Error::from)
    }

    /// A portal user by the name it signs in with.
    pub async fn find_portal_user_by_name(&self, username: &Username) -> Result<Option<PortalUser>> {
        let row: Option<PortalUserRow> = read!(self.db, |db| {
            sqlx::query_as(select_portal_user!(" WHERE u.username = $1 AND u.erased_at IS NULL"))
                .bind(username.as_str())
                .fetch_optional(db)
        })?;
        row.map(read_portal_user).transpose().map_err(Error::from)
    }

    /// By name, of the parties that the actor sees; narrowed to the subtree of one.
    pub async fn page_portal_users(
        &self,
        actor: &Actor,
        below: Option<Scope>,
        limit: Limit,
        after: Option<&Cursor>,
    ) -> Result<Page<PortalUser>> {
        let mut query = Query::new(select_portal_user!(""));
        query.and("u.erased_at IS NULL", []);
        query.and_seen_by(actor, &TENANT);
        if let Some(scope) = below {
            query.and_scope(scope, &TENANT);
        }
        if let Some(cursor) = after {
            query.and("u.username > ?", [Value::Text(cursor.value.clone())]);
        }
        query.push(" ORDER BY u.username").limit(i64::from(limit.get()) + 1);
        let mut rows: Vec<PortalUserRow> =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
        let next = cut(&mut rows, limit).map(|row| Cursor { value: row.username.clone(), key: row.id });
        let items = rows.into_iter().map(read_portal_user).collect::<std::result::Result<_, Fault>>()?;
        Ok(Page { items, next })
    }

    /// The hash of a portal user's password.
    pub async fn find_password_hash(&self, key: PortalUserKey) -> Result<Option<Secret<String>>> {
        let row: Option<(String,)> = read!(self.db, |db| {
            sqlx::query_as("SELECT password_hash FROM portal_user WHERE id = $1")
                .bind(key.0)
                .fetch_optional(db)
        })?;
        Ok(row.map(|(hash,)| Secret::new(hash)))
    }

    /// Whether anybody can sign in at all.
    pub async fn has_portal_users(&self) -> Result<bool> {
        let (n,): (i64,) = read!(self.db, |db| {
            sqlx::query_as("SELECT count(*) FROM (SELECT 1 FROM portal_user LIMIT 1) u").fetch_one(db)
        })?;
        Ok(n > 0)
    }

    /// The sites that a portal user is narrowed to; `None` is all.
    pub async fn find_sites_of_portal_user(&self, key: PortalUserKey) -> Result<Option<Vec<SiteKey>>> {
        let rows: Vec<(i64,)> = read!(self.db, |db| {
            sqlx::query_as("SELECT site_id FROM portal_user_site WHERE portal_user_id = $1")
                .bind(key.0)
                .fetch_all(db)
        })?;
        Ok((!rows.is_empty()).then(|| rows.into_iter().map(|(site,)| SiteKey(site)).collect()))
    }

    /// Adds a portal user.
    ///
    /// # Errors
    /// [`Error::Taken`] `username_taken`.
    pub async fn insert_portal_user(
        &self,
        new: &PortalUserInsert<'_>,
        audit: &AuditRecord,
    ) -> Result<PortalUserKey> {
        transaction!(self.db, writer, |tx| {
            let (key,): (i64,) = sqlx::query_as(
                "INSERT INTO portal_user (uid, party_id, username, password_hash, role, language, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
            )
            .bind(new.id.uuid())
            .bind(new.party.0)
            .bind(new.username.as_str())
            .bind(new.password_hash)
            .bind(new.role.as_str())
            .bind(new.language.map(Language::as_str))
            .bind(new.now.0)
            .fetch_one(&mut *tx)
            .await
            .map_err(|error| {
                let fault = Fault::from(error);
                if fault.is_unique_violation() {
                    Fault::Said(Error::Taken(FieldError::new("username", "username_taken")))
                } else {
                    fault
                }
            })?;
            add_audit!(tx, audit)?;
            Ok::<_, Fault>(PortalUserKey(key))
        })
    }

    /// Writes the chosen language.
    pub async fn set_portal_user_language(
        &self,
        key: PortalUserKey,
        language: Language,
        audit: &AuditRecord,
    ) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            sqlx::query("UPDATE portal_user SET language = $1 WHERE id = $2")
                .bind(language.as_str())
                .bind(key.0)
                .execute(&mut *tx)
                .await?;
            add_audit!(tx, audit)
        })
    }
}

fn read_portal_user(row: PortalUserRow) -> std::result::Result<PortalUser, Fault> {
    let bad = |column| BadRow { table: "portal_user", column, row: row.id };
    Ok(PortalUser {
        key: PortalUserKey(row.id),
        id: PortalUserId::from_uuid(row.uid),
        username: row.username,
        party_key: PartyKey(row.party_id),
        party_id: PartyId::from_uuid(row.party_uid),
        party_name: row.party_name,
        role: Role::parse(&row.role).ok_or_else(|| bad("role"))?,
        language: match &row.language {
            Some(language) => Some(Language::parse(language).ok_or_else(|| bad("language"))?),
            None => None,
        },
    })
}
