//! From plan to inventory: whoever applies asks here; the driver prepares in short steps, and writes in one transaction.

use tonalite_core::access::Actor;
use tonalite_core::audit::Action;
use tonalite_core::csv::import::{Code, Finding, ImportColumn};
use tonalite_core::dect::MAX_BASES;
use tonalite_core::error::FieldError;
use tonalite_core::id::{DectSystemId, DeviceId, ImportId};
use tonalite_core::import::{ImportState, RowOutcome};
use tonalite_core::party::Feature;
use tonalite_core::time::Timestamp;
use tonalite_core::world::Clock;
use tonalite_core::{Error, Result};
use tonalite_store::{ChangedRow, ImportChains, ImportRecord, ImportWritten};

use super::finding_json::{read_findings, write_findings};
use super::job::{ImportJob, KEPT, import_audit, job_of};
use super::upload::OnError;
use crate::App;

/// Devices that are prepared in one transaction: some ten milliseconds, most of them for the search.
const BATCH: u16 = 500;

impl App {
    /// Has a plan written. What was right when the file was read is checked again then.
    ///
    /// # Errors
    /// [`Error::Conflict`] `import_not_planned`, `import_expired`, `import_has_rejected_rows`; [`Error::FeatureDisabled`];
    /// [`Error::Forbidden`] for a plan with chain ids from who may not enter them.
    pub async fn apply_import(
        &self,
        actor: &Actor,
        id: ImportId,
        on_error: OnError,
        now: Timestamp,
    ) -> Result<ImportJob> {
        let record = self.import_record(actor, id).await?;
        let conflict = |code| Err(Error::Conflict(FieldError::new("id", code)));
        if record.state != ImportState::Planned {
            return conflict("import_not_planned");
        }
        if record.expires_at <= now {
            return conflict("import_expired");
        }
        let party = self.store.find_party_by_key(record.customer).await?.ok_or(Error::NotFound)?;
        self.require_feature(&party, Feature::DeviceImport).await?;
        if on_error == OnError::Abort && record.progress.counts.rejected > 0 {
            let error = FieldError::new("on_error", "import_has_rejected_rows");
            return Err(Error::Conflict(error.with("n", record.progress.counts.rejected)));
        }
        // Written by somebody who may, and not for others to write.
        if !Self::may_change_chain_id(actor, record.tenancy)
            && self.store.import_writes_chains(record.key).await? != (false, false)
        {
            return Err(Error::Forbidden);
        }
        if !self.store.begin_import_apply(&record, &actor.identity, actor.address.as_deref(), now).await? {
            return conflict("import_not_planned");
        }
        self.imports.wake.notify_one();
        let record = self.store.find_import(id).await?.ok_or(Error::NotFound)?;
        self.tell_import(&record);
        job_of(&self.store, record).await
    }

    /// Writes a plan: all of it, or nothing, and then it says which rows have changed since.
    pub(super) async fn write_import(&self, record: &ImportRecord, clock: &dyn Clock) -> Result<()> {
        let now = clock.now();
        let applier = self.store.import_of_applier(record).await?;
        let Some(actor) = self.actor_of_import(&applier, now).await? else {
            return self.back_to_plan(record, "forbidden", now).await;
        };
        let party = self.store.find_party_by_key(record.customer).await?.ok_or(Error::NotFound)?;
        if self.require_feature(&party, Feature::DeviceImport).await.is_err() {
            return self.back_to_plan(record, "feature_disabled", now).await;
        }
        if self.mark_changed(record, &actor).await? {
            return self.back_to_plan(record, "changed", clock.now()).await;
        }
        let (joins, leave) = self.store.import_writes_chains(record.key).await?;
        if (joins || leave) && !Self::may_change_chain_id(&actor, record.tenancy) {
            return self.back_to_plan(record, "forbidden", now).await;
        }
        let mut after = self.store.last_prepared(record.key).await?;
        loop {
            let devices = self.store.find_planned_devices(record.key, after, BATCH).await?;
            let Some(last) = devices.last() else { break };
            after = Some((last.identity, last.line));
            let ids: Vec<uuid::Uuid> = devices.iter().map(|_| self.new_id(clock.now())).collect();
            if !self.store.prepare_import_devices(record.key, &devices, &ids).await? {
                return Ok(());
            }
        }
        let now = clock.now();
        let counts = record.progress.counts;
        let audit = import_audit(&actor, record, Action::ImportApply, now).detail(serde_json::json!({
            "create": counts.create, "update": counts.update, "unchanged": counts.unchanged, "rejected": counts.rejected,
            "file": record.file_name, "sha256": record.sha256,
        }));
        let chains = if joins { self.store.find_import_chains(record.key).await? } else { Vec::new() };
        let ids: Vec<DectSystemId> =
            chains.iter().map(|_| DectSystemId::from_uuid(self.new_id(now))).collect();
        let dect = ImportChains { customer: &party, chains: &chains, ids: &ids, leave };
        match self.store.apply_import(record, &dect, now + KEPT, now, &audit).await? {
            ImportWritten::All => Ok(()),
            ImportWritten::Changed => {
                self.mark_changed(record, &actor).await?;
                self.back_to_plan(record, "changed", clock.now()).await
            }
            ImportWritten::SystemFull(lines) => {
                self.mark_full(record, &lines).await?;
                self.back_to_plan(record, "dect_system_full", clock.now()).await
            }
        }
    }

