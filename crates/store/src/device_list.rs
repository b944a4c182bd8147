//! The list of devices: one page in any order, and how many there are. Which devices a filter finds where no index has the
//! order, is in `device_candidates`.
//!
//! What is read of an index of exactly this order, and so costs the same on page 1 and 4,000:
//!
//! | order | platform | provider | operator | customer | site |
//! |---|---|---|---|---|---|
//! | address | index | index | index | index | index |
//! | status, also with a status filter | index | index | index | index | index |
//! | site | index | index | index | index | one site |
//! | type, available lines | index | index | all of the operator's | all of the customer's | all of the site's |
//! | time of adding | index | index | all of the operator's | all of the customer's | all of the site's |
//!
//! "All of": those devices are read and sorted, the first page's worth kept. A filter by status, type, available lines or
//! critical mark that lets at most 10,000 devices through is found first and sorted then; one that lets through more walks
//! the order's index, where every hundredth row or so is one of them. On a moving key (status, available lines) paging is
//! best effort: a device that moves meanwhile may be seen twice or not at all.

use tonalite_core::access::{Actor, Scope};
use tonalite_core::device::Device;
use tonalite_core::error::FieldError;
use tonalite_core::filter::{DeviceFilter, DeviceSort, SortColumn, StatusCounts, StatusFilter};
use tonalite_core::id::DeviceKey;
use tonalite_core::name::fold;
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};

use crate::audit::cut;
use crate::db::{Store, read};
use crate::device::{DeviceRow, read_device, select_device_from};
use crate::device_candidates::{From, MOST, found, with_classes, with_columns, within};
use crate::error::Fault;
use crate::sql::{Query, TenantColumns, Value, bind_all};

const COUNT_TENANT: TenantColumns = TenantColumns {
    provider: "c.provider_id = ?",
    operator: "c.operator_id = ?",
    customer: "c.customer_id = ?",
    site: Some("c.site_id"),
};

/// After an address, or the 2^48 that stands for none: greater than any.
const NO_MAC: i64 = 1 << 48;

// CROSS JOIN: SQLite walks them in this order, whose first table's index has the order of the list.
const FROM_DEVICES: &str = select_device_from!(
    "FROM device d CROSS JOIN site s CROSS JOIN party p LEFT JOIN live.device_state st ON st.device_id = d.id \
     WHERE s.id = d.site_id AND p.id = d.customer_id"
);
const FROM_STATES: &str = select_device_from!(
    "FROM live.device_state st CROSS JOIN device d CROSS JOIN site s CROSS JOIN party p \
     WHERE d.id = st.device_id AND s.id = d.site_id AND p.id = d.customer_id"
);
const FROM_SITES: &str = select_device_from!(
    "FROM site s CROSS JOIN device d CROSS JOIN party p LEFT JOIN live.device_state st ON st.device_id = d.id \
     WHERE d.site_id = s.id AND p.id = d.customer_id"
);
const FROM_FOUND: &str = select_device_from!(
    "FROM found f CROSS JOIN device d CROSS JOIN site s CROSS JOIN party p \
     LEFT JOIN live.device_state st ON st.device_id = d.id \
     WHERE d.id = f.id AND s.id = d.site_id AND p.id = d.customer_id"
);

