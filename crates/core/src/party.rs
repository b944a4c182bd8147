//! Parties: the platform, its providers, their operators, their customers; and the features that one switches on for another.

use crate::error::{FieldError, FieldErrors, Result};
use crate::feature::Standing;
use crate::id::{PartyId, PartyKey};
use crate::name;
use crate::time::Timestamp;

/// The level of a party in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PartyKind {
    /// Runs the installation; there is one.
    Platform,
    /// Sells telephony; has a SIP domain.
    Provider,
    /// Between a provider and its customers; may be absent.
    Operator,
    /// Has sites and phones.
    Customer,
}

impl PartyKind {
    /// Every level, from the root down.
    pub const ALL: [PartyKind; 4] =
        [PartyKind::Platform, PartyKind::Provider, PartyKind::Operator, PartyKind::Customer];

    /// The word used in storage and API.
    pub const fn as_str(self) -> &'static str {
        match self {
            PartyKind::Platform => "platform",
            PartyKind::Provider => "provider",
            PartyKind::Operator => "operator",
            PartyKind::Customer => "customer",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<PartyKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether a party of this kind may stand directly below one of kind `parent`.
    pub const fn may_stand_below(self, parent: PartyKind) -> bool {
        matches!(
            (parent, self),
            (PartyKind::Platform, PartyKind::Provider)
                | (PartyKind::Provider, PartyKind::Operator | PartyKind::Customer)
                | (PartyKind::Operator, PartyKind::Customer)
        )
    }
}

/// What can be switched on and off for a party and all below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Feature {
    /// *Export Device Status* on the line-states page.
    LineStateExport,
    /// Bulk import of devices.
    DeviceImport,
    /// Reboot of devices.
    DeviceReboot,
    /// API tokens.
    ApiTokens,
    /// Configuration fetched by phones.
    Provisioning,
}

impl Feature {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Feature; 5] = [
        Feature::LineStateExport,
        Feature::DeviceImport,
        Feature::DeviceReboot,
        Feature::ApiTokens,
        Feature::Provisioning,
    ];

    /// The word used in storage and API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Feature::LineStateExport => "line_state_export",
            Feature::DeviceImport => "device_import",
            Feature::DeviceReboot => "device_reboot",
            Feature::ApiTokens => "api_tokens",
            Feature::Provisioning => "provisioning",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Feature> {
        Self::ALL.into_iter().find(|feature| feature.as_str() == text)
    }

    /// What holds where no party up to the root says anything.
    pub const fn default_on(self) -> bool {
        matches!(self, Feature::DeviceImport | Feature::DeviceReboot | Feature::ApiTokens)
    }

    /// Whether there is anything behind it yet. What does not exist is off, and nobody is offered to switch it on.
    pub const fn exists(self) -> bool {
        !matches!(self, Feature::Provisioning)
    }
}

/// What is set for one party: per feature on, off, or nothing (inherited).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FeatureSettings([Option<bool>; Feature::ALL.len()]);

impl FeatureSettings {
    /// The setting of one feature.
    pub const fn get(&self, feature: Feature) -> Option<bool> {
        self.0[feature as usize]
    }

    /// Sets one feature, or clears it with `None`.
    pub const fn set(&mut self, feature: Feature, on: Option<bool>) {
        self.0[feature as usize] = on;
    }

    /// What holds for a party whose chain of settings, from the root down to itself, is given: one *off* anywhere
    /// in the chain is off (nobody below can switch it on again), else one *on* is on, else the default holds.
    pub fn effective(chain: &[FeatureSettings]) -> FeatureSettings {
        let mut effective = FeatureSettings::default();
        for feature in Feature::ALL {
            effective.set(feature, Some(Standing::of(feature, chain).on));
        }
        effective
    }
}

/// Where a thing hangs in the tree. `None` marks a level that is absent or lies below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Tenancy {
    /// The provider; `None` only for the platform.
    pub provider: Option<PartyKey>,
    /// The operator, where there is one.
    pub operator: Option<PartyKey>,
    /// The customer.
    pub customer: Option<PartyKey>,
}

/// A party as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Storage key.
    pub key: PartyKey,
    /// Public id.
    pub id: PartyId,
    /// Level.
    pub kind: PartyKind,
    /// The party above; `None` for the platform.
    pub parent_key: Option<PartyKey>,
    /// Public id of the party above.
    pub parent_id: Option<PartyId>,
    /// Its own place in the tree, itself included.
    pub tenancy: Tenancy,
    /// Display name.
    pub name: String,
    /// Its own SIP domain. A provider always has one; a customer may.
    pub sip_domain: Option<SipDomain>,
    /// Features set here.
    pub features: FeatureSettings,
    /// How those below reach it: a telephone number, an e-mail address, an address.
    pub contact: Option<String>,
    /// When it was closed: its people cannot sign in, and nothing of it is changed.
    pub closed_at: Option<Timestamp>,
    /// Version for concurrent edits.
    pub version: i64,
}

