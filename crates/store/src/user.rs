//! Users of sites.

use tonalite_core::error::FieldError;
use tonalite_core::id::{LineKey, PartyKey, SiteId, SiteKey, UserId, UserKey};
use tonalite_core::party::Tenancy;
use tonalite_core::search::searchable;
use tonalite_core::site::Site;
use tonalite_core::text::Language;
use tonalite_core::time::Timestamp;
use tonalite_core::user::{NewUser, User};
use tonalite_core::{Error, Result};
use uuid::Uuid;

use crate::AuditRecord;
use crate::audit::add_audit;
use crate::db::{Store, read, transaction};
use crate::device_search::{DEVICES_OF_USER, ONE_DEVICE, index_devices};
use crate::error::{BadRow, Fault};
use crate::row::row;

row! {
    /// As stored.
    UserRow {
        found_by: String,
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

/// Users with all that is read of them.
macro_rules! select_user {
    ($tail:literal) => {
        concat!(
            "SELECT u.id, u.uid, u.site_id, s.uid AS site_uid, u.customer_id, u.operator_id, u.provider_id, u.name, \
             u.extension, u.number, u.email, u.language, u.version, u.found_by FROM \"user\" u JOIN site s ON s.id = u.site_id",
            $tail
        )
    };
}
pub(crate) use select_user;

/// Adds a user in the transaction at hand, and gives its key. `$field`: where a taken extension is told.
macro_rules! insert_user {
    ($tx:ident, $id:expr, $site:expr, $new:expr, $now:expr, $field:expr) => {{
        let (id, site, new, now): (UserId, &Site, &NewUser, Timestamp) = ($id, $site, $new, $now);
        let inserted: std::result::Result<(i64,), $crate::error::Fault> = sqlx::query_as(
            "INSERT INTO \"user\" (uid, site_id, customer_id, operator_id, provider_id, name, extension, number, email, language, version, created_at, found_by) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $12) RETURNING id",
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
        .bind($crate::user::found_by(new))
        .fetch_one(&mut *$tx)
        .await
        .map_err(|error| $crate::user::taken(error.into(), $field, new));
        inserted.map(|(key,)| UserKey(key))
    }};
}
pub(crate) use insert_user;

/// By this a user is found, and stands in the list: the name first.
pub(crate) fn found_by(user: &NewUser) -> String {
    let number = user.number.as_ref().map_or("", |number| number.as_str());
    let email = user.email.as_deref().unwrap_or_default();
    searchable(&format!("{} {} {number} {email}", user.name, user.extension.as_str()))
}

pub(crate) fn taken(fault: Fault, field: impl Into<String>, user: &NewUser) -> Fault {
    if fault.is_unique_violation() {
        let error = FieldError::new(field, "extension_taken").with("value", user.extension.as_str());
        Fault::Said(Error::Taken(error))
    } else {
        fault
    }
}

impl Store {
    /// A user by its public id.
    pub async fn find_user(&self, id: UserId) -> Result<Option<User>> {
        let row: Option<UserRow> = read!(self.db, |db| {
            sqlx::query_as(select_user!(" WHERE u.uid = $1")).bind(id.uuid()).fetch_optional(db)
        })?;
        row.map(read_user).transpose().map_err(Error::from)
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
            insert_user!(tx, id, site, new, now, "extension")?;
            add_audit!(tx, audit)
        })?;
        self.find_user(id).await?.ok_or(Error::NotFound)
    }

    /// Changes a user, if nobody did since it was read.
    ///
    /// # Errors
    /// [`Error::Taken`] `extension_taken`, [`Error::Stale`].
    pub async fn update_user(&self, user: &User, new: &NewUser, audit: &AuditRecord) -> Result<User> {
        transaction!(self.db, writer, |tx| {
            let done = sqlx::query(
                "UPDATE \"user\" SET name = $1, extension = $2, number = $3, email = $4, language = $5, found_by = $6, \
                 version = version + 1 WHERE id = $7 AND version = $8",
            )
            .bind(&new.name)
            .bind(new.extension.as_str())
            .bind(new.number.as_ref().map(|number| number.as_str()))
            .bind(&new.email)
            .bind(new.language.map(Language::as_str))
            .bind(found_by(new))
            .bind(user.key.0)
            .bind(user.version)
            .execute(&mut *tx)
            .await
            .map_err(|error| taken(error.into(), "extension", new))?;
            if done.rows_affected() == 0 {
                return Err(Fault::Said(Error::Stale));
            }
            // The texts by which devices are found hold the names of who uses them. Held first, as by who renames a site.
            sqlx::query(
                "UPDATE device SET site_id = site_id WHERE id IN (SELECT device_id FROM line WHERE user_id = $1)",
            )
            .bind(user.key.0)
            .execute(&mut *tx)
            .await?;
            index_devices!(tx, self.engine(), DEVICES_OF_USER, user.key.0);
            add_audit!(tx, audit)
        })?;
        self.find_user(user.id).await?.ok_or(Error::NotFound)
    }

    /// Deletes a user, with the lines that it has; gives these. `expected`: how many the person was told of.
    ///
    /// # Errors
    /// [`Error::Conflict`] `user_has_lines` when it has others than expected, [`Error::Stale`] when it was changed.
    pub async fn delete_user(&self, user: &User, expected: u64, audit: &AuditRecord) -> Result<Vec<LineKey>> {
        transaction!(self.db, writer, |tx| {
            // Held first: who assigns a line of it meanwhile waits for this row, and then finds it gone.
            let held = sqlx::query("UPDATE \"user\" SET version = version WHERE id = $1 AND version = $2")
                .bind(user.key.0)
                .bind(user.version)
                .execute(&mut *tx)
                .await?;
            if held.rows_affected() == 0 {
                return Err(Fault::Said(Error::Stale));
            }
            let lines: Vec<(i64, i64)> =
                sqlx::query_as("DELETE FROM line WHERE user_id = $1 RETURNING id, device_id")
                    .bind(user.key.0)
                    .fetch_all(&mut *tx)
                    .await?;
            if lines.len() as u64 != expected {
                let error = FieldError::new("lines", "user_has_lines").with("count", lines.len());
                return Err(Fault::Said(Error::Conflict(error)));
            }
            for (_, device) in &lines {
                sqlx::query("UPDATE device SET lines_assigned = lines_assigned - 1 WHERE id = $1")
                    .bind(*device)
                    .execute(&mut *tx)
                    .await?;
                index_devices!(tx, self.engine(), ONE_DEVICE, *device);
            }
            sqlx::query("DELETE FROM \"user\" WHERE id = $1").bind(user.key.0).execute(&mut *tx).await?;
            add_audit!(tx, audit)?;
            Ok::<_, Fault>(lines.into_iter().map(|(key, _)| LineKey(key)).collect())
        })
    }
}

pub(crate) fn read_user(row: UserRow) -> std::result::Result<User, Fault> {
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
