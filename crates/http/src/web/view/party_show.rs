//! The page of one party in Party Manager: what is switched on for it and why, its device types, sites and contact.

use askama::Template;
use tonalite_app::PartyAct;
use tonalite_core::feature::{Features, Standing};
use tonalite_core::party::{Feature, FeatureSettings, Party, PartyKind};
use tonalite_core::text::Locale;

use super::choice::Choice;
use super::form::FormErrors;
use super::frame::Frame;
use super::party_list::switch;
use super::times::{Moment, Times};

/// `parties/show.html`
#[derive(Template)]
#[template(path = "parties/show.html")]
pub(crate) struct PartyShowPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) version: i64,
    /// The parties above it that the reader sees, from the top: address and name.
    pub(crate) trail: Vec<(String, String)>,
    /// Whether there is a list to go back to.
    pub(crate) has_list: bool,
    /// What was just done.
    pub(crate) notice: Option<String>,
    /// Why it was not.
    pub(crate) problem: Option<String>,
    pub(crate) features: Vec<FeatureRow>,
    /// Who sets these, where it is not the reader.
    pub(crate) set_by: Option<String>,
    pub(crate) types: TypesSummary,
    /// Who says how the party is reached: the reader, else it is only shown.
    pub(crate) may_contact: bool,
    /// As it is, or as it was typed.
    pub(crate) contact: String,
    pub(crate) form_errors: FormErrors,
    /// Whether it is a customer, which has sites.
    pub(crate) is_customer: bool,
    pub(crate) sites: Vec<SiteRow>,
    pub(crate) more_sites: Option<String>,
    /// What was done last.
    pub(crate) changes: Vec<ChangeRow>,
}

/// A change of a party, and who made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChangeRow {
    pub(crate) moment: Moment,
    pub(crate) who: String,
    /// "Reboot of devices: off; Contact".
    pub(crate) what: String,
}

impl ChangeRow {
    /// An act in words.
    pub(crate) fn new(t: Locale, times: &Times, act: &PartyAct) -> ChangeRow {
        let mut what = Vec::new();
        for feature in Feature::ALL {
            let Some(on) = act.detail.pointer(&format!("/features/after/{}", feature.as_str())) else {
                continue;
            };
            let state = match on.as_bool() {
                Some(on) => switch(t, on),
                None => t.text("parties-changes-inherited"),
            };
            what.push(
                t.with("party-set", &[("feature", t.feature(feature).into()), ("state", state.into())]),
            );
        }
        for (field, key) in [
            ("name", "party-name"),
            ("contact", "party-contact"),
            ("sip_domain", "parties-sip_domain"),
            ("device_types", "party-types"),
        ] {
            if act.detail.get(field).is_some() {
                what.push(t.text(key));
            }
        }
        match act.action.as_str() {
            "approved_device_types.update" => what.push(t.text("party-types")),
            "party.close" => what.push(t.text("parties-saved-closed")),
            "party.reopen" => what.push(t.text("parties-saved-open")),
            _ => {}
        }
        ChangeRow {
            moment: times.moment(act.at),
            who: act.actor_name.clone().unwrap_or_else(|| t.text("parties-changes-system")),
            what: what.join(" · "),
        }
    }
}

/// One feature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FeatureRow {
    pub(crate) word: &'static str,
    pub(crate) label: String,
    pub(crate) about: String,
    pub(crate) on: bool,
    /// *On* or *Off*.
    pub(crate) state: String,
    /// Why.
    pub(crate) why: String,
    /// Inherited, on, off; for who may choose.
    pub(crate) choices: Vec<Choice>,
}

impl FeatureRow {
    /// What holds for a feature, and why.
    pub(crate) fn new(t: Locale, features: &Features, feature: Feature) -> FeatureRow {
        let chain = features.chain();
        let standing = features.standing(feature);
        let own = chain.last().and_then(|party| party.features.get(feature));
        let chosen = match own {
            Some(true) => "on",
            Some(false) => "off",
            None => "inherit",
        };
        let above: Vec<FeatureSettings> = chain
            .split_last()
            .map_or(&[][..], |(_, above)| above)
            .iter()
            .map(|party| party.features)
            .collect();
        let inherited = inherited(t, Standing::of(feature, &above), chain);
        let word = feature.as_str();
        FeatureRow {
            word,
            label: t.feature(feature),
            about: t.text(&format!("party-about-{word}")),
            on: standing.on,
            state: t.text(if standing.on { "party-state-on" } else { "party-state-off" }),
            why: why(t, standing, chain),
            choices: vec![
                Choice::new("inherit", inherited, chosen),
                Choice::new("on", t.text("party-choice-on"), chosen),
                Choice::new("off", t.text("party-choice-off"), chosen),
            ],
        }
    }
}

/// "Inherited (on, from Cordial Télécom)".
fn inherited(t: Locale, standing: Standing, chain: &[Party]) -> String {
    let state = switch(t, standing.on);
    match standing.decided_at.and_then(|at| chain.get(at)) {
        Some(party) => {
            let from = called(t, party);
            t.with("party-choice-inherit", &[("state", state.into()), ("party", from.into())])
        }
        None => t.with("party-choice-default", &[("state", state.into())]),
    }
}

fn why(t: Locale, standing: Standing, chain: &[Party]) -> String {
    let Some(at) = standing.decided_at else {
        return t.text(if standing.on { "party-why-default-on" } else { "party-why-default-off" });
    };
    let key = match (standing.on, at + 1 == chain.len()) {
        (true, true) => "party-why-on-here",
        (false, true) => "party-why-off-here",
        (true, false) => "party-why-on-above",
        (false, false) => "party-why-off-above",
    };
    let party = chain.get(at).map(|party| called(t, party)).unwrap_or_default();
    t.with(key, &[("party", party.into())])
}

/// A party in a sentence. Who runs the installation has no name for those below.
pub(crate) fn called(t: Locale, party: &Party) -> String {
    if party.kind == PartyKind::Platform { t.text("party-the-platform") } else { party.name.clone() }
}

/// A party as a title.
pub(crate) fn titled(t: Locale, party: &Party) -> String {
    if party.kind == PartyKind::Platform { t.text("party-kind-platform") } else { party.name.clone() }
}

/// Which device types are approved, and whose list that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypesSummary {
    /// "30 of 121 device types"
    pub(crate) count: String,
    /// Whose list it is.
    pub(crate) from: String,
    /// "Yealink 12", in the order of the catalogue.
    pub(crate) makers: Vec<(String, usize)>,
    /// Where the list is changed, for who may.
    pub(crate) address: Option<String>,
}

/// A site and its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SiteRow {
    pub(crate) name: String,
    /// "Inherited", or how many types it has of its own.
    pub(crate) types: String,
    /// Where it is changed, for who may.
    pub(crate) address: Option<String>,
}
