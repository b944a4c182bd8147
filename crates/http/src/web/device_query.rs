//! The address of the list of devices: everything that narrows, sorts and shows it. Read from an address, and written into
//! every link and form of the page, so that Back works and an address can be passed on.

use tonalite_core::device::short;
use tonalite_core::error::FieldError;
use tonalite_core::filter::{DeviceFilter, DeviceSort, SortColumn, StatusFilter};
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::search::Search;
use tonalite_core::{Error, Result};

use super::list_address::{ListAddress, written};
use super::view::device_columns::Columns;

/// What an address says. Texts are as they were sent; [`ListQuery::read`] has found each readable.
#[derive(Debug, Clone, Default)]
pub(super) struct ListQuery {
    pub(super) q: String,
    pub(super) site: String,
    pub(super) device_type: String,
    pub(super) kind: String,
    pub(super) status: Option<StatusFilter>,
    pub(super) problem: bool,
    pub(super) lines_available: bool,
    pub(super) critical: bool,
    pub(super) sort: DeviceSort,
    pub(super) columns: Columns,
    pub(super) limit: Option<Limit>,
    pub(super) after: Option<Cursor>,
    /// A device that was just added: on top, even where the filter would hide it.
    pub(super) added: String,
    /// The address of a device that was just removed.
    pub(super) removed: String,
    /// What is looked for.
    pub(super) search: Option<Search>,
}

impl ListQuery {
    /// Reads the pairs of an address. An empty value is what a form sends for "all".
    ///
    /// # Errors
    /// [`Error::Invalid`] with all that is wrong, a name that the page does not know included.
    pub(super) fn read(pairs: &[(String, String)]) -> Result<ListQuery> {
        let mut query = ListQuery::default();
        let mut errors = Vec::new();
        for (name, value) in pairs {
            let unknown = || FieldError::new(name, "unknown_value").with("value", short(value));
            let given = !value.trim().is_empty();
            let read = match name.as_str() {
                "q" => Search::parse(value).map(|search| {
                    query.q = search.as_ref().map_or_else(String::new, |search| search.text().to_owned());
                    query.search = search;
                }),
                "site" => keep(&mut query.site, value),
                "type" => keep(&mut query.device_type, value),
                "kind" => keep(&mut query.kind, value),
                "added" => keep(&mut query.added, value),
                "removed" => keep(&mut query.removed, value),
                "columns" => Columns::parse(value).map(|columns| query.columns = query.columns.with(columns)),
                _ if !given => known(name),
                "status" => {
                    StatusFilter::parse(value).map(|status| query.status = Some(status)).ok_or_else(unknown)
                }
                "problem" => flag(value).map(|flag| query.problem = flag).ok_or_else(unknown),
                "lines_available" => flag(value).map(|flag| query.lines_available = flag).ok_or_else(unknown),
                "critical" => flag(value).map(|flag| query.critical = flag).ok_or_else(unknown),
                "sort" => DeviceSort::parse(value).map(|sort| query.sort = sort).ok_or_else(unknown),
                "limit" => Limit::parse(value).map(|limit| query.limit = Some(limit)),
                "after" => Cursor::decode(value).map(|cursor| query.after = Some(cursor)),
                _ => known(name),
            };
            errors.extend(read.err());
        }
        if errors.is_empty() { Ok(query) } else { Err(Error::Invalid(errors)) }
    }

    /// Whether anything hides devices.
    pub(super) fn is_narrowed(&self) -> bool {
        self.search.is_some() || self.has_filters()
    }

    /// Whether anything but the search hides devices.
    pub(super) fn has_filters(&self) -> bool {
        !(self.site.is_empty() && self.device_type.is_empty() && self.kind.is_empty())
            || self.status.is_some()
            || self.problem
            || self.lines_available
            || self.critical
    }

    /// Rows of a page.
    pub(super) fn limit(&self) -> Limit {
        self.limit.unwrap_or(Limit::DEFAULT)
    }

    /// The filter, with what the caller has resolved.
    pub(super) fn filter(&self, device_types: Option<Vec<String>>) -> DeviceFilter {
        DeviceFilter {
            party: None,
            site: None,
            device_types,
            status: self.status,
            problem: self.problem,
            lines_available: self.lines_available,
            critical: self.critical.then_some(true),
            search: self.search.clone(),
            sort: self.sort,
        }
    }

    /// The same list from its first row.
    pub(super) fn first(&self) -> ListQuery {
        ListQuery { after: None, added: String::new(), removed: String::new(), ..self.clone() }
    }

    /// The same list with another status.
    pub(super) fn with_status(&self, status: Option<StatusFilter>) -> ListQuery {
        ListQuery { status, ..self.first() }
    }

    /// The same list by a column; by one that it has already, the other way round.
    pub(super) fn sorted_by(&self, column: SortColumn) -> ListQuery {
        let descending = self.sort.column == column && !self.sort.descending;
        ListQuery { sort: DeviceSort::by(column, descending), ..self.first() }
    }

