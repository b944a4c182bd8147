//! What a row comes to, by what the inventory holds: new, changed, there already, or wrong in a way that only the inventory
//! tells. Asked of the store batch by batch.

use std::collections::{BTreeSet, HashMap};

use sha2::{Digest, Sha256};
use tonalite_core::Result;
use tonalite_core::csv::import::{Cell, Code, Draft, Finding, ImportColumn};
use tonalite_core::id::SiteKey;
use tonalite_core::import::{ImportMode, RowOutcome};
use tonalite_core::mac::Mac;
use tonalite_store::{ImportRecord, KnownDevice, Occurrence, Placed, StagedRow};

use super::changes::{Labels, changes_of, planned_chain, write_previous};
use super::finding_json::write_findings;
use super::ground::Ground;
use crate::App;

/// Judges the rows of one file, in order.
pub(super) struct Judge<'a> {
    pub(super) app: &'a App,
    pub(super) record: &'a ImportRecord,
    pub(super) ground: Ground,
    /// Whether the file says names at all.
    pub(super) has_names: bool,
    /// Rows without address and name, by site and type: how many the inventory has, and how many the file had.
    nameless: HashMap<(usize, usize), (u64, u64)>,
    /// Rows whose address is somebody else's.
    pub(super) elsewhere: u64,
}

