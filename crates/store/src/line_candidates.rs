//! Which lines a list is made of. A row of the list is an assigned port, or a device without any: `d` with `l`, and `ls` its
//! live state where the filter asks for one.
//!
//! Three ways lead there, and pages, counts and exports take the same:
//! - a state that few lines have: those are found by the index of states, with the devices that have no line;
//! - a search, or types that few devices are of: the devices are found first (`device_candidates`), then their ports;
//! - all else walks the devices in the order of the list.

use tonalite_core::Result;
use tonalite_core::access::{Actor, Scope};
use tonalite_core::filter::{DeviceFilter, LineFilter};
use tonalite_core::id::SiteKey;
use tonalite_core::line_state::LineState;
use tonalite_core::party::PartyKind;

use crate::db::{Store, read};
use crate::device_candidates::{From, LIVE_TENANT, MOST, found, with_columns, within};
use crate::sql::{Query, Value, bind_all};

/// How the rows of a list are come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// By state: at most so many.
    ByState(i64),
    /// By device, of so many that the reader sees: at most so many.
    ByDevice { seen: i64, most: i64 },
    /// In the order of the list.
    Walk,
}

/// What a select of rows is put together from: before it, after its columns, and the conditions.
impl Way {
    /// Begins a statement: what is found goes before the select that [`Way::rows`] continues.
    pub(crate) fn begin(self, actor: &Actor, filter: &LineFilter, devices: &DeviceFilter) -> Query {
        match self {
            Way::ByState(most) => by_state(actor, filter, devices, most),
            Way::ByDevice { seen, most } => found(actor, devices, true, seen, most),
            Way::Walk => Query::new(""),
        }
    }

    /// Goes on after the columns of a select: tables and conditions. `more` are further tables, joined last.
    pub(crate) fn rows(
        self,
        query: &mut Query,
        actor: &Actor,
        filter: &LineFilter,
        devices: &DeviceFilter,
        more: &'static str,
    ) {
        match self {
            // What has just gone since it was found has no line any more, and is no device without one either.
            Way::ByState(_) => {
                query.part(
                    " FROM found f CROSS JOIN device d LEFT JOIN line l ON l.id = f.line \
                     LEFT JOIN live.line_state ls ON ls.line_id = l.id",
                    false,
                );
                query.push(more);
                query.and("d.id = f.id AND (f.line IS NULL OR l.id IS NOT NULL)", []);
            }
            Way::ByDevice { .. } => {
                query.part(
                    " FROM found f CROSS JOIN device d LEFT JOIN line l ON l.device_id = d.id \
                     LEFT JOIN live.line_state ls ON ls.line_id = l.id",
                    false,
                );
                query.push(more);
                query.and("d.id = f.id", []);
                in_state(query, filter);
            }
            Way::Walk => {
                query.part(
                    " FROM device d LEFT JOIN line l ON l.device_id = d.id \
                     LEFT JOIN live.line_state ls ON ls.line_id = l.id",
                    false,
                );
                query.push(more);
                within(query, From::Devices, actor, devices);
                with_columns(query, devices);
                in_state(query, filter);
            }
        }
    }
}

/// The state of a row: a line that has none yet was never seen, and so was a device without a line.
fn in_state(query: &mut Query, filter: &LineFilter) {
    match filter.state {
        None => query,
        Some(LineState::Unregistered) => query.and("COALESCE(ls.state, 0) = 0", []),
        Some(state) => query.and("ls.state = ?", [Value::Int(state.as_i64())]),
    };
}

