//! Lines: the numbered ports of a device. A line exists once it is assigned; until then its port is *available*.

use crate::error::FieldError;
use crate::id::{DeviceKey, LineId, LineKey, UserId, UserKey};
use crate::party::SipDomain;

/// What a user has the line for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LineUse {
    /// The user's own phone.
    #[default]
    Primary,
    /// A further device that rings for the same user.
    Shared,
}

impl LineUse {
    /// The word used in storage and API.
    pub const fn as_str(self) -> &'static str {
        match self {
            LineUse::Primary => "primary",
            LineUse::Shared => "shared",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<LineUse> {
        match text {
            "primary" => Some(LineUse::Primary),
            "shared" => Some(LineUse::Shared),
            _ => None,
        }
    }
}

/// Hash algorithms that a credential answers to (RFC 8760). MD5 alone is the default: most phones break on a second challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Algorithms {
    /// `MD5` is offered.
    pub md5: bool,
    /// `SHA-256` is offered, above MD5.
    pub sha256: bool,
}

impl Default for Algorithms {
    fn default() -> Self {
        Algorithms { md5: true, sha256: false }
    }
}

impl Algorithms {
    /// Reads the names of the API; an empty list is the default.
    ///
    /// # Errors
    /// `algorithm_unknown` at the field `algorithms`.
    pub fn parse<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Algorithms, FieldError> {
        let mut algorithms = Algorithms { md5: false, sha256: false };
        for name in names {
            match name {
                "MD5" => algorithms.md5 = true,
                "SHA-256" => algorithms.sha256 = true,
                other => return Err(FieldError::new("algorithms", "algorithm_unknown").with("value", other)),
            }
        }
        if algorithms.md5 || algorithms.sha256 { Ok(algorithms) } else { Ok(Algorithms::default()) }
    }

    /// The names, strongest first.
    pub fn names(self) -> Vec<&'static str> {
        [(self.sha256, "SHA-256"), (self.md5, "MD5")]
            .into_iter()
            .filter(|(on, _)| *on)
            .map(|(_, name)| name)
            .collect()
    }
}

/// The SIP identity of a line: what is public of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SipIdentity {
    /// Random user name of the address of record, which is also the digest user name.
    pub username: String,
    /// Domain and realm.
    pub domain: SipDomain,
    /// Offered algorithms.
    pub algorithms: Algorithms,
}

impl SipIdentity {
    /// The address of record: `sip:user@domain`.
    pub fn aor(&self) -> String {
        format!("sip:{}@{}", self.username, self.domain.as_str())
    }
}

/// An assigned line as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Storage key.
    pub key: LineKey,
    /// Public id.
    pub id: LineId,
    /// The device.
    pub device_key: DeviceKey,
    /// Port of the device, from 1.
    pub port: u16,
    /// The user it is assigned to.
    pub user_key: UserKey,
    /// Public id of the user.
    pub user_id: UserId,
    /// Name of the user.
    pub user_name: String,
    /// The user's extension.
    pub extension: String,
    /// The user's number.
    pub number: Option<String>,
    /// What the user has it for.
    pub line_use: LineUse,
    /// Its SIP identity.
    pub sip: SipIdentity,
}
