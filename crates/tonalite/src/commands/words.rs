//! Errors, times and shared shapes, as the command line writes them. The names of fields are those of the API.

use anyhow::anyhow;
use serde_json::{Value, json};
use tonalite_app::Engine;
use tonalite_core::Error;
use tonalite_core::text::Language;
use tonalite_core::time::Timestamp;

/// An error in the words of the catalogue, in one line: every wrong field is told.
pub(crate) fn told(error: Error) -> anyhow::Error {
    let locale = Language::English.locale();
    if let Error::Internal(cause) = &error {
        return anyhow!("{}: {}", locale.error(&error), cause.for_log());
    }
    let mut text = locale.error(&error);
    if let Error::Invalid(fields) = &error {
        let fields: Vec<String> =
            fields.iter().map(|field| format!("{}: {}", field.field, locale.field_error(field))).collect();
        text = format!("{} {}", text.trim_end(), fields.join("; "));
    }
    anyhow!(text)
}

/// RFC 3339, UTC. What no calendar holds is written as the number that it is.
pub(super) fn time(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| at.0.to_string(), |at| format!("{at:.3}"))
}

/// A time that may be absent, for a document.
pub(super) fn maybe_time(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| json!(time(at)))
}

/// A cell; what is absent is a dash, so that columns stay columns for `awk`.
pub(super) fn cell(value: Option<&str>) -> String {
    value.filter(|text| !text.is_empty()).unwrap_or("-").to_owned()
}

/// Words below one another, each behind its name.
pub(super) fn sheet(rows: &[(&str, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    rows.iter()
        .map(|(name, value)| format!("{name:<width$}  {}", super::out::visible(value)))
        .collect::<Vec<_>>()
        .join("\n")
}

pub(super) const fn engine(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    }
}
