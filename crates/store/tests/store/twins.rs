//! The twin migrations make the same schema: read from each engine's own catalogue and compared.

use std::collections::BTreeSet;

use tonalite_store::{Location, Store};
use tonalite_testkit::each_engine;

use crate::raw;

/// Columns, keys, indexes and references of both schemas, one text each.
async fn schema(location: &Location) -> BTreeSet<String> {
    drop(Store::open(location).await.unwrap());
    let statements: Vec<String> = match location {
        Location::Folder(_) => ["main", "live"].into_iter().flat_map(sqlite).collect(),
        Location::Postgres(_) => postgres(),
    };
    let mut all = BTreeSet::new();
    for statement in statements {
        all.extend(raw::texts(location, &statement).await);
    }
    all
}

fn sqlite(schema: &str) -> Vec<String> {
    let shown = if schema == "main" { "public" } else { schema };
    // What the engine and the migrator keep for themselves is no twin's.
    let tables = format!(
        "(SELECT name FROM {schema}.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' \
         AND name <> '_sqlx_migrations' AND name NOT LIKE 'device!_search%' ESCAPE '!' AND name NOT LIKE 'party!_search%' ESCAPE '!') t"
    );
    let columns_of =
        |source: &str| format!("(SELECT group_concat(name, ', ') FROM (SELECT name FROM {source}))");
    let index_columns = columns_of(&format!("pragma_index_info(i.name, '{schema}') ORDER BY seqno"));
    let key_columns = columns_of(&format!("pragma_table_info(t.name, '{schema}') WHERE pk > 0 ORDER BY pk"));
    vec![
        format!(
            "SELECT 'column {shown}.' || t.name || '.' || c.name || ' ' || CASE c.type WHEN 'BIGINT' THEN 'integer' \
             WHEN 'INTEGER' THEN 'integer' WHEN 'TEXT' THEN 'text' WHEN 'BLOB' THEN 'bytes' ELSE c.type END || \
             CASE WHEN c.\"notnull\" = 1 OR (c.type = 'INTEGER' AND c.pk > 0) THEN ' not null' ELSE '' END \
             FROM {tables} JOIN pragma_table_info(t.name, '{schema}') c"
        ),
        format!("SELECT 'primary key {shown}.' || t.name || ' (' || {key_columns} || ')' FROM {tables}"),
        format!(
            "SELECT CASE i.origin WHEN 'u' THEN 'unique ' ELSE 'index ' || i.name || ' ' END || '{shown}.' || t.name || \
             ' (' || {index_columns} || ')' || CASE WHEN i.\"unique\" = 1 AND i.origin = 'c' THEN ' unique' ELSE '' END \
             FROM {tables} JOIN pragma_index_list(t.name, '{schema}') i WHERE i.origin <> 'pk'"
        ),
        format!(
            "SELECT 'reference {shown}.' || t.name || '.' || r.\"from\" || ' to ' || r.\"table\" || '.' || r.\"to\" \
             FROM {tables} JOIN pragma_foreign_key_list(t.name, '{schema}') r"
        ),
    ]
}

