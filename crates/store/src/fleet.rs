//! A customer's whole fleet at once: sites, users, devices and one line each, in one transaction of a few statements.
//! For installations that are being filled; people add one thing at a time elsewhere.

use serde::Serialize;
use tonalite_core::Result;
use tonalite_core::party::Party;
use tonalite_core::time::Timestamp;

use crate::AuditRecord;
use crate::audit::add_audit;
use crate::db::{Db, Store, read, transaction};
use crate::device_search::{DEVICES_AFTER, index_devices};
use crate::sql::Twin;

/// Rows of one JSON text: some hundred kilobytes, which both engines unfold in a few milliseconds.
const BATCH: usize = 2_000;

/// A site to be written.
#[derive(Debug, Clone, Serialize)]
pub struct FleetSite {
    /// UUID, 32 hexadecimal digits.
    pub uid: String,
    /// Name.
    pub name: String,
    /// The name as it is compared.
    pub name_folded: String,
    /// IANA name.
    pub time_zone: &'static str,
    /// `en` or `fr`.
    pub language: &'static str,
}

/// A device with its one line and the user of it.
#[derive(Clone, Serialize)]
pub struct FleetDevice {
    /// UUID of the device, 32 hexadecimal digits.
    pub uid: String,
    /// UUID of the user.
    pub user_uid: String,
    /// UUID of the line.
    pub line_uid: String,
    /// The folded name of its site.
    pub site: String,
    /// Address, as a number.
    pub mac: u64,
    /// Id of its type.
    pub device_type: String,
    /// Ports of its type.
    pub ports: u16,
    /// Name of the device.
    pub name: String,
    /// Name of the user.
    pub user_name: String,
    /// What the user is found by.
    pub user_found_by: String,
    /// Extension of the user, one of a kind at the site.
    pub extension: String,
    /// Number of the user, E.164.
    pub number: String,
    /// SIP user name.
    pub sip_username: String,
    /// The sealed secret, hexadecimal: bytes have no place in JSON.
    pub secret: String,
}

/// `$1` rows, `$2` provider, `$3` operator, `$4` customer, `$5` now. `$uid` and `$bytes` turn hexadecimal digits into what
/// an engine keeps of them: a function of its own in each. CROSS JOIN, because SQLite keeps the order of such joins: it would
/// read the JSON once more for every row of the other table.
macro_rules! insert {
    ($before:literal, $from:literal, $uids:literal, $uidp:literal, $bytes:literal, $bytep:literal) => {
        Twin {
            sqlite: concat!($before, $uids, $bytes, " FROM json_each($1) ", $from),
            postgres: concat!($before, $uidp, $bytep, " FROM json_array_elements($1::json) ", $from),
        }
    };
}

const SITES: Twin = insert!(
    "INSERT INTO site (provider_id, operator_id, customer_id, created_at, version, name, name_folded, time_zone, language, uid) \
     SELECT CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT), 1, value->>'name', \
     value->>'name_folded', value->>'time_zone', value->>'language', ",
    "",
    "unhex(value->>'uid')",
    "CAST(value->>'uid' AS UUID)",
    "",
    ""
);

const USERS: Twin = insert!(
    "INSERT INTO \"user\" (provider_id, operator_id, customer_id, created_at, version, site_id, name, extension, number, found_by, uid) \
     SELECT CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT), 1, s.id, value->>'user_name', \
     value->>'extension', value->>'number', value->>'user_found_by', ",
    "CROSS JOIN site s WHERE s.customer_id = $4 AND s.name_folded = value->>'site'",
    "unhex(value->>'user_uid')",
    "CAST(value->>'user_uid' AS UUID)",
    "",
    ""
);

const DEVICES: Twin = insert!(
    "INSERT INTO device (provider_id, operator_id, customer_id, created_at, version, site_id, mac, device_type, name, critical, \
     lines_total, lines_assigned, uid) \
     SELECT CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT), 1, s.id, \
     CAST(value->>'mac' AS BIGINT), value->>'device_type', value->>'name', 0, CAST(value->>'ports' AS BIGINT), 1, ",
    "CROSS JOIN site s WHERE s.customer_id = $4 AND s.name_folded = value->>'site'",
    "unhex(value->>'uid')",
    "CAST(value->>'uid' AS UUID)",
    "",
    ""
);

const LINES: Twin = insert!(
    "INSERT INTO line (created_at, device_id, port, user_id, line_use, sip_username, sip_domain, algorithms, uid, secret) \
     SELECT CAST($5 AS BIGINT), d.id, 1, u.id, 'primary', value->>'sip_username', $6, $7, ",
    "CROSS JOIN device d CROSS JOIN \"user\" u WHERE d.mac = CAST(value->>'mac' AS BIGINT) AND d.customer_id = $4 \
     AND u.site_id = d.site_id AND u.extension = value->>'extension'",
    "unhex(value->>'line_uid')",
    "CAST(value->>'line_uid' AS UUID)",
    ", unhex(value->>'secret')",
    ", decode(value->>'secret', 'hex')"
);

macro_rules! put {
    ($tx:ident, $text:expr, $rows:expr, $customer:expr, $now:expr $(, $more:expr)*) => {
        for rows in $rows.chunks(BATCH) {
            let json = serde_json::to_string(rows)?;
            sqlx::query($text)
                .bind(json)
                .bind($customer.tenancy.provider.map(|key| key.0))
                .bind($customer.tenancy.operator.map(|key| key.0))
                .bind($customer.key.0)
                .bind($now.0)
                $(.bind($more))*
                .execute(&mut *$tx)
                .await?;
        }
    };
}

macro_rules! fill {
    ($self:ident, $engine:ident, $customer:ident, $sites:ident, $devices:ident, $sip:ident, $now:ident, $audit:ident) => {
        transaction!($self.db, writer, |tx| {
            let (known,): (i64,) =
                sqlx::query_as("SELECT coalesce(max(id), 0) FROM device").fetch_one(&mut *tx).await?;
            put!(tx, SITES.$engine, $sites, $customer, $now);
            put!(tx, USERS.$engine, $devices, $customer, $now);
            put!(tx, DEVICES.$engine, $devices, $customer, $now);
            put!(tx, LINES.$engine, $devices, $customer, $now, $sip.0, $sip.1);
            index_devices!(tx, $self.engine(), DEVICES_AFTER, known);
            add_audit!(tx, $audit)
        })
    };
}

impl Store {
    /// Whether nobody has put anything here: no party but the platform, and no portal user.
    pub async fn is_empty(&self) -> Result<bool> {
        let row: (i64,) = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT (SELECT count(*) FROM (SELECT id FROM party WHERE id <> 1 LIMIT 1) p) \
                 + (SELECT count(*) FROM (SELECT id FROM portal_user LIMIT 1) u)",
            )
            .fetch_one(db)
        })?;
        Ok(row.0 == 0)
    }

    /// Writes a fleet of a customer where nobody else adds devices meanwhile, inventory only: see [`Store::mend_live`]. `sip`: domain and algorithms.
    pub async fn insert_fleet(
        &self,
        customer: &Party,
        sites: &[FleetSite],
        devices: &[FleetDevice],
        sip: (&str, &str),
        now: Timestamp,
        audit: &AuditRecord,
    ) -> Result<()> {
        match &self.db {
            Db::Sqlite(_) => fill!(self, sqlite, customer, sites, devices, sip, now, audit),
            Db::Postgres(_) => fill!(self, postgres, customer, sites, devices, sip, now, audit),
        }
    }
}
