//! The one closed error of the product. No HTTP in it: status, page and language are chosen at the edge.
//! Every variant has a stable `code`, which is also the key `error-<code>` of its text.

use std::error::Error as StdError;

use crate::feature::FeatureOff;
use crate::time::Span;

/// Result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong with one field of what a person sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Name of the field, as in the API.
    pub field: String,
    /// Stable code, for instance `mac_malformed`.
    pub code: &'static str,
    /// Arguments of the text.
    pub args: Vec<(&'static str, String)>,
}

impl FieldError {
    /// An error without arguments.
    pub fn new(field: impl Into<String>, code: &'static str) -> Self {
        Self { field: field.into(), code, args: Vec::new() }
    }

    /// Adds an argument of the text.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

/// Why a use case did not happen.
#[derive(Debug)]
pub enum Error {
    /// One or more fields are wrong; all of them are told at once.
    Invalid(Vec<FieldError>),
    /// Absent, or not to be seen by who asks: the two cannot be told apart.
    NotFound,
    /// Seen, but the role does not allow it.
    Forbidden,
    /// Not allowed for a reason of its own, with a code and a text.
    Refused(&'static str),
    /// A feature that is off for this party, with who can switch it on.
    FeatureDisabled(Box<FeatureOff>),
    /// A value that must be unique is in use; the code says which.
    Taken(FieldError),
    /// The present state does not allow it; the code says what stands in the way.
    Conflict(FieldError),
    /// The thing was changed since it was read.
    Stale,
    /// Nobody is signed in, or the credentials are wrong (never which).
    Unauthenticated,
    /// Too many tries; come back after the span.
    TooMany(Span),
    /// The store or the registrar cannot answer now; come back after the span.
    Unavailable(Span),
    /// A fault of ours. What it was is for the log only.
    Internal(Cause),
}

impl Error {
    /// One wrong field.
    pub fn invalid(field: impl Into<String>, code: &'static str) -> Self {
        Error::Invalid(vec![FieldError::new(field, code)])
    }

    /// Stable code of the error as a whole.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Invalid(_) => "invalid",
            Error::NotFound => "not_found",
            Error::Forbidden => "forbidden",
            Error::Refused(code) => code,
            Error::FeatureDisabled(_) => "feature_disabled",
            Error::Taken(field) | Error::Conflict(field) => field.code,
            Error::Stale => "stale",
            Error::Unauthenticated => "unauthenticated",
            Error::TooMany(_) => "too_many",
            Error::Unavailable(_) => "unavailable",
            Error::Internal(_) => "internal",
        }
    }

    /// The fields concerned; empty where the error is not about a field.
    pub fn fields(&self) -> &[FieldError] {
        match self {
            Error::Invalid(fields) => fields,
            Error::Taken(field) | Error::Conflict(field) => std::slice::from_ref(field),
            _ => &[],
        }
    }
}

/// The private cause of [`Error::Internal`]. It has no `Display`, so that no page can show it by accident.
pub struct Cause(Box<dyn StdError + Send + Sync>);

impl Cause {
    /// Wraps the cause.
    pub fn new(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(cause.into())
    }

    /// The whole chain in one line, for the log and for nothing else.
    pub fn for_log(&self) -> String {
        let mut text = self.0.to_string();
        let mut next = self.0.source();
        while let Some(cause) = next {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            next = cause.source();
        }
        text
    }
}

impl std::fmt::Debug for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.for_log())
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    fn from(cause: E) -> Self {
        Error::Internal(Cause::new(cause))
    }
}

/// Collects the errors of several fields, so that a person hears of all at once.
#[derive(Debug, Default)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Nothing wrong so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes an error.
    pub fn push(&mut self, error: FieldError) {
        self.0.push(error);
    }

    /// Takes the value, or notes the error and goes on.
    pub fn take<T>(&mut self, result: std::result::Result<T, FieldError>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// `Err` when something was noted.
    pub fn finish(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self.0)) }
    }
}
