//! The list of parties: searched by name, ordered by name, with the names of those above each.

use tonalite_core::Result;
use tonalite_core::access::{Actor, Scope};
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::party::{Party, PartyKind};
use tonalite_core::search::{Search, searchable};

use crate::audit::cut;
use crate::db::{Store, read, transaction};
use crate::error::{Fault, OpenError};
use crate::party::{party_row, select_party};
use crate::sql::{Query, TenantColumns, Value, bind_all};

/// Names of one transaction, when they are folded at the start.
const BATCH: i64 = 500;

party_row! {
    /// A party with the names above it.
    PlacedRow { name_folded: String, provider_name: Option<String>, operator_name: Option<String> }
}

const SELECT: &str = select_party!(
    ", p.name_folded, provider.name AS provider_name, operator.name AS operator_name",
    "party p",
    " LEFT JOIN party provider ON provider.id = p.provider_id LEFT JOIN party operator ON operator.id = p.operator_id"
);

const TENANT: TenantColumns = TenantColumns {
    provider: "p.provider_id = ?",
    operator: "p.operator_id = ?",
    customer: "p.customer_id = ?",
    site: None,
};

/// What a list of parties is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct PartyFilter {
    /// The subtree of a party, itself included.
    pub below: Option<Scope>,
    /// One level.
    pub kind: Option<PartyKind>,
    /// Words, each of which the name has somewhere.
    pub search: Option<Search>,
}

/// A party with the names of those above it. Whether somebody may read these names is for who shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedParty {
    /// The party.
    pub party: Party,
    /// Its provider, unless it is one.
    pub provider: Option<String>,
    /// Its operator, unless it is one.
    pub operator: Option<String>,
}

impl Store {
    /// By name, of what the actor sees.
    pub async fn page_parties(
        &self,
        actor: &Actor,
        filter: &PartyFilter,
        limit: Limit,
        after: Option<&Cursor>,
    ) -> Result<Page<PlacedParty>> {
        let mut query = Query::new(SELECT);
        query.and_seen_by(actor, &TENANT);
        if let Some(scope) = filter.below {
            query.and_scope(scope, &TENANT);
        }
        if let Some(kind) = filter.kind {
            query.and("p.kind = ?", [Value::Text(kind.as_str().to_owned())]);
        }
        if let Some(search) = &filter.search {
            // Nothing of what was typed is a letter or a digit: that finds nothing.
            if search.terms().is_empty() {
                query.and("1 = 0", []);
            }
            for term in search.terms() {
                // A term has letters and digits alone, so that no sign of LIKE can stand in it.
                query.and("p.name_folded LIKE ?", [Value::Text(format!("%{}%", term.text))]);
            }
        }
        if let Some(cursor) = after {
            let value = || Value::Text(cursor.value.clone());
            query.and("p.name_folded >= ?", [value()]);
            query.and("p.name_folded > ? OR p.id > ?", [value(), Value::Int(cursor.key)]);
        }
        query.push(" ORDER BY p.name_folded, p.id").limit(i64::from(limit.get()) + 1);
        let mut rows: Vec<PlacedRow> =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
        let next = cut(&mut rows, limit).map(|row| Cursor { value: row.name_folded.clone(), key: row.id });
        let items = rows.into_iter().map(read_placed).collect::<std::result::Result<_, Fault>>()?;
        Ok(Page { items, next })
    }

    /// Folds the names that an earlier version of the program wrote.
    pub(crate) async fn fold_party_names(&self) -> std::result::Result<(), OpenError> {
        let mut after = 0;
        loop {
            match self.fold_more_names(after).await {
                Ok(Some(last)) => after = last,
                Ok(None) => return Ok(()),
                Err(error) => return Err(OpenError::Reconcile(format!("{error:?}"))),
            }
        }
    }

    /// One batch of names; the key of the last, `None` when there was none.
    async fn fold_more_names(&self, after: i64) -> Result<Option<i64>> {
        transaction!(self.db, writer, |tx| {
            let names: Vec<(i64, String)> = sqlx::query_as(
                "SELECT id, name FROM party WHERE name_folded = '' AND id > $1 ORDER BY id LIMIT $2",
            )
            .bind(after)
            .bind(BATCH)
            .fetch_all(&mut *tx)
            .await?;
            for (id, name) in &names {
                sqlx::query("UPDATE party SET name_folded = $1 WHERE id = $2")
                    .bind(searchable(name))
                    .bind(*id)
                    .execute(&mut *tx)
                    .await?;
            }
            Ok::<_, Fault>(names.last().map(|(id, _)| *id))
        })
    }
}

fn read_placed(row: PlacedRow) -> std::result::Result<PlacedParty, Fault> {
    let party = row.party()?;
    Ok(PlacedParty {
        provider: row.provider_name.filter(|_| party.kind != PartyKind::Provider),
        operator: row.operator_name.filter(|_| party.kind != PartyKind::Operator),
        party,
    })
}
