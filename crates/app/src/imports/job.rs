//! A job as people see it, and who sees it.

use serde::{Deserialize, Serialize};
use tonalite_core::access::{Actor, Identity, View};
use tonalite_core::audit::Action;
use tonalite_core::csv::Separator;
use tonalite_core::csv::import::{Encoding, Finding};
use tonalite_core::error::FieldError;
use tonalite_core::event::{Event, EventKind};
use tonalite_core::id::{DeviceId, ImportId, PartyId, PortalUserKey, SiteKey};
use tonalite_core::import::{ImportApply, ImportMode, ImportState, RowCounts};
use tonalite_core::mac::Mac;
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::party::{Party, Tenancy};
use tonalite_core::portal_user::Role;
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::{Error, Result};
use tonalite_store::{AuditRecord, ImportRecord, Store};

use super::finding_json::Report;
use crate::App;

/// How long a plan waits for a person, and a written import can be undone.
pub(super) const KEPT: Span = Span::from_hours(24);

/// An import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportJob {
    /// Public id.
    pub id: ImportId,
    /// The customer.
    pub customer_id: PartyId,
    /// Its place in the tree.
    pub tenancy: Tenancy,
    /// The site of all rows that name none.
    pub site: Option<SiteKey>,
    /// Where it stands. *Applied* once the devices are in lists, counts and search as well.
    pub state: ImportState,
    /// What becomes of devices that are there already.
    pub mode: ImportMode,
    /// What happens by itself.
    pub apply: ImportApply,
    /// What the person called the file.
    pub file_name: Option<String>,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
    /// Length of the file.
    pub bytes: u64,
    /// How far it was read.
    pub bytes_read: u64,
    /// Rows by outcome.
    pub counts: RowCounts,
    /// Lines that are comments.
    pub comments: u64,
    /// What people should know about the file.
    pub notices: Vec<Finding>,
    /// Why it failed; a job that failed without one met a fault of ours, which is in the log.
    pub error: Option<Finding>,
    /// How the bytes were read.
    pub encoding: Option<Encoding>,
    /// Between cells.
    pub separator: Option<Separator>,
    /// The same file was written before, within a day.
    pub already_applied: Option<AlreadyApplied>,
    /// When it was uploaded.
    pub created_at: Timestamp,
    /// Name of who did; `cli` for the command line.
    pub created_by: String,
    /// When plan, rows and file are thrown away.
    pub expires_at: Timestamp,
    /// When it was written.
    pub applied_at: Option<Timestamp>,
    /// Until when it can be undone.
    pub undo_until: Option<Timestamp>,
    /// The import that has to end first.
    pub waits_for: Option<ImportId>,
    /// What undoing it did.
    pub undo: Option<UndoReport>,
}

/// An earlier import of the same file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlreadyApplied {
    /// The import.
    pub id: ImportId,
    /// When it was written.
    pub at: Timestamp,
    /// Who began it.
    pub by: String,
}

/// What undoing an import did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UndoReport {
    /// Devices that were removed.
    pub removed: u64,
    /// Devices that were left: a line is assigned, or they have registered once.
    pub kept: u64,
    /// Devices that were changed by it: they stay as they are.
    pub updated: u64,
    /// The first of those that were left.
    pub kept_devices: Vec<KeptByUndo>,
}

/// A device that undoing left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptByUndo {
    /// Public id.
    pub id: DeviceId,
    /// Address.
    pub mac: Option<Mac>,
    /// Name.
    pub name: Option<String>,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
pub(super) struct UndoJson {
    pub(super) removed: u64,
    pub(super) kept: u64,
    pub(super) updated: u64,
    pub(super) kept_devices: Vec<KeptJson>,
}

#[derive(Serialize, Deserialize, Clone)]
pub(super) struct KeptJson {
    pub(super) id: uuid::Uuid,
    pub(super) mac: Option<u64>,
    pub(super) name: Option<String>,
}

impl App {
    /// An import of a customer whose devices the actor manages; one that is narrowed to some sites sees its own.
    ///
    /// # Errors
    /// [`Error::NotFound`] for what is absent or out of sight, [`Error::Forbidden`] for a lesser role.
    pub async fn import(&self, actor: &Actor, id: ImportId) -> Result<ImportJob> {
        let record = self.import_record(actor, id).await?;
        job_of(&self.store, record).await
    }

    /// The imports of a customer that the actor sees, newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a lesser role.
    pub async fn page_imports(
        &self,
        actor: &Actor,
        customer: &View<Party>,
        limit: Limit,
        after: Option<Cursor>,
    ) -> Result<Page<ImportJob>> {
        if !actor.role.includes(Role::Manager) {
            return Err(Error::Forbidden);
        }
        let own = match (&actor.sites, &actor.identity) {
            (Some(_), Identity::PortalUser(key, _) | Identity::Token(key, _, _)) => Some(*key),
            _ => None,
        };
        let page = self.store.page_imports(customer.key, own, limit, after.as_ref()).await?;
        let mut items = Vec::with_capacity(page.items.len());
        for record in page.items {
            items.push(job_of(&self.store, record).await?);
        }
        Ok(Page { items, next: page.next })
    }