/// What a list does with closed parties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Closed {
    /// Leaves them out.
    #[default]
    Exclude,
    /// Shows them among the others.
    Include,
    /// Shows nothing else.
    Only,
}

impl Closed {
    /// Each of them.
    pub const ALL: [Closed; 3] = [Closed::Exclude, Closed::Include, Closed::Only];

    /// The word used in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Closed::Exclude => "exclude",
            Closed::Include => "include",
            Closed::Only => "only",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Closed> {
        Self::ALL.into_iter().find(|closed| closed.as_str() == text)
    }
}

/// A SIP domain, which is also the digest realm: a lower-case host name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SipDomain(String);

impl SipDomain {
    /// Reads a host name of at most 253 characters (RFC 1123 §2.1).
    ///
    /// # Errors
    /// `sip_domain_malformed`.
    pub fn parse(text: &str) -> Result<SipDomain, FieldError> {
        let text = text.trim().to_ascii_lowercase();
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if text.len() <= 253 && text.split('.').all(label) {
            Ok(SipDomain(text))
        } else {
            Err(FieldError::new("sip_domain", "sip_domain_malformed"))
        }
    }

    /// The domain of a provider that has named none: out of reach of DNS, and unique with its id.
    pub fn for_provider(id: PartyId) -> SipDomain {
        let hex = id.uuid().simple().to_string();
        SipDomain(format!("{}.sip.internal", &hex[hex.len() - 8..]))
    }

    /// The host name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A party to be made, as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewParty {
    /// Level.
    pub kind: PartyKind,
    /// Display name, up to 120 characters.
    pub name: String,
    /// SIP domain, where one was asked for.
    pub sip_domain: Option<SipDomain>,
    /// How those below reach it.
    pub contact: Option<String>,
}

impl NewParty {
    /// Checks every field of a party without a contact.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] with all wrong fields.
    pub fn parse(kind: &str, name: &str, sip_domain: Option<&str>) -> Result<NewParty> {
        NewParty::with_contact(kind, name, sip_domain, None)
    }

    /// Checks every field.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] with all wrong fields.
    pub fn with_contact(
        kind: &str,
        name: &str,
        sip_domain: Option<&str>,
        contact: Option<&str>,
    ) -> Result<NewParty> {
        let mut errors = FieldErrors::new();
        let kind = match PartyKind::parse(kind) {
            Some(kind) if kind != PartyKind::Platform => Some(kind),
            _ => errors.take(Err(FieldError::new("kind", "party_kind_unknown"))),
        };
        let name = errors.take(name::required("name", name, 120));
        let sip_domain = match sip_domain.filter(|domain| !domain.trim().is_empty()) {
            Some(domain) => errors.take(SipDomain::parse(domain)),
            None => None,
        };
        let contact = errors.take(name::optional("contact", contact.unwrap_or_default(), 200)).flatten();
        if kind == Some(PartyKind::Operator) && sip_domain.is_some() {
            errors.push(FieldError::new("sip_domain", "sip_domain_not_for_operator"));
        }
        errors.finish()?;
        match (kind, name) {
            (Some(kind), Some(name)) => Ok(NewParty { kind, name, sip_domain, contact }),
            _ => Err(crate::Error::invalid("kind", "required")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn off_above_stays_off_and_silence_inherits() {
        let feature = Feature::LineStateExport;
        for (chain, expected) in [
            ([None, None], false),
            ([Some(true), None], true),
            ([None, Some(true)], true),
            ([Some(true), Some(false)], false),
            ([Some(false), Some(true)], false),
            ([Some(false), None], false),
        ] {
            let chain = chain.map(|on| {
                let mut settings = FeatureSettings::default();
                settings.set(feature, on);
                settings
            });
            assert_eq!(FeatureSettings::effective(&chain).get(feature), Some(expected), "{chain:?}");
        }
        assert_eq!(FeatureSettings::effective(&[]).get(Feature::DeviceReboot), Some(true));
    }

    #[test]
    fn sip_domains() {
        for good in ["sip.example.net", "EXAMPLE", "a-1.b"] {
            assert!(SipDomain::parse(good).is_ok(), "{good}");
        }
        for bad in ["", ".", "a..b", "-a", "a_b", "a b", "sip:example", &"a".repeat(64)] {
            assert!(SipDomain::parse(bad).is_err(), "{bad}");
        }
    }
}
