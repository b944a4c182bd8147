//! Choosing approved device types: all that are approved above, by maker; and the question before some are taken away.

use askama::Template;
use tonalite_app::DeviceType;
use tonalite_core::search::searchable;
use tonalite_core::text::{Arg, Locale};

use super::frame::Frame;

/// `parties/types.html`
#[derive(Template)]
#[template(path = "parties/types.html")]
pub(crate) struct PartyTypesPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    /// Of the party or site.
    pub(crate) name: String,
    pub(crate) action: String,
    pub(crate) back_address: String,
    pub(crate) version: i64,
    /// Whether it inherits.
    pub(crate) inherits: bool,
    /// "Whatever Cordial Télécom approves (30 device types)"
    pub(crate) inherit_label: String,
    /// What the list is narrowed to on this page, without script.
    pub(crate) q: String,
    pub(crate) makers: Vec<Maker>,
    /// Chosen, and not shown because of what is looked for.
    pub(crate) unseen: Vec<String>,
    /// "14 of 121 chosen"
    pub(crate) count: String,
    /// The same, to be filled in the browser.
    pub(crate) count_pattern: String,
    /// What is wrong.
    pub(crate) problems: Vec<String>,
}

/// The types of one maker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Maker {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) types: Vec<TypeBox>,
}

/// One type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypeBox {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) chosen: bool,
}

/// "14 of 121 chosen".
pub(crate) fn count(t: Locale, chosen: Arg, total: Arg) -> String {
    t.with("party-types-count", &[("chosen", chosen), ("total", total)])
}

/// Whether the name of a type has each word that is looked for.
pub(crate) fn is_found(device_type: &DeviceType, q: &str) -> bool {
    let text = searchable(&device_type.name);
    searchable(q).split(' ').all(|word| text.contains(word))
}

/// Types by maker, those alone whose name has each word of `q`; and which chosen ones are therefore not shown.
pub(crate) fn by_maker(types: &[&DeviceType], chosen: &[String], q: &str) -> (Vec<Maker>, Vec<String>) {
    let (mut makers, mut unseen): (Vec<Maker>, Vec<String>) = (Vec::new(), Vec::new());
    for device_type in types {
        let is_chosen = chosen.contains(&device_type.id);
        if !is_found(device_type, q) {
            unseen.extend(is_chosen.then(|| device_type.id.clone()));
            continue;
        }
        let shown = TypeBox { id: device_type.id.clone(), name: device_type.name.clone(), chosen: is_chosen };
        match makers.last_mut() {
            Some(maker) if maker.id == device_type.vendor => maker.types.push(shown),
            _ => makers.push(Maker {
                id: device_type.vendor.clone(),
                name: device_type.vendor_name.clone(),
                types: vec![shown],
            }),
        }
    }
    (makers, unseen)
}

/// `parties/types_confirm.html`
#[derive(Template)]
#[template(path = "parties/types_confirm.html")]
pub(crate) struct PartyTypesConfirmPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) name: String,
    pub(crate) action: String,
    pub(crate) version: i64,
    pub(crate) inherits: bool,
    /// What the list will hold.
    pub(crate) chosen: Vec<String>,
    /// Names of the types that are taken away, with how many devices there are of each.
    pub(crate) taken: Vec<String>,
    /// What that means.
    pub(crate) consequences: Vec<String>,
}
