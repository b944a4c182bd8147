//! The state of a device or line as a badge: shape, word, how many lines, since when.

use tonalite_core::device::{Device, DeviceStatus};
use tonalite_core::line_state::{LineState, StateDetail};

use super::frame::Frame;
use super::times::{Lasting, Times};

/// The badge of one device (`parts/status.html`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StatusView {
    /// The device.
    pub(crate) device_id: String,
    /// `registered`, `aged`, `unregistered` or `no_line`.
    pub(crate) state: &'static str,
    /// Some lines are missing.
    pub(crate) partial: bool,
    /// "3 of 4 lines"; empty where there are none.
    pub(crate) count: String,
    /// Since when; `None` where that means nothing.
    pub(crate) since: Option<Lasting>,
}

impl StatusView {
    /// The badge of a device.
    pub(crate) fn new(frame: &Frame, times: &Times, device: &Device) -> StatusView {
        let status = &device.status;
        let state = shown_state(status.state.state, status.state.detail);
        StatusView {
            device_id: device.id.to_string(),
            state,
            partial: status.is_partial(),
            count: count(frame, status, state),
            since: (state != NO_LINE).then(|| times.lasting(status.since)),
        }
    }

    /// Key of the state's word.
    pub(crate) fn word_key(&self) -> &'static str {
        word_key(self.state)
    }
}

/// A device on which no user has a line: not a fault, hence a word of its own.
const NO_LINE: &str = "no_line";

/// The state as shapes, colours and words know it.
pub(crate) const fn shown_state(state: LineState, detail: Option<StateDetail>) -> &'static str {
    match detail {
        Some(StateDetail::NoLine) => NO_LINE,
        _ => state.as_str(),
    }
}

/// Key of a shown state's word.
pub(crate) fn word_key(state: &str) -> &'static str {
    match state {
        "registered" => "state-registered",
        "aged" => "state-aged",
        NO_LINE => "state-no_line",
        _ => "state-unregistered",
    }
}

fn count(frame: &Frame, status: &DeviceStatus, state: &str) -> String {
    if state == NO_LINE {
        return String::new();
    }
    frame.lines_registered(status.lines_registered, status.lines_assigned)
}
