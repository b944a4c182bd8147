//! The reboots under way in this process: bounded, one for each device.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tonalite_core::id::{DeviceKey, RebootKey};
use tonalite_core::reboot::Reboot;
use tonalite_core::time::Span;
use tonalite_core::{Error, Result};
use tonalite_store::live::Observed;

use crate::reboot_driver::{Driver, Heard};

/// Reboots at one time in the process: each tests one phone every five seconds.
const MOST: usize = 256;
/// When to try again: one of many is over every few seconds.
const RETRY: Span = Span::from_secs(15);

/// A driver that is turned by one at a time.
pub(crate) type Slot = Arc<tokio::sync::Mutex<Driver>>;

/// The reboots under way.
#[derive(Default)]
pub(crate) struct Reboots(Mutex<Table>);

#[derive(Default)]
struct Table {
    underway: HashMap<DeviceKey, Entry>,
    /// Places that are promised to reboots which are being written down.
    reserved: usize,
}

struct Entry {
    key: RebootKey,
    driver: Slot,
    heard: Arc<Heard>,
}

/// A place among the bounded many. Given back when it is dropped unfilled.
pub(crate) struct Place<'a> {
    reboots: &'a Reboots,
    device: DeviceKey,
}

impl Reboots {
    /// A place for a reboot of this device.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when all are taken.
    pub(crate) fn reserve(&self, device: DeviceKey) -> Result<Place<'_>> {
        let mut table = self.table();
        if table.underway.len() + table.reserved >= MOST {
            return Err(Error::Unavailable(RETRY));
        }
        table.reserved += 1;
        Ok(Place { reboots: self, device })
    }

    /// Whether this very reboot is under way here.
    pub(crate) fn holds(&self, reboot: &Reboot) -> bool {
        self.table().underway.get(&reboot.device_key).is_some_and(|entry| entry.key == reboot.key)
    }

    /// All that are under way.
    pub(crate) fn underway(&self) -> Vec<Slot> {
        self.table().underway.values().map(|entry| Arc::clone(&entry.driver)).collect()
    }

    /// Lets go of those that are over.
    pub(crate) fn clear_finished(&self) {
        // One that is being turned is looked at the next time.
        let goes_on = |entry: &Entry| entry.driver.try_lock().map_or(true, |driver| !driver.is_over());
        self.table().underway.retain(|_, entry| goes_on(entry));
    }

    /// Passes on what phones did. Called after a commit: it must not wait.
    pub(crate) fn hear(&self, observed: &[Observed]) {
        if observed.is_empty() {
            return;
        }
        let table = self.table();
        if table.underway.is_empty() {
            return;
        }
        for seen in observed {
            if let Some(entry) = table.underway.get(&seen.device) {
                entry.heard.note(seen);
            }
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place<'_> {
    /// Takes the place, and that of an earlier reboot of the same device. A later one that was faster keeps it.
    pub(crate) fn fill(self, driver: Driver) {
        if driver.is_over() {
            let mut table = self.reboots.table();
            if table.underway.get(&self.device).is_some_and(|other| other.key < driver.reboot().key) {
                table.underway.remove(&self.device);
            }
            return;
        }
        let entry = Entry {
            key: driver.reboot().key,
            heard: driver.heard(),
            driver: Arc::new(tokio::sync::Mutex::new(driver)),
        };
        let mut table = self.reboots.table();
        if table.underway.get(&self.device).is_none_or(|other| other.key < entry.key) {
            table.underway.insert(self.device, entry);
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.reboots.table().reserved -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_fit_and_places_come_back() {
        let reboots = Reboots::default();
        let mut places: Vec<_> = (0..256)
            .map(|device| reboots.reserve(DeviceKey(device)).unwrap_or_else(|_| panic!("{device}")))
            .collect();
        assert!(matches!(reboots.reserve(DeviceKey(999)), Err(Error::Unavailable(_))));
        places.pop();
        assert!(reboots.reserve(DeviceKey(999)).is_ok());
    }
}
