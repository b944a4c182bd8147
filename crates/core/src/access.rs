//! Who may do what. A right is a value: [`View`], [`Operate`], [`Manage`] and [`Administer`] can only be made here,
//! by an [`Actor`] that has the thing in its subtree and the role for it; use cases take them as parameters.
//! What lies outside the subtree is [`Error::NotFound`], the same as what does not exist.

use std::ops::Deref;

use crate::device::Device;
use crate::error::{Error, FieldError, Result};
use crate::event::Event;
use crate::id::{PartyKey, PortalUserId, PortalUserKey, SiteKey, TokenId};
use crate::party::{Party, PartyKind, Tenancy};
use crate::portal_user::{PortalUser, Role};
use crate::site::Site;
use crate::time::Timestamp;
use crate::timeline::Stamp;
use crate::user::User;

/// Who acts, as the audit log names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// The command line of the installation.
    CommandLine,
    /// The program itself: jobs, demo data.
    System,
    /// A portal user in a session.
    PortalUser(PortalUserKey, PortalUserId),
    /// A portal user through an API token.
    Token(PortalUserKey, PortalUserId, TokenId),
}

/// The part of the tree that somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scope {
    /// Level of the party.
    pub kind: PartyKind,
    /// The party.
    pub party: PartyKey,
}

impl Scope {
    /// The whole installation.
    pub const PLATFORM: Scope = Scope { kind: PartyKind::Platform, party: PartyKey::PLATFORM };

    /// Whether a thing with this place in the tree lies inside.
    pub fn contains(&self, tenancy: Tenancy) -> bool {
        let level = match self.kind {
            PartyKind::Platform => return true,
            PartyKind::Provider => tenancy.provider,
            PartyKind::Operator => tenancy.operator,
            PartyKind::Customer => tenancy.customer,
        };
        level == Some(self.party)
    }
}

/// Somebody who acts, with what it may see and do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who, for the audit log.
    pub identity: Identity,
    /// The subtree.
    pub scope: Scope,
    /// The role in it.
    pub role: Role,
    /// Narrowed to these sites; `None` is all of the subtree.
    pub sites: Option<Vec<SiteKey>>,
    /// Where the request came from, for the audit log.
    pub address: Option<String>,
    /// The customer in whose portal somebody of a party above works for now. The scope is then the customer's, and every
    /// row of the audit log and the timeline says both.
    pub acting_for: Option<PartyKey>,
}

/// A thing that hangs in the tree.
pub trait Owned {
    /// Its place in the tree.
    fn tenancy(&self) -> Tenancy;
    /// The site it belongs to, where it belongs to one.
    fn site(&self) -> Option<SiteKey>;
    /// Whether its party was closed: then it is read, and nothing about it changed.
    fn is_closed(&self) -> bool {
        false
    }
}

macro_rules! owned {
    ($($thing:ty => $this:ident, $site:expr);* $(;)?) => { $(
        impl Owned for $thing {
            fn tenancy(&self) -> Tenancy { self.tenancy }
            fn site(&self) -> Option<SiteKey> { let $this = self; $site }
        }
    )* };
}

owned! {
    Device => this, Some(this.site_key);
    User => this, Some(this.site_key);
}

impl Owned for Site {
    fn tenancy(&self) -> Tenancy {
        self.tenancy
    }
    fn site(&self) -> Option<SiteKey> {
        Some(self.key)
    }
    fn is_closed(&self) -> bool {
        self.customer_closed
    }
}

impl Owned for Party {
    fn tenancy(&self) -> Tenancy {
        self.tenancy
    }
    fn site(&self) -> Option<SiteKey> {
        None
    }
    fn is_closed(&self) -> bool {
        self.closed_at.is_some()
    }
}

macro_rules! capability {
    ($($(#[$doc:meta])* $name:ident, $method:ident, $role:expr;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct $name<T>(T);

            impl<T> Deref for $name<T> {
                type Target = T;
                fn deref(&self) -> &T { &self.0 }
            }

            impl<T> $name<T> {
                /// Gives up the right, keeps the thing.
                pub fn into_inner(self) -> T { self.0 }
            }
        )*

        impl Actor {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                /// [`Error::NotFound`] outside the subtree, [`Error::Forbidden`] for a lesser role, [`Error::Conflict`]
                /// `party_closed` for what can only be read.
                pub fn $method<T: Owned>(&self, thing: T) -> Result<$name<T>> {
                    self.check(&thing, $role)?;
                    Ok($name(thing))
                }
            )*
        }
    };
}

capability! {
    /// May be read.
    View, view, Role::Viewer;
    /// May be checked and rebooted.
    Operate, operate, Role::Support;
    /// Inventory, users and lines may be changed.
    Manage, manage, Role::Manager;
    /// Portal users, features and what hangs below may be changed.
    Administer, administer, Role::Admin;
}

