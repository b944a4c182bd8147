//! Signing in and out.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use tonalite_core::access::{Actor, Identity, Scope};
use tonalite_core::audit::Action;
use tonalite_core::id::PartyKey;
use tonalite_core::party::Tenancy;
use tonalite_core::portal_user::{PortalUser, Role, Username};
use tonalite_core::secret::Secret;
use tonalite_core::text::Language;
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::world::random_bytes;
use tonalite_core::{Error, Result};
use tonalite_store::{AuditRecord, SessionInsert};

use crate::App;
use crate::acting::Acting;

/// A session ends when it is not used this long.
pub(crate) const IDLE: Span = Span::from_mins(30);
/// A session ends this long after signing in, used or not.
pub(crate) const LONGEST: Span = Span::from_hours(12);
/// A use is written down at most this often.
const TOUCH: Span = Span::from_mins(1);

/// Somebody who is signed in, by password or token.
#[derive(Debug, Clone)]
pub struct Session {
    /// What it may see and do.
    pub actor: Actor,
    /// Who it is.
    pub portal_user: PortalUser,
    /// By API token instead of a cookie.
    pub via_token: bool,
    /// The subtree that is its own, also while it acts for a customer.
    pub own: Scope,
    /// The customer for which it acts.
    pub acting: Option<Acting>,
}

impl App {
    /// Signs in. Gives the value of the session cookie.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for an unknown name as for a wrong password, after the same work;
    /// [`Error::TooMany`] when name or network has to wait.
    pub async fn sign_in(
        &self,
        username: &str,
        password: Secret<String>,
        address: Option<IpAddr>,
        user_agent: Option<&str>,
        now: Timestamp,
    ) -> Result<(Secret<String>, Session)> {
        // A text that cannot be a name is treated as an unknown one.
        let name = Username::parse(username).ok();
        let throttled_as = name.as_ref().map_or("?", |name| name.as_str()).to_owned();
        if let Err(error) = self.sign_ins.check(&throttled_as, address, now) {
            self.note_refused_sign_in(&throttled_as, address, error.code(), now);
            return Err(error);
        }
        if password.expose().len() > 1024 {
            self.sign_ins.failed(&throttled_as, address, now);
            self.note_refused_sign_in(&throttled_as, address, "unauthenticated", now);
            return Err(Error::Unauthenticated);
        }
        let user = match &name {
            Some(name) => self.store.find_portal_user_by_name(name).await?,
            None => None,
        };
        let hash = match &user {
            Some(user) => self.store.find_password_hash(user.key).await?,
            None => None,
        };
        let right = self.passwords.verify(password, hash).await?;
        let Some(user) = user.filter(|_| right) else {
            self.sign_ins.failed(&throttled_as, address, now);
            self.note_refused_sign_in(&throttled_as, address, "unauthenticated", now);
            return Err(Error::Unauthenticated);
        };
        self.sign_ins.succeeded(&throttled_as);
        // Nobody signs in to a party that was closed.
        let Some(session) = self.session_of(user, address, None).await? else {
            self.note_refused_sign_in(&throttled_as, address, "unauthenticated", now);
            return Err(Error::Unauthenticated);
        };
        let cookie = URL_SAFE_NO_PAD.encode(random_bytes::<32>(self.entropy.as_ref()));
        let tenancy = self.tenancy_of(session.portal_user.party_key).await?;
        let audit = AuditRecord::new(
            &session.actor,
            session.portal_user.party_key,
            tenancy,
            Action::SessionCreate,
            now,
        )
        .on("portal_user", session.portal_user.id.uuid());
        let short_user_agent: Option<String> = user_agent.map(|text| text.chars().take(200).collect());
        let insert = SessionInsert {
            id_hash: &hash_of(&cookie),
            portal_user: session.portal_user.key,
            now,
            address: address.map(|address| address.to_string()),
            user_agent: short_user_agent.as_deref(),
        };
        self.store.delete_old_sessions(now - LONGEST, now - IDLE).await?;
        self.store.insert_session(&insert, &audit).await?;
        Ok((Secret::new(cookie), session))
    }

    /// The session of a cookie; `None` when there is none or it has ended.
    pub async fn find_session(
        &self,
        cookie: &str,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<Option<Session>> {
        let id_hash = hash_of(cookie);
        let Some(row) = self.store.find_session(&id_hash).await? else { return Ok(None) };
        if row.created_at + LONGEST <= now || row.seen_at + IDLE <= now {
            return Ok(None);
        }
        if row.seen_at + TOUCH <= now {
            self.store.touch_session(&id_hash, now).await?;
        }
        let Some(user) = self.store.find_portal_user(row.portal_user).await? else { return Ok(None) };
        let Some(session) = self.session_of(user, address, None).await? else { return Ok(None) };
        self.act(&id_hash, session, row.acting, now).await.map(Some)
    }

    /// Ends the session of a cookie.
    pub async fn sign_out(&self, cookie: &str, now: Timestamp) -> Result<()> {
        let Some(session) = self.find_session(cookie, None, now).await? else { return Ok(()) };
        let tenancy = self.tenancy_of(session.portal_user.party_key).await?;
        let audit = AuditRecord::new(
            &session.actor,
            session.portal_user.party_key,
            tenancy,
            Action::SessionDelete,
            now,
        )
        .on("portal_user", session.portal_user.id.uuid());
        self.store.delete_session(&hash_of(cookie), Some(&audit)).await
    }

    /// Remembers the language that a person chose.
    pub async fn set_language(&self, session: &Session, language: Language, now: Timestamp) -> Result<()> {
        let tenancy = self.tenancy_of(session.portal_user.party_key).await?;
        let audit = AuditRecord::new(
            &session.actor,
            session.portal_user.party_key,
            tenancy,
            Action::PortalUserUpdate,
            now,
        )
        .on("portal_user", session.portal_user.id.uuid())
        .detail(serde_json::json!({ "language": language.as_str() }));
        self.store.set_portal_user_language(session.portal_user.key, language, &audit).await
    }

    /// What a portal user may do now: read anew for each request, so that a change of rights takes effect at once.
    pub(crate) async fn session_of(
        &self,
        user: PortalUser,
        address: Option<IpAddr>,
        token: Option<(tonalite_core::id::TokenId, Role)>,
    ) -> Result<Option<Session>> {
        let Some(party) = self.store.find_party_by_key(user.party_key).await? else { return Ok(None) };
        if party.closed_at.is_some() {
            return Ok(None);
        }
        let sites = self.store.find_sites_of_portal_user(user.key).await?;
        let (identity, role) = match token {
            None => (Identity::PortalUser(user.key, user.id), user.role),
            Some((token, role)) => (Identity::Token(user.key, user.id, token), user.role.min(role)),
        };
        let actor = Actor {
            identity,
            scope: Scope { kind: party.kind, party: party.key },
            role,
            sites,
            address: address.map(|address| address.to_string()),
            acting_for: None,
        };
        let own = actor.scope;
        Ok(Some(Session { actor, portal_user: user, via_token: token.is_some(), own, acting: None }))
    }

    pub(crate) async fn tenancy_of(&self, party: PartyKey) -> Result<Tenancy> {
        Ok(self.store.find_party_by_key(party).await?.ok_or(Error::NotFound)?.tenancy)
    }
}

pub(crate) fn hash_of(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}
