//! The list of Party Manager: the parties below, found by name.

use askama::Template;
use tonalite_app::PlacedParty;
use tonalite_core::party::{Feature, PartyKind};
use tonalite_core::text::Locale;

use super::choice::Choice;
use super::frame::Frame;

/// `parties/list.html`
#[derive(Template)]
#[template(path = "parties/list.html")]
pub(crate) struct PartyListPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    /// What is looked for, as typed.
    pub(crate) q: String,
    /// As it may be repeated in a sentence.
    pub(crate) searched: Option<String>,
    pub(crate) kinds: Vec<Choice>,
    /// The list is narrowed to what stands below this party: id and name.
    pub(crate) below: Option<(String, String)>,
    /// The reader's own party: address and name.
    pub(crate) own: (String, String),
    pub(crate) rows: Vec<PartyRow>,
    pub(crate) on_first_page: bool,
    pub(crate) first_address: String,
    pub(crate) next_address: Option<String>,
}

/// One party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PartyRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    /// "Cordial Télécom › Rhône Réseaux"; empty directly below the reader.
    pub(crate) place: String,
    /// What is set for it: "Reboot of devices: off".
    pub(crate) set: Vec<String>,
}

impl PartyRow {
    /// A party in words.
    pub(crate) fn new(t: Locale, placed: &PlacedParty) -> PartyRow {
        let party = &placed.party;
        let above: Vec<&str> = placed.provider.iter().chain(&placed.operator).map(String::as_str).collect();
        let set = Feature::ALL.into_iter().filter(|feature| feature.exists()).filter_map(|feature| {
            let state = switch(t, party.features.get(feature)?);
            Some(t.with("party-set", &[("feature", t.feature(feature).into()), ("state", state.into())]))
        });
        PartyRow {
            id: party.id.to_string(),
            name: party.name.clone(),
            kind: kind(t, party.kind),
            place: above.join(" › "),
            set: set.collect(),
        }
    }
}

/// *on* or *off*, within a sentence.
pub(crate) fn switch(t: Locale, on: bool) -> String {
    t.text(if on { "party-on" } else { "party-off" })
}

/// What a party of this level is called.
pub(crate) fn kind(t: Locale, kind: PartyKind) -> String {
    t.text(&format!("party-kind-{}", kind.as_str()))
}
