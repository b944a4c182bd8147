//! Every device of a filter, as a stream: one statement, hence one snapshot on both engines, whatever is written
//! meanwhile. Each row travels as one JSON array, since a column costs sqlx more than its bytes.

use std::borrow::Cow;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use serde::Deserialize;
use tonalite_core::Result;
use tonalite_core::access::Actor;
use tonalite_core::dect::ChainId;
use tonalite_core::filter::DeviceFilter;
use tonalite_core::id::DeviceId;
use tonalite_core::line_state::{DeviceState, LineState, StateDetail};
use tonalite_core::mac::Mac;
use tonalite_core::time::Timestamp;
use uuid::Uuid;

use crate::db::{Db, Store};
use crate::device::soft_detail;
use crate::device_candidates::{From, found, with_classes, with_columns, within};
use crate::device_list::sorted;
use crate::error::{BadRow, Fault};
use crate::row::small;
use crate::sql::{Query, Twin, Value};

/// LEFT JOIN throughout: what a row does not use of the joined tables, both engines leave alone, and neither begins
/// with the sites, which would sort a million devices afterwards.
macro_rules! select_lines {
    ($array:literal, $more:expr) => {
        concat!(
            "SELECT CAST(",
            $array,
            "(d.id, d.mac, d.device_type, d.lines_total, d.lines_assigned, s.name",
            $more,
            ") AS TEXT) FROM device d LEFT JOIN site s ON s.id = d.site_id LEFT JOIN party p ON p.id = d.customer_id \
             LEFT JOIN live.device_state st ON st.device_id = d.id"
        )
    };
}

macro_rules! details {
    ($uid:literal) => {
        concat!(
            ", ",
            $uid,
            ", p.name, d.name, d.serial, d.inventory_id, d.note, d.created_at, st.state, st.detail, st.since, \
             st.lines_registered, st.last_ip, st.user_agent, st.last_seen, st.expires_at, \
             (SELECT string_agg(u.name, ', ' ORDER BY l.port) FROM line l JOIN \"user\" u ON u.id = l.user_id \
             WHERE l.device_id = d.id), (SELECT ds.chain_id FROM dect_system ds WHERE ds.id = d.dect_system_id)"
        )
    };
}

const SHORT: Twin =
    Twin { sqlite: select_lines!("json_array", ""), postgres: select_lines!("json_build_array", "") };

const LONG: Twin = Twin {
    sqlite: select_lines!("json_array", details!("hex(d.uid)")),
    postgres: select_lines!("json_build_array", details!("d.uid")),
};

/// A device as it came from the engine.
pub struct RawDevice(String);

/// A device as a file shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRecord<'a> {
    /// Its address.
    pub mac: Option<Mac>,
    /// Id of its type.
    pub device_type: Cow<'a, str>,
    /// Ports of its type.
    pub lines_total: u16,
    /// Ports that can still be assigned.
    pub lines_available: u16,
    /// Name of its site.
    pub site: Cow<'a, str>,
    /// The rest, when it was asked for.
    pub details: Option<DeviceDetails<'a>>,
}

/// What a file shows of a device when more columns are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceDetails<'a> {
    /// Public id.
    pub id: DeviceId,
    /// Name of the customer.
    pub customer: Cow<'a, str>,
    /// Name.
    pub name: Option<Cow<'a, str>>,
    /// Serial number.
    pub serial: Option<Cow<'a, str>>,
    /// Inventory number.
    pub inventory_id: Option<Cow<'a, str>>,
    /// Note.
    pub note: Option<Cow<'a, str>>,
    /// State and detail.
    pub state: DeviceState,
    /// Since when.
    pub since: Timestamp,
    /// Lines with a live registration.
    pub lines_registered: u16,
    /// Address that the newest message came from.
    pub last_ip: Option<Cow<'a, str>>,
    /// User-Agent of the newest registration: hostile text.
    pub user_agent: Option<Cow<'a, str>>,
    /// When the phone last registered anew or changed.
    pub last_seen: Option<Timestamp>,
    /// Names of its users by port, with commas between them.
    pub users: Option<Cow<'a, str>>,
    /// Chain ID of its DECT system: not for everybody.
    pub chain_id: Option<ChainId>,
}

/// In the order of `select_lines!` and `details!`; the short form ends after the site.
#[derive(Deserialize)]
struct Stored<'a> {
    row: i64,
    mac: Option<i64>,
    #[serde(borrow)]
    device_type: Cow<'a, str>,
    lines_total: i64,
    lines_assigned: i64,
    #[serde(borrow)]
    site: Cow<'a, str>,
    #[serde(default)]
    uid: Option<Uuid>,
    #[serde(default, borrow)]
    customer: Cow<'a, str>,
    #[serde(default, borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    serial: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    inventory_id: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    note: Option<Cow<'a, str>>,
    #[serde(default)]
    created_at: i64,
    #[serde(default)]
    state: Option<i64>,
    #[serde(default, borrow)]
    detail: Option<Cow<'a, str>>,
    #[serde(default)]
    since: Option<i64>,
    #[serde(default)]
    lines_registered: Option<i64>,
    #[serde(default, borrow)]
    last_ip: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    user_agent: Option<Cow<'a, str>>,
    #[serde(default)]
    last_seen: Option<i64>,
    #[serde(default)]
    expires_at: Option<i64>,
    #[serde(default, borrow)]
    users: Option<Cow<'a, str>>,
    #[serde(default)]
    chain_id: Option<i64>,
}

