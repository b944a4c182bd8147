//! The audit log: rows are only ever added, in the transaction of what they tell of.

use tonalite_core::Result;
use tonalite_core::access::{Actor, Identity};
use tonalite_core::id::{PartyId, PartyKey};
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::party::Tenancy;
use tonalite_core::time::Timestamp;
use uuid::Uuid;

use crate::db::{Store, read, transaction};
use crate::error::Fault;
use crate::row::row;
use crate::sql::{Query, TenantColumns, Value, bind_all};

/// What to write down about one act.
#[derive(Debug, Clone)]
pub struct AuditRecord {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub identity: Identity,
    /// From where.
    pub address: Option<String>,
    /// The customer in whose portal somebody of a party above was working.
    pub acting_for: Option<PartyKey>,
    /// For which party.
    pub party: PartyKey,
    /// Place of that party in the tree: decides who may read the row.
    pub tenancy: Tenancy,
    /// What: `device.create`, `session.refused`…
    pub action: &'static str,
    /// On what: kind and public id.
    pub target: Option<(&'static str, Uuid)>,
    /// Details as a JSON object; never a secret.
    pub detail: serde_json::Value,
    /// `ok`, or the code of the error.
    pub result: &'static str,
}

impl AuditRecord {
    /// An act of `actor` that succeeded.
    pub fn new(
        actor: &Actor,
        party: PartyKey,
        tenancy: Tenancy,
        action: &'static str,
        at: Timestamp,
    ) -> Self {
        AuditRecord {
            at,
            identity: actor.identity.clone(),
            address: actor.address.clone(),
            acting_for: actor.acting_for,
            party,
            tenancy,
            action,
            target: None,
            detail: serde_json::Value::Object(serde_json::Map::new()),
            result: "ok",
        }
    }

    /// Names the thing acted on.
    #[must_use]
    pub fn on(mut self, kind: &'static str, id: Uuid) -> Self {
        self.target = Some((kind, id));
        self
    }

    /// Adds details.
    #[must_use]
    pub fn detail(mut self, detail: serde_json::Value) -> Self {
        self.detail = detail;
        self
    }

    /// Notes that it was refused, with the error's code.
    #[must_use]
    pub fn refused(mut self, code: &'static str) -> Self {
        self.result = code;
        self
    }
}

/// A row of the log as people read it.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditRow {
    /// When.
    pub at: Timestamp,
    /// `cli`, `system`, or the public id of the portal user.
    pub actor: String,
    /// Name of the portal user, as long as it is known.
    pub actor_name: Option<String>,
    /// For which party.
    pub party_id: PartyId,
    /// What.
    pub action: String,
    /// Kind of the thing acted on.
    pub target_kind: Option<String>,
    /// Public id of the thing acted on.
    pub target_id: Option<String>,
    /// Details.
    pub detail: serde_json::Value,
    /// From where.
    pub address: Option<String>,
    /// `ok`, or the code of the error.
    pub result: String,
}

row! {
    /// As stored.
    Stored {
        id: i64,
        at: i64,
        actor: String,
        user_uid: Option<Uuid>,
        username: Option<String>,
        party_uid: Uuid,
        action: String,
        target_kind: Option<String>,
        target_uid: Option<Uuid>,
        detail: String,
        address: Option<String>,
        result: String,
    }
}

pub(crate) const INSERT_TEXT: &str = "INSERT INTO audit (at, actor, portal_user_id, token_uid, party_id, provider_id, operator_id, customer_id, \
     action, target_kind, target_uid, detail, address, result, acting_for) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";

