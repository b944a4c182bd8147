//! Request methods (RFC 3261 §7.1 and its extensions).

/// A method, known ones told apart. Methods are case-sensitive (RFC 3261 §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method<'a> {
    /// REGISTER
    Register,
    /// OPTIONS
    Options,
    /// NOTIFY
    Notify,
    /// INVITE
    Invite,
    /// ACK
    Ack,
    /// BYE
    Bye,
    /// CANCEL
    Cancel,
    /// SUBSCRIBE
    Subscribe,
    /// PUBLISH
    Publish,
    /// MESSAGE
    Message,
    /// Any other token.
    Other(&'a [u8]),
}

impl<'a> Method<'a> {
    /// Names a token.
    #[must_use]
    pub fn new(token: &'a [u8]) -> Self {
        match token {
            b"REGISTER" => Self::Register,
            b"OPTIONS" => Self::Options,
            b"NOTIFY" => Self::Notify,
            b"INVITE" => Self::Invite,
            b"ACK" => Self::Ack,
            b"BYE" => Self::Bye,
            b"CANCEL" => Self::Cancel,
            b"SUBSCRIBE" => Self::Subscribe,
            b"PUBLISH" => Self::Publish,
            b"MESSAGE" => Self::Message,
            other => Self::Other(other),
        }
    }

    /// The token.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        match self {
            Self::Register => b"REGISTER",
            Self::Options => b"OPTIONS",
            Self::Notify => b"NOTIFY",
            Self::Invite => b"INVITE",
            Self::Ack => b"ACK",
            Self::Bye => b"BYE",
            Self::Cancel => b"CANCEL",
            Self::Subscribe => b"SUBSCRIBE",
            Self::Publish => b"PUBLISH",
            Self::Message => b"MESSAGE",
            Self::Other(token) => token,
        }
    }
}
