//! What is asked of one contact of a line outside any dialog, and what came of it: the words in which the use cases and
//! the registrar speak of OPTIONS and NOTIFY. No SIP syntax; what an answer means for a status or a reboot is decided elsewhere.

use crate::id::LineKey;
use crate::time::Span;

/// A request to exactly one contact, over the path that it registered by: never to all phones of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactRequest {
    /// The line whose contact it is; a challenge is answered with its password.
    pub line: LineKey,
    /// Key of the binding.
    pub binding: i64,
    /// What is asked.
    pub kind: ContactRequestKind,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactRequestKind {
    /// OPTIONS (RFC 3261 §11): is anybody there? Sent at 0, 0.5 and 1.5 s, given up after 4 s.
    Options,
    /// NOTIFY without a body (RFC 6665) with this `Event`, such as `check-sync;reboot=true`. Given up after 32 s (64·T1).
    Notify {
        /// Value of `Event`.
        event: String,
        /// User part of the address, in place of the contact's: some bases listen as a user without an account.
        user: Option<String>,
    },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactAnswer {
    /// A final answer of the phone, whatever its code: it proves that somebody is there.
    Answered {
        /// Status code, 200 to 699.
        code: u16,
        /// Reason phrase as sent, at most 80 characters, without control characters: hostile text.
        reason: String,
        /// From the first sending to this answer.
        after: Span,
        /// It was challenged (401, 407), and answered with the line's password once before.
        authenticated: bool,
    },
    /// Nothing came in time, or the network said that nobody listens there.
    NoAnswer,
    /// There is no path to this contact: the line or the binding is gone, or its connection is closed.
    NoPath,
    /// Too many requests are under way; nothing was sent.
    Busy,
}
