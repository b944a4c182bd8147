//! Sites: the places of a customer. Every device belongs to one.

use crate::error::{FieldError, FieldErrors, Result};
use crate::id::{PartyId, PartyKey, SiteId, SiteKey};
use crate::name;
use crate::party::Tenancy;
use crate::text::Language;

/// A site as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Storage key.
    pub key: SiteKey,
    /// Public id.
    pub id: SiteId,
    /// The customer whose place it is.
    pub customer_key: PartyKey,
    /// Public id of the customer.
    pub customer_id: PartyId,
    /// Name of the customer, for pages that show several.
    pub customer_name: String,
    /// Whether that customer was closed: the site is then only read.
    pub customer_closed: bool,
    /// Place in the tree.
    pub tenancy: Tenancy,
    /// Display name, unique within the customer.
    pub name: String,
    /// Short code of the customer's own, if any.
    pub code: Option<String>,
    /// IANA time zone, for instance `Europe/Paris`.
    pub time_zone: TimeZoneName,
    /// Language of the phones at this site.
    pub language: Language,
    /// Version for concurrent edits.
    pub version: i64,
}

/// Name of an IANA time zone. Whether the zone exists is checked where the zone data lies, at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeZoneName(String);

impl TimeZoneName {
    /// Wraps a name of plausible form: `Area/City`, `UTC`.
    ///
    /// # Errors
    /// `time_zone_unknown`.
    pub fn parse(text: &str) -> Result<TimeZoneName, FieldError> {
        let plausible = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+'));
        if plausible {
            Ok(TimeZoneName(text.to_owned()))
        } else {
            Err(FieldError::new("time_zone", "time_zone_unknown"))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A site to be made or changed, as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSite {
    /// Display name, up to 120 characters.
    pub name: String,
    /// Short code, up to 32 characters.
    pub code: Option<String>,
    /// Time zone.
    pub time_zone: TimeZoneName,
    /// Language.
    pub language: Language,
}

impl NewSite {
    /// Checks every field. `zone_exists` asks the time-zone database.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] with all wrong fields.
    pub fn parse(
        name: &str,
        code: Option<&str>,
        time_zone: Option<&str>,
        language: Option<&str>,
        zone_exists: impl Fn(&str) -> bool,
    ) -> Result<NewSite> {
        let mut errors = FieldErrors::new();
        let name = errors.take(name::required("name", name, 120));
        let code = errors.take(name::optional("code", code.unwrap_or_default(), 32)).flatten();
        let time_zone = errors.take(TimeZoneName::parse(time_zone.unwrap_or("UTC")).and_then(|zone| {
            if zone_exists(zone.as_str()) {
                Ok(zone)
            } else {
                Err(FieldError::new("time_zone", "time_zone_unknown"))
            }
        }));
        let language = errors.take(match language {
            None => Ok(Language::English),
            Some(text) => {
                Language::parse(text).ok_or_else(|| FieldError::new("language", "language_unknown"))
            }
        });
        errors.finish()?;
        match (name, time_zone, language) {
            (Some(name), Some(time_zone), Some(language)) => Ok(NewSite { name, code, time_zone, language }),
            _ => Err(crate::Error::invalid("name", "required")),
        }
    }
}
