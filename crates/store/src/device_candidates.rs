//! Which devices a list is made of where no index has its order: at most [`MOST`] keys, found first and sorted then.
//!
//! A search finds its devices by the texts of `device_search`; how depends on how many devices the reader may see:
//! - few ([`FEW`]): each of them is looked at. A text that half the installation has (the first digits of a maker's
//!   addresses) then costs no more than a rare one.
//! - many: the trigram index is asked, and a range of an index for each other way in which a term may be meant (addresses
//!   that begin so, an IP address, an extension, models that are called so). Each is cut at [`MOST`].
//!
//! Filters without a text are found by whatever index of theirs the engine holds for the narrowest.

use tonalite_core::access::{Actor, Scope};
use tonalite_core::filter::DeviceFilter;
use tonalite_core::search::{Search, Term};

use crate::sql::{Query, TenantColumns, Value};

/// Devices that are found at most, hence sorted and counted one by one at most: a hundredth of a second's work. One more
/// than what is told exactly, so that "exactly so many" and "more" differ.
pub(crate) const MOST: i64 = 10_001;
/// Up to so many devices in the reader's part of the tree are looked at one by one for a text: some 3 µs each.
pub(crate) const FEW: i64 = 20_000;

pub(crate) const TENANT: TenantColumns = TenantColumns {
    provider: "d.provider_id = ?",
    operator: "d.operator_id = ?",
    customer: "d.customer_id = ?",
    site: Some("d.site_id"),
};

/// The sign keeps SQLite from the provider's index, whose devices it would have to sort.
const KEYS_TENANT: TenantColumns = TenantColumns { provider: "+d.provider_id = ?", ..TENANT };

/// Beside a site, whose index is the narrowest: without figures of its own, SQLite would walk the provider's.
const SITE_TENANT: TenantColumns = TenantColumns {
    provider: "+d.provider_id = ?",
    operator: "+d.operator_id = ?",
    customer: "+d.customer_id = ?",
    site: Some("+d.site_id"),
};

/// The same by the live schema's own columns, whose indexes begin with them.
pub(crate) const LIVE_TENANT: TenantColumns = TenantColumns {
    provider: "st.provider_id = ?",
    operator: "st.operator_id = ?",
    customer: "st.customer_id = ?",
    site: Some("st.site_id"),
};

/// Where the walk begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    /// The devices.
    Devices,
    /// The devices in the order of their keys, where the scope is most of them: its own index has another order.
    Keys,
    /// Their live states.
    States,
}

/// Adds who may see, party and site, by the columns of where the walk begins.
pub(crate) fn within(query: &mut Query, from: From, actor: &Actor, filter: &DeviceFilter) {
    let (columns, site) = match from {
        From::Devices if filter.site.is_some() => (&SITE_TENANT, "d.site_id = ?"),
        From::Devices => (&TENANT, "d.site_id = ?"),
        From::Keys => (&KEYS_TENANT, "d.site_id = ?"),
        From::States => (&LIVE_TENANT, "st.site_id = ?"),
    };
    query.and_seen_by(actor, columns);
    if let Some((kind, party)) = filter.party {
        query.and_scope(Scope { kind, party }, columns);
    }
    if let Some(key) = filter.site {
        query.and(site, [Value::Int(key.0)]);
    }
}

/// Adds the filters that are columns of a device.
pub(crate) fn with_columns(query: &mut Query, filter: &DeviceFilter) {
    if let Some(types) = &filter.device_types {
        query.and_in("d.device_type", types.iter().map(|id| Value::Text(id.clone())));
    }
    if filter.lines_available {
        query.and("d.lines_total - d.lines_assigned > 0", []);
    }
    match filter.critical {
        // Written out: the index holds only these.
        Some(true) => query.and("d.critical = 1", []),
        Some(false) => query.and("d.critical = 0", []),
        None => query,
    };
}

/// Adds the classes, on the live state `st`.
pub(crate) fn with_classes(query: &mut Query, filter: &DeviceFilter) {
    match filter.classes() {
        Some((first, last)) if first == last => query.and("st.class = ?", [Value::Int(first)]),
        Some((first, last)) => {
            query.and("st.class >= ? AND st.class <= ?", [Value::Int(first), Value::Int(last)])
        }
        None => query.and("1 = 0", []),
    };
}

/// `WITH found AS (…)`: the devices that the filter lets through, but for its status where `any_class`.
/// `seen`: how many devices the reader's part of the tree has. `most`: how many are found.
pub(crate) fn found(actor: &Actor, filter: &DeviceFilter, any_class: bool, seen: i64, most: i64) -> Query {
    let mut query = Query::new("WITH found AS MATERIALIZED (");
    let by_class = !any_class && (filter.status.is_some() || filter.problem);
    match &filter.search {
        Some(search) if search.terms().is_empty() => {
            query.part("SELECT d.id FROM device d WHERE 1 = 0", true);
        }
        Some(search) if seen <= FEW => {
            query.part("SELECT d.id FROM device d CROSS JOIN device_search s WHERE s.rowid = d.id", true);
            within(&mut query, From::Devices, actor, filter);
            with_columns(&mut query, filter);
            for term in search.terms() {
                query.and_any(ways(search, term).iter().map(Way::on_row));
            }
            query.limit(most);
        }
        Some(search) => by_index(&mut query, actor, filter, search, most),
        None if by_class => {
            query.part(
                "SELECT d.id FROM live.device_state st CROSS JOIN device d WHERE d.id = st.device_id",
                true,
            );
            within(&mut query, From::States, actor, filter);
            with_classes(&mut query, filter);
            with_columns(&mut query, filter);
            query.limit(most);
        }
        None => {
            query.part("SELECT d.id FROM device d", false);
            within(&mut query, From::Devices, actor, filter);
            with_columns(&mut query, filter);
            query.limit(most);
        }
    }
    query.part(") ", false);
    query
}

