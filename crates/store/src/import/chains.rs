//! What the rows of an import say of DECT systems, read before the one transaction: chain ids are few, the rows may be many.

use tonalite_core::Result;
use tonalite_core::dect::ChainId;
use tonalite_core::id::{DeviceKey, ImportKey};

use super::job::count;
use crate::db::{Store, read};
use crate::error::{BadRow, Fault};

/// A base that is to be in the DECT system with a chain id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportedChain {
    /// Its line in the file.
    pub line: u64,
    /// The base, which may be about to be only.
    pub device: DeviceKey,
    /// The chain id.
    pub chain_id: ChainId,
}

/// Devices that are about to be, then those that are there.
const CHAINS: [&str; 2] = [
    "SELECT i.line, v.device_id, i.chain_id FROM import_device v JOIN import_row i ON i.import_id = v.import_id \
     AND i.line = v.line WHERE v.import_id = $1 AND i.outcome = 'create' AND i.chain_id <> '' ORDER BY i.line",
    "SELECT i.line, i.device_id, i.chain_id FROM import_row i WHERE i.import_id = $1 AND i.outcome = 'update' \
     AND i.device_id IS NOT NULL AND i.chain_id <> '' ORDER BY i.line",
];

impl Store {
    /// Whether an import would write chain ids, or have devices leave the systems that have one: each for itself.
    pub async fn import_writes_chains(&self, job: ImportKey) -> Result<(bool, bool)> {
        let found: Vec<(i64,)> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT DISTINCT CAST(CASE WHEN chain_id = '' THEN 0 ELSE 1 END AS BIGINT) FROM import_row WHERE import_id = $1 \
                 AND outcome IN ('create', 'update') AND chain_id IS NOT NULL",
            )
            .bind(job.0)
            .fetch_all(db)
        })?;
        Ok((found.contains(&(1,)), found.contains(&(0,))))
    }

    /// The chain ids of the devices that an import is about to write: after their keys were given.
    pub async fn find_import_chains(&self, job: ImportKey) -> Result<Vec<ImportedChain>> {
        let mut chains = Vec::new();
        for text in CHAINS {
            let rows: Vec<(i64, i64, String)> =
                read!(self.db, |db| sqlx::query_as(text).bind(job.0).fetch_all(db))?;
            for (line, device, chain_id) in rows {
                let bad = BadRow { table: "import_row", column: "chain_id", row: line };
                let chain_id = ChainId::parse(&chain_id).ok().flatten().ok_or(bad).map_err(Fault::from)?;
                chains.push(ImportedChain { line: count(line), device: DeviceKey(device), chain_id });
            }
        }
        Ok(chains)
    }
}
