//! Faults of the store: what may be tried again, what is corrupt, what is only for the log.

use tonalite_core::time::Span;
use tonalite_core::{Error, error::Cause};

/// The store could not be opened. The text is for the administrator on the command line.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process holds the data folder.
    #[error("{0} is in use by another tonalite process")]
    InUse(std::path::PathBuf),
    /// Written by a newer version of the program.
    #[error(
        "the database was written by a newer version of tonalite (it knows migration {0}); upgrade the program"
    )]
    Newer(i64),
    /// A folder or file cannot be used.
    #[error("{path}: {source}")]
    File {
        /// The folder or file.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The address of the database is not understood.
    #[error("the database address is not understood: {0}")]
    Address(String),
    /// The engine said no.
    #[error("the database cannot be opened")]
    Engine(#[source] sqlx::Error),
    /// Live state could not be brought in line with the inventory.
    #[error("the live state cannot be brought in line with the inventory: {0}")]
    Reconcile(String),
    /// The imports cannot be read, so that nobody knows whose the files in the spool are.
    #[error("the imports cannot be read from the database")]
    Imports,
    /// PostgreSQL has no `pg_trgm`, and we may not make it.
    #[error(
        "the search needs PostgreSQL's extension pg_trgm (package postgresql-contrib); an administrator of the database \
         installs it with: CREATE EXTENSION pg_trgm"
    )]
    Extension(#[source] sqlx::Error),
    /// A migration failed.
    #[error("the database cannot be brought to this version")]
    Migration(#[source] sqlx::migrate::MigrateError),
}

/// What went wrong inside a statement or transaction.
#[derive(Debug)]
pub(crate) enum Fault {
    /// A rule of the trade: passed on as it is.
    Said(Error),
    /// The engine.
    Sql(sqlx::Error),
}

/// A row that our own code should never have written.
#[derive(Debug, thiserror::Error)]
#[error("table {table}, row {row}: column {column} holds what cannot be")]
pub(crate) struct BadRow {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) row: i64,
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Fault::Sql(error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Fault::Said(error)
    }
}

impl From<BadRow> for Fault {
    fn from(error: BadRow) -> Self {
        Fault::Said(Error::Internal(Cause::new(error)))
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Fault::Said(Error::Internal(Cause::new(error)))
    }
}

impl Fault {
    /// PostgreSQL: serialisation failure or deadlock, to be tried again as a whole.
    pub(crate) fn is_retryable(&self) -> bool {
        let Fault::Sql(sqlx::Error::Database(error)) = self else { return false };
        matches!(error.code().as_deref(), Some("40001" | "40P01"))
    }

    /// PostgreSQL: a lock was asked for with `NOWAIT`, and somebody holds it.
    pub(crate) fn is_lock_refused(&self) -> bool {
        let Fault::Sql(sqlx::Error::Database(error)) = self else { return false };
        error.code().as_deref() == Some("55P03")
    }

    /// A unique index refused the row; gives the name that the engine tells.
    pub(crate) fn is_unique_violation(&self) -> bool {
        matches!(self, Fault::Sql(sqlx::Error::Database(error)) if error.is_unique_violation())
    }

    /// Whether the engine's message names this index or column.
    pub(crate) fn violates(&self, name: &str) -> bool {
        let Fault::Sql(sqlx::Error::Database(error)) = self else { return false };
        error.constraint() == Some(name) || error.message().contains(name)
    }

    /// A reference points nowhere, or something still points here: somebody deleted or added meanwhile.
    pub(crate) fn is_reference_violation(&self) -> bool {
        matches!(self, Fault::Sql(sqlx::Error::Database(error)) if error.is_foreign_key_violation())
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            // What the new row belongs to was deleted since it was read.
            fault if fault.is_reference_violation() => Error::NotFound,
            Fault::Said(error) => error,
            // Full disk, lost connection, exhausted pool: it may be over in a moment, and nothing was written.
            Fault::Sql(error) if is_passing(&error) => {
                tracing::error!(error = %Cause::new(error).for_log(), "the database cannot answer");
                Error::Unavailable(Span::from_secs(5))
            }
            Fault::Sql(error) => Error::Internal(Cause::new(error)),
        }
    }
}

fn is_passing(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => match error.code().as_deref() {
            // SQLite result codes, extended ones included: BUSY 5, IOERR 10, FULL 13, CANTOPEN 14.
            Some(code) if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() => {
                code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 10 | 13 | 14))
            }
            // PostgreSQL classes: 08 connection, 53 resources, 57P operator intervention, 40 rollback.
            Some(code) => ["08", "53", "57P", "40"].iter().any(|class| code.starts_with(class)),
            None => false,
        },
        _ => false,
    }
}