/// What the store knows of one batch.
struct Known {
    by_mac: HashMap<Mac, KnownDevice>,
    by_name: HashMap<(SiteKey, String), Vec<KnownDevice>>,
    /// First line and number of rows with an identity, in this file, so far.
    seen: HashMap<i64, (u64, u64)>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(app: &'a App, record: &'a ImportRecord, ground: Ground) -> Judge<'a> {
        Judge { app, record, ground, has_names: false, nameless: HashMap::new(), elsewhere: 0 }
    }

    /// Judges a batch. What was staged before must be committed: duplicates are sought there.
    pub(super) async fn judge(&mut self, drafts: Vec<Draft>) -> Result<Vec<StagedRow>> {
        let mut known = self.ask(&drafts).await?;
        let mut rows = Vec::with_capacity(drafts.len());
        for draft in drafts {
            rows.push(self.judge_one(draft, &mut known).await?);
        }
        Ok(rows)
    }

    async fn ask(&self, drafts: &[Draft]) -> Result<Known> {
        let store = &self.app.store;
        let macs: Vec<Mac> = drafts.iter().filter_map(|draft| draft.mac).collect();
        // Each once: what is asked for twice is found twice.
        let places: BTreeSet<Placed> = drafts.iter().filter_map(|draft| self.place(draft)).collect();
        let places: Vec<Placed> = places.into_iter().collect();
        let identities: BTreeSet<i64> =
            drafts.iter().map(|draft| self.identity(draft)).filter(|identity| *identity != 0).collect();
        let identities: Vec<i64> = identities.into_iter().collect();
        let mut known = Known { by_mac: HashMap::new(), by_name: HashMap::new(), seen: HashMap::new() };
        if !macs.is_empty() {
            for device in store.find_devices_of_macs(&macs).await? {
                if let Some(mac) = device.mac {
                    known.by_mac.insert(mac, device);
                }
            }
        }
        if !places.is_empty() {
            for device in store.find_devices_of_names(&places).await? {
                let name = device.name.clone().unwrap_or_default();
                known.by_name.entry((device.site, name)).or_default().push(device);
            }
        }
        if !identities.is_empty() {
            for Occurrence { identity, line, rows } in
                store.find_import_occurrences(self.record.key, &identities).await?
            {
                known.seen.insert(identity, (line, rows));
            }
        }
        Ok(known)
    }

    /// Site and name of a device that only these tell apart.
    fn place(&self, draft: &Draft) -> Option<Placed> {
        let device_type = self.ground.types.get(draft.device_type?)?;
        let (false, None, Cell::Set(name)) = (device_type.has_mac, draft.mac, &draft.name) else {
            return None;
        };
        Some(Placed { site: self.ground.sites.get(draft.site?)?.key.0, name: name.clone() })
    }

    /// The address as a number; for a place, a number below 0 that is made of it; else 0.
    fn identity(&self, draft: &Draft) -> i64 {
        match (draft.mac, self.place(draft)) {
            (Some(mac), _) => i64::try_from(mac.as_u64()).unwrap_or(0),
            (None, Some(place)) => {
                let digest = Sha256::new()
                    .chain_update(place.site.to_be_bytes())
                    .chain_update(place.name.as_bytes())
                    .finalize();
                let mut bytes = [0; 8];
                bytes.copy_from_slice(&digest[..8]);
                -(i64::from_be_bytes(bytes) >> 1).abs() - 1
            }
            (None, None) => 0,
        }
    }

    async fn judge_one(&mut self, mut draft: Draft, known: &mut Known) -> Result<StagedRow> {
        let identity = self.identity(&draft);
        let before = if identity == 0 {
            None
        } else {
            let seen = known.seen.entry(identity).or_insert((draft.line, 0));
            let before = *seen;
            seen.1 += 1;
            (before.1 > 0).then_some(before)
        };
        let mut findings = std::mem::take(&mut draft.findings);
        let mut verdict = Verdict::Wrong;
        if let (Some(mac), Some((line, _))) = (draft.mac, before) {
            findings.push(at_mac(Code::R06, mac).with("mac", mac.with_colons()).with("n", line));
        } else if let Some(mac) = draft.mac {
            let device = known.by_mac.get(&mac);
            verdict = self.judge_mac(&draft, mac, device, &mut findings).await?;
        } else if let (Some(device_type), Some(site)) = (draft.device_type, draft.site)
            && self.ground.types.get(device_type).is_some_and(|device_type| !device_type.has_mac)
        {
            let nth = before.map_or(0, |(_, rows)| rows) + 1;
            verdict = self.judge_place(&draft, device_type, site, nth, known, &mut findings).await?;
        }
        if findings.iter().any(is_wrong) {
            verdict = Verdict::Wrong;
        }
        self.staged(draft, identity, verdict, &findings)
    }

    async fn judge_mac(
        &mut self,
        draft: &Draft,
        mac: Mac,
        device: Option<&KnownDevice>,
        findings: &mut Vec<Finding>,
    ) -> Result<Verdict> {
        let Some(device) = device else { return self.create(draft, findings).await };
        let own = device.tenancy.customer == Some(self.record.customer);
        if !(own && self.ground.site(device.site).is_some()) {
            self.elsewhere += 1;
            findings.push(at_mac(Code::R07, mac).with("mac", mac.with_colons()));
            return Ok(Verdict::Wrong);
        }
        self.compare(draft, &mac.with_colons(), device, findings).await
    }

    async fn judge_place(
        &mut self,
        draft: &Draft,
        device_type: usize,
        site: usize,
        nth: u64,
        known: &Known,
        findings: &mut Vec<Finding>,
    ) -> Result<Verdict> {
        let model = self.ground.types[device_type];
        let place = self.ground.sites[site].key;
        let Cell::Set(name) = &draft.name else {
            let (there, used) = match self.nameless.get(&(site, device_type)) {
                Some(counts) => *counts,
                None => {
                    let store = &self.app.store;
                    (store.count_devices_without_mac(place, &model.id, self.has_names).await?, 0)
                }
            };
            self.nameless.insert((site, device_type), (there, used + 1));
            if used < there {
                return Ok(Verdict::Same(None));
            }
            findings.push(Finding::at(Code::R24, ImportColumn::Name, "").with("type", &model.name));
            return Ok(Verdict::Wrong);
        };
        let there = known.by_name.get(&(place, name.clone())).map_or(&[][..], Vec::as_slice);
        if there.is_empty() && nth == 1 {
            return self.create(draft, findings).await;
        }
        let same_type: Vec<&KnownDevice> =
            there.iter().filter(|device| device.device_type == model.id).collect();
        if nth <= there.len() as u64 {
            let identical =
                same_type.iter().find(|device| changes_of(draft, device, model, place).is_empty());
            if let Some(device) = identical {
                return Ok(Verdict::Same(Some((*device).clone())));
            }
            if let ([device], 1) = (same_type.as_slice(), there.len()) {
                return self.compare(draft, name, device, findings).await;
            }
        }
        findings.push(Finding::at(Code::R24, ImportColumn::Name, name).with("type", &model.name));
        Ok(Verdict::Wrong)
    }

    async fn create(&mut self, draft: &Draft, findings: &mut Vec<Finding>) -> Result<Verdict> {
        let (Some(device_type), Some(site)) = (draft.device_type, draft.site) else {
            return Ok(Verdict::Wrong);
        };
        self.check_approved(device_type, site, findings).await?;
        Ok(Verdict::New)
    }

    async fn compare(
        &mut self,
        draft: &Draft,
        shown: &str,
        device: &KnownDevice,
        findings: &mut Vec<Finding>,
    ) -> Result<Verdict> {
        let (Some(device_type), Some(site)) = (draft.device_type, draft.site) else {
            return Ok(Verdict::Wrong);
        };
        let (model, place) = (self.ground.types[device_type], &self.ground.sites[site]);
        let changes = changes_of(draft, device, model, place.key);
        if changes.is_empty() {
            return Ok(Verdict::Same(Some(device.clone())));
        }
        if self.record.mode == ImportMode::Add {
            let fields: Vec<&str> = changes.iter().map(|(column, _)| column.key()).collect();
            let finding = Finding::at(Code::R08, ImportColumn::Mac, shown);
            findings.push(finding.with("mac", shown).with("fields", fields.join(",")));
            return Ok(Verdict::Wrong);
        }
        let other_type = device.device_type != model.id;
        let other_site = device.site != place.key;
        if device.lines_assigned > 0 {
            let n = device.lines_assigned;
            if other_type {
                let known = self.app.device_type(&device.device_type);
                let a = known.map_or(device.device_type.as_str(), |known| known.name.as_str());
                let finding = Finding::at(Code::R15, ImportColumn::DeviceType, &model.name);
                findings.push(finding.with("a", a).with("b", &model.name).with("n", n));
            }
            if other_site {
                let at = self.ground.site(device.site).map_or("", |at| self.ground.sites[at].name.as_str());
                let finding = Finding::at(Code::R16, ImportColumn::Site, &place.name);
                findings.push(finding.with("n", n).with("site", at));
            }
        }
        if other_type || other_site {
            self.check_approved(device_type, site, findings).await?;
        }
        Ok(Verdict::Changed(device.clone()))
    }

    async fn check_approved(
        &mut self,
        device_type: usize,
        site: usize,
        findings: &mut Vec<Finding>,
    ) -> Result<()> {
        if !self.ground.is_approved(self.app, site, device_type).await? {
            let name = &self.ground.types[device_type].name;
            let finding = Finding::at(Code::R11, ImportColumn::DeviceType, name);
            findings.push(finding.with("type", name).with("site", &self.ground.sites[site].name));
        }
        Ok(())
    }

    fn staged(
        &self,
        draft: Draft,
        identity: i64,
        verdict: Verdict,
        findings: &[Finding],
    ) -> Result<StagedRow> {
        let model = draft.device_type.and_then(|index| self.ground.types.get(index));
        let site = draft.site.and_then(|index| self.ground.sites.get(index));
        let mut row = StagedRow {
            line: draft.line,
            outcome: RowOutcome::Rejected,
            identity,
            mac: draft.mac,
            device_type: model.map(|model| model.id.clone()),
            site: site.map(|site| site.key.0),
            name: draft.name.text().map(str::to_owned),
            serial: None,
            inventory_id: None,
            note: None,
            chain_id: None,
            lines_total: model.map(|model| model.ports),
            device: None,
            version: None,
            findings: write_findings(findings)?,
            previous: None,
        };
        match verdict {
            Verdict::Wrong => {}
            Verdict::New => {
                row.outcome = RowOutcome::Create;
                row.chain_id = planned_chain(&draft, true);
                Labels::default().with(&draft).write(&mut row);
            }
            Verdict::Same(device) => {
                row.outcome = RowOutcome::Unchanged;
                row.device = device.as_ref().map(|device| device.key.0);
                row.version = device.as_ref().map(|device| device.version);
                row.name = device.and_then(|device| device.name);
            }
            Verdict::Changed(device) => {
                row.outcome = RowOutcome::Update;
                row.chain_id = planned_chain(&draft, false);
                row.device = Some(device.key.0);
                row.version = Some(device.version);
                if let (Some(model), Some(site)) = (model, site) {
                    let changes = changes_of(&draft, &device, model, site.key);
                    let site_name =
                        self.ground.site(device.site).map(|at| self.ground.sites[at].name.as_str());
                    row.previous = Some(write_previous(&changes, site_name)?);
                }
                Labels::of(&device).with(&draft).write(&mut row);
            }
        }
        Ok(row)
    }
}

enum Verdict {
    New,
    /// The device, where it is known which one it is.
    Same(Option<KnownDevice>),
    Changed(KnownDevice),
    Wrong,
}

fn is_wrong(finding: &Finding) -> bool {
    finding.code.severity() == tonalite_core::csv::import::Severity::Row
}

fn at_mac(code: Code, mac: Mac) -> Finding {
    Finding::at(code, ImportColumn::Mac, &mac.with_colons())
}
