//! SQL that depends on what was asked: filters, scopes, batches. The only place where statements are put together,
//! always from our own fragments; values are bound, never written into the text.

use tonalite_core::Result;
use tonalite_core::access::{Actor, Scope};
use tonalite_core::id::SiteKey;
use tonalite_core::party::PartyKind;

use crate::db::{Db, Engine, Store};
use crate::error::Fault;

/// One text for each engine. They differ only in the function that unfolds a JSON array into rows.
pub(crate) struct Twin {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

impl Twin {
    /// The text for this engine.
    pub(crate) const fn text(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }
}

/// A statement that reads its rows from one JSON text bound as `$1`, an array of objects: `before` `rows` `after`.
macro_rules! batch {
    ($before:expr, $after:expr) => {
        $crate::sql::Twin {
            sqlite: concat!($before, " json_each($1) ", $after),
            postgres: concat!($before, " json_array_elements($1::json) ", $after),
        }
    };
}
pub(crate) use batch;

/// A value to bind.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Int(i64),
    Text(String),
    Uuid(uuid::Uuid),
}

/// A statement under construction.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    text: String,
    pub(crate) values: Vec<Value>,
    conditions: usize,
}

impl Query {
    /// Starts with a fixed text up to, not including, `WHERE`.
    pub(crate) fn new(text: &'static str) -> Self {
        Query { text: text.to_owned(), values: Vec::new(), conditions: 0 }
    }

    /// Adds fixed text.
    pub(crate) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a condition; each `?` in it stands for the next value.
    pub(crate) fn and(
        &mut self,
        condition: &'static str,
        values: impl IntoIterator<Item = Value>,
    ) -> &mut Self {
        self.condition();
        self.text.push('(');
        self.fill(condition, values);
        self.text.push(')');
        self
    }

    /// Adds a condition that one of several makes true; none lets nothing through.
    pub(crate) fn and_any(
        &mut self,
        alternatives: impl IntoIterator<Item = (&'static str, Vec<Value>)>,
    ) -> &mut Self {
        self.condition();
        self.text.push_str("(1 = 0");
        for (condition, values) in alternatives {
            self.text.push_str(" OR ");
            self.fill(condition, values);
        }
        self.text.push(')');
        self
    }

    /// Goes on with another part of the statement, whose own first condition begins with `WHERE` unless the text has one.
    pub(crate) fn part(&mut self, text: &'static str, has_where: bool) -> &mut Self {
        self.text.push_str(text);
        self.conditions = usize::from(has_where);
        self
    }

    fn condition(&mut self) {
        self.text.push_str(if self.conditions == 0 { " WHERE " } else { " AND " });
        self.conditions += 1;
    }

    /// Each `?` stands for the next value, a `??` for all that are left, as a list.
    fn fill(&mut self, condition: &'static str, values: impl IntoIterator<Item = Value>) {
        let mut values = values.into_iter();
        for (n, piece) in condition.split("??").enumerate() {
            if n > 0 {
                self.text.push_str("NULL");
                for value in values.by_ref() {
                    self.text.push_str(", ");
                    self.bind(value);
                }
            }
            for c in piece.chars() {
                let value = if c == '?' { values.next() } else { None };
                match value {
                    Some(value) => self.bind(value),
                    None => self.text.push(c),
                }
            }
        }
    }

    /// Adds `column IN (…)`; an empty list lets nothing through.
    pub(crate) fn and_in(
        &mut self,
        column: &'static str,
        values: impl IntoIterator<Item = Value>,
    ) -> &mut Self {
        self.condition();
        self.text.push_str(column);
        self.text.push_str(" IN (NULL");
        for value in values {
            self.text.push_str(", ");
            self.bind(value);
        }
        self.text.push(')');
        self
    }

    fn bind(&mut self, value: Value) {
        self.values.push(value);
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
    }

    /// Narrows to what the actor sees. `prefix` is the alias of the table that carries the tenant columns, with its dot.
    pub(crate) fn and_seen_by(&mut self, actor: &Actor, columns: &TenantColumns) -> &mut Self {
        self.and_scope(actor.scope, columns);
        if let (Some(sites), Some(column)) = (&actor.sites, columns.site) {
            self.and_in(column, sites.iter().map(|SiteKey(key)| Value::Int(*key)));
        }
        self
    }

    /// Narrows to a party's subtree.
    pub(crate) fn and_scope(&mut self, scope: Scope, columns: &TenantColumns) -> &mut Self {
        let condition = match scope.kind {
            PartyKind::Platform => return self,
            PartyKind::Provider => columns.provider,
            PartyKind::Operator => columns.operator,
            PartyKind::Customer => columns.customer,
        };
        self.and(condition, [Value::Int(scope.party.0)])
    }

    /// Ends the statement.
    pub(crate) fn limit(&mut self, rows: i64) -> &mut Self {
        self.text.push_str(" LIMIT ");
        self.bind(Value::Int(rows));
        self
    }

    /// Adds a value where the text has come to one.
    pub(crate) fn value(&mut self, value: Value) -> &mut Self {
        self.bind(value);
        self
    }

    /// The finished text behind the word that makes the engine tell how it would run it.
    pub(crate) fn explained(&self, word: &'static str) -> sqlx::AssertSqlSafe<String> {
        sqlx::AssertSqlSafe(format!("{word}{}", self.text))
    }

    /// The finished text, for sqlx.
    pub(crate) fn text(&self) -> sqlx::AssertSqlSafe<String> {
        sqlx::AssertSqlSafe(self.text.clone())
    }
}

/// Conditions on the tenant columns of one table, under its alias.
pub(crate) struct TenantColumns {
    pub(crate) provider: &'static str,
    pub(crate) operator: &'static str,
    pub(crate) customer: &'static str,
    pub(crate) site: Option<&'static str>,
}

/// Binds the values of a [`Query`] in order.
macro_rules! bind_all {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                $crate::sql::Value::Int(n) => query.bind(*n),
                $crate::sql::Value::Text(text) => query.bind(text.as_str()),
                $crate::sql::Value::Uuid(uuid) => query.bind(*uuid),
            };
        }
        query
    }};
}
pub(crate) use bind_all;

impl Store {
    /// How the engine would run a statement, in its own words: for tests.
    pub(crate) async fn explain(&self, query: &Query) -> Result<String> {
        let rows: Vec<String> = match &self.db {
            Db::Sqlite(db) => {
                let rows: Vec<(i64, i64, i64, String)> =
                    bind_all!(sqlx::query_as(query.explained("EXPLAIN QUERY PLAN ")), &query.values)
                        .fetch_all(&db.reader)
                        .await
                        .map_err(Fault::from)?;
                rows.into_iter().map(|row| row.3).collect()
            }
            Db::Postgres(db) => {
                let rows: Vec<(String,)> =
                    bind_all!(sqlx::query_as(query.explained("EXPLAIN ")), &query.values)
                        .fetch_all(&db.reader)
                        .await
                        .map_err(Fault::from)?;
                rows.into_iter().map(|row| row.0).collect()
            }
        };
        Ok(rows.join("\n"))
    }
}
