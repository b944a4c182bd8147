//! Writes one group: a fixed number of statements, each with one JSON text for all its rows.

use std::collections::BTreeMap;

use serde::Serialize;
use tonalite_core::Result;
use tonalite_core::event::{Event, EventKind};
use tonalite_core::id::{DeviceKey, LineKey};
use tonalite_core::line_state::{LineState, StateDetail};
use tonalite_core::time::Timestamp;
use tonalite_core::timeline::TimelineKind;

use super::batch::{Batch, KeyJson};
use crate::db::{Store, transaction};
use crate::error::{BadRow, Fault};
use crate::row::{row, small};
use crate::sql::{Twin, batch};

/// What a commit changed, for those who listen.
#[derive(Debug, Clone, Default)]
pub struct CommitReport {
    /// Events in the order of the changes; device states last.
    pub events: Vec<Event>,
    /// What phones did, in order: of interest to who waits for one of them.
    pub observed: Vec<Observed>,
}

/// Something that a phone did, as its timeline tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observed {
    /// The device.
    pub device: DeviceKey,
    /// The line.
    pub line: LineKey,
    /// What.
    pub kind: TimelineKind,
    /// When.
    pub at: Timestamp,
}

row! {
    StateRow {
        device_id: i64,
        site_id: i64,
        customer_id: i64,
        operator_id: Option<i64>,
        provider_id: i64,
        state: i64,
        class: i64,
        detail: Option<String>,
        since: i64,
        lines_registered: i64,
        lines_assigned: i64,
    }
}

const END_BINDINGS: Twin =
    batch!("DELETE FROM live.binding WHERE id IN (SELECT CAST(value->>'id' AS BIGINT) FROM", ")");
const END_LINE_BINDINGS: Twin =
    batch!("DELETE FROM live.binding WHERE line_id IN (SELECT CAST(value->>'id' AS BIGINT) FROM", ")");
const END_LINES: Twin =
    batch!("DELETE FROM live.line_state WHERE line_id IN (SELECT CAST(value->>'id' AS BIGINT) FROM", ")");
const END_DEVICES: Twin =
    batch!("DELETE FROM live.device_state WHERE device_id IN (SELECT CAST(value->>'id' AS BIGINT) FROM", ")");
const END_TIMELINES: Twin =
    batch!("DELETE FROM live.timeline WHERE device_id IN (SELECT CAST(value->>'id' AS BIGINT) FROM", ")");

const PUT_BINDINGS: Twin = batch!(
    "INSERT INTO live.binding (id, line_id, device_id, contact, instance, reg_id, call_id, cseq, transport, source, path, \
     user_agent, registered_at, refreshed_at, expires_at, granted) \
     SELECT CAST(value->>'id' AS BIGINT), CAST(value->>'line' AS BIGINT), CAST(value->>'device' AS BIGINT), \
     value->>'contact', value->>'instance', CAST(value->>'reg_id' AS BIGINT), value->>'call_id', \
     CAST(value->>'cseq' AS BIGINT), value->>'transport', value->>'source', value->>'path', value->>'user_agent', \
     CAST(value->>'registered_at' AS BIGINT), CAST(value->>'refreshed_at' AS BIGINT), \
     CAST(value->>'expires_at' AS BIGINT), CAST(value->>'granted' AS BIGINT) FROM",
    // SQLite needs WHERE between a SELECT and ON CONFLICT, else it reads ON as a join.
    "WHERE true ON CONFLICT (id) DO UPDATE SET contact = excluded.contact, instance = excluded.instance, \
     reg_id = excluded.reg_id, call_id = excluded.call_id, cseq = excluded.cseq, transport = excluded.transport, \
     source = excluded.source, path = excluded.path, user_agent = excluded.user_agent, \
     refreshed_at = excluded.refreshed_at, expires_at = excluded.expires_at, granted = excluded.granted"
);

const PUT_LINES: Twin = batch!(
    "INSERT INTO live.line_state (line_id, device_id, site_id, customer_id, operator_id, provider_id, state, detail, since, \
     registered_at, expires_at) \
     SELECT CAST(value->>'line' AS BIGINT), CAST(value->>'device' AS BIGINT), CAST(value->>'site' AS BIGINT), \
     CAST(value->>'customer' AS BIGINT), CAST(value->>'operator' AS BIGINT), CAST(value->>'provider' AS BIGINT), \
     CAST(value->>'state' AS BIGINT), value->>'detail', CAST(value->>'since' AS BIGINT), \
     CAST(value->>'registered_at' AS BIGINT), CAST(value->>'expires_at' AS BIGINT) FROM",
    "WHERE true ON CONFLICT (line_id) DO UPDATE SET state = excluded.state, detail = excluded.detail, since = excluded.since, \
     registered_at = excluded.registered_at, expires_at = excluded.expires_at"
);

