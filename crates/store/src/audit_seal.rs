//! Seals: a chain of hashes over the rows of the audit log, batch by batch, and the check of it. Written by a job, since in
//! each transaction it would make all of them wait for one another (ADR 0026).

use sha2::{Digest, Sha256};
use tonalite_core::Result;
use tonalite_core::audit::Retention;
use tonalite_core::time::Timestamp;
use uuid::Uuid;

use crate::db::{Db, Store, read, transaction};
use crate::error::{BadRow, Fault};
use crate::row::row;

/// Rows of one batch: as many as are read and hashed within milliseconds, and removed in one short transaction.
const BATCH: i64 = 1000;
/// Id and hash of a row.
const ENTRY: usize = 8 + 32;
/// Faults that are told one by one.
const MOST_FAULTS: usize = 100;
/// Stands for "before the first batch".
const BEGINNING: [u8; 32] = [0; 32];
/// Begins what is hashed of a row: another layout would be another number.
const LAYOUT: u8 = 1;

row! {
    /// Of a row, what a seal covers: keys of persons, no name, no address.
    Sealed {
        id: i64,
        at: i64,
        actor: String,
        portal_user_id: Option<i64>,
        token_uid: Option<Uuid>,
        party_id: i64,
        provider_id: Option<i64>,
        operator_id: Option<i64>,
        customer_id: Option<i64>,
        acting_for: Option<i64>,
        action: String,
        target_kind: Option<String>,
        target_uid: Option<Uuid>,
        detail: String,
        result: String,
    }
}

macro_rules! select_sealed {
    ($tail:literal) => {
        concat!(
            "SELECT id, at, actor, portal_user_id, token_uid, party_id, provider_id, operator_id, customer_id, acting_for, \
             action, target_kind, target_uid, detail, result FROM audit",
            $tail
        )
    };
}

row! {
    /// A seal as stored.
    StoredSeal {
        id: i64,
        last_id: i64,
        row_count: i64,
        newest_at: i64,
        at: i64,
        digests: Vec<u8>,
        hash: Vec<u8>,
        removed_at: Option<i64>,
    }
}

/// A batch that was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditSeal {
    /// Its number: the first is 1.
    pub number: i64,
    /// Rows in it.
    pub rows: u64,
    /// Key of its last row.
    pub last_id: i64,
    /// The hash over everything up to it.
    pub hash: [u8; 32],
}

/// What is wrong with the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditFault {
    /// A row says something else than when it was sealed.
    RowChanged(i64),
    /// A row that was sealed is gone.
    RowRemoved(i64),
    /// A row stands where none was when it was sealed.
    RowInserted(i64),
    /// A batch's seal does not belong to what it covers, or to the seal before it.
    SealBroken,
    /// Seals before this one are gone.
    SealMissing,
    /// Its rows are said to have been removed after their time, long before that.
    RemovedTooSoon,
}

/// What came of checking the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditCheck {
    /// Batches.
    pub batches: u64,
    /// Rows that are as they were sealed.
    pub rows: u64,
    /// Rows that were removed after their time, in whole batches.
    pub expired: u64,
    /// Rows that wait for the next seal.
    pub unsealed: u64,
    /// Hash of the last seal; compare it with one that was written down elsewhere.
    pub head: Option<AuditSeal>,
    /// What is wrong and in which batch, in order; at most a hundred.
    pub faults: Vec<(i64, AuditFault)>,
}

