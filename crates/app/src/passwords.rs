//! Passwords of portal users: Argon2id on a blocking thread, at most two at a time (19 MiB each), with a dummy hash so
//! that an unknown name costs as much as a wrong password.

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;
use tonalite_core::secret::Secret;
use tonalite_core::world::{Entropy, random_bytes};
use tonalite_core::{Error, Result, error::Cause};

pub(crate) struct Passwords {
    places: Semaphore,
    dummy: String,
}

#[derive(Debug, thiserror::Error)]
#[error("a password could not be hashed: {0}")]
struct HashFailed(String);

impl Passwords {
    pub(crate) fn new(entropy: &dyn Entropy) -> Self {
        // Verified against when nobody has the name: same parameters, hence the same work.
        let dummy = hash(&random_bytes::<16>(entropy), &random_bytes::<16>(entropy)).unwrap_or_default();
        Passwords { places: Semaphore::new(2), dummy }
    }

    pub(crate) async fn hash(&self, password: Secret<String>, entropy: &dyn Entropy) -> Result<String> {
        let salt = random_bytes::<16>(entropy);
        let _place = self.places.acquire().await?;
        tokio::task::spawn_blocking(move || hash(password.expose().as_bytes(), &salt))
            .await?
            .map_err(|error| Error::Internal(Cause::new(error)))
    }

    /// Whether the password belongs to the hash; without a hash, the same work for nothing.
    pub(crate) async fn verify(
        &self,
        password: Secret<String>,
        hash: Option<Secret<String>>,
    ) -> Result<bool> {
        let known = hash.is_some();
        let hash = hash.map_or_else(|| self.dummy.clone(), Secret::into_exposed);
        let _place = self.places.acquire().await?;
        let right = tokio::task::spawn_blocking(move || {
            Argon2::default().verify_password(password.expose().as_bytes(), hash.as_str()).is_ok()
        })
        .await?;
        Ok(right && known)
    }
}

fn hash(password: &[u8], salt: &[u8]) -> Result<String, HashFailed> {
    Argon2::default()
        .hash_password_with_salt(password, salt)
        .map(|hash| hash.to_string())
        .map_err(|error| HashFailed(error.to_string()))
}
