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
    run(Migrator::with_migrations(migrations!("sqlite": 1 "0001_inventory", 4 "0004_reboot")).run(pool).await)
}

pub(crate) async fn sqlite_live(pool: &SqlitePool) -> Result<(), OpenError> {
    run(Migrator::with_migrations(migrations!("sqlite": 2 "0002_live")).run(pool).await)
}

pub(crate) async fn postgres(pool: &PgPool) -> Result<(), OpenError> {
    run(Migrator::with_migrations(
        migrations!("postgres": 1 "0001_inventory", 2 "0002_live", 4 "0004_reboot"),
    )
    .run(pool)
    .await)
}

fn run(result: Result<(), MigrateError>) -> Result<(), OpenError> {
    result.map_err(|error| match error {
        MigrateError::VersionMissing(version) => OpenError::Newer(version),
        error => OpenError::Migration(error),
    })
}
