//! Import of devices, up to the upload: the menu, the choice of a customer, the form.

use askama::Template;
use tonalite_core::text::Locale;

use super::choice::Choice;
use super::device_new::TypeGroup;
use super::feature_off::FeatureOffView;
use super::form::FormErrors;
use super::frame::Frame;

/// The menu on the list of devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ImportMenu {
    pub(crate) template_address: String,
    /// Whether that is the file itself; else the way to it leads over the choice of a customer.
    pub(crate) is_file: bool,
    pub(crate) new_address: String,
    pub(crate) list_address: String,
    /// Why there can be no import at all, and who can change that.
    pub(crate) off: Option<FeatureOffView>,
}

impl ImportMenu {
    /// Of one customer, or of somebody who has to choose one first.
    pub(crate) fn new(party_id: Option<&str>) -> ImportMenu {
        let of = |path: &str| match party_id {
            Some(id) => format!("{path}?party_id={id}"),
            None => path.to_owned(),
        };
        ImportMenu {
            template_address: if party_id.is_some() {
                of("/imports/template.csv")
            } else {
                of("/imports/new")
            },
            is_file: party_id.is_some(),
            new_address: of("/imports/new"),
            list_address: of("/imports"),
            off: None,
        }
    }
}

/// `imports/new.html`
#[derive(Template)]
#[template(path = "imports/new.html")]
pub(crate) struct ImportNewPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) party_id: String,
    /// Name of the customer, for people who have several.
    pub(crate) customer: Option<String>,
    /// The way to another one.
    pub(crate) other_address: Option<String>,
    /// Why there can be no import at all, and who can change that.
    pub(crate) off: Option<FeatureOffView>,
    pub(crate) sites: Vec<Choice>,
    /// The same sites, for the addresses that are typed.
    pub(crate) paste_sites: Vec<Choice>,
    pub(crate) types: Vec<TypeGroup>,
    pub(crate) chosen: Chosen,
    pub(crate) form_errors: FormErrors,
    /// Bytes of the largest file: our script refuses a larger one before it is sent.
    pub(crate) limit: u64,
}

/// What was chosen so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub(crate) mode: &'static str,
    pub(crate) at_once: bool,
    pub(crate) macs: String,
}

impl Default for Chosen {
    fn default() -> Chosen {
        Chosen { mode: "add", at_once: true, macs: String::new() }
    }
}

/// `imports/customer.html`
#[derive(Template)]
#[template(path = "imports/customer.html")]
pub(crate) struct ImportCustomerPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    /// Where the choice leads.
    pub(crate) action: &'static str,
    pub(crate) q: String,
    pub(crate) customers: Vec<CustomerPick>,
    /// Whether there are more than are shown.
    pub(crate) more: bool,
}

/// A customer to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CustomerPick {
    pub(crate) name: String,
    pub(crate) address: String,
}
