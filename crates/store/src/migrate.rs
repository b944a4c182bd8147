//! Migrations: forward only, checksummed. SQLite keeps inventory and live state in two files, PostgreSQL in two schemas
//! of one database; hence one list of numbers, split in two on SQLite.

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{PgPool, SqlSafeStr, SqlitePool};

use crate::error::OpenError;

macro_rules! migrations {
    ($engine:literal: $($number:literal $name:literal),* $(,)?) => {
        vec![$(Migration::new(
            $number,
            $name.into(),
            MigrationType::Simple,
            include_str!(concat!("migrations/", $engine, "/", $name, ".sql")).into_sql_str(),
            false,
        )),*]
    };
}

pub(crate) async fn sqlite_inventory(pool: &SqlitePool) -> Result<(), OpenError> {
    let migrations = migrations!("sqlite":
        1 "0001_inventory", 3 "0003_device_search", 4 "0004_reboot", 5 "0005_import", 8 "0008_party_contact",
        9 "0009_dect", 10 "0010_acting", 15 "0015_audit", 16 "0016_party_closed", 17 "0017_users");
    run(Migrator::with_migrations(migrations).run(pool).await)
}

pub(crate) async fn sqlite_live(pool: &SqlitePool) -> Result<(), OpenError> {
    let migrations = migrations!("sqlite":
        2 "0002_live", 6 "0006_line_orders", 11 "0011_timeline_by", 14 "0014_live_orders");
    run(Migrator::with_migrations(migrations).run(pool).await)
}

pub(crate) async fn postgres(pool: &PgPool) -> Result<(), OpenError> {
    let migrations = migrations!("postgres":
        1 "0001_inventory", 2 "0002_live", 3 "0003_device_search", 4 "0004_reboot", 5 "0005_import",
        6 "0006_line_orders", 8 "0008_party_contact", 9 "0009_dect", 10 "0010_acting", 11 "0011_timeline_by",
        14 "0014_live_orders", 15 "0015_audit", 16 "0016_party_closed", 17 "0017_users");
    run(Migrator::with_migrations(migrations).run(pool).await)
}

fn run(result: Result<(), MigrateError>) -> Result<(), OpenError> {
    result.map_err(|error| match error {
        MigrateError::VersionMissing(version) => OpenError::Newer(version),
        MigrateError::ExecuteMigration(error, 3) if lacks_extension(&error) => OpenError::Extension(error),
        error => OpenError::Migration(error),
    })
}

/// PostgreSQL: the search needs an extension that is not installed on the server, or may not be created by our account.
fn lacks_extension(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    matches!(code.as_deref(), Some("42501" | "0A000" | "58P01"))
}
