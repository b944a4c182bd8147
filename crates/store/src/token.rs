//! API tokens. Only a token's hash is stored.

use tonalite_core::id::{PortalUserKey, TokenId, TokenKey};
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::portal_user::Role;
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};
use uuid::Uuid;

use crate::AuditRecord;
use crate::audit::{add_audit, cut};
use crate::db::{Store, read, transaction};
use crate::error::{BadRow, Fault};
use crate::row::row;

row! {
    /// As stored.
    Stored {
        id: i64,
        uid: Uuid,
        portal_user_id: i64,
        name: String,
        role: String,
        created_at: i64,
        expires_at: Option<i64>,
        used_at: Option<i64>,
    }
}

/// A token as stored, without its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Storage key.
    pub key: TokenKey,
    /// Public id.
    pub id: TokenId,
    /// Whose.
    pub portal_user: PortalUserKey,
    /// What its owner calls it.
    pub name: String,
    /// The most that it may do.
    pub role: Role,
    /// Made when.
    pub created_at: Timestamp,
    /// Ends when.
    pub expires_at: Option<Timestamp>,
    /// Last used when, to the minute.
    pub used_at: Option<Timestamp>,
}

/// A token to be written.
pub struct TokenInsert<'a> {
    /// Public id.
    pub id: TokenId,
    /// Whose.
    pub portal_user: PortalUserKey,
    /// What its owner calls it.
    pub name: &'a str,
    /// SHA-256 of the token.
    pub token_hash: &'a [u8],
    /// The most that it may do.
    pub role: Role,
    /// Made when.
    pub now: Timestamp,
    /// Ends when.
    pub expires_at: Option<Timestamp>,
}

impl Store {
    /// What a token lets its owner do at most; `None` when it was withdrawn or has ended.
    pub async fn find_token_role(
        &self,
        owner: PortalUserKey,
        id: TokenId,
        now: Timestamp,
    ) -> Result<Option<Role>> {
        let row: Option<(i64, String)> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT id, role FROM api_token WHERE uid = $1 AND portal_user_id = $2 AND (expires_at IS NULL OR expires_at > $3)",
            )
            .bind(id.uuid())
            .bind(owner.0)
            .bind(now.0)
            .fetch_optional(db)
        })?;
        let Some((row, role)) = row else { return Ok(None) };
        let bad = BadRow { table: "api_token", column: "role", row };
        Ok(Some(Role::parse(&role).ok_or(bad).map_err(Fault::from)?))
    }

    /// Adds a token.
    pub async fn insert_token(&self, new: &TokenInsert<'_>, audit: &AuditRecord) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            sqlx::query(
                "INSERT INTO api_token (uid, portal_user_id, name, token_hash, role, created_at, expires_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(new.id.uuid())
            .bind(new.portal_user.0)
            .bind(new.name)
            .bind(new.token_hash)
            .bind(new.role.as_str())
            .bind(new.now.0)
            .bind(new.expires_at.map(|at| at.0))
            .execute(&mut *tx)
            .await?;
            add_audit!(tx, audit)
        })
    }

    /// A token by the hash of what was presented.
    pub async fn find_token(&self, token_hash: &[u8]) -> Result<Option<TokenRow>> {
        let row: Option<Stored> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT id, uid, portal_user_id, name, role, created_at, expires_at, used_at FROM api_token WHERE token_hash = $1",
            )
            .bind(token_hash)
            .fetch_optional(db)
        })?;
        row.map(read_token).transpose().map_err(Error::from)
    }

    /// The tokens of a portal user, oldest first.
    pub async fn page_tokens(
        &self,
        portal_user: PortalUserKey,
        limit: Limit,
        after: Option<&Cursor>,
    ) -> Result<Page<TokenRow>> {
        let mut rows: Vec<Stored> = read!(self.db, |db| {
            sqlx::query_as(
                "SELECT id, uid, portal_user_id, name, role, created_at, expires_at, used_at FROM api_token \
                 WHERE portal_user_id = $1 AND id > $2 ORDER BY id LIMIT $3",
            )
            .bind(portal_user.0)
            .bind(after.map_or(0, |cursor| cursor.key))
            .bind(i64::from(limit.get()) + 1)
            .fetch_all(db)
        })?;
        let next = cut(&mut rows, limit).map(|row| Cursor { value: String::new(), key: row.id });
        let items = rows.into_iter().map(read_token).collect::<std::result::Result<_, Fault>>()?;
        Ok(Page { items, next })
    }

    /// Notes that a token was used.
    pub async fn touch_token(&self, key: TokenKey, now: Timestamp) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            sqlx::query("UPDATE api_token SET used_at = $1 WHERE id = $2")
                .bind(now.0)
                .bind(key.0)
                .execute(&mut *tx)
                .await?;
            Ok::<_, Fault>(())
        })
    }

    /// Withdraws a token of a portal user.
    ///
    /// # Errors
    /// [`Error::NotFound`], also when it is somebody else's.
    pub async fn delete_token(
        &self,
        portal_user: PortalUserKey,
        id: TokenId,
        audit: &AuditRecord,
    ) -> Result<()> {
        transaction!(self.db, writer, |tx| {
            let done = sqlx::query("DELETE FROM api_token WHERE uid = $1 AND portal_user_id = $2")
                .bind(id.uuid())
                .bind(portal_user.0)
                .execute(&mut *tx)
                .await?;
            if done.rows_affected() == 0 {
                return Err(Fault::Said(Error::NotFound));
            }
            add_audit!(tx, audit)
        })
    }
}

fn read_token(row: Stored) -> std::result::Result<TokenRow, Fault> {
    Ok(TokenRow {
        key: TokenKey(row.id),
        id: TokenId::from_uuid(row.uid),
        portal_user: PortalUserKey(row.portal_user_id),
        role: Role::parse(&row.role).ok_or(BadRow { table: "api_token", column: "role", row: row.id })?,
        name: row.name,
        created_at: Timestamp(row.created_at),
        expires_at: row.expires_at.map(Timestamp),
        used_at: row.used_at.map(Timestamp),
    })
}