/// An order: what follows which row, each way, and how it is sorted, each way. An expression is compared by itself first:
/// SQLite takes a pair that begins with one for no range of its index.
struct Order {
    after: [&'static str; 2],
    by: [&'static str; 2],
}

const fn order(column: SortColumn) -> Order {
    match column {
        SortColumn::Mac => Order {
            after: [
                "COALESCE(d.mac, 281474976710656) >= ? AND (COALESCE(d.mac, 281474976710656), d.id) > (?, ?)",
                "COALESCE(d.mac, 281474976710656) <= ? AND (COALESCE(d.mac, 281474976710656), d.id) < (?, ?)",
            ],
            by: [
                " ORDER BY COALESCE(d.mac, 281474976710656), d.id",
                " ORDER BY COALESCE(d.mac, 281474976710656) DESC, d.id DESC",
            ],
        },
        SortColumn::Type => Order {
            after: ["(d.device_type, d.id) > (?, ?)", "(d.device_type, d.id) < (?, ?)"],
            by: [" ORDER BY d.device_type, d.id", " ORDER BY d.device_type DESC, d.id DESC"],
        },
        // Two conditions: the first is the range of the sites' index, the second the place within the first site.
        SortColumn::Site => Order {
            after: [
                "s.name_folded >= ? AND (s.name_folded, s.id, COALESCE(d.mac, 281474976710656), d.id) > (?, ?, ?, ?)",
                "s.name_folded <= ? AND (s.name_folded, s.id, COALESCE(d.mac, 281474976710656), d.id) < (?, ?, ?, ?)",
            ],
            by: [
                " ORDER BY s.name_folded, s.id, COALESCE(d.mac, 281474976710656), d.id",
                " ORDER BY s.name_folded DESC, s.id DESC, COALESCE(d.mac, 281474976710656) DESC, d.id DESC",
            ],
        },
        SortColumn::Status => Order {
            after: [
                "(st.class, st.since, st.device_id) > (?, ?, ?)",
                "(st.class, st.since, st.device_id) < (?, ?, ?)",
            ],
            by: [
                " ORDER BY st.class, st.since, st.device_id",
                " ORDER BY st.class DESC, st.since DESC, st.device_id DESC",
            ],
        },
        SortColumn::LinesAvailable => Order {
            after: [
                "(d.lines_total - d.lines_assigned) >= ? AND ((d.lines_total - d.lines_assigned), d.id) > (?, ?)",
                "(d.lines_total - d.lines_assigned) <= ? AND ((d.lines_total - d.lines_assigned), d.id) < (?, ?)",
            ],
            by: [
                " ORDER BY (d.lines_total - d.lines_assigned), d.id",
                " ORDER BY (d.lines_total - d.lines_assigned) DESC, d.id DESC",
            ],
        },
        SortColumn::CreatedAt => {
            Order { after: ["d.id > ?", "d.id < ?"], by: [" ORDER BY d.id", " ORDER BY d.id DESC"] }
        }
    }
}

/// How devices are sorted, for those who read all of them.
pub(crate) const fn sorted(sort: DeviceSort) -> &'static str {
    order(sort.column).by[sort.descending as usize]
}

/// Somebody who uses a line of a device, as a list names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineUser {
    /// The device.
    pub device: DeviceKey,
    /// Name.
    pub name: String,
    /// Extension.
    pub extension: String,
}

/// Between the parts of a cursor's value. No stored text has it.
const PART: char = '\u{1f}';

impl Store {
    /// One page of what the actor sees.
    ///
    /// # Errors
    /// [`Error::Invalid`] `cursor_of_another_list` at `after`.
    pub async fn page_devices(
        &self,
        actor: &Actor,
        filter: &DeviceFilter,
        limit: Limit,
        after: Option<&Cursor>,
        ready_at: Timestamp,
        now: Timestamp,
    ) -> Result<Page<Device>> {
        let after = after.map(|cursor| place(filter, cursor)).transpose()?;
        let query = self.page_query(actor, filter, limit, after).await?;
        let mut rows: Vec<DeviceRow> =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
        let next = cut(&mut rows, limit).map(|row| cursor(filter, row));
        let items = rows
            .into_iter()
            .map(|row| read_device(row, ready_at, now))
            .collect::<std::result::Result<_, Fault>>()?;
        Ok(Page { items, next })
    }

    /// The statement of one page.
    async fn page_query(
        &self,
        actor: &Actor,
        filter: &DeviceFilter,
        limit: Limit,
        after: Option<Vec<Value>>,
    ) -> Result<Query> {
        let order = order(filter.sort.column);
        let by_class = filter.status.is_some() || filter.problem;
        let mut query = match (self.is_found_first(actor, filter).await?, filter.sort.column) {
            (Some(seen), column) => {
                let mut query = found(actor, filter, false, seen, MOST);
                query.part(FROM_FOUND, true);
                if by_class || column == SortColumn::Status {
                    with_classes(&mut query, filter);
                }
                query
            }
            (None, SortColumn::Status) => {
                let mut query = Query::new("");
                query.part(FROM_STATES, true);
                within(&mut query, From::States, actor, filter);
                with_classes(&mut query, filter);
                with_columns(&mut query, filter);
                query
            }
            (None, column) => {
                let mut query = Query::new("");
                query.part(if column == SortColumn::Site { FROM_SITES } else { FROM_DEVICES }, true);
                match column {
                    SortColumn::Site => within_sites(&mut query, actor, filter),
                    SortColumn::CreatedAt => within(&mut query, From::Keys, actor, filter),
                    _ => within(&mut query, From::Devices, actor, filter),
                }
                if by_class {
                    with_classes(&mut query, filter);
                }
                with_columns(&mut query, filter);
                query
            }
        };
        let way = usize::from(filter.sort.descending);
        // Of one class alone the rest of the key is the range: SQLite would begin each page with the first of the class.
        let one_class = filter.classes().is_some_and(|(first, last)| first == last);
        match after {
            Some(mut values) if one_class && filter.sort.column == SortColumn::Status => {
                values.remove(0);
                query.and(
                    ["(st.since, st.device_id) > (?, ?)", "(st.since, st.device_id) < (?, ?)"][way],
                    values,
                );
            }
            Some(values) => {
                query.and(order.after[way], values);
            }
            None => {}
        }
        query.push(order.by[way]).limit(i64::from(limit.get()) + 1);
        Ok(query)
    }

