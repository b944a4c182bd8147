//! The list of line states: one row for each assigned port, one for a device without any, so that no device vanishes.
//! One page by address, device and port, and how many rows there are. How rows are come by is in `line_candidates`.
//!
//! A page is found by keys alone, and only its rows are joined with all that they show: what has to be sorted stays small.
//! On a state that moves, paging is best effort, as in the list of devices.

use tonalite_core::access::Actor;
use tonalite_core::dect::ChainId;
use tonalite_core::error::FieldError;
use tonalite_core::filter::LineFilter;
use tonalite_core::id::{DeviceId, DeviceKey, LineId, PartyId, SiteId, SiteKey, UserId};
use tonalite_core::line::LineUse;
use tonalite_core::line_state::{LineState, Source, StateDetail, Transport};
use tonalite_core::mac::Mac;
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};
use uuid::Uuid;

use crate::db::{Store, read};
use crate::device::soft_detail;
use crate::device_candidates::MOST;
use crate::error::{BadRow, Fault};
use crate::line_candidates::Way;
use crate::row::{row, small};
use crate::sql::{Query, Value, bind_all};

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedLine {
    /// Storage key of the device.
    pub device_key: DeviceKey,
    /// Public id of the device.
    pub device_id: DeviceId,
    /// Its address.
    pub mac: Option<Mac>,
    /// Its name.
    pub device_name: Option<String>,
    /// Id of its type.
    pub device_type: String,
    /// Ports of its type.
    pub lines_total: u16,
    /// Its site.
    pub site_key: SiteKey,
    /// Public id of the site.
    pub site_id: SiteId,
    /// Name of the site.
    pub site_name: String,
    /// Its time zone.
    pub site_time_zone: String,
    /// Public id of the customer.
    pub customer_id: PartyId,
    /// Name of the customer.
    pub customer_name: String,
    /// The assigned port; `None` for a device without any.
    pub line: Option<ListedPort>,
    /// State.
    pub state: LineState,
    /// More about it.
    pub detail: Option<StateDetail>,
    /// Since when.
    pub since: Timestamp,
    /// Last renewal.
    pub registered_at: Option<Timestamp>,
    /// When the last live contact expires.
    pub expires_at: Option<Timestamp>,
    /// Chain id of its DECT system: not for everybody.
    pub chain_id: Option<ChainId>,
    /// The live contacts, the newest first.
    pub contacts: Vec<ListedContact>,
}

/// An assigned port, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPort {
    /// Public id of the line.
    pub id: LineId,
    /// Port, from 1.
    pub port: u16,
    /// What the user has it for.
    pub line_use: LineUse,
    /// Public id of the user.
    pub user_id: UserId,
    /// Name of the user.
    pub user_name: String,
    /// Extension.
    pub extension: String,
    /// Number.
    pub number: Option<String>,
}

/// A live contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedContact {
    /// Where it registered from.
    pub source: Source,
    /// User-Agent, as sent: hostile text.
    pub user_agent: Option<String>,
    /// Last renewal.
    pub refreshed_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// How many rows a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineCount {
    /// Rows counted.
    pub total: i64,
    /// Counting ended before the rows did: there are at least so many.
    pub at_least: bool,
}

row! {
    /// A row with one of its contacts.
    ListRow {
        device_id: i64,
        device_uid: Uuid,
        mac: Option<i64>,
        device_name: Option<String>,
        device_type: String,
        lines_total: i64,
        created_at: i64,
        site_id: i64,
        site_uid: Uuid,
        site_name: String,
        site_time_zone: String,
        customer_uid: Uuid,
        customer_name: String,
        device_since: Option<i64>,
        line_id: Option<i64>,
        line_uid: Option<Uuid>,
        port: Option<i64>,
        line_use: Option<String>,
        user_uid: Option<Uuid>,
        user_name: Option<String>,
        extension: Option<String>,
        number: Option<String>,
        state: Option<i64>,
        detail: Option<String>,
        since: Option<i64>,
        registered_at: Option<i64>,
        expires_at: Option<i64>,
        binding: Option<i64>,
        source: Option<String>,
        transport: Option<String>,
        user_agent: Option<String>,
        refreshed_at: Option<i64>,
        binding_expires_at: Option<i64>,
        chain_id: Option<i64>,
    }
}

/// What the keys of a page are joined with. A line has a few contacts at most, so that the page stays bounded.
const SHOWN: &str = "SELECT d.id AS device_id, d.uid AS device_uid, d.mac, d.name AS device_name, d.device_type, \
     d.lines_total, d.created_at, d.site_id, s.uid AS site_uid, s.name AS site_name, s.time_zone AS site_time_zone, \
     p.uid AS customer_uid, p.name AS customer_name, st.since AS device_since, l.id AS line_id, l.uid AS line_uid, l.port, l.line_use, \
     u.uid AS user_uid, u.name AS user_name, u.extension, u.number, ls.state, ls.detail, ls.since, ls.registered_at, \
     ls.expires_at, b.id AS binding, b.source, b.transport, b.user_agent, b.refreshed_at, \
     b.expires_at AS binding_expires_at, \
     (SELECT ds.chain_id FROM dect_system ds WHERE ds.id = d.dect_system_id) AS chain_id \
     FROM page g CROSS JOIN device d CROSS JOIN site s CROSS JOIN party p \
     LEFT JOIN live.device_state st ON st.device_id = d.id LEFT JOIN line l ON l.id = g.line_id \
     LEFT JOIN \"user\" u ON u.id = l.user_id LEFT JOIN live.line_state ls ON ls.line_id = l.id \
     LEFT JOIN live.binding b ON b.line_id = l.id \
     WHERE d.id = g.device_id AND s.id = d.site_id AND p.id = d.customer_id";

