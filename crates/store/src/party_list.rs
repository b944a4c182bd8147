//! The list of parties: searched by name, ordered by name, with the names of those above each.

use tonalite_core::Result;
use tonalite_core::access::{Actor, Scope};
use tonalite_core::filter::StatusCounts;
use tonalite_core::id::{PartyKey, SiteKey};
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::party::{Closed, Feature, Party, PartyKind};
use tonalite_core::search::{Search, Term, searchable};

use crate::audit::cut;
use crate::db::{Store, read, transaction};
use crate::error::{Fault, OpenError};
use crate::party::{party_row, search_document, select_party};
use crate::sql::{Query, TenantColumns, Value, bind_all};

/// Names of one transaction, when they are folded at the start.
const BATCH: i64 = 500;

party_row! {
    /// A party with the names above it.
    PlacedRow { name_folded: String, provider_name: Option<String>, operator_name: Option<String> }
}

/// Where a list is read from: the party, those above it that are not itself, and the root.
macro_rules! placed {
    () => {
        " LEFT JOIN party provider ON provider.id = p.provider_id AND provider.id <> p.id \
         LEFT JOIN party operator ON operator.id = p.operator_id AND operator.id <> p.id \
         LEFT JOIN party root ON root.id = 1"
    };
}

const FROM: &str = concat!(" FROM party p", placed!());

const SELECT: &str = select_party!(
    ", p.name_folded, provider.name AS provider_name, operator.name AS operator_name",
    "party p",
    placed!()
);

const TENANT: TenantColumns = TenantColumns {
    provider: "p.provider_id = ?",
    operator: "p.operator_id = ?",
    customer: "p.customer_id = ?",
    site: None,
};

const COUNT_TENANT: TenantColumns = TenantColumns {
    provider: "c.provider_id = ?",
    operator: "c.operator_id = ?",
    customer: "c.customer_id = ?",
    site: Some("c.site_id"),
};

/// PostgreSQL sums BIGINT into NUMERIC; the casts keep one type on both engines.
macro_rules! sums {
    ($key:literal) => {
        concat!(
            "SELECT CAST(",
            $key,
            " AS BIGINT), CAST(COALESCE(sum(c.registered), 0) AS BIGINT), CAST(COALESCE(sum(c.partial), 0) AS BIGINT), \
             CAST(COALESCE(sum(c.aged), 0) AS BIGINT), CAST(COALESCE(sum(c.unregistered), 0) AS BIGINT), \
             CAST(COALESCE(sum(c.no_line), 0) AS BIGINT) FROM live.site_count c"
        )
    };
}

/// What is set for a party is one JSON text, written by us alone, so that `"device_reboot":false` stands in it or not. `above`
/// is what is set at all parties above: where one of them says *off*, nothing below differs.
macro_rules! set {
    ($of:literal, $feature:literal, $on:literal) => {
        concat!($of, " LIKE '%\"", $feature, "\":", $on, "%'")
    };
}
macro_rules! set_above {
    ($feature:literal, $on:literal) => {
        set!(
            "COALESCE(CASE WHEN p.kind <> 'platform' THEN root.features END, '') || COALESCE(provider.features, '') || \
             COALESCE(operator.features, '')",
            $feature,
            $on
        )
    };
}
/// On where nobody says anything: it differs where it is switched off for the first time.
macro_rules! differs_from_on {
    ($feature:literal) => {
        concat!("(", set!("p.features", $feature, "false"), " AND NOT (", set_above!($feature, "false"), "))")
    };
}
/// Off where nobody says anything: it differs where it is switched on for the first time, or off again.
macro_rules! differs_from_off {
    ($feature:literal) => {
        concat!(
            "(NOT (",
            set_above!($feature, "false"),
            ") AND ((",
            set!("p.features", $feature, "true"),
            " AND NOT (",
            set_above!($feature, "true"),
            ")) OR (",
            set!("p.features", $feature, "false"),
            " AND (",
            set_above!($feature, "true"),
            "))))"
        )
    };
}

/// The condition that a feature differs from what holds at the party above.
const fn differs(feature: Feature) -> &'static str {
    match feature {
        Feature::LineStateExport => differs_from_off!("line_state_export"),
        Feature::DeviceImport => differs_from_on!("device_import"),
        Feature::DeviceReboot => differs_from_on!("device_reboot"),
        Feature::ApiTokens => differs_from_on!("api_tokens"),
        // Nobody can switch on what does not exist.
        Feature::Provisioning => "1 = 0",
    }
}

