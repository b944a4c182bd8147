//! What the addresses of lists have in common, whatever they list.

use axum::extract::Query;
use tonalite_core::page::Cursor;
use tonalite_core::{Error, Result};

use super::devices::Pairs;
use super::visit::Visit;

/// Everything that narrows and shows a list, as its address says it.
pub(super) trait ListAddress: Sized {
    /// Reads the pairs of an address.
    fn read(pairs: &[(String, String)]) -> Result<Self>;
    /// The same list from its first row.
    fn first(&self) -> Self;
    /// Whether the two differ in nothing but the words that are being typed.
    fn is_typed_on_from(&self, before: &Self) -> bool;
    /// As an address. What says nothing is left out.
    fn address(&self) -> String;
}

/// How the browser's address follows what our script asked for: what is being typed on replaces itself, so that Back does
/// not lead through every letter of it.
pub(super) fn address_header<L: ListAddress>(visit: &Visit, list: &L) -> Option<[(&'static str, String); 1]> {
    let shown = visit.shown.as_ref().and_then(|uri| Query::<Pairs>::try_from_uri(uri).ok());
    let shown = shown.and_then(|Query(pairs)| L::read(&pairs).ok());
    let first = list.first();
    match shown {
        Some(shown) if shown.address() == first.address() => None,
        Some(shown) if first.is_typed_on_from(&shown.first()) => Some([("hx-replace-url", first.address())]),
        _ => Some([("hx-push-url", first.address())]),
    }
}

/// Where a list goes on; nothing is its first page.
pub(super) fn cursor(after: &str) -> Result<Option<Cursor>> {
    match after {
        "" => Ok(None),
        text => Cursor::decode(text).map(Some).map_err(|error| Error::Invalid(vec![error])),
    }
}

/// A path with what is said of it; what is empty says nothing.
pub(super) fn written(path: &str, pairs: &[(&str, String)]) -> String {
    let query: Vec<String> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// What may stand in a query stays as it is (RFC 3986 §2.3, and the comma); all else is escaped.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b',' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}