    /// Throws a plan away, or an import that is still being read.
    ///
    /// # Errors
    /// [`Error::Conflict`] `import_not_planned`.
    pub async fn cancel_import(&self, actor: &Actor, id: ImportId, now: Timestamp) -> Result<()> {
        let record = self.import_record(actor, id).await?;
        if !matches!(record.state, ImportState::Reading | ImportState::Planned) {
            return Err(Error::Conflict(FieldError::new("id", "import_not_planned")));
        }
        let audit = import_audit(actor, &record, Action::ImportCancel, now);
        let step = (record.state, ImportState::Cancelled);
        if !self.store.move_import(record.key, step, None, Some(now), now, Some(&audit)).await? {
            return Err(Error::Conflict(FieldError::new("id", "import_not_planned")));
        }
        self.tell_import(&ImportRecord { state: ImportState::Cancelled, ..record });
        self.imports.wake.notify_one();
        Ok(())
    }

    /// A job that the actor sees, as stored.
    pub(super) async fn import_record(&self, actor: &Actor, id: ImportId) -> Result<ImportRecord> {
        let record = self.store.find_import(id).await?.ok_or(Error::NotFound)?;
        let party = self.store.find_party_by_key(record.customer).await?.ok_or(Error::NotFound)?;
        actor.view(party)?;
        if !actor.role.includes(Role::Manager) {
            return Err(Error::Forbidden);
        }
        let own =
            actor.sites.is_none() || (record.portal_user.is_some() && record.portal_user == person(actor));
        if own { Ok(record) } else { Err(Error::NotFound) }
    }

    /// Says to the person who began it where an import stands.
    pub(super) fn tell_import(&self, record: &ImportRecord) {
        // The command line and the program itself look at the job.
        let Some(to) = record.portal_user else {
            self.imports.moved.notify_waiters();
            return;
        };
        let kind = EventKind::Import {
            id: record.id,
            state: shown_state(record),
            bytes_read: record.progress.bytes_read,
            bytes: record.bytes,
            rows: record.progress.counts,
        };
        self.events.publish(Event { tenancy: record.tenancy, site: None, to: Some(to), kind });
        self.imports.moved.notify_waiters();
    }
}

/// The portal user behind an actor.
pub(super) const fn person(actor: &Actor) -> Option<PortalUserKey> {
    match actor.identity {
        Identity::PortalUser(key, _) | Identity::Token(key, _, _) => Some(key),
        Identity::CommandLine | Identity::System => None,
    }
}

/// What is written down about an import.
pub(super) fn import_audit(
    actor: &Actor,
    record: &ImportRecord,
    action: Action,
    now: Timestamp,
) -> AuditRecord {
    AuditRecord::new(actor, record.customer, record.tenancy, action, now).on("import", record.id.uuid())
}

/// Written, yet not in every list: for people it is still being written.
pub(super) const fn shown_state(record: &ImportRecord) -> ImportState {
    match record.state {
        ImportState::Applied | ImportState::Undone if !record.settled => ImportState::Applying,
        state => state,
    }
}

pub(super) async fn job_of(store: &Store, record: ImportRecord) -> Result<ImportJob> {
    let state = shown_state(&record);
    let report = Report::read(&record.report)?;
    let undo = record.undo.as_deref().map(serde_json::from_str::<UndoJson>).transpose()?;
    let waits_for = match record.state {
        ImportState::Reading | ImportState::Applying => store.find_import_before(&record).await?,
        _ => None,
    };
    let already_applied = match record.state {
        ImportState::Reading | ImportState::Planned | ImportState::Applying => {
            store.find_same_import(&record, record.created_at - KEPT).await?
        }
        _ => None,
    };
    let already_applied = already_applied.map(|same| AlreadyApplied {
        id: same.id,
        at: same.applied_at.unwrap_or(same.updated_at),
        by: same.username.unwrap_or(same.actor),
    });
    let counts = record.progress.counts;
    let undo_until = match state {
        ImportState::Applied if counts.create > 0 && !record.purged => Some(record.expires_at),
        _ => None,
    };
    Ok(ImportJob {
        id: record.id,
        customer_id: record.customer_id,
        tenancy: record.tenancy,
        site: record.site,
        state,
        mode: record.mode,
        apply: record.apply,
        file_name: record.file_name,
        sha256: record.sha256,
        bytes: record.bytes,
        bytes_read: record.progress.bytes_read,
        counts,
        comments: record.progress.comments,
        notices: report.notices,
        error: report.error,
        encoding: report.encoding,
        separator: report.separator,
        already_applied,
        created_at: record.created_at,
        created_by: record.username.unwrap_or(record.actor),
        expires_at: record.expires_at,
        applied_at: record.applied_at,
        undo_until,
        waits_for,
        undo: undo.map(UndoReport::from),
    })
}

impl From<UndoJson> for UndoReport {
    fn from(json: UndoJson) -> UndoReport {
        let kept = |kept: KeptJson| KeptByUndo {
            id: DeviceId::from_uuid(kept.id),
            mac: kept.mac.and_then(Mac::from_u64),
            name: kept.name,
        };
        UndoReport {
            removed: json.removed,
            kept: json.kept,
            updated: json.updated,
            kept_devices: json.kept_devices.into_iter().map(kept).collect(),
        }
    }
}
