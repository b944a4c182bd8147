//! What a simulated phone is told before it is switched on.

use std::net::SocketAddr;
use std::time::Duration;

use crate::reboot::OnReboot;

/// One phone with one line. No `Debug`: it holds a password.
#[derive(Clone)]
pub struct PhoneConfig {
    /// User part of its address of record.
    pub username: String,
    /// User name for the digest, where it is another one.
    pub auth_user: Option<String>,
    /// The line's password.
    pub password: Password,
    /// SIP domain, which is also the Request-URI of its REGISTER.
    pub domain: String,
    /// Where it sends its REGISTER.
    pub registrar: SocketAddr,
    /// Its `User-Agent`.
    pub user_agent: String,
    /// Its `+sip.instance`, such as `urn:uuid:…` (see [`instance_of_mac`]).
    pub instance: Option<String>,
    /// Seconds that it asks for.
    pub expires: u32,
    /// Whether it answers a nonce again with the next count, as most desk phones do, or waits for a challenge each time.
    pub reuses_nonce: bool,
    /// How long it waits after a refusal or silence, at least; at most twice as long.
    pub retry: Duration,
    /// What it does of its own accord.
    pub behaviour: Behaviour,
    /// What it does when it is told to restart.
    pub on_reboot: OnReboot,
    /// How long a restart takes.
    pub reboot_time: Duration,
    /// Whether it takes back its registration before it restarts.
    pub withdraws_on_reboot: bool,
    /// The device of which it is a line, if it shares one: when one line is told to restart, all of the group do.
    pub group: Option<u64>,
    /// Shown in `From`, `To` and `Contact`; any bytes.
    pub display_name: Option<Vec<u8>>,
    /// Parameters of its `Contact`, each with its `;`; any bytes.
    pub contact_params: Vec<u8>,
}

impl PhoneConfig {
    /// A well-behaved phone that asks for an hour, as most do out of the box.
    pub fn new(
        username: impl Into<String>,
        domain: impl Into<String>,
        password: impl Into<String>,
        registrar: SocketAddr,
    ) -> PhoneConfig {
        PhoneConfig {
            username: username.into(),
            auth_user: None,
            password: Password::new(password),
            domain: domain.into(),
            registrar,
            user_agent: concat!("tonalite-phones/", env!("CARGO_PKG_VERSION")).to_owned(),
            instance: None,
            expires: 3600,
            reuses_nonce: true,
            // Desk phones wait 30 to 60 s between tries.
            retry: Duration::from_secs(30),
            behaviour: Behaviour::Steady,
            on_reboot: OnReboot::Obeys,
            reboot_time: Duration::from_secs(20),
            withdraws_on_reboot: true,
            group: None,
            display_name: None,
            contact_params: Vec::new(),
        }
    }

    /// User name for the digest.
    pub(crate) fn auth_user(&self) -> &str {
        self.auth_user.as_ref().unwrap_or(&self.username)
    }

    /// The display name as it stands before an address: quoted, with a blank behind it.
    pub(crate) fn quoted_name(&self) -> Vec<u8> {
        let Some(name) = &self.display_name else { return Vec::new() };
        let mut quoted = vec![b'"'];
        for &byte in name {
            if matches!(byte, b'"' | b'\\') {
                quoted.push(b'\\');
            }
            quoted.push(byte);
        }
        quoted.extend_from_slice(b"\" ");
        quoted
    }
}

/// What a phone does of its own accord, besides registering and refreshing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Behaviour {
    /// Nothing else.
    Steady,
    /// Its password is wrong until it is told otherwise.
    WrongPassword,
    /// Withdraws its registration so long after it was first registered, and stays silent about itself.
    WithdrawAfter(Duration),
    /// Loses its power so long after it was first registered.
    VanishAfter(Duration),
    /// Goes away and comes back, again and again; each span is drawn from half to one and a half of what is given.
    Flap {
        /// Registered for about so long.
        up: Duration,
        /// Away for about so long.
        down: Duration,
        /// Whether it says goodbye (withdraws) or just vanishes.
        withdraws: bool,
    },
}

/// A password: no `Debug`, no `Display`, so that no log line can show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Takes the text.
    pub fn new(text: impl Into<String>) -> Password {
        Password(text.into())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The `+sip.instance` that desk phones make of their MAC address: its twelve digits end an otherwise fixed UUID.
#[must_use]
pub fn instance_of_mac(mac: u64) -> String {
    format!("urn:uuid:00000000-0000-1000-8000-{:012x}", mac & 0xffff_ffff_ffff)
}