    /// Whether the devices are to be found first and sorted then; gives how many the reader's part of the tree has.
    pub(crate) async fn is_found_first(&self, actor: &Actor, filter: &DeviceFilter) -> Result<Option<i64>> {
        let by_class = filter.status.is_some() || filter.problem;
        let sorted_by_class = by_class && filter.sort.column == SortColumn::Status;
        if filter.is_kept_count() && (!by_class || sorted_by_class) {
            return Ok(None);
        }
        let kept = self.kept_counts(actor, filter).await?;
        if filter.search.is_some() {
            return Ok(Some(kept.total()));
        }
        let few = match filter.is_kept_count() {
            true => kept.narrowed_to(filter).total() < MOST,
            false => {
                kept.narrowed_to(filter).total() < MOST
                    || self.count_found(actor, filter, kept.total()).await? < MOST
            }
        };
        Ok(few.then_some(kept.total()))
    }

    async fn count_found(&self, actor: &Actor, filter: &DeviceFilter, seen: i64) -> Result<i64> {
        let mut query = found(actor, filter, false, seen, MOST);
        query.part("SELECT count(*) FROM found", false);
        let (count,): (i64,) =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_one(db))?;
        Ok(count)
    }

    /// Devices per class, whatever status the filter asks for: from the maintained counts where the filter allows it, else
    /// of the first 10,001 that are found.
    pub async fn count_devices(&self, actor: &Actor, filter: &DeviceFilter) -> Result<StatusCounts> {
        let kept = self.kept_counts(actor, filter).await?;
        if filter.is_kept_count() {
            return Ok(kept);
        }
        let mut query = found(actor, filter, true, kept.total(), MOST);
        query.part(
            "SELECT COALESCE(st.class, 4) AS class, count(*) AS n FROM found f \
             LEFT JOIN live.device_state st ON st.device_id = f.id GROUP BY COALESCE(st.class, 4)",
            false,
        );
        let rows: Vec<(i64, i64)> =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
        let of = |class: StatusFilter| rows.iter().find(|row| row.0 == class as i64).map_or(0, |row| row.1);
        let counts = StatusCounts {
            registered: of(StatusFilter::Registered),
            partial: of(StatusFilter::Partial),
            aged: of(StatusFilter::Aged),
            unregistered: of(StatusFilter::Unregistered),
            no_line: of(StatusFilter::NoLine),
            at_least: false,
        };
        Ok(StatusCounts { at_least: counts.total() >= MOST, ..counts })
    }

    /// The counts that are kept with every change, of what the actor sees of a party and site.
    pub(crate) async fn kept_counts(&self, actor: &Actor, filter: &DeviceFilter) -> Result<StatusCounts> {
        // PostgreSQL sums BIGINT into NUMERIC; the cast keeps one type on both engines.
        let mut query = Query::new(
            "SELECT CAST(COALESCE(sum(c.registered), 0) AS BIGINT), CAST(COALESCE(sum(c.partial), 0) AS BIGINT), \
             CAST(COALESCE(sum(c.aged), 0) AS BIGINT), CAST(COALESCE(sum(c.unregistered), 0) AS BIGINT), \
             CAST(COALESCE(sum(c.no_line), 0) AS BIGINT) FROM live.site_count c",
        );
        query.and_seen_by(actor, &COUNT_TENANT);
        if let Some((kind, party)) = filter.party {
            query.and_scope(Scope { kind, party }, &COUNT_TENANT);
        }
        if let Some(site) = filter.site {
            query.and("c.site_id = ?", [Value::Int(site.0)]);
        }
        let row: (i64, i64, i64, i64, i64) =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_one(db))?;
        Ok(StatusCounts {
            registered: row.0,
            partial: row.1,
            aged: row.2,
            unregistered: row.3,
            no_line: row.4,
            at_least: false,
        })
    }

    /// Who uses the lines of these devices, by device and port: of one page, hence of at most as many as a page has.
    pub async fn find_users_of_devices(&self, devices: &[DeviceKey]) -> Result<Vec<LineUser>> {
        if devices.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = Query::new(
            "SELECT l.device_id, u.name, u.extension FROM line l JOIN \"user\" u ON u.id = l.user_id",
        );
        let keys = devices.iter().take(usize::from(Limit::MAX)).map(|key| Value::Int(key.0));
        query.and_in("l.device_id", keys).push(" ORDER BY l.device_id, l.port");
        let rows: Vec<(i64, String, String)> =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
        let user = |(device, name, extension)| LineUser { device: DeviceKey(device), name, extension };
        Ok(rows.into_iter().map(user).collect())
    }

    /// How the engine reads a page: its own words, for the tests that hold the table above.
    #[doc(hidden)]
    pub async fn explain_page_devices(
        &self,
        actor: &Actor,
        filter: &DeviceFilter,
        limit: Limit,
        after: Option<&Cursor>,
    ) -> Result<String> {
        let after = after.map(|cursor| place(filter, cursor)).transpose()?;
        let query = self.page_query(actor, filter, limit, after).await?;
        self.explain(&query).await
    }
}

