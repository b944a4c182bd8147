//! What is written down about an act: rows are only ever added, in the transaction of what they tell of. Reading is in
//! `audit_read`, seals in `audit_seal`, what goes after its time in `retention`.

use tonalite_core::Result;
use tonalite_core::access::{Actor, Identity};
use tonalite_core::audit::Action;
use tonalite_core::id::PartyKey;
use tonalite_core::page::Limit;
use tonalite_core::party::Tenancy;
use tonalite_core::time::Timestamp;
use uuid::Uuid;

use crate::db::{Store, transaction};

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
    /// What.
    pub action: Action,
    /// On what: kind and public id.
    pub target: Option<(&'static str, Uuid)>,
    /// Details as a JSON object; never a secret.
    pub detail: serde_json::Value,
    /// `ok`, or the code of the error.
    pub result: &'static str,
}

impl AuditRecord {
    /// An act of `actor` that succeeded.
    pub fn new(actor: &Actor, party: PartyKey, tenancy: Tenancy, action: Action, at: Timestamp) -> Self {
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

pub(crate) const INSERT_TEXT: &str = "INSERT INTO audit (at, actor, portal_user_id, token_uid, party_id, provider_id, operator_id, customer_id, \
     action, target_kind, target_uid, detail, address, result, acting_for) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING id";

pub(crate) const INSERT_PERSONAL: &str =
    "INSERT INTO audit_personal (audit_id, subject, at, detail) VALUES ($1, $2, $3, $4)";

/// Adds a row in the transaction at hand; what it says of persons goes beside it.
macro_rules! add_audit {
    ($tx:expr, $record:expr) => {{
        let record: &$crate::AuditRecord = $record;
        let (actor, user, token) = $crate::audit::actor_columns(&record.identity);
        let parts = $crate::audit_personal::split(record.target, &record.detail);
        let added: std::result::Result<(i64,), $crate::error::Fault> =
            sqlx::query_as($crate::audit::INSERT_TEXT)
                .bind(record.at.0)
                .bind(actor)
                .bind(user)
                .bind(token)
                .bind(record.party.0)
                .bind(record.tenancy.provider.map(|key| key.0))
                .bind(record.tenancy.operator.map(|key| key.0))
                .bind(record.tenancy.customer.map(|key| key.0))
                .bind(record.action.as_str())
                .bind(record.target.map(|(kind, _)| kind))
                .bind(record.target.map(|(_, id)| id))
                .bind(parts.detail.to_string())
                .bind(record.address.as_deref())
                .bind(record.result)
                .bind(record.acting_for.map(|key| key.0))
                .fetch_one(&mut *$tx)
                .await
                .map_err($crate::error::Fault::from);
        match (added, parts.personal) {
            (Ok((id,)), Some(personal)) => sqlx::query($crate::audit::INSERT_PERSONAL)
                .bind(id)
                .bind(parts.subject)
                .bind(record.at.0)
                .bind(personal.to_string())
                .execute(&mut *$tx)
                .await
                .map_err($crate::error::Fault::from)
                .map(|_| ()),
            (added, _) => added.map(|_| ()),
        }
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

impl Store {
    /// Writes down something that changed nothing: a sign-in, a file.
    pub async fn add_audit(&self, record: &AuditRecord) -> Result<()> {
        transaction!(self.db, writer, |tx| { add_audit!(tx, record) })
    }

    /// The same of several at once.
    pub async fn add_audits(&self, records: &[AuditRecord]) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            for record in records {
                add_audit!(tx, record)?;
            }
            Ok::<_, crate::error::Fault>(())
        })
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
