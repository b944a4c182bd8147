//! How a model is asked to restart or to read its configuration again, and what it is known to do then.
//! The recipe only: sending the NOTIFY, and proving what happened, is done elsewhere.

/// The recipe of a model (RFC 3265 NOTIFY outside a dialog, without body).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RebootRecipe {
    /// Value of `Event` that restarts it, such as `check-sync;reboot=true`.
    pub reboot_event: String,
    /// Value of `Event` that makes it read its configuration again; `None` when it cannot without restarting.
    pub resync_event: Option<String>,
    /// It may accept and, rightly, not restart: only if its files changed, or only if a setting allows it.
    pub reboot_is_conditional: bool,
    /// Whether it answers 401 first.
    pub challenges: Challenges,
    /// Whom the request is addressed to at the phone's flow.
    pub to_user: ToUser,
    /// Seconds after acceptance in which a restart shows; later it has *not come back*.
    pub window_seconds: u32,
}

/// Whether a phone wants to be shown the line's password before it obeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Challenges {
    /// Not as it leaves the factory.
    Never,
    /// A setting decides, and its default is not known or differs by firmware.
    Maybe,
    /// As it leaves the factory: the line's password must be at hand.
    Always,
}

impl Challenges {
    /// As written in the vendors' files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Challenges::Never => "never",
            Challenges::Maybe => "maybe",
            Challenges::Always => "always",
        }
    }
}

/// The user part of the request's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToUser {
    /// That of the binding's contact.
    Contact,
    /// The chain ID of the DECT system (RTX bases listen as this user, even without an account).
    ChainId,
}

impl ToUser {
    /// As written in the vendors' files.
    pub const fn as_str(self) -> &'static str {
        match self {
            ToUser::Contact => "contact",
            ToUser::ChainId => "chain_id",
        }
    }
}
