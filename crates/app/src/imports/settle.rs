//! After the commit: live rows, counts and search learn of it, in batches small enough that no phone waits; then open
//! pages are told.

use std::collections::HashSet;

use tonalite_core::event::{Event, EventKind};
use tonalite_core::id::SiteKey;
use tonalite_core::import::ImportState;
use tonalite_core::registration::DeviceRef;
use tonalite_core::time::Span;
use tonalite_core::timeline::Stamp;
use tonalite_core::{Error, Result};
use tonalite_store::ImportRecord;
use tonalite_store::live::Committed;

use crate::App;

/// Devices of one batch: the live writer, which phones wait for, is held some ten milliseconds.
const BATCH: u16 = 500;
/// Devices that are told one by one.
const TOLD_EACH: u64 = 100;
/// Sites that are told of, beyond that: a page that is open on one reads its list anew, whatever it is told of there.
const TOLD_SITES: usize = 1_000;

/// What listeners are told.
struct Told {
    each: bool,
    sites: HashSet<SiteKey>,
}

impl Told {
    fn new(devices: u64) -> Told {
        Told { each: devices <= TOLD_EACH, sites: HashSet::new() }
    }

    fn tells(&mut self, device: &DeviceRef) -> bool {
        self.each || (self.sites.len() < TOLD_SITES && self.sites.insert(device.site))
    }
}

impl App {
    /// Brings live rows and search in line with what an import did. Doing it again changes nothing.
    pub(super) async fn settle_import(&self, record: &ImportRecord) -> Result<()> {
        match record.state {
            ImportState::Applied => self.settle_applied(record).await?,
            ImportState::Undone => self.settle_undone(record).await?,
            _ => return Ok(()),
        }
        self.store.settle_import(record.key).await?;
        self.tell_import(&ImportRecord { settled: true, ..record.clone() });
        Ok(())
    }

    async fn settle_applied(&self, record: &ImportRecord) -> Result<()> {
        let at = record.applied_at.unwrap_or(record.updated_at);
        let stamp = Stamp { by: record.portal_user, ..Stamp::from(at) };
        let mut told = Told::new(record.progress.counts.create);
        let mut after = 0;
        loop {
            let batch = self.store.find_created_by_import(record, after, BATCH).await?;
            let Some(last) = batch.last() else { break };
            after = last.place;
            let devices: Vec<DeviceRef> = batch.iter().map(|imported| imported.device).collect();
            written(self.live.add_devices(devices.clone(), stamp).await)?;
            for device in devices.iter().filter(|device| told.tells(device)) {
                let kind = EventKind::DeviceAdded(device.id);
                self.events.publish(Event::at_site(device.tenancy, device.site, kind));
            }
        }
        after = 0;
        loop {
            let batch = self.store.find_updated_by_import(record, after, BATCH).await?;
            let Some(last) = batch.last() else { return Ok(()) };
            after = last.place;
            let devices: Vec<DeviceRef> = batch.iter().map(|imported| imported.device).collect();
            let keys: Vec<_> = devices.iter().map(|device| device.key).collect();
            self.store.index_these_devices(&keys).await?;
            written(self.live.change_devices(devices, stamp).await)?;
        }
    }

    async fn settle_undone(&self, record: &ImportRecord) -> Result<()> {
        let mut told = Told::new(record.progress.counts.create);
        let mut after = 0;
        loop {
            let batch = self.store.find_undone_of_import(record, after, BATCH).await?;
            let Some(last) = batch.last() else { return Ok(()) };
            after = last.place;
            let devices: Vec<DeviceRef> = batch.iter().map(|imported| imported.device).collect();
            let keys: Vec<_> = devices.iter().map(|device| device.key).collect();
            self.store.unindex_devices(&keys).await?;
            written(self.live.remove_devices(devices.clone()).await)?;
            for device in devices.iter().filter(|device| told.tells(device)) {
                let kind = EventKind::DeviceRemoved(device.id);
                self.events.publish(Event::at_site(device.tenancy, device.site, kind));
            }
        }
    }
}

fn written(committed: Committed) -> Result<()> {
    match committed {
        Committed::Yes => Ok(()),
        Committed::No => Err(Error::Unavailable(Span::from_secs(5))),
    }
}
