//! What a row would change of a device that is there, and how that is kept.

use std::collections::BTreeMap;

use tonalite_catalog::DeviceType;
use tonalite_core::Result;
use tonalite_core::csv::import::{Cell, Draft, ImportColumn};
use tonalite_core::dect::ChainId;
use tonalite_core::id::SiteKey;
use tonalite_core::name::fold;
use tonalite_store::{KnownDevice, StagedRow};

/// The free texts of a device.
#[derive(Debug, Clone, Default)]
pub(super) struct Labels {
    name: Option<String>,
    serial: Option<String>,
    inventory_id: Option<String>,
    note: Option<String>,
}

impl Labels {
    /// As they are.
    pub(super) fn of(device: &KnownDevice) -> Labels {
        Labels {
            name: device.name.clone(),
            serial: device.serial.clone(),
            inventory_id: device.inventory_id.clone(),
            note: device.note.clone(),
        }
    }

    /// As a row wants them.
    pub(super) fn with(self, draft: &Draft) -> Labels {
        let wanted = |cell: &Cell, old: Option<String>| match cell {
            Cell::Keep => old,
            Cell::Clear => old.filter(|old| says_empty(old)),
            Cell::Set(text) => Some(text.clone()),
        };
        Labels {
            name: wanted(&draft.name, self.name),
            serial: wanted(&draft.serial, self.serial),
            inventory_id: wanted(&draft.inventory_id, self.inventory_id),
            note: wanted(&draft.note, self.note),
        }
    }

    pub(super) fn write(self, row: &mut StagedRow) {
        row.name = self.name;
        row.serial = self.serial;
        row.inventory_id = self.inventory_id;
        row.note = self.note;
    }
}

/// Somebody has called a device what clears a cell. Its export must come back as it is; to clear that name, type another.
fn says_empty(text: &str) -> bool {
    matches!(fold(text).as_str(), "(empty)" | "(vide)")
}

/// The chain id that a row gives.
fn chain_of(draft: &Draft) -> Option<ChainId> {
    draft.chain_id.text().and_then(|text| ChainId::parse(text).ok().flatten())
}

/// The chain id that a device is to have; an empty text where a device that has one is to have none.
pub(super) fn planned_chain(draft: &Draft, is_new: bool) -> Option<String> {
    match &draft.chain_id {
        Cell::Clear if !is_new => Some(String::new()),
        Cell::Keep | Cell::Clear => None,
        Cell::Set(_) => chain_of(draft).map(|chain_id| chain_id.to_string()),
    }
}

/// The columns in which a row differs from a device, with what stands there now.
pub(super) fn changes_of(
    draft: &Draft,
    device: &KnownDevice,
    device_type: &DeviceType,
    site: SiteKey,
) -> Vec<(ImportColumn, Option<String>)> {
    let mut changes = Vec::new();
    if device.device_type != device_type.id {
        changes.push((ImportColumn::DeviceType, Some(device.device_type.clone())));
    }
    if device.site != site {
        changes.push((ImportColumn::Site, None));
    }
    let texts = [
        (ImportColumn::Name, &draft.name, &device.name),
        (ImportColumn::Serial, &draft.serial, &device.serial),
        (ImportColumn::InventoryId, &draft.inventory_id, &device.inventory_id),
        (ImportColumn::Note, &draft.note, &device.note),
    ];
    for (column, cell, old) in texts {
        let differs = match cell {
            Cell::Keep => false,
            Cell::Clear => old.as_deref().is_some_and(|old| !says_empty(old)),
            Cell::Set(text) => old.as_deref() != Some(text.as_str()),
        };
        if differs {
            changes.push((column, old.clone()));
        }
    }
    let differs = match &draft.chain_id {
        Cell::Keep => false,
        Cell::Clear => device.chain_id.is_some(),
        Cell::Set(_) => device.chain_id != chain_of(draft),
    };
    if differs {
        changes.push((ImportColumn::DectChainId, device.chain_id.map(|chain_id| chain_id.to_string())));
    }
    changes
}

/// What was there, by the key of its column; the site by its name.
pub(super) fn write_previous(
    changes: &[(ImportColumn, Option<String>)],
    site_name: Option<&str>,
) -> Result<String> {
    let previous: BTreeMap<&str, Option<&str>> = changes
        .iter()
        .map(|(column, old)| match column {
            ImportColumn::Site => (column.key(), site_name),
            _ => (column.key(), old.as_deref()),
        })
        .collect();
    Ok(serde_json::to_string(&previous)?)
}

/// Reads what [`write_previous`] wrote; columns that are not known any more are left out.
pub(super) fn read_previous(text: &str) -> Result<Vec<(ImportColumn, Option<String>)>> {
    let previous: BTreeMap<String, Option<String>> = serde_json::from_str(text)?;
    Ok(previous.into_iter().filter_map(|(key, old)| Some((ImportColumn::parse(&key)?, old))).collect())
}