/// Who may see, party and site, by the columns of the sites: their index has the order.
fn within_sites(query: &mut Query, actor: &Actor, filter: &DeviceFilter) {
    const TENANT: TenantColumns = TenantColumns {
        provider: "s.provider_id = ?",
        operator: "s.operator_id = ?",
        customer: "s.customer_id = ?",
        site: Some("s.id"),
    };
    query.and_seen_by(actor, &TENANT);
    if let Some((kind, party)) = filter.party {
        query.and_scope(Scope { kind, party }, &TENANT);
    }
    if let Some(site) = filter.site {
        query.and("s.id = ?", [Value::Int(site.0)]);
    }
}

fn cursor(filter: &DeviceFilter, row: &DeviceRow) -> Cursor {
    let parts = match filter.sort.column {
        SortColumn::Mac => vec![row.mac.unwrap_or(NO_MAC).to_string()],
        SortColumn::Type => vec![row.device_type.clone()],
        SortColumn::Site => {
            vec![fold(&row.site_name), row.site_id.to_string(), row.mac.unwrap_or(NO_MAC).to_string()]
        }
        SortColumn::Status => {
            vec![row.class.unwrap_or(0).to_string(), row.since.unwrap_or(0).to_string()]
        }
        SortColumn::LinesAvailable => vec![(row.lines_total - row.lines_assigned).to_string()],
        SortColumn::CreatedAt => vec![],
    };
    let mut value = format!("{:016x}", filter.fingerprint());
    for part in parts {
        value.push(PART);
        value.push_str(&part);
    }
    Cursor { value, key: row.id }
}

/// The values of the order's condition, if the cursor is one of this list.
fn place(filter: &DeviceFilter, cursor: &Cursor) -> Result<Vec<Value>> {
    let another = || Error::Invalid(vec![FieldError::new("after", "cursor_of_another_list")]);
    let mut parts = cursor.value.split(PART);
    if parts.next() != Some(format!("{:016x}", filter.fingerprint()).as_str()) {
        return Err(another());
    }
    let parts: Vec<&str> = parts.collect();
    let int = |n: usize| parts.get(n).and_then(|part| part.parse().ok()).map(Value::Int).ok_or_else(another);
    let text = |n: usize| parts.get(n).map(|part| Value::Text((*part).to_owned())).ok_or_else(another);
    let mut values = match filter.sort.column {
        SortColumn::Mac | SortColumn::LinesAvailable => vec![int(0)?, int(0)?],
        SortColumn::Type => vec![text(0)?],
        SortColumn::Site => vec![text(0)?, text(0)?, int(1)?, int(2)?],
        SortColumn::Status => vec![int(0)?, int(1)?],
        SortColumn::CreatedAt => vec![],
    };
    values.push(Value::Int(cursor.key));
    Ok(values)
}