pub(super) const ADD_DEVICES: Twin = batch!(
    "INSERT INTO live.device_state (device_id, site_id, customer_id, operator_id, provider_id, state, class, detail, since, \
     lines_registered, lines_assigned) \
     SELECT CAST(value->>'device' AS BIGINT), CAST(value->>'site' AS BIGINT), CAST(value->>'customer' AS BIGINT), \
     CAST(value->>'operator' AS BIGINT), CAST(value->>'provider' AS BIGINT), 0, 4, 'no_line', \
     CAST(value->>'at' AS BIGINT), 0, 0 FROM",
    "WHERE true ON CONFLICT (device_id) DO NOTHING"
);

const MOVE_DEVICES: Twin = batch!(
    "UPDATE live.device_state AS s SET site_id = r.site FROM (SELECT CAST(value->>'device' AS BIGINT) AS device, \
     CAST(value->>'site' AS BIGINT) AS site FROM",
    ") r WHERE s.device_id = r.device AND s.site_id <> r.site"
);

const STATES: Twin = batch!(
    "SELECT device_id, site_id, customer_id, operator_id, provider_id, state, class, detail, since, lines_registered, \
     lines_assigned FROM live.device_state WHERE device_id IN (SELECT CAST(value->>'id' AS BIGINT) FROM",
    ")"
);

/// The rule of `core::line_state::DeviceState::of_lines`, for many devices at once; a property test holds the two together.
pub(super) const WORK_OUT_DEVICES: Twin = batch!(
    "UPDATE live.device_state AS s SET \
     state = CASE WHEN n.registered > 0 THEN 2 WHEN n.aged > 0 THEN 1 ELSE 0 END, \
     class = CASE WHEN n.assigned = 0 THEN 4 WHEN n.registered = n.assigned THEN 0 WHEN n.registered > 0 THEN 1 \
             WHEN n.aged > 0 THEN 2 ELSE 3 END, \
     detail = CASE WHEN n.assigned = 0 THEN 'no_line' WHEN n.registered > 0 OR n.aged > 0 THEN NULL \
              WHEN n.withdrawn > 0 THEN 'withdrawn' WHEN n.ended > 0 THEN 'ended' ELSE 'never_seen' END, \
     since = CASE WHEN s.state = CASE WHEN n.registered > 0 THEN 2 WHEN n.aged > 0 THEN 1 ELSE 0 END \
             AND (s.lines_assigned = 0) = (n.assigned = 0) THEN s.since ELSE n.at END, \
     lines_registered = n.registered, lines_assigned = n.assigned, \
     last_ip = COALESCE(n.ip, s.last_ip), user_agent = COALESCE(n.user_agent, s.user_agent), \
     last_seen = CASE WHEN n.seen IS NULL OR s.last_seen > n.seen THEN s.last_seen ELSE n.seen END, expires_at = n.expires_at \
     FROM (SELECT t.device, t.at, t.ip, t.user_agent, t.seen, count(l.line_id) AS assigned, \
     COALESCE(sum(CASE WHEN l.state = 2 THEN 1 ELSE 0 END), 0) AS registered, \
     COALESCE(sum(CASE WHEN l.state = 1 THEN 1 ELSE 0 END), 0) AS aged, \
     COALESCE(sum(CASE WHEN l.detail = 'withdrawn' THEN 1 ELSE 0 END), 0) AS withdrawn, \
     COALESCE(sum(CASE WHEN l.detail = 'ended' THEN 1 ELSE 0 END), 0) AS ended, max(l.expires_at) AS expires_at \
     FROM (SELECT CAST(value->>'device' AS BIGINT) AS device, CAST(value->>'at' AS BIGINT) AS at, value->>'ip' AS ip, \
     value->>'user_agent' AS user_agent, CAST(value->>'seen' AS BIGINT) AS seen FROM",
    ") t LEFT JOIN live.line_state l ON l.device_id = t.device \
     GROUP BY t.device, t.at, t.ip, t.user_agent, t.seen) n WHERE s.device_id = n.device"
);