impl Store {
    /// Seals the next batch; `None` when there is nothing to seal, or (PostgreSQL) somebody is writing just now.
    pub async fn seal_audit(&self, now: Timestamp) -> Result<Option<AuditSeal>> {
        let Some(complete) = self.complete_audit().await? else { return Ok(None) };
        transaction!(self.db, writer, |tx| {
            let last: Option<(i64, i64, Vec<u8>)> =
                sqlx::query_as("SELECT id, last_id, hash FROM audit_seal ORDER BY id DESC LIMIT 1")
                    .fetch_optional(&mut *tx)
                    .await?;
            let (number, last_id, before) = last.unwrap_or((0, 0, BEGINNING.to_vec()));
            let rows: Vec<Sealed> =
                sqlx::query_as(select_sealed!(" WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3"))
                    .bind(last_id)
                    .bind(complete)
                    .bind(BATCH)
                    .fetch_all(&mut *tx)
                    .await?;
            let Some(newest) = rows.last() else { return Ok(None) };
            let last_id = newest.id;
            let newest_at = rows.iter().map(|row| row.at).max().unwrap_or_default();
            let digests: Vec<u8> = rows.iter().flat_map(entry).collect();
            let number = number + 1;
            let hash = chained(&before, number, newest_at, now.0, &digests);
            let row_count = i64::try_from(rows.len()).unwrap_or(BATCH);
            sqlx::query(
                "INSERT INTO audit_seal (id, last_id, row_count, newest_at, at, digests, hash) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(number)
            .bind(last_id)
            .bind(row_count)
            .bind(newest_at)
            .bind(now.0)
            .bind(&digests)
            .bind(hash.as_slice())
            .execute(&mut *tx)
            .await?;
            Ok::<_, Fault>(Some(AuditSeal { number, rows: rows.len() as u64, last_id, hash }))
        })
    }

    /// Up to which id no row can come any more. On SQLite there is one writer, so that ids appear in their order. On
    /// PostgreSQL an id is taken before its row is committed: the lock is granted only while no transaction holds a row
    /// that is not committed yet, and it waits for none and lets none wait.
    async fn complete_audit(&self) -> Result<Option<i64>> {
        const NEWEST: &str = "SELECT max(id) FROM audit";
        let newest: Result<(Option<i64>,), Fault> = match &self.db {
            Db::Sqlite(db) => sqlx::query_as(NEWEST).fetch_one(&db.reader).await.map_err(Fault::from),
            Db::Postgres(db) => {
                let outcome = async {
                    let mut transaction = db.writer.begin().await?;
                    sqlx::query("LOCK TABLE audit IN SHARE MODE NOWAIT").execute(&mut *transaction).await?;
                    let newest: (Option<i64>,) = sqlx::query_as(NEWEST).fetch_one(&mut *transaction).await?;
                    transaction.commit().await?;
                    Ok::<_, sqlx::Error>(newest)
                };
                outcome.await.map_err(Fault::from)
            }
        };
        match newest {
            Ok((newest,)) => Ok(newest),
            Err(fault) if fault.is_lock_refused() => Ok(None),
            Err(fault) => Err(fault.into()),
        }
    }

    /// Compares the log with its seals.
    pub async fn verify_audit(&self) -> Result<AuditCheck> {
        let mut check =
            AuditCheck { batches: 0, rows: 0, expired: 0, unsealed: 0, head: None, faults: Vec::new() };
        let (mut number, mut last_id, mut hash) = (0, 0, BEGINNING.to_vec());
        while let Some(seal) = self.next_seal(number).await? {
            let mut faults = Vec::new();
            if seal.id != number + 1 {
                faults.push(AuditFault::SealMissing);
            }
            let made_of = seal.digests.chunks_exact(ENTRY);
            let whole = made_of.remainder().is_empty() && made_of.len() as i64 == seal.row_count;
            let computed = chained(&hash, seal.id, seal.newest_at, seal.at, &seal.digests);
            // After a gap the hash before is not known: the gap has been told.
            if seal.id == number + 1 && (!whole || computed.as_slice() != seal.hash) {
                faults.push(AuditFault::SealBroken);
            }
            let rows = self.rows_between(last_id, seal.last_id, seal.row_count + BATCH).await?;
            let mut same = 0;
            match seal.removed_at {
                Some(removed) => {
                    if removed - seal.newest_at < Retention::LEAST_AUDIT {
                        faults.push(AuditFault::RemovedTooSoon);
                    }
                    faults.extend(rows.iter().map(|row| AuditFault::RowInserted(row.id)));
                }
                None => same = compare(&seal.digests, &rows, &mut faults),
            }
            let untouched = seal.removed_at.is_none() && !faults.is_empty();
            if untouched && self.next_seal(number).await?.is_some_and(|now| now.removed_at.is_some()) {
                // A running server removed the batch while it was being compared: look again.
                continue;
            }
            check.rows += same;
            check.expired += if seal.removed_at.is_some() { seal.row_count.unsigned_abs() } else { 0 };
            let room = MOST_FAULTS.saturating_sub(check.faults.len());
            check.faults.extend(faults.into_iter().take(room).map(|fault| (seal.id, fault)));
            check.batches += 1;
            let bad = || BadRow { table: "audit_seal", column: "hash", row: seal.id };
            let known: [u8; 32] = seal.hash.as_slice().try_into().map_err(|_| Fault::from(bad()))?;
            check.head = Some(AuditSeal {
                number: seal.id,
                rows: seal.row_count.unsigned_abs(),
                last_id: seal.last_id,
                hash: known,
            });
            (number, last_id, hash) = (seal.id, seal.last_id, seal.hash);
        }
        let (unsealed,): (i64,) = read!(self.db, |db| {
            sqlx::query_as("SELECT count(*) FROM audit WHERE id > $1").bind(last_id).fetch_one(db)
        })?;
        check.unsealed = unsealed.unsigned_abs();
        Ok(check)
    }

    async fn next_seal(&self, after: i64) -> Result<Option<StoredSeal>> {
        read!(self.db, |db| {
            sqlx::query_as(
                "SELECT id, last_id, row_count, newest_at, at, digests, hash, removed_at FROM audit_seal WHERE id > $1 \
                 ORDER BY id LIMIT 1",
            )
            .bind(after)
            .fetch_optional(db)
        })
    }

    async fn rows_between(&self, after: i64, last: i64, most: i64) -> Result<Vec<Sealed>> {
        read!(self.db, |db| {
            sqlx::query_as(select_sealed!(" WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3"))
                .bind(after)
                .bind(last)
                .bind(most)
                .fetch_all(db)
        })
    }
}

/// Goes through both in the order of ids; gives the number of rows that are as they were.
fn compare(digests: &[u8], rows: &[Sealed], faults: &mut Vec<AuditFault>) -> u64 {
    let mut same = 0;
    let mut rows = rows.iter().peekable();
    for sealed in digests.chunks_exact(ENTRY) {
        let (id, digest) = sealed.split_at(8);
        let id = id.try_into().map_or(0, i64::from_be_bytes);
        while let Some(row) = rows.next_if(|row| row.id < id) {
            faults.push(AuditFault::RowInserted(row.id));
        }
        match rows.next_if(|row| row.id == id) {
            None => faults.push(AuditFault::RowRemoved(id)),
            Some(row) if digest_of(row) != digest => faults.push(AuditFault::RowChanged(id)),
            Some(_) => same += 1,
        }
    }
    faults.extend(rows.map(|row| AuditFault::RowInserted(row.id)));
    same
}

fn entry(row: &Sealed) -> Vec<u8> {
    let mut entry = row.id.to_be_bytes().to_vec();
    entry.extend(digest_of(row));
    entry
}

/// The hash of a row: its columns in their order, each absent or with its length before it, so that no two rows have the
/// same bytes.
fn digest_of(row: &Sealed) -> [u8; 32] {
    let mut bytes = vec![LAYOUT];
    let mut number = |number: Option<i64>| match number {
        None => bytes.push(0),
        Some(number) => {
            bytes.push(1);
            bytes.extend(number.to_be_bytes());
        }
    };
    for value in [
        Some(row.id),
        Some(row.at),
        row.portal_user_id,
        Some(row.party_id),
        row.provider_id,
        row.operator_id,
        row.customer_id,
        row.acting_for,
    ] {
        number(value);
    }
    for uuid in [row.token_uid, row.target_uid] {
        match uuid {
            None => bytes.push(0),
            Some(uuid) => {
                bytes.push(1);
                bytes.extend(uuid.as_bytes());
            }
        }
    }
    let texts =
        [Some(&row.actor), Some(&row.action), row.target_kind.as_ref(), Some(&row.detail), Some(&row.result)];
    for text in texts {
        match text {
            None => bytes.push(0),
            Some(text) => {
                bytes.push(1);
                bytes.extend((text.len() as u64).to_be_bytes());
                bytes.extend(text.as_bytes());
            }
        }
    }
    Sha256::digest(&bytes).into()
}

fn chained(before: &[u8], number: i64, newest_at: i64, at: i64, digests: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(before);
    for number in [number, newest_at, at] {
        hash.update(number.to_be_bytes());
    }
    hash.update(digests);
    hash.finalize().into()
}
