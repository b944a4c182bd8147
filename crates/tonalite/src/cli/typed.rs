//! Arguments that are understood before anything is opened: what cannot be meant is a mistake in usage, not a refusal.
//! They travel to the server in the words in which they are typed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tonalite_core::id::{DeviceId, PartyId, SiteId};
use tonalite_core::mac::Mac;
use tonalite_core::party::Feature;

/// A value that was read from what somebody typed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Typed<T>(pub(crate) T);

/// Something that can be typed, with the words that say what was expected.
pub(crate) trait Typeable: FromStr + fmt::Display {
    /// Ends the sentence "`x` is not …".
    const EXPECTED: &str;
}

impl Typeable for PartyId {
    const EXPECTED: &str = "the id of a party (a UUID, or the word platform)";
}

impl Typeable for SiteId {
    const EXPECTED: &str = "the id of a site (a UUID)";
}

impl<T: Typeable> FromStr for Typed<T> {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Typed).map_err(|_| format!("`{text}` is not {}", T::EXPECTED))
    }
}

impl<T: fmt::Display> fmt::Display for Typed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A feature and how it is set: `line_state_export=on`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FeatureSwitch {
    pub(crate) feature: Feature,
    /// `None`: what holds above, holds.
    pub(crate) on: Option<bool>,
}

impl FromStr for FeatureSwitch {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (name, state) = text.split_once('=').ok_or("write KEY=on, KEY=off or KEY=inherit")?;
        let feature = Feature::parse(name).filter(|feature| feature.exists()).ok_or_else(|| {
            let known: Vec<&str> =
                Feature::ALL.into_iter().filter(|feature| feature.exists()).map(Feature::as_str).collect();
            format!("`{name}` is not a feature; known are {}", known.join(", "))
        })?;
        let on = match state {
            "on" => Some(true),
            "off" => Some(false),
            "inherit" => None,
            other => return Err(format!("`{other}`: write on, off or inherit")),
        };
        Ok(FeatureSwitch { feature, on })
    }
}

impl fmt::Display for FeatureSwitch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.on {
            Some(true) => "on",
            Some(false) => "off",
            None => "inherit",
        };
        write!(f, "{}={state}", self.feature.as_str())
    }
}

/// A device as people name it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum DeviceName {
    Id(DeviceId),
    Mac(Mac),
}

impl FromStr for DeviceName {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let id = text.parse().map(DeviceName::Id);
        id.or_else(|_| Mac::parse(text).map(DeviceName::Mac))
            .map_err(|_| format!("`{text}` is neither the id of a device (a UUID) nor a MAC address"))
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DeviceName::Id(id) => id.fmt(f),
            DeviceName::Mac(mac) => mac.fmt(f),
        }
    }
}

/// In the words in which it is typed: nothing of `core` has a form of its own on the wire.
macro_rules! travels_as_typed {
    ($([$($generic:tt)*] $type:ty);* $(;)?) => { $(
        impl<$($generic)*> Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de, $($generic)*> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )* };
}

travels_as_typed! {
    [T: Typeable] Typed<T>;
    [] FeatureSwitch;
    [] DeviceName;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_what_arrives() {
        let id = "01a20adf-0399-7655-9391-752f4d876390";
        fn there_and_back<T: Serialize + for<'a> Deserialize<'a> + fmt::Display>(value: &T) -> String {
            let text = serde_json::to_string(value).unwrap();
            serde_json::from_str::<T>(&text).unwrap().to_string()
        }
        assert_eq!(there_and_back(&id.parse::<Typed<PartyId>>().unwrap()), id);
        assert_eq!(there_and_back(&"platform".parse::<Typed<PartyId>>().unwrap()), "platform");
        assert_eq!(there_and_back(&"api_tokens=off".parse::<FeatureSwitch>().unwrap()), "api_tokens=off");
        assert_eq!(
            there_and_back(&"api_tokens=inherit".parse::<FeatureSwitch>().unwrap()),
            "api_tokens=inherit"
        );
        assert!("provisioning=on".parse::<FeatureSwitch>().is_err(), "what does not exist is not offered");
        assert_eq!(there_and_back(&"00:15:65:AB:cd:ef".parse::<DeviceName>().unwrap()), "001565abcdef");
    }
}