/// `WITH found AS (…)`: lines by the index of states; for the unregistered, devices without a line beside them.
fn by_state(actor: &Actor, filter: &LineFilter, devices: &DeviceFilter, most: i64) -> Query {
    let state = filter.state.unwrap_or(LineState::Unregistered);
    let typed = devices.device_types.is_some();
    let mut query = Query::new("WITH found AS MATERIALIZED (SELECT id, line FROM (");
    if typed {
        query.part(
            "SELECT ls.device_id AS id, ls.line_id AS line FROM live.line_state ls \
             CROSS JOIN device d WHERE d.id = ls.device_id",
            true,
        );
    } else {
        query.part("SELECT ls.device_id AS id, ls.line_id AS line FROM live.line_state ls", false);
    }
    query.and("ls.state = ?", [Value::Int(state.as_i64())]);
    within_states(&mut query, actor, filter);
    if typed {
        with_columns(&mut query, devices);
    }
    query.limit(most);
    query.push(") a");
    if state == LineState::Unregistered {
        query.push(" UNION ALL SELECT id, line FROM (");
        if typed {
            query.part(
                "SELECT st.device_id AS id, CAST(NULL AS BIGINT) AS line FROM live.device_state st \
                 CROSS JOIN device d WHERE d.id = st.device_id",
                true,
            );
        } else {
            query.part(
                "SELECT st.device_id AS id, CAST(NULL AS BIGINT) AS line FROM live.device_state st",
                false,
            );
        }
        query.and_seen_by(actor, &LIVE_TENANT);
        if let Some((kind, party)) = filter.party {
            query.and_scope(Scope { kind, party }, &LIVE_TENANT);
        }
        if let Some(site) = filter.site {
            query.and("st.site_id = ?", [Value::Int(site.0)]);
        }
        query.and("st.class = 4", []);
        if typed {
            with_columns(&mut query, devices);
        }
        query.limit(most);
        query.push(") b");
    }
    query.push(") ");
    query
}

/// Who may see, party and site, by the columns of the index of states: each level names those above it, which it knows.
fn within_states(query: &mut Query, actor: &Actor, filter: &LineFilter) {
    in_party(query, actor.scope);
    if let Some(sites) = &actor.sites {
        query.and_in("ls.site_id", sites.iter().map(|SiteKey(key)| Value::Int(*key)));
    }
    if let Some((kind, party)) = filter.party {
        in_party(query, Scope { kind, party });
    }
    if let Some(site) = filter.site {
        let site = Value::Int(site.0);
        query.and(
            "ls.provider_id = (SELECT provider_id FROM site WHERE id = ?) \
             AND ls.customer_id = (SELECT customer_id FROM site WHERE id = ?) AND ls.site_id = ?",
            [site.clone(), site.clone(), site],
        );
    }
}

fn in_party(query: &mut Query, scope: Scope) {
    let key = Value::Int(scope.party.0);
    match scope.kind {
        PartyKind::Platform => query,
        PartyKind::Provider => query.and("ls.provider_id = ?", [key]),
        PartyKind::Operator => query.and(
            "ls.provider_id = (SELECT provider_id FROM party WHERE id = ?) \
             AND ls.customer_id IN (SELECT id FROM party WHERE operator_id = ? AND kind = 'customer')",
            [key.clone(), key],
        ),
        PartyKind::Customer => query.and(
            "ls.provider_id = (SELECT provider_id FROM party WHERE id = ?) AND ls.customer_id = ?",
            [key.clone(), key],
        ),
    };
}

impl Store {
    /// How the rows of this list are come by: `any` gives as many as there are, not only as many as a person leafs through.
    pub(crate) async fn way_to_lines(
        &self,
        actor: &Actor,
        filter: &LineFilter,
        devices: &DeviceFilter,
        any: bool,
    ) -> Result<Way> {
        let most = if any { i64::MAX } else { MOST };
        if filter.state.is_some() && filter.search.is_none() {
            // Those that are few are found; a list that most lines are in is walked, where every row or so is one of it.
            let mut query = by_state(actor, filter, devices, MOST);
            query.push("SELECT count(*) FROM found");
            let (count,): (i64,) =
                read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_one(db))?;
            return Ok(if count < MOST { Way::ByState(most) } else { Way::Walk });
        }
        Ok(match self.is_found_first(actor, devices).await? {
            Some(seen) => Way::ByDevice { seen: if any { i64::MAX } else { seen }, most },
            None => Way::Walk,
        })
    }
}
