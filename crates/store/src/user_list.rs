//! The list of users: searched and ordered by name, with the lines of each; and devices of a site that have ports for them.

use std::collections::{HashMap, HashSet};

use tonalite_core::access::Actor;
use tonalite_core::id::{DeviceId, DeviceKey, SiteKey, UserKey};
use tonalite_core::line::Line;
use tonalite_core::mac::Mac;
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::search::{Search, searchable};
use tonalite_core::time::Timestamp;
use tonalite_core::user::User;
use tonalite_core::{Error, Result};
use uuid::Uuid;

use crate::audit::cut;
use crate::db::{Store, read, transaction};
use crate::error::{Fault, OpenError};
use crate::line::{LineRow, read_line};
use crate::live::LineStateRow;
use crate::row::row;
use crate::sql::{Query, TenantColumns, Value, bind_all};
use crate::user::{UserRow, read_user, select_user};

/// Rows of one transaction, when older ones are filled in at the start.
const BATCH: i64 = 500;
/// Lines of one user that are listed.
const LINES: i64 = 2_000;

const TENANT: TenantColumns = TenantColumns {
    provider: "u.provider_id = ?",
    operator: "u.operator_id = ?",
    customer: "u.customer_id = ?",
    site: Some("u.site_id"),
};

row! {
    /// What a user is found by.
    SourceRow { id: i64, name: String, extension: String, number: Option<String>, email: Option<String> }
}

row! {
    /// A line with the device that it is a port of.
    HeldRow {
        id: i64,
        uid: Uuid,
        device_id: i64,
        port: i64,
        user_id: i64,
        user_uid: Uuid,
        user_name: String,
        extension: String,
        number: Option<String>,
        line_use: String,
        sip_username: String,
        sip_domain: String,
        algorithms: String,
        device_uid: Uuid,
        mac: Option<i64>,
        device_type: String,
        device_name: Option<String>,
    }
}

/// A line of a user, and the device that it is a port of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldLine {
    /// The line.
    pub line: Line,
    /// Public id of the device.
    pub device_id: DeviceId,
    /// Its address.
    pub mac: Option<Mac>,
    /// Its type.
    pub device_type: String,
    /// Its name.
    pub device_name: Option<String>,
}

impl Store {
    /// By name, of what the actor sees; narrowed to one site and to what is searched for.
    pub async fn page_users(
        &self,
        actor: &Actor,
        site: Option<SiteKey>,
        search: Option<&Search>,
        limit: Limit,
        after: Option<&Cursor>,
    ) -> Result<Page<User>> {
        let mut query = Query::new(select_user!(""));
        query.and_seen_by(actor, &TENANT);
        if let Some(site) = site {
            query.and("u.site_id = ?", [Value::Int(site.0)]);
        }
        if let Some(search) = search {
            // Nothing of what was typed is a letter or a digit: that finds nothing.
            if search.terms().is_empty() {
                query.and("1 = 0", []);
            }
            for term in search.terms() {
                // A term has letters and digits alone, so that no sign of LIKE can stand in it.
                query.and("u.found_by LIKE ?", [Value::Text(format!("%{}%", term.text))]);
            }
        }
        if let Some(cursor) = after {
            let value = || Value::Text(cursor.value.clone());
            query.and("u.found_by >= ?", [value()]);
            query.and("u.found_by > ? OR u.id > ?", [value(), Value::Int(cursor.key)]);
        }
        query.push(" ORDER BY u.found_by, u.id").limit(i64::from(limit.get()) + 1);
        let mut rows: Vec<UserRow> =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
        let next = cut(&mut rows, limit).map(|row| Cursor { value: row.found_by.clone(), key: row.id });
        let items = rows.into_iter().map(read_user).collect::<std::result::Result<_, Fault>>()?;
        Ok(Page { items, next })
    }

    /// The lines of these users, by user, device and port; and what is known of their state.
    pub async fn find_lines_of_users(
        &self,
        users: &[UserKey],
        ready_at: Timestamp,
        now: Timestamp,
    ) -> Result<(Vec<HeldLine>, Vec<LineStateRow>)> {
        if users.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let keys = || users.iter().take(usize::from(Limit::MAX)).map(|key| Value::Int(key.0));
        let mut query = Query::new(
            "SELECT l.id, l.uid, l.device_id, l.port, l.user_id, u.uid AS user_uid, u.name AS user_name, u.extension, \
             u.number, l.line_use, l.sip_username, l.sip_domain, l.algorithms, d.uid AS device_uid, d.mac, \
             d.device_type, d.name AS device_name \
             FROM line l JOIN \"user\" u ON u.id = l.user_id JOIN device d ON d.id = l.device_id",
        );
        query.and_in("l.user_id", keys()).push(" ORDER BY l.user_id, l.device_id, l.port").limit(LINES);
        let rows: Vec<HeldRow> =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
        let lines = rows.into_iter().map(read_held).collect::<std::result::Result<Vec<_>, Fault>>()?;
        let states = self.find_states_of(&lines, ready_at, now).await?;
        Ok((lines, states))
    }

