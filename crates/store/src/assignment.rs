//! Users and lines together: people who get ports of one device, new users among them, in one transaction.

use tonalite_core::device::Device;
use tonalite_core::error::FieldError;
use tonalite_core::id::{LineId, LineKey, UserId, UserKey};
use tonalite_core::line::{LineUse, SipIdentity};
use tonalite_core::registration::SealedSecret;
use tonalite_core::site::Site;
use tonalite_core::text::Language;
use tonalite_core::time::Timestamp;
use tonalite_core::user::NewUser;
use tonalite_core::{Error, Result};

use crate::AuditRecord;
use crate::audit::add_audit;
use crate::db::{Store, transaction};
use crate::device_search::{ONE_DEVICE, index_devices};
use crate::error::Fault;
use crate::user::insert_user;

/// Who gets a port.
pub enum Assignee<'a> {
    /// A user that is there.
    Known(UserKey),
    /// A user to be made.
    New(UserId, &'a NewUser),
}

/// A port to be given.
pub struct PortInsert {
    /// Public id of the line.
    pub id: LineId,
    /// The port.
    pub port: u16,
    /// What for.
    pub line_use: LineUse,
    /// SIP identity.
    pub sip: SipIdentity,
    /// Sealed secret.
    pub secret: SealedSecret,
}

/// One user, and the port that it gets.
pub struct Assignment<'a> {
    /// Who.
    pub user: Assignee<'a>,
    /// Which port; `None` for a user without a line yet.
    pub port: Option<PortInsert>,
    /// What stands before the names of fields that are wrong: `rows[3].`, or nothing.
    pub place: String,
    /// What is written down.
    pub audit: Vec<AuditRecord>,
}

impl Store {
    /// Writes all of it or nothing; gives the keys of the lines, in order.
    ///
    /// # Errors
    /// At the place of the first row that cannot be: [`Error::Taken`] `extension_taken`, [`Error::Conflict`] `line_taken`,
    /// [`Error::Invalid`] `not_found` for a user that is gone; [`Error::Stale`] when the device is, or stands elsewhere.
    pub async fn insert_assignments(
        &self,
        site: &Site,
        device: Option<&Device>,
        rows: &[Assignment<'_>],
        now: Timestamp,
    ) -> Result<Vec<LineKey>> {
        let ports = i64::try_from(rows.iter().filter(|row| row.port.is_some()).count()).unwrap_or(i64::MAX);
        transaction!(self.db, writer, |tx| {
            if let Some(device) = device {
                // Taken first: who removes or moves the device meanwhile waits for this row.
                let held = sqlx::query(
                    "UPDATE device SET lines_assigned = lines_assigned + $1 WHERE id = $2 AND site_id = $3",
                )
                .bind(ports)
                .bind(device.key.0)
                .bind(site.key.0)
                .execute(&mut *tx)
                .await?;
                if held.rows_affected() == 0 {
                    return Err(Fault::Said(Error::Stale));
                }
            }
            let mut keys = Vec::new();
            for row in rows {
                let place = &row.place;
                let user = match row.user {
                    Assignee::Known(key) => key,
                    Assignee::New(id, new) => {
                        insert_user!(tx, id, site, new, now, format!("{place}extension"))?
                    }
                };
                if let (Some(line), Some(device)) = (&row.port, device) {
                    let inserted: std::result::Result<Option<(i64,)>, sqlx::Error> = sqlx::query_as(
                        "INSERT INTO line (uid, device_id, port, user_id, line_use, sip_username, sip_domain, algorithms, secret, created_at) \
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (device_id, port) DO NOTHING RETURNING id",
                    )
                    .bind(line.id.uuid())
                    .bind(device.key.0)
                    .bind(i64::from(line.port))
                    .bind(user.0)
                    .bind(line.line_use.as_str())
                    .bind(&line.sip.username)
                    .bind(line.sip.domain.as_str())
                    .bind(line.sip.algorithms.names().join(","))
                    .bind(&line.secret.0)
                    .bind(now.0)
                    .fetch_optional(&mut *tx)
                    .await;
                    let key = match inserted.map_err(Fault::from) {
                        Ok(Some((key,))) => key,
                        Ok(None) => {
                            let error = FieldError::new(format!("{place}port"), "line_taken");
                            return Err(Fault::Said(Error::Conflict(error.with("port", line.port))));
                        }
                        Err(fault) if fault.is_reference_violation() => {
                            return Err(Fault::Said(Error::invalid(format!("{place}user_id"), "not_found")));
                        }
                        Err(fault) => return Err(fault),
                    };
                    keys.push(LineKey(key));
                }
                for audit in &row.audit {
                    add_audit!(tx, audit)?;
                }
            }
            if let Some(device) = device {
                index_devices!(tx, self.engine(), ONE_DEVICE, device.key.0);
            }
            Ok::<_, Fault>(keys)
        })
    }
}