const RENEW_BINDINGS: Twin = batch!(
    "UPDATE live.binding AS b SET call_id = r.call_id, cseq = r.cseq, refreshed_at = r.at, expires_at = r.expires_at, \
     granted = r.granted FROM (SELECT CAST(value->>'binding' AS BIGINT) AS binding, value->>'call_id' AS call_id, \
     CAST(value->>'cseq' AS BIGINT) AS cseq, CAST(value->>'at' AS BIGINT) AS at, \
     CAST(value->>'expires_at' AS BIGINT) AS expires_at, CAST(value->>'granted' AS BIGINT) AS granted FROM",
    ") r WHERE b.id = r.binding"
);
// A contact may be granted less than the last time: a line expires with the last of its contacts as they are now.
const RENEW_LINES: Twin = batch!(
    "UPDATE live.line_state AS l SET \
     registered_at = CASE WHEN l.registered_at > r.at THEN l.registered_at ELSE r.at END, \
     expires_at = (SELECT max(b.expires_at) FROM live.binding b WHERE b.line_id = l.line_id) \
     FROM (SELECT CAST(value->>'line' AS BIGINT) AS line, CAST(value->>'at' AS BIGINT) AS at FROM",
    ") r WHERE l.line_id = r.line AND l.state = 2"
);
const RENEW_DEVICES: Twin = batch!(
    "UPDATE live.device_state AS s SET last_seen = CASE WHEN s.last_seen > r.at THEN s.last_seen ELSE r.at END, \
     expires_at = (SELECT max(l.expires_at) FROM live.line_state l WHERE l.device_id = s.device_id) \
     FROM (SELECT CAST(value->>'device' AS BIGINT) AS device, max(CAST(value->>'at' AS BIGINT)) AS at FROM",
    "GROUP BY CAST(value->>'device' AS BIGINT)) r WHERE s.device_id = r.device"
);

const ADD_TIMELINE: Twin = batch!(
    "INSERT INTO live.timeline (device_id, at, kind, port, ip, portal_user_id, acting_for) \
     SELECT CAST(value->>'device' AS BIGINT), CAST(value->>'at' AS BIGINT), value->>'kind', \
     CAST(value->>'port' AS BIGINT), value->>'ip', CAST(value->>'by' AS BIGINT), CAST(value->>'acting_for' AS BIGINT) FROM",
    ""
);

const ADD_COUNTS: Twin = batch!(
    "INSERT INTO live.site_count AS c (site_id, customer_id, operator_id, provider_id, registered, partial, aged, unregistered, no_line) \
     SELECT CAST(value->>'site' AS BIGINT), CAST(value->>'customer' AS BIGINT), CAST(value->>'operator' AS BIGINT), \
     CAST(value->>'provider' AS BIGINT), CAST(value->>'registered' AS BIGINT), CAST(value->>'partial' AS BIGINT), \
     CAST(value->>'aged' AS BIGINT), CAST(value->>'unregistered' AS BIGINT), CAST(value->>'no_line' AS BIGINT) FROM",
    "WHERE true ON CONFLICT (site_id) DO UPDATE SET registered = c.registered + excluded.registered, \
     partial = c.partial + excluded.partial, aged = c.aged + excluded.aged, \
     unregistered = c.unregistered + excluded.unregistered, no_line = c.no_line + excluded.no_line"
);

#[derive(Serialize, Default)]
struct CountJson {
    site: i64,
    customer: i64,
    operator: Option<i64>,
    provider: i64,
    registered: i64,
    partial: i64,
    aged: i64,
    unregistered: i64,
    no_line: i64,
}

impl CountJson {
    fn add(&mut self, class: i64, n: i64) {
        match class {
            0 => self.registered += n,
            1 => self.partial += n,
            2 => self.aged += n,
            3 => self.unregistered += n,
            _ => self.no_line += n,
        }
    }
}

/// Runs a batch statement, unless it has no rows.
macro_rules! run {
    ($tx:expr, $engine:ident, $twin:expr, $rows:expr) => {{
        let rows: Vec<_> = $rows;
        if !rows.is_empty() {
            sqlx::query($twin.$engine).bind(serde_json::to_string(&rows)?).execute(&mut *$tx).await?;
        }
    }};
}

