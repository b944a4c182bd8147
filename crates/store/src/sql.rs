//! SQL that depends on what was asked: filters, scopes, batches. The only place where statements are put together,
//! always from our own fragments; values are bound, never written into the text.

use tonalite_core::access::{Actor, Scope};
use tonalite_core::id::SiteKey;
use tonalite_core::party::PartyKind;

/// One text for each engine. They differ only in the function that unfolds a JSON array into rows.
pub(crate) struct Twin {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
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
        self.text.push_str(if self.conditions == 0 { " WHERE (" } else { " AND (" });
        self.conditions += 1;
        let mut values = values.into_iter();
        for c in condition.chars() {
            match (c, c == '?') {
                (_, true) => match values.next() {
                    Some(value) => self.bind(value),
                    None => self.text.push('?'),
                },
                (c, false) => self.text.push(c),
            }
        }
        self.text.push(')');
        self
    }

    /// Adds `column IN (…)`; an empty list lets nothing through.
    pub(crate) fn and_in(
        &mut self,
        column: &'static str,
        values: impl IntoIterator<Item = Value>,
    ) -> &mut Self {
        self.text.push_str(if self.conditions == 0 { " WHERE " } else { " AND " });
        self.conditions += 1;
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
            };
        }
        query
    }};
}
pub(crate) use bind_all;
