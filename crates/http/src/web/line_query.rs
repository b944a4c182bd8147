//! The address of the list of line states: everything that narrows and shows it.

use tonalite_core::device::short;
use tonalite_core::error::FieldError;
use tonalite_core::filter::LineFilter;
use tonalite_core::line_state::LineState;
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::search::Search;
use tonalite_core::{Error, Result};

use super::list_address::{ListAddress, written};
use super::view::line_columns::Columns;

/// What an address says. Texts are as they were sent; [`LineQuery::read`] has found each readable.
#[derive(Debug, Clone, Default)]
pub(super) struct LineQuery {
    pub(super) q: String,
    pub(super) site: String,
    pub(super) device_type: String,
    pub(super) kind: String,
    pub(super) state: Option<LineState>,
    pub(super) columns: Columns,
    pub(super) limit: Option<Limit>,
    pub(super) after: Option<Cursor>,
    /// What is looked for.
    pub(super) search: Option<Search>,
}

impl ListAddress for LineQuery {
    /// # Errors
    /// [`Error::Invalid`] with all that is wrong, a name that the page does not know included.
    fn read(pairs: &[(String, String)]) -> Result<LineQuery> {
        let mut query = LineQuery::default();
        let mut errors = Vec::new();
        for (name, value) in pairs {
            let given = !value.trim().is_empty();
            let read = match name.as_str() {
                "q" => Search::parse(value).map(|search| {
                    query.q = search.as_ref().map_or_else(String::new, |search| search.text().to_owned());
                    query.search = search;
                }),
                "site" => keep(&mut query.site, value),
                "type" => keep(&mut query.device_type, value),
                "kind" => keep(&mut query.kind, value),
                "columns" => Columns::parse(value).map(|columns| query.columns = query.columns.with(columns)),
                // What a form sends for "all".
                "state" | "limit" | "after" if !given => Ok(()),
                "state" => LineState::parse(value)
                    .map(|state| query.state = Some(state))
                    .ok_or_else(|| FieldError::new("state", "unknown_value").with("value", short(value))),
                "limit" => Limit::parse(value).map(|limit| query.limit = Some(limit)),
                "after" => Cursor::decode(value).map(|cursor| query.after = Some(cursor)),
                other => Err(FieldError::new(short(other), "unknown_parameter")),
            };
            errors.extend(read.err());
        }
        if errors.is_empty() { Ok(query) } else { Err(Error::Invalid(errors)) }
    }

    fn first(&self) -> LineQuery {
        LineQuery { after: None, ..self.clone() }
    }

    fn is_typed_on_from(&self, before: &LineQuery) -> bool {
        !before.q.is_empty() && before.without_search().address() == self.without_search().address()
    }

    fn address(&self) -> String {
        let limit = self.limit.filter(|limit| *limit != Limit::DEFAULT);
        written(
            "/line-states",
            &[
                ("q", self.q.clone()),
                ("site", self.site.clone()),
                ("type", self.device_type.clone()),
                ("kind", self.kind.clone()),
                ("state", self.state.map_or("", LineState::as_str).to_owned()),
                ("columns", self.columns.to_string()),
                ("limit", limit.map_or_else(String::new, |limit| limit.get().to_string())),
                ("after", self.after.as_ref().map_or_else(String::new, Cursor::encode)),
            ],
        )
    }
}

impl LineQuery {
    /// Whether anything hides rows.
    pub(super) fn is_narrowed(&self) -> bool {
        self.search.is_some() || self.has_filters()
    }

    /// Whether anything but the search hides rows.
    pub(super) fn has_filters(&self) -> bool {
        !(self.site.is_empty() && self.device_type.is_empty() && self.kind.is_empty()) || self.state.is_some()
    }

    /// Rows of a page.
    pub(super) fn limit(&self) -> Limit {
        self.limit.unwrap_or(Limit::DEFAULT)
    }

    /// The filter, with what the caller has resolved.
    pub(super) fn filter(&self, device_types: Option<Vec<String>>) -> LineFilter {
        LineFilter { party: None, site: None, state: self.state, device_types, search: self.search.clone() }
    }

    /// The same list without what narrows it; how it is shown stays.
    pub(super) fn without_filters(&self) -> LineQuery {
        LineQuery { columns: self.columns, limit: self.limit, ..LineQuery::default() }
    }

    /// The same list without what is looked for.
    pub(super) fn without_search(&self) -> LineQuery {
        LineQuery { q: String::new(), search: None, ..self.first() }
    }
}

fn keep(place: &mut String, value: &str) -> std::result::Result<(), FieldError> {
    value.clone_into(place);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<LineQuery> {
        let pairs: Vec<_> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        LineQuery::read(&pairs)
    }

    #[test]
    fn addresses_say_what_was_read_and_no_more() {
        for (pairs, address) in [
            (&[][..], "/line-states"),
            (&[("q", ""), ("site", ""), ("state", ""), ("limit", "50")], "/line-states"),
            (&[("q", " é&ß=1 ")], "/line-states?q=%C3%A9%26%C3%9F%3D1"),
            (
                &[("state", "aged"), ("limit", "200"), ("site", "x")],
                "/line-states?site=x&state=aged&limit=200",
            ),
            (&[("columns", "agent"), ("columns", "address")], "/line-states?columns=address,agent"),
        ] {
            assert_eq!(read(pairs).unwrap().address(), address, "{pairs:?}");
        }
    }

    #[test]
    fn all_that_is_wrong_is_told() {
        let pairs =
            [("state", "no_line"), ("limit", "0"), ("sort", "mac"), ("columns", "x"), ("after", "zz")];
        let error = read(&pairs).unwrap_err();
        let fields: Vec<&str> = error.fields().iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["state", "limit", "sort", "columns", "after"]);
    }

    #[test]
    fn what_is_typed_on_replaces_its_own_beginning() {
        let query = |q: &str, state: &str| read(&[("q", q), ("state", state)]).unwrap();
        assert!(query("lyo", "aged").is_typed_on_from(&query("ly", "aged")));
        assert!(!query("lyo", "aged").is_typed_on_from(&query("", "aged")), "Back leads to the whole list");
        assert!(!query("lyo", "aged").is_typed_on_from(&query("ly", "")));
    }
}
