//! Reading the audit log: newest first, in pages by key, or as one stream for a file.

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use tonalite_core::Result;
use tonalite_core::access::Actor;
use tonalite_core::audit::{AuditFilter, ByWhom, Outcome};
use tonalite_core::error::FieldError;
use tonalite_core::id::PartyId;
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::search::Term;
use tonalite_core::time::Timestamp;
use uuid::Uuid;

use crate::audit::cut;
use crate::audit_personal::joined;
use crate::db::{Db, Store, read};
use crate::error::Fault;
use crate::row::row;
use crate::sql::{Query, TenantColumns, Value, bind_all};

/// Rows that one page looks through for what no index knows (an action, a refusal, a word): a log of years is not read
/// for one page. Who wants more goes on from there.
const LOOKED_THROUGH: i64 = 20_000;

/// A row of the log as people read it.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditRow {
    /// When.
    pub at: Timestamp,
    /// `cli`, `system`, or the public id of the portal user.
    pub actor: String,
    /// Name of the portal user, until it is erased.
    pub actor_name: Option<String>,
    /// Name of the party that it belongs to.
    pub actor_party: Option<String>,
    /// The API token that was used.
    pub token_id: Option<Uuid>,
    /// The customer in whose portal somebody of a party above was working: id and name.
    pub acting_for: Option<(PartyId, String)>,
    /// For which party.
    pub party_id: PartyId,
    /// Its name.
    pub party_name: String,
    /// What.
    pub action: String,
    /// Kind of the thing acted on.
    pub target_kind: Option<String>,
    /// Public id of the thing acted on.
    pub target_id: Option<String>,
    /// Details, with what is left of the personal ones.
    pub detail: serde_json::Value,
    /// From where, as long as it is kept.
    pub address: Option<String>,
    /// `ok`, or the code of the error.
    pub result: String,
}

/// One page of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditPage {
    /// Its rows; with a filter that no index knows there may be fewer than asked for, or none, and yet more to come.
    pub items: Vec<AuditRow>,
    /// Where to go on.
    pub next: Option<Cursor>,
    /// Set when the page ended because as many rows were looked through as one page may.
    pub looked_through: Option<u32>,
}

row! {
    /// As stored.
    Stored {
        id: i64,
        at: i64,
        actor: String,
        user_uid: Option<Uuid>,
        username: Option<String>,
        erased_at: Option<i64>,
        user_party: Option<String>,
        token_uid: Option<Uuid>,
        acting_uid: Option<Uuid>,
        acting_name: Option<String>,
        party_uid: Uuid,
        party_name: String,
        action: String,
        target_kind: Option<String>,
        target_uid: Option<Uuid>,
        detail: String,
        personal: Option<String>,
        address: Option<String>,
        result: String,
    }
}

macro_rules! joins {
    () => {
        " a JOIN party p ON p.id = a.party_id LEFT JOIN portal_user u ON u.id = a.portal_user_id \
         LEFT JOIN party up ON up.id = u.party_id LEFT JOIN party f ON f.id = a.acting_for \
         LEFT JOIN audit_personal x ON x.audit_id = a.id"
    };
}

macro_rules! columns {
    () => {
        "SELECT a.id, a.at, a.actor, u.uid AS user_uid, u.username, u.erased_at, up.name AS user_party, a.token_uid, \
         f.uid AS acting_uid, f.name AS acting_name, p.uid AS party_uid, p.name AS party_name, a.action, a.target_kind, \
         a.target_uid, a.detail, x.detail AS personal, a.address, a.result FROM "
    };
}

const TENANT: TenantColumns = TenantColumns {
    provider: "a.provider_id = ?",
    operator: "a.operator_id = ?",
    customer: "a.customer_id = ?",
    site: None,
};