    /// The same list without what narrows it; how it is shown stays.
    pub(super) fn without_filters(&self) -> ListQuery {
        ListQuery { sort: self.sort, columns: self.columns, limit: self.limit, ..ListQuery::default() }
    }

    /// The same list without what is looked for.
    pub(super) fn without_search(&self) -> ListQuery {
        ListQuery { q: String::new(), search: None, ..self.first() }
    }

    /// Whether the two differ in nothing but the words that are being typed.
    pub(super) fn is_typed_on_from(&self, before: &ListQuery) -> bool {
        !before.q.is_empty() && before.without_search().address() == self.without_search().address()
    }

    /// As an address. What says nothing is left out.
    pub(super) fn address(&self) -> String {
        let flag = |flag: bool| if flag { "1".to_owned() } else { String::new() };
        let sort = if self.sort == DeviceSort::default() { "" } else { self.sort.as_str() };
        let pairs = [
            ("q", self.q.clone()),
            ("site", self.site.clone()),
            ("type", self.device_type.clone()),
            ("kind", self.kind.clone()),
            ("status", self.status.map_or("", StatusFilter::as_str).to_owned()),
            ("problem", flag(self.problem)),
            ("lines_available", flag(self.lines_available)),
            ("critical", flag(self.critical)),
            ("sort", sort.to_owned()),
            ("columns", self.columns.to_string()),
            (
                "limit",
                self.limit
                    .filter(|limit| *limit != Limit::DEFAULT)
                    .map_or_else(String::new, |limit| limit.get().to_string()),
            ),
            ("after", self.after.as_ref().map_or_else(String::new, Cursor::encode)),
        ];
        written("/devices", &pairs)
    }
}

impl ListAddress for ListQuery {
    fn read(pairs: &[(String, String)]) -> Result<ListQuery> {
        ListQuery::read(pairs)
    }

    fn first(&self) -> ListQuery {
        ListQuery::first(self)
    }

    fn is_typed_on_from(&self, before: &ListQuery) -> bool {
        ListQuery::is_typed_on_from(self, before)
    }

    fn address(&self) -> String {
        ListQuery::address(self)
    }
}

fn keep(place: &mut String, value: &str) -> std::result::Result<(), FieldError> {
    value.clone_into(place);
    Ok(())
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

/// An empty value of a name that the page knows is nothing; a name that it does not know is a mistake.
fn known(name: &str) -> std::result::Result<(), FieldError> {
    match name {
        "status" | "problem" | "lines_available" | "critical" | "sort" | "limit" | "after" => Ok(()),
        other => Err(FieldError::new(short(other), "unknown_parameter")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<ListQuery> {
        let pairs: Vec<_> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        ListQuery::read(&pairs)
    }

    #[test]
    fn addresses_say_what_was_read_and_no_more() {
        for (pairs, address) in [
            (&[][..], "/devices"),
            (
                &[
                    ("q", ""),
                    ("site", ""),
                    ("status", ""),
                    ("sort", "mac"),
                    ("limit", "50"),
                    ("problem", "0"),
                ],
                "/devices",
            ),
            (&[("q", " é&ß=1 ")], "/devices?q=%C3%A9%26%C3%9F%3D1"),
            (
                &[("sort", "-type"), ("status", "aged"), ("limit", "200")],
                "/devices?status=aged&sort=-type&limit=200",
            ),
            (&[("columns", "seen"), ("columns", "users,agent")], "/devices?columns=users,agent,seen"),
            (
                &[("added", "x"), ("removed", "y"), ("problem", "1"), ("critical", "1")],
                "/devices?problem=1&critical=1",
            ),
        ] {
            assert_eq!(read(pairs).unwrap().address(), address, "{pairs:?}");
        }
    }

    #[test]
    fn all_that_is_wrong_is_told() {
        let pairs = [
            ("status", "well"),
            ("sort", "name"),
            ("limit", "1000"),
            ("colour", "red"),
            ("columns", "x"),
            ("after", "zz"),
        ];
        let error = read(&pairs).unwrap_err();
        let fields: Vec<&str> = error.fields().iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["status", "sort", "limit", "colour", "columns", "after"]);
    }

    #[test]
    fn what_is_typed_on_replaces_its_own_beginning() {
        let query = |q: &str, status: &str| read(&[("q", q), ("status", status)]).unwrap();
        assert!(query("lyo", "aged").is_typed_on_from(&query("ly", "aged")));
        assert!(!query("lyo", "aged").is_typed_on_from(&query("", "aged")), "Back leads to the whole list");
        assert!(!query("lyo", "aged").is_typed_on_from(&query("ly", "")));
    }

    #[test]
    fn a_column_is_turned_round_by_choosing_it_again() {
        let query = read(&[]).unwrap();
        assert_eq!(query.sorted_by(SortColumn::Mac).address(), "/devices?sort=-mac");
        assert_eq!(query.sorted_by(SortColumn::Type).address(), "/devices?sort=type");
        assert_eq!(
            query.sorted_by(SortColumn::Type).sorted_by(SortColumn::Type).address(),
            "/devices?sort=-type"
        );
    }
}
