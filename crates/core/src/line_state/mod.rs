//! When a line is registered, aged or unregistered: every transition, as a function of what came and of `now`.
//! RFC 3261 §10.3 for the bindings; the words of the product for the states. No I/O, no clock, no SIP syntax:
//! contacts arrive parsed, and whether two contact URIs are the same (RFC 3261 §19.1.4) is asked of the caller.

mod binding;
mod register;

pub use binding::{Binding, Policy, Source, Transport};
pub use register::{Context, Effect, LineRegistrations, Refusal, Register, Requested, RequestedContact};

/// State of a line or of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LineState {
    /// Never seen, or the phone withdrew.
    Unregistered,
    /// There was a registration; it expired and the phone never withdrew it.
    Aged,
    /// At least one live binding.
    Registered,
}

impl LineState {
    /// All three.
    pub const ALL: [LineState; 3] = [LineState::Registered, LineState::Aged, LineState::Unregistered];

    /// The word used in API and CSS.
    pub const fn as_str(self) -> &'static str {
        match self {
            LineState::Unregistered => "unregistered",
            LineState::Aged => "aged",
            LineState::Registered => "registered",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<LineState> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// The number in storage, ordered as the states are.
    pub const fn as_i64(self) -> i64 {
        self as i64
    }

    /// Reads the number of storage.
    pub const fn from_i64(value: i64) -> Option<LineState> {
        match value {
            0 => Some(LineState::Unregistered),
            1 => Some(LineState::Aged),
            2 => Some(LineState::Registered),
            _ => None,
        }
    }
}

/// What there is to say beyond the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StateDetail {
    /// Unregistered: no phone ever registered.
    NeverSeen,
    /// Unregistered: the phone said goodbye.
    Withdrawn,
    /// Unregistered: an administrator ended the registration.
    Ended,
    /// Unregistered: the device has no assigned line.
    NoLine,
    /// Registered: expired, but still within the grace in which a late renewal may arrive.
    Overdue,
    /// Registered: not heard of since this server started.
    Unconfirmed,
}

impl StateDetail {
    /// All of them.
    pub const ALL: [StateDetail; 6] = [
        StateDetail::NeverSeen,
        StateDetail::Withdrawn,
        StateDetail::Ended,
        StateDetail::NoLine,
        StateDetail::Overdue,
        StateDetail::Unconfirmed,
    ];

    /// The word used in storage and API.
    pub const fn as_str(self) -> &'static str {
        match self {
            StateDetail::NeverSeen => "never_seen",
            StateDetail::Withdrawn => "withdrawn",
            StateDetail::Ended => "ended",
            StateDetail::NoLine => "no_line",
            StateDetail::Overdue => "overdue",
            StateDetail::Unconfirmed => "unconfirmed",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<StateDetail> {
        Self::ALL.into_iter().find(|detail| detail.as_str() == text)
    }
}

/// State of a whole device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeviceState {
    /// The state.
    pub state: LineState,
    /// More about it.
    pub detail: Option<StateDetail>,
}

impl DeviceState {
    /// Registered if any line is, else aged if any is, else unregistered.
    pub fn of_lines(lines: &[(LineState, Option<StateDetail>)]) -> DeviceState {
        let Some(state) = lines.iter().map(|(state, _)| *state).max() else {
            return DeviceState { state: LineState::Unregistered, detail: Some(StateDetail::NoLine) };
        };
        let has = |detail| lines.iter().any(|(_, d)| *d == Some(detail));
        let detail = match state {
            LineState::Unregistered if has(StateDetail::Withdrawn) => Some(StateDetail::Withdrawn),
            LineState::Unregistered if has(StateDetail::Ended) => Some(StateDetail::Ended),
            LineState::Unregistered => Some(StateDetail::NeverSeen),
            LineState::Aged | LineState::Registered => None,
        };
        DeviceState { state, detail }
    }
}