impl Store {
    /// Newest first, of what the actor's subtree contains.
    ///
    /// # Errors
    /// `cursor_malformed`.
    pub async fn page_audit(
        &self,
        actor: &Actor,
        filter: Option<&AuditFilter>,
        limit: Limit,
        after: Option<&Cursor>,
    ) -> Result<AuditPage> {
        let everything = AuditFilter::default();
        let filter = filter.unwrap_or(&everything);
        let after = after.map(read_cursor).transpose()?;
        let sieved = is_sieved(filter);
        let mut query = Query::new(if sieved { concat!(columns!(), "(SELECT * FROM audit a") } else { "" });
        if sieved {
            found_by_index(&mut query, actor, filter, after);
            query.push(" ORDER BY a.at DESC, a.id DESC").limit(LOOKED_THROUGH).push(")");
            query.part(joins!(), false);
            sift(&mut query, filter);
        } else {
            query.part(concat!(columns!(), "audit", joins!()), false);
            found_by_index(&mut query, actor, filter, after);
        }
        query.push(" ORDER BY a.at DESC, a.id DESC").limit(i64::from(limit.get()) + 1);
        let mut rows: Vec<Stored> =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
        let mut next = cut(&mut rows, limit).map(|row| cursor(row.at, row.id));
        let mut looked_through = None;
        if next.is_none() && sieved {
            next = self.end_of_window(actor, filter, after).await?;
            looked_through = next.as_ref().and_then(|_| u32::try_from(LOOKED_THROUGH).ok());
        }
        let items = rows.into_iter().map(AuditRow::try_from).collect::<std::result::Result<_, Fault>>()?;
        Ok(AuditPage { items, next, looked_through })
    }

