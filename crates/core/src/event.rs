//! Events: what has been committed and may be told to those who see it.

use crate::id::{DeviceId, LineId, RebootId, SiteKey};
use crate::line_state::{LineState, StateDetail};
use crate::party::Tenancy;
use crate::reboot::RebootState;
use crate::time::Timestamp;

/// Something that happened, with the place in the tree that decides who hears of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Place in the tree.
    pub tenancy: Tenancy,
    /// The site, for people who are narrowed to some.
    pub site: SiteKey,
    /// What happened.
    pub kind: EventKind,
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
}
