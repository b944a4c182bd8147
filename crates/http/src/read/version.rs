//! `ETag` and `If-Match` (RFC 9110 §8.8.3, §13.1.1): the version of what two people may edit at once.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use tonalite_core::{Error, Result};

use crate::problem::Problem;

/// What the client last saw; empty when it does not say.
pub(crate) struct IfMatch(Option<String>);

impl IfMatch {
    /// The version to demand of the change: `None` when the client does not care.
    ///
    /// # Errors
    /// [`Error::Stale`] when the header names other versions only.
    pub(crate) fn version(&self, current: i64) -> Result<Option<i64>> {
        let Some(text) = &self.0 else { return Ok(None) };
        let mut tags = text.split(',').map(str::trim);
        if tags.clone().any(|tag| tag == "*") {
            return Ok(None);
        }
        // The use case compares once more, inside its transaction: somebody may come between.
        if tags.any(|tag| tag == tag_text(current)) { Ok(Some(current)) } else { Err(Error::Stale) }
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<IfMatch, Problem> {
        let values: Vec<String> = parts
            .headers
            .get_all(header::IF_MATCH)
            .iter()
            // Bytes that are no text match no version of ours.
            .map(|value| value.to_str().unwrap_or("?").to_owned())
            .collect();
        Ok(IfMatch((!values.is_empty()).then(|| values.join(","))))
    }
}

/// The header `ETag` of a version.
pub(crate) fn etag(version: i64) -> [(header::HeaderName, HeaderValue); 1] {
    // Digits and quotes are always a header value.
    let value = HeaderValue::from_str(&tag_text(version)).unwrap_or(HeaderValue::from_static("\"\""));
    [(header::ETAG, value)]
}

fn tag_text(version: i64) -> String {
    format!("\"{version}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for (header, expected) in [
            (None, Ok(None)),
            (Some("*"), Ok(None)),
            (Some("\"7\""), Ok(Some(7))),
            (Some("\"6\", \"7\""), Ok(Some(7))),
            (Some("\"6\""), Err("stale")),
            (Some("7"), Err("stale")),
            (Some("W/\"7\""), Err("stale")),
            (Some(""), Err("stale")),
        ] {
            let version = IfMatch(header.map(str::to_owned)).version(7);
            assert_eq!(version.map_err(|error| error.code()), expected, "{header:?}");
        }
    }
}
