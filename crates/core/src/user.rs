//! Users of a site: people, rooms, queues, with an extension and a number. Lines are assigned to them.

use crate::error::{FieldError, FieldErrors, Result};
use crate::id::{SiteId, SiteKey, UserId, UserKey};
use crate::name;
use crate::party::Tenancy;
use crate::text::Language;

/// A user as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Storage key.
    pub key: UserKey,
    /// Public id.
    pub id: UserId,
    /// The site.
    pub site_key: SiteKey,
    /// Public id of the site.
    pub site_id: SiteId,
    /// Place in the tree.
    pub tenancy: Tenancy,
    /// What the user is.
    pub details: NewUser,
    /// Version for concurrent edits.
    pub version: i64,
}

/// Internal number: 1 to 15 digits, unique within a site.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Extension(String);

impl Extension {
    /// Reads an extension.
    ///
    /// # Errors
    /// `required` or `extension_malformed`.
    pub fn parse(text: &str) -> Result<Extension, FieldError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(FieldError::new("extension", "required"));
        }
        if text.len() <= 15 && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Extension(text.to_owned()))
        } else {
            Err(FieldError::new("extension", "extension_malformed"))
        }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Public number in E.164 form: `+` and up to 15 digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads `+33 4 78 00 00 00` in any grouping with spaces, dots, hyphens and brackets.
    ///
    /// # Errors
    /// `number_malformed`.
    pub fn parse(text: &str) -> Result<PhoneNumber, FieldError> {
        let digits: String =
            text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-' | '(' | ')')).collect();
        let valid = digits.strip_prefix('+').is_some_and(|rest| {
            (2..=15).contains(&rest.len())
                && rest.bytes().all(|b| b.is_ascii_digit())
                && !rest.starts_with('0')
        });
        if valid { Ok(PhoneNumber(digits)) } else { Err(FieldError::new("number", "number_malformed")) }
    }

    /// `+` and the digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A user to be made, as somebody typed it; the same fields describe a stored one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// Display name, up to 120 characters.
    pub name: String,
    /// Internal number.
    pub extension: Extension,
    /// Public number.
    pub number: Option<PhoneNumber>,
    /// E-mail address.
    pub email: Option<String>,
    /// Language; `None` is that of the site.
    pub language: Option<Language>,
}

impl NewUser {
    /// Checks every field.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] with all wrong fields.
    pub fn parse(
        name: &str,
        extension: &str,
        number: Option<&str>,
        email: Option<&str>,
        language: Option<&str>,
    ) -> Result<NewUser> {
        let mut errors = FieldErrors::new();
        let name = errors.take(name::required("name", name, 120));
        let extension = errors.take(Extension::parse(extension));
        let number = match number.filter(|n| !n.trim().is_empty()) {
            Some(number) => errors.take(PhoneNumber::parse(number)),
            None => None,
        };
        let email = errors.take(parse_email(email.unwrap_or_default())).flatten();
        let language = match language.filter(|l| !l.is_empty()) {
            None => None,
            Some(text) => errors
                .take(Language::parse(text).ok_or_else(|| FieldError::new("language", "language_unknown"))),
        };
        errors.finish()?;
        match (name, extension) {
            (Some(name), Some(extension)) => Ok(NewUser { name, extension, number, email, language }),
            _ => Err(crate::Error::invalid("name", "required")),
        }
    }
}

/// One `@` with something on both sides, no spaces: more than that only a delivered mail proves.
fn parse_email(text: &str) -> Result<Option<String>, FieldError> {
    let Some(email) = name::optional("email", text, 254)? else { return Ok(None) };
    match email.split_once('@') {
        Some((local, host))
            if !local.is_empty() && host.contains('.') && !host.contains('@') && !email.contains(' ') =>
        {
            Ok(Some(email))
        }
        _ => Err(FieldError::new("email", "email_malformed")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_wrong_fields_are_told_at_once() {
        let error = NewUser::parse("", "12a", Some("0478"), Some("x"), Some("de")).err();
        let fields: Vec<_> =
            error.iter().flat_map(|e| e.fields()).map(|f| (f.field.as_str(), f.code)).collect();
        assert_eq!(
            fields,
            [
                ("name", "required"),
                ("extension", "extension_malformed"),
                ("number", "number_malformed"),
                ("email", "email_malformed"),
                ("language", "language_unknown")
            ]
        );
    }

    #[test]
    fn numbers_are_kept_one_way() {
        assert_eq!(
            PhoneNumber::parse("+33 (4) 78.00-00 00").map(|n| n.as_str().to_owned()),
            Ok("+33478000000".into())
        );
    }
}
