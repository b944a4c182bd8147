//! One live contact of a line, where it came from, and the limits of the registrar.

use crate::time::{Span, Timestamp};

/// How a message reached us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// A connection.
    Tcp,
    /// An encrypted connection.
    Tls,
}

impl Transport {
    /// The word used in storage and API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Transport::Udp => "udp",
            Transport::Tcp => "tcp",
            Transport::Tls => "tls",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Transport> {
        [Transport::Udp, Transport::Tcp, Transport::Tls]
            .into_iter()
            .find(|transport| transport.as_str() == text)
    }
}

/// Where a message came from: the only way back to a phone behind NAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Source {
    /// Transport.
    pub transport: Transport,
    /// Address and port that the datagram carried, not those the phone claims.
    pub address: std::net::SocketAddr,
}

/// One live contact of a line (RFC 3261 §10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Storage key, unique for ever.
    pub id: i64,
    /// Contact URI as sent; echoed unchanged.
    pub contact: String,
    /// `+sip.instance`, as sent, without quotes.
    pub instance: Option<String>,
    /// `reg-id` (RFC 5626).
    pub reg_id: Option<u32>,
    /// Call-ID of the newest REGISTER.
    pub call_id: String,
    /// CSeq of the newest REGISTER.
    pub cseq: u32,
    /// Where it came from.
    pub source: Source,
    /// Path vector (RFC 3327), topmost first.
    pub path: Vec<String>,
    /// User-Agent, as sent: hostile text.
    pub user_agent: Option<String>,
    /// When this contact first registered.
    pub registered_at: Timestamp,
    /// When it was last renewed.
    pub refreshed_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
    /// What was granted at the last renewal.
    pub granted: Span,
    /// Never expires before this: after a restart, the moment we were ready plus what was granted.
    pub not_before: Timestamp,
}

impl Binding {
    /// When it is given up: after its expiry and the grace for a renewal that is on its way.
    pub fn deadline(&self, policy: &Policy) -> Timestamp {
        self.expires_at.max(self.not_before) + policy.grace
    }
}

/// Limits of the registrar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Shorter requests are answered 423.
    pub min_expires: Span,
    /// Longer requests are shortened to this, so that *registered* is never old news.
    pub max_expires: Span,
    /// What is granted when nothing is asked (RFC 3261 §10.3 step 7), before shortening.
    pub default_expires: Span,
    /// One full UDP transaction of the phone (64·T1, RFC 3261 §17.1.2.2).
    pub grace: Span,
    /// Contacts of one line.
    pub max_contacts: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            min_expires: Span::from_secs(60),
            max_expires: Span::from_secs(600),
            default_expires: Span::from_secs(3600),
            grace: Span::from_secs(32),
            max_contacts: 5,
        }
    }
}

impl Policy {
    /// What is granted for a request, or `None` when it is too brief. `chance` (0 to 65,535) spreads the renewals of
    /// phones that came at once: between half and all of it, never below the minimum (none below twice the minimum).
    pub fn grant(&self, requested: Option<Span>, chance: u16) -> Option<Span> {
        let requested = requested.unwrap_or(self.default_expires);
        if requested < self.min_expires && requested < Span::from_secs(3600) {
            return None;
        }
        let most = requested.min(self.max_expires);
        if most < Span(self.min_expires.0 * 2) {
            return Some(most);
        }
        let spread = most.0 / 2 * i64::from(chance) / i64::from(u16::MAX);
        // Whole seconds: that is what the answer can say.
        let granted = Span((most.0 / 2 + spread) / 1000 * 1000);
        Some(granted.max(self.min_expires))
    }
}
