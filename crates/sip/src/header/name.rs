//! The names of the header fields that somebody here reads; all others are [`Name::Other`], kept as bytes.

use std::fmt;

macro_rules! names {
    ($($variant:ident $text:literal $compact:literal,)*) => {
        /// A header field's name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Name {
            $(
                #[doc = concat!("`", $text, "`")]
                $variant,
            )*
            /// Any other field.
            Other,
        }

        const TABLE: &[(Name, &str, u8)] = &[$((Name::$variant, $text, $compact),)*];

        impl Name {
            /// The name as we write it; `Other` has none of its own.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other => "Header",
                }
            }
        }
    };
}

// Order: what stands in every message first; the lookup walks the table. A blank: no compact form.
names! {
    Via "Via" b'v',
    From "From" b'f',
    To "To" b't',
    CallId "Call-ID" b'i',
    CSeq "CSeq" b' ',
    Contact "Contact" b'm',
    MaxForwards "Max-Forwards" b' ',
    ContentLength "Content-Length" b'l',
    Expires "Expires" b' ',
    Authorization "Authorization" b' ',
    UserAgent "User-Agent" b' ',
    Allow "Allow" b' ',
    Supported "Supported" b'k',
    Require "Require" b' ',
    ProxyRequire "Proxy-Require" b' ',
    Unsupported "Unsupported" b' ',
    Path "Path" b' ',
    Route "Route" b' ',
    RecordRoute "Record-Route" b' ',
    ServiceRoute "Service-Route" b' ',
    ContentType "Content-Type" b'c',
    ContentEncoding "Content-Encoding" b'e',
    Event "Event" b'o',
    AllowEvents "Allow-Events" b'u',
    SubscriptionState "Subscription-State" b' ',
    Subject "Subject" b's',
    ReferTo "Refer-To" b'r',
    ReferredBy "Referred-By" b'b',
    SessionExpires "Session-Expires" b'x',
    MinExpires "Min-Expires" b' ',
    RetryAfter "Retry-After" b' ',
    Warning "Warning" b' ',
    Date "Date" b' ',
    Server "Server" b' ',
    WwwAuthenticate "WWW-Authenticate" b' ',
    ProxyAuthenticate "Proxy-Authenticate" b' ',
    ProxyAuthorization "Proxy-Authorization" b' ',
    AuthenticationInfo "Authentication-Info" b' ',
}

impl Name {
    /// Reads a name or its compact form, without regard to case.
    #[must_use]
    pub fn parse(text: &[u8]) -> Self {
        let found = if let [letter] = text {
            let letter = letter.to_ascii_lowercase();
            TABLE.iter().find(|(_, _, compact)| *compact == letter && letter != b' ')
        } else {
            TABLE.iter().find(|(_, name, _)| name.as_bytes().eq_ignore_ascii_case(text))
        };
        found.map_or(Self::Other, |(name, _, _)| *name)
    }

    /// Whether a second line of this name makes a request ambiguous (RFC 3261 §7.3.1).
    pub(crate) fn stands_once(self) -> bool {
        matches!(
            self,
            Self::From
                | Self::To
                | Self::CallId
                | Self::CSeq
                | Self::MaxForwards
                | Self::ContentLength
                | Self::ContentType
                | Self::Expires
                | Self::MinExpires
                | Self::Event
        )
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
