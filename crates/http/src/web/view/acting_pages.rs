//! Choosing a customer to act for, and the banner that says for whom one acts.

use askama::Template;
use tonalite_app::{Acting, PlacedParty};
use tonalite_core::text::Locale;
use tonalite_core::time::Timestamp;

use super::frame::Frame;

/// `acting.html`
#[derive(Template)]
#[template(path = "acting.html")]
pub(crate) struct ActingPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    /// What is looked for, as typed.
    pub(crate) q: String,
    /// As it may be repeated in a sentence.
    pub(crate) searched: Option<String>,
    pub(crate) rows: Vec<CustomerRow>,
    pub(crate) on_first_page: bool,
    pub(crate) first_address: String,
    pub(crate) next_address: Option<String>,
}

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CustomerRow {
    pub(crate) id: String,
    pub(crate) name: String,
    /// "Cordial Télécom › Rhône Réseaux"; empty directly below the reader.
    pub(crate) place: String,
}

impl CustomerRow {
    /// Of a party with what stands above it.
    pub(crate) fn new(placed: &PlacedParty) -> CustomerRow {
        let above: Vec<&str> = placed.provider.iter().chain(&placed.operator).map(String::as_str).collect();
        CustomerRow {
            id: placed.party.id.to_string(),
            name: placed.party.name.clone(),
            place: above.join(" › "),
        }
    }
}

/// What stands on every page while somebody acts for a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Banner {
    /// Name of the customer.
    pub(crate) customer: String,
    /// Minutes until it ends by itself.
    pub(crate) minutes: i64,
}

impl Banner {
    /// Of what a session says.
    pub(crate) fn new(acting: &Acting, now: Timestamp) -> Banner {
        Banner {
            customer: acting.name.clone(),
            minutes: (acting.until.since(now).0.max(0) + 59_999) / 60_000,
        }
    }
}