/// The order of every list. The range of the index stands for itself first: SQLite takes a pair that begins with an
/// expression for no range; and the device before the port, so that ports of devices before it are not read.
pub(crate) const BY_ADDRESS: &str = " ORDER BY COALESCE(d.mac, 281474976710656), d.id, l.port";
const AFTER: &str = "COALESCE(d.mac, 281474976710656) >= ? AND (COALESCE(d.mac, 281474976710656), d.id) >= (?, ?) \
     AND (COALESCE(d.mac, 281474976710656), d.id, COALESCE(l.port, 0)) > (?, ?, ?)";

/// After an address, or the 2^48 that stands for none: greater than any.
const NO_MAC: i64 = 1 << 48;
/// Between the parts of a cursor's value.
const PART: char = '\u{1f}';

/// A place in the list: address, device, port.
type Place = (i64, i64, i64);

impl Store {
    /// One page of what the actor sees.
    ///
    /// # Errors
    /// [`Error::Invalid`] `cursor_of_another_list` at `after`.
    pub async fn page_lines(
        &self,
        actor: &Actor,
        filter: &LineFilter,
        limit: Limit,
        after: Option<&Cursor>,
        ready_at: Timestamp,
        now: Timestamp,
    ) -> Result<Page<ListedLine>> {
        let query = self.lines_query(actor, filter, limit, after).await?;
        let mut rows: Vec<ListRow> =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
        rows.sort_by_key(|row| (place(row), std::cmp::Reverse(row.binding)));
        let (mut items, mut last): (Vec<ListedLine>, Option<Place>) = (Vec::new(), None);
        let (mut next, mut begun) = (None, None);
        for row in rows {
            let here = place(&row);
            if begun != Some(here) {
                if items.len() == usize::from(limit.get()) {
                    next = last.map(|last| cursor(filter, last));
                    break;
                }
                items.push(read_line(&row, ready_at, now)?);
                (begun, last) = (Some(here), Some(here));
            }
            if let (Some(item), Some(contact)) = (items.last_mut(), read_contact(&row)?) {
                item.contacts.push(contact);
            }
        }
        Ok(Page { items, next })
    }

    /// The statement of one page.
    async fn lines_query(
        &self,
        actor: &Actor,
        filter: &LineFilter,
        limit: Limit,
        after: Option<&Cursor>,
    ) -> Result<Query> {
        let after = after.map(|cursor| read_cursor(filter, cursor)).transpose()?;
        let devices = filter.of_devices();
        let way = self.way_to_lines(actor, filter, &devices, false).await?;
        let mut query = way.begin(actor, filter, &devices);
        query.push(if way == Way::Walk { "WITH " } else { ", " });
        query.push("page AS MATERIALIZED (SELECT d.id AS device_id, l.id AS line_id");
        way.rows(&mut query, actor, filter, &devices, "");
        if let Some((mac, device, port)) = after {
            query.and(AFTER, [mac, mac, device, mac, device, port].map(Value::Int));
        }
        query.push(BY_ADDRESS).limit(i64::from(limit.get()) + 1);
        query.push(") ").part(SHOWN, true);
        Ok(query)
    }

    /// How many rows the list has, exactly up to 10,000.
    pub async fn count_lines(&self, actor: &Actor, filter: &LineFilter) -> Result<LineCount> {
        let devices = filter.of_devices();
        if filter.state.is_none() && devices.is_kept_count() {
            // Each device has a row at least.
            let kept = self.kept_counts(actor, &devices).await?.total();
            if kept >= MOST {
                return Ok(LineCount { total: kept, at_least: true });
            }
        }
        let way = self.way_to_lines(actor, filter, &devices, false).await?;
        let mut query = way.begin(actor, filter, &devices);
        query.push("SELECT count(*) FROM (SELECT d.id");
        way.rows(&mut query, actor, filter, &devices, "");
        query.limit(MOST).push(") n");
        let (total,): (i64,) =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_one(db))?;
        Ok(LineCount { total, at_least: total >= MOST })
    }

    /// How the engine reads a page: its own words, for the tests.
    #[doc(hidden)]
    pub async fn explain_page_lines(
        &self,
        actor: &Actor,
        filter: &LineFilter,
        limit: Limit,
        after: Option<&Cursor>,
    ) -> Result<String> {
        let query = self.lines_query(actor, filter, limit, after).await?;
        self.explain(&query).await
    }
}

