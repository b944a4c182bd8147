//! Both database engines for a test: a folder of its own, and a PostgreSQL database of its own.

use std::panic::{AssertUnwindSafe, resume_unwind};

use futures_util::FutureExt as _;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tonalite_app::Location;

/// Names the variable that says where the tests' PostgreSQL is: the address of a superuser.
pub const POSTGRES: &str = "TONALITE_TEST_POSTGRES";

/// Names the variable that chooses the engine of the tests that run on one: `sqlite`, which it is when unset, or `postgres`.
pub const ENGINE: &str = "TONALITE_TEST_ENGINE";

/// Runs a test on SQLite, then on PostgreSQL, each time on an empty store that nobody else has.
///
/// # Panics
/// When the test does, and when [`POSTGRES`] is not set: a test that was not run has not passed.
pub async fn each_engine(test: impl AsyncFn(Location)) {
    on_sqlite(&test).await;
    on_postgres(&test).await;
}

async fn on_sqlite(test: &impl AsyncFn(Location)) {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary folder: {error}"));
    if let Err(panic) =
        AssertUnwindSafe(test(Location::Folder(folder.path().to_owned()))).catch_unwind().await
    {
        eprintln!("failed on SQLite");
        resume_unwind(panic);
    }
}

async fn on_postgres(test: &impl AsyncFn(Location)) {
    let database = TestDatabase::create().await;
    if let Err(panic) = AssertUnwindSafe(test(database.location())).catch_unwind().await {
        eprintln!("failed on PostgreSQL");
        resume_unwind(panic);
    }
}

/// A PostgreSQL database that nobody else has. Dropping this deletes it.
pub(crate) struct TestDatabase {
    server: String,
    name: String,
}

impl TestDatabase {
    /// Makes one on the server that [`POSTGRES`] names.
    pub(crate) async fn create() -> TestDatabase {
        let Ok(server) = std::env::var(POSTGRES) else {
            panic!(
                "{POSTGRES} is not set: start a server with `cargo xtask postgres`, and set what it prints"
            );
        };
        let name = format!("test_{:016x}", random());
        run(&server, format!("CREATE DATABASE {name}")).await;
        TestDatabase { server, name }
    }

    pub(crate) fn location(&self) -> Location {
        Location::Postgres(database_on(&self.server, &self.name))
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // By force: a test that failed in the middle has left its connections open.
        let (server, statement) = (self.server.clone(), format!("DROP DATABASE {} WITH (FORCE)", self.name));
        // On a thread with a runtime of its own: the test's may be ending.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            match runtime {
                Ok(runtime) => runtime.block_on(run(&server, statement)),
                Err(error) => panic!("no runtime to drop a database in: {error}"),
            }
        });
        if dropped.join().is_err() {
            eprintln!("the database {} was not dropped", self.name);
        }
    }
}

/// What tests on one engine run on: SQLite, or a PostgreSQL database where [`ENGINE`] says `postgres`.
///
/// # Panics
/// When it says something else.
pub(crate) async fn chosen_database() -> Option<TestDatabase> {
    match std::env::var(ENGINE).as_deref() {
        Err(_) | Ok("sqlite") => None,
        Ok("postgres") => Some(TestDatabase::create().await),
        Ok(other) => panic!("{ENGINE} is `{other}`: `sqlite` or `postgres`"),
    }
}

async fn run(server: &str, statement: String) {
    let outcome = async {
        let mut connection = PgConnection::connect(server).await?;
        sqlx::raw_sql(AssertSqlSafe(statement.clone())).execute(&mut connection).await?;
        connection.close().await
    };
    outcome.await.unwrap_or_else(|error: sqlx::Error| panic!("{server}: {statement}: {error}"));
}

/// The address of another database on the same server.
fn database_on(server: &str, name: &str) -> String {
    let (address, options) =
        server.split_once('?').map_or((server, ""), |(address, options)| (address, options));
    let base = match address.rsplit_once('/') {
        Some((base, _)) if !base.ends_with('/') => base,
        _ => address,
    };
    if options.is_empty() { format!("{base}/{name}") } else { format!("{base}/{name}?{options}") }
}

/// Not from a seed: tests of other processes use the same server at the same time.
#[expect(clippy::disallowed_methods, reason = "the testkit owns randomness, as the binary does")]
fn random() -> u64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap_or_else(|error| panic!("the system gives no randomness: {error}"));
    u64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_database_is_another() {
        for (server, expected) in [
            ("postgres://me@127.0.0.1:5/postgres", "postgres://me@127.0.0.1:5/x"),
            ("postgres://me@127.0.0.1:5", "postgres://me@127.0.0.1:5/x"),
            ("postgres://me@h/postgres?sslmode=disable", "postgres://me@h/x?sslmode=disable"),
        ] {
            assert_eq!(database_on(server, "x"), expected);
        }
    }
}