fn postgres() -> Vec<String> {
    let ours = "n.nspname IN ('public', 'live') AND t.relname <> '_sqlx_migrations' \
                AND t.relname NOT LIKE 'device!_search%' ESCAPE '!' AND t.relname NOT LIKE 'party!_search%' ESCAPE '!'";
    let tables = "pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace";
    let columns_of = |keys: &str| {
        format!(
            "(SELECT string_agg(a.attname, ', ' ORDER BY k.place) FROM unnest({keys}) WITH ORDINALITY AS k(number, place) \
             JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number)"
        )
    };
    let (constraint, index) = (columns_of("c.conkey"), columns_of("i.indkey::int2[]"));
    vec![
        "SELECT 'column ' || table_schema || '.' || table_name || '.' || column_name || ' ' || CASE data_type \
         WHEN 'bigint' THEN 'integer' WHEN 'bytea' THEN 'bytes' WHEN 'uuid' THEN 'bytes' ELSE data_type END || \
         CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END FROM information_schema.columns \
         WHERE table_schema IN ('public', 'live') AND table_name <> '_sqlx_migrations' \
         AND table_name NOT LIKE 'device!_search%' ESCAPE '!' AND table_name NOT LIKE 'party!_search%' ESCAPE '!'"
            .to_owned(),
        format!(
            "SELECT CASE c.contype WHEN 'p' THEN 'primary key ' ELSE 'unique ' END || n.nspname || '.' || t.relname || \
             ' (' || {constraint} || ')' FROM {tables} JOIN pg_constraint c ON c.conrelid = t.oid \
             WHERE c.contype IN ('p', 'u') AND {ours}"
        ),
        format!(
            "SELECT 'index ' || x.relname || ' ' || n.nspname || '.' || t.relname || ' (' || {index} || ')' || \
             CASE WHEN i.indisunique THEN ' unique' ELSE '' END FROM {tables} JOIN pg_index i ON i.indrelid = t.oid \
             JOIN pg_class x ON x.oid = i.indexrelid WHERE {ours} \
             AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u'))"
        ),
        format!(
            "SELECT 'reference ' || n.nspname || '.' || t.relname || '.' || {constraint} || ' to ' || o.relname || '.' || \
             (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = o.oid AND a.attnum = c.confkey[1]) \
             FROM {tables} JOIN pg_constraint c ON c.conrelid = t.oid JOIN pg_class o ON o.oid = c.confrelid \
             WHERE c.contype = 'f' AND {ours}"
        ),
    ]
}

#[tokio::test]
async fn both_engines_have_the_same_schema() {
    let found = std::sync::Mutex::new(Vec::new());
    each_engine(async |location| {
        let schema = schema(&location).await;
        found.lock().unwrap().push(schema);
    })
    .await;
    let found = found.into_inner().unwrap();
    let [sqlite, postgres] = found.as_slice() else { panic!("two engines") };
    let only_sqlite: Vec<&String> = sqlite.difference(postgres).collect();
    let only_postgres: Vec<&String> = postgres.difference(sqlite).collect();
    assert!(
        only_sqlite.is_empty() && only_postgres.is_empty(),
        "only SQLite: {only_sqlite:#?}\nonly PostgreSQL: {only_postgres:#?}"
    );
    // What is compared is really there.
    for expected in [
        "column public.device.mac integer",
        "column live.binding.call_id text not null",
        "primary key public.approved_device_type (owner_kind, owner_id, device_type)",
        "unique public.device (mac)",
        "index site_name public.site (customer_id, name_folded) unique",
        "index timeline_device live.timeline (device_id, id)",
        "index device_state_provider live.device_state (provider_id, class, since, device_id)",
        "reference public.line.user_id to user.id",
    ] {
        assert!(sqlite.contains(expected), "{expected}: {sqlite:#?}");
    }
    assert!(sqlite.len() > 150, "{}", sqlite.len());
}

/// The one table that each engine makes in its own way: the same statements write and read it on both.
#[tokio::test]
async fn both_engines_have_an_index_over_trigrams() {
    each_engine(async |location| {
        drop(Store::open(&location).await.unwrap());
        raw::execute(
            &location,
            "INSERT INTO device_search (rowid, document) VALUES (1, '001565abcdef yealink t54w lyon')",
        )
        .await;
        let found = "SELECT CAST(rowid AS TEXT) FROM device_search WHERE document LIKE '%5ab%' AND document LIKE '%lyo%'";
        assert_eq!(raw::texts(&location, found).await, ["1"]);
        let made = match &location {
            Location::Folder(_) => "SELECT sql FROM sqlite_master WHERE name = 'device_search'",
            Location::Postgres(_) => "SELECT indexdef FROM pg_indexes WHERE indexname = 'device_search_document'",
        };
        let made = raw::texts(&location, made).await.concat().to_lowercase();
        assert!(made.contains("trigram") || made.contains("gin_trgm_ops"), "{made}");
    })
    .await;
}
