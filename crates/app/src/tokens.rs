//! API tokens: `tnl_`, 50 random characters (245 bits), 6 characters of checksum. Shown once, stored as a hash.

use std::net::IpAddr;

use sha2::{Digest, Sha256};
use tonalite_core::audit::Action;
use tonalite_core::error::FieldErrors;
use tonalite_core::id::TokenId;
use tonalite_core::name;
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::party::Feature;
use tonalite_core::portal_user::Role;
use tonalite_core::secret::Secret;
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::world::random_name;
use tonalite_core::{Error, FieldError, Result};
use tonalite_store::{AuditRecord, TokenInsert, TokenRow};

use crate::sessions::hash_of;
use crate::{App, Session};

/// A use is written down at most this often.
const TOUCH: Span = Span::from_mins(1);

/// A token as its owner sees it afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Public id.
    pub id: TokenId,
    /// What its owner calls it.
    pub name: String,
    /// The most that it may do.
    pub role: Role,
    /// Made when.
    pub created_at: Timestamp,
    /// Ends when.
    pub expires_at: Option<Timestamp>,
    /// Last used when, to the minute.
    pub last_used_at: Option<Timestamp>,
}

impl App {
    /// Makes a token for the person of the session; never mightier than the person.
    ///
    /// # Errors
    /// [`Error::FeatureDisabled`], [`Error::Invalid`].
    pub async fn create_token(
        &self,
        session: &Session,
        token_name: &str,
        role: Option<Role>,
        expires_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(ApiToken, Secret<String>)> {
        let party =
            self.store.find_party_by_key(session.portal_user.party_key).await?.ok_or(Error::NotFound)?;
        self.require_feature(&party, Feature::ApiTokens).await?;
        let mut errors = FieldErrors::new();
        let token_name = errors.take(name::required("name", token_name, 80));
        if expires_at.is_some_and(|at| at <= now) {
            errors.push(FieldError::new("expires_at", "expires_in_the_past"));
        }
        errors.finish()?;
        let token = new_token(self.entropy.as_ref());
        let role = session.actor.role.min(role.unwrap_or(session.actor.role));
        let made = ApiToken {
            id: TokenId::from_uuid(self.new_id(now)),
            name: token_name.unwrap_or_default(),
            role,
            created_at: now,
            expires_at,
            last_used_at: None,
        };
        let audit = AuditRecord::new(&session.actor, party.key, party.tenancy, Action::TokenCreate, now)
            .on("token", made.id.uuid())
            .detail(serde_json::json!({ "name": made.name, "role": role.as_str() }));
        let insert = TokenInsert {
            id: made.id,
            portal_user: session.portal_user.key,
            name: &made.name,
            token_hash: &hash_of(token.expose()),
            role,
            now,
            expires_at,
        };
        self.store.insert_token(&insert, &audit).await?;
        Ok((made, token))
    }

    /// The session of a token; `None` when it is wrong, has ended, or tokens are switched off for its party.
    pub async fn find_token(
        &self,
        token: &str,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<Option<Session>> {
        if !is_well_formed(token) {
            return Ok(None);
        }
        let Some(row) = self.store.find_token(&hash_of(token)).await? else { return Ok(None) };
        if row.expires_at.is_some_and(|at| at <= now) {
            return Ok(None);
        }
        let Some(user) = self.store.find_portal_user(row.portal_user).await? else { return Ok(None) };
        let party = self.store.find_party_by_key(user.party_key).await?.ok_or(Error::NotFound)?;
        if self.require_feature(&party, Feature::ApiTokens).await.is_err() {
            return Ok(None);
        }
        if row.used_at.is_none_or(|used| used + TOUCH <= now) {
            self.store.touch_token(row.key, now).await?;
        }
        self.session_of(user, address, Some((row.id, row.role))).await
    }

    /// The tokens of the person of the session.
    pub async fn page_tokens(
        &self,
        session: &Session,
        limit: Limit,
        after: Option<Cursor>,
    ) -> Result<Page<ApiToken>> {
        let page = self.store.page_tokens(session.portal_user.key, limit, after.as_ref()).await?;
        Ok(Page { items: page.items.into_iter().map(ApiToken::from).collect(), next: page.next })
    }

    /// Withdraws a token of the person of the session.
    ///
    /// # Errors
    /// [`Error::NotFound`], also when it is somebody else's.
    pub async fn delete_token(&self, session: &Session, id: TokenId, now: Timestamp) -> Result<()> {
        let tenancy = self.tenancy_of(session.portal_user.party_key).await?;
        let audit = AuditRecord::new(
            &session.actor,
            session.portal_user.party_key,
            tenancy,
            Action::TokenDelete,
            now,
        )
        .on("token", id.uuid());
        self.store.delete_token(session.portal_user.key, id, &audit).await
    }
}

impl From<TokenRow> for ApiToken {
    fn from(row: TokenRow) -> Self {
        ApiToken {
            id: row.id,
            name: row.name,
            role: row.role,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.used_at,
        }
    }
}

fn new_token(entropy: &dyn tonalite_core::world::Entropy) -> Secret<String> {
    let random = random_name(50, entropy);
    Secret::new(format!("tnl_{random}{}", checksum(&random)))
}

/// A mistyped token is refused without asking the store.
fn is_well_formed(token: &str) -> bool {
    token.strip_prefix("tnl_").filter(|rest| rest.len() == 56 && rest.is_ascii()).is_some_and(|rest| {
        let (random, sum) = rest.split_at(50);
        checksum(random) == sum
    })
}

fn checksum(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(3).map(|byte| format!("{byte:02x}")).collect()
}
