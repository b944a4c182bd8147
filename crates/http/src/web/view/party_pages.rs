//! The pages of the parties below: the list, one party, making, changing and closing it.

use askama::Template;
use tonalite_core::text::Locale;

use super::choice::Choice;
use super::form::FormErrors;
use super::frame::Frame;
use super::site_pages::SiteListRow;
use super::state_counts::CountsView;

/// `parties/below.html`
#[derive(Template)]
#[template(path = "parties/below.html")]
pub(crate) struct PartiesPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    /// What is looked for, as typed.
    pub(crate) q: String,
    /// As it may be repeated in a sentence.
    pub(crate) searched: Option<String>,
    pub(crate) kinds: Vec<Choice>,
    pub(crate) closed: Vec<Choice>,
    /// The list is narrowed to what stands below this party: id and name.
    pub(crate) below: Option<(String, String)>,
    /// The reader's own party: address and name.
    pub(crate) own: (String, String),
    /// Where a party is made, for who may.
    pub(crate) new_address: Option<String>,
    pub(crate) rows: Vec<BelowRow>,
    pub(crate) on_first_page: bool,
    pub(crate) first_address: String,
    pub(crate) next_address: Option<String>,
}

/// One party of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BelowRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    /// "Cordial Télécom › Rhône Réseaux"; empty directly below the reader.
    pub(crate) place: String,
    pub(crate) is_closed: bool,
    pub(crate) counts: CountsView,
}

/// `parties/page.html`
#[derive(Template)]
#[template(path = "parties/page.html")]
pub(crate) struct PartyPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    /// The parties above it that the reader sees, from the top: address and name.
    pub(crate) trail: Vec<(String, String)>,
    pub(crate) has_list: bool,
    /// What was just done.
    pub(crate) notice: Option<String>,
    /// "Closed on 12 Jan 2026", when it is.
    pub(crate) closed: Option<String>,
    pub(crate) version: i64,
    pub(crate) may_edit: bool,
    /// Whether the reader closes and opens it.
    pub(crate) may_close: bool,
    /// Whether the reader may look into Party Manager.
    pub(crate) may_administer: bool,
    /// Where a party below is made, for who may.
    pub(crate) new_address: Option<String>,
    /// Where a site is made, for who may.
    pub(crate) new_site_address: Option<String>,
    pub(crate) sip_domain: Option<String>,
    pub(crate) contact: Option<String>,
    pub(crate) counts: CountsView,
    pub(crate) is_customer: bool,
    pub(crate) sites: Vec<SiteListRow>,
    pub(crate) has_more_sites: bool,
}

/// `parties/form.html`
#[derive(Template)]
#[template(path = "parties/form.html")]
pub(crate) struct PartyFormPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) title: String,
    pub(crate) subtitle: String,
    pub(crate) action: String,
    pub(crate) submit: String,
    pub(crate) cancel_address: String,
    pub(crate) version: i64,
    /// The party above, of one to be made.
    pub(crate) below: String,
    /// Levels to choose from; none where it is fixed.
    pub(crate) kinds: Vec<Choice>,
    pub(crate) name: String,
    pub(crate) contact: String,
    /// For who may set it.
    pub(crate) sip_domain: Option<String>,
    pub(crate) form_errors: FormErrors,
    pub(crate) is_stale: bool,
}

/// `parties/close.html`
#[derive(Template)]
#[template(path = "parties/close.html")]
pub(crate) struct PartyClosePage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: i64,
    /// What stands in the way, with how many, and where it is found.
    pub(crate) in_the_way: Vec<(String, String)>,
    /// Why it was not done just now.
    pub(crate) problem: Option<String>,
}
