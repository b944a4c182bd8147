//! Party Manager over many parties: what holds at each, what is set there, what differs from above; and the question before
//! all of the chosen ones are changed.

use askama::Template;
use tonalite_core::feature::{Features, Standing};
use tonalite_core::party::{Feature, FeatureSettings, Party};
use tonalite_core::text::Locale;

use super::choice::Choice;
use super::frame::Frame;
use super::party_types::Maker;

/// `parties/many.html`
#[derive(Template)]
#[template(path = "parties/many.html")]
pub(crate) struct PartyManyPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) q: String,
    pub(crate) searched: Option<String>,
    pub(crate) kinds: Vec<Choice>,
    pub(crate) differs: Vec<Choice>,
    /// The list is narrowed to what stands below this party: id and name.
    pub(crate) below: Option<(String, String)>,
    /// Names of the features, as headings.
    pub(crate) heads: Vec<String>,
    pub(crate) rows: Vec<ManyRow>,
    /// "All 1,204 that match", where there are more than the page shows.
    pub(crate) all: Option<String>,
    /// What may be set, by what it is set for.
    pub(crate) acts: Vec<(String, Vec<Choice>)>,
    pub(crate) notice: Option<String>,
    pub(crate) problem: Option<String>,
    pub(crate) on_first_page: bool,
    pub(crate) first_address: String,
    pub(crate) next_address: Option<String>,
}

/// One party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ManyRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) place: String,
    /// In the order of the headings.
    pub(crate) cells: Vec<ManyCell>,
    /// "Inherited", or "A list of its own (12)".
    pub(crate) types: String,
    pub(crate) has_own_types: bool,
}

/// One feature of one party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ManyCell {
    pub(crate) label: String,
    pub(crate) on: bool,
    /// *On* or *Off*.
    pub(crate) state: String,
    /// It is set here.
    pub(crate) is_set: bool,
    /// It is otherwise than at the party above.
    pub(crate) differs: bool,
}

impl ManyCell {
    /// What holds for a feature at the end of a chain.
    pub(crate) fn new(t: Locale, features: &Features, feature: Feature) -> ManyCell {
        let chain = features.chain();
        let above = chain.split_last().map_or(&[][..], |(_, above)| above);
        let above: Vec<FeatureSettings> = above.iter().map(|party: &Party| party.features).collect();
        let on = features.is_on(feature);
        ManyCell {
            label: t.feature(feature),
            on,
            state: t.text(if on { "party-state-on" } else { "party-state-off" }),
            is_set: chain.last().is_some_and(|party| party.features.get(feature).is_some()),
            differs: on != Standing::of(feature, &above).on,
        }
    }
}

/// `parties/many_confirm.html`
#[derive(Template)]
#[template(path = "parties/many_confirm.html")]
pub(crate) struct PartyManyConfirmPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) title: String,
    /// What is set.
    pub(crate) what: String,
    /// How many are changed, and how many have it already.
    pub(crate) count: String,
    /// The first of those that are changed.
    pub(crate) first: Vec<String>,
    pub(crate) more: Option<String>,
    pub(crate) problem: Option<String>,
    /// Everything that was chosen, to be sent again.
    pub(crate) hidden: Vec<(String, String)>,
    /// Types to choose from, where a list is set.
    pub(crate) makers: Vec<Maker>,
    pub(crate) cancel_address: String,
    pub(crate) may_submit: bool,
}
