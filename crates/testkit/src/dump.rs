//! All that is stored, as text: to see that something changed nothing, and that nothing lies there in the clear.

use sqlx::{AssertSqlSafe, Connection as _, Row as _};
use tonalite_app::Location;

use crate::TestApp;
use crate::app::must;

impl TestApp {
    /// Each row of each table that is wanted, as `table: row`, in order of tables. Bytes are hexadecimal digits.
    ///
    /// # Panics
    /// When the store cannot be read.
    pub async fn dump(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let dumped = async {
            match self.location() {
                Location::Folder(folder) => {
                    let mut rows = Vec::new();
                    for file in ["inventory.db", "live.db"] {
                        rows.extend(dump_sqlite(&folder.join(file), &wanted).await?);
                    }
                    Ok::<_, sqlx::Error>(rows)
                }
                Location::Postgres(url) => dump_postgres(url, &wanted).await,
            }
        };
        must(dumped.await, "the store cannot be read")
    }
}

async fn dump_sqlite(
    file: &std::path::Path,
    wanted: &impl Fn(&str) -> bool,
) -> Result<Vec<String>, sqlx::Error> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file).read_only(true);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await?;
    // The shadow tables of the search hold what the tables hold.
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' \
         AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name",
    )
    .fetch_all(&mut connection)
    .await?;
    let mut rows = Vec::new();
    for table in tables.iter().filter(|table| wanted(table)) {
        let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info($1)")
            .bind(table)
            .fetch_all(&mut connection)
            .await?;
        let quoted: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
        let statement = format!("SELECT {} AS told FROM \"{table}\"", quoted.join(" || ' ' || "));
        let told = sqlx::query(AssertSqlSafe(statement)).fetch_all(&mut connection).await?;
        for row in told {
            rows.push(format!("{table}: {}", row.try_get::<String, _>("told")?));
        }
    }
    connection.close().await?;
    rows.sort();
    Ok(rows)
}

async fn dump_postgres(url: &str, wanted: &impl Fn(&str) -> bool) -> Result<Vec<String>, sqlx::Error> {
    let mut connection = sqlx::PgConnection::connect(url).await?;
    // Live tables have a schema of their own.
    let tables: Vec<(String, String)> = sqlx::query_as(
        "SELECT schemaname::text, tablename::text FROM pg_tables \
         WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    )
    .fetch_all(&mut connection)
    .await?;
    let mut rows = Vec::new();
    for (schema, table) in tables.iter().filter(|(_, table)| wanted(table)) {
        let statement = format!("SELECT told::text FROM \"{schema}\".\"{table}\" told");
        let told: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(statement)).fetch_all(&mut connection).await?;
        rows.extend(told.iter().map(|row| format!("{table}: {row}")));
    }
    connection.close().await?;
    rows.sort();
    Ok(rows)
}
