//! Parties: the tree, and what is changed about them. Which features hold is in `features`, one act on many parties in
//! `party_changes`.

use std::collections::HashMap;

use tonalite_core::access::{Actor, Administer, View};
use tonalite_core::audit::Action;
use tonalite_core::error::{FieldError, FieldErrors};
use tonalite_core::filter::StatusCounts;
use tonalite_core::id::{PartyId, PartyKey};
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::party::{Closed, Feature, NewParty, Party, PartyKind, SipDomain};
use tonalite_core::portal_user::Role;
use tonalite_core::search::Search;
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result, name};
use tonalite_store::{AuditRecord, Differs, PartyAct, PartyFilter, PartyRemainder, PartyUpdate, PlacedParty};

use crate::App;

pub(crate) use tonalite_core::feature::scope_of;

/// What a list of parties is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct PartyQuery<'a> {
    /// The subtree of a party, itself included.
    pub below: Option<&'a View<Party>>,
    /// One level.
    pub kind: Option<PartyKind>,
    /// Words, each of which the name or the SIP domain has somewhere; or an id.
    pub search: Option<Search>,
    /// What becomes of closed ones.
    pub closed: Closed,
    /// Those alone where something set there differs from what holds above.
    pub differs: Option<Differs>,
    /// Without the actor's own.
    pub without_own: bool,
}

/// What changes about a party; what is `None` or absent stays.
#[derive(Debug, Clone, Default)]
pub struct PartyChange {
    /// Its name, as typed.
    pub name: Option<String>,
    /// How those below reach it, as typed; empty is nothing.
    pub contact: Option<String>,
    /// Its SIP domain, as typed; empty takes away that of a customer.
    pub sip_domain: Option<String>,
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
        let filter = self.party_filter(actor, query).await?;
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

    /// How many parties a query finds; `most` stands for as many or more.
    pub async fn count_parties(&self, actor: &Actor, query: PartyQuery<'_>, most: i64) -> Result<i64> {
        let filter = self.party_filter(actor, query).await?;
        self.store.count_parties(actor, &filter, most).await
    }

    pub(crate) async fn party_filter(&self, actor: &Actor, query: PartyQuery<'_>) -> Result<PartyFilter> {
        let mut filter = PartyFilter {
            below: query.below.map(|party| scope_of(party)),
            kind: query.kind,
            search: query.search,
            key: None,
            closed: query.closed,
            differs: query.differs,
            without: query.without_own.then_some(actor.scope.party),
        };
        let id = filter.search.as_ref().and_then(|search| match search.text() {
            // The word for the root is a word that names may have.
            text if text.len() == 36 => text.parse::<PartyId>().ok(),
            _ => None,
        });
        if let Some(id) = id
            && let Some(party) = self.store.find_party(id).await?
        {
            // Who asks for one by its id means that one, closed or not. Whether it is seen, the filter says.
            filter = PartyFilter { search: None, key: Some(party.key), closed: Closed::Include, ..filter };
        }
        Ok(filter)
    }

    /// How many devices of each of these parties are in which state: sums of the kept counts, in one statement. A party
    /// without sites has none.
    pub async fn counts_of_parties(
        &self,
        actor: &Actor,
        parties: &[&Party],
    ) -> Result<HashMap<PartyKey, StatusCounts>> {
        if parties.is_empty() {
            return Ok(HashMap::new());
        }
        Ok(self.store.sum_counts_of_parties(actor, parties).await?.into_iter().collect())
    }

    /// The newest changes of a party and of its list of device types: for who administers it, or it from above.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a lesser role.
    pub async fn acts_on_party(
        &self,
        actor: &Actor,
        party: &View<Party>,
        most: i64,
    ) -> Result<Vec<PartyAct>> {
        if actor.role != Role::Admin || actor.sites.is_some() {
            return Err(Error::Forbidden);
        }
        self.store.find_acts_on_party(party, most).await
    }

