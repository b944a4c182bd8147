//! Statements past the store: to look at what it wrote, and to do what only a crash or another version does.

use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, SqliteConnection};
use tonalite_store::Location;

async fn sqlite(folder: &std::path::Path) -> SqliteConnection {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("inventory.db"));
    let mut connection = options.connect().await.unwrap();
    let live = folder.join("live.db").to_string_lossy().into_owned();
    sqlx::query("ATTACH DATABASE $1 AS live").bind(live).execute(&mut connection).await.unwrap();
    connection
}

/// Runs statements that give nothing back.
pub(crate) async fn execute(location: &Location, statements: &str) {
    let statements = AssertSqlSafe(statements.to_owned());
    match location {
        Location::Folder(folder) => {
            let mut connection = sqlite(folder).await;
            sqlx::raw_sql(statements).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
        Location::Postgres(url) => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            sqlx::raw_sql(statements).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
    }
}

/// The texts of a statement's one column.
pub(crate) async fn texts(location: &Location, statement: &str) -> Vec<String> {
    let statement = AssertSqlSafe(statement.to_owned());
    let rows: Vec<(String,)> = match location {
        Location::Folder(folder) => {
            let mut connection = sqlite(folder).await;
            sqlx::query_as(statement).fetch_all(&mut connection).await.unwrap()
        }
        Location::Postgres(url) => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            sqlx::query_as(statement).fetch_all(&mut connection).await.unwrap()
        }
    };
    rows.into_iter().map(|(text,)| text).collect()
}

/// The one number of a statement.
pub(crate) async fn number(location: &Location, statement: &str) -> i64 {
    let statement = format!("SELECT CAST(({statement}) AS TEXT)");
    texts(location, &statement).await[0].parse().unwrap()
}