/// Adds a row in the transaction at hand.
macro_rules! add_audit {
    ($tx:expr, $record:expr) => {{
        let record: &$crate::AuditRecord = $record;
        let (actor, user, token) = $crate::audit::actor_columns(&record.identity);
        sqlx::query($crate::audit::INSERT_TEXT)
            .bind(record.at.0)
            .bind(actor)
            .bind(user)
            .bind(token)
            .bind(record.party.0)
            .bind(record.tenancy.provider.map(|key| key.0))
            .bind(record.tenancy.operator.map(|key| key.0))
            .bind(record.tenancy.customer.map(|key| key.0))
            .bind(record.action)
            .bind(record.target.map(|(kind, _)| kind))
            .bind(record.target.map(|(_, id)| id))
            .bind(record.detail.to_string())
            .bind(record.address.as_deref())
            .bind(record.result)
            .bind(record.acting_for.map(|key| key.0))
            .execute(&mut *$tx)
            .await
            .map_err($crate::error::Fault::from)
            .map(|_| ())
    }};
}
pub(crate) use add_audit;

pub(crate) fn actor_columns(identity: &Identity) -> (&'static str, Option<i64>, Option<Uuid>) {
    match identity {
        Identity::CommandLine => ("cli", None, None),
        Identity::System => ("system", None, None),
        Identity::PortalUser(key, _) => ("portal_user", Some(key.0), None),
        Identity::Token(key, _, token) => ("token", Some(key.0), Some(token.uuid())),
    }
}

const TENANT: TenantColumns = TenantColumns {
    provider: "a.provider_id = ?",
    operator: "a.operator_id = ?",
    customer: "a.customer_id = ?",
    site: None,
};

impl Store {
    /// Writes down something that changed nothing: a refused attempt, a sign-in.
    pub async fn add_audit(&self, record: &AuditRecord) -> Result<()> {
        transaction!(self.db, writer, |tx| { add_audit!(tx, record) })
    }

    /// Newest first, of what the actor's subtree contains, narrowed to a party's subtree.
    pub async fn page_audit(
        &self,
        actor: &Actor,
        party: Option<tonalite_core::access::Scope>,
        limit: Limit,
        after: Option<&Cursor>,
    ) -> Result<Page<AuditRow>> {
        let mut query = Query::new(
            "SELECT a.id, a.at, a.actor, u.uid AS user_uid, u.username, p.uid AS party_uid, a.action, a.target_kind, \
             a.target_uid, a.detail, a.address, a.result \
             FROM audit a JOIN party p ON p.id = a.party_id LEFT JOIN portal_user u ON u.id = a.portal_user_id",
        );
        query.and_seen_by(actor, &TENANT);
        if let Some(scope) = party {
            query.and_scope(scope, &TENANT);
        }
        if let Some(cursor) = after {
            query.and("a.id < ?", [Value::Int(cursor.key)]);
        }
        query.push(" ORDER BY a.id DESC").limit(i64::from(limit.get()) + 1);
        let mut rows: Vec<Stored> =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
        let next = cut(&mut rows, limit).map(|row| Cursor { value: String::new(), key: row.id });
        let items = rows.into_iter().map(AuditRow::try_from).collect::<std::result::Result<_, Fault>>()?;
        Ok(Page { items, next })
    }
}

/// Cuts the extra row that proves a next page; gives the last row that stays.
pub(crate) fn cut<T>(rows: &mut Vec<T>, limit: Limit) -> Option<&T> {
    if rows.len() > usize::from(limit.get()) {
        rows.truncate(usize::from(limit.get()));
        rows.last()
    } else {
        None
    }
}

impl TryFrom<Stored> for AuditRow {
    type Error = Fault;
    fn try_from(row: Stored) -> std::result::Result<Self, Fault> {
        Ok(AuditRow {
            at: Timestamp(row.at),
            actor: row.user_uid.map_or(row.actor, |uid| uid.to_string()),
            actor_name: row.username,
            party_id: PartyId::from_uuid(row.party_uid),
            action: row.action,
            target_kind: row.target_kind,
            target_id: row.target_uid.map(|uid| uid.to_string()),
            detail: serde_json::from_str(&row.detail)?,
            address: row.address,
            result: row.result,
        })
    }
}
