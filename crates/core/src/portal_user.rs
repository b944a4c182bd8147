//! Portal users: who signs in, with which role, for which party.

use crate::error::FieldError;
use crate::id::{PartyId, PartyKey, PortalUserId, PortalUserKey};
use crate::name;
use crate::text::Language;

/// What a portal user may do in its party's subtree. Each role includes those after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everything, also portal users and features.
    Admin,
    /// Inventory, users and lines, imports.
    Manager,
    /// Read, status check, reboot, exports.
    Support,
    /// Read.
    Viewer,
}

impl Role {
    /// From the mightiest down.
    pub const ALL: [Role; 4] = [Role::Admin, Role::Manager, Role::Support, Role::Viewer];

    /// The word used in storage and API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Manager => "manager",
            Role::Support => "support",
            Role::Viewer => "viewer",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Role> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Whether this role includes `needed`.
    pub const fn includes(self, needed: Role) -> bool {
        self as u8 <= needed as u8
    }

    /// The lesser of two: a token may never do more than its owner.
    pub const fn min(self, other: Role) -> Role {
        if self.includes(other) { other } else { self }
    }
}

/// Name to sign in with: 2 to 64 characters without spaces, compared without case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Username(String);

impl Username {
    /// Reads a user name; kept in lower case.
    ///
    /// # Errors
    /// `required`, `too_long`, `forbidden_character` or `username_malformed`.
    pub fn parse(text: &str) -> Result<Username, FieldError> {
        let text = name::required("username", text, 64)?.to_lowercase();
        let ok = text.chars().count() >= 2
            && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '+'));
        if ok { Ok(Username(text)) } else { Err(FieldError::new("username", "username_malformed")) }
    }

    /// The name in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Checks the length of a password that somebody chose: 12 to 256 characters (length beats composition rules, NIST SP 800-63B §5.1.1.2).
///
/// # Errors
/// `password_too_short` or `too_long`.
pub fn check_password(text: &str) -> Result<(), FieldError> {
    match text.chars().count() {
        0..12 => Err(FieldError::new("password", "password_too_short").with("min", 12)),
        12..=256 => Ok(()),
        _ => Err(FieldError::new("password", "too_long").with("max", 256)),
    }
}

/// A portal user as stored, without the password's hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalUser {
    /// Storage key.
    pub key: PortalUserKey,
    /// Public id.
    pub id: PortalUserId,
    /// Name to sign in with.
    pub username: String,
    /// The party it belongs to.
    pub party_key: PartyKey,
    /// Public id of the party.
    pub party_id: PartyId,
    /// Name of the party.
    pub party_name: String,
    /// Role.
    pub role: Role,
    /// Chosen language; `None` follows the browser.
    pub language: Option<Language>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_include_downwards() {
        for (i, a) in Role::ALL.into_iter().enumerate() {
            for (j, b) in Role::ALL.into_iter().enumerate() {
                assert_eq!(a.includes(b), i <= j, "{a:?} {b:?}");
                assert_eq!(a.min(b), Role::ALL[i.max(j)]);
            }
        }
    }
}
