//! What is thrown away: rows of imports that are over, batch by batch, so that other writers pass in between.

use tonalite_core::Result;
use tonalite_core::id::ImportKey;

use crate::db::{Store, transaction};
use crate::error::Fault;

/// Rows of one batch: some ten milliseconds.
const BATCH: i64 = 2_000;

impl Store {
    /// Deletes the rows of an import.
    pub async fn delete_import_rows(&self, job: ImportKey) -> Result<()> {
        loop {
            let deleted = transaction!(self.db, writer, |tx| {
                sqlx::query(
                    "DELETE FROM import_row WHERE import_id = $1 AND line IN \
                     (SELECT line FROM import_row WHERE import_id = $1 ORDER BY line LIMIT $2)",
                )
                .bind(job.0)
                .bind(BATCH)
                .execute(&mut *tx)
                .await
                .map(|done| done.rows_affected())
                .map_err(Fault::from)
            })?;
            if deleted == 0 {
                return Ok(());
            }
        }
    }

    /// Notes that nothing is left of an import but its job.
    pub async fn note_purged_import(&self, job: ImportKey) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            let done = sqlx::query("UPDATE import_job SET purged = 1 WHERE id = $1").bind(job.0);
            done.execute(&mut *tx).await.map(|_| ()).map_err(Fault::from)
        })
    }
}
