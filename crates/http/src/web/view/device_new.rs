//! The window *Add a Ported Device*: site, device, MAC address.

use askama::Template;
use tonalite_core::text::Locale;

use super::choice::Choice;
use super::form::FormErrors;
use super::frame::Frame;

/// `devices/new.html`
#[derive(Template)]
#[template(path = "devices/new.html")]
pub(crate) struct DeviceNewPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) sites: Vec<Choice>,
    /// Types approved for the chosen site, by maker; empty until a site is chosen.
    pub(crate) types: Vec<TypeGroup>,
    /// As typed.
    pub(crate) mac: String,
    pub(crate) form_errors: FormErrors,
    /// The reader's own device that has the address already.
    pub(crate) taken_address: Option<String>,
    /// Whom to ask for a model that is not listed, and how; one sentence each.
    pub(crate) not_listed: Vec<String>,
    /// Where the reader can approve more.
    pub(crate) approve_address: Option<String>,
}

/// The types of one maker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypeGroup {
    pub(crate) vendor: String,
    pub(crate) options: Vec<Choice>,
}

impl TypeGroup {
    /// Groups `(vendor, id, name)` by vendor, in the order in which vendors first come.
    pub(crate) fn of<'a>(
        types: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>,
        chosen: &str,
    ) -> Vec<TypeGroup> {
        let mut groups: Vec<TypeGroup> = Vec::new();
        for (vendor, id, name) in types {
            let option = Choice::new(id, name, chosen);
            match groups.iter_mut().find(|group| group.vendor == vendor) {
                Some(group) => group.options.push(option),
                None => groups.push(TypeGroup { vendor: vendor.to_owned(), options: vec![option] }),
            }
        }
        groups
    }
}
