//! What is wrong with a form, by field, in the reader's language.

use tonalite_core::error::FieldError;
use tonalite_core::text::Locale;

/// Messages at their fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct FormErrors(Vec<(String, String)>);

impl FormErrors {
    /// Says errors in words.
    pub(crate) fn new(texts: Locale, errors: &[FieldError]) -> FormErrors {
        FormErrors(errors.iter().map(|error| (error.field.clone(), texts.field_error(error))).collect())
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this field is wrong.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.at(field).is_some()
    }

    /// The first message at this field.
    pub(crate) fn at(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(at, _)| at == field).map(|(_, message)| message.as_str())
    }

    /// Messages at fields that the form does not show: they must stand somewhere.
    pub(crate) fn elsewhere(&self, shown: &[&str]) -> Vec<&str> {
        self.0
            .iter()
            .filter(|(at, _)| !shown.contains(&at.as_str()))
            .map(|(_, message)| message.as_str())
            .collect()
    }
}
