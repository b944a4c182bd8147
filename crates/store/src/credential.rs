//! SIP credentials of many lines at once: new ones for a whole site, those that are taken over from another system; and the
//! end of the old ones beside the new.

use tonalite_core::error::FieldError;
use tonalite_core::id::{DeviceKey, LineId, LineKey, SiteKey};
use tonalite_core::line::Algorithms;
use tonalite_core::mac::Mac;
use tonalite_core::registration::{RegistrarLine, SealedSecret};
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};
use uuid::Uuid;

use crate::AuditRecord;
use crate::audit::add_audit;
use crate::db::{Store, read, transaction};
use crate::error::Fault;
use crate::line::{RegistrarRow, read_registrar_line, select_registrar_line};
use crate::row::{row, small};

row! {
    /// What a sheet of credentials says of a line beside the secret.
    SheetRow {
        id: i64,
        uid: Uuid,
        device_id: i64,
        port: i64,
        mac: Option<i64>,
        device_type: String,
        user_name: String,
        extension: String,
        number: Option<String>,
        sip_username: String,
        sip_domain: String,
    }
}

/// A line, as it stands in a sheet of credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetLine {
    /// Storage key.
    pub key: LineKey,
    /// Public id.
    pub id: LineId,
    /// The device.
    pub device: DeviceKey,
    /// Its port.
    pub port: u16,
    /// Address of the device.
    pub mac: Option<Mac>,
    /// Type of the device.
    pub device_type: String,
    /// Whose line it is.
    pub user_name: String,
    /// The user's extension.
    pub extension: String,
    /// The user's number.
    pub number: Option<String>,
    /// SIP user name.
    pub sip_username: String,
    /// SIP domain.
    pub sip_domain: String,
}

/// Makes the secrets of a batch of lines.
pub trait SecretMaker: Send {
    /// `first`: all begins anew, also what was made of earlier batches.
    fn make(
        &mut self,
        first: bool,
        lines: &[SheetLine],
    ) -> impl Future<Output = Result<Vec<(LineKey, SealedSecret)>>> + Send;
}

/// A credential that comes from another system.
pub struct TakenOver {
    /// The line.
    pub line: LineKey,
    /// Its SIP user name from now on.
    pub username: String,
    /// Its secret.
    pub secret: SealedSecret,
    /// Where it stands in the file, for errors.
    pub place: String,
}

impl Store {
    /// Puts new secrets beside those in force for all assigned lines of a site (of one device type), in batches of 500, all
    /// in one transaction: the old ones end after a day, so that half a site with new ones that nobody knows must not be.
    pub async fn set_next_secrets(
        &self,
        site: SiteKey,
        device_type: Option<&str>,
        until: Timestamp,
        algorithms: Algorithms,
        maker: &mut impl SecretMaker,
        audit: impl Fn(u64) -> AuditRecord + Send + Sync,
    ) -> Result<u64> {
        transaction!(self.db, writer, |tx| {
            let (mut after, mut count, mut first) = (0_i64, 0_u64, true);
            loop {
                let rows: Vec<SheetRow> = sqlx::query_as(
                    "SELECT l.id, l.uid, l.device_id, l.port, d.mac, d.device_type, u.name AS user_name, u.extension, \
                     u.number, l.sip_username, l.sip_domain \
                     FROM line l JOIN device d ON d.id = l.device_id JOIN \"user\" u ON u.id = l.user_id \
                     WHERE d.site_id = $1 AND l.id > $2 AND (d.device_type = $3 OR $3 IS NULL) ORDER BY l.id LIMIT 500",
                )
                .bind(site.0)
                .bind(after)
                .bind(device_type)
                .fetch_all(&mut *tx)
                .await?;
                let Some(last) = rows.last() else { break };
                after = last.id;
                let lines: Vec<SheetLine> = rows.into_iter().map(read_sheet).collect();
                for (line, secret) in maker.make(first, &lines).await.map_err(Fault::Said)? {
                    sqlx::query(
                        "UPDATE line SET next_secret = $1, next_until = $2, next_algorithms = $3 WHERE id = $4",
                    )
                    .bind(&secret.0)
                    .bind(until.0)
                    .bind(algorithms.names().join(","))
                    .bind(line.0)
                    .execute(&mut *tx)
                    .await?;
                    count += 1;
                }
                first = false;
            }
            let audit = audit(count);
            add_audit!(tx, &audit)?;
            Ok::<_, Fault>(count)
        })
    }

