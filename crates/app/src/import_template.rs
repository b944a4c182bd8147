//! What stands in the template of an import: the types that may be added and the sites that one sees, and nothing else.

use tonalite_catalog::Kind;
use tonalite_core::access::{Actor, View};
use tonalite_core::csv::template::TemplateContent;
use tonalite_core::page::Limit;
use tonalite_core::party::{Feature, Party, PartyKind};
use tonalite_core::portal_user::Role;
use tonalite_core::{Error, Result};

use crate::App;

/// More than anybody scrolls through; each is asked for its approved types.
const MOST_SITES: usize = 500;

impl App {
    /// The rows of the template of a customer, for this person.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a role below manager, [`Error::Invalid`] `not_a_customer`, [`Error::FeatureDisabled`].
    pub async fn import_template(&self, actor: &Actor, customer: &View<Party>) -> Result<TemplateContent> {
        if !actor.role.includes(Role::Manager) {
            return Err(Error::Forbidden);
        }
        if customer.kind != PartyKind::Customer {
            return Err(Error::invalid("party_id", "not_a_customer"));
        }
        self.require_feature(customer, Feature::DeviceImport).await?;
        let types = self.approved_for_party(customer).await?;
        let limit = Limit::parse("200").unwrap_or(Limit::DEFAULT);
        let (mut sites, mut after) = (Vec::new(), None);
        loop {
            let page = self.page_sites(actor, Some(customer), limit, after).await?;
            sites.extend(page.items);
            after = page.next;
            if after.is_none() || sites.len() >= MOST_SITES {
                break;
            }
        }
        let more_sites = after.is_some() || sites.len() > MOST_SITES;
        sites.truncate(MOST_SITES);
        let mut approved = Vec::with_capacity(sites.len());
        for site in &sites {
            let here = self.approved_at_site(site).await?;
            let flags: Vec<bool> =
                types.iter().map(|kind| here.iter().any(|other| other.id == kind.id)).collect();
            approved.push(flags);
        }
        let chain_ids = Self::may_change_chain_id(actor, customer.tenancy)
            && types.iter().any(|device_type| device_type.kind == Kind::DectBase);
        let types: Vec<String> = types.iter().map(|kind| kind.name.clone()).collect();
        let sites: Vec<String> = sites.into_iter().map(|site| site.name).collect();
        let content = TemplateContent::of(&types, &sites, |kind, site| approved[site][kind]);
        Ok(TemplateContent { more_sites, chain_ids, ..content })
    }
}
