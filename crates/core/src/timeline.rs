//! What happened to a device, in the order in which it happened: the rows of its timeline.

use crate::id::{PartyKey, PortalUserKey};
use crate::time::Timestamp;

/// Kind of a timeline row. The words are the API's; texts have the key `timeline-<word>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimelineKind {
    /// Added to the inventory.
    Added,
    /// A line was assigned to a user.
    LineAssigned,
    /// A line was taken back.
    LineUnassigned,
    /// New credentials were made for a line.
    NewCredentials,
    /// A line registered that was not registered before.
    Registered,
    /// A further or moved contact of a line that is registered.
    ReRegistered,
    /// The phone started anew: a new Call-ID for the same contact.
    Restarted,
    /// The phone withdrew its registration.
    Withdrew,
    /// A registration expired without renewal.
    Aged,
    /// Registrations were ended by an administrator.
    Ended,
    /// What people wrote about it was changed.
    Changed,
    /// Somebody asked for a reboot.
    RebootRequested,
    /// The phone accepted it.
    RebootAccepted,
    /// The phone refused it.
    RebootRefused,
    /// The phone did not answer.
    RebootNoAnswer,
    /// There was no way to the phone.
    RebootNotPossible,
    /// It went away after it accepted.
    WentAway,
    /// It started anew, and that is proven.
    CameBack,
    /// It accepted, and did not restart.
    NotRestarted,
    /// It accepted, and did not come back in its time.
    NotBack,
    /// A later reboot took its place.
    RebootSuperseded,
}

impl TimelineKind {
    /// All kinds.
    pub const ALL: [TimelineKind; 21] = [
        TimelineKind::Added,
        TimelineKind::LineAssigned,
        TimelineKind::LineUnassigned,
        TimelineKind::NewCredentials,
        TimelineKind::Registered,
        TimelineKind::ReRegistered,
        TimelineKind::Restarted,
        TimelineKind::Withdrew,
        TimelineKind::Aged,
        TimelineKind::Ended,
        TimelineKind::Changed,
        TimelineKind::RebootRequested,
        TimelineKind::RebootAccepted,
        TimelineKind::RebootRefused,
        TimelineKind::RebootNoAnswer,
        TimelineKind::RebootNotPossible,
        TimelineKind::WentAway,
        TimelineKind::CameBack,
        TimelineKind::NotRestarted,
        TimelineKind::NotBack,
        TimelineKind::RebootSuperseded,
    ];

    /// The word used in storage and API.
    pub const fn as_str(self) -> &'static str {
        match self {
            TimelineKind::Added => "added",
            TimelineKind::LineAssigned => "line_assigned",
            TimelineKind::LineUnassigned => "line_unassigned",
            TimelineKind::NewCredentials => "new_credentials",
            TimelineKind::Registered => "registered",
            TimelineKind::ReRegistered => "re_registered",
            TimelineKind::Restarted => "restarted",
            TimelineKind::Withdrew => "withdrew",
            TimelineKind::Aged => "aged",
            TimelineKind::Ended => "ended",
            TimelineKind::Changed => "changed",
            TimelineKind::RebootRequested => "reboot_requested",
            TimelineKind::RebootAccepted => "reboot_accepted",
            TimelineKind::RebootRefused => "reboot_refused",
            TimelineKind::RebootNoAnswer => "reboot_no_answer",
            TimelineKind::RebootNotPossible => "reboot_not_possible",
            TimelineKind::WentAway => "went_away",
            TimelineKind::CameBack => "came_back",
            TimelineKind::NotRestarted => "not_restarted",
            TimelineKind::NotBack => "not_back",
            TimelineKind::RebootSuperseded => "reboot_superseded",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<TimelineKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// When something was done, and by whom; [`crate::access::Actor::stamp`] makes it of an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// When.
    pub at: Timestamp,
    /// The portal user whose act it was; nobody for what phones, jobs and the command line do.
    pub by: Option<PortalUserKey>,
    /// The customer for which that portal user was acting.
    pub acting_for: Option<PartyKey>,
}

impl From<Timestamp> for Stamp {
    fn from(at: Timestamp) -> Self {
        Stamp { at, by: None, acting_for: None }
    }
}

/// The person behind a row of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineActor {
    /// Name to sign in with.
    pub username: String,
    /// The party the person belongs to.
    pub party: String,
    /// Name of the customer for which the person was acting.
    pub acting_for: Option<String>,
}

/// One row of a device's timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineEntry {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: TimelineKind,
    /// Port of the line concerned, if one.
    pub port: Option<u16>,
    /// Address of the phone, if it spoke.
    pub ip: Option<String>,
    /// Whose act it was, as long as the person is known.
    pub by: Option<TimelineActor>,
}