    /// What stands in the way of closing a party.
    pub async fn party_remainder(&self, party: &View<Party>) -> Result<PartyRemainder> {
        self.store.find_party_remainder(party.key).await
    }

    /// Closes a party below which nothing lives: its people cannot sign in, its tokens do not work, it leaves the lists. All
    /// of it stays readable for those above, and can be opened again.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for its own people, [`Error::Stale`], [`Error::Conflict`] `party_not_empty`.
    pub async fn close_party(
        &self,
        actor: &Actor,
        party: Administer<Party>,
        version: Option<i64>,
        now: Timestamp,
    ) -> Result<Party> {
        let party = actor.administer_from_above(party.into_inner())?;
        if version.is_some_and(|version| version != party.version) {
            return Err(Error::Stale);
        }
        let audit = AuditRecord::new(actor, party.key, party.tenancy, Action::PartyClose, now)
            .on("party", party.id.uuid())
            .detail(serde_json::json!({ "closed": { "before": false, "after": true } }));
        self.store.close_party(&party, now, &audit).await?;
        self.store.find_party_by_key(party.key).await?.ok_or(Error::NotFound)
    }

    /// Opens a closed party again. [`Actor::reopen`] gives the right.
    ///
    /// # Errors
    /// [`Error::Stale`], [`Error::Conflict`] `party_closed_above`.
    pub async fn reopen_party(
        &self,
        actor: &Actor,
        party: Administer<Party>,
        version: Option<i64>,
        now: Timestamp,
    ) -> Result<Party> {
        if version.is_some_and(|version| version != party.version) {
            return Err(Error::Stale);
        }
        let audit = AuditRecord::new(actor, party.key, party.tenancy, Action::PartyReopen, now)
            .on("party", party.id.uuid())
            .detail(serde_json::json!({ "closed": { "before": true, "after": false } }));
        self.store.reopen_party(&party, &audit).await?;
        self.store.find_party_by_key(party.key).await?.ok_or(Error::NotFound)
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
        let contact = new.contact.as_deref();
        self.store.insert_party(id, new.kind, &parent, &new.name, domain.as_ref(), contact, now, audit).await
    }

    /// Renames a party, says how it is reached, gives it a SIP domain, and sets or clears (`None`) features.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when somebody sets the features or SIP domain of its own party, [`Error::Stale`],
    /// [`Error::Invalid`], [`Error::Taken`] `sip_domain_taken`, [`Error::Conflict`] `sip_domain_fixed`.
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
        if !change.features.is_empty() || change.sip_domain.is_some() {
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
        let sip_domain = match change.sip_domain.as_deref().map(str::trim) {
            None => Some(party.sip_domain.clone()),
            Some("") if party.kind == PartyKind::Provider => {
                errors.take(Err(FieldError::new("sip_domain", "required")))
            }
            Some("") => Some(None),
            Some(_) if !matches!(party.kind, PartyKind::Provider | PartyKind::Customer) => {
                errors.take(Err(FieldError::new("sip_domain", "sip_domain_not_for_operator")))
            }
            Some(text) => errors.take(SipDomain::parse(text)).map(Some),
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
        let update = PartyUpdate {
            name: name.unwrap_or_default(),
            features,
            contact: contact.unwrap_or_default(),
            sip_domain: sip_domain.flatten(),
        };
        if update.sip_domain != party.sip_domain && self.store.has_lines_below(&party).await? {
            return Err(Error::Conflict(FieldError::new("sip_domain", "sip_domain_fixed")));
        }
        let domain = |domain: &Option<SipDomain>| domain.as_ref().map(|domain| domain.as_str().to_owned());
        let mut detail = serde_json::Map::new();
        for (field, was, is) in [
            ("name", serde_json::json!(party.name), serde_json::json!(update.name)),
            ("contact", serde_json::json!(party.contact), serde_json::json!(update.contact)),
            (
                "sip_domain",
                serde_json::json!(domain(&party.sip_domain)),
                serde_json::json!(domain(&update.sip_domain)),
            ),
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