/// What may be seen of it may be taken away as a file. [`Actor::export`] makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export<T>(T);

impl<T> Deref for Export<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl Actor {
    /// The right to export what one sees of a party: support's. Who is narrowed to some sites exports these.
    ///
    /// # Errors
    /// [`Error::NotFound`] outside the subtree, [`Error::Forbidden`] for a lesser role.
    pub fn export(&self, party: View<Party>) -> Result<Export<Party>> {
        self.check(&party.0, Role::Viewer)?;
        if self.role.includes(Role::Support) { Ok(Export(party.0)) } else { Err(Error::Forbidden) }
    }

    /// The sites to which what is seen of a party is narrowed, in order; `None` when nothing of it is left out.
    pub fn narrowed_to(&self, site: Option<SiteKey>) -> Option<Vec<SiteKey>> {
        let allowed = self.sites.as_ref()?;
        // Who sees a site sees all of it.
        if site.is_some_and(|site| allowed.contains(&site)) {
            return None;
        }
        let mut sites = allowed.clone();
        sites.sort_unstable();
        sites.dedup();
        Some(sites)
    }

    /// The command line: all rights, on the whole tree.
    pub const fn command_line() -> Actor {
        Actor {
            identity: Identity::CommandLine,
            scope: Scope::PLATFORM,
            role: Role::Admin,
            sites: None,
            address: None,
            acting_for: None,
        }
    }

    /// The program itself: all rights, on the whole tree.
    pub const fn system() -> Actor {
        Actor {
            identity: Identity::System,
            scope: Scope::PLATFORM,
            role: Role::Admin,
            sites: None,
            address: None,
            acting_for: None,
        }
    }

    /// The moment of an act of this actor, as the timeline tells it.
    pub const fn stamp(&self, at: Timestamp) -> Stamp {
        let by = match &self.identity {
            Identity::PortalUser(key, _) | Identity::Token(key, _, _) => Some(*key),
            Identity::CommandLine | Identity::System => None,
        };
        Stamp { at, by, acting_for: self.acting_for }
    }

    /// Whether the thing may be seen at all: the rule of lists, events and exports too.
    pub fn sees(&self, tenancy: Tenancy, site: Option<SiteKey>) -> bool {
        let site_allowed = match (&self.sites, site) {
            (None, _) => true,
            (Some(allowed), Some(site)) => allowed.contains(&site),
            // A person narrowed to some sites still sees the customer those sites belong to.
            (Some(_), None) => true,
        };
        self.scope.contains(tenancy) && site_allowed
    }

    /// Whether an event is for these ears.
    pub fn hears(&self, event: &Event) -> bool {
        let meant = match (event.to, &self.identity) {
            (None, _) => true,
            (Some(one), Identity::PortalUser(key, _) | Identity::Token(key, _, _)) => one == *key,
            (Some(_), Identity::CommandLine | Identity::System) => false,
        };
        meant && self.sees(event.tenancy, event.site)
    }

    fn check<T: Owned>(&self, thing: &T, needed: Role) -> Result<()> {
        self.check_role(thing, needed)?;
        if thing.is_closed() && needed != Role::Viewer {
            return Err(Error::Conflict(FieldError::new("party_id", "party_closed")));
        }
        Ok(())
    }

    fn check_role<T: Owned>(&self, thing: &T, needed: Role) -> Result<()> {
        if !self.sees(thing.tenancy(), thing.site()) {
            return Err(Error::NotFound);
        }
        // Narrowed to some sites: the customer itself may be read, never changed.
        let narrowed_above = self.sites.is_some() && thing.site().is_none() && needed != Role::Viewer;
        if self.role.includes(needed) && !narrowed_above { Ok(()) } else { Err(Error::Forbidden) }
    }

    /// Only somebody of a party *above* may do this: switch its features, close it.
    ///
    /// # Errors
    /// [`Error::NotFound`] outside the subtree, [`Error::Forbidden`] for the party itself or a lesser role.
    pub fn administer_from_above(&self, party: Party) -> Result<Administer<Party>> {
        let from_above = party.key != self.scope.party;
        let granted = self.administer(party)?;
        if from_above { Ok(granted) } else { Err(Error::Forbidden) }
    }

    /// Only somebody of a party above may open a closed one again.
    ///
    /// # Errors
    /// As [`Actor::administer_from_above`]; a closed party is what this is for.
    pub fn reopen(&self, party: Party) -> Result<Administer<Party>> {
        self.check_role(&party, Role::Admin)?;
        if party.key == self.scope.party { Err(Error::Forbidden) } else { Ok(Administer(party)) }
    }

