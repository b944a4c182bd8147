//! Assigned lines and their sealed secrets.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use tonalite_core::device::Device;
use tonalite_core::id::{DeviceId, DeviceKey, LineId, LineKey, PartyKey, SiteKey, UserId, UserKey};
use tonalite_core::line::{Algorithms, Line, LineUse, SipIdentity};
use tonalite_core::line_state::{Binding, LineRegistrations, LineState, StateDetail};
use tonalite_core::party::{SipDomain, Tenancy};
use tonalite_core::registration::{DeviceRef, LineCredential, LineRef, RegistrarLine, SealedSecret};
use tonalite_core::time::Timestamp;
use tonalite_core::user::User;
use tonalite_core::{Error, Result};
use uuid::Uuid;

use crate::AuditRecord;
use crate::audit::add_audit;
use crate::db::{Store, read, transaction};
use crate::device_search::{ONE_DEVICE, index_devices};
use crate::error::{BadRow, Fault};
use crate::live::read_binding;
use crate::row::{row, small};

row! {
    /// As stored.
    LineRow {
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
    }
}

row! {
    /// A line with all that the registrar needs.
    RegistrarRow {
        id: i64,
        uid: Uuid,
        port: i64,
        device_id: i64,
        device_uid: Uuid,
        site_id: i64,
        customer_id: i64,
        operator_id: Option<i64>,
        provider_id: i64,
        created_at: i64,
        sip_username: String,
        sip_domain: String,
        algorithms: String,
        secret: Vec<u8>,
        next_secret: Option<Vec<u8>>,
        next_until: Option<i64>,
        next_algorithms: Option<String>,
        state: Option<i64>,
        detail: Option<String>,
        since: Option<i64>,
        registered_at: Option<i64>,
    }
}

macro_rules! select_line {
    ($tail:literal) => {
        concat!(
            "SELECT l.id, l.uid, l.device_id, l.port, l.user_id, u.uid AS user_uid, u.name AS user_name, u.extension, \
             u.number, l.line_use, l.sip_username, l.sip_domain, l.algorithms \
             FROM line l JOIN \"user\" u ON u.id = l.user_id",
            $tail
        )
    };
}

macro_rules! select_registrar_line {
    ($tail:literal) => {
        concat!(
            "SELECT l.id, l.uid, l.port, l.device_id, d.uid AS device_uid, d.site_id, d.customer_id, d.operator_id, \
             d.provider_id, l.created_at, l.sip_username, l.sip_domain, l.algorithms, l.secret, l.next_secret, l.next_until, l.next_algorithms, \
             st.state, st.detail, st.since, st.registered_at \
             FROM line l JOIN device d ON d.id = l.device_id LEFT JOIN live.line_state st ON st.line_id = l.id",
            $tail
        )
    };
}
pub(crate) use select_registrar_line;

/// A line to be written.
pub struct LineInsert<'a> {
    /// Public id.
    pub id: LineId,
    /// The device.
    pub device: &'a Device,
    /// Its port.
    pub port: u16,
    /// To whom.
    pub user: &'a User,
    /// What for.
    pub line_use: LineUse,
    /// SIP identity.
    pub sip: &'a SipIdentity,
    /// Sealed secret.
    pub secret: &'a SealedSecret,
    /// When.
    pub now: Timestamp,
}

impl Store {
    /// The assigned line of a port.
    pub async fn find_line(&self, device: DeviceKey, port: u16) -> Result<Option<Line>> {
        let row: Option<LineRow> = read!(self.db, |db| {
            sqlx::query_as(select_line!(" WHERE l.device_id = $1 AND l.port = $2"))
                .bind(device.0)
                .bind(i64::from(port))
                .fetch_optional(db)
        })?;
        row.map(read_line).transpose().map_err(Error::from)
    }

    /// All assigned lines of a device, by port. A device has at most a few hundred ports.
    pub async fn find_lines_of_device(&self, device: DeviceKey) -> Result<Vec<Line>> {
        let rows: Vec<LineRow> = read!(self.db, |db| {
            sqlx::query_as(select_line!(" WHERE l.device_id = $1 ORDER BY l.port"))
                .bind(device.0)
                .fetch_all(db)
        })?;
        rows.into_iter().map(read_line).collect::<std::result::Result<_, Fault>>().map_err(Error::from)
    }

    /// A line as the registrar needs it.
    pub async fn find_registrar_line(&self, key: LineKey) -> Result<Option<RegistrarLine>> {
        let row: Option<RegistrarRow> = read!(self.db, |db| {
            sqlx::query_as(select_registrar_line!(" WHERE l.id = $1")).bind(key.0).fetch_optional(db)
        })?;
        row.map(|row| read_registrar_line(row, Vec::new())).transpose().map_err(Error::from)
    }

