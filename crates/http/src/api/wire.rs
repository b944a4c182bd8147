//! What several nouns share on the wire: times, pages, created things.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tonalite_core::error::FieldError;
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::time::Timestamp;

use crate::problem::Problem;

/// RFC 3339 in UTC with milliseconds: `2026-11-23T09:02:00.000Z`. What no calendar holds is written as its nearest end.
pub(crate) fn time_text(time: Timestamp) -> String {
    let end = if time.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
    format!("{:.3}", jiff::Timestamp::from_millisecond(time.0).unwrap_or(end))
}

/// Reads RFC 3339 with any offset.
///
/// # Errors
/// `time_malformed`.
pub(crate) fn parse_time(field: &str, text: &str) -> Result<Timestamp, FieldError> {
    match text.parse::<jiff::Timestamp>() {
        Ok(time) => Ok(Timestamp(time.as_millisecond())),
        Err(_) => Err(FieldError::new(field, "time_malformed")),
    }
}

/// One page of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Listed<T> {
    /// The rows.
    pub(crate) items: Vec<T>,
    /// Pass it as `after`, with the same filter, for the next page; `null` at the end.
    #[schema(examples(json!(null)))]
    pub(crate) next: Option<String>,
}

impl<T> Listed<T> {
    /// Converts each row.
    pub(crate) fn of<R>(page: Page<R>, convert: impl FnMut(R) -> T) -> Listed<T> {
        Listed { next: next_text(page.next), items: page.items.into_iter().map(convert).collect() }
    }
}

/// The opaque text of a cursor.
pub(crate) fn next_text(next: Option<Cursor>) -> Option<String> {
    next.map(|cursor| cursor.encode())
}

/// How many rows, when nothing was said.
pub(crate) fn limit(given: Option<Limit>) -> Limit {
    given.unwrap_or(Limit::DEFAULT)
}

/// 201 with the address of what was made.
///
/// # Errors
/// The address is no header value: a fault of ours.
pub(crate) fn created<T: Serialize>(location: &str, body: T) -> Result<Response, Problem> {
    let location = HeaderValue::from_str(location).map_err(|_| Problem::fault("an id is no header value"))?;
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(body)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_to_the_millisecond() {
        assert_eq!(time_text(Timestamp(1_795_422_120_007)), "2026-11-23T08:22:00.007Z");
        assert_eq!(time_text(Timestamp(0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(time_text(Timestamp(i64::MAX)).len(), 24);
        assert_eq!(parse_time("t", "2026-11-23T09:22:00.007+01:00"), Ok(Timestamp(1_795_422_120_007)));
        for hostile in ["", "2026-11-23", "2026-13-01T00:00:00Z", "999999-01-01T00:00:00Z"] {
            assert!(parse_time("t", hostile).is_err(), "{hostile}");
        }
    }
}
