//! The made-up tree that tests share: one provider; its operator with customer A; customer B directly below the provider.

use tonalite_app::App;
use tonalite_core::access::Actor;
use tonalite_core::id::PartyId;
use tonalite_core::party::{NewParty, Party};
use tonalite_core::site::{NewSite, Site};
use tonalite_core::time::Timestamp;

/// Whose: a party of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whose {
    /// Who runs the installation.
    Platform,
    /// *Provider*.
    Provider,
    /// *Operator*, below the provider.
    Operator,
    /// *Customer A*, below the operator.
    A,
    /// *Customer B*, below the provider itself.
    B,
}

impl Whose {
    /// All parties of the tree.
    pub const ALL: [Whose; 5] = [Whose::Platform, Whose::Provider, Whose::Operator, Whose::A, Whose::B];

    /// The first part of its portal users' names.
    pub const fn as_str(self) -> &'static str {
        match self {
            Whose::Platform => "platform",
            Whose::Provider => "provider",
            Whose::Operator => "operator",
            Whose::A => "a",
            Whose::B => "b",
        }
    }
}

/// A customer with two sites.
#[derive(Debug, Clone)]
pub struct Customer {
    /// The customer.
    pub party: Party,
    /// Its sites, called *Lyon* and *Paris*; *Berlin* and *Wien* for B.
    pub sites: [Site; 2],
}

/// The parties and sites that every [`crate::TestApp`] begins with.
#[derive(Debug, Clone)]
pub struct Tree {
    /// Who runs the installation.
    pub platform: Party,
    /// The provider; its SIP domain is `sip.example.net`.
    pub provider: Party,
    /// The operator.
    pub operator: Party,
    /// Customer A.
    pub a: Customer,
    /// Customer B.
    pub b: Customer,
}

impl Tree {
    /// A party of the tree.
    pub const fn party(&self, whose: Whose) -> &Party {
        match whose {
            Whose::Platform => &self.platform,
            Whose::Provider => &self.provider,
            Whose::Operator => &self.operator,
            Whose::A => &self.a.party,
            Whose::B => &self.b.party,
        }
    }

    pub(crate) async fn plant(app: &App, now: Timestamp) -> tonalite_core::Result<Tree> {
        let system = Actor::system();
        let platform = app.find_party(&system, PartyId::PLATFORM).await?.into_inner();
        let below = async |parent: &Party, kind: &str, name: &str, domain: Option<&str>| {
            let parent = system.administer(parent.clone())?;
            app.create_party(&system, parent, NewParty::parse(kind, name, domain)?, now).await
        };
        let provider = below(&platform, "provider", "Provider", Some("sip.example.net")).await?;
        let operator = below(&provider, "operator", "Operator", None).await?;
        let a = below(&operator, "customer", "Customer A", None).await?;
        let b = below(&provider, "customer", "Customer B", None).await?;
        let site = async |customer: &Party, name: &str, zone: &str| {
            let new = NewSite::parse(name, None, Some(zone), None, |_| true)?;
            app.create_site(&system, system.manage(customer.clone())?, new, now).await
        };
        let sites_of_a = [site(&a, "Lyon", "Europe/Paris").await?, site(&a, "Paris", "Europe/Paris").await?];
        let sites_of_b =
            [site(&b, "Berlin", "Europe/Berlin").await?, site(&b, "Wien", "Europe/Vienna").await?];
        Ok(Tree {
            platform,
            provider,
            operator,
            a: Customer { party: a, sites: sites_of_a },
            b: Customer { party: b, sites: sites_of_b },
        })
    }
}
