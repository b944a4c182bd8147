//! Undo: takes back what an import added, as long as nobody has used it.

use tonalite_core::access::Actor;
use tonalite_core::audit::Action;
use tonalite_core::error::FieldError;
use tonalite_core::id::{DeviceKey, ImportId};
use tonalite_core::import::ImportState;
use tonalite_core::mac::Mac;
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};

use super::job::{ImportJob, KeptJson, UndoJson, import_audit, job_of};
use crate::App;

/// Devices that were left and are told by name.
const LISTED: usize = 100;

impl App {
    /// Removes what an import added and what has no line and has never registered. Changes of devices stay.
    ///
    /// # Errors
    /// [`Error::Conflict`] `import_not_applied`, `import_undo_expired`; [`Error::Forbidden`] for who may not manage all its
    /// sites any more.
    pub async fn undo_import(&self, actor: &Actor, id: ImportId, now: Timestamp) -> Result<ImportJob> {
        let record = self.import_record(actor, id).await?;
        let conflict = |code| Error::Conflict(FieldError::new("id", code));
        if record.state != ImportState::Applied || !record.settled {
            return Err(conflict("import_not_applied"));
        }
        if record.expires_at <= now || record.purged {
            return Err(conflict("import_undo_expired"));
        }
        if let Some(sites) = &actor.sites
            && self.store.find_sites_of_import(record.key).await?.iter().any(|site| !sites.contains(site))
        {
            return Err(Error::Forbidden);
        }
        let (mut kept, mut listed) = (0_u64, Vec::new());
        let mut after = DeviceKey(0);
        loop {
            let used = self.store.find_used_of_import(&record, after).await?;
            let Some(last) = used.last() else { break };
            after = last.key;
            kept += used.len() as u64;
            let keys: Vec<DeviceKey> = used.iter().map(|device| device.key).collect();
            self.store.keep_of_import(&record, &keys).await?;
            let room = LISTED.saturating_sub(listed.len());
            listed.extend(used.into_iter().take(room).map(|device| KeptJson {
                id: device.id.uuid(),
                mac: device.mac.map(Mac::as_u64),
                name: device.name,
            }));
        }
        let updated = record.progress.counts.update;
        let undo = move |removed| {
            let kept_devices = listed.clone();
            serde_json::to_value(UndoJson { removed, kept, updated, kept_devices }).unwrap_or_default()
        };
        let audit = import_audit(actor, &record, Action::ImportUndo, now);
        if self.store.undo_import(&record, &undo, now, &audit).await?.is_none() {
            return Err(conflict("import_not_applied"));
        }
        self.imports.wake.notify_one();
        let record = self.store.find_import(id).await?.ok_or(Error::NotFound)?;
        self.tell_import(&record);
        job_of(&self.store, record).await
    }
}
