//! The two engines behind one closed enum. On SQLite: one writer, several read-only readers, the live file attached
//! as schema `live`; on PostgreSQL: one pool, `live` is a schema. Statements are the same text for both.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use crate::error::OpenError;
use crate::migrate;

/// As many as exports run at once (`app`): who got a place there finds a connection here.
const BULK_READERS: u32 = 8;

/// Where the state lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// Two SQLite files in this folder.
    Folder(PathBuf),
    /// A PostgreSQL database: `postgres://…`.
    Postgres(String),
}

/// Which engine runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// SQLite files.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// The engines.
pub(crate) enum Db {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

pub(crate) struct Sqlite {
    pub(crate) writer: SqlitePool,
    pub(crate) reader: SqlitePool,
    /// Writes the live file alone: an import that holds the inventory's writer must not delay a phone.
    pub(crate) live: SqlitePool,
    /// Reads what takes long, so that pages never wait for an export.
    pub(crate) bulk: SqlitePool,
    /// Held as long as the store is open: one process per data folder.
    _lock: std::fs::File,
}

pub(crate) struct Postgres {
    pub(crate) writer: PgPool,
    pub(crate) reader: PgPool,
    pub(crate) live: PgPool,
    /// Reads what takes long.
    pub(crate) bulk: PgPool,
}

/// The open store. Cheap to share behind an `Arc`.
pub struct Store {
    pub(crate) db: Db,
}

impl Store {
    /// Opens the state, and brings it to this version.
    ///
    /// # Errors
    /// [`OpenError`], in words for an administrator.
    pub async fn open(location: &Location) -> Result<Store, OpenError> {
        let db = match location {
            Location::Folder(folder) => Db::Sqlite(open_sqlite(folder).await?),
            Location::Postgres(url) => Db::Postgres(open_postgres(url).await?),
        };
        let store = Store { db };
        store.reconcile_live().await?;
        store.finish_index().await?;
        store.fold_party_names().await?;
        store.finish_users().await?;
        Ok(store)
    }

    /// Which engine runs.
    pub const fn engine(&self) -> Engine {
        match self.db {
            Db::Sqlite(_) => Engine::Sqlite,
            Db::Postgres(_) => Engine::Postgres,
        }
    }

    /// Asks the engine for an answer.
    ///
    /// # Errors
    /// [`tonalite_core::Error::Unavailable`] when there is none.
    pub async fn check(&self) -> tonalite_core::Result<()> {
        let one: (i64,) =
            read!(self.db, |db| sqlx::query_as("SELECT count(*) FROM party WHERE id = 1").fetch_one(db))?;
        if one.0 == 1 {
            Ok(())
        } else {
            Err(tonalite_core::Error::Unavailable(tonalite_core::time::Span::from_secs(5)))
        }
    }

    /// Closes every connection; what was committed is on disk.
    pub async fn close(&self) {
        match &self.db {
            Db::Sqlite(db) => {
                db.reader.close().await;
                db.bulk.close().await;
                db.live.close().await;
                db.writer.close().await;
            }
            Db::Postgres(db) => {
                db.reader.close().await;
                db.bulk.close().await;
                db.live.close().await;
                db.writer.close().await;
            }
        }
    }
}

/// Runs one reading statement: the expression gets the pool of the engine in use, and is awaited.
macro_rules! read {
    ($db:expr, |$pool:ident| $query:expr) => {
        match &$db {
            $crate::db::Db::Sqlite(db) => {
                let $pool = &db.reader;
                $query.await.map_err($crate::error::Fault::from).map_err(tonalite_core::Error::from)
            }
            $crate::db::Db::Postgres(db) => {
                let $pool = &db.reader;
                $query.await.map_err($crate::error::Fault::from).map_err(tonalite_core::Error::from)
            }
        }
    };
}
pub(crate) use read;

/// Runs a block in one transaction of the named writer (`writer` or `live`): all of it or nothing.
/// The block ends in a `Result<_, Fault>`; on PostgreSQL it is run again after a serialisation failure, at most five times.
macro_rules! transaction {
    ($db:expr, $pool:ident, |$tx:ident| $block:block) => {
        match &$db {
            $crate::db::Db::Sqlite(db) => {
                let outcome = async {
                    // Not DEFERRED: a transaction that reads first and writes later would fail at once when another wrote meanwhile.
                    let mut transaction = db.$pool.begin_with("BEGIN IMMEDIATE").await?;
                    let $tx = &mut *transaction;
                    let value = $block?;
                    transaction.commit().await?;
                    Ok::<_, $crate::error::Fault>(value)
                };
                outcome.await.map_err(tonalite_core::Error::from)
            }
            $crate::db::Db::Postgres(db) => {
                let mut attempt = 1;
                loop {
                    let outcome = async {
                        let mut transaction = db.$pool.begin().await?;
                        let $tx = &mut *transaction;
                        let value = $block?;
                        transaction.commit().await?;
                        Ok::<_, $crate::error::Fault>(value)
                    };
                    match outcome.await {
                        Err(fault) if fault.is_retryable() && attempt < 5 => attempt += 1,
                        outcome => break outcome.map_err(tonalite_core::Error::from),
                    }
                }
            }
        }
    };
}
pub(crate) use transaction;

async fn open_sqlite(folder: &Path) -> Result<Sqlite, OpenError> {
    let file_error = |path: &Path| {
        let path = path.to_owned();
        move |source| OpenError::File { path, source }
    };
    std::fs::create_dir_all(folder).map_err(file_error(folder))?;
    let lock_path = folder.join("lock");
    let lock = std::fs::File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&lock_path)
        .map_err(file_error(&lock_path))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(std::fs::TryLockError::WouldBlock) => return Err(OpenError::InUse(folder.to_owned())),
        Err(std::fs::TryLockError::Error(source)) => return Err(OpenError::File { path: lock_path, source }),
    }

    let inventory_path = folder.join("inventory.db");
    let live_path = folder.join("live.db");
    let inventory = sqlite_options(&inventory_path);
    let live = sqlite_options(&live_path);

    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(inventory.clone())
        .await
        .map_err(OpenError::Engine)?;
    migrate::sqlite_inventory(&writer).await?;
    let live_once =
        SqlitePoolOptions::new().max_connections(1).connect_with(live).await.map_err(OpenError::Engine)?;
    migrate::sqlite_live(&live_once).await?;
    live_once.close().await;

    // Readers see both files under the same names as on PostgreSQL, and can write neither.
    let readers =
        u32::try_from(std::thread::available_parallelism().map_or(2, usize::from)).unwrap_or(2).clamp(2, 16);
    let reader = SqlitePoolOptions::new()
        .max_connections(readers)
        .acquire_timeout(Duration::from_secs(5))
        .after_connect(attach(vec![("live", file_uri(&live_path, "ro"))]))
        .connect_with(inventory.clone().read_only(true))
        .await
        .map_err(OpenError::Engine)?;
    let bulk = SqlitePoolOptions::new()
        .max_connections(BULK_READERS)
        .acquire_timeout(Duration::from_secs(5))
        .after_connect(attach(vec![("live", file_uri(&live_path, "ro"))]))
        // Reads each page once: a cache would only hold memory.
        .connect_lazy_with(inventory.read_only(true).pragma("cache_size", "-4096"));
    // The live writer's own database is empty, and the inventory is read-only for it: BEGIN IMMEDIATE takes the write lock
    // of every database that a connection could write, and this one must never wait for the inventory's writer.
    let live = SqlitePoolOptions::new()
        .max_connections(1)
        .after_connect(attach(vec![
            ("live", file_uri(&live_path, "rw")),
            ("inventory", file_uri(&inventory_path, "ro")),
        ]))
        .connect_with(
            SqliteConnectOptions::new().busy_timeout(Duration::from_secs(5)).statement_cache_capacity(256),
        )
        .await
        .map_err(OpenError::Engine)?;
    Ok(Sqlite { writer, reader, live, bulk, _lock: lock })
}

fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // What was acknowledged survives a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("cache_size", "-65536")
        .statement_cache_capacity(256)
}

type AfterConnect = Box<
    dyn for<'c> Fn(
            &'c mut sqlx::SqliteConnection,
            sqlx::pool::PoolConnectionMetadata,
        ) -> futures_util::future::BoxFuture<'c, Result<(), sqlx::Error>>
        + Send
        + Sync,
>;

fn attach(databases: Vec<(&'static str, String)>) -> AfterConnect {
    Box::new(move |connection, _| {
        let databases = databases.clone();
        Box::pin(async move {
            for (name, uri) in databases {
                let text = match name {
                    "live" => "ATTACH DATABASE $1 AS live",
                    _ => "ATTACH DATABASE $1 AS inventory",
                };
                sqlx::query(text).bind(uri).execute(&mut *connection).await?;
            }
            // Each attached database has a setting of its own.
            sqlx::query("PRAGMA live.synchronous = FULL").execute(&mut *connection).await?;
            sqlx::query("PRAGMA live.cache_size = -65536").execute(&mut *connection).await?;
            Ok(())
        })
    })
}

/// A path as a URI, for its mode; the characters that a URI gives a meaning are escaped.
fn file_uri(path: &Path, mode: &str) -> String {
    let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{path}?mode={mode}")
}

async fn open_postgres(url: &str) -> Result<Postgres, OpenError> {
    let options: PgConnectOptions = url.parse().map_err(|_| OpenError::Address(without_password(url)))?;
    let pool = |connections: u32| {
        PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(5))
            .connect_with(options.clone())
    };
    let writer = pool(8).await.map_err(OpenError::Engine)?;
    migrate::postgres(&writer).await?;
    Ok(Postgres {
        writer,
        reader: pool(8).await.map_err(OpenError::Engine)?,
        live: pool(2).await.map_err(OpenError::Engine)?,
        bulk: PgPoolOptions::new()
            .max_connections(BULK_READERS)
            .acquire_timeout(Duration::from_secs(5))
            .connect_lazy_with(options.clone()),
    })
}

/// An address may hold a password; an error message may not.
fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://…@{rest}"),
        _ => "not of the form postgres://user@host/database".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Fault;

    #[tokio::test]
    async fn phones_do_not_wait_for_a_long_write_of_the_inventory() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Location::Folder(folder.path().to_owned())).await.unwrap();
        let Db::Sqlite(db) = &store.db else { unreachable!("a folder is SQLite") };
        let import = db.writer.begin_with("BEGIN IMMEDIATE").await.unwrap();

        let written = transaction!(store.db, live, |tx| {
            let done =
                sqlx::query("INSERT INTO live.timeline (device_id, at, kind) VALUES ($1, $1, 'added')")
                    .bind(1_i64)
                    .execute(&mut *tx)
                    .await?;
            Ok::<_, Fault>(done.rows_affected())
        });
        assert_eq!(written.unwrap(), 1);
        import.rollback().await.unwrap();
    }
}
