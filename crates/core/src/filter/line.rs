//! What a list of line states is narrowed to. Its order is always the same: address, device, port.

use super::{DeviceFilter, fnv1a};
use crate::id::{PartyKey, SiteKey};
use crate::line_state::LineState;
use crate::party::PartyKind;
use crate::search::Search;

/// What a list of line states is narrowed to, already resolved to keys that the reader may see.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineFilter {
    /// Only this party's subtree.
    pub party: Option<(PartyKind, PartyKey)>,
    /// Only this site.
    pub site: Option<SiteKey>,
    /// Only lines in this state. A device without a line counts as *unregistered*, as it does in the list of devices.
    pub state: Option<LineState>,
    /// Only ports of these device types, by id: one that was chosen, or all of a kind.
    pub device_types: Option<Vec<String>>,
    /// Only ports of devices in which all of this is found.
    pub search: Option<Search>,
}

impl LineFilter {
    /// The devices whose ports are meant, whatever the state of each.
    pub fn of_devices(&self) -> DeviceFilter {
        DeviceFilter {
            party: self.party,
            site: self.site,
            device_types: self.device_types.clone(),
            search: self.search.clone(),
            ..DeviceFilter::default()
        }
    }

    /// One text for all filters that let through the same, however they were typed: the order of types and words, and
    /// whatever separates words, make no difference. Different texts may still let through the same.
    pub fn normalized(&self) -> String {
        let mut types = self.device_types.clone();
        if let Some(types) = &mut types {
            types.sort_unstable();
            types.dedup();
        }
        let terms = self.search.as_ref().map(|search| {
            let mut terms: Vec<String> = search.terms().iter().map(|term| format!("{term:?}")).collect();
            terms.sort_unstable();
            terms
        });
        // Debug quotes each text, so that none can pass for another's end.
        format!("{:?}", (self.party, self.site, self.state, types, terms))
    }

    /// Tells lists apart: a cursor of one is none of another.
    pub fn fingerprint(&self) -> u64 {
        fnv1a(&self.normalized())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn searching(text: &str) -> LineFilter {
        LineFilter { search: Search::parse(text).unwrap(), ..LineFilter::default() }
    }

    fn of_types(types: &[&str]) -> LineFilter {
        LineFilter {
            device_types: Some(types.iter().map(|id| (*id).to_owned()).collect()),
            ..LineFilter::default()
        }
    }

    #[test]
    fn equal_filters_have_equal_keys_however_they_were_typed() {
        for (one, other) in [
            (searching("lyon 203"), searching("  203\tLYON ")),
            (searching("00:15:65:AB:CD:EF"), searching("001565abcdef")),
            (searching(""), LineFilter::default()),
            (of_types(&["a", "b"]), of_types(&["b", "a", "b"])),
        ] {
            assert_eq!(one.normalized(), other.normalized());
            assert_eq!(one.fingerprint(), other.fingerprint());
        }
    }

    #[test]
    fn filters_that_differ_have_keys_that_differ() {
        let all = [
            LineFilter::default(),
            LineFilter { party: Some((PartyKind::Customer, PartyKey(1))), ..LineFilter::default() },
            LineFilter { party: Some((PartyKind::Operator, PartyKey(1))), ..LineFilter::default() },
            LineFilter { site: Some(SiteKey(1)), ..LineFilter::default() },
            LineFilter { state: Some(LineState::Aged), ..LineFilter::default() },
            LineFilter { state: Some(LineState::Registered), ..LineFilter::default() },
            of_types(&[]),
            of_types(&["a"]),
            of_types(&["a", "b"]),
            of_types(&["a\", \"b"]),
            searching("lyon"),
            searching("%"),
            // An address is not the text of its digits.
            searching("10.20"),
            searching("1020"),
        ];
        let keys: std::collections::HashSet<String> = all.iter().map(LineFilter::normalized).collect();
        assert_eq!(keys.len(), all.len(), "{keys:#?}");
    }
}
