//! A device type: one model of one vendor. Not a device: no address, no site, no state.

use crate::pattern::Pattern;
use crate::reboot::RebootRecipe;

/// Most ports that a type may have. The largest gateway on sale has 48 telephone sockets; larger things are DECT systems,
/// whose lines belong to the system and not to one base.
pub const MAX_PORTS: u16 = 64;

/// A model that can be added at a site.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceType {
    /// Stable id, such as `yealink-t54w`: stored with devices, never changed or reused.
    pub id: String,
    /// Id of the vendor, such as `yealink`.
    pub vendor: String,
    /// Name of the vendor, such as `Yealink`.
    pub vendor_name: String,
    /// Model as the maker writes it, such as `T54W`.
    pub model: String,
    /// What people read: `Yealink T54W`.
    pub name: String,
    /// Other names under which people and files know it.
    pub aliases: Vec<String>,
    /// What sort of device it is.
    pub kind: Kind,
    /// Lines it can hold, by the maker's data sheet: 1 to [`MAX_PORTS`].
    pub ports: u16,
    /// Whether it is known by a MAC address; *Generic SIP* is not.
    pub has_mac: bool,
    /// How its User-Agent begins, in SIP and when it fetches its configuration.
    pub user_agents: Vec<Pattern>,
    /// A User-Agent as such a phone sends it in SIP; `None` for types that cannot be known by it.
    pub sample_user_agent: Option<String>,
    /// How to restart it.
    pub reboot: RebootRecipe,
}

/// What sort of device a type is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Telephone on a desk or wall.
    Desk,
    /// Telephone for a meeting room.
    Conference,
    /// Adapter or gateway for analogue telephones: a registered port proves nothing about what is plugged in.
    Ata,
    /// DECT base: its lines belong to handsets.
    DectBase,
    /// Anything else that speaks SIP.
    Generic,
}

impl Kind {
    /// All kinds, in the order in which lists show them.
    pub const ALL: [Kind; 5] = [Kind::Desk, Kind::Conference, Kind::Ata, Kind::DectBase, Kind::Generic];

    /// As in the API and in the vendors' files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Desk => "desk",
            Kind::Conference => "conference",
            Kind::Ata => "ata",
            Kind::DectBase => "dect_base",
            Kind::Generic => "generic",
        }
    }

    /// The kind that is written so; `None` for any other word.
    pub fn parse(text: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}
