//! Parties: the tree, and what is changed about them. Which features hold is in `features`.

use tonalite_core::access::{Actor, Administer, View};
use tonalite_core::audit::Action;
use tonalite_core::error::{FieldError, FieldErrors};
use tonalite_core::id::PartyId;
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::party::{Feature, NewParty, Party, PartyKind, SipDomain};
use tonalite_core::search::Search;
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result, name};
use tonalite_store::{AuditRecord, PartyFilter, PartyUpdate, PlacedParty};

use crate::App;

pub(crate) use tonalite_core::feature::scope_of;

/// What a list of parties is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct PartyQuery<'a> {
    /// The subtree of a party, itself included.
    pub below: Option<&'a View<Party>>,
    /// One level.
    pub kind: Option<PartyKind>,
    /// Words, each of which the name has somewhere.
    pub search: Option<Search>,
}

/// What changes about a party; what is `None` or absent stays.
#[derive(Debug, Clone, Default)]
pub struct PartyChange {
    /// Its name, as typed.
    pub name: Option<String>,
    /// How those below reach it, as typed; empty is nothing.
    pub contact: Option<String>,
    /// Features to set, or to clear with `None`.
    pub features: Vec<(Feature, Option<bool>)>,
}

impl App {
    /// A party that the actor sees.
    ///
    /// # Errors
    /// [`Error::NotFound`] for what is absent or outside the subtree.
    pub async fn find_party(&self, actor: &Actor, id: PartyId) -> Result<View<Party>> {
        actor.view(self.store.find_party(id).await?.ok_or(Error::NotFound)?)
    }

    /// The party that the actor belongs to.
    pub async fn own_party(&self, actor: &Actor) -> Result<Party> {
        self.store.find_party_by_key(actor.scope.party).await?.ok_or(Error::NotFound)
    }

    /// Parties that the actor sees, its own included, by name; narrowed to the subtree of one, to a level, to words of the
    /// name. The names above a party are those that the actor sees, too.
    pub async fn page_parties(
        &self,
        actor: &Actor,
        query: PartyQuery<'_>,
        limit: Limit,
        after: Option<Cursor>,
    ) -> Result<Page<PlacedParty>> {
        let filter = PartyFilter {
            below: query.below.map(|party| scope_of(party)),
            kind: query.kind,
            search: query.search,
        };
        let mut page = self.store.page_parties(actor, &filter, limit, after.as_ref()).await?;
        for placed in &mut page.items {
            if matches!(actor.scope.kind, PartyKind::Operator | PartyKind::Customer) {
                placed.provider = None;
            }
            if actor.scope.kind == PartyKind::Customer {
                placed.operator = None;
            }
        }
        Ok(page)
    }

    /// Makes a party below another.
    ///
    /// # Errors
    /// [`Error::Invalid`] `kind_not_below_parent`, [`Error::Taken`] `sip_domain_taken`.
    pub async fn create_party(
        &self,
        actor: &Actor,
        parent: Administer<Party>,
        new: NewParty,
        now: Timestamp,
    ) -> Result<Party> {
        if !new.kind.may_stand_below(parent.kind) {
            return Err(Error::invalid("kind", "kind_not_below_parent"));
        }
        let id = PartyId::from_uuid(self.new_id(now));
        let domain = match (new.kind, new.sip_domain) {
            (PartyKind::Provider, None) => Some(SipDomain::for_provider(id)),
            (_, domain) => domain,
        };
        let audit = AuditRecord::new(actor, parent.key, parent.tenancy, Action::PartyCreate, now)
            .on("party", id.uuid())
            .detail(serde_json::json!({ "kind": new.kind.as_str(), "name": new.name }));
        self.store.insert_party(id, new.kind, &parent, &new.name, domain.as_ref(), now, audit).await
    }

    /// Renames a party, says how it is reached, and sets or clears (`None`) features.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when somebody sets the features of its own party, [`Error::Stale`], [`Error::Invalid`].
    pub async fn update_party(
        &self,
        actor: &Actor,
        party: Administer<Party>,
        version: Option<i64>,
        change: PartyChange,
        now: Timestamp,
    ) -> Result<Party> {
        if version.is_some_and(|version| version != party.version) {
            return Err(Error::Stale);
        }
        if !change.features.is_empty() {
            actor.administer_from_above(party.clone().into_inner())?;
        }
        let mut errors = FieldErrors::new();
        let name = match &change.name {
            Some(text) => errors.take(name::required("name", text, 120)),
            None => Some(party.name.clone()),
        };
        let contact = match &change.contact {
            Some(text) => errors.take(name::optional("contact", text, 200)),
            None => Some(party.contact.clone()),
        };
        let mut features = party.features;
        let mut before = serde_json::Map::new();
        let mut after = serde_json::Map::new();
        for (feature, on) in change.features {
            let word = feature.as_str();
            if on == Some(true) && !feature.exists() {
                errors.push(FieldError::new(format!("features.{word}"), "feature_missing"));
            }
            before.insert(word.to_owned(), serde_json::json!(party.features.get(feature)));
            after.insert(word.to_owned(), serde_json::json!(on));
            features.set(feature, on);
        }
        errors.finish()?;
        let update =
            PartyUpdate { name: name.unwrap_or_default(), features, contact: contact.unwrap_or_default() };
        let mut detail = serde_json::Map::new();
        for (field, was, is) in [
            ("name", serde_json::json!(party.name), serde_json::json!(update.name)),
            ("contact", serde_json::json!(party.contact), serde_json::json!(update.contact)),
            ("features", before.into(), after.into()),
        ] {
            if was != is {
                detail.insert(field.to_owned(), serde_json::json!({ "before": was, "after": is }));
            }
        }
        let audit = AuditRecord::new(actor, party.key, party.tenancy, Action::PartyUpdate, now)
            .on("party", party.id.uuid())
            .detail(detail.into());
        self.store.update_party(&party, &update, &audit).await
    }

    /// The SIP domain of a customer: its own, else its provider's.
    pub(crate) async fn sip_domain_of(&self, customer: tonalite_core::id::PartyKey) -> Result<SipDomain> {
        let chain = self.store.find_ancestry(customer).await?;
        chain
            .into_iter()
            .rev()
            .find_map(|party| party.sip_domain)
            .ok_or_else(|| Error::Conflict(FieldError::new("sip_domain", "sip_domain_missing")))
    }
}
