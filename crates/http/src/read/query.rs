//! Query parameters: each known by name and type, at most once; unknown ones are refused.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tonalite_app::Differs;
use tonalite_core::Error;
use tonalite_core::audit::{ActionFilter, Outcome};
use tonalite_core::device::short;
use tonalite_core::error::FieldError;
use tonalite_core::filter::{DeviceSort, StatusFilter};
use tonalite_core::id::{PartyId, SiteId};
use tonalite_core::import::{ImportApply, ImportMode, RowOutcome};
use tonalite_core::line_state::LineState;
use tonalite_core::page::{Cursor, Limit};
use tonalite_core::party::{Closed, PartyKind};
use tonalite_core::search::Search;
use tonalite_core::time::Timestamp;

use crate::problem::Problem;

/// The query, read into `T`.
pub(crate) struct Query<T>(pub(crate) T);

/// A type that is read from parameters. [`query`] writes it.
pub(crate) trait Parameters: Sized {
    /// Takes every parameter it knows. `None` when one is wrong.
    fn from_pairs(pairs: &mut Pairs) -> Option<Self>;
}

/// For operations that take no parameters.
pub(crate) type NoQuery = Query<()>;

impl Parameters for () {
    fn from_pairs(_: &mut Pairs) -> Option<()> {
        Some(())
    }
}

/// A type of one parameter that was given.
pub(crate) trait FromParameter: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// What is wrong.
    fn from_parameter(name: &str, text: &str) -> Result<Self, QueryFault>;
}

/// What is wrong with a parameter.
pub(crate) enum QueryFault {
    /// It is the id of nothing: 404, as for a foreign one.
    NotFound,
    /// It says something that it cannot say.
    Wrong(FieldError),
}

/// Parameters that nobody has taken yet, and what was wrong with those taken.
pub(crate) struct Pairs {
    left: Vec<(String, String)>,
    errors: Vec<FieldError>,
    not_found: bool,
}

impl Pairs {
    /// Takes one parameter. An empty one (`?site_id=`) is none: that is what a form sends for "all".
    pub(crate) fn take<T: FromParameter>(&mut self, name: &str) -> Option<Option<T>> {
        let mut given = self.left.extract_if(.., |(key, _)| key == name);
        let first = given.next();
        let again = given.count() > 0;
        if again {
            self.errors.push(FieldError::new(name, "duplicate_parameter"));
            return None;
        }
        let Some((_, text)) = first.filter(|(_, text)| !text.is_empty()) else { return Some(None) };
        match T::from_parameter(name, &text) {
            Ok(value) => return Some(Some(value)),
            Err(QueryFault::NotFound) => self.not_found = true,
            Err(QueryFault::Wrong(error)) => self.errors.push(error),
        }
        None
    }
}

impl<S: Send + Sync, T: Parameters> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Query<T>, Problem> {
        let left = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| Problem::http(axum::http::StatusCode::BAD_REQUEST, "malformed_request"))?;
        let mut pairs = Pairs { left: left.0, errors: Vec::new(), not_found: false };
        let value = T::from_pairs(&mut pairs);
        let Pairs { left, mut errors, not_found } = pairs;
        errors
            .extend(left.iter().take(20).map(|(name, _)| FieldError::new(short(name), "unknown_parameter")));
        match value {
            Some(value) if errors.is_empty() => Ok(Query(value)),
            _ if errors.is_empty() && not_found => Err(Error::NotFound.into()),
            _ => Err(Problem::invalid(errors)),
        }
    }
}

fn word<T>(name: &str, text: &str, parsed: Option<T>) -> Result<T, QueryFault> {
    parsed.ok_or_else(|| QueryFault::Wrong(FieldError::new(name, "unknown_value").with("value", short(text))))
}

impl FromParameter for String {
    fn from_parameter(_: &str, text: &str) -> Result<String, QueryFault> {
        Ok(text.to_owned())
    }
}

impl FromParameter for Search {
    fn from_parameter(_: &str, text: &str) -> Result<Search, QueryFault> {
        match Search::parse(text) {
            Ok(Some(search)) => Ok(search),
            // Nothing but space is nothing that one could be looking for; `take` has dealt with what is empty.
            Ok(None) => Err(QueryFault::Wrong(FieldError::new("q", "required"))),
            Err(error) => Err(QueryFault::Wrong(error)),
        }
    }
}

/// `1` or `0`.
impl FromParameter for bool {
    fn from_parameter(name: &str, text: &str) -> Result<bool, QueryFault> {
        let flag = match text {
            "1" => Some(true),
            "0" => Some(false),
            _ => None,
        };
        word(name, text, flag)
    }
}

impl FromParameter for Limit {
    fn from_parameter(_: &str, text: &str) -> Result<Limit, QueryFault> {
        Limit::parse(text).map_err(QueryFault::Wrong)
    }
}

impl FromParameter for Cursor {
    fn from_parameter(_: &str, text: &str) -> Result<Cursor, QueryFault> {
        Cursor::decode(text).map_err(QueryFault::Wrong)
    }
}

macro_rules! ids {
    ($($id:ty),*) => { $(
        impl FromParameter for $id {
            fn from_parameter(_: &str, text: &str) -> Result<$id, QueryFault> {
                text.parse().map_err(|_| QueryFault::NotFound)
            }
        }
    )* };
}
ids!(PartyId, SiteId);

macro_rules! words {
    ($($word:ty),*) => { $(
        impl FromParameter for $word {
            fn from_parameter(name: &str, text: &str) -> Result<$word, QueryFault> {
                word(name, text, <$word>::parse(text))
            }
        }
    )* };
}
words!(
    Closed,
    Differs,
    StatusFilter,
    DeviceSort,
    PartyKind,
    LineState,
    ImportMode,
    ImportApply,
    RowOutcome,
    ActionFilter,
    Outcome
);

/// Of whatever kind of thing.
impl FromParameter for uuid::Uuid {
    fn from_parameter(_: &str, text: &str) -> Result<uuid::Uuid, QueryFault> {
        let hyphenated = text.len() == 36;
        uuid::Uuid::try_parse(text).ok().filter(|_| hyphenated).ok_or(QueryFault::NotFound)
    }
}

/// A moment, RFC 3339.
impl FromParameter for Timestamp {
    fn from_parameter(name: &str, text: &str) -> Result<Timestamp, QueryFault> {
        crate::api::parse_time(name, text).map_err(QueryFault::Wrong)
    }
}

/// Number of a line of a file.
impl FromParameter for u64 {
    fn from_parameter(name: &str, text: &str) -> Result<u64, QueryFault> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        word(name, text, digits.then(|| text.parse().ok()).flatten())
    }
}

/// Declares the query of a list: the struct, its description, and how it is read.
macro_rules! query {
    (
        $(#[$meta:meta])*
        struct $name:ident { $( $(#[$field_meta:meta])* $field:ident : Option<$type:ty> ),* $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(utoipa::IntoParams)]
        #[into_params(parameter_in = Query)]
        pub(crate) struct $name { $( $(#[$field_meta])* pub(crate) $field: Option<$type> ),* }

        impl $crate::read::Parameters for $name {
            fn from_pairs(pairs: &mut $crate::read::Pairs) -> Option<Self> {
                $( let $field = pairs.take::<$type>(stringify!($field)); )*
                Some(Self { $( $field: $field? ),* })
            }
        }
    };
}
pub(crate) use query;
