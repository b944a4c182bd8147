//! Lines: assigning a port to a user, taking it back, making new credentials.

use std::sync::Weak;

use tokio::sync::mpsc;
use tonalite_core::access::{Actor, Manage, View};
use tonalite_core::audit::Action;
use tonalite_core::device::Device;
use tonalite_core::error::FieldError;
use tonalite_core::id::{LineId, LineKey};
use tonalite_core::line::{Algorithms, Line, LineUse, SipIdentity};
use tonalite_core::registration::{LineRef, SealedSecret};
use tonalite_core::secret::Secret;
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::timeline::TimelineKind;
use tonalite_core::user::User;
use tonalite_core::world::random_name;
use tonalite_core::{Error, Result};
use tonalite_store::{AuditRecord, LineInsert};

use crate::devices::{customer_key, device_ref};
use crate::{App, PhoneCommand};

/// SIP user names: 59 bits. Not secret, but not to be guessed either: scanners try extensions and MACs.
pub(crate) const USERNAME: usize = 12;
/// SIP passwords: 118 bits, and short enough to type on a telephone.
pub(crate) const PASSWORD: usize = 24;
/// The old credentials stay valid beside the new ones at most this long.
pub(crate) const OVERLAP: Span = Span::from_hours(24);

/// Credentials as they are shown, once.
pub struct NewCredentials {
    /// Digest user name, which is also the user of the address of record.
    pub username: String,
    /// The password.
    pub password: Secret<String>,
    /// Domain and realm.
    pub domain: String,
    /// `host:port` of the registrar.
    pub registrar: String,
}

impl App {
    /// Assigns a port to a user of the same site. Assigning it to the same user again changes nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a port that the device does not have, [`Error::Invalid`] `user_other_site`,
    /// [`Error::Conflict`] `line_taken`.
    pub async fn assign_line(
        &self,
        actor: &Actor,
        device: Manage<Device>,
        port: u16,
        user: View<User>,
        line_use: LineUse,
        now: Timestamp,
    ) -> Result<Line> {
        check_port(&device, port)?;
        if user.site_key != device.site_key {
            return Err(Error::invalid("user_id", "user_other_site"));
        }
        if let Some(line) = self.store.find_line(device.key, port).await? {
            return if line.user_key == user.key {
                Ok(line)
            } else {
                Err(Error::Conflict(self.line_taken(actor, &line).await?))
            };
        }
        let id = LineId::from_uuid(self.new_id(now));
        let entropy = self.entropy.as_ref();
        let sip = SipIdentity {
            username: random_name(USERNAME, entropy),
            domain: self.sip_domain_of(customer_key(&device)).await?,
            algorithms: Algorithms::default(),
        };
        let secret = self.sealer.seal(id, &Secret::new(random_name(PASSWORD, entropy)), entropy)?;
        let audit = AuditRecord::new(actor, customer_key(&device), device.tenancy, Action::LineAssign, now)
            .on("device", device.id.uuid())
            .detail(
                serde_json::json!({ "port": port, "user_id": user.id.to_string(), "use": line_use.as_str() }),
            );
        let insert =
            LineInsert { id, device: &device, port, user: &user, line_use, sip: &sip, secret: &secret, now };
        let Some(key) = self.store.insert_line(&insert, &audit).await? else {
            let holder = self.store.find_line(device.key, port).await?.ok_or(Error::Stale)?;
            return Err(Error::Conflict(self.line_taken(actor, &holder).await?));
        };
        self.live.add_line(LineRef { key, id, port, device: device_ref(&device) }, actor.stamp(now)).await;
        self.tell_registrar_of(key).await?;
        self.store.find_line(device.key, port).await?.ok_or(Error::NotFound)
    }

    /// Takes a port back: its registrations end, its credentials are withdrawn.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not assigned.
    pub async fn unassign_line(
        &self,
        actor: &Actor,
        device: Manage<Device>,
        port: u16,
        now: Timestamp,
    ) -> Result<()> {
        let line = self.find_assigned(&device, port).await?;
        let audit = AuditRecord::new(actor, customer_key(&device), device.tenancy, Action::LineUnassign, now)
            .on("device", device.id.uuid())
            .detail(serde_json::json!({ "port": port, "user_id": line.user_id.to_string() }));
        self.store.delete_line(&line, &audit).await?;
        let told = self.phones.command(|done| PhoneCommand::LineRemoved(line.key, done)).await;
        let line = LineRef { key: line.key, id: line.id, port, device: device_ref(&device) };
        self.live.remove_line(line, actor.stamp(now)).await;
        told
    }