macro_rules! apply_on {
    ($tx:ident, $engine:ident, $batch:expr) => {{
        let batch: &Batch = $batch;
        let keys = |set: &std::collections::BTreeSet<i64>| {
            set.iter().map(|id| KeyJson { id: *id }).collect::<Vec<_>>()
        };
        run!($tx, $engine, END_BINDINGS, keys(&batch.ended_bindings));
        run!($tx, $engine, END_LINE_BINDINGS, keys(&batch.ended_lines));
        run!($tx, $engine, END_LINES, keys(&batch.ended_lines));
        run!($tx, $engine, PUT_BINDINGS, batch.bindings.values().collect());
        run!($tx, $engine, PUT_LINES, batch.lines.values().collect());
        run!($tx, $engine, RENEW_BINDINGS, batch.renewals.values().collect());
        run!($tx, $engine, RENEW_LINES, batch.renewed.values().collect());

        let concerned: Vec<KeyJson> =
            batch.touched.keys().chain(&batch.ended_devices).map(|id| KeyJson { id: *id }).collect();
        let mut report = CommitReport { events: batch.events.clone(), observed: batch.observed.clone() };
        if !concerned.is_empty() {
            let concerned = serde_json::to_string(&concerned)?;
            let before: Vec<StateRow> =
                sqlx::query_as(STATES.$engine).bind(&concerned).fetch_all(&mut *$tx).await?;
            run!($tx, $engine, END_DEVICES, keys(&batch.ended_devices));
            run!($tx, $engine, END_TIMELINES, keys(&batch.ended_devices));
            run!($tx, $engine, ADD_DEVICES, batch.new_devices.values().collect());
            run!($tx, $engine, MOVE_DEVICES, batch.moved.values().collect());
            run!($tx, $engine, WORK_OUT_DEVICES, batch.touched.values().collect());
            let after: Vec<StateRow> =
                sqlx::query_as(STATES.$engine).bind(&concerned).fetch_all(&mut *$tx).await?;
            run!($tx, $engine, ADD_COUNTS, count_changes(&before, &after));
            tell_changes(batch, &before, &after, &mut report)?;
        }
        // After the states: a renewal may be newer than the change that came with it.
        run!($tx, $engine, RENEW_DEVICES, batch.renewed.values().collect());
        run!($tx, $engine, ADD_TIMELINE, batch.timeline.iter().collect());
        Ok::<_, Fault>(report)
    }};
}

impl Store {
    /// Commits one group in one transaction of the live writer.
    pub(super) async fn apply_live(&self, batch: &Batch) -> Result<CommitReport> {
        match &self.db {
            crate::db::Db::Sqlite(_) => transaction!(self.db, live, |tx| { apply_on!(tx, sqlite, batch) }),
            crate::db::Db::Postgres(_) => {
                transaction!(self.db, live, |tx| { apply_on!(tx, postgres, batch) })
            }
        }
    }
}

fn count_changes(before: &[StateRow], after: &[StateRow]) -> Vec<CountJson> {
    let mut counts: BTreeMap<i64, CountJson> = BTreeMap::new();
    for (rows, n) in [(before, -1), (after, 1)] {
        for row in rows {
            let count = counts.entry(row.site_id).or_insert_with(|| CountJson {
                site: row.site_id,
                customer: row.customer_id,
                operator: row.operator_id,
                provider: row.provider_id,
                ..CountJson::default()
            });
            count.add(row.class, n);
        }
    }
    let zero = |c: &CountJson| {
        c.registered == 0 && c.partial == 0 && c.aged == 0 && c.unregistered == 0 && c.no_line == 0
    };
    counts.into_values().filter(|count| !zero(count)).collect()
}

fn tell_changes(
    batch: &Batch,
    before: &[StateRow],
    after: &[StateRow],
    report: &mut CommitReport,
) -> std::result::Result<(), Fault> {
    let before: BTreeMap<i64, &StateRow> = before.iter().map(|row| (row.device_id, row)).collect();
    for row in after {
        let unchanged = before.get(&row.device_id).is_some_and(|old| {
            (old.state, &old.detail, old.lines_registered, old.lines_assigned)
                == (row.state, &row.detail, row.lines_registered, row.lines_assigned)
        });
        let Some(device) = batch.devices.get(&row.device_id) else { continue };
        if unchanged {
            continue;
        }
        let bad = |column| BadRow { table: "live.device_state", column, row: row.device_id };
        let kind = EventKind::DeviceStatus {
            device_id: device.id,
            status: LineState::from_i64(row.state).ok_or_else(|| bad("state"))?,
            status_detail: match &row.detail {
                Some(detail) => Some(StateDetail::parse(detail).ok_or_else(|| bad("detail"))?),
                None => None,
            },
            lines_registered: small(row.lines_registered),
            lines_assigned: small(row.lines_assigned),
            since: Timestamp(row.since),
        };
        report.events.push(Event::at_site(device.tenancy, device.site, kind));
    }
    Ok(())
}
