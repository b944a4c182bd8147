//! Two kinds of identifier: *ids* (UUIDv7) leave the house, *keys* (64-bit) join tables inside it.
//! A key never appears in an API, a page or an event; an id is never a join column.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// The text is not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

macro_rules! ids {
    ($($(#[$doc:meta])* $id:ident / $key:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $id(Uuid);

        impl $id {
            /// Wraps an identifier that was made by [`crate::world::new_id`] or read from storage.
            pub const fn from_uuid(uuid: Uuid) -> Self { Self(uuid) }
            /// The UUID itself.
            pub const fn uuid(self) -> Uuid { self.0 }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.as_hyphenated().fmt(f) }
        }

        impl FromStr for $id {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                // Only the hyphenated form: one thing has one name.
                if text.len() != 36 { return Err(NotAnId); }
                Uuid::try_parse(text).map(Self).map_err(|_| NotAnId)
            }
        }

        #[doc = concat!("Storage key behind [`", stringify!($id), "`].")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $key(pub i64);
    )* };
}

ids! {
    /// A site of a customer.
    SiteId / SiteKey,
    /// One phone in the inventory.
    DeviceId / DeviceKey,
    /// One assigned port of a device.
    LineId / LineKey,
    /// A person, room or queue of a site.
    UserId / UserKey,
    /// Somebody who signs in to the portal.
    PortalUserId / PortalUserKey,
    /// An API token.
    TokenId / TokenKey,
    /// One reboot of one device.
    RebootId / RebootKey,
    /// One upload of devices, from the file to what became of it.
    ImportId / ImportKey,
    /// One export that was asked for.
    ExportId / ExportKey,
    /// A multicell installation of DECT bases.
    DectSystemId / DectSystemKey,
    /// One reboot of all bases of a DECT system.
    DectRebootId / DectRebootKey,
}

/// A party. The platform, of which there is one, is written `platform`; all others are UUIDs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartyId(Uuid);

impl PartyId {
    /// The root of the tree.
    pub const PLATFORM: PartyId = PartyId(Uuid::nil());

    /// Wraps an identifier that was made by [`crate::world::new_id`] or read from storage.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The UUID itself; nil for the platform.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for PartyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::PLATFORM { f.write_str("platform") } else { self.0.as_hyphenated().fmt(f) }
    }
}

impl FromStr for PartyId {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        if text == "platform" {
            return Ok(Self::PLATFORM);
        }
        if text.len() != 36 {
            return Err(NotAnId);
        }
        match Uuid::try_parse(text) {
            Ok(uuid) if !uuid.is_nil() => Ok(Self(uuid)),
            _ => Err(NotAnId),
        }
    }
}

/// Storage key behind [`PartyId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartyKey(pub i64);

impl PartyKey {
    /// The platform's row is made by the first migration.
    pub const PLATFORM: PartyKey = PartyKey(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platform_is_a_word_and_nil_is_nobody() {
        assert_eq!("platform".parse::<PartyId>(), Ok(PartyId::PLATFORM));
        assert_eq!(PartyId::PLATFORM.to_string(), "platform");
        assert_eq!("00000000-0000-0000-0000-000000000000".parse::<PartyId>(), Err(NotAnId));
        assert_eq!("0".parse::<SiteId>(), Err(NotAnId));
        assert_eq!("019b0000000070008000000000000000".parse::<SiteId>(), Err(NotAnId));
        assert!("019b0000-0000-7000-8000-000000000000".parse::<SiteId>().is_ok());
    }
}
