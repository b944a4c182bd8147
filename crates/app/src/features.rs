//! Which features hold for a party. They are read anew for each act: what is switched off is refused from that moment on,
//! on a page that is open as well.

use std::collections::HashMap;

use tonalite_core::feature::{Contact, Features};
use tonalite_core::id::PartyKey;
use tonalite_core::party::{Feature, FeatureSettings, Party};
use tonalite_core::{Error, Result};

use crate::App;

impl App {
    /// The features of one party, with all that is set above it: one statement.
    pub async fn features_of(&self, party: PartyKey) -> Result<Features> {
        Ok(Features::new(self.store.find_ancestry(party).await?))
    }

    /// The features of the parties of one page of a list: one statement for all of them.
    pub async fn features_of_all(
        &self,
        parties: impl IntoIterator<Item = PartyKey>,
    ) -> Result<HashMap<PartyKey, Features>> {
        let mut keys: Vec<PartyKey> = parties.into_iter().collect();
        keys.sort_unstable();
        keys.dedup();
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let chains = self.store.find_ancestries(&keys).await?;
        Ok(chains.into_iter().map(|(key, chain)| (key, Features::new(chain))).collect())
    }

    /// What is switched on for a party, with all that is set above it.
    pub async fn effective_features(&self, party: &Party) -> Result<FeatureSettings> {
        Ok(self.features_of(party.key).await?.effective())
    }

    /// # Errors
    /// [`Error::FeatureDisabled`].
    pub async fn require_feature(&self, party: &Party, feature: Feature) -> Result<()> {
        match self.features_of(party.key).await?.off(feature) {
            None => Ok(()),
            Some(off) => Err(Error::FeatureDisabled(Box::new(off))),
        }
    }

    /// Whom the people of a customer ask for what only a party above can give.
    pub async fn contact_above(&self, customer: PartyKey) -> Result<Option<Contact>> {
        Ok(Contact::nearest(&self.store.find_ancestry(customer).await?))
    }
}
