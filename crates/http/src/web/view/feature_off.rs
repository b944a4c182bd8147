//! What stands in the place of a button whose feature is off: that it is, who can switch it on, and whom to ask.

use tonalite_core::access::Actor;
use tonalite_core::feature::FeatureOff;
use tonalite_core::text::Locale;

/// `parts/feature_off.html`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FeatureOffView {
    /// All that is to be said.
    pub(crate) text: String,
    /// Where this very reader can switch it on.
    pub(crate) address: Option<String>,
}

impl FeatureOffView {
    /// A feature that is off, for this reader.
    pub(crate) fn new(t: Locale, actor: &Actor, off: &FeatureOff) -> FeatureOffView {
        let party = off.party.as_ref().filter(|_| off.may_be_switched_by(actor));
        FeatureOffView {
            text: t.feature_off(off),
            address: party.map(|party| format!("/party-manager/{}", party.id)),
        }
    }
}
