//! A reboot: what was asked, what the phone answered, and what proves that it restarted. Pure: what came and `now` go in,
//! the next state comes out. An answer of 200 proves nothing; only what a phone does afterwards does.

mod verdict;
mod watch;

pub use verdict::{Verdict, judge};
pub use watch::{Probe, Seen, Snapshot, Step, Watch, newest_first};

use crate::id::{DeviceId, DeviceKey, RebootId, RebootKey, SiteKey};
use crate::party::Tenancy;
use crate::time::{Span, Timestamp};

/// Where a reboot stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RebootState {
    /// Written down; nothing was sent yet.
    Requested,
    /// Sent to the phone, which has not answered yet.
    Sent,
    /// The phone understood. It proves nothing yet.
    Accepted,
    /// It went away: it withdrew, or it is silent.
    Down,
    /// It started anew, and that is proven.
    Back,
    /// It said no; the reason says why.
    Refused,
    /// It did not answer.
    NoAnswer,
    /// It accepted, and was there all the time.
    NotRestarted,
    /// It accepted, went away, and is not there at the end of its time.
    NotBack,
    /// There is no way to it: nothing was sent, or nothing arrived.
    NotPossible,
    /// A later reboot of the same device took its place.
    Superseded,
}

impl RebootState {
    /// All of them, in the order of a life.
    pub const ALL: [RebootState; 11] = [
        RebootState::Requested,
        RebootState::Sent,
        RebootState::Accepted,
        RebootState::Down,
        RebootState::Back,
        RebootState::Refused,
        RebootState::NoAnswer,
        RebootState::NotRestarted,
        RebootState::NotBack,
        RebootState::NotPossible,
        RebootState::Superseded,
    ];

    /// The word used in storage and API.
    pub const fn as_str(self) -> &'static str {
        match self {
            RebootState::Requested => "requested",
            RebootState::Sent => "sent",
            RebootState::Accepted => "accepted",
            RebootState::Down => "down",
            RebootState::Back => "back",
            RebootState::Refused => "refused",
            RebootState::NoAnswer => "no_answer",
            RebootState::NotRestarted => "not_restarted",
            RebootState::NotBack => "not_back",
            RebootState::NotPossible => "not_possible",
            RebootState::Superseded => "superseded",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<RebootState> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Nothing more will happen.
    pub const fn is_over(self) -> bool {
        !matches!(
            self,
            RebootState::Requested | RebootState::Sent | RebootState::Accepted | RebootState::Down
        )
    }
}

/// Why a reboot ended as it did, where the state alone does not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RebootReason {
    /// Refused: the phone does not know the request, or has it switched off.
    NotSupported,
    /// Refused: not now, for instance during a call.
    Busy,
    /// Refused: it did not take the line's password, or none could be shown.
    BadCredentials,
    /// Refused: nobody of that name is at this contact any more.
    Stale,
    /// Refused, with a code that has no meaning of its own here.
    Other,
    /// Not possible: the device has no live contact.
    NoContact,
    /// Not possible: how to ask such a model is not known.
    UnknownType,
    /// Not possible: the connection to its contact is closed.
    NoPath,
    /// Not possible: too many requests are under way.
    TooMany,
    /// No answer: this server was restarted before one came.
    Interrupted,
}

impl RebootReason {
    /// All of them.
    pub const ALL: [RebootReason; 10] = [
        RebootReason::NotSupported,
        RebootReason::Busy,
        RebootReason::BadCredentials,
        RebootReason::Stale,
        RebootReason::Other,
        RebootReason::NoContact,
        RebootReason::UnknownType,
        RebootReason::NoPath,
        RebootReason::TooMany,
        RebootReason::Interrupted,
    ];

    /// The word used in storage and API.
    pub const fn as_str(self) -> &'static str {
        match self {
            RebootReason::NotSupported => "not_supported",
            RebootReason::Busy => "busy",
            RebootReason::BadCredentials => "bad_credentials",
            RebootReason::Stale => "stale",
            RebootReason::Other => "other",
            RebootReason::NoContact => "no_contact",
            RebootReason::UnknownType => "unknown_type",
            RebootReason::NoPath => "no_path",
            RebootReason::TooMany => "too_many",
            RebootReason::Interrupted => "interrupted",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<RebootReason> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

/// One reboot of one device, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reboot {
    /// Storage key.
    pub key: RebootKey,
    /// Public id.
    pub id: RebootId,
    /// Storage key of the device.
    pub device_key: DeviceKey,
    /// Public id of the device.
    pub device_id: DeviceId,
    /// The device's site.
    pub site: SiteKey,
    /// Place in the tree.
    pub tenancy: Tenancy,
    /// Name of the portal user who asked for it, as far as known.
    pub asked_by: Option<String>,
    /// Where it stands.
    pub state: RebootState,
    /// Status code of the phone's answer.
    pub code: Option<u16>,
    /// Why it ended so.
    pub reason: Option<RebootReason>,
    /// Reason phrase of the phone's answer: hostile text.
    pub phrase: Option<String>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When the phone answered.
    pub answered_at: Option<Timestamp>,
    /// When it went away.
    pub down_at: Option<Timestamp>,
    /// When it was there again.
    pub back_at: Option<Timestamp>,
    /// Until when a restart would show.
    pub deadline: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// What was registered when it was asked for.
    pub snapshot: Snapshot,
}

impl Reboot {
    /// What there is to say of it: the end of the keys `reboot-said-…` and `reboot-next-…` of its texts.
    pub fn outcome(&self) -> String {
        match (self.state, self.reason) {
            (_, Some(RebootReason::Interrupted)) => RebootReason::Interrupted.as_str().to_owned(),
            (RebootState::Refused | RebootState::NotPossible, Some(reason)) => {
                format!("{}-{}", self.state.as_str(), reason.as_str())
            }
            (RebootState::Refused, None) => "refused-other".to_owned(),
            (RebootState::NotPossible, None) => "not_possible-no_contact".to_owned(),
            (state, _) => state.as_str().to_owned(),
        }
    }

    /// All that [`Reboot::outcome`] may give.
    pub fn outcomes() -> Vec<String> {
        use RebootReason::{
            BadCredentials, Busy, Interrupted, NoContact, NoPath, NotSupported, Other, Stale, TooMany,
            UnknownType,
        };
        let plain = RebootState::ALL
            .iter()
            .filter(|state| !matches!(state, RebootState::Refused | RebootState::NotPossible))
            .map(|state| state.as_str().to_owned());
        let refused = [NotSupported, Busy, BadCredentials, Stale, Other].map(|reason| ("refused", reason));
        let not_possible = [NoContact, UnknownType, NoPath, TooMany].map(|reason| ("not_possible", reason));
        let with_reason = refused
            .into_iter()
            .chain(not_possible)
            .map(|(state, reason)| format!("{state}-{}", reason.as_str()));
        plain.chain(with_reason).chain([Interrupted.as_str().to_owned()]).collect()
    }

    /// From the phone's *yes* to its return.
    pub fn took(&self) -> Option<Span> {
        Some(self.back_at?.since(self.answered_at?))
    }
}
