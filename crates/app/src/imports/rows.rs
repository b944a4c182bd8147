//! The rows of an import as people see them.

use std::collections::HashMap;

use tonalite_catalog::DeviceType;
use tonalite_core::access::Actor;
use tonalite_core::csv::import::{Finding, ImportColumn};
use tonalite_core::id::{ImportId, SiteId, SiteKey};
use tonalite_core::import::RowOutcome;
use tonalite_core::mac::Mac;
use tonalite_core::page::Limit;
use tonalite_core::{Error, Result};
use tonalite_store::StagedRow;

use super::changes::read_previous;
use super::finding_json::read_findings;
use crate::App;

/// A row of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// Its line in the file.
    pub line: u64,
    /// What it comes to.
    pub outcome: RowOutcome,
    /// What is wrong or doubtful, in the order of the columns.
    pub findings: Vec<Finding>,
    /// Address.
    pub mac: Option<Mac>,
    /// Type, where it was understood.
    pub device_type: Option<&'static DeviceType>,
    /// Site, where it was understood: id and name.
    pub site: Option<(SiteId, String)>,
    /// Name.
    pub name: Option<String>,
    /// What an update changes.
    pub changes: Vec<ImportChange>,
}

/// One thing that an update changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportChange {
    /// Which.
    pub column: ImportColumn,
    /// As it was when the file was read.
    pub before: Option<String>,
    /// As it will be.
    pub after: Option<String>,
}

impl App {
    /// Rows of an import after a line, and the line after which there are more.
    ///
    /// # Errors
    /// As [`App::import`].
    pub async fn page_import_rows(
        &self,
        actor: &Actor,
        id: ImportId,
        outcome: Option<RowOutcome>,
        after_line: Option<u64>,
        limit: Limit,
    ) -> Result<(Vec<ImportRow>, Option<u64>)> {
        let record = self.import_record(actor, id).await?;
        let may_see_chain_id = Self::may_see_chain_id(actor, record.tenancy);
        let most = usize::from(limit.get());
        let mut staged = self
            .store
            .find_import_rows(record.key, outcome, after_line.unwrap_or(0), limit.get() + 1)
            .await?;
        let more = staged.len() > most;
        staged.truncate(most);
        let next = staged.last().filter(|_| more).map(|row| row.line);
        let mut sites: HashMap<i64, Option<(SiteId, String)>> = HashMap::new();
        let mut rows = Vec::with_capacity(staged.len());
        for row in staged {
            let site = match row.site {
                None => None,
                Some(key) => {
                    if let std::collections::hash_map::Entry::Vacant(new) = sites.entry(key) {
                        let site = self.store.find_site_by_key(SiteKey(key)).await?;
                        new.insert(site.map(|site| (site.id, site.name)));
                    }
                    sites.get(&key).cloned().flatten()
                }
            };
            rows.push(self.import_row(row, site, may_see_chain_id)?);
        }
        Ok((rows, next))
    }

    fn import_row(
        &self,
        row: StagedRow,
        site: Option<(SiteId, String)>,
        may_see_chain_id: bool,
    ) -> Result<ImportRow, Error> {
        let shown = |column| may_see_chain_id || column != ImportColumn::DectChainId;
        let device_type = row.device_type.as_deref().and_then(|id| self.device_type(id));
        let mut changes = Vec::new();
        for (column, before) in row.previous.as_deref().map(read_previous).transpose()?.unwrap_or_default() {
            if !shown(column) {
                continue;
            }
            let known_name =
                |id: &str| self.device_type(id).map_or_else(|| id.to_owned(), |t| t.name.clone());
            let (before, after) = match column {
                ImportColumn::DeviceType => {
                    (before.as_deref().map(known_name), row.device_type.as_deref().map(known_name))
                }
                ImportColumn::Site => (before, site.as_ref().map(|(_, name)| name.clone())),
                ImportColumn::Name => (before, row.name.clone()),
                ImportColumn::Serial => (before, row.serial.clone()),
                ImportColumn::InventoryId => (before, row.inventory_id.clone()),
                ImportColumn::Note => (before, row.note.clone()),
                ImportColumn::DectChainId => (before, row.chain_id.clone().filter(|text| !text.is_empty())),
                ImportColumn::Mac => (before, None),
            };
            changes.push(ImportChange { column, before, after });
        }
        let mut findings = read_findings(row.findings.as_deref())?;
        findings.retain(|finding| finding.column.is_none_or(shown));
        Ok(ImportRow {
            line: row.line,
            outcome: row.outcome,
            findings,
            mac: row.mac,
            device_type,
            site,
            name: row.name,
            changes,
        })
    }
}