fn place(row: &ListRow) -> Place {
    (row.mac.unwrap_or(NO_MAC), row.device_id, row.port.unwrap_or(0))
}

fn read_line(row: &ListRow, ready_at: Timestamp, now: Timestamp) -> std::result::Result<ListedLine, Fault> {
    let bad = |column| BadRow { table: "line", column, row: row.line_id.unwrap_or(row.device_id) };
    let mac = match row.mac {
        None => None,
        Some(mac) => Some(u64::try_from(mac).ok().and_then(Mac::from_u64).ok_or_else(|| bad("mac"))?),
    };
    let line = match (row.line_uid, row.port, &row.line_use, row.user_uid, &row.user_name, &row.extension) {
        (Some(id), Some(port), Some(line_use), Some(user_id), Some(user_name), Some(extension)) => {
            Some(ListedPort {
                id: LineId::from_uuid(id),
                port: small(port),
                line_use: LineUse::parse(line_use).ok_or_else(|| bad("line_use"))?,
                user_id: UserId::from_uuid(user_id),
                user_name: user_name.clone(),
                extension: extension.clone(),
                number: row.number.clone(),
            })
        }
        (None, ..) => None,
        _ => return Err(bad("user_id").into()),
    };
    let (state, detail) = read_state(
        (line.is_some(), row.state, row.detail.as_deref()),
        (row.registered_at, row.expires_at),
        ready_at,
        now,
    )
    .map_err(bad)?;
    let since = match line {
        Some(_) => row.since,
        None => row.device_since,
    };
    let chain_id = match row.chain_id {
        None => None,
        Some(number) => Some(ChainId::from_i64(number).ok_or_else(|| bad("dect_system_id"))?),
    };
    Ok(ListedLine {
        device_key: DeviceKey(row.device_id),
        device_id: DeviceId::from_uuid(row.device_uid),
        mac,
        device_name: row.device_name.clone(),
        device_type: row.device_type.clone(),
        lines_total: small(row.lines_total),
        site_key: SiteKey(row.site_id),
        site_id: SiteId::from_uuid(row.site_uid),
        site_name: row.site_name.clone(),
        site_time_zone: row.site_time_zone.clone(),
        customer_id: PartyId::from_uuid(row.customer_uid),
        customer_name: row.customer_name.clone(),
        line,
        state,
        detail,
        since: Timestamp(since.unwrap_or(row.created_at)),
        registered_at: row.registered_at.map(Timestamp),
        expires_at: row.expires_at.map(Timestamp),
        chain_id,
        contacts: Vec::new(),
    })
}

/// State and detail as they are told: `has_line`, state and detail as stored, then last renewal and expiry.
/// The error is the column that makes no sense.
pub(crate) fn read_state(
    (has_line, state, detail): (bool, Option<i64>, Option<&str>),
    (registered_at, expires_at): (Option<i64>, Option<i64>),
    ready_at: Timestamp,
    now: Timestamp,
) -> std::result::Result<(LineState, Option<StateDetail>), &'static str> {
    let read = match (has_line, state) {
        (false, _) => (LineState::Unregistered, Some(StateDetail::NoLine)),
        // Assigned a moment ago.
        (true, None) => (LineState::Unregistered, Some(StateDetail::NeverSeen)),
        (true, Some(state)) => {
            let state = LineState::from_i64(state).ok_or("state")?;
            let stored = detail.map(|detail| StateDetail::parse(detail).ok_or("detail")).transpose()?;
            (state, soft_detail(state, stored, registered_at, expires_at, ready_at, now))
        }
    };
    Ok(read)
}

fn read_contact(row: &ListRow) -> std::result::Result<Option<ListedContact>, Fault> {
    let (Some(binding), Some(source), Some(transport), Some(refreshed_at), Some(expires_at)) =
        (row.binding, &row.source, &row.transport, row.refreshed_at, row.binding_expires_at)
    else {
        return Ok(None);
    };
    let bad = |column| BadRow { table: "live.binding", column, row: binding };
    Ok(Some(ListedContact {
        source: Source {
            transport: Transport::parse(transport).ok_or_else(|| bad("transport"))?,
            address: source.parse().map_err(|_| bad("source"))?,
        },
        user_agent: row.user_agent.clone(),
        refreshed_at: Timestamp(refreshed_at),
        expires_at: Timestamp(expires_at),
    }))
}

fn cursor(filter: &LineFilter, (mac, device, port): Place) -> Cursor {
    Cursor { value: format!("{:016x}{PART}{mac}{PART}{port}", filter.fingerprint()), key: device }
}

fn read_cursor(filter: &LineFilter, cursor: &Cursor) -> Result<Place> {
    let another = || Error::Invalid(vec![FieldError::new("after", "cursor_of_another_list")]);
    let mut parts = cursor.value.split(PART);
    if parts.next() != Some(format!("{:016x}", filter.fingerprint()).as_str()) {
        return Err(another());
    }
    let mut int = || parts.next().and_then(|part| part.parse().ok()).ok_or_else(another);
    Ok((int()?, cursor.key, int()?))
}
