//! What a phone's answer to the request means for the reboot.

use super::RebootReason;
use crate::contact_request::ContactAnswer;

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Understood; now it must show.
    Accepted {
        /// Status code.
        code: u16,
    },
    /// Said no.
    Refused {
        /// Status code.
        code: u16,
        /// Why.
        reason: RebootReason,
        /// Reason phrase: hostile text; `None` when it is empty.
        phrase: Option<String>,
    },
    /// Nothing came.
    NoAnswer,
    /// There was no way to it.
    NotPossible(RebootReason),
}

/// Judges an answer. The registrar has answered one challenge already, so that a 401 or 407 here is the second,
/// or one that it could not answer.
pub fn judge(answer: &ContactAnswer) -> Verdict {
    let (code, phrase) = match answer {
        ContactAnswer::Answered { code, reason, .. } => (*code, reason.trim()),
        ContactAnswer::NoAnswer => return Verdict::NoAnswer,
        ContactAnswer::NoPath => return Verdict::NotPossible(RebootReason::NoPath),
        ContactAnswer::Busy => return Verdict::NotPossible(RebootReason::TooMany),
    };
    let reason = match code {
        200..=299 => return Verdict::Accepted { code },
        // Of a proxy on the way: the phone itself said nothing.
        408 => return Verdict::NoAnswer,
        // 481 is what phones say that take no NOTIFY without a subscription (RFC 6665), 489 *Bad Event*.
        403 | 405 | 420 | 481 | 489 | 501 => RebootReason::NotSupported,
        480 | 486 | 503 | 600 => RebootReason::Busy,
        401 | 407 => RebootReason::BadCredentials,
        404 => RebootReason::Stale,
        _ => RebootReason::Other,
    };
    Verdict::Refused { code, reason, phrase: (!phrase.is_empty()).then(|| phrase.to_owned()) }
}