    /// Makes new credentials for an assigned port and gives them this once. The old ones stay valid beside them until
    /// the first success with the new, at most 24 hours, so that a change never cuts a phone off.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the port is not assigned.
    pub async fn new_credentials(
        &self,
        actor: &Actor,
        device: Manage<Device>,
        port: u16,
        algorithms: Algorithms,
        now: Timestamp,
    ) -> Result<NewCredentials> {
        let line = self.find_assigned(&device, port).await?;
        let entropy = self.entropy.as_ref();
        let password = Secret::new(random_name(PASSWORD, entropy));
        let sealed = self.sealer.seal(line.id, &password, entropy)?;
        let audit =
            AuditRecord::new(actor, customer_key(&device), device.tenancy, Action::LineNewCredentials, now)
                .on("device", device.id.uuid())
                .detail(serde_json::json!({ "port": port, "algorithms": algorithms.names() }));
        self.store.set_next_secret(line.key, &sealed, now + OVERLAP, algorithms, &audit).await?;
        self.tell_credential_of(line.key).await?;
        self.live.note(device.key, actor.stamp(now), TimelineKind::NewCredentials, Some(port)).await;
        Ok(NewCredentials {
            username: line.sip.username,
            password,
            domain: line.sip.domain.as_str().to_owned(),
            registrar: self.registrar_address(),
        })
    }

    /// Ends the time in which the old credentials of a line are valid beside new ones.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the port is not assigned, [`Error::Conflict`] `no_old_credentials`.
    pub async fn revoke_old_credentials(
        &self,
        actor: &Actor,
        device: Manage<Device>,
        port: u16,
        now: Timestamp,
    ) -> Result<()> {
        let line = self.find_assigned(&device, port).await?;
        let audit = AuditRecord::new(
            actor,
            customer_key(&device),
            device.tenancy,
            Action::LineRevokeOldCredentials,
            now,
        )
        .on("device", device.id.uuid())
        .detail(serde_json::json!({ "port": port }));
        self.store.revoke_old_secret(line.key, &audit).await?;
        self.tell_credential_of(line.key).await
    }

    /// Until when the old credentials of lines of a device are valid beside new ones, by port.
    pub async fn overlaps_of_device(&self, device: &View<Device>) -> Result<Vec<(u16, Timestamp)>> {
        self.store.find_overlaps(device.key).await
    }

    /// The error for a port that somebody has: with a name for who may see that user.
    pub(crate) async fn line_taken(&self, actor: &Actor, line: &Line) -> Result<FieldError> {
        let error = FieldError::new("port", "line_taken").with("port", line.port);
        let holder = self.store.find_user(line.user_id).await?;
        Ok(match holder.and_then(|holder| actor.view(holder).ok()) {
            Some(holder) => error
                .with("known", "yes")
                .with("user", &holder.details.name)
                .with("extension", holder.details.extension.as_str()),
            None => error.with("known", "no").with("user", "").with("extension", ""),
        })
    }

    async fn find_assigned(&self, device: &Device, port: u16) -> Result<Line> {
        check_port(device, port)?;
        self.store.find_line(device.key, port).await?.ok_or(Error::NotFound)
    }

    pub(crate) async fn tell_registrar_of(&self, key: LineKey) -> Result<()> {
        let line = self.store.find_registrar_line(key).await?.ok_or(Error::NotFound)?;
        self.phones.command(|done| PhoneCommand::LineAssigned(Box::new(line), done)).await
    }

    pub(crate) async fn tell_credential_of(&self, key: LineKey) -> Result<()> {
        let line = self.store.find_registrar_line(key).await?.ok_or(Error::NotFound)?;
        self.phones
            .command(|done| PhoneCommand::CredentialChanged(key, Box::new(line.credential), done))
            .await
    }
}

/// Makes new secrets the only ones, as the registrar says that phones use them.
pub(crate) async fn promote_confirmed(
    app: Weak<App>,
    mut confirmed: mpsc::Receiver<(LineKey, SealedSecret)>,
) {
    while let Some((line, secret)) = confirmed.recv().await {
        let Some(app) = app.upgrade() else { return };
        let promoted = match app.store.promote_secret(line, &secret).await {
            Ok(true) => app.tell_credential_of(line).await,
            Ok(false) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = promoted {
            // The registrar says it again at the next use.
            tracing::warn!(
                error.code = error.code(),
                "a confirmed credential could not be made the only one"
            );
        }
    }
}

fn check_port(device: &Device, port: u16) -> Result<()> {
    if (1..=device.lines_total).contains(&port) { Ok(()) } else { Err(Error::NotFound) }
}