    /// Makes the new secret of a line the only one, though no phone has used it yet.
    ///
    /// # Errors
    /// [`Error::Conflict`] `no_old_credentials` when there is only one.
    pub async fn revoke_old_secret(&self, line: LineKey, audit: &AuditRecord) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            let done = sqlx::query(
                "UPDATE line SET secret = next_secret, algorithms = next_algorithms, next_secret = NULL, \
                 next_until = NULL, next_algorithms = NULL WHERE id = $1 AND next_secret IS NOT NULL",
            )
            .bind(line.0)
            .execute(&mut *tx)
            .await?;
            if done.rows_affected() == 0 {
                return Err(Fault::Said(Error::Conflict(FieldError::new("port", "no_old_credentials"))));
            }
            add_audit!(tx, audit)
        })
    }

    /// Until when the old secret of each line of a device is valid beside a new one: those that have two.
    pub async fn find_overlaps(&self, device: DeviceKey) -> Result<Vec<(u16, Timestamp)>> {
        let rows: Vec<(i64, i64)> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT port, next_until FROM line WHERE device_id = $1 AND next_secret IS NOT NULL AND next_until IS NOT NULL ORDER BY port",
            )
            .bind(device.0)
            .fetch_all(db)
        })?;
        Ok(rows.into_iter().map(|(port, until)| (small(port), Timestamp(until))).collect())
    }

    /// Puts credentials of another system in the place of those in force, all or none. What was beside them is gone.
    ///
    /// # Errors
    /// At the place of the row: [`Error::Taken`] `sip_username_taken`, [`Error::Conflict`] `line_gone`.
    pub async fn take_credentials_over(&self, rows: &[TakenOver], audit: &AuditRecord) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            // Names are unique: two lines that change names with each other must not meet half-way.
            for row in rows {
                sqlx::query("UPDATE line SET sip_username = $1 WHERE id = $2")
                    .bind(format!("moving@{}", row.line.0))
                    .bind(row.line.0)
                    .execute(&mut *tx)
                    .await?;
            }
            for row in rows {
                let done = sqlx::query(
                    "UPDATE line SET sip_username = $1, secret = $2, algorithms = $3, next_secret = NULL, \
                     next_until = NULL, next_algorithms = NULL WHERE id = $4",
                )
                .bind(&row.username)
                .bind(&row.secret.0)
                .bind(Algorithms::default().names().join(","))
                .bind(row.line.0)
                .execute(&mut *tx)
                .await
                .map_err(|error| {
                    let fault = Fault::from(error);
                    if fault.is_unique_violation() {
                        let error = FieldError::new(row.place.as_str(), "sip_username_taken");
                        Fault::Said(Error::Taken(error.with("value", &row.username)))
                    } else {
                        fault
                    }
                })?;
                if done.rows_affected() == 0 {
                    let error = FieldError::new(row.place.as_str(), "line_gone");
                    return Err(Fault::Said(Error::Conflict(error)));
                }
            }
            add_audit!(tx, audit)
        })
    }

    /// The line that has this SIP user name.
    pub async fn find_line_by_sip(&self, username: &str, domain: &str) -> Result<Option<LineKey>> {
        let row: Option<(i64,)> = read!(self.db, |db| {
            sqlx::query_as("SELECT id FROM line WHERE sip_username = $1 AND sip_domain = $2")
                .bind(username)
                .bind(domain)
                .fetch_optional(db)
        })?;
        Ok(row.map(|(key,)| LineKey(key)))
    }

    /// Lines of a site as the registrar needs them, after a key, at most 500.
    pub async fn find_registrar_lines(&self, site: SiteKey, after: LineKey) -> Result<Vec<RegistrarLine>> {
        let rows: Vec<RegistrarRow> = read!(self.db, |db| {
            sqlx::query_as(select_registrar_line!(
                " WHERE d.site_id = $1 AND l.id > $2 ORDER BY l.id LIMIT 500"
            ))
            .bind(site.0)
            .bind(after.0)
            .fetch_all(db)
        })?;
        let lines = rows.into_iter().map(|row| read_registrar_line(row, Vec::new()));
        lines.collect::<std::result::Result<_, Fault>>().map_err(Error::from)
    }
}

fn read_sheet(row: SheetRow) -> SheetLine {
    SheetLine {
        key: LineKey(row.id),
        id: LineId::from_uuid(row.uid),
        device: DeviceKey(row.device_id),
        port: small(row.port),
        mac: row.mac.and_then(|mac| u64::try_from(mac).ok()).and_then(Mac::from_u64),
        device_type: row.device_type,
        user_name: row.user_name,
        extension: row.extension,
        number: row.number,
        sip_username: row.sip_username,
        sip_domain: row.sip_domain,
    }
}
