//! Every row of a list of line states, as a stream: one statement, hence one snapshot on both engines. A line with several
//! contacts comes once for each, one after the other. Each row travels as one JSON array, since a column costs sqlx more
//! than its bytes.

use std::borrow::Cow;
use std::net::SocketAddr;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use serde::Deserialize;
use tonalite_core::Result;
use tonalite_core::access::Actor;
use tonalite_core::dect::ChainId;
use tonalite_core::filter::LineFilter;
use tonalite_core::line::LineUse;
use tonalite_core::line_state::{LineState, StateDetail, Transport};
use tonalite_core::mac::Mac;
use tonalite_core::time::Timestamp;

use crate::db::{Db, Store};
use crate::error::{BadRow, Fault};
use crate::line_candidates::Way;
use crate::line_list::{BY_ADDRESS, read_state};
use crate::row::small;
use crate::sql::{Query, Twin, Value};

macro_rules! select_rows {
    ($array:literal) => {
        concat!(
            "SELECT CAST(",
            $array,
            "(d.id, l.id, d.mac, p.name, s.name, d.name, d.device_type, \
             CASE WHEN l.id IS NULL THEN (SELECT st.since FROM live.device_state st WHERE st.device_id = d.id) END, \
             d.created_at, l.port, l.line_use, l.sip_username, l.sip_domain, u.name, u.extension, u.number, ls.state, \
             ls.detail, ls.since, ls.registered_at, ls.expires_at, b.id, b.source, b.transport, b.user_agent, \
             b.expires_at, (SELECT ds.chain_id FROM dect_system ds WHERE ds.id = d.dect_system_id)) AS TEXT)"
        )
    };
}

const SELECT: Twin = Twin { sqlite: select_rows!("json_array"), postgres: select_rows!("json_build_array") };

/// LEFT JOIN throughout, as in the export of devices.
const MORE: &str = " LEFT JOIN site s ON s.id = d.site_id LEFT JOIN party p ON p.id = d.customer_id \
     LEFT JOIN \"user\" u ON u.id = l.user_id LEFT JOIN live.binding b ON b.line_id = l.id";

/// A row as it came from the engine.
pub struct RawLine(String);

/// A row of the list as a file shows it, with one of its contacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRecord<'a> {
    /// Rows of one device and port follow each other: device, and line if there is one.
    pub key: (i64, Option<i64>),
    /// Name of the customer.
    pub customer: Cow<'a, str>,
    /// Name of the site.
    pub site: Cow<'a, str>,
    /// Address.
    pub mac: Option<Mac>,
    /// Name of the device.
    pub device_name: Option<Cow<'a, str>>,
    /// Id of its type.
    pub device_type: Cow<'a, str>,
    /// The assigned port.
    pub port: Option<PortRecord<'a>>,
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
    /// Storage key of the contact, greater the newer it is, and the contact.
    pub contact: Option<(i64, LineContact<'a>)>,
}

/// An assigned port, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortRecord<'a> {
    /// Port, from 1.
    pub port: u16,
    /// What the user has it for.
    pub line_use: LineUse,
    /// User name of its SIP address.
    pub sip_username: Cow<'a, str>,
    /// Domain of its SIP address.
    pub sip_domain: Cow<'a, str>,
    /// Name of the user.
    pub user: Cow<'a, str>,
    /// Extension.
    pub extension: Cow<'a, str>,
    /// Number.
    pub number: Option<Cow<'a, str>>,
}

/// A live contact as a file shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineContact<'a> {
    /// Where it registered from.
    pub address: SocketAddr,
    /// How.
    pub transport: Transport,
    /// User-Agent: hostile text.
    pub user_agent: Option<Cow<'a, str>>,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// In the order of `select_rows!`.
#[derive(Deserialize)]
struct Stored<'a> {
    device: i64,
    line: Option<i64>,
    mac: Option<i64>,
    #[serde(borrow)]
    customer: Cow<'a, str>,
    #[serde(borrow)]
    site: Cow<'a, str>,
    #[serde(borrow)]
    device_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    device_type: Cow<'a, str>,
    device_since: Option<i64>,
    created_at: i64,
    port: Option<i64>,
    #[serde(borrow)]
    line_use: Option<Cow<'a, str>>,
    #[serde(borrow)]
    sip_username: Option<Cow<'a, str>>,
    #[serde(borrow)]
    sip_domain: Option<Cow<'a, str>>,
    #[serde(borrow)]
    user: Option<Cow<'a, str>>,
    #[serde(borrow)]
    extension: Option<Cow<'a, str>>,
    #[serde(borrow)]
    number: Option<Cow<'a, str>>,
    state: Option<i64>,
    #[serde(borrow)]
    detail: Option<Cow<'a, str>>,
    since: Option<i64>,
    registered_at: Option<i64>,
    expires_at: Option<i64>,
    binding: Option<i64>,
    #[serde(borrow)]
    source: Option<Cow<'a, str>>,
    #[serde(borrow)]
    transport: Option<Cow<'a, str>>,
    #[serde(borrow)]
    user_agent: Option<Cow<'a, str>>,
    binding_expires_at: Option<i64>,
    chain_id: Option<i64>,
}

