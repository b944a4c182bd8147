//! The pages of sites: the list, one site, making and changing it, and what stands in the way of deleting it.

use askama::Template;
use tonalite_core::site::Site;
use tonalite_core::text::Locale;

use super::choice::Choice;
use super::form::FormErrors;
use super::frame::Frame;
use super::state_counts::CountsView;

/// `sites/list.html`
#[derive(Template)]
#[template(path = "sites/list.html")]
pub(crate) struct SitesPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) q: String,
    pub(crate) searched: Option<String>,
    /// The list is narrowed to this party: id and name.
    pub(crate) party: Option<(String, String)>,
    pub(crate) shows_customer: bool,
    pub(crate) new_address: Option<String>,
    pub(crate) notice: Option<String>,
    pub(crate) rows: Vec<SiteListRow>,
    pub(crate) on_first_page: bool,
    pub(crate) first_address: String,
    pub(crate) next_address: Option<String>,
}

/// One site of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SiteListRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) customer: String,
    pub(crate) customer_id: String,
    pub(crate) code: String,
    pub(crate) time_zone: String,
    pub(crate) counts: CountsView,
}

impl SiteListRow {
    /// A site in words.
    pub(crate) fn new(site: &Site, counts: CountsView) -> SiteListRow {
        SiteListRow {
            id: site.id.to_string(),
            name: site.name.clone(),
            customer: site.customer_name.clone(),
            customer_id: site.customer_id.to_string(),
            code: site.code.clone().unwrap_or_default(),
            time_zone: site.time_zone.as_str().to_owned(),
            counts,
        }
    }
}

/// `sites/show.html`
#[derive(Template)]
#[template(path = "sites/show.html")]
pub(crate) struct SitePage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) site: SiteListRow,
    pub(crate) language: String,
    /// Its devices.
    pub(crate) devices_address: String,
    /// Address of the customer's page, for who sees more than one.
    pub(crate) customer_address: Option<String>,
    pub(crate) notice: Option<String>,
    pub(crate) is_closed: bool,
    pub(crate) may_manage: bool,
    pub(crate) may_administer: bool,
}

/// `sites/form.html`
#[derive(Template)]
#[template(path = "sites/form.html")]
pub(crate) struct SiteFormPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) title: String,
    pub(crate) subtitle: String,
    pub(crate) action: String,
    pub(crate) submit: String,
    pub(crate) cancel_address: String,
    pub(crate) version: i64,
    /// The customer, of a site to be made.
    pub(crate) party_id: String,
    pub(crate) name: String,
    pub(crate) code: String,
    pub(crate) time_zone: String,
    pub(crate) languages: Vec<Choice>,
    /// Names of all time zones.
    pub(crate) zones: Vec<String>,
    pub(crate) form_errors: FormErrors,
    pub(crate) is_stale: bool,
}

/// `sites/delete.html`
#[derive(Template)]
#[template(path = "sites/delete.html")]
pub(crate) struct SiteDeletePage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: i64,
    /// What is there, with how many, and where it is found.
    pub(crate) in_the_way: Vec<(String, String)>,
    pub(crate) problem: Option<String>,
}
