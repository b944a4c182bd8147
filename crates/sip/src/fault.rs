//! What can be wrong with a message, and what its sender is told. Closed: who answers must know each case.

use std::fmt;

use crate::header::Name;

/// Why bytes yield no message at all. None of these is ever answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ignored {
    /// Nothing but line ends, or up to four NULs: a phone holds its NAT mapping open. Not worth a log line.
    KeepAlive,
    /// The first line is neither a SIP request nor a SIP status line.
    NotSip,
}

/// Why a message that could be split into lines must not be acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Request line with stray spaces, or with a method that is no token.
    StartLine,
    /// Request-URI that is no URI, stands in `<>` or carries headers (RFC 3261 §19.1.1).
    RequestUri,
    /// Request-URI of a scheme that is not `sip`, `sips` or `tel`.
    UriScheme,
    /// A SIP version other than 2.0.
    Version,
    /// A header line without a colon, with a name that is no token, or with a bare CR.
    HeaderLine,
    /// The header block has no end, or exceeds [`crate::message::MAX_HEADER_BYTES`].
    HeaderBlock,
    /// More than [`crate::message::MAX_HEADERS`] header lines.
    TooManyHeaders,
    /// `Content-Length` that is no number or promises more bytes than came.
    ContentLength,
    /// A header field without which no request can be processed is absent.
    Missing(Name),
    /// A header field that may stand once stands twice.
    Repeated(Name),
    /// A header field that cannot be read.
    Malformed(Name),
    /// The method in `CSeq` is not the method of the request (RFC 3261 §8.1.1.5).
    CSeqMethod,
    /// A status line whose code is not three digits between 100 and 699.
    StatusCode,
    /// A request where a response was asked for, or the reverse.
    WrongKind,
}

impl Fault {
    /// The status code that a request with this fault is answered with; `None`: it is dropped.
    ///
    /// A *response* or an ACK with a fault is dropped whatever this says: neither is ever answered.
    #[must_use]
    pub fn status(self) -> Option<u16> {
        match self {
            Self::Version => Some(505),
            Self::UriScheme => Some(416),
            Self::StatusCode | Self::WrongKind => None,
            // Without a Via nobody knows where the answer belongs (RFC 3261 §18.2.2).
            Self::Missing(Name::Via) => None,
            _ => Some(400),
        }
    }
}

/// The reason phrase that follows the status code. It names the header, never its content.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StartLine => f.write_str("Malformed Request Line"),
            Self::RequestUri => f.write_str("Malformed Request-URI"),
            Self::UriScheme => f.write_str("Unsupported URI Scheme"),
            Self::Version => f.write_str("Version Not Supported"),
            Self::HeaderLine => f.write_str("Malformed Header Line"),
            Self::HeaderBlock => f.write_str("Header Block Without End"),
            Self::TooManyHeaders => f.write_str("Too Many Headers"),
            Self::ContentLength => f.write_str("Wrong Content-Length"),
            Self::Missing(name) => write!(f, "Missing {name}"),
            Self::Repeated(name) => write!(f, "Repeated {name}"),
            Self::Malformed(name) => write!(f, "Malformed {name}"),
            Self::CSeqMethod => f.write_str("CSeq Method Differs From Request"),
            Self::StatusCode => f.write_str("Malformed Status Code"),
            Self::WrongKind => f.write_str("Request Expected"),
        }
    }
}

impl std::error::Error for Fault {}