    /// Which of these extensions are in use at a site.
    pub async fn find_extensions(&self, site: SiteKey, extensions: &[&str]) -> Result<HashSet<String>> {
        let mut found = HashSet::new();
        for some in extensions.chunks(usize::from(Limit::MAX)) {
            let mut query = Query::new("SELECT u.extension FROM \"user\" u");
            query.and("u.site_id = ?", [Value::Int(site.0)]);
            query.and_in("u.extension", some.iter().map(|extension| Value::Text((*extension).to_owned())));
            let rows: Vec<(String,)> =
                read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
            found.extend(rows.into_iter().map(|(extension,)| extension));
        }
        Ok(found)
    }

    /// The users of a site that have these extensions.
    pub async fn find_users_by_extension(&self, site: SiteKey, extensions: &[&str]) -> Result<Vec<User>> {
        let mut found = Vec::new();
        for some in extensions.chunks(usize::from(Limit::MAX)) {
            let mut query = Query::new(select_user!(""));
            query.and("u.site_id = ?", [Value::Int(site.0)]);
            query.and_in("u.extension", some.iter().map(|extension| Value::Text((*extension).to_owned())));
            let rows: Vec<UserRow> =
                read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
            for row in rows {
                found.push(read_user(row)?);
            }
        }
        Ok(found)
    }

    /// Users of a site without a line, in the order of their extensions, as numbers are ordered.
    pub async fn find_users_without_line(&self, site: SiteKey, limit: u16) -> Result<Vec<User>> {
        let rows: Vec<UserRow> = read!(self.db, |db| {
            sqlx::query_as(select_user!(
                " WHERE u.site_id = $1 AND NOT EXISTS (SELECT 1 FROM line l WHERE l.user_id = u.id) \
                 ORDER BY length(u.extension), u.extension LIMIT $2"
            ))
            .bind(site.0)
            .bind(i64::from(limit))
            .fetch_all(db)
        })?;
        rows.into_iter().map(read_user).collect::<std::result::Result<_, Fault>>().map_err(Error::from)
    }

    async fn find_states_of(
        &self,
        lines: &[HeldLine],
        ready_at: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<LineStateRow>> {
        let mut devices: Vec<DeviceKey> = lines.iter().map(|held| held.line.device_key).collect();
        devices.sort_unstable();
        devices.dedup();
        let mut by_line = HashMap::new();
        for device in devices {
            for state in self.find_line_states_of_device(device, ready_at, now).await? {
                by_line.insert(state.line, state);
            }
        }
        Ok(lines.iter().filter_map(|held| by_line.remove(&held.line.key)).collect())
    }

    /// Fills in what users are found by, for those that an earlier version of the program wrote, or who fills in users by
    /// the thousand.
    pub async fn index_users(&self) -> Result<()> {
        while self.index_more_users().await? {}
        Ok(())
    }

    /// The same when the state is opened.
    pub(crate) async fn finish_users(&self) -> std::result::Result<(), OpenError> {
        self.index_users().await.map_err(|error| OpenError::Reconcile(format!("{error:?}")))
    }

    /// One batch; whether there was one.
    async fn index_more_users(&self) -> Result<bool> {
        transaction!(self.db, writer, |tx| {
            let rows: Vec<SourceRow> = sqlx::query_as(
                "SELECT id, name, extension, number, email FROM \"user\" WHERE found_by = '' LIMIT $1",
            )
            .bind(BATCH)
            .fetch_all(&mut *tx)
            .await?;
            for row in &rows {
                let number = row.number.as_deref().unwrap_or_default();
                let email = row.email.as_deref().unwrap_or_default();
                let text = searchable(&format!("{} {} {number} {email}", row.name, row.extension));
                sqlx::query("UPDATE \"user\" SET found_by = $1 WHERE id = $2")
                    .bind(text)
                    .bind(row.id)
                    .execute(&mut *tx)
                    .await?;
            }
            Ok::<_, Fault>(!rows.is_empty())
        })
    }
}

fn read_held(row: HeldRow) -> std::result::Result<HeldLine, Fault> {
    let (device_id, device_type, device_name) =
        (DeviceId::from_uuid(row.device_uid), row.device_type, row.device_name);
    let mac = row.mac.and_then(|mac| u64::try_from(mac).ok()).and_then(Mac::from_u64);
    let line = read_line(LineRow {
        id: row.id,
        uid: row.uid,
        device_id: row.device_id,
        port: row.port,
        user_id: row.user_id,
        user_uid: row.user_uid,
        user_name: row.user_name,
        extension: row.extension,
        number: row.number,
        line_use: row.line_use,
        sip_username: row.sip_username,
        sip_domain: row.sip_domain,
        algorithms: row.algorithms,
    })?;
    Ok(HeldLine { line, device_id, mac, device_type, device_name })
}
