//! Mends what a crash between the two files left: live rows of things that are gone, things without a live row.
//! Inside the live schema nothing can disagree: every group is one transaction.

use crate::db::{Db, Store, transaction};
use crate::error::{Fault, OpenError};

const DROP_GONE: [&str; 4] = [
    "DELETE FROM live.binding WHERE NOT EXISTS (SELECT 1 FROM line l WHERE l.id = line_id)",
    "DELETE FROM live.line_state WHERE NOT EXISTS (SELECT 1 FROM line l WHERE l.id = line_id)",
    "DELETE FROM live.timeline WHERE NOT EXISTS (SELECT 1 FROM device d WHERE d.id = device_id)",
    "DELETE FROM live.device_state WHERE NOT EXISTS (SELECT 1 FROM device d WHERE d.id = device_id)",
];

const ADD_LINES: &str = "INSERT INTO live.line_state (line_id, device_id, site_id, customer_id, operator_id, provider_id, \
     state, detail, since) \
     SELECT l.id, d.id, d.site_id, d.customer_id, d.operator_id, d.provider_id, 0, 'never_seen', l.created_at \
     FROM line l JOIN device d ON d.id = l.device_id \
     WHERE NOT EXISTS (SELECT 1 FROM live.line_state s WHERE s.line_id = l.id)";

const ADD_DEVICES: &str = "INSERT INTO live.device_state (device_id, site_id, customer_id, operator_id, provider_id, state, \
     class, detail, since, lines_registered, lines_assigned) \
     SELECT d.id, d.site_id, d.customer_id, d.operator_id, d.provider_id, 0, 4, 'no_line', d.created_at, 0, 0 \
     FROM device d WHERE NOT EXISTS (SELECT 1 FROM live.device_state s WHERE s.device_id = d.id)";

/// Devices whose row is not what their lines say (the rule of `core::line_state::DeviceState::of_lines`). The time of a state
/// that changes here is that of its newest line: when it really changed is not known.
const WORK_OUT: &str = "UPDATE live.device_state AS s SET state = n.state, class = n.class, detail = n.detail, \
     since = CASE WHEN s.state = n.state THEN s.since ELSE COALESCE(n.since, s.since) END, \
     lines_registered = n.registered, lines_assigned = n.assigned, expires_at = n.expires_at \
     FROM (SELECT c.device_id, c.registered, c.assigned, c.since, c.expires_at, \
     CASE WHEN c.registered > 0 THEN 2 WHEN c.aged > 0 THEN 1 ELSE 0 END AS state, \
     CASE WHEN c.assigned = 0 THEN 4 WHEN c.registered = c.assigned THEN 0 WHEN c.registered > 0 THEN 1 \
     WHEN c.aged > 0 THEN 2 ELSE 3 END AS class, \
     CASE WHEN c.assigned = 0 THEN 'no_line' WHEN c.registered > 0 OR c.aged > 0 THEN NULL \
     WHEN c.withdrawn > 0 THEN 'withdrawn' WHEN c.ended > 0 THEN 'ended' ELSE 'never_seen' END AS detail \
     FROM (SELECT d.device_id, count(l.line_id) AS assigned, max(l.since) AS since, max(l.expires_at) AS expires_at, \
     COALESCE(sum(CASE WHEN l.state = 2 THEN 1 ELSE 0 END), 0) AS registered, \
     COALESCE(sum(CASE WHEN l.state = 1 THEN 1 ELSE 0 END), 0) AS aged, \
     COALESCE(sum(CASE WHEN l.detail = 'withdrawn' THEN 1 ELSE 0 END), 0) AS withdrawn, \
     COALESCE(sum(CASE WHEN l.detail = 'ended' THEN 1 ELSE 0 END), 0) AS ended \
     FROM live.device_state d LEFT JOIN live.line_state l ON l.device_id = d.device_id GROUP BY d.device_id) c) n \
     WHERE s.device_id = n.device_id AND (s.class <> n.class OR s.lines_registered <> n.registered \
     OR s.lines_assigned <> n.assigned OR COALESCE(s.detail, '') <> COALESCE(n.detail, ''))";

const RECOUNT: [&str; 2] = [
    "DELETE FROM live.site_count",
    "INSERT INTO live.site_count (site_id, customer_id, operator_id, provider_id, registered, partial, aged, unregistered, no_line) \
     SELECT site_id, min(customer_id), min(operator_id), min(provider_id), \
     sum(CASE WHEN class = 0 THEN 1 ELSE 0 END), sum(CASE WHEN class = 1 THEN 1 ELSE 0 END), \
     sum(CASE WHEN class = 2 THEN 1 ELSE 0 END), sum(CASE WHEN class = 3 THEN 1 ELSE 0 END), \
     sum(CASE WHEN class = 4 THEN 1 ELSE 0 END) FROM live.device_state GROUP BY site_id",
];

macro_rules! reconcile_on {
    ($tx:ident) => {{
        let mut mended = 0;
        for text in DROP_GONE {
            mended += sqlx::query(text).execute(&mut *$tx).await?.rows_affected();
        }
        mended += sqlx::query(ADD_LINES).execute(&mut *$tx).await?.rows_affected();
        mended += sqlx::query(ADD_DEVICES).execute(&mut *$tx).await?.rows_affected();
        if mended > 0 {
            sqlx::query(WORK_OUT).execute(&mut *$tx).await?;
            for text in RECOUNT {
                sqlx::query(text).execute(&mut *$tx).await?;
            }
        }
        Ok::<_, Fault>(mended)
    }};
}

impl Store {
    /// Brings the live schema in line with the inventory; gives the rows that were missing or too many.
    pub async fn mend_live(&self) -> tonalite_core::Result<u64> {
        match &self.db {
            Db::Sqlite(_) => transaction!(self.db, live, |tx| { reconcile_on!(tx) }),
            Db::Postgres(_) => transaction!(self.db, live, |tx| { reconcile_on!(tx) }),
        }
    }

    /// The same after an unclean stop: run once, before anything is answered.
    pub(crate) async fn reconcile_live(&self) -> Result<(), OpenError> {
        match self.mend_live().await {
            Ok(0) => Ok(()),
            Ok(rows) => {
                tracing::warn!(
                    live.rows = rows,
                    "live state was brought in line with the inventory after an unclean stop"
                );
                Ok(())
            }
            Err(error) => Err(OpenError::Reconcile(format!("{error:?}"))),
        }
    }
}