impl Store {
    /// The devices that the actor sees and the filter lets through, in the order of the filter. They are those of the
    /// moment when the stream began. Dropping the stream ends the reading.
    pub fn stream_devices(
        &self,
        actor: &Actor,
        filter: &DeviceFilter,
        with_details: bool,
    ) -> BoxStream<'_, Result<RawDevice>> {
        let twin = if with_details { &LONG } else { &SHORT };
        let mut query = match filter.search {
            // All that are found, and not only as many as a person leafs through.
            Some(_) => found(actor, filter, true, i64::MAX, i64::MAX),
            None => Query::new(""),
        };
        query.part(twin.text(self.engine()), false);
        if filter.search.is_some() {
            query.and("d.id IN (SELECT id FROM found)", []);
        }
        within(&mut query, From::Devices, actor, filter);
        with_columns(&mut query, filter);
        if filter.status.is_some() || filter.problem {
            with_classes(&mut query, filter);
        }
        query.push(sorted(filter.sort));
        macro_rules! stream_from {
            ($pool:expr) => {{
                let mut statement = sqlx::query_as::<_, (String,)>(query.text());
                for value in query.values {
                    statement = match value {
                        Value::Int(n) => statement.bind(n),
                        Value::Text(text) => statement.bind(text),
                        Value::Uuid(uuid) => statement.bind(uuid),
                    };
                }
                let read = |row: sqlx::Result<(String,)>| match row {
                    Ok((line,)) => Ok(RawDevice(line)),
                    Err(error) => Err(Fault::from(error).into()),
                };
                statement.fetch($pool).map(read).boxed()
            }};
        }
        match &self.db {
            Db::Sqlite(db) => stream_from!(&db.bulk),
            Db::Postgres(db) => stream_from!(&db.bulk),
        }
    }
}

impl RawDevice {
    /// Reads the row. `ready_at`: what was last heard before is *unconfirmed*.
    ///
    /// # Errors
    /// The row makes no sense.
    pub fn read(&self, ready_at: Timestamp, now: Timestamp) -> Result<DeviceRecord<'_>> {
        serde_json::from_str(&self.0)
            .map_err(Fault::from)
            .and_then(|stored| read_record(stored, ready_at, now))
            .map_err(tonalite_core::Error::from)
    }
}

fn read_record(
    stored: Stored<'_>,
    ready_at: Timestamp,
    now: Timestamp,
) -> std::result::Result<DeviceRecord<'_>, Fault> {
    let bad = |column| BadRow { table: "device", column, row: stored.row };
    let mac = match stored.mac {
        None => None,
        Some(mac) => Some(u64::try_from(mac).ok().and_then(Mac::from_u64).ok_or_else(|| bad("mac"))?),
    };
    let details = match stored.uid {
        None => None,
        Some(uid) => {
            let state = match stored.state {
                None => LineState::Unregistered,
                Some(state) => LineState::from_i64(state).ok_or_else(|| bad("state"))?,
            };
            let said = match (&stored.detail, stored.state) {
                (Some(detail), _) => Some(StateDetail::parse(detail).ok_or_else(|| bad("detail"))?),
                (None, Some(_)) => None,
                (None, None) => Some(StateDetail::NoLine),
            };
            let detail = soft_detail(state, said, stored.last_seen, stored.expires_at, ready_at, now);
            Some(DeviceDetails {
                id: DeviceId::from_uuid(uid),
                customer: stored.customer,
                name: stored.name,
                serial: stored.serial,
                inventory_id: stored.inventory_id,
                note: stored.note,
                state: DeviceState { state, detail },
                since: Timestamp(stored.since.unwrap_or(stored.created_at)),
                lines_registered: small(stored.lines_registered.unwrap_or(0)),
                last_ip: stored.last_ip,
                user_agent: stored.user_agent,
                last_seen: stored.last_seen.map(Timestamp),
                users: stored.users,
                chain_id: match stored.chain_id {
                    None => None,
                    Some(number) => Some(ChainId::from_i64(number).ok_or_else(|| bad("chain_id"))?),
                },
            })
        }
    };
    Ok(DeviceRecord {
        mac,
        device_type: stored.device_type,
        lines_total: small(stored.lines_total),
        lines_available: small(stored.lines_total - stored.lines_assigned),
        site: stored.site,
        details,
    })
}
