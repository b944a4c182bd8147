//! What a row of the log says of persons lies beside it, where it can be erased: no seal covers it. Which fields these are
//! is decided here alone, by name, so that no use case can forget it.

use serde_json::{Map, Value};
use uuid::Uuid;

/// Kinds of things that are persons: of these only [`HARMLESS`] fields stay in the log itself.
const PERSONS: [&str; 2] = ["user", "portal_user"];

/// Says what may be done or where, not who it is.
const HARMLESS: [&str; 20] = [
    "role",
    "site",
    "site_id",
    "site_ids",
    "sites",
    "party_id",
    "language",
    "use",
    "state",
    "status",
    "suspended",
    "version",
    "kind",
    "port",
    "device_id",
    "user_id",
    "portal_user_id",
    "route",
    "count",
    "lines",
];

/// Of whatever the row is about: names, ways to reach somebody, and what somebody typed in passing.
const PERSONAL: [&str; 12] = [
    "username",
    "user_name",
    "user",
    "email",
    "number",
    "extension",
    "contact",
    "asked",
    "q",
    "file",
    "file_name",
    "user_agent",
];

/// A detail in two parts, and the person that the second is about.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Split {
    /// For the log.
    pub(crate) detail: Value,
    /// For the erasable table; `None` when nothing is personal.
    pub(crate) personal: Option<Value>,
    /// Whom it is about.
    pub(crate) subject: Option<Uuid>,
}

/// Parts what a use case wants to write down.
pub(crate) fn split(target: Option<(&str, Uuid)>, detail: &Value) -> Split {
    let person = target.filter(|(kind, _)| PERSONS.contains(kind)).map(|(_, id)| id);
    let named = detail.get("user_id").and_then(Value::as_str).and_then(|text| Uuid::try_parse(text).ok());
    let Value::Object(fields) = detail else {
        return Split { detail: detail.clone(), personal: None, subject: None };
    };
    let is_personal = |name: &str| match person {
        Some(_) => !HARMLESS.contains(&name),
        None => PERSONAL.contains(&name),
    };
    let (personal, rest): (Map<String, Value>, Map<String, Value>) =
        fields.clone().into_iter().partition(|(name, _)| is_personal(name));
    Split {
        detail: Value::Object(rest),
        personal: (!personal.is_empty()).then_some(Value::Object(personal)),
        subject: person.or(named),
    }
}

/// Joins what is left of both parts.
pub(crate) fn joined(mut detail: Value, personal: Option<Value>) -> Value {
    if let (Value::Object(fields), Some(Value::Object(more))) = (&mut detail, personal) {
        fields.extend(more);
    }
    detail
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_and_numbers_leave_the_log() {
        let id = Uuid::from_u128(7);
        for (kind, detail, kept, apart, subject) in [
            (
                Some("user"),
                json!({ "name": { "before": "Anne", "after": "Anna" }, "site": "Lyon" }),
                json!({ "site": "Lyon" }),
                Some(json!({ "name": { "before": "Anne", "after": "Anna" } })),
                Some(id),
            ),
            (
                Some("portal_user"),
                json!({ "role": "admin", "anything": 1 }),
                json!({ "role": "admin" }),
                Some(json!({ "anything": 1 })),
                Some(id),
            ),
            (Some("site"), json!({ "name": "Lyon" }), json!({ "name": "Lyon" }), None, None),
            (None, json!({ "username": "anne" }), json!({}), Some(json!({ "username": "anne" })), None),
            (
                Some("device"),
                json!({ "port": 1, "user_id": id.to_string() }),
                json!({ "port": 1, "user_id": id.to_string() }),
                None,
                Some(id),
            ),
        ] {
            let parts = split(kind.map(|kind| (kind, id)), &detail);
            assert_eq!(parts, Split { detail: kept, personal: apart, subject }, "{detail}");
            assert_eq!(joined(parts.detail, parts.personal), detail);
        }
    }
}