    /// Gives every assigned line with its bindings; returns the highest binding key. The bindings never expire before
    /// `ready_at` plus what was granted: nobody ages because we were away.
    pub async fn load_registrar_lines(
        &self,
        ready_at: Timestamp,
        each: &mut (dyn FnMut(RegistrarLine) + Send),
    ) -> Result<i64> {
        let mut bindings: HashMap<i64, Vec<Binding>> = HashMap::new();
        let mut highest = 0;
        let mut rows = self.stream_bindings();
        while let Some(row) = rows.try_next().await.map_err(Fault::from)? {
            let line = row.line_id;
            highest = highest.max(row.id);
            let mut binding = read_binding(row)?;
            binding.not_before = ready_at + binding.granted;
            bindings.entry(line).or_default().push(binding);
        }
        drop(rows);
        let mut rows = self.stream_registrar_rows();
        while let Some(row) = rows.try_next().await.map_err(Fault::from)? {
            let own = bindings.remove(&row.id).unwrap_or_default();
            each(read_registrar_line(row, own)?);
        }
        Ok(highest)
    }

    fn stream_registrar_rows(&self) -> futures_util::stream::BoxStream<'_, sqlx::Result<RegistrarRow>> {
        const TEXT: &str = select_registrar_line!("");
        match &self.db {
            crate::db::Db::Sqlite(db) => sqlx::query_as(TEXT).fetch(&db.reader),
            crate::db::Db::Postgres(db) => sqlx::query_as(TEXT).fetch(&db.reader),
        }
    }

    /// Assigns a port. `None`: somebody else was faster and has it.
    pub async fn insert_line(&self, new: &LineInsert<'_>, audit: &AuditRecord) -> Result<Option<LineKey>> {
        transaction!(self.db, writer, |tx| {
            let inserted: Option<(i64,)> = sqlx::query_as(
                "INSERT INTO line (uid, device_id, port, user_id, line_use, sip_username, sip_domain, algorithms, secret, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (device_id, port) DO NOTHING RETURNING id",
            )
            .bind(new.id.uuid())
            .bind(new.device.key.0)
            .bind(i64::from(new.port))
            .bind(new.user.key.0)
            .bind(new.line_use.as_str())
            .bind(&new.sip.username)
            .bind(new.sip.domain.as_str())
            .bind(new.sip.algorithms.names().join(","))
            .bind(&new.secret.0)
            .bind(new.now.0)
            .fetch_optional(&mut *tx)
            .await?;
            if inserted.is_some() {
                let device =
                    sqlx::query("UPDATE device SET lines_assigned = lines_assigned + 1 WHERE id = $1")
                        .bind(new.device.key.0)
                        .execute(&mut *tx)
                        .await?;
                if device.rows_affected() == 0 {
                    return Err(Fault::Said(Error::NotFound));
                }
                index_devices!(tx, self.engine(), ONE_DEVICE, new.device.key.0);
                add_audit!(tx, audit)?;
            }
            Ok::<_, Fault>(inserted.map(|(key,)| LineKey(key)))
        })
    }

    /// Takes a port back.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not assigned (any more).
    pub async fn delete_line(&self, line: &Line, audit: &AuditRecord) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            let done =
                sqlx::query("DELETE FROM line WHERE id = $1").bind(line.key.0).execute(&mut *tx).await?;
            if done.rows_affected() == 0 {
                return Err(Fault::Said(Error::NotFound));
            }
            sqlx::query("UPDATE device SET lines_assigned = lines_assigned - 1 WHERE id = $1")
                .bind(line.device_key.0)
                .execute(&mut *tx)
                .await?;
            index_devices!(tx, self.engine(), ONE_DEVICE, line.device_key.0);
            add_audit!(tx, audit)
        })
    }

    /// Puts a new secret beside the one in force.
    pub async fn set_next_secret(
        &self,
        line: LineKey,
        secret: &SealedSecret,
        until: Timestamp,
        algorithms: Algorithms,
        audit: &AuditRecord,
    ) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            let done = sqlx::query(
                "UPDATE line SET next_secret = $1, next_until = $2, next_algorithms = $3 WHERE id = $4",
            )
            .bind(&secret.0)
            .bind(until.0)
            .bind(algorithms.names().join(","))
            .bind(line.0)
            .execute(&mut *tx)
            .await?;
            if done.rows_affected() == 0 {
                return Err(Fault::Said(Error::NotFound));
            }
            add_audit!(tx, audit)
        })
    }

    /// Makes a secret that a phone has used the one in force. A still newer one, made meanwhile, stays beside it.
    /// `false`: it is in force already, or the line is gone.
    pub async fn promote_secret(&self, line: LineKey, confirmed: &SealedSecret) -> Result<bool> {
        transaction!(self.db, writer, |tx| {
            let done = sqlx::query(
                "UPDATE line SET secret = $1, \
                 algorithms = CASE WHEN next_secret = $1 THEN next_algorithms ELSE algorithms END, \
                 next_until = CASE WHEN next_secret = $1 THEN NULL ELSE next_until END, \
                 next_algorithms = CASE WHEN next_secret = $1 THEN NULL ELSE next_algorithms END, \
                 next_secret = CASE WHEN next_secret = $1 THEN NULL ELSE next_secret END \
                 WHERE id = $2 AND secret <> $1",
            )
            .bind(&confirmed.0)
            .bind(line.0)
            .execute(&mut *tx)
            .await?;
            Ok::<_, Fault>(done.rows_affected() > 0)
        })
    }

    /// Whether any line of this provider's or customer's domain exists: then the domain is fixed.
    pub async fn has_lines_in_domain(&self, domain: &SipDomain) -> Result<bool> {
        let (found,): (i64,) = read!(self.db, |db| {
            sqlx::query_as("SELECT count(*) FROM (SELECT 1 FROM line WHERE sip_domain = $1 LIMIT 1) l")
                .bind(domain.as_str())
                .fetch_one(db)
        })?;
        Ok(found > 0)
    }
}

