//! The state of a device or line as a badge: shape, word, how many lines, since when.

use tonalite_core::device::{Device, DeviceStatus};
use tonalite_core::line_state::{LineState, StateDetail};
use tonalite_core::text::Locale;

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
    /// The state, or `secondary_base`: what its word and its explanation are.
    pub(crate) word: &'static str,
    /// "of Wards: lines belong to the handsets", for a base of a system with other bases: what there is to say of it as long
    /// as it has no line.
    pub(crate) secondary: Option<String>,
    /// Since when; `None` where that means nothing.
    pub(crate) since: Option<Lasting>,
}

impl StatusView {
    /// The badge of a device.
    pub(crate) fn new(frame: &Frame, times: &Times, device: &Device) -> StatusView {
        let status = &device.status;
        let state = shown_state(status.state.state, status.state.detail);
        let secondary = secondary_text(frame.texts, device);
        let is_secondary = state == NO_LINE && secondary.is_some();
        StatusView {
            device_id: device.id.to_string(),
            state,
            partial: status.is_partial(),
            count: match &secondary {
                Some(text) if is_secondary => text.clone(),
                _ => count(frame, status, state),
            },
            word: if is_secondary { SECONDARY } else { state },
            secondary,
            since: (state != NO_LINE).then(|| times.lasting(status.since)),
        }
    }

    /// Key of the state's word.
    pub(crate) fn word_key(&self) -> &'static str {
        word_key(self.word)
    }
}

/// A device on which no user has a line: not a fault, hence a word of its own.
const NO_LINE: &str = "no_line";

/// A device without a line that belongs to a DECT system with other bases.
pub(crate) const SECONDARY: &str = "secondary_base";

/// What there is to say of a base of a DECT system with other bases, as long as it has no line.
pub(crate) fn secondary_text(t: Locale, device: &Device) -> Option<String> {
    let member = device.dect.as_ref().filter(|member| member.has_others)?;
    Some(t.with("dect-secondary", &[("system", member.name.as_str().into())]))
}

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
        SECONDARY => "state-secondary_base",
        _ => "state-unregistered",
    }
}

fn count(frame: &Frame, status: &DeviceStatus, state: &str) -> String {
    if state == NO_LINE {
        return String::new();
    }
    frame.lines_registered(status.lines_registered, status.lines_assigned)
}
