//! The export contract of line states as a step function on a virtual clock: who starts, who is delayed, who joins a run or
//! is given its finished file, who waits, who is refused. Sentences and readings are in `docs/api.md`, "The export contract".
//! It makes no file and sends none: it says what is to be done ([`Action`]), and is told what happened ([`Event`]).

mod gate;
mod memory;
mod parameters;
mod state;

use std::sync::Arc;

use crate::id::{PartyKey, SiteKey};
use crate::time::{Span, Timestamp};

pub use gate::Gate;
pub use parameters::{Parameters, WrongParameter};
pub use state::ExportState;

/// One request for the export, from its arrival to its one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub u64);

/// One run that makes the data, whoever listens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FlightId(pub u64);

/// A signed-in session or an API token, as a digest that holds no secret. Two browsers of one person are two sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub [u8; 32]);

/// What is asked for. Requests with the same key see the same rows, so that one run serves them all.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FlightKey {
    /// Whose devices.
    pub customer: PartyKey,
    /// Of one site; `None` is all of them.
    pub site: Option<SiteKey>,
    /// The rest of the filter, written so that equal filters are equal texts.
    pub filter: Arc<str>,
    /// The sites that the asker is narrowed to, in order; `None` is all of the customer's. Who asks for one site that they
    /// see sees all of it, and has `None` here.
    pub sees: Option<Arc<[SiteKey]>>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Somebody who may asks for an export. The key holds the customer.
    Arrive {
        /// Not used before.
        request: RequestId,
        /// Who asks.
        session: SessionId,
        /// For what.
        key: FlightKey,
    },
    /// A run ended by itself.
    Finished {
        /// Which.
        flight: FlightId,
        /// Whether its file is whole.
        ok: bool,
    },
    /// Who asked went away before the answer.
    Gone(RequestId),
    /// Nothing but the time.
    Tick,
}

/// What is to be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Begin to make what this request, one of its listeners, asks for.
    Start(FlightId, RequestId),
    /// Stop making it: nobody waits for it any more, or it took too long.
    Cancel(FlightId),
    /// Its file is served to nobody from now on.
    Forget(FlightId),
    /// The one answer of a request.
    Answer(RequestId, Outcome),
}

/// The one answer of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The file of this run.
    Ready {
        /// Which run.
        flight: FlightId,
        /// How old its data are: the time since it began to read them.
        age: Span,
        /// Whose run it was.
        source: Source,
    },
    /// Refused on arrival, or after the delay (429).
    Rejected {
        /// When to ask again.
        retry_after: Span,
        /// Why.
        refusal: Refusal,
    },
    /// Waited in the queue for too long (408).
    TimedOut,
    /// The run failed, or took longer than it may (500).
    Failed {
        /// Which run.
        flight: FlightId,
    },
}

/// Whose run an answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// This request began it.
    Own,
    /// It was waiting or running already when this request joined it.
    Shared,
    /// It had ended already.
    Cached,
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The session has two requests open already.
    Parallel,
    /// The session, or somebody of the customer, began one a moment ago.
    Window,
    /// The customer has its place in the queue already.
    CustomerWaits,
    /// The queue is full.
    QueueFull,
}

impl Refusal {
    /// The word of the API, and the end of its text key.
    pub const fn as_str(self) -> &'static str {
        match self {
            Refusal::Parallel => "parallel",
            Refusal::Window => "window",
            Refusal::CustomerWaits => "customer_waits",
            Refusal::QueueFull => "queue_full",
        }
    }

    /// All of them.
    pub const ALL: [Refusal; 4] =
        [Refusal::Parallel, Refusal::Window, Refusal::CustomerWaits, Refusal::QueueFull];
}

/// Where an open request stands, for who looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Waits because another export of the session is open; goes on at this time.
    Delayed {
        /// When it goes on.
        until: Timestamp,
    },
    /// Waits for a place to run.
    Queued {
        /// The run it waits for.
        flight: FlightId,
        /// 1 is the next to start.
        place: usize,
        /// When it is given up.
        until: Timestamp,
        /// Whether somebody else's request began it.
        shared: bool,
    },
    /// Its data are being read.
    Running {
        /// The run.
        flight: FlightId,
        /// Since when.
        since: Timestamp,
        /// Whether somebody else's request began it.
        shared: bool,
    },
}

/// How much the gate holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// Runs under way.
    pub running: usize,
    /// Runs that wait.
    pub queued: usize,
    /// Requests without an answer.
    pub open: usize,
    /// Windows, files and customers remembered.
    pub remembered: usize,
}