    /// The right to administer the portal users of one's own party's subtree.
    ///
    /// # Errors
    /// As [`Actor::administer`].
    pub fn administer_portal_user(&self, user: &PortalUser, party: Party) -> Result<Administer<Party>> {
        if user.party_key == party.key { self.administer(party) } else { Err(Error::NotFound) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::PartyId;
    use crate::party::FeatureSettings;

    fn party(kind: PartyKind, key: i64, tenancy: Tenancy) -> Party {
        Party {
            key: PartyKey(key),
            id: PartyId::PLATFORM,
            kind,
            parent_key: None,
            parent_id: None,
            tenancy,
            name: String::new(),
            sip_domain: None,
            features: FeatureSettings::default(),
            contact: None,
            closed_at: None,
            version: 1,
        }
    }

    fn actor(kind: PartyKind, key: i64, role: Role) -> Actor {
        Actor { scope: Scope { kind, party: PartyKey(key) }, role, ..Actor::system() }
    }

    /// 2 provider · 3 its operator · 4 its customer · 5 another customer below the provider itself
    fn customer(key: i64) -> Party {
        let operator = (key == 4).then_some(PartyKey(3));
        party(
            PartyKind::Customer,
            key,
            Tenancy { provider: Some(PartyKey(2)), operator, customer: Some(PartyKey(key)) },
        )
    }

    #[test]
    fn a_subtree_ends_where_it_ends() {
        use PartyKind::{Customer, Operator, Platform, Provider};
        for (kind, key, target, seen) in [
            (Platform, 1, 4, true),
            (Provider, 2, 4, true),
            (Provider, 9, 4, false),
            (Operator, 3, 4, true),
            (Operator, 3, 5, false),
            (Customer, 4, 4, true),
            (Customer, 5, 4, false),
        ] {
            let result = actor(kind, key, Role::Viewer).view(customer(target));
            assert_eq!(result.is_ok(), seen, "{kind:?} {key} → {target}");
            assert!(seen || matches!(result, Err(Error::NotFound)));
        }
    }

    #[test]
    fn a_lesser_role_is_forbidden_only_inside() {
        let viewer = actor(PartyKind::Customer, 4, Role::Viewer);
        assert!(matches!(viewer.manage(customer(4)), Err(Error::Forbidden)));
        assert!(matches!(viewer.manage(customer(5)), Err(Error::NotFound)));
    }

    #[test]
    fn nobody_switches_features_for_themselves() {
        let admin = actor(PartyKind::Customer, 4, Role::Admin);
        assert!(matches!(admin.administer_from_above(customer(4)), Err(Error::Forbidden)));
        let above = actor(PartyKind::Operator, 3, Role::Admin);
        assert!(above.administer_from_above(customer(4)).is_ok());
    }

    #[test]
    fn what_is_closed_is_read_and_only_opened_again() {
        let closed = Party { closed_at: Some(Timestamp(1)), ..customer(4) };
        let above = actor(PartyKind::Operator, 3, Role::Admin);
        assert!(above.view(closed.clone()).is_ok());
        for refused in [above.administer(closed.clone()), above.administer_from_above(closed.clone())] {
            assert!(matches!(refused, Err(Error::Conflict(field)) if field.code == "party_closed"));
        }
        assert!(above.reopen(closed.clone()).is_ok());
        let own = actor(PartyKind::Customer, 4, Role::Admin);
        assert!(matches!(own.reopen(closed.clone()), Err(Error::Forbidden)));
        assert!(matches!(actor(PartyKind::Operator, 9, Role::Admin).reopen(closed), Err(Error::NotFound)));
    }

    #[test]
    fn support_exports_and_who_is_narrowed_exports_less() {
        let export = |actor: &Actor, key| actor.view(customer(key)).and_then(|party| actor.export(party));
        let support = actor(PartyKind::Customer, 4, Role::Support);
        assert!(export(&support, 4).is_ok());
        assert!(matches!(export(&actor(PartyKind::Provider, 2, Role::Viewer), 4), Err(Error::Forbidden)));
        assert!(matches!(export(&support, 5), Err(Error::NotFound)));
        assert_eq!(support.narrowed_to(None), None);
        let narrowed = Actor { sites: Some(vec![SiteKey(8), SiteKey(7), SiteKey(8)]), ..support };
        assert!(export(&narrowed, 4).is_ok());
        assert_eq!(narrowed.narrowed_to(None), Some(vec![SiteKey(7), SiteKey(8)]));
        assert_eq!(narrowed.narrowed_to(Some(SiteKey(8))), None);
    }

    #[test]
    fn narrowing_to_sites_hides_the_others() {
        let mut manager = actor(PartyKind::Customer, 4, Role::Admin);
        manager.sites = Some(vec![SiteKey(7)]);
        assert!(manager.sees(customer(4).tenancy, Some(SiteKey(7))));
        assert!(!manager.sees(customer(4).tenancy, Some(SiteKey(8))));
        assert!(manager.view(customer(4)).is_ok());
        assert!(matches!(manager.manage(customer(4)), Err(Error::Forbidden)));
    }
}
