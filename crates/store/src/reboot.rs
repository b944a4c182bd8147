//! Reboots: rows of `operation`, one each, changed with every step until it is over.

use serde::{Deserialize, Serialize};
use tonalite_core::access::Identity;
use tonalite_core::device::Device;
use tonalite_core::id::{DeviceId, DeviceKey, LineKey, PartyKey, RebootId, RebootKey, SiteKey};
use tonalite_core::page::Limit;
use tonalite_core::party::Tenancy;
use tonalite_core::reboot::{Reboot, RebootReason, RebootState, Seen, Snapshot};
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};
use uuid::Uuid;

use crate::audit::{AuditRecord, actor_columns, add_audit};
use crate::db::{Store, read, transaction};
use crate::error::{BadRow, Fault};
use crate::row::{row, small};

/// A reboot to be written down.
pub struct RebootInsert<'a> {
    /// Its public id.
    pub id: RebootId,
    /// The device.
    pub device: &'a Device,
    /// Who asked.
    pub identity: &'a Identity,
    /// What is registered.
    pub snapshot: &'a Snapshot,
    /// When.
    pub now: Timestamp,
}

row! {
    /// As stored.
    RebootRow {
        id: i64,
        uid: Uuid,
        device_id: i64,
        device_uid: Uuid,
        site_id: i64,
        customer_id: i64,
        operator_id: Option<i64>,
        provider_id: i64,
        username: Option<String>,
        state: String,
        code: Option<i64>,
        reason: Option<String>,
        phrase: Option<String>,
        requested_at: i64,
        answered_at: Option<i64>,
        down_at: Option<i64>,
        back_at: Option<i64>,
        deadline: Option<i64>,
        updated_at: i64,
        snapshot: String,
    }
}

/// One binding of a snapshot, as stored.
#[derive(Serialize, Deserialize)]
struct SeenJson {
    line: i64,
    binding: i64,
    contact: String,
    instance: Option<String>,
    call_id: String,
    cseq: u32,
    source: std::net::SocketAddr,
    user_agent: Option<String>,
}

macro_rules! select_reboot {
    ($tail:literal) => {
        concat!(
            "SELECT o.id, o.uid, o.device_id, d.uid AS device_uid, o.site_id, o.customer_id, o.operator_id, o.provider_id, \
             u.username, o.state, o.code, o.reason, o.phrase, o.requested_at, o.answered_at, o.down_at, o.back_at, \
             o.deadline, o.updated_at, o.snapshot FROM operation o JOIN device d ON d.id = o.device_id \
             LEFT JOIN portal_user u ON u.id = o.portal_user_id WHERE o.kind = 'reboot' AND ",
            $tail
        )
    };
}

impl Store {
    /// Writes a reboot down; one of the same device that is still under way ends as *superseded*, and its id is given.
    pub async fn insert_reboot(
        &self,
        insert: &RebootInsert<'_>,
        audit: &AuditRecord,
    ) -> Result<(RebootKey, Vec<RebootId>)> {
        let (actor, user, token) = actor_columns(insert.identity);
        let Tenancy { provider, operator, customer } = insert.device.tenancy;
        let key = |party: Option<PartyKey>| party.map_or(PartyKey::PLATFORM.0, |party| party.0);
        let snapshot = serde_json::to_string(&snapshot_json(insert.snapshot)).map_err(Fault::from)?;
        transaction!(self.db, writer, |tx| {
            let superseded: Vec<(Uuid,)> = sqlx::query_as(
                "UPDATE operation SET state = 'superseded', updated_at = $1 WHERE device_id = $2 AND kind = 'reboot' \
                 AND state IN ('requested', 'sent', 'accepted', 'down') RETURNING uid",
            )
            .bind(insert.now.0)
            .bind(insert.device.key.0)
            .fetch_all(&mut *tx)
            .await?;
            let (id,): (i64,) = sqlx::query_as(
                "INSERT INTO operation (uid, kind, device_id, site_id, customer_id, operator_id, provider_id, actor, \
                 portal_user_id, token_uid, state, requested_at, updated_at, snapshot) \
                 VALUES ($1, 'reboot', $2, $3, $4, $5, $6, $7, $8, $9, 'requested', $10, $10, $11) RETURNING id",
            )
            .bind(insert.id.uuid())
            .bind(insert.device.key.0)
            .bind(insert.device.site_key.0)
            .bind(key(customer))
            .bind(operator.map(|party| party.0))
            .bind(key(provider))
            .bind(actor)
            .bind(user)
            .bind(token)
            .bind(insert.now.0)
            .bind(&snapshot)
            .fetch_one(&mut *tx)
            .await?;
            add_audit!(tx, audit)?;
            let superseded = superseded.into_iter().map(|(uid,)| RebootId::from_uuid(uid)).collect();
            Ok::<_, Fault>((RebootKey(id), superseded))
        })
    }

