//! Parties: the tree, and the features that one party switches on for another.

use tonalite_core::access::{Actor, Administer, Scope, View};
use tonalite_core::error::FieldError;
use tonalite_core::id::PartyId;
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::party::{Feature, FeatureSettings, NewParty, Party, PartyKind, SipDomain};
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result, name};
use tonalite_store::AuditRecord;

use crate::App;

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

    /// Parties that the actor sees, its own included; narrowed to the subtree of one.
    pub async fn page_parties(
        &self,
        actor: &Actor,
        below: Option<&View<Party>>,
        kind: Option<PartyKind>,
        limit: Limit,
        after: Option<Cursor>,
    ) -> Result<Page<Party>> {
        self.store.page_parties(actor, below.map(|party| scope_of(party)), kind, limit, after.as_ref()).await
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
        let audit = AuditRecord::new(actor, parent.key, parent.tenancy, "party.create", now)
            .on("party", id.uuid())
            .detail(serde_json::json!({ "kind": new.kind.as_str(), "name": new.name }));
        self.store.insert_party(id, new.kind, &parent, &new.name, domain.as_ref(), now, audit).await
    }

    /// Renames a party, and sets or clears (`None`) features.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when somebody sets the features of its own party, [`Error::Stale`], [`Error::Invalid`].
    pub async fn update_party(
        &self,
        actor: &Actor,
        party: Administer<Party>,
        version: Option<i64>,
        new_name: Option<String>,
        features: Vec<(Feature, Option<bool>)>,
        now: Timestamp,
    ) -> Result<Party> {
        if version.is_some_and(|version| version != party.version) {
            return Err(Error::Stale);
        }
        if !features.is_empty() {
            actor.administer_from_above(party.clone().into_inner())?;
        }
        let new_name = match new_name {
            Some(text) => name::required("name", &text, 120).map_err(|error| Error::Invalid(vec![error]))?,
            None => party.name.clone(),
        };
        let mut settings = party.features;
        let mut changed = serde_json::Map::new();
        for (feature, on) in features {
            settings.set(feature, on);
            changed.insert(feature.as_str().to_owned(), serde_json::json!(on));
        }
        let audit = AuditRecord::new(actor, party.key, party.tenancy, "party.update", now)
            .on("party", party.id.uuid())
            .detail(serde_json::json!({ "name": new_name, "features": changed }));
        self.store.update_party(&party, &new_name, &settings, &audit).await
    }

    /// What is switched on for a party, with all that is set above it.
    pub async fn effective_features(&self, party: &Party) -> Result<FeatureSettings> {
        let chain = self.store.find_ancestry(party.key).await?;
        let settings: Vec<FeatureSettings> = chain.iter().map(|party| party.features).collect();
        Ok(FeatureSettings::effective(&settings))
    }

    /// # Errors
    /// [`Error::FeatureDisabled`].
    pub(crate) async fn require_feature(&self, party: &Party, feature: Feature) -> Result<()> {
        match self.effective_features(party).await?.get(feature) {
            Some(true) => Ok(()),
            _ => Err(Error::FeatureDisabled(feature)),
        }
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

pub(crate) fn scope_of(party: &Party) -> Scope {
    Scope { kind: party.kind, party: party.key }
}