    /// The last row that a page looked through; `None` when it came to the end of the log.
    async fn end_of_window(
        &self,
        actor: &Actor,
        filter: &AuditFilter,
        after: Option<(i64, i64)>,
    ) -> Result<Option<Cursor>> {
        let mut query =
            Query::new("SELECT w.at, w.id, count(*) OVER () FROM (SELECT a.at, a.id FROM audit a");
        found_by_index(&mut query, actor, filter, after);
        query.push(" ORDER BY a.at DESC, a.id DESC").limit(LOOKED_THROUGH);
        query.push(") w ORDER BY w.at, w.id LIMIT 1");
        let last: Option<(i64, i64, i64)> =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_optional(db))?;
        Ok(last.filter(|(_, _, rows)| *rows == LOOKED_THROUGH).map(|(at, id, _)| cursor(at, id)))
    }

    /// Everything that the filter lets through, newest first, of one moment. Dropping the stream ends the reading.
    pub fn stream_audit(&self, actor: &Actor, filter: &AuditFilter) -> BoxStream<'_, Result<AuditRow>> {
        let mut query = Query::new(concat!(columns!(), "audit", joins!()));
        found_by_index(&mut query, actor, filter, None);
        sift(&mut query, filter);
        query.push(" ORDER BY a.at DESC, a.id DESC");
        macro_rules! stream_from {
            ($pool:expr) => {{
                let mut statement = sqlx::query_as::<_, Stored>(query.text());
                for value in query.values {
                    statement = match value {
                        Value::Int(n) => statement.bind(n),
                        Value::Text(text) => statement.bind(text),
                        Value::Uuid(uuid) => statement.bind(uuid),
                    };
                }
                let read = |row: sqlx::Result<Stored>| {
                    let row = row.map_err(Fault::from).and_then(AuditRow::try_from);
                    row.map_err(tonalite_core::Error::from)
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

fn cursor(at: i64, id: i64) -> Cursor {
    Cursor { value: at.to_string(), key: id }
}

fn read_cursor(cursor: &Cursor) -> Result<(i64, i64)> {
    let at = cursor.value.parse().map_err(|_| FieldError::new("after", "cursor_malformed"));
    Ok((at.map_err(|error| tonalite_core::Error::Invalid(vec![error]))?, cursor.key))
}

/// Whether something is asked that no index knows.
fn is_sieved(filter: &AuditFilter) -> bool {
    let by_program = matches!(filter.by, Some(ByWhom::CommandLine | ByWhom::System));
    by_program || filter.action.is_some() || filter.outcome.is_some() || filter.search.is_some()
}

/// What one of the indexes leads to.
fn found_by_index(query: &mut Query, actor: &Actor, filter: &AuditFilter, after: Option<(i64, i64)>) {
    query.and_seen_by(actor, &TENANT);
    if let Some(scope) = filter.party {
        query.and_scope(scope, &TENANT);
    }
    if let Some(ByWhom::Person(key)) = filter.by {
        match key {
            Some(key) => query.and("a.portal_user_id = ?", [Value::Int(key.0)]),
            None => query.and("1 = 0", []),
        };
    }
    if let Some(target) = filter.target {
        query.and("a.target_uid = ?", [Value::Uuid(target)]);
    }
    if let Some(from) = filter.from {
        query.and("a.at >= ?", [Value::Int(from.0)]);
    }
    if let Some(to) = filter.to {
        query.and("a.at < ?", [Value::Int(to.0)]);
    }
    if let Some((at, id)) = after {
        query.and("(a.at, a.id) < (?, ?)", [Value::Int(at), Value::Int(id)]);
    }
}

/// What is looked at row by row.
fn sift(query: &mut Query, filter: &AuditFilter) {
    match filter.by {
        Some(ByWhom::CommandLine) => {
            query.and("a.actor = 'cli'", []);
        }
        Some(ByWhom::System) => {
            query.and("a.actor = 'system'", []);
        }
        Some(ByWhom::Person(_)) | None => {}
    }
    if let Some(action) = filter.action {
        query.and_in(
            "a.action",
            action.actions().iter().map(|action| Value::Text(action.as_str().to_owned())),
        );
    }
    match filter.outcome {
        Some(Outcome::Ok) => {
            query.and("a.result = 'ok'", []);
        }
        Some(Outcome::Refused) => {
            query.and("a.result <> 'ok'", []);
        }
        None => {}
    }
    for term in filter.search.iter().flat_map(|search| search.terms()) {
        look_for(query, term);
    }
}

/// In what the row says: letters and digits alone make a term, so that none of it can mean anything to LIKE.
fn look_for(query: &mut Query, term: &Term) {
    let within = |condition: &'static str| (condition, vec![Value::Text(format!("%{}%", term.text))]);
    let mut ways = vec![
        within("lower(a.detail) LIKE ?"),
        within("lower(x.detail) LIKE ?"),
        within("lower(u.username) LIKE ?"),
        within("lower(p.name) LIKE ?"),
        within("a.action LIKE ?"),
        within("a.result LIKE ?"),
        within("a.address LIKE ?"),
    ];
    if let Some((from, to)) = &term.address {
        ways.push((
            "a.address >= ? AND a.address < ?",
            vec![Value::Text(from.clone()), Value::Text(to.clone())],
        ));
    }
    query.and_any(ways);
}

impl TryFrom<Stored> for AuditRow {
    type Error = Fault;
    fn try_from(row: Stored) -> std::result::Result<Self, Fault> {
        let personal = row.personal.map(|text| serde_json::from_str(&text)).transpose()?;
        Ok(AuditRow {
            at: Timestamp(row.at),
            actor: row.user_uid.map_or(row.actor, |uid| uid.to_string()),
            actor_name: row.username.filter(|_| row.erased_at.is_none()),
            actor_party: row.user_party,
            token_id: row.token_uid,
            acting_for: row.acting_uid.map(PartyId::from_uuid).zip(row.acting_name),
            party_id: PartyId::from_uuid(row.party_uid),
            party_name: row.party_name,
            action: row.action,
            target_kind: row.target_kind,
            target_id: row.target_uid.map(|uid| uid.to_string()),
            detail: joined(serde_json::from_str(&row.detail)?, personal),
            address: row.address,
            result: row.result,
        })
    }
}