    /// A person has to look at the plan again.
    async fn back_to_plan(&self, record: &ImportRecord, code: &'static str, now: Timestamp) -> Result<()> {
        self.store.forget_import_devices(record.key).await?;
        self.store.recount_import(record.key, now).await?;
        let audit = import_audit(&Actor::system(), record, Action::ImportApply, now).refused(code);
        let step = (ImportState::Applying, ImportState::Planned);
        if self.store.move_import(record.key, step, None, None, now, Some(&audit)).await?
            && let Some(record) = self.store.find_import(record.id).await?
        {
            self.tell_import(&record);
        }
        Ok(())
    }

    /// Marks rows that are not any more what the plan says; whether there are any.
    async fn mark_changed(&self, record: &ImportRecord, actor: &Actor) -> Result<bool> {
        let mut marked = self.mark_forbidden(record, actor).await?;
        let mut who = None;
        for kind in 0..3 {
            let mut after = 0;
            loop {
                let rows = self.store.find_changed_import_rows(record.key, kind, after).await?;
                let Some(last) = rows.last() else { break };
                after = last.line;
                marked = true;
                if who.is_none() {
                    who = Some(self.store.find_who_changed(record.customer, record.updated_at).await?);
                }
                let name = |row: &ChangedRow| who_changed(who.as_deref().unwrap_or_default(), row.device);
                self.reject_rows(record, rows, |row| Finding::new(Code::R22).with("who", name(row))).await?;
            }
        }
        Ok(marked)
    }

    /// Marks rows of sites that the person may not manage any more, and of types that are not approved there any more.
    async fn mark_forbidden(&self, record: &ImportRecord, actor: &Actor) -> Result<bool> {
        let (_, mut ground) = self.import_ground(actor, record).await?;
        let mut marked = false;
        for (site, device_type, outcome) in self.store.find_import_places(record.key).await? {
            let known = ground.types.iter().position(|known| known.id == device_type);
            let finding = match (ground.site(site), known) {
                (Some(place), Some(known)) => {
                    if outcome != RowOutcome::Create || ground.is_approved(self, place, known).await? {
                        continue;
                    }
                    let (name, at) = (&ground.types[known].name, &ground.sites[place].name);
                    Finding::at(Code::R11, ImportColumn::DeviceType, name).with("type", name).with("site", at)
                }
                (None, _) => Finding::new(Code::R13),
                (Some(_), None) => Finding::at(Code::R10, ImportColumn::DeviceType, &device_type),
            };
            loop {
                let rows = self.store.find_import_rows_at(record.key, (site, &device_type), outcome).await?;
                if rows.is_empty() {
                    break;
                }
                marked = true;
                self.reject_rows(record, rows, |_| finding.clone()).await?;
            }
        }
        Ok(marked)
    }

    /// Marks the rows of bases for which there is no room in one DECT system.
    async fn mark_full(&self, record: &ImportRecord, lines: &[u64]) -> Result<()> {
        for line in lines {
            let rows = self.store.find_import_rows(record.key, None, line.saturating_sub(1), 1).await?;
            for row in rows {
                let chain_id = row.chain_id.as_deref().unwrap_or_default();
                let finding = Finding::at(Code::R26, ImportColumn::DectChainId, chain_id);
                let row = ChangedRow { line: row.line, findings: row.findings, device: None };
                let full = |_: &ChangedRow| finding.clone().with("max", MAX_BASES);
                self.reject_rows(record, vec![row], full).await?;
            }
        }
        Ok(())
    }

    async fn reject_rows(
        &self,
        record: &ImportRecord,
        rows: Vec<ChangedRow>,
        finding: impl Fn(&ChangedRow) -> Finding,
    ) -> Result<()> {
        let mut rejected = Vec::with_capacity(rows.len());
        for row in rows {
            let mut findings = read_findings(row.findings.as_deref())?;
            findings.push(finding(&row));
            rejected.push((row.line, write_findings(&findings)?.unwrap_or_default()));
        }
        self.store.reject_import_rows(record.key, &rejected).await
    }
}

/// The name of who did something to a device; else of whoever did something of the kind last.
fn who_changed(acts: &[(Option<DeviceId>, String)], device: Option<DeviceId>) -> String {
    let of_device = acts.iter().find(|(id, _)| id.is_some() && *id == device);
    let imported = || acts.iter().find(|(id, _)| id.is_none());
    of_device
        .or_else(imported)
        .or_else(|| acts.first())
        .map_or_else(|| "?".to_owned(), |(_, who)| who.clone())
}
