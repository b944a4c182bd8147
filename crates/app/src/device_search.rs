//! What people call device types, for the search: the store knows only their ids.

use std::sync::OnceLock;

use tonalite_catalog::{DeviceType, catalog};
use tonalite_core::filter::{DeviceFilter, LineFilter};
use tonalite_core::search::{Search, searchable};

/// The filter with the models that are meant by each term although their id does not say it.
pub(crate) fn with_types(filter: &DeviceFilter) -> DeviceFilter {
    DeviceFilter { search: filter.search.clone().map(naming_types), ..filter.clone() }
}

/// The same for a list of lines.
pub(crate) fn lines_with_types(filter: &LineFilter) -> LineFilter {
    LineFilter { search: filter.search.clone().map(naming_types), ..filter.clone() }
}

fn naming_types(mut search: Search) -> Search {
    for term in search.terms_mut() {
        term.device_types = if term.is_long() { called(&term.text) } else { Vec::new() };
    }
    search
}

/// The ids of the types that have the term in their name or an alias, with or without its spaces, and not in their id:
/// there the store finds it by itself.
fn called(term: &str) -> Vec<String> {
    struct Called {
        id: &'static str,
        found_by_itself: String,
        names: Vec<String>,
    }
    static CALLED: OnceLock<Vec<Called>> = OnceLock::new();
    let names = |device_type: &'static DeviceType| {
        let all = device_type.aliases.iter().chain([&device_type.name, &device_type.id]);
        all.flat_map(|name| {
            let name = searchable(name);
            [name.replace(' ', ""), name]
        })
        .collect()
    };
    let called = CALLED.get_or_init(|| {
        let types = catalog().types().iter();
        types.map(|t| Called { id: &t.id, found_by_itself: searchable(&t.id), names: names(t) }).collect()
    });
    called
        .iter()
        .filter(|called| {
            !called.found_by_itself.contains(term) && called.names.iter().any(|name| name.contains(term))
        })
        .map(|called| called.id.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_found_by_what_people_call_them() {
        assert_eq!(called("t54w"), Vec::<String>::new(), "the id says it");
        assert!(called("yealinkt54w").contains(&"yealink-t54w".to_owned()));
        assert_eq!(called("nothingofthekind"), Vec::<String>::new());
        let aliased = catalog().types().iter().find(|t| {
            t.aliases.iter().any(|alias| !searchable(&t.id).contains(&searchable(alias).replace(' ', "")))
        });
        let aliased = aliased.expect("the catalogue has aliases");
        let alias = aliased.aliases.iter().map(|alias| searchable(alias).replace(' ', ""));
        assert!(alias.into_iter().any(|alias| called(&alias).contains(&aliased.id)), "{aliased:?}");
    }
}
