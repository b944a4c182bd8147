//! What holds for a feature at a place of the tree, and why: who switched it, who can switch it, whom to ask.
//! The features themselves, and what is set for one party, are in [`crate::party`].

use crate::access::{Actor, Scope};
use crate::party::{Feature, FeatureSettings, Party, PartyKind};
use crate::portal_user::Role;

/// What holds for one feature at the end of a chain of settings, and which link of the chain decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether it is on.
    pub on: bool,
    /// The link that decides, counted from the root; `None` where nobody says anything and the default holds.
    pub decided_at: Option<usize>,
}

impl Standing {
    /// The topmost *off* decides, since it holds for all below it; else the nearest *on*; else the default.
    pub fn of(feature: Feature, chain: &[FeatureSettings]) -> Standing {
        let says = |on: bool| move |settings: &FeatureSettings| settings.get(feature) == Some(on);
        if !feature.exists() {
            return Standing { on: false, decided_at: None };
        }
        match (chain.iter().position(says(false)), chain.iter().rposition(says(true))) {
            (Some(off), _) => Standing { on: false, decided_at: Some(off) },
            (None, Some(on)) => Standing { on: true, decided_at: Some(on) },
            (None, None) => Standing { on: feature.default_on(), decided_at: None },
        }
    }
}

/// The features of one party, with all that is set above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Features(Vec<Party>);

impl Features {
    /// Of the party that ends a chain; the chain begins at the root.
    pub const fn new(chain: Vec<Party>) -> Features {
        Features(chain)
    }

    /// The party and all above it, from the root down.
    pub fn chain(&self) -> &[Party] {
        &self.0
    }

    /// What holds for one feature, and why.
    pub fn standing(&self, feature: Feature) -> Standing {
        Standing::of(feature, &self.settings())
    }

    /// Whether it is on.
    pub fn is_on(&self, feature: Feature) -> bool {
        self.standing(feature).on
    }

    /// What holds, feature by feature.
    pub fn effective(&self) -> FeatureSettings {
        FeatureSettings::effective(&self.settings())
    }

    /// Why it is off, and who can switch it on; `None` when it is on.
    pub fn off(&self, feature: Feature) -> Option<FeatureOff> {
        let standing = self.standing(feature);
        if standing.on {
            return None;
        }
        let place = standing.decided_at.unwrap_or(self.0.len().saturating_sub(1));
        let above = place.checked_sub(1).and_then(|above| self.0.get(above)).cloned();
        let who = above.filter(|party| party.kind != PartyKind::Platform);
        Some(FeatureOff {
            feature,
            switched: standing.decided_at.is_some(),
            contact: Contact::nearest(&self.0),
            party: self.0.get(place).cloned(),
            who,
        })
    }

    fn settings(&self) -> Vec<FeatureSettings> {
        self.0.iter().map(|party| party.features).collect()
    }
}

/// A feature that is off at a place, for those who meet it there. Names only parties of the place's own chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureOff {
    /// Which.
    pub feature: Feature,
    /// Somebody switched it off; else nobody ever switched it on.
    pub switched: bool,
    /// For whom it is to be switched on: where it was switched off, else where it was met.
    pub party: Option<Party>,
    /// The party whose administrators can; `None` is who runs the installation.
    pub who: Option<Party>,
    /// Whom those below ask.
    pub contact: Option<Contact>,
}

impl FeatureOff {
    /// Whether this actor can switch it on.
    pub fn may_be_switched_by(&self, actor: &Actor) -> bool {
        self.feature.exists()
            && actor.role.includes(Role::Admin)
            && self.party.clone().is_some_and(|party| actor.administer_from_above(party).is_ok())
    }
}

/// Whom a customer asks for what only somebody above can give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Name of the party.
    pub party: String,
    /// How it is reached, where it says so.
    pub reached: Option<String>,
}

impl Contact {
    /// Of the parties above the last of a chain, the nearest that says how it is reached; else the nearest. Never the
    /// platform: who runs the installation is no partner of a provider's customers.
    pub fn nearest(chain: &[Party]) -> Option<Contact> {
        let (_, above) = chain.split_last()?;
        let mut above = above.iter().rev().filter(|party| party.kind != PartyKind::Platform);
        let nearest = above.clone().next();
        let party = above.find(|party| party.contact.is_some()).or(nearest)?;
        Some(Contact { party: party.name.clone(), reached: party.contact.clone() })
    }
}