impl Store {
    /// The rows that the actor sees and the filter lets through, in the order of the list, of the moment when the stream
    /// began. Dropping the stream ends the reading.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn stream_lines(
        &self,
        actor: &Actor,
        filter: &LineFilter,
    ) -> Result<BoxStream<'_, Result<RawLine>>> {
        let devices = filter.of_devices();
        let way: Way = self.way_to_lines(actor, filter, &devices, true).await?;
        let mut query: Query = way.begin(actor, filter, &devices);
        query.push(SELECT.text(self.engine()));
        way.rows(&mut query, actor, filter, &devices, MORE);
        query.push(BY_ADDRESS);
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
                    Ok((line,)) => Ok(RawLine(line)),
                    Err(error) => Err(Fault::from(error).into()),
                };
                statement.fetch($pool).map(read).boxed()
            }};
        }
        Ok(match &self.db {
            Db::Sqlite(db) => stream_from!(&db.bulk),
            Db::Postgres(db) => stream_from!(&db.bulk),
        })
    }
}

impl RawLine {
    /// Reads the row. `ready_at`: what was last heard before is *unconfirmed*.
    ///
    /// # Errors
    /// The row makes no sense.
    pub fn read(&self, ready_at: Timestamp, now: Timestamp) -> Result<LineRecord<'_>> {
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
) -> std::result::Result<LineRecord<'_>, Fault> {
    let row = stored.line.unwrap_or(stored.device);
    let bad = |column| BadRow { table: "line", column, row };
    let mac = match stored.mac {
        None => None,
        Some(mac) => Some(u64::try_from(mac).ok().and_then(Mac::from_u64).ok_or_else(|| bad("mac"))?),
    };
    let (state, detail) = read_state(
        (stored.line.is_some(), stored.state, stored.detail.as_deref()),
        (stored.registered_at, stored.expires_at),
        ready_at,
        now,
    )
    .map_err(bad)?;
    let since = if stored.line.is_some() { stored.since } else { stored.device_since };
    let port = match (stored.port, stored.line_use, stored.sip_username, stored.sip_domain) {
        (Some(port), Some(line_use), Some(sip_username), Some(sip_domain)) => Some(PortRecord {
            port: small(port),
            line_use: LineUse::parse(&line_use).ok_or_else(|| bad("line_use"))?,
            sip_username,
            sip_domain,
            user: stored.user.ok_or_else(|| bad("user_id"))?,
            extension: stored.extension.ok_or_else(|| bad("user_id"))?,
            number: stored.number,
        }),
        _ => None,
    };
    let contact = match (stored.binding, stored.source, stored.transport, stored.binding_expires_at) {
        (Some(binding), Some(source), Some(transport), Some(expires_at)) => {
            let bad = |column| BadRow { table: "live.binding", column, row: binding };
            let contact = LineContact {
                address: source.parse().map_err(|_| bad("source"))?,
                transport: Transport::parse(&transport).ok_or_else(|| bad("transport"))?,
                user_agent: stored.user_agent,
                expires_at: Timestamp(expires_at),
            };
            Some((binding, contact))
        }
        _ => None,
    };
    let chain_id = match stored.chain_id {
        None => None,
        Some(number) => Some(ChainId::from_i64(number).ok_or_else(|| bad("dect_system_id"))?),
    };
    Ok(LineRecord {
        key: (stored.device, stored.line),
        customer: stored.customer,
        site: stored.site,
        mac,
        device_name: stored.device_name,
        device_type: stored.device_type,
        port,
        state,
        detail,
        since: Timestamp(since.unwrap_or(stored.created_at)),
        registered_at: stored.registered_at.map(Timestamp),
        expires_at: stored.expires_at.map(Timestamp),
        chain_id,
        contact,
    })
}