/// What a list of parties is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct PartyFilter {
    /// The subtree of a party, itself included.
    pub below: Option<Scope>,
    /// One level.
    pub kind: Option<PartyKind>,
    /// Words, each of which the name or the SIP domain has somewhere.
    pub search: Option<Search>,
    /// One party: what was typed is its id.
    pub key: Option<PartyKey>,
    /// Closed ones.
    pub closed: Closed,
    /// Whether what is set there differs from what holds above.
    pub differs: Option<Differs>,
    /// A party that is left out: the reader's own.
    pub without: Option<PartyKey>,
}

/// What may differ from the party above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Differs {
    /// At least one feature is on where it is off above, or the reverse.
    Features,
    /// It has a list of device types of its own.
    DeviceTypes,
}

impl Differs {
    /// Each of them.
    pub const ALL: [Differs; 2] = [Differs::Features, Differs::DeviceTypes];

    /// The word used in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Differs::Features => "features",
            Differs::DeviceTypes => "device_types",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Differs> {
        Self::ALL.into_iter().find(|differs| differs.as_str() == text)
    }
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
        let mut query = self.parties_query(actor, filter);
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

    /// How the engine reads a page: its own words, for tests.
    #[doc(hidden)]
    pub async fn explain_page_parties(&self, actor: &Actor, filter: &PartyFilter) -> Result<String> {
        let mut query = self.parties_query(actor, filter);
        query.push(" ORDER BY p.name_folded, p.id").limit(i64::from(Limit::DEFAULT.get()) + 1);
        self.explain(&query).await
    }

    /// The parties of a filter, by key: at most `most`.
    pub async fn find_parties_of(
        &self,
        actor: &Actor,
        filter: &PartyFilter,
        most: i64,
    ) -> Result<Vec<PlacedParty>> {
        let mut query = self.parties_query(actor, filter);
        query.push(" ORDER BY p.id").limit(most);
        let rows: Vec<PlacedRow> =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
        Ok(rows.into_iter().map(read_placed).collect::<std::result::Result<_, Fault>>()?)
    }

    /// How many parties a filter finds: `most` stands for as many or more.
    pub async fn count_parties(&self, actor: &Actor, filter: &PartyFilter, most: i64) -> Result<i64> {
        let mut query = Query::new("SELECT count(*) FROM (SELECT 1 AS one");
        query.part(FROM, false);
        narrowed(&mut query, actor, filter);
        query.limit(most).push(") n");
        let (count,): (i64,) =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_one(db))?;
        Ok(count)
    }

    /// The counts of devices by state that are kept for each site, summed for each of these parties, of the sites that the
    /// actor sees: one statement, which counts no device. A party without any site is absent.
    pub async fn sum_counts_of_parties(
        &self,
        actor: &Actor,
        parties: &[&Party],
    ) -> Result<Vec<(PartyKey, StatusCounts)>> {
        let keys = |kind: PartyKind| {
            let of_kind = parties.iter().filter(move |party| party.kind == kind);
            of_kind.map(|party| Value::Int(party.key.0)).collect::<Vec<_>>()
        };
        let mut query = Query::new("");
        for (n, kind) in PartyKind::ALL.into_iter().enumerate() {
            if n > 0 {
                query.part(" UNION ALL ", false);
            }
            let (head, column, tail) = match kind {
                PartyKind::Platform => (sums!("1"), None, ""),
                PartyKind::Provider => {
                    (sums!("c.provider_id"), Some("c.provider_id"), " GROUP BY c.provider_id")
                }
                PartyKind::Operator => {
                    (sums!("c.operator_id"), Some("c.operator_id"), " GROUP BY c.operator_id")
                }
                PartyKind::Customer => {
                    (sums!("c.customer_id"), Some("c.customer_id"), " GROUP BY c.customer_id")
                }
            };
            query.part(head, false);
            query.and_seen_by(actor, &COUNT_TENANT);
            match column {
                Some(column) => {
                    query.and_in(column, keys(kind));
                    // Beside these there is an index of the providers alone.
                    if kind == PartyKind::Operator {
                        let above = parties.iter().filter(|party| party.kind == kind);
                        let above = above.filter_map(|party| Some(Value::Int(party.tenancy.provider?.0)));
                        query.and_in("c.provider_id", above);
                    }
                }
                None if keys(kind).is_empty() => {
                    query.and("1 = 0", []);
                }
                None => {}
            }
            query.push(tail);
        }
        let rows: Vec<Summed> =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
        Ok(rows.iter().map(|row| (PartyKey(row.0), read_counts(row))).collect())
    }

    /// The same of sites.
    pub async fn find_counts_of_sites(
        &self,
        actor: &Actor,
        sites: &[SiteKey],
    ) -> Result<Vec<(SiteKey, StatusCounts)>> {
        let mut query = Query::new(sums!("c.site_id"));
        query.and_seen_by(actor, &COUNT_TENANT);
        query.and_in("c.site_id", sites.iter().map(|SiteKey(key)| Value::Int(*key)));
        query.push(" GROUP BY c.site_id");
        let rows: Vec<Summed> =
            read!(self.db, |db| bind_all!(sqlx::query_as(query.text()), &query.values).fetch_all(db))?;
        Ok(rows.iter().map(|row| (SiteKey(row.0), read_counts(row))).collect())
    }

    fn parties_query(&self, actor: &Actor, filter: &PartyFilter) -> Query {
        let mut query = Query::new(SELECT);
        narrowed(&mut query, actor, filter);
        query
    }

    /// Folds the names that an earlier version of the program wrote, and writes what parties are found by.
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
            let names: Vec<(i64, String, Option<String>)> = sqlx::query_as(
                "SELECT p.id, p.name, p.sip_domain FROM party p WHERE p.id > $1 \
                 AND (p.name_folded = '' OR NOT EXISTS (SELECT 1 FROM party_search s WHERE s.rowid = p.id)) \
                 ORDER BY p.id LIMIT $2",
            )
            .bind(after)
            .bind(BATCH)
            .fetch_all(&mut *tx)
            .await?;
            for (id, name, domain) in &names {
                sqlx::query("UPDATE party SET name_folded = $1 WHERE id = $2")
                    .bind(searchable(name))
                    .bind(*id)
                    .execute(&mut *tx)
                    .await?;
                sqlx::query("DELETE FROM party_search WHERE rowid = $1").bind(*id).execute(&mut *tx).await?;
                sqlx::query("INSERT INTO party_search (rowid, document) VALUES ($1, $2)")
                    .bind(*id)
                    .bind(search_document(name, domain.as_deref()))
                    .execute(&mut *tx)
                    .await?;
            }
            Ok::<_, Fault>(names.last().map(|(id, ..)| *id))
        })
    }
}