/// The part of the tree below a party, itself included.
pub const fn scope_of(party: &Party) -> Scope {
    Scope { kind: party.kind, party: party.key }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{PartyId, PartyKey};
    use crate::party::Tenancy;

    fn party(kind: PartyKind, key: i64, on: Option<bool>, contact: Option<&str>) -> Party {
        let mut features = FeatureSettings::default();
        features.set(Feature::DeviceReboot, on);
        let (provider, customer) = (Some(PartyKey(2)), Some(PartyKey(4)));
        let tenancy = match kind {
            PartyKind::Platform => Tenancy::default(),
            PartyKind::Provider | PartyKind::Operator => Tenancy { provider, ..Tenancy::default() },
            PartyKind::Customer => Tenancy { provider, operator: None, customer },
        };
        Party {
            key: PartyKey(key),
            id: PartyId::PLATFORM,
            kind,
            parent_key: None,
            parent_id: None,
            tenancy,
            name: kind.as_str().to_owned(),
            sip_domain: None,
            features,
            contact: contact.map(str::to_owned),
            closed_at: None,
            version: 1,
        }
    }

    fn chain(said: [Option<bool>; 4]) -> Features {
        let kinds = PartyKind::ALL.into_iter().zip(1..).zip(said);
        Features::new(kinds.map(|((kind, key), on)| party(kind, key, on, None)).collect())
    }

    #[test]
    fn the_topmost_off_and_the_nearest_on_decide() {
        for (said, on, decided_at) in [
            ([None, None, None, None], true, None),
            ([None, Some(true), None, None], true, Some(1)),
            ([None, Some(true), Some(true), None], true, Some(2)),
            ([None, Some(false), Some(true), Some(false)], false, Some(1)),
            ([None, Some(true), None, Some(false)], false, Some(3)),
        ] {
            let standing = chain(said).standing(Feature::DeviceReboot);
            assert_eq!(standing, Standing { on, decided_at }, "{said:?}");
        }
    }

    #[test]
    fn who_can_switch_it_on_is_above_where_it_was_switched_off() {
        for (said, party, who) in [
            ([None, Some(false), None, Some(false)], "provider", None),
            ([None, None, Some(false), None], "operator", Some("provider")),
            ([None, None, None, Some(false)], "customer", Some("operator")),
        ] {
            let off = chain(said).off(Feature::DeviceReboot).expect("off");
            assert_eq!(off.party.map(|party| party.name).as_deref(), Some(party), "{said:?}");
            assert_eq!(off.who.map(|party| party.name).as_deref(), who, "{said:?}");
            assert!(off.switched);
        }
        assert_eq!(chain([None; 4]).off(Feature::DeviceReboot), None);
        let never = chain([None; 4]).off(Feature::LineStateExport).expect("off by default");
        assert_eq!((never.switched, never.who.map(|party| party.name).as_deref()), (false, Some("operator")));
    }

    #[test]
    fn who_is_above_may_switch_and_nobody_else() {
        let off = chain([None, None, None, Some(false)]).off(Feature::DeviceReboot).expect("off");
        let actor =
            |kind, key, role| Actor { scope: Scope { kind, party: PartyKey(key) }, role, ..Actor::system() };
        for (kind, key, role, may) in [
            (PartyKind::Platform, 1, Role::Admin, true),
            (PartyKind::Provider, 2, Role::Admin, true),
            (PartyKind::Provider, 2, Role::Manager, false),
            (PartyKind::Provider, 9, Role::Admin, false),
            (PartyKind::Customer, 4, Role::Admin, false),
        ] {
            assert_eq!(off.may_be_switched_by(&actor(kind, key, role)), may, "{kind:?} {key} {role:?}");
        }
    }

    #[test]
    fn what_does_not_exist_is_off_whatever_is_set() {
        let mut settings = FeatureSettings::default();
        settings.set(Feature::Provisioning, Some(true));
        assert_eq!(
            Standing::of(Feature::Provisioning, &[settings]),
            Standing { on: false, decided_at: None }
        );
    }

    #[test]
    fn the_nearest_that_can_be_reached_is_asked() {
        let parties = |provider: Option<&str>, operator: Option<&str>| {
            vec![
                party(PartyKind::Platform, 1, None, Some("never told")),
                party(PartyKind::Provider, 2, None, provider),
                party(PartyKind::Operator, 3, None, operator),
                party(PartyKind::Customer, 4, None, Some("its own")),
            ]
        };
        for (provider, operator, name, reached) in [
            (Some("04 78"), Some("04 79"), "operator", Some("04 79")),
            (Some("04 78"), None, "provider", Some("04 78")),
            (None, None, "operator", None),
        ] {
            let contact = Contact::nearest(&parties(provider, operator)).expect("somebody is above");
            assert_eq!((contact.party.as_str(), contact.reached.as_deref()), (name, reached));
        }
        assert_eq!(
            Contact::nearest(&parties(None, None)[..2]),
            None,
            "a provider has only the platform above"
        );
    }
}
