//! What travels between the registrar and the store: a line with its credential, a change to be committed, a mere renewal.

use crate::id::{DeviceId, DeviceKey, LineId, LineKey, SiteKey};
use crate::line::SipIdentity;
use crate::line_state::{Binding, LineRegistrations, LineState, StateDetail};
use crate::party::Tenancy;
use crate::secret::Secret;
use crate::time::{Span, Timestamp};
use crate::timeline::TimelineKind;

/// A device, as far as the live tables and events need to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceRef {
    /// Storage key.
    pub key: DeviceKey,
    /// Public id.
    pub id: DeviceId,
    /// Its site.
    pub site: SiteKey,
    /// Place in the tree.
    pub tenancy: Tenancy,
}

/// A line, as far as the live tables and events need to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineRef {
    /// Storage key.
    pub key: LineKey,
    /// Public id.
    pub id: LineId,
    /// Port of the device.
    pub port: u16,
    /// The device.
    pub device: DeviceRef,
}

/// A secret as it lies in storage: sealed, bound to its line. Only `app` can open it.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSecret(pub Vec<u8>);

/// What lies in a [`SealedSecret`].
#[derive(Clone)]
pub enum LineSecret {
    /// The password.
    Password(Secret<String>),
    /// The MD5 hash of user name, realm and password (HA1, RFC 7616 §3.4.2), 32 hexadecimal digits: all that is known of
    /// a password that was taken over from another system. It proves nothing by any other algorithm.
    Ha1(Secret<String>),
}

impl LineSecret {
    /// The password, where it is known.
    pub fn into_password(self) -> Option<Secret<String>> {
        match self {
            LineSecret::Password(password) => Some(password),
            LineSecret::Ha1(_) => None,
        }
    }
}

/// What a line authenticates with. While a change of credentials is under way two secrets are valid.
#[derive(Clone)]
pub struct LineCredential {
    /// User name, realm and offered algorithms.
    pub sip: SipIdentity,
    /// The secret in force.
    pub secret: SealedSecret,
    /// The new secret, and until when the one in force stays valid beside it.
    pub next: Option<(SealedSecret, Timestamp)>,
}

/// A line as the registrar holds it.
#[derive(Clone)]
pub struct RegistrarLine {
    /// Which line.
    pub line: LineRef,
    /// What it authenticates with.
    pub credential: LineCredential,
    /// What is known of its registrations.
    pub registrations: LineRegistrations,
}

/// A change of what is known about a line, to be committed before its 200.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineChange {
    /// Which line.
    pub line: LineRef,
    /// When.
    pub at: Timestamp,
    /// State of the line from now on.
    pub state: LineState,
    /// More about the state.
    pub detail: Option<StateDetail>,
    /// Since when the state holds.
    pub since: Timestamp,
    /// Last successful REGISTER.
    pub registered_at: Option<Timestamp>,
    /// When the last live binding expires.
    pub expires_at: Option<Timestamp>,
    /// Bindings to write.
    pub stored: Vec<Binding>,
    /// Bindings to delete.
    pub removed: Vec<i64>,
    /// Rows for the timeline.
    pub observed: Vec<TimelineKind>,
    /// Address the message came from; `None` for an expiry or an administrator's act.
    pub ip: Option<String>,
    /// User-Agent of the message.
    pub user_agent: Option<String>,
}

/// A renewal of what is known already: written behind, several at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewal {
    /// Which line.
    pub line: LineRef,
    /// Which binding.
    pub binding: i64,
    /// Call-ID of the REGISTER.
    pub call_id: String,
    /// CSeq of the REGISTER.
    pub cseq: u32,
    /// When.
    pub refreshed_at: Timestamp,
    /// When the binding expires now.
    pub expires_at: Timestamp,
    /// What was granted.
    pub granted: Span,
    /// Rows for the timeline.
    pub observed: Vec<TimelineKind>,
}