/// A key with its sums.
type Summed = (i64, i64, i64, i64, i64, i64);

const fn read_counts(row: &Summed) -> StatusCounts {
    StatusCounts {
        registered: row.1,
        partial: row.2,
        aged: row.3,
        unregistered: row.4,
        no_line: row.5,
        at_least: false,
    }
}

/// Adds what a filter says, and who asks.
fn narrowed(query: &mut Query, actor: &Actor, filter: &PartyFilter) {
    query.and_seen_by(actor, &TENANT);
    if let Some(scope) = filter.below {
        query.and_scope(scope, &TENANT);
    }
    if let Some(kind) = filter.kind {
        query.and("p.kind = ?", [Value::Text(kind.as_str().to_owned())]);
    }
    match filter.closed {
        Closed::Exclude => query.and("p.closed_at IS NULL", []),
        Closed::Only => query.and("p.closed_at IS NOT NULL", []),
        Closed::Include => query,
    };
    if let Some(key) = filter.key {
        query.and("p.id = ?", [Value::Int(key.0)]);
    }
    if let Some(key) = filter.without {
        query.and("p.id <> ?", [Value::Int(key.0)]);
    }
    match filter.differs {
        Some(Differs::DeviceTypes) => {
            query.and(
                "EXISTS (SELECT 1 FROM approved_device_type a WHERE a.owner_kind = 'party' AND a.owner_id = p.id)",
                [],
            );
        }
        Some(Differs::Features) => {
            query.and("p.features <> '{}'", []);
            let existing = Feature::ALL.into_iter().filter(|feature| feature.exists());
            query.and_any(existing.map(|feature| (differs(feature), Vec::new())));
        }
        None => {}
    }
    if let Some(search) = &filter.search {
        // Nothing of what was typed is a letter or a digit: that finds nothing.
        if search.terms().is_empty() {
            query.and("1 = 0", []);
        }
        for term in search.terms() {
            // A term has letters and digits alone, so that no sign of LIKE can stand in it.
            let pattern = Value::Text(format!("%{}%", term.text));
            // What is too short for the index is found at once, in the order of the names: many have it.
            let condition = match Term::is_long(term) {
                true => "p.id IN (SELECT s.rowid FROM party_search s WHERE s.document LIKE ?)",
                false => "p.name_folded LIKE ?",
            };
            query.and(condition, [pattern]);
        }
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