pub(crate) fn read_line(row: LineRow) -> std::result::Result<Line, Fault> {
    let bad = |column| BadRow { table: "line", column, row: row.id };
    Ok(Line {
        key: LineKey(row.id),
        id: LineId::from_uuid(row.uid),
        device_key: DeviceKey(row.device_id),
        port: small(row.port),
        user_key: UserKey(row.user_id),
        user_id: UserId::from_uuid(row.user_uid),
        line_use: LineUse::parse(&row.line_use).ok_or_else(|| bad("line_use"))?,
        sip: read_identity(row.id, &row.sip_username, &row.sip_domain, &row.algorithms)?,
        user_name: row.user_name,
        extension: row.extension,
        number: row.number,
    })
}

fn read_identity(
    row: i64,
    username: &str,
    domain: &str,
    algorithms: &str,
) -> std::result::Result<SipIdentity, Fault> {
    let bad = |column| BadRow { table: "line", column, row };
    Ok(SipIdentity {
        username: username.to_owned(),
        domain: SipDomain::parse(domain).map_err(|_| bad("sip_domain"))?,
        algorithms: Algorithms::parse(algorithms.split(',')).map_err(|_| bad("algorithms"))?,
    })
}

pub(crate) fn read_registrar_line(
    row: RegistrarRow,
    bindings: Vec<Binding>,
) -> std::result::Result<RegistrarLine, Fault> {
    let bad = |column| BadRow { table: "line_state", column, row: row.id };
    let mut sip = read_identity(row.id, &row.sip_username, &row.sip_domain, &row.algorithms)?;
    if let Some(next) = &row.next_algorithms {
        // While both secrets are valid, both must be able to answer.
        let next = Algorithms::parse(next.split(',')).map_err(|_| bad("next_algorithms"))?;
        sip.algorithms.md5 |= next.md5;
        sip.algorithms.sha256 |= next.sha256;
    }
    let mut registrations = LineRegistrations::never_seen(Timestamp(row.since.unwrap_or(row.created_at)));
    if let Some(state) = row.state {
        registrations.state = LineState::from_i64(state).ok_or_else(|| bad("state"))?;
        registrations.detail = match &row.detail {
            Some(detail) => Some(StateDetail::parse(detail).ok_or_else(|| bad("detail"))?),
            None => None,
        };
        registrations.registered_at = row.registered_at.map(Timestamp);
    }
    registrations.bindings = bindings;
    Ok(RegistrarLine {
        line: LineRef {
            key: LineKey(row.id),
            id: LineId::from_uuid(row.uid),
            port: small(row.port),
            device: DeviceRef {
                key: DeviceKey(row.device_id),
                id: DeviceId::from_uuid(row.device_uid),
                site: SiteKey(row.site_id),
                tenancy: Tenancy {
                    provider: Some(PartyKey(row.provider_id)),
                    operator: row.operator_id.map(PartyKey),
                    customer: Some(PartyKey(row.customer_id)),
                },
            },
        },
        credential: LineCredential {
            sip,
            secret: SealedSecret(row.secret),
            next: row
                .next_secret
                .map(|secret| (SealedSecret(secret), Timestamp(row.next_until.unwrap_or(0)))),
        },
        registrations,
    })
}
