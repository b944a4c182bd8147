//! The upload: bytes go to the spool; once they are complete, the job is written down.

use std::sync::Arc;

use tonalite_core::access::{Actor, View};
use tonalite_core::audit::Action;
use tonalite_core::device::short;
use tonalite_core::id::ImportId;
use tonalite_core::import::{ImportApply, ImportMode};
use tonalite_core::party::{Feature, Party, PartyKind};
use tonalite_core::portal_user::Role;
use tonalite_core::site::Site;
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};
use tonalite_store::{AuditRecord, ImportInsert};

use super::job::{ImportJob, KEPT, job_of};
use super::spool::SpoolUpload;
use crate::App;

/// What is asked of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportOrder {
    /// What becomes of devices that are there already.
    pub mode: ImportMode,
    /// What happens by itself.
    pub apply: ImportApply,
    /// What the person calls the file.
    pub file_name: Option<String>,
    /// The site of all rows that name none.
    pub site: Option<Site>,
}

/// What becomes of the others when some rows are wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnError {
    /// Nothing is written.
    Abort,
    /// The right rows are written.
    Skip,
}

impl OnError {
    /// Both.
    pub const ALL: [OnError; 2] = [OnError::Abort, OnError::Skip];

    /// The word used in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            OnError::Abort => "abort",
            OnError::Skip => "skip",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<OnError> {
        Self::ALL.into_iter().find(|word| word.as_str() == text)
    }
}

/// A file on its way. Dropping it leaves nothing.
pub struct ImportUpload {
    app: Arc<App>,
    actor: Actor,
    customer: Party,
    order: ImportOrder,
    id: ImportId,
    file: SpoolUpload,
}

impl App {
    /// Begins an upload for a customer.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for who may not manage devices, [`Error::FeatureDisabled`], [`Error::Invalid`] `not_a_customer`,
    /// [`Error::TooMany`] for who has hit many addresses of others.
    pub async fn begin_import(
        self: &Arc<Self>,
        actor: &Actor,
        customer: View<Party>,
        order: ImportOrder,
        now: Timestamp,
    ) -> Result<ImportUpload> {
        if !actor.role.includes(Role::Manager) {
            return Err(Error::Forbidden);
        }
        if customer.kind != PartyKind::Customer {
            return Err(Error::invalid("party_id", "not_a_customer"));
        }
        if let Some(site) = &order.site {
            if site.customer_key != customer.key {
                return Err(Error::invalid("site_id", "not_found"));
            }
            actor.manage(site.clone())?;
        }
        self.require_feature(&customer, Feature::DeviceImport).await?;
        self.check_probes(actor, now)?;
        let id = ImportId::from_uuid(self.new_id(now));
        let file = self.imports.spool.begin(id).await?;
        let file_name = order.file_name.as_deref().map(short).filter(|name| !name.is_empty());
        Ok(ImportUpload {
            app: Arc::clone(self),
            actor: actor.clone(),
            customer: customer.into_inner(),
            order: ImportOrder { file_name, ..order },
            id,
            file,
        })
    }
}

impl ImportUpload {
    /// Adds bytes.
    ///
    /// # Errors
    /// [`Error::Refused`] `file_too_large` above 200 MiB; [`Error::TooMany`] when there is no room.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write(bytes).await
    }

    /// Ends the file, and has it read.
    ///
    /// # Errors
    /// [`Error::Conflict`] `too_many_imports`.
    pub async fn finish(self, now: Timestamp) -> Result<ImportJob> {
        // In one piece: who hangs up between the file and its job would leave one without the other.
        tokio::spawn(self.write_down(now)).await?
    }

    async fn write_down(self, now: Timestamp) -> Result<ImportJob> {
        let ImportUpload { app, actor, customer, order, id, file } = self;
        let uploaded = file.finish().await?;
        let audit = AuditRecord::new(&actor, customer.key, customer.tenancy, Action::ImportCreate, now)
            .on("import", id.uuid())
            .detail(serde_json::json!({
                "file": order.file_name, "bytes": uploaded.bytes, "sha256": uploaded.sha256, "mode": order.mode.as_str(),
                "apply": order.apply.as_str(),
            }));
        let insert = ImportInsert {
            id,
            customer: &customer,
            site: order.site.as_ref().map(|site| site.key),
            identity: &actor.identity,
            address: actor.address.as_deref(),
            mode: order.mode,
            apply: order.apply,
            file_name: order.file_name.as_deref(),
            sha256: &uploaded.sha256,
            bytes: uploaded.bytes,
            now,
            expires_at: now + KEPT,
        };
        app.store.insert_import(&insert, &audit).await?;
        uploaded.keep();
        app.imports.wake.notify_one();
        let record = app.store.find_import(id).await?.ok_or(Error::NotFound)?;
        job_of(&app.store, record).await
    }
}