    /// Writes where a reboot stands. `false`: it is over already, or its device is gone; then nothing was written.
    pub async fn update_reboot(&self, reboot: &Reboot) -> Result<bool> {
        transaction!(self.db, writer, |tx| {
            let done = sqlx::query(
                "UPDATE operation SET state = $1, code = $2, reason = $3, phrase = $4, answered_at = $5, down_at = $6, \
                 back_at = $7, deadline = $8, updated_at = $9 WHERE id = $10 \
                 AND state IN ('requested', 'sent', 'accepted', 'down')",
            )
            .bind(reboot.state.as_str())
            .bind(reboot.code.map(i64::from))
            .bind(reboot.reason.map(RebootReason::as_str))
            // PostgreSQL's text cannot hold NUL, and the phrase is a phone's.
            .bind(reboot.phrase.as_deref().map(|phrase| phrase.replace('\0', "\u{fffd}")))
            .bind(reboot.answered_at.map(|at| at.0))
            .bind(reboot.down_at.map(|at| at.0))
            .bind(reboot.back_at.map(|at| at.0))
            .bind(reboot.deadline.map(|at| at.0))
            .bind(reboot.updated_at.0)
            .bind(reboot.key.0)
            .execute(&mut *tx)
            .await?;
            Ok::<_, Fault>(done.rows_affected() > 0)
        })
    }

    /// A reboot by its public id.
    pub async fn find_reboot(&self, id: RebootId) -> Result<Option<Reboot>> {
        let row: Option<RebootRow> = read!(self.db, |db| {
            sqlx::query_as(select_reboot!("o.uid = $1")).bind(id.uuid()).fetch_optional(db)
        })?;
        row.map(read_reboot).transpose().map_err(Error::from)
    }

    /// The newest reboots of a device, newest first.
    pub async fn find_reboots_of_device(&self, device: DeviceKey, limit: Limit) -> Result<Vec<Reboot>> {
        let rows: Vec<RebootRow> = read!(self.db, |db| {
            sqlx::query_as(select_reboot!("o.device_id = $1 ORDER BY o.id DESC LIMIT $2"))
                .bind(device.0)
                .bind(i64::from(limit.get()))
                .fetch_all(db)
        })?;
        read_all(rows)
    }

    /// Reboots that are not over, after the one with this key: what an earlier life of the program left.
    pub async fn find_unfinished_reboots(&self, after: RebootKey, limit: Limit) -> Result<Vec<Reboot>> {
        let rows: Vec<RebootRow> = read!(self.db, |db| {
            sqlx::query_as(select_reboot!(
                "o.state IN ('requested', 'sent', 'accepted', 'down') AND o.id > $1 ORDER BY o.id LIMIT $2"
            ))
            .bind(after.0)
            .bind(i64::from(limit.get()))
            .fetch_all(db)
        })?;
        read_all(rows)
    }
}

fn read_all(rows: Vec<RebootRow>) -> Result<Vec<Reboot>> {
    rows.into_iter().map(read_reboot).collect::<std::result::Result<_, Fault>>().map_err(Error::from)
}

fn read_reboot(row: RebootRow) -> std::result::Result<Reboot, Fault> {
    let bad = |column| BadRow { table: "operation", column, row: row.id };
    let reason = match &row.reason {
        Some(reason) => Some(RebootReason::parse(reason).ok_or_else(|| bad("reason"))?),
        None => None,
    };
    let snapshot: Vec<SeenJson> = serde_json::from_str(&row.snapshot)?;
    Ok(Reboot {
        key: RebootKey(row.id),
        id: RebootId::from_uuid(row.uid),
        device_key: DeviceKey(row.device_id),
        device_id: DeviceId::from_uuid(row.device_uid),
        site: SiteKey(row.site_id),
        tenancy: Tenancy {
            provider: Some(PartyKey(row.provider_id)),
            operator: row.operator_id.map(PartyKey),
            customer: Some(PartyKey(row.customer_id)),
        },
        asked_by: row.username,
        state: RebootState::parse(&row.state).ok_or_else(|| bad("state"))?,
        code: row.code.map(small),
        reason,
        phrase: row.phrase,
        requested_at: Timestamp(row.requested_at),
        answered_at: row.answered_at.map(Timestamp),
        down_at: row.down_at.map(Timestamp),
        back_at: row.back_at.map(Timestamp),
        deadline: row.deadline.map(Timestamp),
        updated_at: Timestamp(row.updated_at),
        snapshot: Snapshot(snapshot.into_iter().map(Seen::from).collect()),
    })
}

fn snapshot_json(snapshot: &Snapshot) -> Vec<SeenJson> {
    let json = |seen: &Seen| SeenJson {
        line: seen.line.0,
        binding: seen.binding,
        contact: seen.contact.clone(),
        instance: seen.instance.clone(),
        call_id: seen.call_id.clone(),
        cseq: seen.cseq,
        source: seen.source,
        user_agent: seen.user_agent.clone(),
    };
    snapshot.0.iter().map(json).collect()
}

impl From<SeenJson> for Seen {
    fn from(json: SeenJson) -> Seen {
        Seen {
            line: LineKey(json.line),
            binding: json.binding,
            contact: json.contact,
            instance: json.instance,
            call_id: json.call_id,
            cseq: json.cseq,
            source: json.source,
            user_agent: json.user_agent,
        }
    }
}
