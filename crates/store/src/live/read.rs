//! Reads live state for pages and API: line states, contacts, the timeline.

use futures_util::stream::BoxStream;
use tonalite_core::id::{DeviceKey, LineKey};
use tonalite_core::line_state::{Binding, LineState, Source, StateDetail, Transport};
use tonalite_core::page::Limit;
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::timeline::{TimelineActor, TimelineEntry, TimelineKind};
use tonalite_core::{Error, Result};

use crate::db::{Db, Store, read};
use crate::error::{BadRow, Fault};
use crate::row::{row, small};

row! {
    /// As stored.
    BindingRow {
        id: i64,
        line_id: i64,
        contact: String,
        instance: Option<String>,
        reg_id: Option<i64>,
        call_id: String,
        cseq: i64,
        transport: String,
        source: String,
        path: String,
        user_agent: Option<String>,
        registered_at: i64,
        refreshed_at: i64,
        expires_at: i64,
        granted: i64,
    }
}

row! {
    /// As stored.
    StateRow {
        line_id: i64,
        state: i64,
        detail: Option<String>,
        since: i64,
        registered_at: Option<i64>,
        expires_at: Option<i64>,
    }
}

row! {
    /// As stored.
    TimelineRow {
        id: i64,
        at: i64,
        kind: String,
        port: Option<i64>,
        ip: Option<String>,
        username: Option<String>,
        party: Option<String>,
        acting_for: Option<String>,
    }
}

/// The committed state of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineStateRow {
    /// Which line.
    pub line: LineKey,
    /// State.
    pub state: LineState,
    /// More about it.
    pub detail: Option<StateDetail>,
    /// Since when.
    pub since: Timestamp,
    /// Last renewal.
    pub registered_at: Option<Timestamp>,
    /// When the last live binding expires.
    pub expires_at: Option<Timestamp>,
}

macro_rules! select_binding {
    ($tail:literal) => {
        concat!(
            "SELECT id, line_id, contact, instance, reg_id, call_id, cseq, transport, source, path, user_agent, \
             registered_at, refreshed_at, expires_at, granted FROM live.binding",
            $tail
        )
    };
}

impl Store {
    /// The states of a device's lines.
    pub async fn find_line_states_of_device(
        &self,
        device: DeviceKey,
        ready_at: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<LineStateRow>> {
        let rows: Vec<StateRow> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT line_id, state, detail, since, registered_at, expires_at FROM live.line_state WHERE device_id = $1",
            )
            .bind(device.0)
            .fetch_all(db)
        })?;
        rows.into_iter()
            .map(|row| read_state(row, ready_at, now))
            .collect::<std::result::Result<_, Fault>>()
            .map_err(Error::from)
    }

    /// The live contacts of a device, with the line each belongs to.
    pub async fn find_bindings_of_device(&self, device: DeviceKey) -> Result<Vec<(LineKey, Binding)>> {
        let rows: Vec<BindingRow> = read!(self.db, |db| {
            sqlx::query_as(select_binding!(" WHERE device_id = $1 ORDER BY line_id, id"))
                .bind(device.0)
                .fetch_all(db)
        })?;
        rows.into_iter()
            .map(|row| Ok((LineKey(row.line_id), read_binding(row)?)))
            .collect::<std::result::Result<_, Fault>>()
            .map_err(Error::from)
    }

    /// The newest rows of a device's timeline, newest first.
    pub async fn find_timeline(&self, device: DeviceKey, limit: Limit) -> Result<Vec<TimelineEntry>> {
        let rows: Vec<TimelineRow> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT t.id, t.at, t.kind, t.port, t.ip, u.username, p.name AS party, a.name AS acting_for \
                 FROM live.timeline t LEFT JOIN portal_user u ON u.id = t.portal_user_id \
                 LEFT JOIN party p ON p.id = u.party_id LEFT JOIN party a ON a.id = t.acting_for \
                 WHERE t.device_id = $1 ORDER BY t.id DESC LIMIT $2",
            )
            .bind(device.0)
            .bind(i64::from(limit.get()))
            .fetch_all(db)
        })?;
        rows.into_iter()
            .map(|row| {
                let bad = BadRow { table: "live.timeline", column: "kind", row: row.id };
                let acting_for = row.acting_for;
                let by = row.username.zip(row.party);
                Ok(TimelineEntry {
                    at: Timestamp(row.at),
                    kind: TimelineKind::parse(&row.kind).ok_or(bad)?,
                    port: row.port.map(small),
                    ip: row.ip,
                    by: by.map(|(username, party)| TimelineActor { username, party, acting_for }),
                })
            })
            .collect::<std::result::Result<_, Fault>>()
            .map_err(Error::from)
    }

    pub(crate) fn stream_bindings(&self) -> BoxStream<'_, sqlx::Result<BindingRow>> {
        const TEXT: &str = select_binding!(" ORDER BY line_id, id");
        match &self.db {
            Db::Sqlite(db) => sqlx::query_as(TEXT).fetch(&db.reader),
            Db::Postgres(db) => sqlx::query_as(TEXT).fetch(&db.reader),
        }
    }
}

fn read_state(
    row: StateRow,
    ready_at: Timestamp,
    now: Timestamp,
) -> std::result::Result<LineStateRow, Fault> {
    let bad = |column| BadRow { table: "live.line_state", column, row: row.line_id };
    let state = LineState::from_i64(row.state).ok_or_else(|| bad("state"))?;
    let stored = match &row.detail {
        Some(detail) => Some(StateDetail::parse(detail).ok_or_else(|| bad("detail"))?),
        None => None,
    };
    Ok(LineStateRow {
        line: LineKey(row.line_id),
        state,
        detail: crate::device::soft_detail(state, stored, row.registered_at, row.expires_at, ready_at, now),
        since: Timestamp(row.since),
        registered_at: row.registered_at.map(Timestamp),
        expires_at: row.expires_at.map(Timestamp),
    })
}

pub(crate) fn read_binding(row: BindingRow) -> std::result::Result<Binding, Fault> {
    let bad = |column| BadRow { table: "live.binding", column, row: row.id };
    Ok(Binding {
        id: row.id,
        contact: row.contact,
        instance: row.instance,
        reg_id: row.reg_id.map(u32::try_from).transpose().map_err(|_| bad("reg_id"))?,
        call_id: row.call_id,
        cseq: u32::try_from(row.cseq).map_err(|_| bad("cseq"))?,
        source: Source {
            transport: Transport::parse(&row.transport).ok_or_else(|| bad("transport"))?,
            address: row.source.parse().map_err(|_| bad("source"))?,
        },
        path: row.path.split('\n').filter(|uri| !uri.is_empty()).map(str::to_owned).collect(),
        user_agent: row.user_agent,
        registered_at: Timestamp(row.registered_at),
        refreshed_at: Timestamp(row.refreshed_at),
        expires_at: Timestamp(row.expires_at),
        granted: Span(row.granted),
        not_before: Timestamp::default(),
    })
}