/// One way in which a term is found.
enum Way<'a> {
    Text(&'a str),
    Mac(u64, u64),
    Address(&'a str, &'a str),
    Extension(&'a str),
    Types(&'a [String]),
}

fn ways<'a>(search: &Search, term: &'a Term) -> Vec<Way<'a>> {
    let mut ways = Vec::new();
    // Beside a longer word, which finds them, a short one ("de", "la") is looked for in few texts.
    let beside = search.terms().iter().any(Term::is_long);
    match &term.address {
        // "10.20" is an address and not the text 1020, unless it may be one of digits between separators.
        Some((from, until)) => {
            ways.push(Way::Address(from, until));
            if term.mac.is_some() && term.is_long() {
                ways.push(Way::Text(&term.text));
            }
        }
        None if term.is_long() || beside => ways.push(Way::Text(&term.text)),
        None => ways.push(Way::Extension(&term.text)),
    }
    if let Some((from, until)) = term.mac {
        ways.push(Way::Mac(from, until));
    }
    if !term.device_types.is_empty() {
        ways.push(Way::Types(&term.device_types));
    }
    ways
}

impl Way<'_> {
    fn values(&self) -> Vec<Value> {
        match self {
            // A term is letters and digits: nothing in it means anything to LIKE.
            Way::Text(text) => vec![Value::Text(format!("%{text}%"))],
            Way::Mac(from, until) => {
                [from, until].map(|n| Value::Int(i64::try_from(*n).unwrap_or(i64::MAX))).into()
            }
            Way::Address(from, until) => [from, until].map(|text| Value::Text((*text).to_owned())).into(),
            Way::Extension(text) => vec![Value::Text((*text).to_owned())],
            Way::Types(ids) => ids.iter().map(|id| Value::Text(id.clone())).collect(),
        }
    }

    /// As a condition on one device at a time, `d` with its text `s`.
    fn on_row(&self) -> (&'static str, Vec<Value>) {
        let condition = match self {
            // Not the bare column: SQLite would ask the index anew for every row.
            Way::Text(_) => "COALESCE(s.document, '') LIKE ?",
            Way::Mac(..) => "d.mac >= ? AND d.mac < ?",
            Way::Address(..) => {
                "EXISTS (SELECT 1 FROM live.device_state a WHERE a.device_id = d.id AND a.last_ip >= ? AND a.last_ip < ?)"
            }
            Way::Extension(_) => {
                "EXISTS (SELECT 1 FROM line l JOIN \"user\" u ON u.id = l.user_id WHERE l.device_id = d.id AND u.extension = ?)"
            }
            Way::Types(_) => "d.device_type IN (??)",
        };
        (condition, self.values())
    }

    /// Adds a walk that begins with the index for it.
    fn begin(&self, query: &mut Query) {
        match self {
            Way::Text(_) => query
                .part("SELECT d.id FROM device_search s CROSS JOIN device d WHERE d.id = s.rowid", true)
                .and("s.document LIKE ?", self.values()),
            Way::Mac(..) => query
                .part("SELECT d.id FROM device d CROSS JOIN device_search s WHERE s.rowid = d.id", true)
                .and(
                    "COALESCE(d.mac, 281474976710656) >= ? AND COALESCE(d.mac, 281474976710656) < ?",
                    self.values(),
                ),
            Way::Address(..) => query
                .part(
                    "SELECT d.id FROM live.device_state a CROSS JOIN device d CROSS JOIN device_search s \
                     WHERE d.id = a.device_id AND s.rowid = d.id",
                    true,
                )
                .and("a.last_ip >= ? AND a.last_ip < ?", self.values()),
            Way::Extension(_) => query
                .part(
                    "SELECT d.id FROM \"user\" u CROSS JOIN line l CROSS JOIN device d CROSS JOIN device_search s \
                     WHERE l.user_id = u.id AND d.id = l.device_id AND s.rowid = d.id",
                    true,
                )
                .and("u.extension = ?", self.values()),
            Way::Types(_) => query
                .part("SELECT d.id FROM device d CROSS JOIN device_search s WHERE s.rowid = d.id", true)
                .and("d.device_type IN (??)", self.values()),
        };
    }
}

/// Begins with one term, the others are conditions on what it finds: one that is long enough for the index if any is, with a
/// digit if one has (half a fleet may be of one vendor, but hardly has one number), the longest.
fn by_index(query: &mut Query, actor: &Actor, filter: &DeviceFilter, search: &Search, most: i64) {
    let terms = search.terms();
    let leading = terms.iter().min_by_key(|term| {
        let has_digit = term.text.bytes().any(|byte| byte.is_ascii_digit());
        (!term.is_long(), !has_digit, std::cmp::Reverse(term.text.chars().count()))
    });
    let Some(leading) = leading else { return };
    for (n, way) in ways(search, leading).iter().enumerate() {
        query.part(if n == 0 { "SELECT id FROM (" } else { " UNION SELECT id FROM (" }, false);
        way.begin(query);
        within(query, From::Devices, actor, filter);
        with_columns(query, filter);
        for term in terms.iter().filter(|term| *term != leading) {
            match ways(search, term).as_slice() {
                // In the trigram index itself both are asked at once.
                [Way::Text(text)] if term.is_long() && matches!(way, Way::Text(_)) => {
                    query.and("s.document LIKE ?", Way::Text(text).values());
                }
                ways => {
                    query.and_any(ways.iter().map(Way::on_row));
                }
            }
        }
        query.limit(most);
        query.part([") a", ") b", ") c", ") e"].get(n).copied().unwrap_or(") f"), false);
    }
    query.part(" LIMIT ", false).value(Value::Int(most));
}
