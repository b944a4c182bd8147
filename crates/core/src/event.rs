//! Events: what has been committed and may be told to those who see it.

use crate::export_gate::ExportState;
use crate::id::{DeviceId, ExportId, ImportId, LineId, PortalUserKey, RebootId, SiteKey};
use crate::import::{ImportState, RowCounts};
use crate::line_state::{LineState, StateDetail};
use crate::party::Tenancy;
use crate::reboot::RebootState;
use crate::time::Timestamp;

/// Something that happened, with the place in the tree that decides who hears of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Place in the tree.
    pub tenancy: Tenancy,
    /// The site, for people who are narrowed to some; `None` where it is no site's affair.
    pub site: Option<SiteKey>,
    /// The one person who hears of it; `None` is everybody who sees the place.
    pub to: Option<PortalUserKey>,
    /// What happened.
    pub kind: EventKind,
}

impl Event {
    /// Of something at a site.
    pub const fn at_site(tenancy: Tenancy, site: SiteKey, kind: EventKind) -> Event {
        Event { tenancy, site: Some(site), to: None, kind }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// The committed state of a device changed.
    DeviceStatus {
        /// The device.
        device_id: DeviceId,
        /// State of the device.
        status: LineState,
        /// More about the state.
        status_detail: Option<StateDetail>,
        /// Lines with a live registration.
        lines_registered: u16,
        /// Lines assigned.
        lines_assigned: u16,
        /// Since when the state holds.
        since: Timestamp,
    },
    /// The committed state of one line changed.
    LineState {
        /// The device.
        device_id: DeviceId,
        /// The line.
        line_id: LineId,
        /// Its port.
        port: u16,
        /// State of the line.
        state: LineState,
        /// More about the state.
        state_detail: Option<StateDetail>,
        /// Since when the state holds.
        since: Timestamp,
    },
    /// A device is in the inventory now.
    DeviceAdded(DeviceId),
    /// A device left the inventory.
    DeviceRemoved(DeviceId),
    /// A reboot went a step further.
    Reboot {
        /// The reboot.
        id: RebootId,
        /// The device.
        device_id: DeviceId,
        /// Where it stands.
        state: RebootState,
        /// Status code of the phone's answer.
        code: Option<u16>,
        /// When it got there.
        at: Timestamp,
    },
    /// An import went on. Told to the person who began it, at most some times a second.
    Import {
        /// The import.
        id: ImportId,
        /// Where it stands.
        state: ImportState,
        /// Bytes of the file that have been read.
        bytes_read: u64,
        /// Bytes of the file.
        bytes: u64,
        /// Rows so far.
        rows: RowCounts,
    },
    /// An export of line states that somebody follows went on. Told to that person.
    Export {
        /// The export.
        id: ExportId,
        /// Where it stands.
        state: ExportState,
        /// Its place in the queue, from 1.
        place: Option<usize>,
    },
}
